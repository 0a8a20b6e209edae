"""Palettes as constants, from 3 to 9 classes, light for low and dark for high.

The sequential and diverging schemes, Set2 and Set3 are from ColorBrewer 2.0 (https://colorbrewer2.org), copyright 2002
Cynthia Brewer, Mark Harrower and The Pennsylvania State University, Apache License 2.0. ``cividis`` (Nunez, Anderton
and Renslow 2018) and ``viridis`` (Smith and Van der Walt 2015, CC0) are sampled and turned round. ``TolLight`` is Paul
Tol's *light* scheme without its grey.

``<name>_r`` is a diverging scheme turned round.

There is no sequential ramp of red (it reads as danger and stigma) and none of grey: grey is kept for regions without a
figure.
"""

from __future__ import annotations

from collections.abc import Mapping

from styles.errors import RedPalette, TooManyClasses, UnknownPalette


def _hex(colors: str) -> tuple[str, ...]:
    return tuple(f"#{color}" for color in colors.split())


def _ramp(*sizes: str) -> Mapping[int, tuple[str, ...]]:
    return {len(colors): colors for colors in map(_hex, sizes)}


_SEQUENTIAL: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "cividis": _ramp(
        "fdea45 7f7c75 002051",
        "fdea45 a49d78 575c6e 002051",
        "fdea45 bbaf71 7f7c75 3c4d6e 002051",
        "fdea45 caba6a 948f78 696970 2b446e 002051",
        "fdea45 d5c164 a49d78 7f7c75 575c6e 1f3e6e 002051",
        "fdea45 ddc75f b1a775 8e8978 706e71 48546d 173a6d 002051",
        "fdea45 e2cb5c bbaf71 9a9478 7f7c75 62646f 3c4d6e 11366c 002051",
    ),
    "viridis": _ramp(
        "fde725 21918c 440154",
        "fde725 35b779 31688e 440154",
        "fde725 5ec962 21918c 3b528b 440154",
        "fde725 7ad151 22a884 2a788e 414487 440154",
        "fde725 90d743 35b779 21918c 31688e 443983 440154",
        "fde725 a0da39 4ac16d 1fa187 277f8e 365c8d 46327e 440154",
        "fde725 addc30 5ec962 28ae80 21918c 2c728e 3b528b 472d7b 440154",
    ),
    "Blues": _ramp(
        "deebf7 9ecae1 3182bd",
        "eff3ff bdd7e7 6baed6 2171b5",
        "eff3ff bdd7e7 6baed6 3182bd 08519c",
        "eff3ff c6dbef 9ecae1 6baed6 3182bd 08519c",
        "eff3ff c6dbef 9ecae1 6baed6 4292c6 2171b5 084594",
        "f7fbff deebf7 c6dbef 9ecae1 6baed6 4292c6 2171b5 084594",
        "f7fbff deebf7 c6dbef 9ecae1 6baed6 4292c6 2171b5 08519c 08306b",
    ),
    "Greens": _ramp(
        "e5f5e0 a1d99b 31a354",
        "edf8e9 bae4b3 74c476 238b45",
        "edf8e9 bae4b3 74c476 31a354 006d2c",
        "edf8e9 c7e9c0 a1d99b 74c476 31a354 006d2c",
        "edf8e9 c7e9c0 a1d99b 74c476 41ab5d 238b45 005a32",
        "f7fcf5 e5f5e0 c7e9c0 a1d99b 74c476 41ab5d 238b45 005a32",
        "f7fcf5 e5f5e0 c7e9c0 a1d99b 74c476 41ab5d 238b45 006d2c 00441b",
    ),
    "Oranges": _ramp(
        "fee6ce fdae6b e6550d",
        "feedde fdbe85 fd8d3c d94701",
        "feedde fdbe85 fd8d3c e6550d a63603",
        "feedde fdd0a2 fdae6b fd8d3c e6550d a63603",
        "feedde fdd0a2 fdae6b fd8d3c f16913 d94801 8c2d04",
        "fff5eb fee6ce fdd0a2 fdae6b fd8d3c f16913 d94801 8c2d04",
        "fff5eb fee6ce fdd0a2 fdae6b fd8d3c f16913 d94801 a63603 7f2704",
    ),
    "Purples": _ramp(
        "efedf5 bcbddc 756bb1",
        "f2f0f7 cbc9e2 9e9ac8 6a51a3",
        "f2f0f7 cbc9e2 9e9ac8 756bb1 54278f",
        "f2f0f7 dadaeb bcbddc 9e9ac8 756bb1 54278f",
        "f2f0f7 dadaeb bcbddc 9e9ac8 807dba 6a51a3 4a1486",
        "fcfbfd efedf5 dadaeb bcbddc 9e9ac8 807dba 6a51a3 4a1486",
        "fcfbfd efedf5 dadaeb bcbddc 9e9ac8 807dba 6a51a3 54278f 3f007d",
    ),
    "BuPu": _ramp(
        "e0ecf4 9ebcda 8856a7",
        "edf8fb b3cde3 8c96c6 88419d",
        "edf8fb b3cde3 8c96c6 8856a7 810f7c",
        "edf8fb bfd3e6 9ebcda 8c96c6 8856a7 810f7c",
        "edf8fb bfd3e6 9ebcda 8c96c6 8c6bb1 88419d 6e016b",
        "f7fcfd e0ecf4 bfd3e6 9ebcda 8c96c6 8c6bb1 88419d 6e016b",
        "f7fcfd e0ecf4 bfd3e6 9ebcda 8c96c6 8c6bb1 88419d 810f7c 4d004b",
    ),
    "GnBu": _ramp(
        "e0f3db a8ddb5 43a2ca",
        "f0f9e8 bae4bc 7bccc4 2b8cbe",
        "f0f9e8 bae4bc 7bccc4 43a2ca 0868ac",
        "f0f9e8 ccebc5 a8ddb5 7bccc4 43a2ca 0868ac",
        "f0f9e8 ccebc5 a8ddb5 7bccc4 4eb3d3 2b8cbe 08589e",
        "f7fcf0 e0f3db ccebc5 a8ddb5 7bccc4 4eb3d3 2b8cbe 08589e",
        "f7fcf0 e0f3db ccebc5 a8ddb5 7bccc4 4eb3d3 2b8cbe 0868ac 084081",
    ),
    "PuBu": _ramp(
        "ece7f2 a6bddb 2b8cbe",
        "f1eef6 bdc9e1 74a9cf 0570b0",
        "f1eef6 bdc9e1 74a9cf 2b8cbe 045a8d",
        "f1eef6 d0d1e6 a6bddb 74a9cf 2b8cbe 045a8d",
        "f1eef6 d0d1e6 a6bddb 74a9cf 3690c0 0570b0 034e7b",
        "fff7fb ece7f2 d0d1e6 a6bddb 74a9cf 3690c0 0570b0 034e7b",
        "fff7fb ece7f2 d0d1e6 a6bddb 74a9cf 3690c0 0570b0 045a8d 023858",
    ),
    "PuBuGn": _ramp(
        "ece2f0 a6bddb 1c9099",
        "f6eff7 bdc9e1 67a9cf 02818a",
        "f6eff7 bdc9e1 67a9cf 1c9099 016c59",
        "f6eff7 d0d1e6 a6bddb 67a9cf 1c9099 016c59",
        "f6eff7 d0d1e6 a6bddb 67a9cf 3690c0 02818a 016450",
        "fff7fb ece2f0 d0d1e6 a6bddb 67a9cf 3690c0 02818a 016450",
        "fff7fb ece2f0 d0d1e6 a6bddb 67a9cf 3690c0 02818a 016c59 014636",
    ),
    "YlGn": _ramp(
        "f7fcb9 addd8e 31a354",
        "ffffcc c2e699 78c679 238443",
        "ffffcc c2e699 78c679 31a354 006837",
        "ffffcc d9f0a3 addd8e 78c679 31a354 006837",
        "ffffcc d9f0a3 addd8e 78c679 41ab5d 238443 005a32",
        "ffffe5 f7fcb9 d9f0a3 addd8e 78c679 41ab5d 238443 005a32",
        "ffffe5 f7fcb9 d9f0a3 addd8e 78c679 41ab5d 238443 006837 004529",
    ),
    "YlGnBu": _ramp(
        "edf8b1 7fcdbb 2c7fb8",
        "ffffcc a1dab4 41b6c4 225ea8",
        "ffffcc a1dab4 41b6c4 2c7fb8 253494",
        "ffffcc c7e9b4 7fcdbb 41b6c4 2c7fb8 253494",
        "ffffcc c7e9b4 7fcdbb 41b6c4 1d91c0 225ea8 0c2c84",
        "ffffd9 edf8b1 c7e9b4 7fcdbb 41b6c4 1d91c0 225ea8 0c2c84",
        "ffffd9 edf8b1 c7e9b4 7fcdbb 41b6c4 1d91c0 225ea8 253494 081d58",
    ),
    "YlOrBr": _ramp(
        "fff7bc fec44f d95f0e",
        "ffffd4 fed98e fe9929 cc4c02",
        "ffffd4 fed98e fe9929 d95f0e 993404",
        "ffffd4 fee391 fec44f fe9929 d95f0e 993404",
        "ffffd4 fee391 fec44f fe9929 ec7014 cc4c02 8c2d04",
        "ffffe5 fff7bc fee391 fec44f fe9929 ec7014 cc4c02 8c2d04",
        "ffffe5 fff7bc fee391 fec44f fe9929 ec7014 cc4c02 993404 662506",
    ),
}

_DIVERGING: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "PuOr": _ramp(
        "998ec3 f7f7f7 f1a340",
        "5e3c99 b2abd2 fdb863 e66101",
        "5e3c99 b2abd2 f7f7f7 fdb863 e66101",
        "542788 998ec3 d8daeb fee0b6 f1a340 b35806",
        "542788 998ec3 d8daeb f7f7f7 fee0b6 f1a340 b35806",
        "542788 8073ac b2abd2 d8daeb fee0b6 fdb863 e08214 b35806",
        "542788 8073ac b2abd2 d8daeb f7f7f7 fee0b6 fdb863 e08214 b35806",
    ),
    "BrBG": _ramp(
        "d8b365 f5f5f5 5ab4ac",
        "a6611a dfc27d 80cdc1 018571",
        "a6611a dfc27d f5f5f5 80cdc1 018571",
        "8c510a d8b365 f6e8c3 c7eae5 5ab4ac 01665e",
        "8c510a d8b365 f6e8c3 f5f5f5 c7eae5 5ab4ac 01665e",
        "8c510a bf812d dfc27d f6e8c3 c7eae5 80cdc1 35978f 01665e",
        "8c510a bf812d dfc27d f6e8c3 f5f5f5 c7eae5 80cdc1 35978f 01665e",
    ),
    "RdBu": _ramp(
        "ef8a62 f7f7f7 67a9cf",
        "ca0020 f4a582 92c5de 0571b0",
        "ca0020 f4a582 f7f7f7 92c5de 0571b0",
        "b2182b ef8a62 fddbc7 d1e5f0 67a9cf 2166ac",
        "b2182b ef8a62 fddbc7 f7f7f7 d1e5f0 67a9cf 2166ac",
        "b2182b d6604d f4a582 fddbc7 d1e5f0 92c5de 4393c3 2166ac",
        "b2182b d6604d f4a582 fddbc7 f7f7f7 d1e5f0 92c5de 4393c3 2166ac",
    ),
    "PRGn": _ramp(
        "af8dc3 f7f7f7 7fbf7b",
        "7b3294 c2a5cf a6dba0 008837",
        "7b3294 c2a5cf f7f7f7 a6dba0 008837",
        "762a83 af8dc3 e7d4e8 d9f0d3 7fbf7b 1b7837",
        "762a83 af8dc3 e7d4e8 f7f7f7 d9f0d3 7fbf7b 1b7837",
        "762a83 9970ab c2a5cf e7d4e8 d9f0d3 a6dba0 5aae61 1b7837",
        "762a83 9970ab c2a5cf e7d4e8 f7f7f7 d9f0d3 a6dba0 5aae61 1b7837",
    ),
}

_TURNED: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    f"{name}_r": {classes: ramp[::-1] for classes, ramp in ramps.items()} for name, ramps in _DIVERGING.items()
}

_QUALITATIVE: Mapping[str, tuple[str, ...]] = {
    "TolLight": _hex("77aadd ee8866 eedd88 ffaabb 99ddff 44bb99 bbcc33 aaaa00"),
    "Set3": _hex("8dd3c7 ffffb3 bebada fb8072 80b1d3 fdb462 b3de69 fccde5 bc80bd ccebc5 ffed6f"),
    "Set2": _hex("66c2a5 fc8d62 8da0cb e78ac3 a6d854 ffd92f e5c494"),
}

SEQUENTIAL = tuple(_SEQUENTIAL)
"""From low to high."""

DIVERGING = (*_DIVERGING, *_TURNED)
"""From low over a neutral middle to high."""

RED = ("Reds", "OrRd", "YlOrRd", "PuRd", "RdPu", "RdYlGn", "RdYlBu", "RdGy", "Spectral", "hot", "inferno", "magma")
"""Well-known palettes with red in them that are not here, to be refused with the reason."""

ALARMING = ("RdBu", "RdBu_r", "Oranges", "YlOrBr")
"""Palettes that are here and have red or burnt orange in them: not for crime."""

QUALITATIVE = tuple(_QUALITATIVE)
"""For categories, which have no order."""

NAMES = (*SEQUENTIAL, *DIVERGING, *QUALITATIVE)


def most_classes(name: str) -> int:
    """How many colours a palette has at most."""
    if name in _QUALITATIVE:
        return len(_QUALITATIVE[name])
    return max(_ramps(name))


def diverging_colors(name: str, below: int, above: int, *, neutral: bool) -> tuple[str, ...]:
    """The colours of so many classes on either side of a middle, with a neutral one between them or without.

    The same number of steps from the middle is the same darkness on both sides, also where one side has fewer classes.

    >>> diverging_colors("PuOr", 0, 1, neutral=True)
    ('#f7f7f7', '#f1a340')
    """
    side = max(below, above, 1)
    found = _balanced(name, side, neutral=neutral)
    return found[side - below : len(found) - (side - above)]


def _balanced(name: str, side: int, *, neutral: bool) -> tuple[str, ...]:
    if neutral or side > 1:
        return colors(name, 2 * side + neutral)
    return colors(name, 3)[::2]


def colors(name: str, classes: int) -> tuple[str, ...]:
    """The colours ``#rrggbb`` of so many classes, from low to high.

    One or two classes take the middle or the ends of three. Raises ``UnknownPalette`` and ``TooManyClasses``.

    >>> colors("Blues", 3)
    ('#deebf7', '#9ecae1', '#3182bd')
    """
    most = most_classes(name)
    if not 1 <= classes <= most:
        raise TooManyClasses(name, classes, most)
    if name in _QUALITATIVE:
        return _QUALITATIVE[name][:classes]
    ramps = _ramps(name)
    if classes == 1:
        return (ramps[3][1],)
    if classes == 2:
        return (ramps[3][0], ramps[3][2])
    return ramps[classes]


def _ramps(name: str) -> Mapping[int, tuple[str, ...]]:
    try:
        return _SEQUENTIAL.get(name) or _DIVERGING.get(name) or _TURNED[name]
    except KeyError:
        if name.removesuffix("_r") in RED:
            raise RedPalette(name) from None
        raise UnknownPalette(name, NAMES) from None
