"""An atlas with topics, panels, flows and products: what the manifest says, and what its files hold."""

from __future__ import annotations

import re

import pytest

from layers.errors import BadAtlas, NotInAtlas
from layers.store import Atlas
from server.build import BuildReport, build
from server.listing import atlas_as_text
from tests.server.make_atlas import CATALOG, write_sources

TOPICS = """
[[dimensions]]
id = "feit"
title = { nl = "Feit", en = "Offence" }
codes = [{ id = "alle", title = "Alle feiten" }, { id = "hard", title = "Harddrugs" }, { id = "nooit", title = "Nooit" }]

[[tables]]
id = "delicten"
source = "delicten.csv"
level = "gemeente"
year_column = "jaar"
code = "code"

[[indicators]]
id = "delicten"
theme = "vastgoed"
title = { nl = "Delicten", en = "Offences" }
unit = "delicten"
kind = "count"
column = "delicten"
dimensions = ["feit"]
compare = "nederland"
change = 1
definition = "Wat er is opgeschreven."
base = "Alle inwoners."
reference_date = "Het hele jaar."

[[indicators.measures]]
id = "per-1000"
kind = "rate"
of = "inwoners"
title = "per 1.000 inwoners"
first = true

[[panels]]
id = "leeftijd"
theme = "vastgoed"
title = "Leeftijd"
view = "bar"
columns = [{ id = "feit", kind = "dimension" }, { id = "aantal", kind = "number" }]

[[tables]]
id = "p"
source = "p.csv"
for = "leeftijd"

[[flows]]
id = "woon-pleeg"
theme = "vastgoed"
title = "Van hier naar daar"
origin = "woongemeente"
destination = "pleeggemeente"
absent = "zero"
columns = { origin = "van", destination = "naar", value = "n" }

[[tables]]
id = "f"
source = "f.csv"
for = "woon-pleeg"
level = "gemeente"
year = 2022

[[products]]
id = "D1"
theme = "vastgoed"
title = "Delicten"
kind = "table"
indicators = ["delicten"]
panels = ["leeftijd"]
flows = ["woon-pleeg"]
needs = "Een tabel met delicten."
"""
DELICTEN = """code,jaar,feit,delicten,inwoners
GM9901,2022,alle,20,4000
GM9902,2022,alle,.,2000
NL01,2022,alle,100,25000
GM9901,2021,alle,10,4000
GM9902,2021,alle,7,2000
GM9901,2022,hard,4,4000
GM9902,2022,hard,0,2000
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Atlas, BuildReport]:
    folder = tmp_path_factory.mktemp("topics")
    source = write_sources(folder / "in", catalog=CATALOG + TOPICS)
    (folder / "in" / "delicten.csv").write_text(DELICTEN)
    (folder / "in" / "p.csv").write_text("feit,aantal\nhard,x\nalle,0\n")
    (folder / "in" / "f.csv").write_text("van,naar,n\nGM9902,GM9901,3\nGM9901,GM9901,.\nGM1234,GM9901,8\n")
    report = build(source, folder / "atlas")
    return Atlas.open(folder / "atlas"), report


def test_a_topic_names_its_indicators_and_their_measures(built: tuple[Atlas, BuildReport]) -> None:
    atlas, _ = built
    [topic] = [topic for topic in atlas.facts.topics if topic.id == "delicten"]
    assert [measure.id for measure in topic.measures] == ["per-1000", "aantal", "index", "verandering"]
    assert topic.indicators == (
        "delicten",
        "delicten-hard",
        "delicten-aantal",
        "delicten-hard-aantal",
        "delicten-index",
        "delicten-verandering",
    )
    assert [topic.id for topic in atlas.facts.topics] == ["koopwoningen", "gemiddelde-woz-waarde", "delicten"]
    assert {indicator.topic for indicator in atlas.facts.indicators} == {topic.id for topic in atlas.facts.topics}


def test_indicators_say_what_they_are_about(built: tuple[Atlas, BuildReport]) -> None:
    atlas, _ = built
    hard = atlas.indicator("delicten-hard-aantal")
    assert (hard.title.nl, hard.measure, hard.breakdown) == ("Delicten: Harddrugs, aantal", "aantal", {"feit": "hard"})
    first = atlas.indicator("delicten")
    assert (first.kind, first.unit.nl, first.decimals) == ("rate", "per 1.000", 1)
    assert [(figure.year, figure.value) for figure in first.national] == [(2022, 4.0)]
    texts = (first.definition, first.base, first.reference_date)
    assert [text.nl for text in texts if text] == ["Wat er is opgeschreven.", "Alle inwoners.", "Het hele jaar."]
    assert (atlas.indicator("delicten-index").middle, atlas.indicator("delicten-verandering").middle) == (100.0, 0.0)


def test_figures_of_measures_are_made_of_published_ones(built: tuple[Atlas, BuildReport]) -> None:
    atlas, _ = built

    def figures(name: str) -> list[float | str | None]:
        published = atlas.published(name, "gemeente", 2022)
        return [status or value for value, status in zip(published.values(), published.statuses(), strict=True)]

    assert figures("delicten") == [5.0, "withheld"]
    assert figures("delicten-index") == [125.0, "withheld"]
    assert figures("delicten-verandering") == [2.5, "withheld"]


def test_a_theme_s_tileset_holds_the_first_indicator_of_each_topic(built: tuple[Atlas, BuildReport]) -> None:
    atlas, _ = built
    assert atlas.tileset("vastgoed-2022").indicators == ("koopwoningen", "gemiddelde-woz-waarde", "delicten")
    assert {series.tileset for series in atlas.indicator("delicten-hard").series} == {"vastgoed-2022"}


def test_dimensions_have_the_codes_that_something_is_about(built: tuple[Atlas, BuildReport]) -> None:
    atlas, _ = built
    [feit] = atlas.facts.dimensions
    assert [code.id for code in feit.codes] == ["alle", "hard"]


def test_panels_and_flows_are_read_back_with_their_reasons(built: tuple[Atlas, BuildReport]) -> None:
    atlas, _ = built
    rows = atlas.table("leeftijd")
    assert rows.keys == {"feit": ("alle", "hard")}
    assert (rows.numbers["aantal"].values(), rows.numbers["aantal"].statuses()) == ([0.0, None], [None, "withheld"])
    flow = atlas.flows("woon-pleeg")
    assert list(zip(flow.year.tolist(), flow.origin, flow.destination, strict=True)) == [
        (2022, "GM9901", "GM9901"),
        (2022, "GM9902", "GM9901"),
    ]
    assert (flow.published.values(), flow.published.statuses()) == ([None, 3.0], ["withheld", None])
    facts = atlas.flow_facts("woon-pleeg")
    assert (facts.years, facts.editions, facts.absent) == ((2022,), (2022,), "zero")
    with pytest.raises(NotInAtlas, match='the atlas has no table "leeftijden"'):
        atlas.table("leeftijden")
    with pytest.raises(NotInAtlas, match='the atlas has no flow "woon"'):
        atlas.flows("woon")


def test_a_product_names_what_has_figures_and_what_it_needs(built: tuple[Atlas, BuildReport]) -> None:
    atlas, _ = built
    [product] = atlas.facts.products
    assert (product.topics, product.tables, product.flows) == (("delicten",), ("leeftijd",), ("woon-pleeg",))
    assert product.has_figures
    assert product.needs.nl == "Een tabel met delicten."


def test_the_report_tells_of_topics_panels_and_flows(built: tuple[Atlas, BuildReport]) -> None:
    _, report = built
    told = report.sentences()
    for sentence in (
        "table delicten, gemeente 2022 (alle): 1 row about the Netherlands",
        "delicten, gemeente 2021 to 2022, 2 breakdowns: 5 numbers, 1 withheld, on the borders of 2022",
        "delicten, per-1000, gemeente 2021 to 2022, 2 breakdowns: 5 numbers, 1 withheld, on the borders of 2022",
        "panel leeftijd: 2 rows, 1 number, 1 withheld",
        "flow woon-pleeg, gemeente 2022: 2 pairs, 1 number, 1 withheld",
        '  flow woon-pleeg: 1 row left out, from or to "GM1234": no gemeente of 2022',
        "  delicten, index: no comparison for 2021 (alle), 2022 (hard), since no row about the Netherlands has a figure",
    ):
        assert sentence in told, told


def test_the_listing_names_topics_panels_flows_and_products(built: tuple[Atlas, BuildReport]) -> None:
    atlas, _ = built
    lines = [re.sub(r", [0-9.]+ kB$", "", line) for line in atlas_as_text(atlas.facts).splitlines()]
    assert lines[5:] == [
        "theme vastgoed: Vastgoed",
        "  koopwoningen: Koopwoningen (%): gemeente 2021, 2022; wijk 2022",
        "  gemiddelde-woz-waarde: Gemiddelde WOZ-waarde (x 1000 euro): gemeente 2021, 2022",
        "  topic delicten: Delicten in per 1.000 inwoners, aantal, vergeleken met Nederland, verandering in een jaar by feit",
        "    delicten: Delicten (per 1.000): gemeente 2021, 2022",
        "    delicten-hard: Delicten: Harddrugs (per 1.000): gemeente 2022",
        "    delicten-aantal: Delicten: aantal (delicten): gemeente 2021, 2022",
        "    delicten-hard-aantal: Delicten: Harddrugs, aantal (delicten): gemeente 2022",
        "    delicten-index: Delicten: vergeleken met Nederland (Nederland = 100): gemeente 2022",
        "    delicten-verandering: Delicten: verandering in een jaar (per 1.000): gemeente 2022",
        "  table leeftijd: Leeftijd (feit, aantal)",
        "  flow woon-pleeg: Van hier naar daar: gemeente 2022",
        "  product D1: Delicten: delicten, leeftijd, woon-pleeg",
        "tileset gebieden-2022: no figures",
        "tileset vastgoed-2021: koopwoningen, gemiddelde-woz-waarde, delicten",
        "tileset vastgoed-2022: koopwoningen, gemiddelde-woz-waarde, delicten",
    ]


def test_a_damaged_file_is_told(built: tuple[Atlas, BuildReport]) -> None:
    atlas, _ = built
    path = atlas.path(atlas.facts.tables[0].rows)
    kept = path.read_bytes()
    path.write_bytes(b"x" * len(kept))
    try:
        with pytest.raises(BadAtlas, match="is damaged: build the atlas again"):
            Atlas.open(atlas.folder).table("leeftijd")
        path.unlink()
        with pytest.raises(BadAtlas, match="is missing from the atlas; build it again"):
            Atlas.open(atlas.folder)
    finally:
        path.write_bytes(kept)
