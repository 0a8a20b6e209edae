"""PostGIS as a source: ``postgis:schema.table`` or ``postgis:SELECT ..``, for regions and for figures.

The database is named by the environment: ``ZICHTKAART_POSTGIS``, a connection string, or the variables of libpq
(``PGHOST``, ``PGUSER``, ``PGPASSWORD``, ..). Nothing of it comes into a catalog, an atlas or a sentence. A source is read in one
transaction that cannot write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import pandas as pd

from layers.problems import InputProblems, Problem

VARIABLE: Final = "ZICHTKAART_POSTGIS"
"""The environment variable with the connection string."""

_PREFIX: Final = "postgis:"
_NAME: Final = r'(?:"[^"]+"|[^\W\d][\w$]*)'
_TABLE: Final = re.compile(rf"(?:({_NAME})\.)?({_NAME})")
_QUERY: Final = re.compile(r"(select|with)\b", re.IGNORECASE)
_LONGEST_SHOWN: Final = 80


def is_database(source: str) -> bool:
    """Whether a source of a catalog is in a database.

    >>> is_database("postgis:cbs.wijken"), is_database("wijken.gpkg")
    (True, False)
    """
    return source.strip().casefold().startswith(_PREFIX)


def database_fault(source: str) -> str | None:
    """What is wrong with such a source, without quoting it: an address could hold a password. None where nothing is.

    >>> database_fault("postgis:SELECT * FROM wijken") is None
    True
    """
    text = asked(source)
    if _TABLE.fullmatch(text) or _QUERY.match(text):
        return None
    what = "holds an address of a database" if "://" in text or "=" in text else "is no table and no query"
    return (
        f'source = "postgis:.." {what}; write postgis:schema.table or postgis:SELECT .., '
        f"and put where the database is in the environment, as {VARIABLE}"
    )


@dataclass(frozen=True, slots=True)
class Database:
    """The database that the environment names; a connection is made for each source and closed after it."""

    connection: str = field(repr=False)
    """A connection string, which may hold a password; empty for the variables of libpq."""

    @staticmethod
    def of(environ: Mapping[str, str]) -> Database:
        """The database of an environment."""
        return Database(environ.get(VARIABLE, "").strip())

    def table(self, source: str) -> pd.DataFrame:
        """The rows of a source without geometry. Raises InputProblems."""
        return self._read(source, with_geometry=False)

    def shapes(self, source: str) -> gpd.GeoDataFrame:
        """The rows of a source with their geometry, in the CRS of the database. Raises InputProblems."""
        frame = self._read(source, with_geometry=True)
        if not isinstance(frame, gpd.GeoDataFrame):
            raise InputProblems([Problem(shown(source), "this has no column with geometry")])
        return frame

    def _read(self, source: str, *, with_geometry: bool) -> pd.DataFrame:
        try:
            from layers.postgis_rows import read_rows  # psycopg is an extra: whoever has no database does not need it
        except ImportError as error:
            message = 'reading from PostGIS needs one package more: pip install "zichtkaart[postgis]"'
            raise InputProblems([Problem(shown(source), message)]) from error
        return read_rows(self.connection, asked(source), shown(source), with_geometry=with_geometry)


def shown(source: str) -> str:
    """A source as problems name it: a long query is cut."""
    text = " ".join(source.split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def asked(source: str) -> str:
    """The table or the query of a source."""
    return source.strip()[len(_PREFIX) :].strip().rstrip(";").strip()


def table_name(text: str) -> tuple[str | None, str] | None:
    """Schema and table as the database keeps them; None for a query.

    >>> table_name('CBS."Wijken"'), table_name("wijken"), table_name("SELECT 1")
    (('cbs', 'Wijken'), (None, 'wijken'), None)
    """
    found = _TABLE.fullmatch(text)
    if found is None:
        return None
    schema, table = (_kept(part) if part else None for part in found.groups())
    return schema, table or ""


def _kept(name: str) -> str:
    return name[1:-1] if name.startswith('"') else name.casefold()
