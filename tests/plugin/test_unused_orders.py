"""Orders of a test's own body that never apply make it fail; all others are only reported."""

import pytest

BODY = """
    import pytest
    from mock_backend import Fault, JobPlan, MockBackend

    {marker}
    def test(mock_backend):
        mock_backend.inject(Fault(503), "GET /me")
"""
ADVICE = (
    "Mend the order, or remove it. To only report such orders: "
    '@pytest.mark.mock_backend(unused_orders="report") for a test, {"unused_orders": "report"} in the '
    "fixture mock_backend_settings, or mock_backend_unused_orders = report in pytest's ini file."
)


@pytest.fixture
def run(pytester):
    def run(text, *arguments):
        pytester.makepyfile(test_it=text)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)

    return run


def lines_of(result, first):
    lines = result.outlines
    start = next(place for place, line in enumerate(lines) if line.startswith(first))
    return lines[start : start + 3]


def test_the_message(run, pytester):
    result = run(BODY.format(marker=""))

    result.assert_outcomes(failed=1)
    assert lines_of(result, "An order") == [
        "An order of this test never applied:",
        f"  <Fault(status=503) on GET /me: 0 hits, 1 left>, given at {pytester.path}/test_it.py:6",
        ADVICE,
    ]


def test_several_orders_of_all_kinds(run):
    result = run(
        """
        from mock_backend import Fault, JobPlan, MockBackend

        def test():
            with MockBackend() as backend:
                backend.plan(JobPlan.stuck(), title="unknown")
                backend.set_result({"a": 1}, process="none")
                with backend.inject(Fault(503), "GET /me"):
                    pass
                backend.lag("5s")
                backend.oidc.script_device("pending")
        """
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "5 orders of this test never applied:",
            "  <JobPlan(*) for title='unknown': 0 hits>, given at *test_it.py:5",
            "  <*for process='none': 0 hits>, given at *test_it.py:6",
            "  <Fault(status=503) on GET /me: 0 hits, 1 left>, given at *test_it.py:7",
            "  <Stale*>, given at *test_it.py:9",
            "  <device script pending: 0 hits>, given at *test_it.py:10",
        ]
    )


@pytest.mark.parametrize(
    "rest",
    [
        "mock_backend.connect().describe_account",
        "lambda: None, order.remove()",
        "mock_backend.reset",
        "lambda: pytest.skip('not here')",
    ],
    ids=["it applies", "it is taken back", "a reset", "a skipped test"],
)
def test_nothing_is_said(run, rest):
    result = run(
        f"""
        import pytest
        from mock_backend import Fault

        def test(mock_backend):
            order = mock_backend.inject(Fault(429, retry_after=1), "GET /me")
            steps = ({rest},)
            steps[0]()
        """
    )

    assert result.parseoutcomes().keys() <= {"passed", "skipped"}
    result.stdout.no_fnmatch_line("*never applied*")


def test_a_plan_that_decides_an_estimate_has_applied(run):
    result = run(
        """
        from mock_backend import JobPlan

        def test(mock_backend):
            mock_backend.plan(JobPlan(running="1h"))
            job = mock_backend.connect().load_collection("SENTINEL2_L2A").create_job()
            assert job.estimate()["duration"]
        """
    )

    result.assert_outcomes(passed=1)


def test_a_limit_that_is_kept_has_applied(run):
    result = run(
        """
        from mock_backend.control.faults import RateLimit

        def test(mock_backend):
            mock_backend.inject(RateLimit(100), "GET /me")
            mock_backend.connect().describe_account()
        """
    )

    result.assert_outcomes(passed=1)


def test_a_test_that_fails_by_itself_says_nothing_of_it(run):
    result = run(BODY.format(marker="") + "        assert False\n")

    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("An order*")
    result.stdout.fnmatch_lines(["in force: <Fault(status=503) on GET /me: 0 hits, 1 left>"])


class TestOnlyReported:
    @pytest.mark.parametrize(
        ("marker", "arguments"),
        [
            ('@pytest.mark.mock_backend(unused_orders="report")', []),
            ("", ["-o", "mock_backend_unused_orders=report"]),
            ("", ["--mock-backend-unused-orders=report"]),
        ],
        ids=["marker", "ini", "option"],
    )
    def test_by_wish(self, run, pytester, marker, arguments):
        result = run(BODY.format(marker=marker), "-rP", *arguments)

        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines(
            [
                "*Captured mock back-end call*",
                "never applied: <Fault(status=503) on GET /me: 0 hits, 1 left>, given at *test_it.py:6",
            ]
        )

    def test_by_the_settings_of_a_module(self, run):
        settings = """
    @pytest.fixture
    def mock_backend_settings():
        return {"unused_orders": "report"}
"""
        run(BODY.format(marker="") + settings).assert_outcomes(passed=1)

    def test_a_marker_wins_over_the_ini_file(self, run):
        marker = '@pytest.mark.mock_backend(unused_orders="fail")'
        result = run(BODY.format(marker=marker), "-o", "mock_backend_unused_orders=report")

        result.assert_outcomes(failed=1)

    @pytest.mark.parametrize(
        "test",
        [
            "def test(order): pass",
            "def test(mock_backend): mock_backend.inject(Fault(503), 'GET /me', probability=0.1)",
            (
                "class Test(unittest.TestCase):\n"
                "    def test(self):\n"
                "        with MockBackend() as backend: backend.inject(Fault(503), 'GET /me')"
            ),
            (
                "@given(strategies.integers())\n"
                "def test(number):\n"
                "    with MockBackend() as backend: backend.inject(Fault(503), 'GET /me')"
            ),
        ],
        ids=["of a fixture", "left to chance", "of unittest", "of hypothesis"],
    )
    def test_orders_that_may_not_apply(self, run, test):
        result = run(
            "import pytest, unittest\n"
            "from hypothesis import given, settings, strategies\n"
            "from mock_backend import Fault, MockBackend\n"
            "settings.register_profile('few', max_examples=2, deadline=None)\n"
            "settings.load_profile('few')\n"
            "@pytest.fixture\n"
            "def order(mock_backend): return mock_backend.inject(Fault(503), 'GET /me')\n" + test,
            "-rP",
        )

        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines(["never applied: <Fault(status=503) on GET /me*: 0 hits, 1 left>*"])


@pytest.mark.parametrize(
    ("marker", "arguments", "message"),
    [
        (
            "@pytest.mark.mock_backend(unused_orders='ignore')",
            [],
            "*UsageError: unused_orders must be one of 'fail', 'report', got 'ignore'.",
        ),
        (
            "",
            ["--mock-backend-unused-orders=ignore"],
            "*mock_backend_unused_orders must be one of 'fail', 'report', got 'ignore'.",
        ),
    ],
)
def test_a_senseless_mode_says_what_would_be_right(run, marker, arguments, message):
    result = run(BODY.format(marker=marker), *arguments)

    assert message.strip("*") in result.stdout.str() + result.stderr.str()
    assert result.ret
