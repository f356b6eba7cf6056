"""openEO errors: one root, one class per standard code.

The codes, statuses and message templates are those of the openEO API's list of common error
codes (``errors.json``). Raise one anywhere below the app and the client gets it as JSON.
"""

from mock_backend.errors.codes import *
from mock_backend.errors.codes import OpenEOError, RequestInvalid

#: The errors of the API and its extensions by code; ``RequestInvalid`` is ours, as the API has none for
#: malformed values.
BY_CODE: dict[str, type[OpenEOError]] = {
    each.__name__: each for each in OpenEOError.__subclasses__() if each is not RequestInvalid
}
