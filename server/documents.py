"""What crosses HTTP as JSON, as types; ``server.schema`` prints their schema for the front end."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from layers.atlas import Text
from layers.values import Reason


class Document(BaseModel):
    """A frozen JSON document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def as_json(self) -> bytes:
        """Its bytes, without keys that have nothing to say."""
        return self.model_dump_json(exclude_none=True).encode()


class FigureDocument(Document):
    """One in which null is an answer: a figure that is not there, a region without parent."""

    def as_json(self) -> bytes:
        """Its bytes, with every key."""
        return self.model_dump_json().encode()


class VectorLayer(Document):
    """A layer of a tileset."""

    id: str
    fields: dict[str, str]
    minzoom: int
    maxzoom: int


class TileJson(Document):
    """TileJSON 3.0."""

    tilejson: Literal["3.0.0"] = "3.0.0"
    name: str
    description: str | None = None
    attribution: str
    scheme: Literal["xyz"] = "xyz"
    tiles: list[str]
    encoding: Literal["mvt", "mlt"] | None = None
    """How the tiles are written, where a client chose; MapLibre reads it, and others expect MVT."""

    minzoom: int
    maxzoom: int
    bounds: list[float]
    """west, south, east, north in degrees."""

    center: tuple[float, float, int]
    """lon, lat, zoom."""

    vector_layers: list[VectorLayer]


class RegionColumns(FigureDocument):
    """The regions of an edition as columns of one length, level by level from coarse to fine."""

    year: int
    level: list[str]
    code: list[str]
    name: list[str]
    parent: list[str | None]
    """Code of the region of the next coarser level."""

    lon: list[float]
    lat: list[float]
    """Label point, degrees."""

    west: list[float]
    south: list[float]
    east: list[float]
    north: list[float]


class ValueColumns(Document):
    """Figures as columns of one length: level by level, year by year, in the order of the regions."""

    code: list[str]
    name: list[str]
    level: list[str]
    year: list[int]
    value: list[float | None]
    """Null exactly where there is a status. For a category the index into ``categories``."""

    status: list[Reason | None]


class Values(FigureDocument):
    """The figures of an indicator, with what one must know to read them."""

    indicator: str
    title: Text
    unit: Text
    source: Text
    notice: Text | None = None
    categories: list[str] | None = None
    """Only for an indicator of kind ``category``."""

    columns: ValueColumns


class Link(Document):
    """A link of the landing page."""

    rel: str
    href: str
    type: str
    title: str


class Landing(Document):
    """The site for programs: what there is and where."""

    title: str
    description: str
    attribution: str
    links: list[Link]


class Health(Document):
    """The answer of the health addresses."""

    status: Literal["live", "ready"]
    atlas: str | None = None
    """Id of the atlas being served."""


class ProblemDocument(Document):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
