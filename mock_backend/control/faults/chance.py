"""Chances that threads cannot change: each follows from names and counts, never from a shared sequence."""

from hashlib import blake2b


def chance(*facts: object) -> float:
    """Return a number from 0 to below 1 that follows from some facts."""
    digest = blake2b("\0".join(map(str, facts)).encode("utf-8", "replace"), digest_size=7).digest()
    # 2 ** 53 numbers, as many as a float has in this range.
    return (int.from_bytes(digest) >> 3) / (1 << 53)
