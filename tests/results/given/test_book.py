"""Choice of the result of a job, and calls of functions."""

import threading

import pytest

from mock_backend.errors import OpenEOError, ProcessGraphComplexity
from mock_backend.results import File, Item
from mock_backend.results.given import ResultOrder


@pytest.fixture
def give(book):
    def make(result, **conditions):
        return book.add(ResultOrder(result, **conditions))

    return make


@pytest.fixture
def started(book, job):
    """Start a job and return what it produces: the content of its only file, None for what is synthetic."""

    def start(**about):
        each = job(**about)
        book.bind(each)
        made = book.of(each)
        return None if made is None else next(iter(made.by_name.values())).content

    return start


def test_without_a_result_there_is_none(started):
    assert started() is None


def test_later_results_win(give, started):
    give(b"first")
    give(b"second")

    assert started() == b"second"


def test_conditions_are_those_of_plans(give, started):
    give(b"tiles", title="tile-7*")
    give(b"udf", process="run_udf")
    give(b"second", where=lambda job: job.job_id == "j-2")

    assert started(title="tile-71") == b"tiles"
    assert started(title="tile-6") is None
    assert started(job_id="j-2", title="tile-71") == b"second"


def test_results_for_some_starts(give, started):
    order = give(b"abc", times=2)

    assert [started(job_id=f"j-{number}") for number in range(3)] == [b"abc", b"abc", None]
    assert (order.hits, order.remaining) == (2, 0)


def test_a_result_is_bound_at_the_start(give, book, job):
    with give(b"abc") as order:
        book.bind(job())
    give(b"later")

    assert book.of(job()).by_name["result.txt"].content == b"abc"
    assert order.hits == 1


def test_a_restart_is_another_start(give, book, job):
    with give(b"abc"):
        book.bind(job(run=1))
    assert book.of(job(run=1)) is not None
    assert book.of(job(run=2)) is None

    book.bind(job(run=2))
    assert book.of(job(run=2)) is None
    assert book.of(job(run=1)) is None


def test_a_removed_result_is_gone(give, started):
    give(b"abc").remove()

    assert started() is None


def test_synchronous_requests(give, book, job):
    order = give(b"abc", where=lambda each: each.synchronous, times=1)

    assert book.bind(job()) is None
    assert book.answer(job("CSV", synchronous=True)).by_name["timeseries.csv"].content == b"abc"
    assert book.answer(job(synchronous=True)) is None
    assert order.hits == 1


def test_a_book_that_is_cleared_forgets_what_was_bound(give, book, job):
    order = give(b"abc")
    book.bind(job())
    book.clear()

    assert book.of(job()) is None
    assert book.active() == []
    assert not order.active


def test_functions_get_the_process_graph_when_the_result_is_wanted(give, book, job):
    calls = []
    give(lambda graph: calls.append(graph) or {"nodes": len(graph)})
    each = job("JSON")

    book.bind(each)
    assert calls == []
    made = book.of(each)
    assert made.by_name["result.json"].content == b'{"nodes": 2}'
    assert book.of(each) is made
    assert calls == [each.process_graph]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda: "nothing", b"nothing"),
        (lambda graph: ",".join(graph), b"load,save"),
        (lambda graph, job: job.job_id, b"j-1"),
        (lambda graph, suffix="!": "load" + suffix, b"load!"),
        (lambda *anything: str(len(anything)), b"1"),
        (lambda graph, **options: str(options), b"{}"),
        (lambda graph: b"\xff", b"\xff"),
        (lambda graph: File(b"abc", name="x.csv"), b"abc"),
        (lambda graph: Item({"x.csv": b"abc"}), b"abc"),
    ],
)
def test_functions_take_what_they_like(give, started, function, expected):
    give(function)

    assert started() == expected


def test_objects_can_be_functions(give, started):
    class Model:
        def __call__(self, graph):
            return f"{len(graph)} nodes"

    give(Model())
    assert started() == b"2 nodes"
    give("{} nodes".format)
    assert started().endswith(b" nodes")


def test_functions_are_called_once_for_each_start(give, book, job):
    numbers = iter(range(100))
    give(lambda: next(numbers))
    runs = [job("JSON", job_id=name, run=run) for name, run in (("a", 1), ("b", 1), ("a", 2))]
    found = []
    for each in runs:
        book.bind(each)
        found += [book.of(each).by_name["result.json"].content for _ in range(2)]

    assert found == [b"0", b"0", b"1", b"1", b"2", b"2"]


def test_threads_wait_for_the_same_call(give, book, job):
    calls = []
    entered, go_on = threading.Event(), threading.Event()

    def slow():
        calls.append(1)
        entered.set()
        go_on.wait(10)
        return b"abc"

    give(slow)
    each = job()
    book.bind(each)
    found = []
    threads = [threading.Thread(target=lambda: found.append(book.of(each))) for _ in range(4)]
    for thread in threads:
        thread.start()
    entered.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)

    assert len(calls) == 1
    assert len({id(made) for made in found}) == 1


def test_functions_that_fail(give, started):
    def model(graph):
        raise KeyError("B05")

    give(model)
    with pytest.raises(OpenEOError, match=r"The function model .* failed: KeyError: 'B05'") as caught:
        started()
    assert caught.value.status_code == 500
    assert isinstance(caught.value.__cause__, KeyError)


def test_functions_can_answer_with_an_error_of_the_api(give, started):
    def refuse(graph):
        raise ProcessGraphComplexity("too much")

    give(refuse)
    with pytest.raises(ProcessGraphComplexity, match="too much"):
        started()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (object(), "a result must be bytes"),
        (lambda: b"", "it returns a function"),
        ({"a": b""}, "Several files are an Item"),
        ([Item({"a": b""}), Item({"a": b""})], "Two files are called 'a'"),
    ],
)
def test_functions_that_return_no_result(give, started, value, message):
    give(lambda: value)

    with pytest.raises(OpenEOError, match=f"(?i){message}") as caught:
        started()
    assert caught.value.openeo_code == "Internal"
    assert "which set_result() was given, is no result" in caught.value.message


def test_a_name_goes_with_what_a_function_returns(give, book, job):
    give(lambda: {"a": 1}, name="x.json")
    each = job()
    book.bind(each)

    assert list(book.of(each).by_name) == ["x.json"]


def test_a_function_that_fails_is_called_again(give, book, job):
    results = iter([object(), b"abc"])
    give(lambda: next(results))
    each = job()
    book.bind(each)

    with pytest.raises(OpenEOError):
        book.of(each)
    assert list(book.of(each).by_name) == ["result.txt"]
