"""A call of a process whose arguments are known as far as they can be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mock_backend.catalog import Band
from mock_backend.cubes import Call, Cube, DataCube, Dimension, UnknownCrsError, follow
from mock_backend.errors import OpenEOError, ProcessParameterInvalid
from mock_backend.outcomes.flow import Flow
from mock_backend.outcomes.numbers import Array, Number, as_band, listed, of_band, repeated
from mock_backend.outcomes.places import Feature, Place, features_of, place_of_box, place_of_features
from mock_backend.outcomes.shape import PLAIN_NAME, structure_of, together
from mock_backend.outcomes.surroundings import Surroundings

_Found = TypeVar("_Found")

#: So many nodes of child processes are followed for one call.
_MANY = 5000


@dataclass(frozen=True)
class Child:
    """A child process in an argument, and the scope that it is in."""

    graph: dict[str, Any]
    scope: Any


@dataclass(frozen=True)
class Asked:
    """A call of a process.

    Args:
        process_id: The process.
        arguments: Its arguments: data cubes are ``Flow``, child processes ``Child``.
        defaults: What holds for arguments that are not there.
        node: Where in the process graph it is.
        surroundings: What there is to refer to.
        run: Follows a child process with some parameters and returns its result.
        passed: The rules that were broken so far without refusing, each with what is wrong.
    """

    process_id: str
    arguments: Mapping[str, Any]
    defaults: Mapping[str, Any]
    node: str
    surroundings: Surroundings
    run: Callable[[Child, Mapping[str, Any]], Any]
    passed: list[tuple[str, str]] = field(default_factory=list)

    def lets_pass(self, rule: str, message: str) -> bool:
        """Tell whether a rule does not refuse; if so, note that it was broken."""
        if rule not in self.surroundings.lets_pass:
            return False
        self.passed.append((rule, message))
        return True

    def get(self, name: str) -> Any:
        """Return an argument, or its default."""
        value = self.arguments.get(name)
        return self.defaults.get(name) if value is None else value

    def flow(self, name: str = "data") -> Flow | None:
        """Return an argument that is a data cube; None if it is something else."""
        value = self.get(name)
        return value if isinstance(value, Flow) else None

    def text(self, name: str) -> str | None:
        """Return an argument that is a text; None if it is something else."""
        value = self.get(name)
        return value if isinstance(value, str) else None

    def list(self, name: str) -> list[Any]:
        """Return an argument that is a list; an empty one if it is something else."""
        value = self.get(name)
        if isinstance(value, Array) and value.is_listed:
            return list(value.items)
        return list(value) if isinstance(value, list | tuple) else []

    def child(self, name: str, **parameters: Any) -> Any:
        """Return the result of the child process in an argument; None if there is none."""
        value = self.get(name)
        if not isinstance(value, Child):
            return None
        return self.run(value, {"context": self.get("context"), **parameters})

    # -- places -------------------------------------------------------------------------------------

    def place(self, name: str) -> Place | None:
        """Return the area that an argument names; None if it names none.

        Raises:
            ProcessParameterInvalid: If its coordinate system is none.
        """
        value = self.get(name)
        if isinstance(value, Mapping) and "west" in value:
            with_crs = self.guarded(name, lambda: place_of_box(value))
            if with_crs is not None:
                # Whether it can be projected is found out while it is known which argument it was.
                self.guarded(name, lambda: with_crs.degrees)
            return with_crs
        return place_of_features(self.features(name))

    def features(self, name: str) -> tuple[Feature, ...]:
        """Return the GeoJSON features of an argument."""
        value = self.get(name)
        return value.cube.geometries if isinstance(value, Flow) else features_of(value)

    def guarded(self, name: str, compute: Callable[[], _Found]) -> _Found:
        """Return what is computed; blame an argument for a coordinate system that does not exist.

        Raises:
            ProcessParameterInvalid: If there is no such coordinate system.
        """
        try:
            return compute()
        except UnknownCrsError as error:
            raise ProcessParameterInvalid(
                parameter=name, process=self.process_id, reason=f"{error} [at {self.node}]"
            ) from None

    def no_data(self, reason: str) -> OpenEOError:
        """Return the error for a part of a data cube that has nothing in it."""
        return OpenEOError(
            f"There is no data for {self.process_id!r}: {reason} [at {self.node}]",
            code="NoDataAvailable",
            status=400,
        )

    # -- cubes --------------------------------------------------------------------------------------

    def structure(self, **cubes: DataCube) -> Cube | None:
        """Return the dimensions of what comes out, as ``cubes.follow`` knows them.

        Args:
            **cubes: Cubes in the place of arguments.
        """
        given = {name: value.cube for name, value in self.arguments.items() if isinstance(value, Flow)}
        structures = {name: structure_of(cube) for name, cube in {**given, **cubes}.items()}
        unclear = {
            name for name, value in self.arguments.items() if isinstance(value, Flow | Child | Number | Array)
        }
        find = self.surroundings.catalogue.find
        return follow(Call(self.process_id, self.arguments, self.defaults, structures, find, unclear))

    def each_band(
        self, argument: str, cube: DataCube, parameters: Callable[[Number], Mapping[str, Any]]
    ) -> tuple[Band, ...]:
        """Return what a child process makes of the values of each band.

        Args:
            argument: The name of the argument with the child process.
            cube: The cube.
            parameters: What the child process gets for a band.
        """
        child = self.get(argument)
        if isinstance(child, Child) and len(child.graph) * len(cube.bands) > _MANY:
            # Too long to be followed again and again: once, for whatever any of the bands may have.
            every = self.child(argument, **parameters(of_band(together(cube.bands, PLAIN_NAME))))
            return tuple(as_band(every, band.name, band) for band in cube.bands)
        return tuple(
            as_band(self.child(argument, **parameters(of_band(band))), band.name, band) for band in cube.bands
        )


def along(cube: DataCube, dimension: Dimension, band: Number | None) -> Array:
    """Return the values along a dimension of a cube as a child process gets them.

    Args:
        cube: The cube.
        dimension: The dimension.
        band: The band whose values they are; None for those of any band.
    """
    if dimension.kind == "bands" and len(cube.bands) == len(dimension.labels or ()):
        items = listed((of_band(each) for each in cube.bands), dimension.labels)
        return Array(items.items, items.length, dimension.labels, dimension.aliases)
    item = band if band is not None else of_band(together(cube.bands, PLAIN_NAME))
    size = cube.sizes[dimension.name]
    found = repeated(item, size) if size != 1 else listed([item])
    return Array(found.items, found.length, dimension.labels)


def names(values: Sequence[Any]) -> list[str]:
    """Return those of some values that are texts."""
    return [each for each in values if isinstance(each, str)]
