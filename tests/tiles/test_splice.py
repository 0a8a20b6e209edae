"""Attributes spliced into geometry tiles, read back with mapbox-vector-tile."""

from __future__ import annotations

import hashlib

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiles.cut import Pieces
from tiles.errors import BadTile
from tiles.mvt import GeometryKind, features_by_tile, layer
from tiles.splice import VERSION, Attributes, TileColumn, splice

values = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.text(max_size=12),
    st.booleans(),
)


def tile_of(ids: list[int]) -> bytes:
    """One layer of unit triangles with these ids."""
    n = len(ids)
    xy = np.tile(np.array([[0, 0], [9, 0], [0, 9]], np.int32), (n, 1))
    pieces = Pieces(xy, 3 * np.arange(n + 1), np.zeros(n, np.int64), np.arange(n))
    return layer("wijk", features_by_tile(pieces, GeometryKind.POLYGON, np.array(ids))[0])


def properties(tile: bytes) -> dict[int, dict[str, object]]:
    features = mapbox_vector_tile.decode(tile)["wijk"]["features"]
    return {feature["id"]: feature["properties"] for feature in features}


@given(st.dictionaries(st.integers(1, 2**53 - 1), st.dictionaries(st.sampled_from("abcdef"), values), min_size=1))
def test_what_is_spliced_in_is_what_a_decoder_reads(rows: dict[int, dict[str, object]]) -> None:
    ids = list(rows)
    columns = {}
    for key in "abcdef":
        # One column holds one type; take each row's value where it has the type of the first.
        kinds = [type(row[key]) for row in rows.values() if key in row]
        kind = kinds[0] if kinds else int
        present = np.array([key in row and type(row[key]) is kind for row in rows.values()])
        filler: object = {bool: False, int: 0, float: 0.0, str: ""}[kind]
        cells = [row[key] if there else filler for row, there in zip(rows.values(), present, strict=True)]
        dtype = {bool: np.bool_, int: np.int64, float: np.float64, str: np.object_}[kind]
        columns[key] = TileColumn(np.array(cells, dtype), present)
    expected = {
        id_: {key: column.values[i] for key, column in columns.items() if column.present[i]}
        for i, id_ in enumerate(ids)
    }
    found = properties(splice(tile_of(ids), {"wijk": Attributes.of(np.array(ids), columns)}))
    assert found == expected


def test_a_figure_with_one_decimal_arrives_as_it_is() -> None:
    column = {"woz": TileColumn.full(np.array([2.4]))}
    tile = splice(tile_of([5]), {"wijk": Attributes.of(np.array([5]), column)})
    assert properties(tile) == {5: {"woz": 2.4}}


def test_geometry_and_ids_are_copied_byte_for_byte() -> None:
    bare = tile_of([1, 300, 70_000])
    joined = splice(bare, {"wijk": Attributes.of(np.array([300]), {"n": TileColumn.full(np.array([7]))})})
    before, after = (mapbox_vector_tile.decode(tile)["wijk"]["features"] for tile in (bare, joined))
    assert [(f["id"], f["geometry"]) for f in before] == [(f["id"], f["geometry"]) for f in after]
    assert [f["properties"] for f in after] == [{}, {"n": 7}, {}]


def test_a_layer_without_attributes_is_copied() -> None:
    assert splice(tile_of([1, 2]), {"gemeente": Attributes.of(np.zeros(0, np.int64), {})}) == tile_of([1, 2])


def test_the_bytes_of_a_joined_tile_are_those_of_this_version() -> None:
    names, woz = np.array(["Centrum", "Noord"], object), np.array([412, 0])
    columns = {"name": TileColumn.full(names), "woz": TileColumn(woz, np.array([True, False]))}
    joined = splice(tile_of([3, 4]), {"wijk": Attributes.of(np.array([3, 4]), columns)})
    found = VERSION, hashlib.sha256(joined).hexdigest()[:16]
    # Other bytes under the same version would meet the old ones in caches: raise tiles.splice.VERSION with them.
    assert found == (1, "99f7ea3cd4533252")


def test_only_values_that_occur_in_the_tile_travel_with_it() -> None:
    names = np.array([f"wijk {i}" for i in range(1000)], object)
    attributes = Attributes.of(np.arange(1, 1001), {"name": TileColumn.full(names)})
    joined = splice(tile_of([7]), {"wijk": attributes})
    assert b"wijk 6" in joined
    assert b"wijk 8" not in joined


def test_equal_values_are_stored_once() -> None:
    ids = list(range(1, 200))
    column = {"status": TileColumn.full(np.array(["withheld"] * 199, object))}
    joined = splice(tile_of(ids), {"wijk": Attributes.of(np.array(ids), column)})
    assert joined.count(b"withheld") == 1


@given(st.integers(1, 60))
def test_a_tile_cut_short_is_refused(missing: int) -> None:
    tile = tile_of([1, 2, 3])
    with pytest.raises(BadTile):
        splice(tile[: max(1, len(tile) - missing)], {"wijk": Attributes.of(np.array([1]), {})})
