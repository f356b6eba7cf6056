"""Numbers that stand for texts: the same on every machine."""

import hashlib


def number_of(*parts: object) -> int:
    """Return a number of 64 bits that stands for some texts and numbers."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def share_of(*parts: object) -> float:
    """Return a number from 0 up to, not including, 1 that stands for some texts and numbers."""
    return (number_of(*parts) >> 11) / 2**53
