"""A cache of windows: what several steps look at is computed once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.window import Window

if TYPE_CHECKING:
    from mock_backend.engine.sources.source import Source

Values = NDArray[np.floating]
Thing = TypeVar("Thing")

#: The largest number of bytes of windows that are kept.
_MOST = 64 << 20
#: The largest number of other things that are kept.
_MOST_THINGS = 256


class Reader:
    """Read windows of sources, each of them once as long as there is room.

    It is for one thread.
    """

    def __init__(self) -> None:
        self._values: OrderedDict[Hashable, tuple[Source, Values]] = OrderedDict()
        self._size = 0
        self._things: OrderedDict[Hashable, Any] = OrderedDict()

    def read(self, source: "Source", window: Window) -> Values:
        """Return the values of a window, NaN where there are none; they must not be changed.

        Args:
            source: What is read.
            window: Which part of it.

        Returns:
            An array with the shape of the window.
        """
        key = id(source), window.key
        known = self._values.get(key)
        if known is not None:
            self._values.move_to_end(key)
            return known[1]
        found = source.read(window, self)
        if found.nbytes < _MOST:
            # With the source, so that nothing else gets its place in memory.
            self._values[key] = source, found
            self._size += found.nbytes
            while self._size > _MOST:
                self._size -= self._values.popitem(last=False)[1][1].nbytes
        return found

    def kept(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return something that several windows need, made once as long as there is room.

        Args:
            key: What it depends on.
            make: Makes it.
        """
        found: Thing | None = self._things.get(key)
        if found is None:
            found = self._things[key] = make()
            if len(self._things) > _MOST_THINGS:
                self._things.popitem(last=False)
        return found
