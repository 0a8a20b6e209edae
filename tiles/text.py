"""A tile as text: for ``zichtkaart inspect`` and for golden files a person can read.

layer wijk: extent 4096, 1 feature
  4801 polygon code="WK036301" name="Centrum" woz=412
    (0 0, 10 0, 10 10, 0 10)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tiles.errors import BadTile
from tiles.mvt import GeometryKind
from tiles.splice import layers_of
from tiles.varint import read_varint

Field = tuple[int, int | bytes]


def tile_as_text(tile: bytes, *, geometry: bool = True) -> str:
    """All layers of an uncompressed tile with their features, tags and, unless told otherwise, integer coordinates."""
    lines: list[str] = []
    for name, _, begin, end in layers_of(tile):
        fields = list(_fields(tile[begin:end]))
        keys = [_bytes(value).decode() for number, value in fields if number == 3]
        values = [_value(_bytes(value)) for number, value in fields if number == 4]
        features = [_bytes(value) for number, value in fields if number == 2]
        lines.append(
            f"layer {name}: extent {_number(fields, 5, 4096)}, {len(features):,} feature{'s' * (len(features) != 1)}"
        )
        for feature in features:
            lines += _feature(feature, keys, values, geometry)
    return "\n".join(lines) + "\n"


def _feature(message: bytes, keys: list[str], values: list[str], geometry: bool) -> Iterator[str]:
    fields = list(_fields(message))
    tags = list(_numbers(_content(fields, 2)))
    kind = GeometryKind(_number(fields, 3, 0))
    told = " ".join(f"{keys[key]}={values[value]}" for key, value in zip(tags[::2], tags[1::2], strict=True))
    yield f"  {_number(fields, 1, 0)} {kind.name.lower()} {told}".rstrip()
    if geometry:
        for path in _paths(list(_numbers(_content(fields, 4)))):
            yield "    (" + ", ".join(f"{x} {y}" for x, y in path) + ")"


def _paths(commands: list[int]) -> Iterator[list[tuple[int, int]]]:
    path: list[tuple[int, int]] = []
    x = y = at = 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 7:
            continue
        for _ in range(count):
            if command == 1 and path:
                yield path
                path = []
            x += (commands[at] >> 1) ^ -(commands[at] & 1)
            y += (commands[at + 1] >> 1) ^ -(commands[at + 1] & 1)
            path.append((x, y))
            at += 2
    if path:
        yield path


def _value(message: bytes) -> str:
    number, value = next(_fields(message), (0, 0))
    match number, value:
        case 1, bytes():
            return '"' + value.decode() + '"'
        case 2, bytes():
            return repr(struct.unpack("<f", value)[0])
        case 3, bytes():
            return repr(struct.unpack("<d", value)[0])
        case ((4 | 5), int()):
            return str(value)
        case 6, int():
            return str((value >> 1) ^ -(value & 1))
        case 7, int():
            return "true" if value else "false"
        case _:
            raise BadTile(f"the tile holds a value of a kind that does not exist: {number}")


def _fields(message: bytes) -> Iterator[Field]:
    """Field number and content of each field of a message."""
    at = 0
    while at < len(message):
        key, at = read_varint(message, at)
        match key & 7:
            case 0:
                number, at = read_varint(message, at)
                yield key >> 3, number
            case 2:
                size, at = read_varint(message, at)
                yield key >> 3, message[at : at + size]
                at += size
            case 1:
                yield key >> 3, message[at : at + 8]
                at += 8
            case 5:
                yield key >> 3, message[at : at + 4]
                at += 4
            case wire:
                raise BadTile(f"the tile is damaged: wire type {wire}")


def _numbers(packed: bytes) -> Iterator[int]:
    at = 0
    while at < len(packed):
        number, at = read_varint(packed, at)
        yield number


def _number(fields: list[Field], wanted: int, otherwise: int) -> int:
    return next((value for number, value in fields if number == wanted and isinstance(value, int)), otherwise)


def _content(fields: list[Field], wanted: int) -> bytes:
    return next((value for number, value in fields if number == wanted and isinstance(value, bytes)), b"")


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise BadTile("the tile is damaged: a number where text or a message was expected")
    return value
