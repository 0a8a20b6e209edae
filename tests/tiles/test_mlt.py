"""MapLibre Tiles, read with @maplibre/mlt and compared with what @mapbox/vector-tile reads in our MVT."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiles.decoders import MLT, Decoders
from tests.tiles.make import RD, level, wiggly_coverage
from tests.tiles.make_pieces import Parts, pieces_of, tiles_of, turned
from tiles.archive import TileArchive
from tiles.cut import Pieces
from tiles.encoding import Encoding
from tiles.mlt import layers_by_tile
from tiles.mvt import GeometryKind, features_by_tile, layer
from tiles.pyramid import write_pyramid

SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]
ids_of_ten = st.lists(st.integers(0, 2**53 - 1), min_size=10, max_size=10, unique=True)


def agree(decoders: Decoders, pieces: Pieces, kind: GeometryKind, ids: list[int]) -> None:
    """Every decoder reads the same features in MLT as in MVT."""
    numbers = np.array(ids, np.int64)
    found = layers_by_tile("wijk", pieces, kind, numbers)
    expected = features_by_tile(pieces, kind, numbers)
    assert found.keys() == expected.keys()
    for number, tile in found.items():
        features = decoders.decoded("mvt", layer("wijk", expected[number]))
        for decoder in MLT:
            assert decoders.decoded(decoder, tile) == features


@pytest.mark.parametrize("kind", GeometryKind)
@settings(deadline=None)
@given(data=st.data(), ids=ids_of_ten)
def test_mlt_and_mvt_of_the_same_pieces_are_the_same_features(
    decoders: Decoders, kind: GeometryKind, data: st.DataObject, ids: list[int]
) -> None:
    agree(decoders, pieces_of(data.draw(tiles_of(kind))), kind, ids)


def test_a_feature_of_one_point_alone_in_its_tile_is_read(decoders: Decoders) -> None:
    agree(decoders, pieces_of({3: {0: [[[(7, 4128)]]]}}), GeometryKind.POINT, [2**53 - 1])


def test_ids_that_lie_far_apart_keep_their_last_digit(decoders: Decoders) -> None:
    pieces = pieces_of({0: {number: [[SQUARE]] for number in range(4)}})
    agree(decoders, pieces, GeometryKind.POLYGON, [2**53 - 1, 0, 2**53 - 2, 1])


def test_a_ring_that_touches_itself_and_a_hole_that_touches_its_shell_are_kept(decoders: Decoders) -> None:
    eight = [(0, 0), (50, 50), (100, 0), (100, 100), (50, 50), (0, 100)]
    hole = [(100, 100), (80, 60), (60, 80)]
    parts: Parts = [[eight], [[(200, 0), (300, 0), (300, 100)], hole]]
    agree(decoders, pieces_of({0: {0: parts, 1: [[SQUARE]]}}), GeometryKind.POLYGON, [5, 6])


def test_many_features_in_many_tiles_are_sorted_in_batches(decoders: Decoders, monkeypatch: pytest.MonkeyPatch) -> None:
    tiles = {tile: {number: [[[(x + number, y) for x, y in SQUARE]]] for number in range(3)} for tile in range(9)}
    pieces, ids = pieces_of(tiles), np.arange(3)
    at_once = layers_by_tile("wijk", pieces, GeometryKind.POLYGON, ids)
    monkeypatch.setattr("tiles.mlt.SORTED_AT_ONCE", 5)
    assert layers_by_tile("wijk", pieces, GeometryKind.POLYGON, ids) == at_once
    agree(decoders, pieces, GeometryKind.POLYGON, ids.tolist())


def test_a_border_that_two_regions_share_is_stored_once() -> None:
    border = [(2000 + i % 2 * 300, i * 7) for i in range(400)]
    west, east = ([[turned([*border, far], 1)]] for far in ((0, 0), (4000, 0)))
    one, both = (
        len(layers_by_tile("wijk", pieces_of({0: features}), GeometryKind.POLYGON, np.arange(2))[0])
        for features in ({0: west}, {0: west, 1: east})
    )
    assert both < one + 50


def test_a_pyramid_has_the_same_features_in_both_encodings(decoders: Decoders, tmp_path: Path) -> None:
    regions = level("wijk", wiggly_coverage(5, 12), minzoom=4)
    for jobs in (1, 2):
        paths = tmp_path / f"{jobs}.pmtiles", tmp_path / f"{jobs}.mlt.pmtiles"
        write_pyramid(paths[0], [regions], [], RD, 9, {"name": "test"}, mlt=paths[1], jobs=jobs)
    assert paths[1].read_bytes() == (tmp_path / "1.mlt.pmtiles").read_bytes()
    mvt, mlt = map(TileArchive.open, paths)
    assert mlt.encoding is Encoding.MLT
    assert list(mlt.coords()) == list(mvt.coords())
    for coord in mvt.coords():
        features = decoders.decoded("mvt", mvt.unpacked(coord) or b"")
        assert set(features) <= {"wijk", "grenzen", "labels"}
        for decoder in MLT:
            assert decoders.decoded(decoder, mlt.unpacked(coord) or b"") == features


def test_no_pieces_are_no_tiles() -> None:
    assert layers_by_tile("wijk", pieces_of({}), GeometryKind.LINE, np.zeros(0, np.int64)) == {}


def test_the_bytes_of_a_layer_are_those_of_the_specification() -> None:
    tile = layers_by_tile("w", pieces_of({0: {0: [[SQUARE]]}}), GeometryKind.POLYGON, np.array([300]))[0]
    expected = [
        "30 01 01 77 8020 02 02 04",  # size, tag, name, extent, two columns: id of 64 bits and geometry
        "10 02 01 02 ac02",  # values, plain varints: one of two bytes, 300
        "04",  # four streams
        "10 62 02 02 01 01 01 02",  # types, in runs: one run of one, of polygons
        "32 02 01 01 01",  # rings: one
        "33 02 01 01 04",  # vertices: four
        "13 42 08 0b 00 00 c801 00 00 c801 c701 00",  # steps of x and y
    ]
    assert tile.hex(" ").replace(" ", "") == "".join(expected).replace(" ", "")
