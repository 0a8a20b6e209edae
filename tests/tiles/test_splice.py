"""Attributes spliced into geometry tiles, read back with mapbox-vector-tile."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from random import Random
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mapbox_vector_tile.Mapbox import vector_tile_pb2
from numpy.typing import NDArray

from tiles import splice as splice_module
from tiles.attributes import Attributes, TileColumn
from tiles.cut import Pieces
from tiles.errors import BadTile
from tiles.mvt import GeometryKind, features_by_tile, layer
from tiles.splice import VERSION, splice, splice_all

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
    assert found == (2, "9e25da82264ed3fb")


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


columns_of_a_layer = st.dictionaries(
    st.sampled_from(["a", "b", "é", "d"]),
    st.one_of(
        st.tuples(st.just(np.int64), st.lists(st.integers(-(2**53), 2**53), min_size=6, max_size=6)),
        st.tuples(st.just(np.float64), st.lists(st.sampled_from([0.0, 2.4, -1.5, 1e300]), min_size=6, max_size=6)),
        st.tuples(st.just(np.object_), st.lists(st.sampled_from(["", "Noord", "ß" * 200]), min_size=6, max_size=6)),
        st.tuples(st.just(np.bool_), st.lists(st.booleans(), min_size=6, max_size=6)),
    ),
)


def attributes_of(given_columns: dict[str, tuple[type, list[object]]], present: list[bool]) -> Attributes:
    """Of regions 10 to 60."""
    columns = {
        key: TileColumn(np.array(cells, dtype), np.roll(present, shift))
        for shift, (key, (dtype, cells)) in enumerate(given_columns.items())
    }
    return Attributes.of(np.arange(10, 70, 10), columns)


@given(columns_of_a_layer, st.lists(st.booleans(), min_size=6, max_size=6))
def test_splicing_equals_encoding_with_values(
    given_columns: dict[str, tuple[type, list[object]]], present: list[bool]
) -> None:
    attributes = attributes_of(given_columns, present)
    triangle = {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [0, 9], [0, 0]]]}
    features = [
        {
            "geometry": triangle,
            "id": int(id_),
            "properties": {
                key: column.values[row].item() if column.values.dtype != object else column.values[row]
                for key, column in attributes.columns.items()
                if column.present[row]
            },
        }
        for row, id_ in enumerate(attributes.ids)
    ]
    theirs = mapbox_vector_tile.encode([{"name": "wijk", "features": features}], default_options={"y_coord_down": True})
    ours = splice(tile_of(attributes.ids.tolist()), {"wijk": attributes})
    options = {"y_coord_down": True}
    assert mapbox_vector_tile.decode(ours, default_options=options) == mapbox_vector_tile.decode(
        theirs, default_options=options
    )


@given(
    columns_of_a_layer,
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.lists(st.lists(st.integers(1, 8).map(lambda n: 10 * n), min_size=1, max_size=9), max_size=5),
    st.sampled_from([1, 10, 1 << 18]),
    st.sampled_from([0, 32]),
)
def test_many_tiles_at_once_are_the_tiles_one_by_one(
    given_columns: dict[str, tuple[type, list[object]]],
    present: list[bool],
    ids_by_tile: list[list[int]],
    table: int,
    sparse: int,
) -> None:
    attributes = {"wijk": attributes_of(given_columns, present)}
    tiles = [tile_of(ids) for ids in ids_by_tile]
    expected = [splice(tile, attributes) for tile in tiles]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splice_module, "TABLE", table)
        patch.setattr(splice_module, "SPARSE", sparse)
        assert splice_all(tiles, attributes) == expected


@given(columns_of_a_layer, st.lists(st.booleans(), min_size=6, max_size=6), st.randoms())
def test_the_order_of_columns_changes_nothing_a_decoder_sees(
    given_columns: dict[str, tuple[type, list[object]]], present: list[bool], random: Random
) -> None:
    attributes = attributes_of(given_columns, present)
    keys = list(attributes.columns)
    random.shuffle(keys)
    other = Attributes.of(attributes.ids, {key: attributes.columns[key] for key in keys})
    tile = tile_of(attributes.ids.tolist())
    assert properties(splice(tile, {"wijk": attributes})) == properties(splice(tile, {"wijk": other}))


@pytest.mark.parametrize(("regions", "columns"), [(3, 300), (20_000, 1), (200, 129)])
def test_keys_and_values_may_need_numbers_of_two_or_three_bytes(regions: int, columns: int) -> None:
    ids = np.arange(1, regions + 1)
    given_columns = {f"k{n}": TileColumn.full(ids * 1000.5 + n) for n in range(columns)}
    found = properties(splice(tile_of(ids.tolist()), {"wijk": Attributes.of(ids, given_columns)}))
    for row in (0, regions // 2, regions - 1):
        assert found[row + 1] == {key: column.values[row] for key, column in given_columns.items()}


def test_equal_values_of_different_columns_are_one_value_and_of_different_types_are_not() -> None:
    columns = {
        "a": TileColumn.full(np.array([1, 0])),
        "b": TileColumn.full(np.array([1, 1])),
        "c": TileColumn.full(np.array([1.0, -0.0])),
        "d": TileColumn.full(np.array([True, False])),
    }
    tile = splice(tile_of([1, 2]), {"wijk": Attributes.of(np.array([1, 2]), columns)})
    layer = vector_tile_pb2.tile()
    layer.ParseFromString(tile)
    assert len(layer.layers[0].values) == 6
    assert properties(tile) == {1: {"a": 1, "b": 1, "c": 1.0, "d": True}, 2: {"a": 0, "b": 1, "c": 0.0, "d": False}}


@pytest.mark.parametrize(
    "values", [np.array([1 + 2j]), np.array(["2020-01-01"], "datetime64[D]"), np.array([3], object), np.array([b"x"])]
)
def test_a_type_that_a_tile_cannot_hold_is_refused(values: NDArray[Any]) -> None:
    attributes = Attributes.of(np.array([1]), {"n": TileColumn.full(values)})
    with pytest.raises(TypeError, match="a tile cannot hold"):
        splice(tile_of([1]), {"wijk": attributes})


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="one value for each region"):
        Attributes.of(np.array([1, 2]), {"n": TileColumn.full(np.array([1]))})


@given(st.lists(st.integers(1, 40), unique=True), st.lists(st.integers(0, 45)))
def test_rows_are_found_by_id(known: list[int], wanted: list[int]) -> None:
    found = Attributes.of(np.array(known, np.int64), {}).rows(np.array(wanted, np.int64))
    assert found.tolist() == [known.index(id_) if id_ in known else -1 for id_ in wanted]


@given(st.integers(1, 60))
def test_a_tile_cut_short_is_refused(missing: int) -> None:
    tile = tile_of([1, 2, 3])
    with pytest.raises(BadTile):
        splice(tile[: max(1, len(tile) - missing)], {"wijk": Attributes.of(np.array([1]), {})})


@given(st.binary(max_size=60), st.data())
def test_bytes_that_are_no_tile_are_refused_or_joined_but_never_a_crash(noise: bytes, data: st.DataObject) -> None:
    tile = tile_of([1, 200, 70_000])
    at = data.draw(st.integers(0, len(tile) - 1))
    with suppress(BadTile):
        splice(tile[:at] + noise + tile[at + len(noise) :], {"wijk": Attributes.of(np.array([1]), {})})
    with suppress(BadTile):
        splice(noise, {"wijk": Attributes.of(np.array([1]), {})})


def test_values_that_occur_more_than_once_have_the_small_numbers() -> None:
    ids = np.arange(1, 401)
    columns = {
        "code": TileColumn.full(np.array([f"BU{id_:08d}" for id_ in ids], object)),
        "status": TileColumn.full(np.array(["withheld", "missing"] * 200, object)),
    }
    tile = vector_tile_pb2.tile()
    tile.ParseFromString(splice(tile_of(ids.tolist()), {"wijk": Attributes.of(ids, columns)}))
    values = [value.string_value for value in tile.layers[0].values]
    assert values == ["missing", "withheld", *sorted(columns["code"].values)]
