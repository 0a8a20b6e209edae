"""Attributes spliced into ready geometry: keys, values and tags put into a tile without touching its geometry.

A feature of a geometry tile is the message ``id, type, geometry``. The fields of a message may stand in any order, so the
tags go in front and the rest is copied as it is. A feature that has tags already keeps them behind the new ones. The same
function makes the tiles of a static archive and those the server makes per request, so they are equal byte for byte.

    split into layers -> find where features begin -> look up their rows -> number the values of each tile
                      -> write tags -> put everything together

All but the first two steps work on all features of all tiles at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from tiles.attributes import Attributes
from tiles.errors import BadTile
from tiles.mvt_fields import FEATURE_FIELD, ID_FIELD, KEY_FIELD, LAYER_FIELD, NAME_FIELD, TAGS_FIELD, VALUE_FIELD
from tiles.mvt_values import LayerValues
from tiles.ragged import Ints, offsets_of
from tiles.varint import read_varint, varint, varint_sizes

VERSION = 2
"""Raise it when the same geometry and values give other bytes: tiles are kept for ever under their version."""

TABLE = 1 << 18
"""Entries of the table in which values are numbered."""

SPARSE = 32
"""Entries for each value from which sorting the values first is quicker than touching so much memory."""


def splice(tile: bytes, attributes: Mapping[str, Attributes]) -> bytes:
    """The tile with attributes in the layers that have them; other layers are copied as they are.

    tile is an uncompressed geometry tile. A feature without attributes gets no tags. Raises BadTile.
    """
    return splice_all([tile], attributes)[0]


def splice_all(tiles: Sequence[bytes], attributes: Mapping[str, Attributes]) -> list[bytes]:
    """Each of several tiles, as ``splice`` makes it of that tile alone."""
    content = b"".join(tiles)
    ends = list(accumulate(map(len, tiles)))
    layers = [_layers(content, begin, end) for begin, end in zip([0, *ends], ends, strict=False)]
    wanted = [layer for of_tile in layers for layer in of_tile if layer.name in attributes]
    wanted.sort(key=_name)
    messages = {
        layer.start: bytes([LAYER_FIELD]) + varint(len(message)) + message
        for layer, message in zip(wanted, _spliced(content, wanted, attributes), strict=True)
    }
    return [
        b"".join(messages.get(layer.start, content[layer.start : layer.end]) for layer in of_tile) for of_tile in layers
    ]


def layers_of(tile: bytes) -> list[tuple[str, int, int, int]]:
    """Name of each layer, where its field starts in the tile, and where its message begins and ends."""
    return [(layer.name, layer.start, layer.begin, layer.end) for layer in _layers(tile, 0, len(tile))]


# ---- where things are in a tile


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    start: int
    """Of its field."""

    begin: int
    """Of its message."""

    end: int


def _name(layer: _Layer) -> str:
    return layer.name


def _layers(content: bytes, at: int, end: int) -> list[_Layer]:
    found = []
    while at < end:
        start = at
        field, at = read_varint(content, at)
        size, at = read_varint(content, at)
        if field != LAYER_FIELD or at + size > end:
            raise BadTile("the tile is damaged: a layer was expected")
        found.append(_Layer(_layer_name(content, at, at + size), start, at, at + size))
        at += size
    return found


def _layer_name(content: bytes, at: int, end: int) -> str:
    while at < end:
        field = content[at]
        number, at = read_varint(content, at + 1)
        if field == NAME_FIELD and at + number <= end:
            return content[at : at + number].decode(errors="replace")
        if field & 7 == 2:
            at += number
    raise BadTile("the tile is damaged: a layer without a name")


def _features(content: bytes, at: int, end: int) -> tuple[list[int], list[int], list[bytes]]:
    """Where the messages of features begin and end, and all other fields of a layer."""
    begins: list[int] = []
    ends: list[int] = []
    rest: list[bytes] = []
    while at < end:
        start, field, number, at = at, content[at], content[at + 1], at + 2
        if number > 127:
            second = content[at]
            # Most features take two bytes to say their size.
            number, at = (number & 127 | second << 7, at + 1) if second < 128 else read_varint(content, at - 1)
        if field == FEATURE_FIELD:
            begins.append(at)
            at += number
            ends.append(at)
            continue
        match field & 7:
            case 0:
                pass
            case 2:
                at += number
            case _:
                raise BadTile("the tile is damaged: a layer has a field of an unknown kind")
        rest.append(content[start:at])
    if at != end:
        raise BadTile("the tile is damaged: a feature is longer than its layer")
    return begins, ends, rest


def _tags_and_ids(content: bytes, begin: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """(features,) where the tags a feature has begin, their bytes, and its id, which comes next; most have no tags."""
    source = np.frombuffer(content, np.uint8)
    own = np.zeros(len(begin), np.int64)
    tagged = np.flatnonzero(source.take(begin, mode="clip") == TAGS_FIELD)
    if len(tagged):
        begin = begin.copy()
        own[tagged], begin[tagged] = _varints_at(source, begin[tagged] + 1)
    if (own > end - begin - 2).any() or (source[begin + own] != ID_FIELD).any():
        raise BadTile("the tile is no geometry tile: a feature does not begin with its id")
    return begin, own, _varints_at(source, begin + own + 1)[0]


def _varints_at(source: NDArray[np.uint8], at: Ints) -> tuple[Ints, Ints]:
    """The numbers that begin at these places, and where each ends."""
    if not len(at):
        return at, at
    places = np.arange(9)
    byte = source.take(at[:, None] + places, mode="clip")
    goes_on = byte > 127
    last = np.argmin(goes_on, axis=1)
    if goes_on.all(axis=1).any():
        raise BadTile("the tile is damaged: a number has more than 63 bits")
    parts = (byte & np.uint8(127)).astype(np.int64) << 7 * places
    parts[places > last[:, None]] = 0
    return parts.sum(axis=1), at + last + 1


# ---- several layers


def _spliced(content: bytes, layers: Sequence[_Layer], attributes: Mapping[str, Attributes]) -> list[bytes]:
    """The messages of layers in the order of their names, with tags in features and with the keys and values they need."""
    try:
        scanned = [_features(content, layer.begin, layer.end) for layer in layers]
    except IndexError:
        raise BadTile("the tile ends in the middle of a layer") from None
    begins = [at for found, _, _ in scanned for at in found]
    ends = [at for _, found, _ in scanned for at in found]
    bounds = offsets_of(np.array([len(found) for found, _, _ in scanned], np.int64))
    begin, own, ids = _tags_and_ids(content, np.array(begins, np.int64), np.array(ends, np.int64))
    numbers, fields = _numbers_and_fields(layers, attributes, ids, bounds)
    keys, local = _numbered_on([rest for _, _, rest in scanned], bounds, numbers)
    heads, offsets = _heads(keys, local, np.array(ends, np.int64) - begin, own)

    at = offsets.tolist()
    pieces = [b""] * (2 * len(begins))
    pieces[0::2] = map(heads.__getitem__, map(slice, at[:-1], at[1:]))
    pieces[1::2] = map(content.__getitem__, map(slice, begin.tolist(), ends))
    of_layer = zip(scanned, bounds[:-1].tolist(), bounds[1:].tolist(), fields, strict=True)
    # Name, version and extent first, then features, keys and values.
    return [
        b"".join([*rest, *pieces[2 * low : 2 * high], *own_fields]) for (_, _, rest), low, high, own_fields in of_layer
    ]


def _numbers_and_fields(
    layers: Sequence[_Layer], attributes: Mapping[str, Attributes], ids: Ints, bounds: Ints
) -> tuple[NDArray[np.int32], list[list[bytes]]]:
    """(features, columns) the number of each value in its layer, -1 for none, and the keys and values of each layer."""
    columns = max((len(attributes[layer.name].columns) for layer in layers), default=0)
    numbers = np.full((len(ids), columns), -1, np.int32)
    fields: list[list[bytes]] = []
    for name, several in groupby(layers, _name):
        at = bounds[len(fields) : len(fields) + len(list(several)) + 1]
        here = slice(int(at[0]), int(at[-1]))
        values = attributes[name].prepared(LayerValues.of)
        numbering = _Numbering.of(values.value_of[attributes[name].rows(ids[here])], at - at[0], len(values.values))
        numbers[here, : numbering.local.shape[1]] = numbering.local
        fields += [[values.keys, *map(values.values.__getitem__, used)] if used else [] for used in numbering.used]
    return numbers, fields


@dataclass(frozen=True, slots=True)
class _Numbering:
    """The values of each tile, numbered from 0: first those that occur more than once, and like by like among them.

    Against numbering by first appearance this makes gzipped tiles of national figures 2 to 3 % smaller.
    """

    local: NDArray[np.int32]
    """(features, columns) the number of the value in its tile, -1 for none."""

    used: list[list[int]]
    """For each tile: which values it has, in the order of their numbers in it."""

    @staticmethod
    def of(value: NDArray[np.int32], bounds: Ints, distinct: int) -> _Numbering:
        """value: (features, columns) of tiles that begin at ``bounds``, -1 for none; ``distinct`` values there are in all."""
        there = value >= 0
        whole = bool(there.all())
        flat = value.ravel() if whole else value[there]
        cells = bounds * value.shape[1] if whole else offsets_of(there.sum(axis=1))[bounds]
        local = np.empty(len(flat), np.int32)
        used: list[list[int]] = []
        at_once = max(TABLE // max(distinct, 1), 1)
        for low in range(0, len(bounds) - 1, at_once):
            of_tiles = cells[low : low + at_once + 1]
            part = slice(int(of_tiles[0]), int(of_tiles[-1]))
            local[part], found = _numbered(flat[part], of_tiles - of_tiles[0], distinct)
            used += found
        if whole:
            return _Numbering(local.reshape(value.shape), used)
        spread = np.full(value.shape, -1, np.int32)
        spread[there] = local
        return _Numbering(spread, used)


def _numbered(value: NDArray[np.int32], cells: Ints, distinct: int) -> tuple[NDArray[np.int32], list[list[int]]]:
    """The number of each value in its tile, and the values of each tile in the order of their numbers."""
    tiles = len(cells) - 1
    key: NDArray[np.signedinteger] = value + np.repeat(np.arange(tiles) * distinct, np.diff(cells))
    is_sparse = tiles * distinct > SPARSE * len(key)
    if is_sparse:
        found, place, count = np.unique(key, return_inverse=True, return_counts=True)
    else:
        counts = np.bincount(key, minlength=tiles * distinct)
        found = np.flatnonzero(counts)
        count = counts[found]
    tile = found // distinct
    order = np.argsort(2 * tile + (count == 1), kind="stable")
    bounds = np.searchsorted(tile, np.arange(tiles + 1))
    number = np.empty(len(found), np.int32)
    number[order] = np.arange(len(found)) - np.repeat(bounds[:-1], np.diff(bounds))
    used, at = (found[order] % distinct).tolist(), bounds.tolist()
    of_tiles = [used[low:high] for low, high in pairwise(at)]
    if is_sparse:
        return number[place], of_tiles
    table = np.empty(tiles * distinct, np.int32)
    table[found] = number
    return table[key], of_tiles


def _numbered_on(rest: Sequence[list[bytes]], bounds: Ints, local: NDArray[np.int32]) -> tuple[Ints, NDArray[np.int32]]:
    """The numbers of keys, and those of values, behind the keys and values that the layer of each tile has already."""
    fields = [[part[0] for part in of_tile] for of_tile in rest]
    keys, values = ([of_tile.count(kind) for of_tile in fields] for kind in (KEY_FIELD, VALUE_FIELD))
    number = np.arange(local.shape[1])
    if not any(keys) and not any(values):
        return number, local
    features = np.diff(bounds)
    first = np.repeat(np.array(values, np.int32), features)[:, None]
    return number + np.repeat(keys, features)[:, None], np.where(local < 0, local, local + first)


def _heads(keys: Ints, local: NDArray[np.int32], size: Ints, own: Ints) -> tuple[bytes, Ints]:
    """What stands before the own tags or the id of each feature, and where each begins: field, size and tags.

    keys: (columns,) or (features, columns) the number of each key. local: (features, columns) the number of each value, -1
    for no tag. size: (features,) bytes of the feature without these tags, of which ``own`` are its own tags.
    """
    features, columns = local.shape
    key_width, value_width = _width(int(keys.max(initial=0))), _width(int(local.max(initial=0)))
    step = key_width + value_width
    tag, written = np.empty((features, columns * step), np.uint8), np.ones((features, columns * step), bool)
    key_bytes, key_written = _varint_bytes(keys, key_width)
    there = local >= 0
    numbers, number_written = _varint_bytes(local, value_width)
    for place in range(key_width):
        tag[:, place::step] = key_bytes[place]
        written[:, place::step] = there & key_written[place]
    for place in range(value_width):
        tag[:, key_width + place :: step] = numbers[place]
        written[:, key_width + place :: step] = there & number_written[place]
    return _with_sizes(tag, written, size, own)


def _with_sizes(tag: NDArray[np.uint8], written: NDArray[np.bool_], size: Ints, own: Ints) -> tuple[bytes, Ints]:
    """Tags with what goes before them; bytes that are not written are left out."""
    tags = np.count_nonzero(written, axis=1) + own
    tagged = tags > 0
    tags_head = np.where(tagged, 1 + varint_sizes(tags), 0)
    total = tags_head + tags - own + size
    tags_width, total_width = _width(int(tags.max(initial=0))), _width(int(total.max(initial=0)))
    before = 2 + total_width + tags_width
    content = np.empty((len(size), before + tag.shape[1]), np.uint8)
    kept = np.ones(content.shape, bool)
    content[:, before:], kept[:, before:] = tag, written
    content[:, 0], content[:, 1 + total_width] = FEATURE_FIELD, TAGS_FIELD
    kept[:, 1 + total_width] = tagged
    for place, (byte, there) in enumerate(zip(*_varint_bytes(total, total_width), strict=True)):
        content[:, 1 + place], kept[:, 1 + place] = byte, there
    for place, (byte, there) in enumerate(zip(*_varint_bytes(tags, tags_width), strict=True)):
        content[:, 2 + total_width + place], kept[:, 2 + total_width + place] = byte, there & tagged
    return content[kept].tobytes(), offsets_of(1 + varint_sizes(total) + tags_head + tags - own)


def _width(largest: int) -> int:
    """Bytes of the varint of a number."""
    return max(-(-largest.bit_length() // 7), 1)


def _varint_bytes(
    numbers: NDArray[np.integer], width: int
) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.bool_] | bool]]:
    """Byte by byte: the bytes of varints of at most ``width`` bytes, and where a number has that many."""
    if width == 1:
        return [numbers.astype(np.uint8)], [True]
    longer = [numbers >= 1 << 7 * place for place in range(1, width)]
    parts = [(numbers >> 7 * place & 127).astype(np.uint8) for place in range(width)]
    for part, more in zip(parts, longer, strict=False):
        part |= more.view(np.uint8) << np.uint8(7)
    return parts, [True, *longer]
