"""Attributes spliced into MapLibre Tiles, read back with @maplibre/mlt."""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.tiles.decoders import MLT, Decoders
from tests.tiles.make_pieces import pieces_of
from tiles.attributes import Attributes, TileColumn
from tiles.errors import BadTile
from tiles.mlt import layers_by_tile
from tiles.mlt_splice import VERSION, splice_mlt, splice_mlt_all
from tiles.mvt import GeometryKind, features_by_tile, layer
from tiles.splice import splice

SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]

KINDS: dict[str, tuple[st.SearchStrategy[Any], Any]] = {
    "small": (st.integers(0, 300), np.int64),
    "whole": (st.integers(-(2**52), 2**52), np.int64),
    "edge": (st.sampled_from([2**31, 2**31 - 1, -(2**31), 1 - 2**31, 2**32]), np.int64),
    "decimal": (st.integers(-1000, 1000).map(lambda n: n / 10), np.float64),
    "double": (st.floats(allow_nan=False, allow_infinity=False), np.float64),
    "yes": (st.booleans(), np.bool_),
    "text": (st.text(max_size=14), object),
    "word": (st.sampled_from(["", "geheim", "niet van toepassing", "é"]), object),
}


@st.composite
def columns_of(draw: st.DrawFn, regions: int) -> dict[str, TileColumn]:
    columns = {}
    for name in draw(st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=6)):
        cells, dtype = KINDS[draw(st.sampled_from(list(KINDS)))]
        values = np.array(draw(st.lists(cells, min_size=regions, max_size=regions)), dtype)
        present = draw(
            st.one_of(st.just([True] * regions), st.lists(st.booleans(), min_size=regions, max_size=regions))
        )
        columns[name] = TileColumn(values, np.array(present, bool))
    return columns


@st.composite
def regions_of(draw: st.DrawFn) -> tuple[NDArray[np.int64], dict[str, TileColumn]]:
    ids = draw(st.lists(st.integers(0, 2**53 - 1), min_size=1, max_size=30, unique=True))
    return np.array(ids, np.int64), draw(columns_of(len(ids)))


def squares(ids: NDArray[np.int64], tiles: list[list[int]]) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """MLT and MVT of tiles that hold these features, all squares, in layer "wijk"."""
    pieces = pieces_of({number: {row: [[SQUARE]] for row in rows} for number, rows in enumerate(tiles) if rows})
    mvt = features_by_tile(pieces, GeometryKind.POLYGON, ids)
    return (
        layers_by_tile("wijk", pieces, GeometryKind.POLYGON, ids),
        {number: layer("wijk", body) for number, body in mvt.items()},
    )


def plain(values: NDArray[Any], row: int) -> object:
    return values[row].item() if isinstance(values[row], np.generic) else values[row]


@settings(deadline=None)
@given(made=regions_of(), data=st.data())
def test_what_is_spliced_in_is_what_decoders_read_as_in_mvt(
    decoders: Decoders, made: tuple[NDArray[np.int64], dict[str, TileColumn]], data: st.DataObject
) -> None:
    ids, columns = made
    rows = st.lists(st.integers(0, len(ids) - 1), unique=True, max_size=30)
    mlt, mvt = squares(ids, data.draw(st.lists(rows, max_size=3)))
    known = data.draw(st.lists(st.sampled_from(range(len(ids))), unique=True))
    some = {name: TileColumn(column.values[known], column.present[known]) for name, column in columns.items()}
    attributes = {"wijk": Attributes.of(ids[known], some)}
    expected = {
        int(ids[row]): {name: plain(column.values, row) for name, column in columns.items() if column.present[row]}
        for row in known
    }
    for number, tile in mlt.items():
        joined = splice_mlt(tile, attributes)
        in_mvt = decoders.decoded("mvt", splice(mvt[number], attributes))
        for decoder in MLT:
            found = decoders.decoded(decoder, joined)
            assert found == in_mvt
            for feature in found["wijk"]["features"]:
                assert feature["properties"] == expected.get(feature["id"], {})


def test_many_tiles_at_once_are_the_same_as_one_by_one() -> None:
    ids = np.arange(1, 40)
    tiles, _ = squares(ids, [[0, 1, 2], list(range(20)), [38]])
    columns = {
        "n": TileColumn(np.arange(39), ids % 3 > 0),
        "share": TileColumn.full(np.arange(39) / 10),
        "name": TileColumn.full(np.array([f"wijk {number % 5}" for number in ids], object)),
        "only_here": TileColumn(ids == 39, ids == 39),
    }
    attributes = {"wijk": Attributes.of(ids, columns)}
    many = splice_mlt_all(list(tiles.values()), attributes)
    assert many == [splice_mlt(tile, attributes) for tile in tiles.values()]


def test_a_figure_with_one_decimal_arrives_as_it_is(decoders: Decoders) -> None:
    ids = np.array([5])
    attributes = {"wijk": Attributes.of(ids, {"woz": TileColumn.full(np.array([2.4]))})}
    tile = splice_mlt(squares(ids, [[0]])[0][0], attributes)
    for decoder in MLT:
        assert decoders.decoded(decoder, tile)["wijk"]["features"][0]["properties"] == {"woz": 2.4}


def test_a_layer_of_empty_texts_only_keeps_them(decoders: Decoders) -> None:
    ids = np.array([5, 6])
    attributes = {"wijk": Attributes.of(ids, {"name": TileColumn.full(np.array(["", ""], object))})}
    tile = splice_mlt(squares(ids, [[0, 1]])[0][0], attributes)
    for decoder in MLT:
        assert [f["properties"] for f in decoders.decoded(decoder, tile)["wijk"]["features"]] == [{"name": ""}] * 2


def test_ids_and_geometry_are_copied_byte_for_byte() -> None:
    ids = np.array([1, 300, 70_000])
    bare = squares(ids, [[0, 1, 2]])[0][0]
    joined = splice_mlt(bare, {"wijk": Attributes.of(ids, {"n": TileColumn.full(np.array([7, 8, 9]))})})
    columns = bare[bare.index(b"\x02\x02\x04") + 3 :]
    assert columns in joined


def test_a_layer_without_attributes_is_copied() -> None:
    bare = squares(np.array([1]), [[0]])[0][0]
    assert splice_mlt(bare, {"gemeente": Attributes.of(np.zeros(0, np.int64), {})}) == bare


def test_layers_stay_in_their_order(decoders: Decoders) -> None:
    ids = np.array([1])
    wijk = squares(ids, [[0]])[0][0]
    point = layers_by_tile("labels", pieces_of({0: {0: [[[(4, 5)]]]}}), GeometryKind.POINT, ids)[0]
    column = {"n": TileColumn.full(np.array([1]))}
    tile = splice_mlt(point + wijk, {"wijk": Attributes.of(ids, column), "labels": Attributes.of(ids, column)})
    for decoder in MLT:
        layers = decoders.decoded(decoder, tile)
        assert list(layers) == ["labels", "wijk"]
        assert [found["features"][0]["properties"] for found in layers.values()] == [{"n": 1}, {"n": 1}]


def test_the_bytes_of_a_joined_tile_are_those_of_this_version() -> None:
    ids = np.array([363, 364])
    columns = {
        "name": TileColumn.full(np.array(["Centrum", "Noord"], object)),
        "woz": TileColumn(np.array([412, 0]), np.array([True, False])),
        "share": TileColumn.full(np.array([2.4, 100.0])),
        "outer": TileColumn.full(np.array([True, False])),
    }
    tile = splice_mlt(squares(ids, [[0, 1]])[0][0], {"wijk": Attributes.of(ids, columns)})
    assert (VERSION, hashlib.sha256(tile).hexdigest()[:12]) == (1, "e1e2ee26ca6e")


@pytest.mark.parametrize("name", ["id", "geometry"])
def test_a_column_with_the_name_of_one_that_every_layer_has_is_refused(name: str) -> None:
    ids = np.array([1])
    attributes = {"wijk": Attributes.of(ids, {name: TileColumn.full(np.array([1]))})}
    with pytest.raises(ValueError, match=f'cannot hold an attribute called "{name}"'):
        splice_mlt(squares(ids, [[0]])[0][0], attributes)


def test_a_type_that_a_tile_cannot_hold_is_refused() -> None:
    ids = np.array([1])
    tile = squares(ids, [[0]])[0][0]
    for values in (np.array([1 + 2j]), np.array([None], object)):
        with pytest.raises(TypeError, match="a tile cannot hold a"):
            splice_mlt(tile, {"wijk": Attributes.of(ids, {"n": TileColumn.full(values)})})


def test_a_damaged_tile_is_refused() -> None:
    ids = np.array([1])
    tile = squares(ids, [[0]])[0][0]
    attributes = {"wijk": Attributes.of(ids, {"n": TileColumn.full(np.array([1]))})}
    for damaged in (
        tile[:-1],
        b"\x05\x07abcd",
        b"\x00",
        layer("wijk", b""),
        tile.replace(b"\x10\x02\x01", b"\x10\x02\x02"),
    ):
        with pytest.raises(BadTile):
            splice_mlt(damaged, attributes)


@given(st.integers(0, 10**6), st.integers(0, 255), st.integers(0, 200))
def test_whatever_the_damage_it_is_told_or_left_as_it_is(place: int, byte: int, cut: int) -> None:
    ids = np.arange(1, 4)
    tile = bytearray(squares(ids, [[0, 1, 2]])[0][0])
    tile[place % len(tile)] = byte
    with contextlib.suppress(BadTile):
        splice_mlt(bytes(tile[:cut]), {"wijk": Attributes.of(ids, {"n": TileColumn.full(np.arange(3))})})


@settings(deadline=None)
@given(made=regions_of(), data=st.data())
def test_attributes_put_in_one_after_the_other_are_all_there(
    decoders: Decoders, made: tuple[NDArray[np.int64], dict[str, TileColumn]], data: st.DataObject
) -> None:
    ids, columns = made
    rows = st.lists(st.integers(0, len(ids) - 1), unique=True, max_size=30)
    mlt, mvt = squares(ids, data.draw(st.lists(rows, max_size=3)))
    first = data.draw(st.sets(st.sampled_from(sorted(columns)))) if columns else set()
    known = data.draw(st.lists(st.sampled_from(range(len(ids))), unique=True))
    early = {"wijk": Attributes.of(ids, {name: columns[name] for name in columns if name in first})}
    some = {
        name: TileColumn(column.values[known], column.present[known])
        for name, column in columns.items()
        if name not in first
    }
    late = {"wijk": Attributes.of(ids[known], some)}
    for number, tile in mlt.items():
        before, after = splice(mvt[number], early), splice(splice(mvt[number], early), late)
        expected = {
            feature["id"]: feature["properties"] for feature in decoders.decoded("mvt", before)["wijk"]["features"]
        }
        for row in known:
            there = {name: plain(column.values, row) for name, column in columns.items() if column.present[row]}
            own = {name: value for name, value in there.items() if name not in first}
            if int(ids[row]) in expected:
                expected[int(ids[row])] = {**expected[int(ids[row])], **own}
        both = decoders.decoded("mvt", after)
        assert {f["id"]: f["properties"] for f in both["wijk"]["features"]} == expected
        joined = splice_mlt(splice_mlt(tile, early), late)
        for decoder in MLT:
            assert decoders.decoded(decoder, joined) == both
