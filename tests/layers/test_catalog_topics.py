"""What a catalog may say of breakdowns, measures, rules, panels, flows and products, and what it is told when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.atlas import Text
from layers.catalog import Catalog, read_catalog
from layers.problems import InputProblems
from tests.layers.make import ATLAS, REGIONS, TABLE

pytestmark = pytest.mark.usefixtures("folder")

TOPICS = """
[[themes]]
id = "drugs"
title = "Drugs"

[[dimensions]]
id = "drugsfeit"
title = "Drugsfeit"
codes = [
  { id = "alle", title = { nl = "Alle drugsfeiten", en = "All drugs offences" }, is = ["Totaal"] },
  { id = "hard", title = "Harddrugs" },
]

[[indicators]]
id = "drugsdelicten"
theme = "drugs"
title = "Drugsdelicten"
kind = "count"
column = "delicten"
dimensions = ["drugsfeit"]
protect = "drempel-5"
compare = "nederland"
change = 5

[[indicators.measures]]
id = "per-1000-inwoners"
kind = "rate"
of = "inwoners"
title = "per 1.000 inwoners"
first = true

[protect.drempel-5]
least = 5
round_to = 5

[[panels]]
id = "verdachten"
theme = "drugs"
title = "Verdachten"
view = "bar"
columns = [
  { id = "drugsfeit", kind = "dimension" },
  { id = "jaar", kind = "year" },
  { id = "aandeel", kind = "number", unit = "%", decimals = 1 },
]

[[flows]]
id = "woon-pleeg"
theme = "drugs"
title = "Van woongemeente naar pleeggemeente"
origin = "woongemeente"
destination = "pleeggemeente"
columns = { origin = "woon", destination = "pleeg", value = "verdachten" }

[[tables]]
id = "paren"
source = "paren.csv"
for = "woon-pleeg"
level = "gemeente"
year_column = "jaar"

[[products]]
id = "D2"
theme = "drugs"
title = "Woon- en pleeggemeente"
kind = "flow"
flows = ["woon-pleeg"]
indicators = ["drugsdelicten"]
panels = ["verdachten"]
needs = "Een tabel met de kolommen woon, pleeg, jaar en verdachten."
"""
WHOLE = ATLAS + REGIONS + TABLE + TOPICS


def catalog(text: str = WHOLE, **others: str) -> Catalog:
    for name, other in others.items():
        Path(f"{name}.toml").write_text(other, encoding="utf-8")
    Path("catalog.toml").write_text(text, encoding="utf-8")
    return read_catalog(Path("catalog.toml"))


def said(text: str, **others: str) -> list[str]:
    with pytest.raises(InputProblems) as caught:
        catalog(text, **others)
    return [str(problem) for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new, 1)


def test_a_catalog_of_topics_is_read_into_its_entries() -> None:
    read = catalog()
    [topic] = read.indicators
    assert (topic.dimensions, topic.compare, topic.change, topic.measures[0].of) == (
        ("drugsfeit",),
        "nederland",
        5,
        "inwoners",
    )
    assert read.dimensions[0].codes[0].is_ == ("Totaal",)
    assert read.protect["drempel-5"].round_to == 5
    assert [table.id for table in read.tables] == ["figures"]
    assert [(table.id, table.for_) for table in read.supplied] == [("paren", "woon-pleeg")]
    assert read.panels[0].columns[2].unit == Text(nl="%")
    assert read.products[0].flows == ("woon-pleeg",)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'dimensions = ["drugsfeit"]',
            'dimensions = ["drugsfiet"]',
            'dimension = "drugsfiet" does not exist (did you mean "drugsfeit"?); the dimensions are drugsfeit',
        ),
        (
            'protect = "drempel-5"',
            'protect = "drempel"',
            'protect = "drempel" does not exist (did you mean "drempel-5"?); the rules are drempel-5',
        ),
        ("least = 5", "leest = 5", 'unknown key "leest" in [protect.drempel-5] (did you mean "least"?)'),
        ("least = 5", "least = 1", "least = 1 must be 2 or more"),
        (
            'for = "woon-pleeg"',
            'for = "woonpleeg"',
            (
                'for = "woonpleeg" does not exist (did you mean "woon-pleeg"?); '
                "the panels and flows are verdachten, woon-pleeg"
            ),
        ),
        (
            'level = "gemeente"\nyear_column',
            "year_column",
            'a table for the flow "woon-pleeg" needs level, the level of its regions',
        ),
        (
            'year_column = "jaar"\n\n[[products]]',
            "\n[[products]]",
            'a table for the flow "woon-pleeg" needs year or year_column',
        ),
        (
            'for = "woon-pleeg"',
            'for = "verdachten"',
            'level is for figures per region, and "verdachten" is a panel',
        ),
        (
            'panels = ["verdachten"]',
            'panels = ["verdachte"]',
            'panel = "verdachte" does not exist (did you mean "verdachten"?); the panels are verdachten',
        ),
        (
            'id = "D2"',
            'id = "D 2"',
            'id = "D 2" is no id of a product: it holds letters, digits and hyphens, such as "V1"',
        ),
        (
            'needs = "Een tabel met de kolommen woon, pleeg, jaar en verdachten."',
            "",
            '[[products]] needs the key "needs"',
        ),
        (
            'id = "woon-pleeg"\ntheme',
            'id = "verdachten"\ntheme',
            'id = "verdachten" is also the id of a panel; tables name either, so they must differ',
        ),
        (
            'of = "inwoners"\n',
            "",
            'measure "per-1000-inwoners" needs of, what the rate is taken over: a column or an indicator',
        ),
        (
            'kind = "count"',
            'kind = "mean"',
            'a share or rate is made of a count or sum, and this is of kind "mean"',
        ),
        (
            'column = "delicten"',
            'from = [{ column = "hard", codes = { drugsfeit = "zacht" } }]',
            'drugsfeit = "zacht" does not exist; the codes are alle, hard',
        ),
        (
            'column = "delicten"',
            'from = [{ column = "hard", codes = { feit = "hard" } }]',
            'the indicator has no dimension "feit" (did you mean "drugsfeit"?); it has drugsfeit',
        ),
        ("codes = [\n", "open = 3\ncodes = [\n", "open = 3 must be true or false, without quotes"),
        (
            '{ id = "hard", title = "Harddrugs" }',
            '{ id = "alle", title = "Harddrugs" }',
            'code "alle" stands twice in codes of "drugsfeit"; a code stands once',
        ),
        (
            '{ id = "jaar", kind = "year" }',
            '{ id = "aandeel", kind = "year" }',
            'column "aandeel" stands twice in columns of "verdachten"; a column stands once',
        ),
        (
            '{ id = "drugsfeit", kind = "dimension" }',
            '{ id = "drugsfeit", kind = "dimension", unit = "%" }',
            'column "drugsfeit": unit goes with kind = "number"',
        ),
        (
            'title = "Klein"',
            'title = "Klein"\ninclude = "theme:drugs"',
            'unknown key "include" in [atlas] (include stands above the first table)',
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_is_allowed(old: str, new: str, sentence: str) -> None:
    told = said(changed(old, new))
    assert any(sentence in line and line.startswith("catalog.toml, line ") for line in told), told


# ---- files that include others

BASE = """
[[themes]]
id = "drugs"
title = "Drugs"

[[indicators]]
id = "drugsdelicten"
theme = "drugs"
title = { nl = "Drugsdelicten", en = "Drugs offences" }
kind = "count"
column = "delicten"
caveat = "Registratie volgt de inzet van de politie."
"""
MAIN = 'include = ["basis.toml"]\n' + ATLAS + REGIONS + TABLE


def test_an_included_file_brings_its_entries() -> None:
    read = catalog(MAIN, basis=BASE)
    assert [indicator.id for indicator in read.indicators] == ["drugsdelicten"]
    assert ("indicators", 0) in read.included
    assert read.problem(("indicators", 0, "column"), "x").file == "basis.toml"
    assert read.problem(("indicators", 0, "column"), "x").line == 11


def test_an_entry_with_the_same_id_replaces_single_keys() -> None:
    own = '\n[[indicators]]\nid = "drugsdelicten"\ntitle = "Feiten"\n'
    read = catalog(MAIN + own, basis=BASE)
    [indicator] = read.indicators
    assert (indicator.title, indicator.column) == (Text(nl="Feiten"), "delicten")
    assert ("indicators", 0) in read.included
    assert read.problem(("indicators", 0, "title", "nl"), "x").file == "catalog.toml"
    assert read.problem(("indicators", 0, "caveat"), "x").file == "basis.toml"


def test_an_indicator_whose_column_the_catalog_names_itself_is_its_own() -> None:
    read = catalog(MAIN + '\n[[indicators]]\nid = "drugsdelicten"\ncolumn = "feiten"\n', basis=BASE)
    assert read.included == {("themes", 0)}


def test_a_later_file_goes_before_an_earlier_one_and_files_may_include_files() -> None:
    later = 'include = "basis.toml"\n[[indicators]]\nid = "drugsdelicten"\ncolumn = "later"\n'
    read = catalog(MAIN.replace('["basis.toml"]', '["later.toml", "basis.toml"]'), basis=BASE, later=later)
    assert [(indicator.id, indicator.column) for indicator in read.indicators] == [("drugsdelicten", "later")]


def test_rules_are_replaced_key_by_key() -> None:
    own = "\n[protect.x]\nleast = 7\n"
    read = catalog(MAIN + own, basis=BASE + "\n[protect.x]\nleast = 5\nround_to = 5\n")
    assert (read.protect["x"].least, read.protect["x"].round_to) == (7, 5)


def test_sources_of_a_file_in_a_folder_are_found_from_that_folder() -> None:
    Path("thema").mkdir()
    Path("thema/basis.toml").write_text(BASE + TABLE.replace('"figures"', '"other"'), encoding="utf-8")
    read = catalog(MAIN.replace("basis.toml", "thema/basis.toml"))
    assert [table.source for table in read.tables] == ["thema/figures.csv", "figures.csv"]


@pytest.mark.parametrize(
    ("main", "base", "sentence"),
    [
        (
            MAIN,
            BASE.replace("count", "cuont"),
            'basis.toml, line 10: kind = "cuont" is not known (did you mean "count"?)',
        ),
        (MAIN, BASE + "\n[[themes]]\nid = 'drugs'\ntitle = 'x'\n", 'basis.toml, line 15: id = "drugs" is used twice'),
        (MAIN, BASE + "x = = 1", "basis.toml, line 13: this is not TOML: "),
        (
            MAIN.replace("basis", "bases"),
            BASE,
            'catalog.toml, line 1: include "bases.toml": this file does not exist (did you mean "basis.toml"?)',
        ),
        (
            MAIN.replace("basis.toml", "theme:druk"),
            BASE,
            'catalog.toml, line 1: include "theme:druk": there is no such theme',
        ),
        (
            MAIN,
            'include = "catalog.toml"\n' + BASE,
            'basis.toml, line 1: include "catalog.toml" goes round in a circle',
        ),
        (
            MAIN.replace('["basis.toml"]', "3"),
            BASE,
            "catalog.toml, line 1: include is a list of texts, such as include = ",
        ),
        (
            MAIN + '\n[[indicators]]\nid = "drugsdelicten"\nkind = "cuont"\n',
            BASE,
            'catalog.toml, line 25: kind = "cuont" is not known',
        ),
    ],
)
def test_a_mistake_is_told_with_the_file_it_stands_in(main: str, base: str, sentence: str) -> None:
    told = said(main, basis=base)
    assert any(line.startswith(sentence) for line in told), told
