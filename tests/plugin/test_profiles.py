"""Tests that run once for each of several profiles."""

import pytest


@pytest.fixture
def passed(pytester):
    """Run a test file, and return the names of the tests that passed."""

    def run(text):
        pytester.makepyfile(text)
        result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-v")
        assert result.parseoutcomes().keys() == {"passed"}, result.stdout.str()
        return [line.split()[0].partition("::")[2] for line in result.outlines if " PASSED" in line]

    return run


def test_a_list_in_the_marker(passed):
    assert passed(
        """
        import pytest

        @pytest.mark.mock_backend(profile=["spec", "cdse"])
        def test_each(mock_backend, request):
            assert f"[{mock_backend.settings.profile.name}]" in request.node.name

        @pytest.mark.mock_backend(profile="gee")
        def test_one(mock_backend):
            assert mock_backend.settings.profile.name == "gee"

        def test_none(mock_backend):
            assert mock_backend.settings.profile.name == "default"
        """
    ) == ["test_each[spec]", "test_each[cdse]", "test_one", "test_none"]


def test_a_parameter(passed):
    assert passed(
        """
        import pytest

        @pytest.mark.parametrize("mock_backend_profile", ["spec", "cdse"], indirect=True)
        def test_each(mock_backend_connection, mock_backend, mock_backend_profile):
            assert mock_backend.settings.profile.name == mock_backend_profile
        """
    ) == ["test_each[spec]", "test_each[cdse]"]


def test_the_closest_marker_counts(passed):
    assert passed(
        """
        import pytest

        pytestmark = pytest.mark.mock_backend(profile=["eodc", "gee"], seed=7)

        def test_all(mock_backend):
            assert mock_backend.settings.seed == 7

        @pytest.mark.mock_backend(profile="cdse")
        def test_one(mock_backend):
            assert mock_backend.settings.profile.name == "cdse"

        @pytest.mark.mock_backend(profile=["spec", "cdse"])
        def test_two(mock_backend):
            assert mock_backend.settings.profile.name in ("spec", "cdse")

        def test_without_a_back_end():
            pass
        """
    ) == ["test_all[eodc]", "test_all[gee]", "test_one", "test_two[spec]", "test_two[cdse]",
          "test_without_a_back_end"]  # fmt: skip


def test_whatever_describes_a_profile(passed):
    assert passed(
        """
        import pytest
        from mock_backend.profiles import profile_from

        axes = {"acceptance": "spec", "dialect": "cdse"}

        @pytest.mark.mock_backend(profile=[axes, profile_from("gee")])
        def test_each(mock_backend):
            assert mock_backend.settings.profile.dialect.name in ("cdse", "gee")
        """
    ) == ["test_each[acceptance=spec-dialect=cdse]", "test_each[gee]"]


def test_settings_of_a_module_are_overridden(passed):
    assert passed(
        """
        import pytest

        @pytest.fixture(scope="session")
        def mock_backend_settings():
            return {"profile": "eodc"}

        def test_the_settings(mock_backend):
            assert mock_backend.settings.profile.name == "eodc"

        @pytest.mark.mock_backend(profile=["spec", "cdse"])
        def test_each(mock_backend):
            assert mock_backend.settings.profile.name in ("spec", "cdse")
        """
    ) == ["test_the_settings", "test_each[spec]", "test_each[cdse]"]


def test_a_name_that_is_none(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.mock_backend(profile=["spec", "cdes"])
        def test_each(mock_backend):
            pass
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*Unknown profile 'cdes'*cdse*"])
