"""Refuse what clients must not set, and values that JSON can say but nothing here can hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from mock_backend.errors import OpenEOError, PropertyNotEditable, RequestInvalid
from mock_backend.stores import DocumentError


@contextmanager
def refusing(invalid: type[OpenEOError] = RequestInvalid) -> Iterator[None]:
    """Refuse what JSON can say but a model or a store cannot hold, e.g. NaN or half a surrogate pair.

    Args:
        invalid: The error for what does not fit a model.

    Raises:
        OpenEOError: If the block meets such a value.
    """
    try:
        yield
    except ValidationError as error:
        problems = (f"Member {'.'.join(map(str, each['loc']))!r}: {each['msg']}." for each in error.errors())
        raise invalid(" ".join(problems)) from error
    except (DocumentError, PydanticSerializationError, UnicodeEncodeError) as error:
        reason = str(error).rstrip(".")
        raise RequestInvalid(f"The request has a value that is not valid JSON: {reason}.") from error


def check_editable(body: BaseModel, resource: type[BaseModel]) -> None:
    """Check that a client does not set what only the back-end sets; raise ``PropertyNotEditable`` if it does.

    Args:
        body: The change of a resource; what is no field of it is kept as extra.
    """
    for name in body.model_extra or ():
        if name in resource.model_fields:
            raise PropertyNotEditable(property=name)
