"""Rows of a PostGIS database, read with psycopg in a transaction that cannot write. See ``layers.postgis``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NoReturn

import geopandas as gpd
import pandas as pd
import psycopg
import pyproj
import shapely
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pyproj.exceptions import CRSError

from layers.postgis import VARIABLE, table_name
from layers.problems import InputProblems, Problem, listed, refuse, suggestion

_SECONDS: Final = 10
"""How long a server may take to answer at first, where the connection string does not say."""

_BATCH: Final = 10_000
"""Rows that travel at a time."""

_PLACE: Final = f"the environment says where it is, as {VARIABLE} or PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD"

Connection = psycopg.Connection[tuple[Any, ...]]


def read_rows(connection: str, asked: str, source: str, *, with_geometry: bool) -> pd.DataFrame:
    """The rows of a table or query; a GeoDataFrame where geometry is wanted. ``source`` is for problems.

    Raises InputProblems when there is no connection, no such table, an error in the query, or no row.
    """
    with _connected(connection, source) as connected:
        connected.read_only = True
        try:
            frame = _frame(connected, _query(asked), source, with_geometry=with_geometry)
        except psycopg.Error as error:
            connected.rollback()
            refuse(source, _said(connected, error, asked), cause=error)
    if len(frame) == 0:
        refuse(source, "there are no rows in it")
    return frame


def _connected(connection: str, source: str) -> Connection:
    # Problems are raised outside of ``except``: what psycopg says may quote the connection string, and stays behind.
    patient = _patient(connection)
    if patient is None:
        message = f"{VARIABLE} cannot be read; write postgresql://user:password@host:5432/database"
        raise InputProblems([Problem(source, message)])
    try:
        return psycopg.connect(patient, application_name="zichtkaart")
    except psycopg.OperationalError as error:
        message = _refusal(str(error).casefold())
    raise InputProblems([Problem(source, f"{message}; {_PLACE}")])


def _patient(connection: str) -> str | None:
    """The connection string with a limit to waiting; None where it cannot be read."""
    try:
        given = conninfo_to_dict(connection)
        return make_conninfo(connection, connect_timeout=given.get("connect_timeout", _SECONDS))
    except psycopg.Error:
        return None


def _refusal(said: str) -> str:
    """Why a server did not let us in."""
    if "password" in said or "authentication" in said or "no pg_hba.conf entry" in said or 'role "' in said:
        return "the database refuses the user or the password"
    if "database" in said and "does not exist" in said:
        return "the server has no database of that name"
    return "no database answers"


def _query(asked: str) -> sql.Composed:
    name = table_name(asked)
    if name is not None:
        return sql.SQL("SELECT * FROM {}").format(sql.Identifier(*(part for part in name if part)))
    # the line break keeps a comment at the end of the query from swallowing the bracket
    return sql.SQL("SELECT * FROM (\n{}\n) AS asked").format(sql.SQL(asked))


def _frame(connection: Connection, query: sql.Composed, source: str, *, with_geometry: bool) -> pd.DataFrame:
    names, geometries = _columns(connection, query)
    if with_geometry and len(geometries) != 1:
        _refuse_geometries(geometries, source)
    plain = [name for name in names if name not in geometries]
    wanted: list[sql.Composable] = [sql.Identifier(name) for name in plain]
    if with_geometry:
        place = sql.Identifier(geometries[0])
        wanted += [
            part.format(place) for part in (sql.SQL("ST_AsBinary({0}::geometry)"), sql.SQL("ST_SRID({0}::geometry)"))
        ]
    chosen = sql.SQL("SELECT {} FROM ({}) AS source").format(sql.SQL(", ").join(wanted), query)
    with connection.cursor(name="zichtkaart") as cursor:
        cursor.itersize = _BATCH
        cursor.execute(chosen)
        rows = [tuple(map(_plain, row)) for row in cursor]
    if not with_geometry:
        return pd.DataFrame(rows, columns=pd.Index(plain), dtype=object)
    frame = pd.DataFrame([row[:-2] for row in rows], columns=pd.Index(plain), dtype=object)
    shapes = shapely.from_wkb([row[-2] for row in rows])
    spatial: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=shapes, crs=_crs({row[-1] for row in rows}, source))
    return spatial


def _columns(connection: Connection, query: sql.Composed) -> tuple[list[str], list[str]]:
    """The columns of a query, and those of them with geometry."""
    kinds = connection.execute("SELECT oid FROM pg_type WHERE typname IN ('geometry', 'geography')").fetchall()
    spatial = {kind for (kind,) in kinds}
    described = connection.execute(sql.SQL("SELECT * FROM ({}) AS source LIMIT 0").format(query)).description or []
    return [column.name for column in described], [column.name for column in described if column.type_code in spatial]


def _refuse_geometries(geometries: list[str], source: str) -> NoReturn:
    if not geometries:
        refuse(source, "this has no column with geometry")
    refuse(source, f"this has several columns with geometry ({listed(geometries)}); choose one with postgis:SELECT ..")


def _plain(value: object) -> object:
    """A value of the database as a cell of a table."""
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    if value is None or (isinstance(value, str | bytes | int | float) and not isinstance(value, bool)):
        return value
    return str(value)


def _crs(srids: set[object], source: str) -> pyproj.CRS | None:
    """The CRS of the geometry; None where the database does not say, or says what only it knows."""
    known = {srid for srid in srids if isinstance(srid, int) and srid > 0}
    if len(known) > 1:
        refuse(
            source, f"its geometry is in several coordinate reference systems (SRID {listed(map(str, sorted(known)))})"
        )
    try:
        return pyproj.CRS.from_epsg(next(iter(known))) if known else None
    except CRSError:
        return None


def _said(connection: Connection, error: psycopg.Error, asked: str) -> str:
    """What is wrong with a table or query."""
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
        return _no_table(connection, error, asked)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return "the user of the database may not read it; ask for GRANT SELECT"
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return "this would change the database, and a source is only read"
    if isinstance(error, psycopg.OperationalError):
        return "the connection with the database broke off"
    reason = error.diag.message_primary or type(error).__name__
    return f"the database cannot do this: {' '.join(reason.split())}"


def _no_table(connection: Connection, error: psycopg.Error, asked: str) -> str:
    name = table_name(asked)
    if name is None:
        return f"the database cannot do this: {error.diag.message_primary}"
    rows = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables "
        "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
    ).fetchall()
    tables = [f"{schema}.{table}" for schema, table in rows]
    wanted = ".".join(part for part in name if part) if name[0] else f"public.{name[1]}"
    return f"there is no such table that the user of the database may see{suggestion(wanted, tables)}"
