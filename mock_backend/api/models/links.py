"""Web links as all openEO and STAC documents carry them."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, RootModel


class Link(BaseModel):
    """A link to a related resource."""

    model_config = ConfigDict(extra="allow")

    href: str
    rel: str
    type: str | None = None
    title: str | None = None


class Links(RootModel[list[Link]]):
    """Links that a back-end adds to its capabilities."""

    root: list[Link] = []

    def __iter__(self) -> Iterator[Link]:  # type: ignore[override]  # iterates its links, not its fields
        return iter(self.root)
