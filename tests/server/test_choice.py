"""Tiles with figures that the address names: ``?indicators=a,b`` and ``&year=``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest

from layers.store import Atlas
from server.app import open_app
from server.choice import MOST, chosen
from server.errors import BadRequest
from server.settings import Settings
from server.site import Site
from tests.server.client import ORIGIN, Answer, Client

MIDDLE = "8/131/84"
BOTH = "koopwoningen,gemiddelde-woz-waarde"


@pytest.fixture(scope="module")
def client(settings: Settings, atlas_folder: Path) -> Client:
    return Client(open_app(settings, atlas_folder))


def gemeente(answer: Answer) -> dict[str, Any]:
    """The attributes of Westdam in a tile."""
    assert answer.status == 200, answer.text
    features = mapbox_vector_tile.decode(answer.raw)["gemeente"]["features"]
    return next(f["properties"] for f in features if f["properties"]["code"] == "GM9901")


def refused(client: Client, path: str) -> str:
    """The sentence of a request that is refused; as TileJSON and as a tile it is the same."""
    layer, _, query = path.partition("?")
    answers = [client.get(f"/tiles/{layer}?{query}"), client.get(f"/tiles/{layer}/{MIDDLE}?{query}")]
    assert [answer.status for answer in answers] == [400, 400]
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    [detail] = {answer.json()["detail"] for answer in answers}
    return str(detail)


def test_a_tileset_of_a_theme_has_the_figures_that_are_named_and_no_others(client: Client) -> None:
    found = gemeente(client.get(f"/tiles/vastgoed-2022/{MIDDLE}?indicators=gemiddelde-woz-waarde"))
    assert found == {"code": "GM9901", "name": "Westdam", "gemiddelde_woz_waarde": 251.5}


def test_borders_have_figures_of_a_year_when_asked(client: Client) -> None:
    found = gemeente(client.get(f"/tiles/gebieden-2022/{MIDDLE}?indicators=gemiddelde-woz-waarde&year=2021"))
    assert found == {"code": "GM9901", "name": "Westdam", "gemiddelde_woz_waarde": 240.5}


def test_the_order_of_the_names_and_the_tileset_they_hang_on_change_nothing(client: Client) -> None:
    paths = (
        f"/tiles/vastgoed-2022/{MIDDLE}",
        f"/tiles/vastgoed-2022/{MIDDLE}?indicators={BOTH}",
        f"/tiles/vastgoed-2022/{MIDDLE}?indicators=gemiddelde-woz-waarde,koopwoningen,koopwoningen&year=2022",
        f"/tiles/gebieden-2022/{MIDDLE}?year=2022&indicators=gemiddelde-woz-waarde%2Ckoopwoningen",
    )
    answers = [client.get(path) for path in paths]
    assert len({answer.raw for answer in answers}) == 1
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert isinstance(client.app, Site)
    kept: list[Any] = list(client.app.atlases[0].snapshot.cache)
    assert len([key for key in kept if key[0] == (2022, 2022, tuple(BOTH.split(",")))]) == 1


def test_tilejson_names_tiles_with_the_same_figures_for_ever(client: Client) -> None:
    for layer, query in (
        ("vastgoed-2022", "indicators=koopwoningen"),
        ("gebieden-2022", f"indicators={BOTH}&year=2022"),
        ("gebieden-2022", "year=2021&indicators=gemiddelde-woz-waarde"),
    ):
        document = client.get(f"/tiles/{layer}?{query}").json()
        [address] = document["tiles"]
        assert address.startswith(f"{ORIGIN}/tiles/{layer}/{{z}}/{{x}}/{{y}}?")
        path = address.removeprefix(ORIGIN).replace("{z}/{x}/{y}", MIDDLE)
        answer = client.get(path)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.raw == client.get(f"/tiles/{layer}/{MIDDLE}?{query}").raw
        fields = next(found["fields"] for found in document["vector_layers"] if found["id"] == "gemeente")
        assert set(gemeente(answer)) <= set(fields)


def test_tilejson_of_a_choice_in_another_order_is_the_same(client: Client) -> None:
    asked = [
        f"/tiles/gebieden-2022?f=mlt&year=2022&indicators={names}"
        for names in (BOTH, "gemiddelde-woz-waarde,koopwoningen")
    ]
    first, second = (client.get(path).json() for path in asked)
    assert first == second
    assert f"?f=mlt&indicators={BOTH}&year=2022&v=" in first["tiles"][0]


def test_what_is_not_there_is_refused_with_what_is(client: Client) -> None:
    assert refused(client, "vastgoed-2022?indicators=koopwoning") == (
        'indicators has "koopwoning", but for 2022 on the borders of 2022 there are koopwoningen and gemiddelde-woz-waarde.'
    )
    assert refused(client, "gebieden-2022?indicators=koopwoningen&year=2023") == (
        'year is "2023", but in gebieden-2022 there are 2021 and 2022.'
    )
    assert refused(client, "gebieden-2022?indicators=koopwoningen") == (
        "year is missing: on the borders of 2022 there are 2021 and 2022."
    )
    assert refused(client, "vastgoed-2022?indicators=koopwoningen&year=2021") == (
        'year is "2021", but in vastgoed-2022 there is only 2022.'
    )
    assert refused(client, "gebieden-2022?year=2022").startswith("year goes with indicators: name some, such as ")
    assert 'indicators has "", but' in refused(client, "vastgoed-2022?indicators=")


def test_a_tile_holds_no_more_indicators_than_is_sane(atlas_folder: Path) -> None:
    facts = Atlas.open(atlas_folder).facts
    first = facts.indicators[0]
    many = [first.model_copy(update={"id": f"indicator-{number}"}) for number in range(MOST + 1)]
    facts = facts.model_copy(update={"indicators": tuple(many)})
    tileset = next(tileset for tileset in facts.tilesets if tileset.id == "vastgoed-2022")
    assert len(chosen(facts, tileset, {"indicators": ",".join(i.id for i in many[1:])}).indicators) == MOST
    with pytest.raises(BadRequest, match=f"names {MOST + 1}, but a tile holds at most {MOST}"):
        chosen(facts, tileset, {"indicators": ",".join(i.id for i in many)})


def test_the_documents_of_a_choice_are_json_that_others_read(client: Client) -> None:
    document = json.loads(client.get(f"/tiles/gebieden-2022?indicators={BOTH}&year=2022").raw)
    assert document["tilejson"] == "3.0.0"
    assert document["name"] == "Proefland: Gebieden 2022"
