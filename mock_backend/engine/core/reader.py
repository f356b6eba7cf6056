"""A cache of windows: what several steps look at is computed once."""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mock_backend.cache import Kept
from mock_backend.engine.core.window import Window

if TYPE_CHECKING:
    from mock_backend.engine.sources.source import Source

Values = NDArray[np.floating]
Thing = TypeVar("Thing")

#: The largest number of bytes of windows that are kept.
_MOST = 64 << 20
#: The largest number of other things that are kept.
_MOST_THINGS = 256


class WindowReader:
    """Read windows of sources, each of them once as long as there is room.

    It is for one thread.
    """

    def __init__(self) -> None:
        self._arrays: Kept[tuple[object, NDArray[Any]]] = Kept(_MOST, lambda made: made[1].nbytes)
        self._things: Kept[tuple[object, Any]] = Kept(_MOST_THINGS)

    def read(self, source: "Source", window: Window) -> Values:
        """Return the values of a window, NaN where there are none; they must not be changed.

        Returns:
            An array with the shape of the window.
        """
        # No function is called in between: a chain of sources is read as deep as Python's stack goes.
        if (known := self._arrays.find(key := (id(source), window.key))) is None:
            known = self._arrays.keep(key, (source, source.read(window, self)))
        return known[1]

    def array(self, owner: object, key: Hashable, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """Return an array that several windows need, made once as long as there is room.

        Args:
            owner: The object it is made of, by its place in memory.
        """
        # With the owner, so that nothing else gets its place in memory.
        return self._arrays.get((id(owner), key), lambda: (owner, make()))[1]

    def kept(self, owner: object, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return something else that several windows need, see ``array``; there is room for some hundred."""
        found: Thing = self._things.get((id(owner), key), lambda: (owner, make()))[1]
        return found
