"""The types of services a back-end offers, and what may be configured about them."""

from collections.abc import Mapping
from typing import Any

from mock_backend.errors import (
    ServiceConfigInvalid,
    ServiceConfigRequired,
    ServiceConfigUnsupported,
    ServiceUnsupported,
)
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.processes.validation.schema_check import Checker
from mock_backend.profiles.catalogue import read_file

ServiceType = dict[str, Any]
ServiceTypes = dict[str, ServiceType]

#: The only layer of a WMS.
LAYER = "result"


def own_service_types() -> ServiceTypes:
    """Return the types that we serve, by name; do not change them."""
    # Subtypes that repeat a type are for strict readers of the specification: without one, a schema is valid
    # under more than one of the alternatives of which it says that just one has to hold.
    return dict(read_file("default", "service_types"))


def service_type_name(asked: str, types: ServiceTypes) -> str:
    """Return the name of a type as it is listed; raise ``ServiceUnsupported`` if there is no such type.

    Args:
        asked: The name a client has sent; case does not matter.
    """
    for name in types:
        if name.lower() == asked.lower():
            return name
    raise ServiceUnsupported(f"Unknown service type {asked!r}.{did_you_mean(asked, types)}")


def check_configuration(given: Mapping[str, Any], service_type: ServiceType) -> None:
    """Check what a client wants to configure.

    Raises:
        ServiceConfigUnsupported: If the type has no such setting.
        ServiceConfigRequired: If it lacks a setting without which there can be no service.
        ServiceConfigInvalid: If a value is none of the setting's.
    """
    settings = service_type["configuration"]
    for name in given:
        if name not in settings:
            raise ServiceConfigUnsupported(
                f"Service parameter {name!r} is not supported.{did_you_mean(name, settings)}"
            )
    for name, setting in settings.items():
        if name not in given:
            if setting.get("required") is True:
                raise ServiceConfigRequired(parameter=name)
            continue
        # In JSON Schema "required" is about the members of an object.
        schema = {key: value for key, value in setting.items() if key != "required"}
        if (complaint := Checker(schema).complaint(given[name])) is not None:
            raise ServiceConfigInvalid(parameter=name, reason=complaint)


def with_defaults(given: Mapping[str, Any], service_type: ServiceType) -> dict[str, Any]:
    """Return all settings of a service: those that were given, and the defaults of the others."""
    defaults = {
        name: setting["default"]
        for name, setting in service_type["configuration"].items()
        if "default" in setting
    }
    return defaults | dict(given)
