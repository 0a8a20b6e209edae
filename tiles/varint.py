"""Protocol buffer varints, many at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tiles.errors import BadTile

Words = NDArray[np.uint64]


@lru_cache(1 << 12)
def varint(number: int) -> bytes:
    """One number below 2**64; lengths of texts and streams are the same few again and again.

    >>> varint(300).hex()
    'ac02'
    """
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at a position and the position after it."""
    number = shift = 0
    try:
        while True:
            byte = data[at]
            at += 1
            number |= (byte & 127) << shift
            if byte < 128:
                return number, at
            shift += 7
    except IndexError:
        raise BadTile("the tile ends in the middle of a number") from None


def varint_sizes(words: NDArray[np.integer]) -> NDArray[np.int64]:
    """(n,) how many bytes each number takes.

    >>> varint_sizes(np.array([0, 127, 128, 1 << 21])).tolist()
    [1, 1, 2, 4]
    """
    sizes = np.ones(len(words), np.int64)
    top = int(words.max()) if len(words) else 0
    for bits in range(7, max(top.bit_length(), 1), 7):
        sizes += words >= words.dtype.type(1 << bits)
    return sizes


def varints(words: NDArray[np.uint32] | Words, sizes: NDArray[np.int64]) -> NDArray[np.uint8]:
    """All numbers as varints, end to end; ``sizes`` as ``varint_sizes`` gives them."""
    ends = np.cumsum(sizes)
    out = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    at = ends - sizes
    rest, left = words, sizes
    low, seven = words.dtype.type(127), words.dtype.type(7)
    while len(rest):
        more = left > 1
        out[at] = (rest & low).astype(np.uint8) | (more.astype(np.uint8) << 7)
        at, rest, left = at[more] + 1, rest[more] >> seven, left[more] - 1
    return out


def read_varints(data: bytes) -> Words:
    """All numbers of a stream of varints; ValueError where it ends in the middle of one or a number has over 64 bits.

    >>> read_varints(bytes.fromhex("ac0201")).tolist()
    [300, 1]
    """
    content = np.frombuffer(data, np.uint8)
    last = content < 128
    ends = np.flatnonzero(last)
    if not len(content):
        return np.zeros(0, np.uint64)
    if not last[-1]:
        raise ValueError("the stream ends in the middle of a number")
    begins = np.append(0, ends[:-1] + 1)
    sizes = ends + 1 - begins
    if sizes.max() > 10:
        raise ValueError("a number of more than 64 bits")
    place = np.arange(len(content)) - np.repeat(begins, sizes)
    words = (content & 127).astype(np.uint64) << (7 * place).astype(np.uint64)
    return np.add.reduceat(words, begins)


def zigzag(numbers: NDArray[np.int64]) -> Words:
    """Signed numbers as unsigned ones, small ones small: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return ((numbers << 1) ^ (numbers >> 63)).astype(np.uint64)
