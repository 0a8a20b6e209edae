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
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from layers.store import Atlas
from layers.tileset import Tileset
from server.build import build
from tests.bench.process import session_cpu_s, session_memory_mb
from tiles.archive import TileArchive
from tiles.encoding import Encoding
from tiles.grid import TileCoord
from tiles.joined import write_joined

REPOSITORY = Path(__file__).resolve().parents[2]
NODE_PACKAGES = ("@versatiles/versatiles-rs-linux-x64-gnu@4.15", "tileserver-gl-light@5")
TILES = 500
ZOOMS = range(5, 13)
CONNECTIONS = (1, 16, 64)
PATIENCE_S = 60
FIRST_CORE, SECOND_CORE = "0", "1"
ATTRIBUTES = 10


class CannotMeasure(Exception):
    """Something that the benchmark needs is not on this machine."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much to do."""

    seconds: int = 4
    rounds: int = 3
    connections: Sequence[int] = CONNECTIONS
    real: bool = True
    only: str = ""


@dataclass(frozen=True)
class Peer:
    """A server."""

    name: str
    command: Callable[[int], Sequence[str]]
    """By port."""

    path: Callable[[TileCoord], str]
    env: Mapping[str, str] = field(default_factory=dict)
    joins: bool = False
    """Whether it makes each tile when it is asked for."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the load came to."""

    per_s: float
    per_cpu_s: float
    p50_ms: float
    p99_ms: float


def report(folder: Path, shared: Path, options: Options) -> str:
    """The section of the page. Raises CannotMeasure where wrk or nginx is lacking."""
    for tool in ("wrk", "nginx", "taskset"):
        if shutil.which(tool) is None:
            raise CannotMeasure(f"{tool} is not on this machine")
    if (os.cpu_count() or 1) < 2:
        raise CannotMeasure("one core cannot both serve and ask")
    folder = folder / "serving"
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    atlas, tileset = _atlas(folder, shared, options)
    archive = _archive(folder, atlas, tileset)
    coords = _coords(archive)
    _static_files(folder, archive, coords)
    every = _peers(folder, atlas, tileset, archive)
    peers = [peer for peer in every if options.only in peer.name or peer is every[0]]
    runs: dict[tuple[str, int], list[Run]] = {}
    memory: dict[str, float] = {}
    lacking: dict[str, str] = {}
    for _ in range(options.rounds):
        for peer in (peer for peer in peers if peer.name not in lacking):
            try:
                with _serving(peer) as (port, session):
                    _warm(port, peer, coords)
                    for connections in options.connections:
                        run = _ask(port, peer, coords, connections, options.seconds, session, folder)
                        runs.setdefault((peer.name, connections), []).append(run)
                    memory[peer.name] = session_memory_mb(session)
            except CannotMeasure as reason:
                lacking[peer.name] = str(reason)
                sys.stderr.write(f"{peer.name} is left out: {reason}\n")
    peers = [peer for peer in peers if peer.name not in lacking]
    about = _about(archive, coords, options, folder)
    return f"{about}\n\n{_table(peers, runs, memory, options)}\n\n{_commands(peers)}\n"


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


def _coords(archive: TileArchive) -> list[TileCoord]:
    """Some tiles of each zoom, evenly over the country."""
    there = [coord for coord in archive.coords() if coord.z in ZOOMS]
    return [there[number * len(there) // TILES] for number in range(TILES)] if len(there) > TILES else there


def _static_files(folder: Path, archive: TileArchive, coords: Sequence[TileCoord]) -> None:
    for coord in coords:
        path = folder / "static" / "tiles" / str(coord.z) / str(coord.x) / str(coord.y)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive.tile(coord) or b"")


# ---- who serves it


def _peers(folder: Path, atlas: Path, tileset: str, archive: TileArchive) -> list[Peer]:
    node = _node(folder)
    joined = Path(archive.address).resolve()
    ours = [sys.executable, "-m", "server.cli", "serve", str(atlas), "--port"]
    log = {"ZICHTKAART_ACCESS_LOG": "text", "PYTHONPATH": str(REPOSITORY)}

    def plain(coord: TileCoord) -> str:
        return f"/tiles/{coord.z}/{coord.x}/{coord.y}"

    def of_tileset(coord: TileCoord) -> str:
        return f"/tiles/{tileset}/{coord.z}/{coord.x}/{coord.y}"

    def nginx(port: int) -> list[str]:
        conf = folder / "nginx.conf"
        conf.write_text(_NGINX.format(folder=folder.resolve(), port=port, user=getpass.getuser()))
        return ["nginx", "-e", "stderr", "-c", str(conf.resolve()), "-g", "daemon off;"]

    def versatiles(*more: str) -> Callable[[int], list[str]]:
        return lambda port: ["node", str(node / "versatiles.cjs"), str(port), "t", str(joined), *more]

    def tileserver(port: int) -> list[str]:
        config = node / "config.json"
        config.write_text(
            json.dumps({"options": {"paths": {"pmtiles": str(joined.parent)}}, "data": {"t": {"pmtiles": joined.name}}})
        )
        return [
            "node",
            str(node / "node_modules" / "tileserver-gl-light" / "src" / "main.js"),
            "-c",
            str(config),
            "-p",
            str(port),
        ]

    table = _table_for_joins(folder, atlas, tileset)
    pipeline = (
        f'from_container filename="geometry.pmtiles" | vector_update_properties data_source_path="{table.name}" '
        'layer_name="wijk" id_field_tiles="code" id_field_data="code" include_id=true'
    )
    return [
        Peer("nginx, files", nginx, plain),
        Peer("zichtkaart", lambda port: [*ours, str(port)], of_tileset, log),
        Peer(
            "zichtkaart, no fast path",
            lambda port: [*ours, str(port)],
            of_tileset,
            {**log, "ZICHTKAART_FAST_PATH": "no"},
        ),
        Peer("VersaTiles", versatiles(), lambda c: f"/tiles/t/{c.z}/{c.x}/{c.y}"),
        Peer("TileServer GL light", tileserver, lambda c: f"/data/t/{c.z}/{c.x}/{c.y}.pbf"),
        Peer(
            "zichtkaart, joining each time",
            lambda port: [*ours, str(port)],
            of_tileset,
            {**log, "ZICHTKAART_TILE_CACHE_MB": "0"},
            joins=True,
        ),
        Peer(
            "VersaTiles, joining each time", versatiles(pipeline), lambda c: f"/tiles/t/{c.z}/{c.x}/{c.y}", joins=True
        ),
    ]


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


# ---- asking


@contextmanager
def _serving(peer: Peer) -> Iterator[tuple[int, int]]:
    """The server on the first core; its port, and the number of its processes' session."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["taskset", "-c", FIRST_CORE, *peer.command(port)],
        env={**os.environ, **peer.env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and process.poll() is None:
            try:
                httpx.get(f"http://127.0.0.1:{port}{peer.path(TileCoord(7, 65, 42))}", timeout=PATIENCE_S)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _warm(port: int, peer: Peer, coords: Sequence[TileCoord]) -> None:
    """Every tile once, so that what a server does the first time is not measured; one that joins each time has no such time."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client:
        for coord in coords[:16] if peer.joins else coords:
            client.get(peer.path(coord))


def _ask(
    port: int, peer: Peer, coords: Sequence[TileCoord], connections: int, seconds: int, session: int, folder: Path
) -> Run:
    """wrk on the second core, tile after tile. Raises CannotMeasure where answers are no tiles."""
    script = folder / "ask.lua"
    paths = ",".join(f'"{peer.path(coord)}"' for coord in coords)
    script.write_text(
        f"local paths = {{{paths}}}\nlocal n = 0\n"
        'wrk.headers["Accept-Encoding"] = "gzip"\n'
        'request = function()\n  n = n + 1\n  return wrk.format("GET", paths[n % #paths + 1])\nend\n'
    )
    before = session_cpu_s(session)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s", "-s", str(script)]
    done = subprocess.run(
        ["taskset", "-c", SECOND_CORE, *command, f"http://127.0.0.1:{port}"],
        capture_output=True,
        text=True,
        check=False,
    )
    cpu_s = session_cpu_s(session) - before
    if wrong := re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout):
        raise CannotMeasure(f"{peer.name}: {wrong[1]} answers are no tiles")
    answered = re.search(r"(\d+) requests in", done.stdout)
    per_s = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
    if answered is None or per_s is None:
        raise CannotMeasure(f"{peer.name}: {done.stdout[-500:]}{done.stderr[-500:]}")
    return Run(float(per_s[1]), int(answered[1]) / max(cpu_s, 1e-3), _ms(done.stdout, "50%"), _ms(done.stdout, "99%"))


def _ms(text: str, share: str) -> float:
    found = re.search(rf"{share}\s+([0-9.]+)(us|ms|s|m)\b", text)
    if found is None:
        return float("nan")
    return float(found[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}[found[2]]


# ---- telling


def _about(archive: TileArchive, coords: Sequence[TileCoord], options: Options, folder: Path) -> str:
    sizes = [len(archive.tile(coord) or b"") for coord in coords]
    where = (
        "gemeenten and wijken of 2022 with ten indicators"
        if folder.joinpath("nl.atlas").exists() and options.real
        else "the demo"
    )
    return (
        f"{len(coords)} tiles of zoom {coords[0].z} to {coords[-1].z} of {where}, {statistics.mean(sizes) / 1000:.1f} kB on "
        f"average and {max(sizes) / 1000:.0f} kB at most. The server has one core and wrk the other; servers take turns, medians "
        f"of {options.rounds} rounds of {options.seconds} s. nginx and zichtkaart write an access log. *Per CPU second* counts "
        "the server's own CPU time."
    )


def _table(
    peers: Sequence[Peer], runs: Mapping[tuple[str, int], list[Run]], memory: Mapping[str, float], options: Options
) -> str:
    counts = " / ".join(map(str, options.connections))
    most = options.connections[-1]
    measured = f"requests per s at {counts} connections | per CPU second at {most} | x nginx"
    lines = [
        f"| server | {measured} | p50, p99 ms at {most} | MB (PSS) |",
        "|---|---|---|---|---|---|",
    ]

    def median(peer: Peer, connections: int, what: str) -> float:
        found: list[float] = [getattr(run, what) for run in runs[peer.name, connections]]
        return statistics.median(found)

    best = median(peers[0], most, "per_cpu_s")
    for peer in peers:
        per_s = " / ".join(f"{median(peer, number, 'per_s'):,.0f}" for number in options.connections)
        per_cpu = median(peer, most, "per_cpu_s")
        lines.append(
            f"| {peer.name} | {per_s} | {per_cpu:,.0f} | {per_cpu / best:.3g} | "
            f"{median(peer, most, 'p50_ms'):.2f}, {median(peer, most, 'p99_ms'):.1f} | {memory[peer.name]:.0f} |"
        )
    return "\n".join(lines)


def _commands(peers: Sequence[Peer]) -> str:
    names = ", ".join(peer.name for peer in peers)
    return f"`python -m tests.bench serving` measures {names} again. VersaTiles joins with `vector_update_properties`."
