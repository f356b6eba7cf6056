"""A cache of windows: what several steps look at is computed once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.window import Window
from mock_backend.kept import Kept

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
        self._values: Kept[tuple[Source, Values]] = Kept(_MOST, lambda made: made[1].nbytes)
        self._things: OrderedDict[Hashable, Any] = OrderedDict()

    def read(self, source: "Source", window: Window) -> Values:
        """Return the values of a window, NaN where there are none; they must not be changed.

        Args:
            source: What is read.
            window: Which part of it.

        Returns:
            An array with the shape of the window.
        """
        # With the source, so that nothing else gets its place in memory.
        key = id(source), window.key
        return self._values.get(key, lambda: (source, source.read(window, self)))[1]

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
