"""Stored documents that cannot be read: told when a store is opened, before anything asks for them."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from mock_backend.stores.base import StoreError


@contextmanager
def readable(what: str, removal: str) -> Iterator[None]:
    """Name a stored document that a block cannot read.

    Args:
        what: The document.
        removal: The call of a store that removes it.

    Raises:
        StoreError: If the block fails, with a way to go on.
    """
    try:
        yield
    except Exception as error:  # damage fails in any way
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, ValidationError):
            reason = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise StoreError(
            f"{what} in the store is damaged ({reason}). To set it aside, look at it and remove it: "
            f"from mock_backend.stores.tiny import TinyStore; store = TinyStore(path); store.{removal}; "
            "store.close()."
        ) from error
