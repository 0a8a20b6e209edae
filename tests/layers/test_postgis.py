"""Regions and figures from a real PostGIS."""

from __future__ import annotations

import os
import socket
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from shapely.geometry.base import BaseGeometry

from layers.catalog import read_catalog
from layers.postgis import Database, database_fault
from layers.prepare import prepare
from layers.problems import InputProblems
from server.build import build
from tests.layers.make import (
    CODES,
    INDICATOR,
    REGIONS,
    TABLE,
    complaints,
    prepared,
    squares,
    write_catalog,
    write_table,
)
from tests.layers.postgis_server import NoServer, Server, postgis_server

pytestmark = pytest.mark.usefixtures("folder")

SECRET = "geheim-wachtwoord"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """A server with regions and figures. Where there is no PostGIS the tests skip, except where all must run."""
    try:
        with postgis_server() as server:
            server.run(*_content())
            yield server
    except NoServer as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))


def _content() -> list[str]:
    def insert(code: str, name: str, shape: BaseGeometry) -> str:
        return f"INSERT INTO cbs.gemeenten VALUES ('{code}', '{name}', ST_GeomFromText('{shape.wkt}', 28992), 'NEE')"

    shapes = zip(CODES, ("Aardhuizen", "Boterveen", "Chaamdijk"), squares(3), strict=True)
    return [
        "CREATE SCHEMA cbs",
        "CREATE TABLE cbs.gemeenten (code text, name text, geom geometry(Polygon, 28992), water text)",
        *(insert(*row) for row in shapes),
        "INSERT INTO cbs.gemeenten SELECT code, name, geom, 'JA' FROM cbs.gemeenten",
        'CREATE TABLE cbs."Cijfers" (code text, jaar int, woz numeric(8, 1), soort text, dag date, is_stad boolean)',
        """INSERT INTO cbs."Cijfers" VALUES ('GM9901', 2022, 250.5, 'a', '2022-01-01', true),
           ('GM9902', 2022, -99997, 'a', NULL, false), ('GM9903', 2022, 0, 'a', NULL, NULL),
           ('GM9901', 2022, 1, 'b', NULL, NULL)""",
        "CREATE TABLE cbs.geheim (code text)",
        "CREATE TABLE cbs.leeg (code text, woz int)",
        "CREATE TABLE cbs.twee (code text, a geometry, b geometry)",
        "INSERT INTO cbs.twee SELECT code, geom, geom FROM cbs.gemeenten",
        "CREATE TABLE cbs.gemengd (code text, geom geometry)",
        "INSERT INTO cbs.gemengd SELECT code, geom FROM cbs.gemeenten WHERE code < 'GM9903'",
        "UPDATE cbs.gemengd SET geom = ST_Transform(geom, 4326) WHERE code = 'GM9901'",
        f"CREATE ROLE lezer LOGIN PASSWORD '{SECRET}'",
        "GRANT USAGE ON SCHEMA cbs TO lezer",
        'GRANT SELECT ON cbs.gemeenten, cbs."Cijfers", cbs.leeg, cbs.twee, cbs.gemengd TO lezer',
    ]


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, named by the environment for a user who may read."""
    monkeypatch.setenv("ZICHTKAART_POSTGIS", running.address("lezer", SECRET))
    return running


def regions(source: str, more: str = "") -> str:
    return REGIONS.replace('"regions.gpkg"', f"'''{source}'''") + more


def table(source: str, more: str = "") -> str:
    return TABLE.replace('"figures.csv"', f"'''{source}'''") + more


LAND = "where = \"water = 'NEE'\"\n"
GEMEENTEN = regions("postgis:cbs.gemeenten", LAND)


def refused(*parts: str) -> str:
    [sentence] = complaints(*parts)
    return sentence


@pytest.mark.usefixtures("server")
def test_regions_and_figures_come_from_tables() -> None:
    result = prepared(GEMEENTEN, table('postgis:cbs."Cijfers"', 'dimensions = { soort = "a" }\n'), INDICATOR)
    [level] = result.editions[0].levels
    assert (level.codes, level.names) == (CODES, ("Aardhuizen", "Boterveen", "Chaamdijk"))
    assert result.editions[0].crs.to_epsg() == 28992
    assert [shape.area for shape in level.geometry] == [1e6] * 3
    published = result.figures["woz", "gemeente", 2022].published
    assert (published.values(), published.statuses()) == ([250.5, None, 0.0], [None, "withheld", None])


@pytest.mark.usefixtures("server")
def test_regions_and_figures_come_from_queries() -> None:
    query = (
        "postgis: SELECT code, name, ST_Transform(geom, 4326) AS geom FROM cbs.gemeenten WHERE water = 'NEE' -- land;"
    )
    figures = (
        "postgis:WITH c AS (SELECT * FROM cbs.\"Cijfers\" WHERE soort LIKE 'a%') SELECT code, woz * 2 AS woz FROM c;"
    )
    result = prepared(regions(query), table(figures), INDICATOR)
    assert result.editions[0].crs.to_epsg() == 4326
    assert result.figures["woz", "gemeente", 2022].published.values()[0] == 501.0


@pytest.mark.usefixtures("server")
def test_a_table_with_geometry_may_hold_figures_too() -> None:
    figures = table("postgis:SELECT *, 3 AS woz FROM cbs.gemeenten WHERE water = 'NEE'")
    assert prepared(GEMEENTEN, figures, INDICATOR).figures["woz", "gemeente", 2022].published.values() == [3.0] * 3


def test_an_atlas_from_a_database_holds_nothing_of_where_it_is(server: Server, folder: Path) -> None:
    catalog = write_catalog(GEMEENTEN, table('postgis:cbs."Cijfers"', 'dimensions = { soort = "a" }\n'), INDICATOR)
    report = build(catalog, Path("klein.atlas"))
    every = [path.read_bytes() for path in folder.rglob("*") if path.is_file()] + [
        "\n".join(report.sentences()).encode()
    ]
    assert len(every) > 4
    for content in every:
        assert not any(
            word in content for word in (SECRET.encode(), b"lezer", str(server.port).encode() + b"/postgres")
        )


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            "postgis:cbs.gemeente",
            'postgis:cbs.gemeente: there is no such table that the user of the database may see (did you mean "cbs.gemeenten"?)',
        ),
        ("postgis:cbs.geheim", "postgis:cbs.geheim: the user of the database may not read it; ask for GRANT SELECT"),
        ("postgis:cbs.leeg", "postgis:cbs.leeg: there are no rows in it"),
        (
            "postgis:SELECT cod FROM cbs.gemeenten",
            'postgis:SELECT cod FROM cbs.gemeenten: the database cannot do this: column "cod" does not exist',
        ),
        (
            "postgis:SELECT FROM WHERE",
            'postgis:SELECT FROM WHERE: the database cannot do this: syntax error at or near "WHERE"',
        ),
        (
            "postgis:SELECT * FROM nergens",
            'postgis:SELECT * FROM nergens: the database cannot do this: relation "nergens" does not exist',
        ),
        (
            "postgis:WITH x AS (DELETE FROM cbs.gemeenten RETURNING *) SELECT * FROM x",
            (
                "postgis:WITH x AS (DELETE FROM cbs.gemeenten RETURNING *) SELECT * FROM x: the database cannot do this: "
                "WITH clause containing a data-modifying statement must be at the top level"
            ),
        ),
        (
            "postgis:SELECT nextval('cbs.teller')",
            "postgis:SELECT nextval('cbs.teller'): this would change the database, and a source is only read",
        ),
        (
            "postgis:SELECT 1; DROP TABLE cbs.gemeenten",
            'postgis:SELECT 1; DROP TABLE cbs.gemeenten: the database cannot do this: syntax error at or near ";"',
        ),
    ],
)
def test_what_the_database_refuses_is_a_sentence(
    source: str, sentence: str, running: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.run("CREATE SEQUENCE IF NOT EXISTS cbs.teller")
    user = ("owner", running.password) if "teller" in source or "DELETE" in source else ("lezer", SECRET)
    monkeypatch.setenv("ZICHTKAART_POSTGIS", running.address(*user))
    assert refused(GEMEENTEN, table(source), INDICATOR) == sentence


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('postgis:cbs."Cijfers"', "this has no column with geometry"),
        ("postgis:cbs.twee", "this has several columns with geometry (a, b); choose one with postgis:SELECT .."),
        ("postgis:cbs.gemengd", "its geometry is in several coordinate reference systems (SRID 4326, 28992)"),
    ],
)
def test_regions_need_one_geometry_in_one_crs(source: str, message: str) -> None:
    write_table()
    assert refused(regions(source)) == f"{source}: {message}"


@pytest.mark.usefixtures("server")
def test_geometry_without_an_srid_needs_a_crs_in_the_catalog() -> None:
    source = "postgis:SELECT code, name, ST_SetSRID(geom, 0) AS geom FROM cbs.gemeenten WHERE water = 'NEE'"
    assert refused(regions(source)).endswith('they look like EPSG:28992: add crs = "EPSG:28992"')
    assert len(prepared(regions(source, 'crs = "EPSG:28992"\n')).editions[0].levels[0]) == 3


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("connection", "message"),
    [
        (
            "postgresql://lezer:fout-wachtwoord@127.0.0.1:{port}/postgres",
            "the database refuses the user or the password",
        ),
        (
            "postgresql://niemand:fout-wachtwoord@127.0.0.1:{port}/postgres",
            "the database refuses the user or the password",
        ),
        (f"postgresql://lezer:{SECRET}@127.0.0.1:{{port}}/geen-database", "the server has no database of that name"),
        (f"postgresql://lezer:{SECRET}@127.0.0.1:{{closed}}/postgres", "no database answers"),
        (f"host=127.0.0.1 {SECRET} port={{port}}", "ZICHTKAART_POSTGIS cannot be read"),
    ],
)
def test_no_connection_is_a_sentence_without_a_secret(
    connection: str, message: str, running: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZICHTKAART_POSTGIS", connection.format(port=running.port, closed=closed_port()))
    catalog = read_catalog(write_catalog(GEMEENTEN))
    with pytest.raises(InputProblems) as caught:
        prepare(catalog)
    assert str(caught.value).startswith(f"postgis:cbs.gemeenten: {message}; ")
    trace = "".join(traceback.format_exception(caught.value)) + repr(Database.of(os.environ))
    for word in ("wachtwoord", "lezer", "niemand", "geen-database", "127.0.0.1"):
        assert word not in trace


def test_without_the_driver_the_package_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "layers.postgis_rows", None)
    assert refused(GEMEENTEN) == (
        'postgis:cbs.gemeenten: reading from PostGIS needs one package more: pip install "zichtkaart[postgis]"'
    )


def test_the_variables_of_libpq_do_too(running: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZICHTKAART_POSTGIS", raising=False)
    settings = {"PGHOST": "127.0.0.1", "PGPORT": str(running.port), "PGDATABASE": "postgres", "PGUSER": "lezer"}
    for name, value in (settings | {"PGPASSWORD": SECRET}).items():
        monkeypatch.setenv(name, value)
    assert len(prepared(GEMEENTEN).editions[0].levels[0]) == 3


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (f"postgis:postgresql://lezer:{SECRET}@host/database", "holds an address of a database"),
        (f"postgis:host=db password={SECRET}", "holds an address of a database"),
        ("postgis:DROP TABLE x", "is no table and no query"),
        ("postgis:", "is no table and no query"),
    ],
)
def test_a_catalog_with_an_address_of_a_database_is_refused_without_quoting_it(source: str, what: str) -> None:
    [sentence] = complaints(regions(source), table("figures.csv"), INDICATOR)
    assert what in sentence
    assert SECRET not in sentence
    assert what in (database_fault(source) or "")
