"""Stored documents that cannot be read: told when a store is opened, before anything asks for them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter

from pydantic import ValidationError
from pydantic_core import to_json

from mock_backend.stores.base import Document, JobStore, StoreError


@contextmanager
def readable(
    store: JobStore, document: Document, what: str, *removal: str, set_aside: bool = False
) -> Iterator[None]:
    """Name a stored document that a block cannot read, or set it aside.

    Args:
        removal: The method of the store that removes it, and its arguments.
        set_aside: True to remove it, and to show it in a warning.

    Raises:
        StoreError: If the block fails, with a way to go on.
    """
    try:
        yield
    except Exception as error:  # damage fails in any way
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, ValidationError):
            reason = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        name, *arguments = removal
        if set_aside:
            attrgetter(name)(store)(*arguments)
            shown = to_json(document, fallback=repr).decode()
            warnings.warn(f"{what} in the store was damaged ({reason}) and is removed: {shown}", stacklevel=2)
            return
        raise StoreError(
            f"{what} in the store is damaged ({reason}). The setting set_aside=True "
            "(MOCK_BACKEND_SET_ASIDE=1, mock-backend serve --set-aside) removes what is damaged and shows it "
            "in warnings. By hand: "
            f"from mock_backend.stores.tiny import TinyStore; store = TinyStore(path); "
            f"store.{name}({', '.join(map(repr, arguments))}); store.close()."
        ) from error
