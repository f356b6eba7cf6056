"""Texts that can be sent."""


def encodable(text: str) -> str:
    """Return a text in which halves of surrogate pairs are written out: JSON can say them, UTF-8 cannot."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()
