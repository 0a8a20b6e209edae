"""Numeric feature ids from region codes.

MapLibre's feature state and OGC clients want numbers; a reader wants the same region to keep its number over zooms, years and
rebuilds. So the id is a function of the code alone, below 2**53 (exact in JavaScript).

    GM0363        the four digits                          1 .. 9,999
    WK0363AD      10,000 + gemeente and two characters     < 2**24
    BU0363AD07    2**24 + gemeente and four characters     < 2**35
    others        2**35 + the code as a number in base 36, up to ten characters 0-9 A-Z
    the rest      2**52 + 52 bits of a hash
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_CBS = re.compile(r"(GM)(\d{4})|(WK)(\d{4})([0-9A-Z]{2})|(BU)(\d{4})([0-9A-Z]{4})")
_PLAIN = re.compile(r"[0-9A-Z]{1,10}")


class SameFeatureId(ValueError):
    """Two codes with one id: two equal codes, or (never seen) two hashes that collide."""

    def __init__(self, first: str, second: str) -> None:
        self.first, self.second = first, second
        super().__init__(f"the codes {first!r} and {second!r} would get the same feature id")


def feature_ids(codes: Sequence[str]) -> NDArray[np.int64]:
    """The id of each code, all different.

    >>> feature_ids(["GM0363", "WK036301", "BU03630001"]).tolist()
    [363, 480449, 626477825]
    """
    code_of: dict[int, str] = {}
    ids = np.empty(len(codes), np.int64)
    for i, code in enumerate(codes):
        ids[i] = number = _feature_id(code)
        if number in code_of:
            raise SameFeatureId(code_of[number], code)
        code_of[number] = code
    return ids


def _feature_id(code: str) -> int:
    match _CBS.fullmatch(code):
        case re.Match() as found:
            level = found[1] or found[3] or found[6]
            if level == "GM":
                return int(found[2])
            if level == "WK":
                return 10_000 + int(found[4]) * 36**2 + int(found[5], 36)
            return (1 << 24) + int(found[7]) * 36**4 + int(found[8], 36)
    if _PLAIN.fullmatch(code):
        return (1 << 35) + _bijective_base36(code)
    digest = hashlib.blake2b(code.encode(), digest_size=8).digest()
    return (1 << 52) | int.from_bytes(digest, "big") >> 12


def _bijective_base36(code: str) -> int:
    """Digits 1 to 36, so that leading zeros count: no two codes are the same number."""
    number = 0
    for character in code:
        number = number * 36 + int(character, 36) + 1
    return number
