"""Path templates whose last parameter takes all that is left."""

import re


class OpenEnded:
    """A path template whose last parameter takes all that is left, slashes included.

    Args:
        template: The template, e.g. ``/files/{path}``.
    """

    def __init__(self, template: str) -> None:
        self.template = template
        *names, last = template[1:].split("/")
        self._last = last[1:-1]
        parts = [f"(?P<{name[1:-1]}>[^/]+)" if name.startswith("{") else re.escape(name) for name in names]
        # "." stands for line breaks, too, so that the endpoint gets to see and to refuse them.
        self._regular = re.compile(
            "".join(f"/{part}" for part in parts) + f"/(?P<{self._last}>.+)", re.DOTALL
        )
        self._loose = "".join(f"/+{part}" for part in parts) + f"/(?P<{self._last}>.*[^/].*)"

    def parameters(self, path: str) -> dict[str, str] | None:
        """Return the parameters in a path; None if it is not one of these."""
        match = self._regular.fullmatch(path)
        return None if match is None else match.groupdict()

    def start_of_end(self, path: str, prefix: str) -> int | None:
        """Return where the last parameter begins in a path with a prefix and any number of slashes."""
        before = "".join(f"/+{re.escape(name)}" for name in prefix.split("/") if name)
        match = re.fullmatch(before + self._loose, path, re.DOTALL)
        return None if match is None else match.start(self._last)
