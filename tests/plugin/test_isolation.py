"""The client's configuration and tokens of whoever runs the tests stay out of it."""

import json

import pytest


@pytest.fixture
def home(monkeypatch, pytester):
    """The home folder of somebody who uses the openeo client for work."""
    # pytester's subprocesses live there.
    home = pytester.path
    folder = home / ".config" / "openeo-python-client"
    folder.mkdir(parents=True)
    (home / ".openeo-client-config.ini").write_text("[Connection]\ndefault_backend = https://real.example\n")
    (folder / "auth-config.json").write_text(json.dumps({"real": "secrets"}))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "OPENEO_CONFIG_HOME", "OPENEO_CLIENT_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return home


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
        """
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)

    assert files(home) == before


def test_a_test_without_a_back_end_keeps_its_configuration(home, pytester):
    pytester.makepyfile(
        """
        import openeo.config

        def test_plain():
            assert openeo.config.get_config_option("connection.default_backend") == "https://real.example"
        """
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
