"""The bands of files with pixels, as the files hold them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mock_backend.catalog import Band
from mock_backend.engine.cubes import DataCube
from mock_backend.results.formats.rasters import Layer, layers_of

#: Formats that have a band for each combination of labels, and those that have a variable for each band.
_WITH_LAYERS, _WITH_VARIABLES = ("GTiff",), ("netCDF", "Zarr")


@dataclass
class HeldBands:
    """The bands of the files of a data cube; files that are alike share them.

    Pictures and texts have none: their numbers are not those of the data cube.
    """

    _known: dict[tuple[int, tuple[str, ...]], tuple[Band, ...]] = field(default_factory=dict)

    def of(
        self, cube: DataCube, format_name: str
    ) -> tuple[tuple[Band, ...], Callable[[], tuple[Mapping[str, float], ...]]]:
        """Return the bands of a file, and what tells their statistics.

        Args:
            cube: The content of the file.
        """
        layers = _layers(cube, format_name)
        key = id(cube.bands), tuple(layer.name for layer in layers)
        if (bands := self._known.get(key)) is None:
            # All bands of a file are of one data type, and have one value where there are no data.
            kind, nodata = cube.data_type, cube.nodata
            bands = tuple(
                replace(layer.band, name=layer.name, data_type=kind, nodata=nodata) for layer in layers
            )
            self._known[key] = bands
        return bands, lambda: _statistics(cube, layers)


def _layers(cube: DataCube, format_name: str) -> list[Layer]:
    if format_name in _WITH_LAYERS:
        return layers_of(cube)
    if format_name not in _WITH_VARIABLES:
        return []
    found = cube.of_kind("bands")
    if found is None:
        return [Layer(cube.bands[0].name, cube.bands[0], {})]
    labelled = zip(found.labels or (), cube.bands, strict=True)
    return [Layer(str(label), band, {found.name: place}) for place, (label, band) in enumerate(labelled)]


def _statistics(cube: DataCube, layers: Sequence[Layer]) -> tuple[Mapping[str, float], ...]:
    from mock_backend.engine.core.file_values import Values  # heavy, as its values are
    from mock_backend.landscape.sensors import statistics_of

    if not layers:
        return ()
    values = Values(cube).array()
    places = (tuple(layer.labels.get(each.name, slice(None)) for each in cube.dimensions) for layer in layers)
    return tuple(statistics_of(values[place], cube.nodata) for place in places)
