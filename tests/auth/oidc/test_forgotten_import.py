"""A run of pytest inside a test forgets what it has imported; keys stay good all the same."""

import sys

from mock_backend.auth.oidc.tokens.signing import KeyRing


def test_keys_sign_when_their_library_has_been_forgotten(monkeypatch):
    keys = KeyRing(0)
    token = keys.sign({"sub": "alice"}, "at+jwt")
    for name in [each for each in sys.modules if each.partition(".")[0] == "joserfc"]:
        monkeypatch.delitem(sys.modules, name)

    later = keys.sign({"sub": "bob"}, "at+jwt")

    assert keys.verify(token, "at+jwt")["sub"] == "alice"
    assert keys.verify(later, "at+jwt")["sub"] == "bob"
