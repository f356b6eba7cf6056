"""Path templates with a parameter that takes slashes."""

import re


class OpenEnded:
    """A path template with a parameter that takes slashes.

    Args:
        template: The template, e.g. ``/files/{path}``.
        first: True for the first parameter, False for the last one, which takes all that is left.
    """

    def __init__(self, template: str, *, first: bool = False) -> None:
        self.template = template
        names = template[1:].split("/")
        wide = next(each for each in (names if first else reversed(names)) if each.startswith("{"))
        # "." stands for line breaks, too, so that the endpoint gets to see and to refuse them.
        pattern = {
            name: f"(?P<{name[1:-1]}>{'.+' if name == wide else '[^/]+'})"
            if name.startswith("{")
            else re.escape(name)
            for name in names
        }
        self._regular = re.compile("".join(f"/{pattern[name]}" for name in names), re.DOTALL)
        *others, _ = names
        self._last = wide[1:-1]
        self._loose = "".join(f"/+{pattern[name]}" for name in others) + f"/(?P<{self._last}>.*[^/].*)"

    def parameters(self, path: str) -> dict[str, str] | None:
        """Return the parameters in a path; None if it is not one of these."""
        match = self._regular.fullmatch(path)
        return None if match is None else match.groupdict()

    def start_of_end(self, path: str, prefix: str) -> int | None:
        """Return where the last parameter begins in a path with a prefix and any number of slashes."""
        before = "".join(f"/+{re.escape(name)}" for name in prefix.split("/") if name)
        match = re.fullmatch(before + self._loose, path, re.DOTALL)
        return None if match is None else match.start(self._last)
