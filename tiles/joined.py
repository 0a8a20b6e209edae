"""Attributes joined to geometry tiles: one by one for the server, a whole archive at a time for static hosting.

Both come from the same functions, so they are equal byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from tiles.archive import TileArchive, write_tiles
from tiles.attributes import Attributes
from tiles.compression import Compression
from tiles.encoding import Encoding
from tiles.errors import BadArchive
from tiles.ragged import Ints
from tiles.splice import splice_all
from tiles.tilestats import with_fields

AT_ONCE = 1 << 19
"""Bytes of stored tiles that are joined at once; the result does not depend on it."""


def joined(tile: bytes, attributes: Mapping[str, Attributes], encoding: Encoding = Encoding.MVT) -> bytes:
    """An uncompressed geometry tile with attributes in the layers that have them. Raises BadTile."""
    return joined_all([tile], attributes, encoding)[0]


def write_joined(
    source: TileArchive,
    path: Path,
    attributes: Mapping[str, Attributes],
    *,
    jobs: int = 1,
    compression: Compression = Compression.GZIP,
) -> None:
    """Write an archive with the tiles of a geometry archive joined to attributes, and with their fields in its metadata.

    jobs: how many batches of tiles are worked on at a time; the result does not depend on it. Equal tiles are joined once.
    Raises BadTile and BadArchive where the source is damaged.
    """
    entries = source.entries
    offset, content = np.unique(entries.offset, return_inverse=True)
    length = np.zeros(len(offset), np.int64)
    length[content] = entries.length
    batches = [(offset[rows].tolist(), length[rows].tolist()) for rows in _batches(length)]
    work = partial(_worked, source, attributes, compression)
    with ThreadPoolExecutor(jobs) as pool:
        bodies = [body for batch in pool.map(work, batches) for body in batch]
    of_tile = np.repeat(content, entries.run_length).tolist()
    write_tiles(
        path,
        source.tile_ids(),
        [bodies[number] for number in of_tile],
        source.bounds,
        with_fields(source.metadata, attributes),
        source.encoding,
        compression,
    )


def _batches(length: Ints) -> list[Ints]:
    """Numbers of contents, in batches of about as many bytes."""
    batch = np.cumsum(length) // AT_ONCE
    return np.split(np.arange(len(length)), np.flatnonzero(np.diff(batch)) + 1)


def _worked(
    source: TileArchive,
    attributes: Mapping[str, Attributes],
    compression: Compression,
    places: tuple[list[int], list[int]],
) -> list[bytes]:
    """Some tiles of an archive, joined and compressed."""
    stored = map(source.stored, *places)
    try:
        tiles = [source.compression.unpacked(body) for body in stored]
    except ValueError as error:
        raise BadArchive(f"{source.address}: a tile is damaged: {error}") from error
    return list(map(compression.packed, joined_all(tiles, attributes, source.encoding)))


def joined_all(tiles: Sequence[bytes], attributes: Mapping[str, Attributes], encoding: Encoding) -> list[bytes]:
    """Many tiles, each as ``joined`` makes it. Raises BadTile."""
    match encoding:
        case Encoding.MVT:
            return splice_all(tiles, attributes)
        case Encoding.MLT:
            from tiles.mlt_splice import splice_mlt_all  # here, as who has no such tiles need not load it

            return splice_mlt_all(tiles, attributes)
