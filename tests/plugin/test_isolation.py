"""The client's configuration and tokens of whoever runs the tests stay out of it."""

import json
import subprocess
import sys

import pytest


@pytest.fixture
def home(monkeypatch, pytester):
    """The home folder of a person who uses the openeo client for work."""
    # pytester's subprocesses live there.
    home = pytester.path
    folder = home / ".config" / "openeo-python-client"
    folder.mkdir(parents=True)
    (home / ".openeo-client-config.ini").write_text("[Connection]\ndefault_backend = https://real.example\n")
    (folder / "auth-config.json").write_text(json.dumps({"real": "secrets"}))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "OPENEO_CONFIG_HOME", "OPENEO_CLIENT_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def environment(monkeypatch, home):
    """The environment of a person who uses the openeo client for work."""
    variables = {
        "OPENEO_CONFIG_HOME": str(home / ".config" / "openeo-python-client"),
        "OPENEO_CLIENT_CONFIG": str(home / ".openeo-client-config.ini"),
        "OPENEO_AUTH_METHOD": "client_credentials",
        "OPENEO_AUTH_PROVIDER_ID": "real",
        "OPENEO_AUTH_CLIENT_ID": "real-client",
        "OPENEO_AUTH_CLIENT_SECRET": "real-secret",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def files(home):
    own = [home / ".openeo-client-config.ini", *(home / ".config").rglob("*"), *(home / ".local").rglob("*")]
    return {str(path.relative_to(home)): path.read_bytes() for path in own if path.is_file()}


def test_files_of_the_user_are_neither_read_nor_written(home, pytester):
    before = files(home)
    pytester.makepyfile(
        """
        import openeo.config
        from openeo.rest.auth.config import AuthConfig, RefreshTokenStore

        def test_configuration(mock_backend):
            assert openeo.config.get_config_option("connection.default_backend") is None
            assert AuthConfig().load() == {}

        def test_tokens(mock_backend):
            RefreshTokenStore().set_refresh_token("https://issuer", "client", "secret")
            assert RefreshTokenStore().get_refresh_token("https://issuer", "client") == "secret"

        def test_tokens_of_another_test(mock_backend):
            assert RefreshTokenStore().get_refresh_token("https://issuer", "client") is None

        def test_without_a_back_end():
            assert openeo.config.get_config_option("connection.default_backend") == "https://real.example"
        """
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=4)

    assert files(home) == before


def test_logging_in_reads_and_writes_none_of_it(home, environment, pytester):
    before = files(home)
    pytester.makepyfile(
        """
        import os
        import openeo.config
        from openeo.rest.auth.config import AuthConfig, RefreshTokenStore

        def test_device(mock_backend):
            mock_backend.oidc_providers.add("real")
            connection = mock_backend.connect(user=None).authenticate_oidc()
            assert connection.describe_account()["user_id"] == "alice"
            assert len(mock_backend.oidc.grants.select("device_code")) == 1
            issuer = mock_backend.oidc.url
            assert RefreshTokenStore().get_refresh_token(issuer, "openeo-default")

        def test_nothing_is_left_of_it(mock_backend):
            assert openeo.config.get_config_option("connection.default_backend") is None
            assert RefreshTokenStore().load() == AuthConfig().load() == {}
            assert not [name for name in os.environ if name.startswith("OPENEO_AUTH_")]

        def test_without_a_back_end():
            assert os.environ["OPENEO_AUTH_CLIENT_SECRET"] == "real-secret"
        """
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)

    assert files(home) == before


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["here", "in-a-worker"])
def test_variables_that_tests_set_are_theirs(environment, pytester, options):
    pytester.makeconftest(
        """
        import os
        import pytest

        os.environ["OPENEO_AUTH_CLIENT_ID"] = "openeo-service"

        @pytest.fixture(autouse=True)
        def secret(monkeypatch):
            monkeypatch.setenv("OPENEO_AUTH_CLIENT_SECRET", "secret")
        """
    )
    pytester.makepyfile(
        """
        import os

        def test_service(mock_backend, monkeypatch):
            monkeypatch.setenv("OPENEO_AUTH_METHOD", "client_credentials")
            connection = mock_backend.connect(user=None).authenticate_oidc()
            assert connection.describe_account()["user_id"] == "openeo-service"
            assert "OPENEO_AUTH_PROVIDER_ID" not in os.environ
        """
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider", *options).assert_outcomes(passed=1)


def test_subprocesses_of_a_test_have_a_folder_of_their_own(mock_backend_live, tmp_path_factory):
    code = "from openeo.rest.auth.config import RefreshTokenStore as Store; print(Store().path)"
    path = subprocess.check_output([sys.executable, "-c", code], text=True).strip()

    assert path.startswith(str(tmp_path_factory.getbasetemp()))
