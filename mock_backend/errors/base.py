"""The root of all openEO errors."""

from collections.abc import Mapping
from typing import ClassVar

from starlette.exceptions import HTTPException


class OpenEOError(HTTPException):
    """Fail a request with an openEO error object.

    Args:
        message: The problem and its remedy; the class's template if omitted.
        code: The openEO error code; the class's own if omitted.
        status: The HTTP status; the class's own if omitted.
        headers: HTTP headers that go with the error.
        values: The values of placeholders of the class's message template.
    """

    code: ClassVar[str] = "Internal"
    status: ClassVar[int] = 500
    template: ClassVar[str] = "Server error: {message}"

    def __init_subclass__(cls, *, status: int | None = None, template: str | None = None) -> None:
        """Take the class's name as the code of an error that has a status of its own."""
        if status is not None:
            cls.code, cls.status = cls.__name__, status
        if template is not None:
            cls.template = template

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        text = message if message is not None else self.template.format_map(values)
        self.openeo_code = code or self.code
        detail = {"code": self.openeo_code, "message": text}
        super().__init__(
            status_code=status or self.status,
            detail=detail,  # type: ignore[arg-type]  # FastAPI takes any JSON for it
            headers=dict(headers) if headers else None,
        )

    @property
    def message(self) -> str:
        """The text that the client sees."""
        return str(self.detail["message"])  # type: ignore[index]  # HTTPException types detail as str

    def __str__(self) -> str:
        return f"[{self.status_code}] {self.openeo_code}: {self.message}"
