"""``mock-backend snapshot``, and back-ends that offer what a snapshot has."""

import json

import httpx
import openeo
import pytest

from mock_backend import MockBackend
from mock_backend.cli import main
from mock_backend.cli.reading import Reader, ReadingError
from mock_backend.cli.snapshot import compare, take

EXTENT = {"spatial": {"bbox": [[0, 0, 1, 1]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}}


class Production:
    """A back-end of three collections on two pages, as an httpx transport."""

    def __init__(self):
        self.asked, self.waits = [], []
        self.troubles, self.service_types = {}, {}
        self.collections = {name: {"id": name, "description": name, "extent": EXTENT} for name in "ABC"}
        self.processes = [{"id": "absolute", "parameters": [{"name": "x"}], "returns": {"schema": {}}}]

    def reader(self, **options):
        transport = httpx.MockTransport(self.answer)
        return Reader("prod.test", transport=transport, wait=self.waits.append, **options)

    def answer(self, request):
        path = request.url.raw_path.decode().removeprefix("/api")
        self.asked.append(path)
        if troubles := self.troubles.get(path):
            trouble = troubles.pop(0)
            if isinstance(trouble, BaseException):
                raise trouble
            return trouble
        return httpx.Response(200, json=self.document(path))

    def document(self, path):
        first, *others = self.collections.values()
        following = [{"rel": "next", "href": "https://prod.test/api/collections?page=2"}]
        offered = ["/file_formats", *(["/service_types"] if self.service_types else [])]
        fixed = {
            "/.well-known/openeo": {
                "versions": [
                    {"url": "https://prod.test/old", "api_version": "0.4.2"},
                    {"url": "https://prod.test/beta", "api_version": "1.10.0", "production": False},
                    {"url": "https://prod.test/api/", "api_version": "1.2.0", "production": True},
                ]
            },
            "/": {
                "title": "Production",
                "endpoints": [{"path": each, "methods": ["GET"]} for each in offered],
            },
            "/file_formats": {"input": {}, "output": {"XML": {"title": "XML"}}},
            "/service_types": self.service_types,
            "/processes": {"processes": self.processes, "links": []},
            "/collections": {"collections": [first], "links": following},
            "/collections?page=2": {"collections": others, "links": []},
        }
        return fixed[path] if path in fixed else self.collections[path.removeprefix("/collections/")]


@pytest.fixture
def production():
    return Production()


@pytest.mark.parametrize("mock_backend_profile", ["default", "cdse", "gee"])
def test_a_back_end_of_a_snapshot_offers_the_same(mock_backend, tmp_path, capsys):
    with Reader(mock_backend.url) as reader:
        assert take(reader, tmp_path) == 0
        assert compare(reader, tmp_path) == 0

    assert capsys.readouterr().out == ""
    with MockBackend("https://same.test", catalog=tmp_path) as same:
        first, second = mock_backend.connect(), same.connect()
        assert second.list_collection_ids() == first.list_collection_ids()
        for method in ("list_file_formats", "list_udf_runtimes", "list_service_types"):
            assert getattr(second, method)() == getattr(first, method)()
        # Definitions are completed.
        for one, other in zip(first.list_processes(), second.list_processes(), strict=True):
            assert one.items() >= {**other, "parameters": one["parameters"]}.items()
            names = [[each["name"] for each in process["parameters"]] for process in (one, other)]
            assert names[0] == names[1]
        name = first.list_collection_ids()[0]
        one, other = (each.get(f"/collections/{name}").json() for each in (first, second))
        assert {**one, "links": []} == {**other, "links": []}
        same.reset()
        assert second.list_collection_ids() == first.list_collection_ids()


def test_graphs_follow_the_snapshot(production, tmp_path):
    take(production.reader(), tmp_path)
    with MockBackend(catalog=tmp_path) as backend:
        connection = backend.connect()
        with pytest.raises(openeo.rest.OpenEoApiError, match="Collection 'SENTINEL2_L2A' does not exist"):
            connection.load_collection("SENTINEL2_L2A")
        assert list(connection.list_file_formats()["output"]) == ["XML"]
        # It has none, so there are none.
        assert (connection.list_service_types(), connection.list_udf_runtimes()) == ({}, {})
        assert [each["id"] for each in connection.list_processes()] == ["absolute"]
        job = connection.create_job({"a": {"process_id": "absolute", "arguments": {"x": 1}, "result": True}})
        assert job.start_and_wait(print=lambda _: None).status() == "finished"


def test_scenarios_name_snapshots(production, tmp_path):
    take(production.reader(), tmp_path / "production")
    (tmp_path / "scenario.json").write_text('{"catalog": "production"}')
    with MockBackend.from_scenario(tmp_path / "scenario.json") as backend:
        assert backend.connect().list_collection_ids() == ["A", "B", "C"]


def test_service_types_are_those_of_the_snapshot(production, tmp_path):
    production.service_types = {"xyz": {"title": "Tiles"}, "WMTS": {"title": "More tiles"}}
    take(production.reader(), tmp_path)
    with MockBackend(catalog=tmp_path) as backend:
        connection = backend.connect()
        graph = {"a": {"process_id": "absolute", "arguments": {"x": -1}, "result": True}}
        service = connection.create_service(graph, type="XYZ")
        tile = service.describe_service()["url"].format(z=0, x=0, y=0)

        assert list(connection.list_service_types()) == ["xyz", "WMTS"]
        assert connection.get(tile, check_error=False).headers["content-type"] == "image/png"
        with pytest.raises(openeo.rest.OpenEoApiError, match="WMS"):
            connection.create_service(graph, type="WMS")


def test_the_marker_and_the_command_take_snapshots(production, tmp_path, pytester):
    take(production.reader(), tmp_path / "production")
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.mock_backend(catalog={str(tmp_path / "production")!r})
        def test_collections(mock_backend_connection):
            assert mock_backend_connection.list_collection_ids() == ["A", "B", "C"]
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_what_changed_since(production, tmp_path, capsys):
    take(production.reader(), tmp_path)
    assert compare(production.reader(), tmp_path) == 0

    production.collections["B"] = {**production.collections["B"], "description": "better", "title": "B"}
    del production.collections["C"]
    production.collections["D"] = {"id": "D", "extent": EXTENT}
    production.processes[0] = {
        **production.processes[0],
        "parameters": [{"name": "x", "optional": True}, {"name": "y"}],
    }
    capsys.readouterr()
    assert compare(production.reader(), tmp_path) == 1
    assert sorted(capsys.readouterr().out.splitlines()) == [
        'collections/B.description: "B" → "better"',
        "collections/B.title: added",
        "collections/C: removed",
        "collections/D: added",
        "processes.processes[absolute].parameters[x].optional: added",
        "processes.processes[absolute].parameters[y]: added",
    ]
    assert compare(production.reader(), tmp_path, ["collections/*", "processes.processes[absolute]"]) == 0

    assert take(production.reader(), tmp_path) == 0
    assert compare(production.reader(), tmp_path) == 0
    assert not (tmp_path / "collections" / "C.json").exists()


def test_it_goes_on_where_it_was_interrupted(production, tmp_path):
    production.troubles["/collections/B"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        take(production.reader(), tmp_path)
    with pytest.raises(ValueError, match="no collections"):
        MockBackend(catalog=tmp_path)

    production.asked.clear()
    take(production.reader(), tmp_path)
    assert [each for each in production.asked if "/collections/" in each] == [
        "/collections/B",
        "/collections/C",
    ]
    assert "/processes" not in production.asked
    assert compare(production.reader(), tmp_path) == 0
    assert not (tmp_path / ".partial").exists()


def test_it_waits_as_it_is_asked_to(production, tmp_path):
    busy = httpx.Response(
        429, headers={"Retry-After": "17"}, json={"code": "TooMany", "message": "Slow down."}
    )
    production.troubles["/processes"] = [busy, httpx.ConnectError("reset")]
    take(production.reader(pause=0.25), tmp_path)

    assert production.waits.count(17) == 1
    # One pause before each request but the first.
    assert production.waits.count(0.25) == len(production.asked) - 1


def test_a_pause_that_is_too_long(production, tmp_path):
    closed = httpx.Response(503, headers={"Retry-After": "86400"})
    production.troubles["/processes"] = [closed]
    with pytest.raises(ReadingError, match="503 Service Unavailable; it asks for a pause of 86400 s"):
        take(production.reader(), tmp_path)


def test_collections_that_are_listed_only(production, tmp_path, capsys):
    production.troubles["/collections/B"] = [httpx.Response(404, json={"message": "Not here."})]
    production.collections["C"]["extent"] = {"spatial": {"bbox": [[500, 0, 501, 1]]}}
    take(production.reader(), tmp_path)

    told = capsys.readouterr().err
    assert "B is only as the listing has it: GET https://prod.test/api/collections/B: 404 Not here" in told
    assert "C cannot be offered: " in told
    with MockBackend(catalog=tmp_path) as backend:
        assert backend.connect().list_collection_ids() == ["A", "B"]


def test_a_back_end_that_is_down(production, tmp_path):
    for name in "ABC":
        production.troubles[f"/collections/{name}"] = [httpx.ConnectError("refused")] * 5
    with pytest.raises(ReadingError, match="refused"):
        take(production.reader(), tmp_path)
    assert not (tmp_path / "snapshot.json").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"text": "<html>"}, "which is not JSON"),
        ({"json": []}, "lists nothing"),
        ({"json": {}}, "lists nothing"),
    ],
)
def test_answers_that_are_none(production, tmp_path, content, message):
    production.troubles["/processes"] = [httpx.Response(200, **content)]
    with pytest.raises(ReadingError, match=message):
        take(production.reader(), tmp_path)


def test_tokens_are_for_their_host_only(production):
    sent = {}

    def answer(request):
        sent[str(request.url)] = request.headers.get("authorization")
        return production.answer(request)

    reader = Reader("prod.test", transport=httpx.MockTransport(answer), authorization="Bearer t")
    reader.get("processes")
    reader.get("https://files.test/processes")
    assert sent["https://prod.test/api/processes"] == "Bearer t"
    assert sent["https://files.test/processes"] is None


def test_ids_cannot_leave_the_folder(production, tmp_path):
    production.collections["../../x"] = {"id": "../../x", "extent": EXTENT}
    production.troubles["/collections/..%2F..%2Fx"] = [httpx.Response(404)]
    take(production.reader(), tmp_path / "in" / "here")

    assert sorted(each.name for each in tmp_path.rglob("*.json") if "collections" in str(each)) == [
        "..%2F..%2Fx.json",
        "A.json",
        "B.json",
        "C.json",
    ]


def test_the_command(mock_backend, tmp_path, capsys):
    folder = str(tmp_path / "snap")
    assert main(["snapshot", mock_backend.url, "-o", folder, "--check"]) == 2
    assert "no snapshot is in" in capsys.readouterr().err
    assert main(["snapshot", mock_backend.url, "-o", folder, "--pause", "0"]) == 0
    assert f"{len(mock_backend.connect().list_collection_ids())} collections" in capsys.readouterr().err
    mock_backend.add_collection("NEW")
    assert main(["snapshot", mock_backend.url, "-o", folder, "--pause", "0", "--check"]) == 1
    assert capsys.readouterr().out == "collections/NEW: added\n"
    assert json.loads((tmp_path / "snap" / "snapshot.json").read_text())["url"] == f"{mock_backend.url}/"


def test_a_path_that_is_none(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        MockBackend(catalog=tmp_path / "nowhere")


@pytest.mark.off_contract("a snapshot is served as it is, also where the back-end breaks the specification")
def test_odd_documents(production, tmp_path):
    take(production.reader(), tmp_path)
    odd = {
        "file_formats": {
            "input": None,
            "output": {"GTiff": {"parameters": {"a": {"type": "float"}, "b": None}}, "N": 1},
        },
        "udf_runtimes": {"Python": {"type": "language"}, "R": None},
        "processes": {
            "processes": [
                {"id": "load_collection", "parameters": [{"name": "id", "schema": {"type": "text"}}]},
                {
                    "id": "save_result",
                    "parameters": [{"name": "data"}, {"name": "format"}, {"name": "options"}],
                },
                {"id": "bad.id"},
                None,
            ]
        },
    }
    for name, document in odd.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    graph = {
        "load": {"process_id": "load_collection", "arguments": {"id": "A"}},
        "save": {
            "process_id": "save_result",
            "arguments": {"data": {"from_node": "load"}, "format": "GTiff", "options": {"a": 1, "b": 2}},
            "result": True,
        },
    }
    for version in ("1.2", "1.3"):
        with MockBackend(catalog=tmp_path, api_version=version, profile="cdse") as backend:
            connection = backend.connect()
            assert [each["id"] for each in connection.list_processes()] == ["load_collection", "save_result"]
            assert list(connection.list_file_formats()["output"]) == ["GTiff"]
            assert list(connection.list_udf_runtimes()) == ["Python"]
            assert connection.validate_process_graph(graph) == []
            connection.create_job(graph).start()
            backend.clock.advance("1h")
            assert backend.jobs[0].status == "finished"
