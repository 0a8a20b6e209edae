"""How much memory a large table takes while it streams in: ``python -m tests.layers.remote.stream_memory 5000000``.

A server in a process of its own gives that many observations, 100,000 a page, as OData 4 does; this process fetches them
and prints how long it took and what it had in memory at most.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from layers.remote.addresses import Addresses
from layers.remote.cache import Cache, Local
from layers.remote.client import Client
from layers.remote.meter import Meter, silent
from layers.remote.request import request_of
from layers.remote.table import fetch_table
from tests.layers.remote.loopback import Asked, Reply, serving

PAGE = 100_000
MEASURES = 50
REGIONS_AT_MOST = 20_000


def answer(asked: Asked, base: str, count: int) -> Reply:
    """A table of ``count`` observations: regions by years by measures."""
    entity = asked.path.rpartition("/")[2]
    if entity == "Observations":
        return Reply(_observations(base, count, int(asked.options.get("$skiptoken", 0))))
    return Reply(json.dumps(_facts(entity, count)).encode())


def _facts(entity: str, count: int) -> dict[str, object]:
    match entity:
        case "Properties":
            return {"Identifier": "90000NED", "Title": "Groot", "Modified": "2026-01-01", "ObservationCount": count}
        case "Dimensions":
            return {
                "value": [
                    {"Identifier": "WijkenEnBuurten", "Title": "Wijken en buurten", "Kind": "GeoDimension"},
                    {"Identifier": "Perioden", "Title": "Perioden", "Kind": "TimeDimension"},
                ]
            }
        case "MeasureCodes":
            names = [f"M{number:06}" for number in range(MEASURES)]
            return {"value": [{"Identifier": name, "Title": name, "Unit": "aantal", "Decimals": 0} for name in names]}
        case "PeriodenCodes":
            years = range(2000, 2000 + -(-count // (REGIONS_AT_MOST * MEASURES)))
            return {"value": [{"Identifier": f"{year}JJ00", "Title": str(year)} for year in years]}
        case _:
            codes = [f"BU{number:08}" for number in range(REGIONS_AT_MOST)]
            return {"value": [{"Identifier": code, "Title": f"Buurt {code}"} for code in codes]}


def _observations(base: str, count: int, start: int) -> Iterator[bytes]:
    end = min(start + PAGE, count)
    yield b'{"@odata.context":"x","value":['
    for begin in range(start, end, 1000):
        rows = ",".join(_row(number) for number in range(begin, min(begin + 1000, end)))
        yield (rows if begin == start else f",{rows}").encode()
    link = f',"@odata.nextLink":"{base}/CBS/90000NED/Observations?$skiptoken={end}"' if end < count else ""
    yield f"]{link}}}".encode()


def _row(number: int) -> str:
    measure, region = number % MEASURES, number // MEASURES % REGIONS_AT_MOST
    year = 2000 + number // (MEASURES * REGIONS_AT_MOST)
    return (
        f'{{"Id":{number},"Measure":"M{measure:06}","ValueAttribute":"None","Value":{number}.0,"StringValue":null,'
        f'"WijkenEnBuurten":"BU{region:08}","Perioden":"{year}JJ00"}}'
    )


def fetch_from(base: str, folder: Path, meter: Meter = silent) -> Local:
    """Fetch the table from a server that answers so."""
    addresses = Addresses(cbs_v4=base, cbs_v3=base, derden_v3=base, pdok_files=base, pdok_api=base)
    with Client() as client:
        return fetch_table(request_of("cbs:90000NED"), Cache(folder), client, addresses, meter)[0]


def serve(count: int, told: Connection) -> None:
    """Serve until the other end says that it is done."""
    with serving(lambda asked: answer(asked, server.address, count)) as server:
        told.send(server.address)
        told.recv()


def main() -> None:
    """Fetch, and print what it took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(count, there))
    server.start()
    base = here.recv()
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        local = fetch_from(base, Path(folder) / "downloads")
        size = local.path.stat().st_size / 1e6
    seconds = time.monotonic() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    here.send("done")
    server.join()
    sys.stdout.write(
        f"{count:,} observations -> {local.provenance.rows:,} rows, {size:.1f} MB of Parquet, in {seconds:.0f} s; "
        f"at most {peak:.0f} MB in memory, {peak - before:.0f} MB more than before\n"
    )


if __name__ == "__main__":
    main()
