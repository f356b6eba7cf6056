"""Names of the client and of urllib3 that are replaced while a back-end is open."""

import asyncio
import contextlib
import importlib
import sys
import threading
import time
from datetime import timedelta
from functools import reduce

import openeo
import openeo.rest.job
import openeo.util
import pytest
import requests
import urllib3.util.retry
from fastapi import Depends

from mock_backend import MockBackend
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.jobs import JobsRegister
from mock_backend.transports.client_waits import LATE_POINTS, POINTS
from mock_backend.transports.patch_points import PatchPoint


@pytest.mark.usefixtures("nothing_left_behind")
class TestPatchPoints:
    def test_they_are_put_back_with_the_last_back_end(self):
        def look():
            return (
                openeo.rest.job.time,
                openeo.rest.auth.oidc.time,
                urllib3.util.retry.time,
                openeo.util.rfc3339.now_utc,
            )

        before = look()
        with MockBackend():
            with MockBackend("https://openeo-2.test"):
                pass
            during = look()
        after = look()

        assert [one is two for one, two in zip(before, during, strict=True)] == [False] * 4
        assert before[:3] == after[:3] == (time, time, time)
        assert before[3] == after[3]

    def test_modules_that_another_thread_is_importing_are_waited_for(self, tmp_path, monkeypatch):
        (tmp_path / "half_there.py").write_text(
            "import sys, threading\nbegun, go_on = sys.half_there\nbegun.set()\ngo_on.wait(60)\nname = 1\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        begun, go_on, found = threading.Event(), threading.Event(), []
        monkeypatch.setattr(sys, "half_there", (begun, go_on), raising=False)
        point = PatchPoint("mock_backend", "half_there", "name", lambda value: value)
        importing = threading.Thread(target=importlib.import_module, args=("half_there",))
        looking = threading.Thread(target=lambda: found.append(point.find()))
        importing.start()
        assert begun.wait(60)
        looking.start()
        looking.join(0.2)  # what does not wait has failed by then
        go_on.set()
        for thread in (importing, looking):
            thread.join(60)
        monkeypatch.delitem(sys.modules, "half_there")

        assert [value for *_, value in found] == [1]

    def test_a_thread_of_ours_keeps_none(self):
        class Relay(JobsRegister):
            async def list_jobs(self, limit: int | None = 10, user: User = Depends(Authenticator.validate)):
                await asyncio.sleep(0.001)  # from here on a loop of ours, which stays, sends the requests
                requests.get(inner.url, timeout=10)
                return super().list_jobs(limit, user)

        with (
            MockBackend("https://inner.test") as inner,
            MockBackend("https://outer.test", registers=[Relay]) as outer,
        ):
            outer.connect().list_jobs()

        assert openeo.rest.job.time is time

    def test_outside_of_a_back_end_the_client_waits_for_real(self, foreign, connect_to):
        with MockBackend() as backend:
            backend.connect().list_jobs()
        foreign.polls = 3

        began = time.monotonic()
        connect_to(foreign).create_job({"process_graph": {}}, validate=False).start_and_wait(
            max_poll_interval=0.1
        )

        assert time.monotonic() - began >= 0.2

    @pytest.mark.parametrize(
        "point",
        [each for each in (*POINTS, *LATE_POINTS) if "rfc3339" not in each.attribute],
        ids=lambda p: f"{p.module}.{p.attribute}",
    )
    def test_one_that_has_moved_is_named(self, monkeypatch, point):
        import importlib

        *path, name = point.attribute.split(".")
        owner = reduce(getattr, path, importlib.import_module(point.module))
        monkeypatch.delattr(owner, name)

        with pytest.raises(RuntimeError) as raised:
            MockBackend().open()

        for word in (point.package, f"{point.module}.{point.attribute}", _version(point.package)):
            assert word in str(raised.value)

    def test_one_that_is_something_else_by_now_is_named(self, monkeypatch):
        monkeypatch.setattr(openeo.rest.job, "time", object())

        with pytest.raises(RuntimeError, match=r"openeo \S+ has no `openeo\.rest\.job\.time`"):
            MockBackend().open()

    def test_a_moved_one_leaves_nothing_behind(self, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(urllib3.util.retry, "time", None)
            with contextlib.suppress(RuntimeError):
                MockBackend().open()

        assert openeo.rest.job.time is time
        with MockBackend() as backend:
            assert backend.connect().list_jobs() == []

    def test_a_urllib3_without_our_hook_is_named(self, monkeypatch):
        monkeypatch.delattr(urllib3.PoolManager, "connection_from_host")

        with pytest.raises(RuntimeError, match=r"urllib3 \S+ has no PoolManager\.connection_from_host"):
            MockBackend().open()

    def test_each_thread_decides_for_itself(self, mock_backend):
        mock_backend.connect().list_jobs()
        took = []

        def sleep():
            began = time.monotonic()
            openeo.rest.job.time.sleep(0.2)
            took.append(time.monotonic() - began)

        thread = threading.Thread(target=sleep)
        thread.start()
        thread.join()
        openeo.rest.job.time.sleep(1000)

        assert took[0] >= 0.19
        assert mock_backend.clock.elapsed == timedelta(seconds=1000)


def _version(package):
    from importlib.metadata import version

    return version(package)
