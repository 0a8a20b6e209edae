"""What the fields of a Mapbox Vector Tile are called in its bytes: number and wire type of each (chapter 4)."""

LAYER_FIELD = 0x1A
"""Of a tile."""

NAME_FIELD, FEATURE_FIELD, KEY_FIELD, VALUE_FIELD = 0x0A, 0x12, 0x1A, 0x22
"""Of a layer."""

VERSION = b"\x78\x02"
EXTENT_FIELD = b"\x28"

ID_FIELD, TAGS_FIELD, TYPE_FIELD, GEOMETRY_FIELD = 0x08, 0x12, 0x18, 0x22
"""Of a feature."""

STRING, DOUBLE, UNSIGNED, SIGNED, BOOL = 0x0A, 0x19, 0x28, 0x30, 0x38
"""Of a value: text, a double, a whole number that is not negative, one that is (zigzag), yes or no."""
