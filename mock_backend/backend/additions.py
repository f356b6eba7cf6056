"""Additions of tests to the offer of a back-end."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from mock_backend.api.registers import Registers
from mock_backend.catalog import CollectionsRegister, Described
from mock_backend.engine.given_data.url_contents import UrlContents
from mock_backend.processes.definitions import ProcessesRegister
from mock_backend.processes.definitions.remote import RemoteProcesses


class Additions:
    """The part of a back-end that takes collections, processes and file formats in addition to ours."""

    #: The registers that serve the API.
    registers: Registers
    #: The contents of URLs that process graphs load from.
    contents: UrlContents

    def add_collection(
        self,
        collection: str | os.PathLike[str] | Mapping[str, Any] | object,
        *,
        data: Any = None,
        **facts: Any,
    ) -> Described:
        """Add a collection, until the back-end is reset.

        Args:
            collection: A STAC collection as a dict, the path of a JSON file, or an object with
                ``to_dict()`` such as a ``pystac.Collection``: kept as it is, and completed. Or an id,
                and the facts make up the rest.
            data: Data of your own that goes with an id: an ``xarray.DataArray`` or ``xarray.Dataset``, a
                NumPy array, or the path of a GeoTIFF, a netCDF file, a Zarr store, or a folder of GeoTIFFs
                with dates in their names. It is copied, and all metadata follow from it that the facts do
                not tell. A collection of the catalogue that has the id is replaced.
            **facts: ``bands`` (names, or ``mock_backend.catalog.Band``), ``spatial_extent``
                (``west``, ``south``, ``east`` and ``north`` in degrees), ``temporal_extent`` (start and
                end, either may be None; None for data without time), ``resolution`` in metres,
                ``dimensions`` (STAC dimension objects by name), ``title``, ``description``,
                ``license``, ``epsg``, ``revisit_days``, and whatever else
                ``mock_backend.catalog.Collection`` takes. With data, also ``bbox`` (west, south, east and
                north in its coordinate system), ``crs``, ``dates``, ``nodata``, and ``dims``, the names of
                the dimensions of an array; of ``bands`` there is one for each band of the data.

        Returns:
            The collection, with its ``id``, ``bands`` and ``metadata``.

        Raises:
            ValueError: If it makes no collection, or one whose id is taken.
            OSError: If its file cannot be read.
        """
        catalogue = self.registers.one(CollectionsRegister)
        if data is None:
            return catalogue.add(collection, **facts)
        if not isinstance(collection, str):
            raise ValueError(f"The id of a collection must be a str, got {collection!r}.")
        # NumPy, and only for those who give data.
        from mock_backend.catalog.given import check_collection_id
        from mock_backend.engine.given_data.collections import given_collection
        from mock_backend.engine.given_data.data import Told
        from mock_backend.engine.given_data.reading import read_given

        check_collection_id(collection)
        told = Told(**{each.name: facts.pop(each.name, None) for each in fields(Told)})
        found = given_collection(collection, read_given(data, told), catalogue.get(collection), facts)
        catalogue.replace(found)
        return found

    def add_process(self, process: str | Mapping[str, Any] | object, **members: Any) -> dict[str, Any]:
        """Add a predefined process, until the back-end is reset.

        Args:
            process: Its definition, or its id.
            **members: Members of the definition, e.g. ``parameters`` (objects, or just names),
                ``returns`` (an object with a ``schema``, or just the schema) and ``description``.

        Returns:
            The definition as it is served.

        Raises:
            ValueError: If it is no process, or one whose id is taken.
        """
        return self.registers.one(ProcessesRegister).add(process, **members)

    def add_processes(self, processes: str | os.PathLike[str] | Iterable[Any]) -> list[dict[str, Any]]:
        """Add predefined processes, or replace those of their ids, until the back-end is reset.

        So the back-end can offer what another one does: save its answer to ``GET /processes`` in a file.

        Args:
            processes: Definitions; or the path of a file with one, with a list of them, or with an
                answer to ``GET /processes``; or the path of a folder of such files.

        Returns:
            The definitions as they are served.

        Raises:
            ValueError: If something is no process.
            OSError: If a file cannot be read.
        """
        return self.registers.one(ProcessesRegister).add_all(processes)

    def add_remote_processes(
        self, processes: Mapping[str, Any] | str | os.PathLike[str] | Iterable[Any]
    ) -> None:
        """Register the processes that graphs name by a URL as ``namespace``, until the back-end is reset.

        Args:
            processes: Documents by URL. A document is a definition, a list of definitions, an answer to
                ``GET /process_graphs``, or the path of a JSON file with one of these; or the path of a folder
                of files that are at the URLs below that one. Or definitions, or the path of a file or a
                folder with some, which are found at any URL by the id of the process.

        Raises:
            ValueError: If something is no URL or no definition of a process.
            OSError: If a file cannot be read.
        """
        self.remote_processes.add(processes)

    def add_url(self, url: str, content: Any) -> None:
        """Register what is at a URL, until the back-end is reset.

        Processes that load from URLs get it: ``load_url``, ``load_stac``, ``load_geojson``, ``run_udf``, and
        processes whose ``namespace`` is a URL. Nothing is fetched from the web. URLs of the back-end itself,
        e.g. of results, need not be registered.

        Args:
            url: The URL. A path in it may be that of a folder.
            content: Bytes, a text, what JSON can say, an object with ``to_dict()`` such as a
                ``pystac.Item``, or the ``Path`` of a file; or of a folder whose files are at the URLs below.

        Raises:
            ValueError: If something is no URL or no content.
            OSError: If a file cannot be read.
        """
        self.contents.add(url, content)
        self.remote_processes.known = self.contents.document

    @property
    def remote_processes(self) -> RemoteProcesses:
        """The processes that graphs name by a URL; ``fetch`` decides whether unknown URLs are fetched."""
        return self.registers.one(ProcessesRegister).remote

    def add_file_format(
        self,
        name: str,
        *,
        gis_data_types: Sequence[str],
        input: bool = False,  # noqa: A002  # the API's word
        output: bool = True,
        parameters: Mapping[str, Any] | None = None,
        title: str | None = None,
        description: str | None = None,
    ) -> dict[str, Any]:
        """Add a file format, until the back-end is reset.

        Args:
            name: Its name, in GDAL's spelling if GDAL has one; case does not matter to clients.
            gis_data_types: The kinds of data it holds: raster, vector, table, pointcloud, other.
            input: True if it can be read.
            output: True if it can be written.
            parameters: JSON Schemas by name, each with a ``description``.
            title: Its title.
            description: The storage of data cubes in it.

        Returns:
            The description as it is served.

        Raises:
            ValueError: If that is no file format, or if there is one of this name.
        """
        return self.registers.one(CollectionsRegister).add_format(
            name,
            gis_data_types=gis_data_types,
            input=input,
            output=output,
            parameters=parameters,
            title=title,
            description=description,
        )
