from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.atlas import Text
from layers.catalog import Catalog, read_catalog
from layers.problems import InputProblems
from layers.toml_lines import Key, key_lines
from tests.layers.make import ATLAS, INDICATOR, REGIONS, TABLE, write_catalog

pytestmark = pytest.mark.usefixtures("folder")


def said(text: str) -> list[str]:
    """The problems of a catalog with this text."""
    Path("catalog.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputProblems) as caught:
        read_catalog(Path("catalog.toml"))
    return [str(problem) for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    """The good catalog with one thing changed."""
    text = ATLAS + REGIONS + TABLE + INDICATOR
    assert old in text
    return text.replace(old, new, 1)


def good() -> Catalog:
    return read_catalog(write_catalog())


def test_a_good_catalog_is_read_into_its_entries() -> None:
    catalog = good()
    assert catalog.atlas.title == Text(nl="Klein")
    assert [entry.level for entry in catalog.regions] == ["gemeente"]
    assert catalog.tables[0].key_column == "code"
    assert catalog.indicators[0].unit.nl == "x 1000 euro"
    assert catalog.locate("a/b.csv") == Path("a/b.csv")


def test_texts_may_be_plain_or_in_two_languages() -> None:
    title = good().indicators[0].title
    assert (title.in_("nl"), title.in_("en")) == ("Gemiddelde WOZ-waarde", "Mean property value")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'attribution = "Bron: verzonnen"',
            'attribution = "x"\nmaxzom = 3',
            (
                'catalog.toml, line 6: unknown key "maxzom" in [atlas] (did you mean "maxzoom"?); '
                "allowed here: id, title, attribution, maxzoom, notice, allowed_parents, grids"
            ),
        ),
        (
            'theme = "vastgoed"',
            'theme = "vastgoet"',
            'catalog.toml, line 28: theme = "vastgoet" does not exist (did you mean "vastgoed"?); the themes are vastgoed',
        ),
        (
            'kind = "mean"',
            'kind = "maen"',
            (
                'catalog.toml, line 31: kind = "maen" is not known (did you mean "mean"?); '
                "allowed: count, share, rate, mean, sum, category"
            ),
        ),
        (
            'id = "klein"',
            'id = "Klein stad"',
            (
                'catalog.toml, line 3: id = "Klein stad" is no id: it holds small letters, '
                "digits and hyphens, and begins with a letter or digit"
            ),
        ),
        ("maxzoom = 10", "maxzoom = 30", "catalog.toml, line 6: maxzoom = 30 must be 16 or less"),
        (
            "maxzoom = 10",
            'allowed_parents = ["www.gemeente.nl"]',
            (
                'catalog.toml, line 6: allowed_parents has "www.gemeente.nl"; '
                'write origins such as "https://www.gemeente.nl" and "https://*.gemeente.nl"'
            ),
        ),
        ("maxzoom = 10", "maxzoom = -1", "catalog.toml, line 6: maxzoom = -1 must be 0 or more"),
        (
            "maxzoom = 10",
            "maxzoom = 10.5",
            "catalog.toml, line 6: maxzoom = 10.5 must be a whole number, without quotes",
        ),
        ("year = 2022", 'year = "2022"', 'catalog.toml, line 10: year = "2022" must be a whole number, without quotes'),
        ('code = "code"\nname', "name", 'catalog.toml, line 8: [[regions]] needs the key "code"'),
        (
            'source = "regions.gpkg"',
            'source = ""',
            'catalog.toml, line 11: source = "" must be a text that is not empty',
        ),
        (
            'source = "regions.gpkg"',
            "source = 3",
            'catalog.toml, line 11: source = 3 must be a text in quotes, such as "text"',
        ),
        (
            'id = "woz"',
            'id = "vastgoed"',
            (
                'catalog.toml, line 27: id = "vastgoed" is also the id of a theme; '
                "styles are found by either, so they must differ"
            ),
        ),
        (
            'id = "vastgoed"',
            'id = "gebieden"',
            'catalog.toml, line 23: id = "gebieden" is the name of the tileset without figures; choose another',
        ),
        (
            'id = "woz"',
            'id = "gemeente"',
            'catalog.toml, line 27: id = "gemeente" is also the name of another attribute in the tiles; choose another',
        ),
        (
            'source = "figures.csv"\nlevel = "gemeente"',
            'source = "figures.csv"\nlevel = "gemeenten"',
            'catalog.toml, line 18: level = "gemeenten" has no [[regions]] (did you mean "gemeente"?); the levels are gemeente',
        ),
        (
            'level = "gemeente"',
            'level = "labels"',
            'catalog.toml, line 9: level = "labels" is the name of a tile layer of our own; choose another',
        ),
        (
            'source = "figures.csv"',
            'source = "ftp://x.nl/a.csv"',
            (
                'catalog.toml, line 17: a source cannot begin with "ftp://"; '
                "https://, s3://, cbs:, pdok: and postgis: can be read"
            ),
        ),
        (
            'year = 2022\ncode = "code"\n\n',
            'code = "code"\n\n',
            (
                'catalog.toml, line 15: give either year, such as 2022, or year_column, such as "Perioden", '
                'or year_header, such as "woz_{year}"'
            ),
        ),
        (
            'year = 2022\ncode = "code"',
            'year = 2022\nyear_header = "{year}"\ncode = "code"',
            (
                'catalog.toml, line 15: give either year, such as 2022, or year_column, such as "Perioden", '
                'or year_header, such as "woz_{year}", and not year and year_header'
            ),
        ),
        (
            'column = "woz"',
            "",
            'catalog.toml, line 26: give either column, such as "dwelling_value", or from, a list of columns',
        ),
        (
            'column = "woz"',
            'from = [{ table = "figurs", column = "woz" }]',
            'catalog.toml, line 32: table = "figurs" does not exist (did you mean "figures"?); the tables are figures',
        ),
        (
            'name = "name"\n',
            'name = "name"\nwhere = "water = NEE"\n',
            (
                "catalog.toml, line 14: where: 'NEE' stands where a number "
                "or a 'text' in single quotes should be; write comparisons such as water = 'NEE', joined by and; the signs are "
                "=, <>, <, >, <=, >=, in (..), is null"
            ),
        ),
        (
            'code = "code"\n\n[[themes]]',
            'code = "code"\nborders = 2020\n\n[[themes]]',
            'catalog.toml, line 21: borders = 2020 has no [[regions]] of level "gemeente"; there are those of 2022',
        ),
        (
            'column = "woz"',
            'column = "woz"\nstyle = { breaks = [3, 2] }',
            "catalog.toml, line 33: breaks must rise, and [3, 2] does not",
        ),
        (
            'column = "woz"',
            'column = "woz"\nstyle = { pallette = "Blues" }',
            (
                'catalog.toml, line 33: unknown key "pallette" in '
                'style of [[indicators]] (did you mean "palette"?); allowed here: palette, classes, method, breaks, middle'
            ),
        ),
        ("[[themes]]", "[themes]", "catalog.toml, line 22: themes is a list: write [[themes]] with two brackets"),
        (
            'unit = "x 1000 euro"',
            'unit = { fr = "x" }',
            'catalog.toml, line 30: unknown key "fr" in unit of [[indicators]]; allowed here: nl, en',
        ),
    ],
)
def test_a_mistake_is_told_with_line_key_and_what_is_allowed(old: str, new: str, sentence: str) -> None:
    assert sentence in said(changed(old, new))


def test_keys_of_later_versions_are_unknown_keys() -> None:
    [sentence, *_] = said(changed('column = "woz"', 'column = "woz"\nsmooth = "cbs"'))
    assert 'unknown key "smooth" in [[indicators]]; allowed here: id, theme,' in sentence
    assert 'unknown key "later"' in said(ATLAS + REGIONS + '[[later]]\nname = "rd"\n')[0]


@pytest.mark.parametrize("section", [TABLE, INDICATOR.partition("[[indicators]]")[0], REGIONS])
def test_what_is_given_twice_is_told(section: str) -> None:
    sentences = said(ATLAS + REGIONS + TABLE + INDICATOR + section)
    assert any("twice" in sentence and ", line " in sentence for sentence in sentences)


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = changed('level = "gemeente"', 'level = "Gemeente"').replace('theme = "vastgoed"', 'theme = "drugs"')
    sentences = said(text.replace("decimals", "x").replace('kind = "mean"', "kind = 3"))
    assert len(sentences) >= 3
    lines = [int(sentence.split("line ")[1].split(":")[0]) for sentence in sentences]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = \n", "catalog.toml, line 1: this is not TOML: invalid value at column 5"),
        ("[atlas]\n\nid = 'a\n", "catalog.toml, line 3: this is not TOML: "),
        ("a = 1\na = 2\n", 'catalog.toml, line 2: "a" stands twice above the first table; a key may stand once'),
        (
            "[atlas]\nid = 'a'\n[[tables]]\nid = 'b'\n id= 'c'\n",
            'catalog.toml, line 5: "id" stands twice in [[tables]]; a key may stand once',
        ),
        ("a = " + "[" * 5000 + "]" * 5000, "catalog.toml: this cannot be read as TOML: brackets stand too deep"),
        ("[x\n", "catalog.toml, line 1: this is not TOML: expected ']' at the end of a table declaration"),
        ("a = [1,\n", "catalog.toml, line 1: this is not TOML: "),
    ],
)
def test_a_text_that_is_not_toml_is_one_sentence_with_its_line(text: str, sentence: str) -> None:
    [told] = said(text)
    assert told.startswith(sentence)


def test_an_empty_catalog_says_what_it_needs() -> None:
    assert said("") == [
        "catalog.toml: [atlas] is missing; it needs id, title and attribution",
        "catalog.toml: there are no [[regions]]; a map needs at least one level of regions",
    ]


def test_a_catalog_that_cannot_be_read_is_a_sentence() -> None:
    for path, sentence in [
        ("none.toml", "this catalog does not exist"),
        (".", "this is a folder; name the catalog in it"),
    ]:
        with pytest.raises(InputProblems, match=sentence):
            read_catalog(Path(path))
    Path("latin.toml").write_bytes("title = 'é'".encode("latin-1"))
    with pytest.raises(InputProblems, match="a catalog is UTF-8 text, and byte 10 is not; save it as UTF-8"):
        read_catalog(Path("latin.toml"))


def test_a_name_column_alone_means_joining_on_names() -> None:
    table = TABLE.replace('code = "code"', 'name = "Regio"')
    entry = read_catalog(write_catalog(REGIONS, table, INDICATOR)).tables[0]
    assert (entry.joins_on_names, entry.key_column) == (True, "Regio")
    keyed = TABLE.replace('code = "code"', 'code = "Regio"\nkey = "name"')
    entry = read_catalog(write_catalog(REGIONS, keyed, INDICATOR)).tables[0]
    assert (entry.joins_on_names, entry.key_column) == (True, "Regio")


def test_lines_are_found_through_comments_strings_and_inline_tables() -> None:
    text = '''# a comment
title = """
[not.a.table]
"""
list = [ 1, # one
  { a = 1, "b c" = 'x' },
]
[[regions]]  # first
x.y = 1
[[regions]]
"level" = "]"
[regions.sub]
z = 2024-01-01
'''
    lines = key_lines(text)
    assert lines["title",] == 2
    assert lines["list", 1, "b c"] == 6
    assert lines["regions", 0, "x", "y"] == 9
    assert lines["regions", 1, "level"] == 11
    assert lines["regions", 1, "sub", "z"] == 13


scalars = st.one_of(st.integers(-9, 9), st.booleans(), st.text(alphabet="ab#]}\"'=,é", max_size=5))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


def as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(as_toml, value)) + "]"
    return '"' + value.replace('"', '\\"') + '"' if isinstance(value, str) else str(value)


def ways(value: object, path: Key) -> list[Key]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(way for key, part in inner for way in ways(part, (*path, key)))]


@given(st.dictionaries(st.sampled_from(["k", "m", "n"]), values, max_size=3))
def test_every_key_of_any_toml_has_a_line(data: dict[str, object]) -> None:
    text = "".join(f"{key} = {as_toml(value)}\n" for key, value in data.items())
    parsed = tomllib.loads(text)
    assert parsed == data
    assert set(key_lines(text)) == {way for way in ways(parsed, ()) if way}


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999"])
@pytest.mark.parametrize("where", ["style = { breaks = [1.0, NUMBER] }\n", "style.breaks = [NUMBER, 2]\n"])
def test_a_number_without_end_is_refused_wherever_it_stands(where: str, number: str) -> None:
    sentences = said(ATLAS + REGIONS + TABLE + INDICATOR + where.replace("NUMBER", number))
    [endless] = [sentence for sentence in sentences if "must hold ordinary numbers" in sentence]
    assert endless == f"catalog.toml, line 33: breaks holds {float(number)}, and must hold ordinary numbers"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('title = "Klein"', 'title = ""', 'line 4: title.nl = "" must be a text that is not empty'),
        (
            'title = "Klein"',
            'title = { nl = "Klein", en = " " }',
            'line 4: title.en = " " must be a text that is not empty',
        ),
        ('"Bron: verzonnen"', '" "', 'line 5: attribution = " " must be a text that is not empty'),
        ('code = "code"', 'code = " "', 'line 12: code = " " must be a text that is not empty'),
        ('title = "Vastgoed"', 'title = "\\t"', "must be a text that is not empty"),
    ],
)
def test_a_blank_text_is_an_error(old: str, new: str, sentence: str) -> None:
    [told] = said(changed(old, new))
    assert sentence in told


def test_a_figure_may_have_no_unit() -> None:
    assert read_catalog(write_catalog(REGIONS, TABLE, INDICATOR.replace("x 1000 euro", ""))).indicators[0].unit.nl == ""
