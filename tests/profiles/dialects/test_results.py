"""Results, their signed URLs, usage and costs, in each dialect."""

import re

import pytest
import requests

from dialect_tables import answer, deviates, drivers, table


@pytest.mark.parametrize(
    ("mock_backend_profile", "status", "expected"),
    table(
        """
        spec   created   400 JobNotStarted  | 400 JobNotStarted
        spec   queued    400 JobNotFinished | 400 JobNotFinished
        spec   running   400 JobNotFinished | 200 running files
        spec   canceled  200 canceled files | 200 canceled files
        spec   finished  200 finished files | 200 finished files
        spec   error     424 Internal       | 424 Internal
        cdse   created   400 JobNotFinished | 200 running
        cdse   queued    400 JobNotFinished | 200 running
        cdse   running   400 JobNotFinished | 200 running
        cdse   canceled  400 JobNotFinished | 200 canceled
        cdse   finished  200 finished files | 200 finished files
        cdse   error     400 JobNotFinished | 200 error
        openeo-platform  created  400 JobNotFinished | 200 running
        gee    created   400 JobNotStarted  | 400 JobNotStarted
        gee    queued    400 JobNotFinished | 400 QueryParameterUnsupported
        gee    running   400 JobNotFinished | 400 QueryParameterUnsupported
        gee    canceled  400 JobNotStarted  | 400 JobNotStarted
        gee    error     424 Internal       | 424 Internal
        eodc   created   500 Internal       | 500 Internal
        eodc   running   500 Internal       | 500 Internal
        eodc   error     500 Internal       | 500 Internal
        eodc   finished  200 finished files | 200 finished files
        """
    ),
    indirect=["mock_backend_profile"],
)
def test_results(api, job_in, status, expected):
    job_id = job_in(status)

    def shown(query):
        response = api(f"GET /jobs/{job_id}/results{query}")
        if response.status_code >= 400:
            return answer(response)
        document = response.json()
        files = " files" if "assets" in document else ""
        return f"200 {document['openeo:status']}{files}"

    assert f"{shown('')} | {shown('?partial=true')}" == re.sub(r"\s+\|", " |", expected)


class TestResultsToCome:
    """The signed URL is that of the results if ``partial=true`` is answered before there are any."""

    @drivers
    @deviates
    def test_the_signed_url_leads_to_the_results_in_the_end(self, backend, api, anonymous, job_in):
        job_id = job_in("created")
        before = api(f"GET /jobs/{job_id}/results?partial=true").json()
        (url,) = [link["href"] for link in before["links"] if link["rel"] == "canonical"]

        assert anonymous(f"GET {url}").json()["openeo:status"] == "running"
        api.start(job_id)
        assert anonymous(f"GET {url}").json()["openeo:status"] == "running"
        assert answer(anonymous(f"GET {url.removesuffix('&partial=true')}")) == "400 JobNotFinished"
        backend.clock.advance("1h")
        assert anonymous(f"GET {url}").json()["assets"]
        backend.clock.advance("8d")
        assert answer(anonymous(f"GET {url}")) == "410 ResultLinkExpired"

    @drivers
    @deviates
    def test_a_job_that_is_gone(self, api, anonymous, job_in):
        job_id = job_in("created")
        (link,) = api(f"GET /jobs/{job_id}/results?partial=true").json()["links"]
        api(f"DELETE /jobs/{job_id}")

        assert answer(anonymous(f"GET {link['href']}")) == "404 JobNotFound"

    @pytest.mark.mock_backend(profile="cdse")
    @deviates
    def test_a_job_that_loads_results_to_come(self, mock_backend, mock_backend_factory, api, tmp_path):
        """Jobs across back-ends, as openeo-aggregator makes them."""
        other = mock_backend_factory(profile="cdse").connect()
        job_id = api.create()
        (link,) = api(f"GET /jobs/{job_id}/results?partial=true").json()["links"]

        job = other.load_stac(link["href"]).create_job(out_format="GTiff")
        api.start(job_id)
        job.start_and_wait(print=lambda line: None)

        assert job.get_results().download_files(tmp_path)


class TestSignedUrls:
    @drivers
    def test_they_name_the_owner(self, mock_backend, api, anonymous, job_in):
        job_id = job_in("finished")
        document = api(f"GET /jobs/{job_id}/results").json()
        links = {link["rel"]: link["href"] for link in document["links"]}
        asset = document["assets"]["openEO_2024-06-04Z.tif"]["href"]

        own = rf"{mock_backend.url}/jobs/{job_id}/results"
        form = rf"{own}(/items|/assets)?/YWxpY2U=/[0-9a-f]+(/.+)?\?expires=\d+"
        for url in (links["canonical"], links["item"], asset):
            assert re.fullmatch(form, url), url
            assert anonymous(f"GET {url}").status_code == 200
            forged = url.replace("/results/", "/results/x/") if url == asset else url + "0"
            assert anonymous(f"GET {forged}").status_code in (403, 404)
        mock_backend.clock.advance("8d")
        assert answer(anonymous(f"GET {asset}")) == "410 ResultLinkExpired"

    @pytest.mark.mock_backend(profile="cdse", asset_host=True)
    def test_a_host_of_their_own(self, api, job_in):
        job_id = job_in("finished")
        asset = api(f"GET /jobs/{job_id}/results").json()["assets"]["openEO_2024-06-04Z.tif"]["href"]

        assert asset.startswith("https://assets.openeo.test/jobs/")
        assert requests.get(asset).status_code == 200

    def test_each_dialect_has_one_form(self, api, anonymous, job_in):
        job_id = job_in("finished")

        assert answer(anonymous(f"GET /jobs/{job_id}/results/YWxpY2U=/abc?expires=1")) == "404 NotFound"


@pytest.mark.parametrize(
    ("mock_backend_profile", "identifier", "costs"),
    [
        ("spec", r"r-250601[0-9a-f]{20}", "0"),
        ("cdse", r"r-250601\d{6}[0-9a-f]{20}", None),
        ("gee", None, "0"),
        ("eodc", None, None),
    ],
    indirect=["mock_backend_profile"],
)
def test_headers_of_synchronous_processing(api, graph, identifier, costs):
    headers = api("POST /result", json={"process": {"process_graph": graph}}).headers

    assert headers.get("OpenEO-Costs") == costs
    if identifier is None:
        assert "OpenEO-Identifier" not in headers
    else:
        assert re.fullmatch(identifier, headers["OpenEO-Identifier"])


@pytest.mark.parametrize(
    ("mock_backend_profile", "metrics", "costs", "header"),
    [
        ("spec", "cpu memory duration input_pixel", True, "0"),
        (
            "cdse",
            "cpu memory duration input_pixel max_executor_memory network_received",
            True,
            None,
        ),
        ("gee", "", 0, None),
        ("eodc", "", None, None),
    ],
    indirect=["mock_backend_profile"],
)
def test_usage_and_costs(mock_backend, api, job_in, metrics, costs, header):
    job_id = job_in("finished")

    job = api(f"GET /jobs/{job_id}").json()

    assert job.get("usage", {}).keys() == set(metrics.split())
    assert all({"value", "unit"} == each.keys() for each in job.get("usage", {}).values())
    assert (job["costs"] > 0) if costs is True else (job.get("costs") == costs)
    assert mock_backend.jobs[0].costs == job.get("costs", 0)
    assert api(f"GET /jobs/{job_id}/results").headers.get("OpenEO-Costs") == header


@pytest.mark.mock_backend(profile="gee")
def test_results_are_an_item(api, job_in):
    response = api(f"GET /jobs/{job_in('finished')}/results", headers={"Accept": "application/json"})

    assert response.json()["type"] == "Feature"
