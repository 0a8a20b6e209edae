"""The servers that are compared: the same tiles, one core for the server and the other for who asks.

    atlas ──> joined archive ──> files for nginx, archive for others
          └─> zichtkaart serve

Servers take turns, so that whatever else the machine does falls on all alike; medians count. Requests per second of the
server's own CPU time say the same on a machine that is busy with other things.
"""

from __future__ import annotations

import csv
import getpass
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from layers.store import Atlas
from layers.tileset import Tileset
from server.build import build
from tests.bench import python_peers
from tests.bench.load import FIRST_CORE, CannotMeasure, Peer, Run, load, serving, warm
from tests.bench.process import session_memory_mb
from tests.layers.postgis_server import Server
from tiles.archive import TileArchive
from tiles.encoding import Encoding
from tiles.grid import TileCoord
from tiles.joined import write_joined
from tiles.splice import layers_of

REPOSITORY = Path(__file__).resolve().parents[2]
NODE_PACKAGES = ("@versatiles/versatiles-rs-linux-x64-gnu@4.15", "tileserver-gl-light@5")
TILES, PICTURES, BOXES = 500, 120, 40
ZOOMS, PICTURE_ZOOMS = range(5, 13), range(6, 12)
CONNECTIONS, FEW_CONNECTIONS = (1, 16, 64), (1, 4)
ATTRIBUTES = 10
WANTED_REGIONS = 200
"""Of a tile that is made while someone waits."""

OURS, PLAIN, JOINING = "zichtkaart", "zichtkaart, no fast path", "zichtkaart, making each anew"
NGINX, VERSATILES, VERSATILES_JOINING = "nginx, files", "VersaTiles", "VersaTiles, joining each anew"
TILESERVER, TIPG, PYGEOAPI, TITILER = "TileServer GL light", "tipg", "pygeoapi", "titiler"


@dataclass(frozen=True, slots=True)
class Options:
    """How much to do."""

    seconds: int = 3
    rounds: int = 3
    connections: Sequence[int] = CONNECTIONS
    few_connections: Sequence[int] = FEW_CONNECTIONS
    real: bool = True
    only: str = ""
    """Only servers with this in their name, beside ours."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted of one server beside another one, or of itself."""

    of: str
    beside: str
    """Empty for a figure by itself."""

    what: str
    """A field of ``Run``."""

    connections: int
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Servers that are asked for the same."""

    title: str
    about: str
    peers: Sequence[Peer]
    connections: Sequence[int]
    goals: Sequence[Goal]


@dataclass(frozen=True, slots=True)
class Measured:
    """A scenario with what came out."""

    scenario: Scenario
    runs: Mapping[tuple[str, int], Sequence[Run]]
    memory_mb: Mapping[str, float]
    lacking: Mapping[str, str]
    """Why a server was left out."""

    def median(self, peer: str, connections: int, what: str) -> float:
        """NaN where it was not measured."""
        found: list[float] = [getattr(run, what) for run in self.runs.get((peer, connections), ())]
        return statistics.median(found) if found else float("nan")


def report(folder: Path, shared: Path, options: Options) -> str:
    """The section of the page. Raises CannotMeasure where wrk or nginx is lacking."""
    for tool in ("wrk", "nginx", "taskset"):
        if shutil.which(tool) is None:
            raise CannotMeasure(f"{tool} is not on this machine")
    folder = folder / "serving"
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        found = [_measured(scenario, options, folder) for scenario in _scenarios(folder, shared, options, stack)]
    parts = [_ABOUT.format(rounds=options.rounds, seconds=options.seconds)]
    for measured in found:
        parts += [f"### {measured.scenario.title}\n\n{measured.scenario.about}", _table(measured), _goals(measured)]
    return "\n\n".join([*parts, _COMMAND])


def _measured(scenario: Scenario, options: Options, folder: Path) -> Measured:
    """All servers in turns."""
    peers = [peer for peer in scenario.peers if options.only in peer.name or peer.name.startswith(OURS)]
    runs: dict[tuple[str, int], list[Run]] = {}
    memory: dict[str, float] = {}
    lacking: dict[str, str] = {}
    for _ in range(options.rounds):
        for peer in (peer for peer in peers if peer.name not in lacking):
            try:
                with serving(peer) as (port, session):
                    warm(port, peer)
                    for connections in scenario.connections:
                        run = load(port, peer, connections, options.seconds, session, folder)
                        runs.setdefault((peer.name, connections), []).append(run)
                    memory[peer.name] = sum(map(session_memory_mb, (session, *peer.beside)))
            except CannotMeasure as reason:
                lacking[peer.name] = str(reason)
                sys.stderr.write(f"{scenario.title}: {peer.name} is left out: {reason}\n")
    return Measured(scenario, runs, memory, lacking)


# ---- what is compared


def _scenarios(folder: Path, shared: Path, options: Options, stack: ExitStack) -> list[Scenario]:
    atlas, tileset = _atlas(folder, shared, options)
    archive = _archive(folder, atlas, tileset)
    coords = _coords(archive, TILES, ZOOMS)
    _static_files(folder, archive, coords)
    regions = python_peers.Regions.of(Atlas.open(atlas), tileset)
    elsewhere = _Elsewhere.of(folder, regions, stack)
    return [
        _cached_tiles(folder, atlas, tileset, archive, coords, options),
        _made_tiles(folder, atlas, tileset, archive, coords, elsewhere, options),
        _one_tile(atlas, tileset, archive, coords),
        *_features(atlas, tileset, regions, elsewhere, options),
        _pictures(atlas, tileset, archive, regions, elsewhere, options),
    ]


def _cached_tiles(
    folder: Path, atlas: Path, tileset: str, archive: TileArchive, coords: Sequence[TileCoord], options: Options
) -> Scenario:
    node = _node(folder)
    most = options.connections[-1]
    ours = _paths(f"/tiles/{tileset}/{{z}}/{{x}}/{{y}}", coords)
    sizes = [len(archive.tile(coord) or b"") for coord in coords]
    return Scenario(
        "A tile that was asked for before",
        f"{_number_and_zooms(coords)} with ten indicators, {statistics.mean(sizes) / 1000:.1f} kB on average and "
        f"{max(sizes) / 1000:.0f} kB at most. nginx and zichtkaart write an access log.",
        [
            Peer(NGINX, _nginx(folder), _paths("/tiles/{z}/{x}/{y}", coords)),
            _ours(OURS, atlas, ours),
            _ours(PLAIN, atlas, ours, ZICHTKAART_FAST_PATH="no"),
            Peer(VERSATILES, _versatiles(node, archive), _paths("/tiles/t/{z}/{x}/{y}", coords)),
            Peer(TILESERVER, _tileserver(node, archive), _paths("/data/t/{z}/{x}/{y}.pbf", coords)),
        ],
        options.connections,
        [
            Goal(OURS, NGINX, "per_s", most, at_least=0.8),
            Goal(OURS, NGINX, "p99_ms", most, at_most=1.3),
            Goal(PLAIN, NGINX, "per_s", most, at_least=0.35),
            Goal(OURS, VERSATILES, "per_s", most, at_least=2),
            Goal(OURS, TILESERVER, "per_s", most, at_least=40),
        ],
    )


def _made_tiles(
    folder: Path,
    atlas: Path,
    tileset: str,
    archive: TileArchive,
    coords: Sequence[TileCoord],
    elsewhere: _Elsewhere,
    options: Options,
) -> Scenario:
    node = _node(folder)
    most = options.few_connections[-1]
    table = _table_for_joins(folder, atlas, tileset)
    pipeline = (
        f'from_container filename="geometry.pmtiles" | vector_update_properties data_source_path="{table.name}" '
        'layer_name="wijk" id_field_tiles="code" id_field_data="code" include_id=true'
    )
    of_tipg = f"/collections/public.{python_peers.TABLE}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}"
    return Scenario(
        "A tile that nobody asked for before",
        "The same tiles, made each time: zichtkaart without its cache, VersaTiles joining a CSV file with "
        "`vector_update_properties`, tipg asking PostGIS for a layer of wijken, whose work counts as its own.",
        [
            _ours(JOINING, atlas, _paths(f"/tiles/{tileset}/{{z}}/{{x}}/{{y}}", coords), ZICHTKAART_TILE_CACHE_MB="0"),
            Peer(
                VERSATILES_JOINING,
                _versatiles(node, archive, pipeline),
                _paths("/tiles/t/{z}/{x}/{y}", coords),
                keeps=False,
            ),
            *elsewhere.tipg(_paths(of_tipg, coords)),
        ],
        options.few_connections,
        [
            Goal(JOINING, VERSATILES_JOINING, "per_s", most, at_least=20),
            Goal(JOINING, TIPG, "per_s", most, at_least=20),
        ],
    )


def _one_tile(atlas: Path, tileset: str, archive: TileArchive, coords: Sequence[TileCoord]) -> Scenario:
    regions = {coord: _regions_in(archive, coord) for coord in coords}
    coord = min(coords, key=lambda coord: abs(regions[coord] - WANTED_REGIONS))
    return Scenario(
        f"One tile of {regions[coord]} wijken with ten indicators",
        f"Tile {coord}, made each time, one request after the other.",
        [_ours(JOINING, atlas, _paths(f"/tiles/{tileset}/{{z}}/{{x}}/{{y}}", [coord]), ZICHTKAART_TILE_CACHE_MB="0")],
        (1,),
        [Goal(JOINING, "", "p50_ms", 1, at_most=2)],
    )


def _features(
    atlas: Path, tileset: str, regions: python_peers.Regions, elsewhere: _Elsewhere, options: Options
) -> list[Scenario]:
    most = options.few_connections[-1]
    level = Atlas.open(atlas).edition(Atlas.open(atlas).tileset(tileset).edition).levels[-1].id
    ours = f"/ogc/v1/collections/{tileset}-{level}/items?f=json&limit=1000"
    boxes = [",".join(map(str, box)) for box in regions.boxes(BOXES)]

    def scenario(title: str, about: str, more: Sequence[str]) -> Scenario:
        return Scenario(
            title,
            about,
            [
                _ours(JOINING, atlas, [ours + query for query in more], ZICHTKAART_TILE_CACHE_MB="0"),
                _ours(OURS, atlas, [ours + query for query in more]),
                *elsewhere.tipg(
                    [f"/collections/public.{python_peers.TABLE}/items?limit=1000{query}" for query in more]
                ),
                *elsewhere.pygeoapi(
                    [f"/collections/{python_peers.TABLE}/items?f=json&limit=1000{query}" for query in more], regions
                ),
            ],
            options.few_connections,
            [Goal(name, peer, "per_s", most, at_least=5) for name, peer in product((JOINING, OURS), (TIPG, PYGEOAPI))],
        )

    return [
        scenario(
            "A page of a thousand features",
            "The first thousand wijken with ten figures, as GeoJSON.",
            [""],
        ),
        scenario(
            "The features around a gemeente",
            f"Wijken in the rectangles around {len(boxes)} gemeenten, as GeoJSON.",
            [f"&bbox={box}" for box in boxes],
        ),
    ]


def _pictures(
    atlas: Path,
    tileset: str,
    archive: TileArchive,
    regions: python_peers.Regions,
    elsewhere: _Elsewhere,
    options: Options,
) -> Scenario:
    opened = Atlas.open(atlas)
    facts = opened.tileset(tileset)
    indicator, level = opened.indicator(facts.indicators[0]), opened.edition(facts.edition).levels[-1].id
    coords = _coords(archive, PICTURES, PICTURE_ZOOMS)
    most = options.few_connections[-1]
    ours = _paths(f"/raster/{indicator.id}/{{z}}/{{x}}/{{y}}.png?level={level}", coords)
    return Scenario(
        "A picture of a tile",
        f"{_number_and_zooms(coords)} of wijken in classes as PNG of 256 pixels: zichtkaart from its vector tiles "
        "with smooth edges, titiler from a cloud-optimised GeoTIFF of classes at the scale of zoom 11.",
        [
            _ours(JOINING, atlas, ours, ZICHTKAART_TILE_CACHE_MB="0"),
            _ours(OURS, atlas, ours),
            *elsewhere.titiler(coords, regions, indicator.field),
        ],
        options.few_connections,
        [Goal(name, TITILER, "per_s", most, at_least=5) for name in (JOINING, OURS)],
    )


def _number_and_zooms(coords: Sequence[TileCoord]) -> str:
    return f"{len(coords)} tiles of zoom {coords[0].z} to {coords[-1].z}"


def _paths(pattern: str, coords: Sequence[TileCoord]) -> list[str]:
    return [pattern.format(z=coord.z, x=coord.x, y=coord.y) for coord in coords]


def _regions_in(archive: TileArchive, coord: TileCoord) -> int:
    """How many regions of the finest level a tile has."""
    import mapbox_vector_tile  # here, as it is slow

    tile = archive.unpacked(coord) or b""
    if "wijk" not in {name for name, *_ in layers_of(tile)}:
        return 0
    return len(mapbox_vector_tile.decode(tile)["wijk"]["features"])


@dataclass(frozen=True)
class _Elsewhere:
    """Servers from PyPI, where they could be installed."""

    folder: Path
    program: Path | None
    server: Server | None
    reason: str

    @staticmethod
    def of(folder: Path, regions: python_peers.Regions, stack: ExitStack) -> _Elsewhere:
        try:
            program = python_peers.python(folder)
            server = stack.enter_context(python_peers.database(regions))
            os.sched_setaffinity(python_peers.postmaster(server), {int(FIRST_CORE)})
        except (CannotMeasure, subprocess.CalledProcessError) as reason:
            sys.stderr.write(f"servers from PyPI are left out: {reason}\n")
            return _Elsewhere(folder, None, None, str(reason))
        return _Elsewhere(folder, program, server, "")

    def tipg(self, paths: Sequence[str]) -> list[Peer]:
        if self.program is None or self.server is None:
            return []
        command = python_peers.uvicorn(self.program, "tipg.main:app")
        beside = (python_peers.postmaster(self.server),)
        return [Peer(TIPG, command, paths, python_peers.tipg_env(self.server), keeps=False, beside=beside)]

    def pygeoapi(self, paths: Sequence[str], regions: python_peers.Regions) -> list[Peer]:
        if self.program is None or self.server is None:
            return []
        try:
            env = python_peers.pygeoapi_env(self.folder, self.program, self.server, regions.columns)
        except CannotMeasure as reason:
            sys.stderr.write(f"{PYGEOAPI} is left out: {reason}\n")
            return []
        command = python_peers.uvicorn(self.program, "pygeoapi.starlette_app:APP")
        return [Peer(PYGEOAPI, command, paths, env, keeps=False, beside=(python_peers.postmaster(self.server),))]

    def titiler(self, coords: Sequence[TileCoord], regions: python_peers.Regions, column: str) -> list[Peer]:
        if self.program is None:
            return []
        query = python_peers.titiler_query(python_peers.cog(self.folder, regions, column))
        paths = _paths("/cog/tiles/WebMercatorQuad/{z}/{x}/{y}.png", coords)
        env = {"GDAL_CACHEMAX": "200", "VSI_CACHE": "TRUE", "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}
        command = python_peers.uvicorn(self.program, "titiler.application.main:app")
        return [Peer(TITILER, command, [f"{path}?{query}" for path in paths], env, keeps=False)]


# ---- what is served


def _atlas(folder: Path, shared: Path, options: Options) -> tuple[Path, str]:
    """An atlas and the tileset that is asked for: gemeenten and wijken of 2022 with ten indicators, or the demo."""
    if not options.real or not shared.is_dir():
        demo = REPOSITORY / "data" / "demo.atlas"
        if not (demo / "atlas.json").exists():
            raise CannotMeasure("there is no demo atlas; make one with: make demo")
        tilesets = [found for found in Atlas.open(demo).facts.tilesets if found.year is not None]
        return demo, tilesets[-1].id
    atlas = folder / "nl.atlas"
    if not (atlas / "atlas.json").exists():
        table = shared / "indicators" / "wijk_2022_tmap.csv"
        columns = _numeric_columns(table)[:ATTRIBUTES]
        catalog = folder / "catalog.toml"
        catalog.write_text(_catalog(shared, columns))
        build(catalog, atlas, 2)
    return atlas, "vastgoed-2022"


def _numeric_columns(table: Path) -> list[str]:
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in ("code", "name", "year", "area", "province", "municipality")]
    return [
        name for name in names if all(re.fullmatch(r"-?[0-9.]*(e[+-]?[0-9]+)?|NA", row[name] or "") for row in rows)
    ]


def _catalog(shared: Path, columns: Sequence[str]) -> str:
    parts = ['[atlas]\nid = "meting"\ntitle = { nl = "Meting" }\nattribution = "CBS"\nmaxzoom = 12']
    for level in ("gemeente", "wijk"):
        parts.append(
            f'[[regions]]\nlevel = "{level}"\nyear = 2022\nsource = "{shared}/geo/nl_2022_tmap.gpkg"\n'
            f'layer = "{level}_2022"\ncode = "code"\nname = "name"'
        )
        parts.append(
            f'[[tables]]\nid = "{level}en"\nsource = "{shared}/indicators/{level}_2022_tmap.csv"\n'
            f'level = "{level}"\nyear = 2022\ncode = "code"\nmissing = ["NA"]'
        )
    parts.append('[[themes]]\nid = "vastgoed"\ntitle = { nl = "Vastgoed" }')
    parts += [
        f'[[indicators]]\nid = "{column.replace("_", "-").lower()}"\ntheme = "vastgoed"\ntitle = {{ nl = "{column}" }}\n'
        f'kind = "mean"\ncolumn = "{column}"\ndecimals = 1'
        for column in columns
    ]
    return "\n\n".join(parts) + "\n"


def _archive(folder: Path, atlas: Path, tileset_id: str) -> TileArchive:
    """All tiles of the tileset with their figures, as they are served."""
    path = folder / "joined.pmtiles"
    tileset = Tileset(Atlas.open(atlas), tileset_id)
    write_joined(tileset.archives[Encoding.MVT], path, tileset.attributes, jobs=2)
    return TileArchive.open(path)


def _coords(archive: TileArchive, most: int, zooms: range) -> list[TileCoord]:
    """Some tiles of each zoom, evenly over the country."""
    there = [coord for coord in archive.coords() if coord.z in zooms]
    return [there[number * len(there) // most] for number in range(most)] if len(there) > most else there


def _static_files(folder: Path, archive: TileArchive, coords: Sequence[TileCoord]) -> None:
    for coord in coords:
        path = folder / "static" / "tiles" / str(coord.z) / str(coord.x) / str(coord.y)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive.tile(coord) or b"")


# ---- who serves it


def _ours(name: str, atlas: Path, paths: Sequence[str], **settings: str) -> Peer:
    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "server.cli", "serve", str(atlas), "--port", str(port)]

    env = {"ZICHTKAART_ACCESS_LOG": "text", "PYTHONPATH": str(REPOSITORY), **settings}
    return Peer(name, command, paths, env, keeps=settings.get("ZICHTKAART_TILE_CACHE_MB") != "0")


def _nginx(folder: Path) -> Callable[[int], list[str]]:
    def command(port: int) -> list[str]:
        conf = folder / "nginx.conf"
        conf.write_text(_NGINX.format(folder=folder.resolve(), port=port, user=getpass.getuser()))
        return ["nginx", "-e", "stderr", "-c", str(conf.resolve()), "-g", "daemon off;"]

    return command


def _versatiles(node: Path, archive: TileArchive, *pipeline: str) -> Callable[[int], list[str]]:
    joined = str(Path(archive.address).resolve())
    return lambda port: ["node", str(node / "versatiles.cjs"), str(port), "t", joined, *pipeline]


def _tileserver(node: Path, archive: TileArchive) -> Callable[[int], list[str]]:
    joined = Path(archive.address).resolve()
    config = node / "config.json"
    options = {"paths": {"pmtiles": str(joined.parent)}}
    config.write_text(json.dumps({"options": options, "data": {"t": {"pmtiles": joined.name}}}))
    program = node / "node_modules" / "tileserver-gl-light" / "src" / "main.js"
    return lambda port: ["node", str(program), "-c", str(config), "-p", str(port)]


_NGINX = """
worker_processes 1;
user {user};
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/access.log combined buffer=64k flush=1s;
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
    sendfile on; tcp_nopush off; tcp_nodelay on; keepalive_requests 1000000000; open_file_cache max=2000;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/static;
        location /tiles/ {{
            default_type application/vnd.mapbox-vector-tile;
            add_header Content-Encoding gzip; add_header Access-Control-Allow-Origin *; add_header Vary Accept-Encoding;
        }}
    }}
}}
"""


def _table_for_joins(folder: Path, atlas: Path, tileset_id: str) -> Path:
    """The figures of wijken as CSV, and tiles without figures, for who joins them per request."""
    opened = Atlas.open(atlas)
    facts = opened.tileset(tileset_id)
    bare = Tileset(opened, facts.model_copy(update={"indicators": ()}))
    write_joined(bare.archives[Encoding.MVT], folder / "geometry.pmtiles", bare.attributes, jobs=2)
    attributes = Tileset(opened, facts).attributes["wijk"].columns
    path = folder / "figures.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        names = [name for name in attributes if name not in ("name", "gemeente")]
        writer.writerow(names)
        for row in range(len(attributes["code"].values)):
            cells = (attributes[name] for name in names)
            writer.writerow([cell.values[row] if cell.present[row] else "" for cell in cells])
    return path


def _node(folder: Path) -> Path:
    """Where the servers that run in Node are installed, on first use (network)."""
    node = folder / "node"
    if not (node / ".installed").exists():
        node.mkdir(exist_ok=True)
        (node / "package.json").write_text('{"private": true}\n')
        sys.stderr.write(f"installing {', '.join(NODE_PACKAGES)} in {node}\n")
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *NODE_PACKAGES], cwd=node, check=True)
        (node / ".installed").touch()
    (node / "versatiles.cjs").write_bytes((Path(__file__).parent / "versatiles.cjs").read_bytes())
    return node


# ---- telling

_ABOUT = (
    "The server has one core and wrk the other; servers take turns, medians of {rounds} rounds of {seconds} s. *Per CPU second* "
    "counts the CPU time of the server and of its database."
)
_COMMAND = (
    "`python -m tests.bench serving` measures this again. Not among them: Martin, pg_tileserv and GeoServer, which are on "
    "neither PyPI nor npm; QGIS Server, which this machine has no package of."
)
_UNITS = {"per_s": "requests per s", "p50_ms": "p50", "p99_ms": "p99"}


def _table(measured: Measured) -> str:
    scenario = measured.scenario
    most = scenario.connections[-1]
    counts = " / ".join(map(str, scenario.connections))
    first = scenario.peers[0].name
    head = f"| server | requests per s at {counts} connections | per CPU second at {most} | x {first}"
    lines = [
        f"{head} | p50, p99 ms at {most} | MB (PSS) |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    best = measured.median(first, most, "per_cpu_s")
    for name in (peer.name for peer in scenario.peers if peer.name in measured.memory_mb):
        per_s = " / ".join(f"{measured.median(name, number, 'per_s'):,.0f}" for number in scenario.connections)
        per_cpu = measured.median(name, most, "per_cpu_s")
        lines.append(
            f"| {name} | {per_s} | {per_cpu:,.0f} | {per_cpu / best:.2g} | {measured.median(name, most, 'p50_ms'):.2f}, "
            f"{measured.median(name, most, 'p99_ms'):.1f} | {measured.memory_mb[name]:.0f} |"
        )
    return "\n".join([*lines, *(f"\n{name} is left out: {reason}" for name, reason in measured.lacking.items())])


def _goals(measured: Measured) -> str:
    """What was wanted, beside what was measured; by CPU time too, which says the same on a machine that does other things."""
    lines = ["| wanted | measured | by CPU time | |", "| --- | ---: | ---: | --- |"]
    for goal in measured.scenario.goals:
        found = measured.median(goal.of, goal.connections, goal.what)
        by_cpu = measured.median(goal.of, goal.connections, "per_cpu_s")
        what, cpu = f"{goal.of}, {_UNITS[goal.what]} at {goal.connections}", ""
        if goal.beside:
            what += f", x {goal.beside}"
            found /= measured.median(goal.beside, goal.connections, goal.what)
            ratio = by_cpu / measured.median(goal.beside, goal.connections, "per_cpu_s")
            cpu = f"{ratio:.3g}" if goal.what == "per_s" else ""
        wanted = f"at least {goal.at_least:g}" if goal.at_least is not None else f"at most {goal.at_most:g}"
        is_met = found >= goal.at_least if goal.at_least is not None else found <= (goal.at_most or 0)
        verdict = "not measured" if math.isnan(found) else "yes" if is_met else "no"
        lines.append(f"| {what}: {wanted} | {found:.3g} | {cpu} | {verdict} |")
    return "\n".join(lines)
