from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest

from layers.errors import NotInAtlas
from layers.prepare import Prepared
from layers.store import Atlas
from layers.tileset import Tileset
from tests.layers.make_atlas_files import publish, small
from tests.tiles.decoders import MLT, Decoders
from tiles.archive import TileArchive
from tiles.encoding import Encoding
from tiles.grid import Grid, GridName, TileCoord
from tiles.joined import write_joined


@pytest.fixture
def source(folder: Path) -> Prepared:
    del folder
    return small()


@pytest.fixture
def atlas(source: Prepared) -> Atlas:
    publish(Path("atlas"), source)
    return Atlas.open(Path("atlas"))


def coord(z: int) -> TileCoord:
    """The tile with the small map in it, east of its first square."""
    return Grid.named(GridName.WEB_MERCATOR).at(600_600.0, 6_811_000.0, z)


def properties(tileset: Tileset, layer: str, z: int = 8) -> dict[str, dict[str, Any]]:
    """By code: the attributes of the features of a layer, over the tiles around the small map."""
    found: dict[str, dict[str, Any]] = {}
    middle = coord(z)
    for x in (middle.x - 1, middle.x, middle.x + 1):
        for y in (middle.y - 1, middle.y, middle.y + 1):
            tile = tileset.tile(TileCoord(z, x, y))
            if tile is not None:
                features = mapbox_vector_tile.decode(gzip.decompress(tile)).get(layer, {"features": []})["features"]
                found |= {feature["properties"]["code"]: feature["properties"] for feature in features}
    return found


def test_a_tile_carries_code_name_regions_around_and_a_figure_or_its_reason(atlas: Atlas) -> None:
    tileset = Tileset(atlas, "vastgoed-2022")
    assert properties(tileset, "gemeente") == {
        "GM9901": {"code": "GM9901", "name": "Aardhuizen", "woz_waarde": 250, "soort": "stad"},
        "GM9902": {"code": "GM9902", "name": "Boterveen", "woz_waarde": 300, "soort": "stad"},
        "GM9903": {
            "code": "GM9903",
            "name": "Chaamdijk",
            "woz_waarde_status": "withheld",
            "soort_status": "withheld",
        },
    }
    wijken = properties(tileset, "wijk")
    assert wijken["WK990201"] == {
        "code": "WK990201",
        "name": "Plaats 2",
        "gemeente": "GM9902",
        "woz_waarde": 0,
        "soort": "stad",
    }
    assert wijken["WK990301"]["woz_waarde_status"] == "not-yet-published"


def test_numbers_without_decimals_are_whole_and_others_are_not(source: Prepared) -> None:
    publish(Path("a"), source, decimals=0)
    publish(Path("b"), source, decimals=1)
    whole, broken = Tileset(Atlas.open(Path("a")), "vastgoed-2022"), Tileset(Atlas.open(Path("b")), "vastgoed-2022")
    assert isinstance(properties(whole, "gemeente")["GM9901"]["woz_waarde"], int)
    assert isinstance(properties(broken, "gemeente")["GM9901"]["woz_waarde"], float)
    assert whole.versions != broken.versions


def with_symbols(atlas: Atlas) -> Atlas:
    """The same atlas, in which ``woz-waarde`` is drawn as symbols."""
    first, *others = atlas.facts.indicators
    drawn = (first.model_copy(update={"drawn": "symbols"}), *others)
    return Atlas(atlas.folder, atlas.facts.model_copy(update={"indicators": drawn}))


def test_labels_carry_what_is_drawn_as_symbols(atlas: Atlas) -> None:
    fills, symbols = Tileset(atlas, "vastgoed-2022"), Tileset(with_symbols(atlas), "vastgoed-2022")
    before, after = properties(fills, "labels"), properties(symbols, "labels")
    assert {code: (found.get("woz_waarde"), found.get("woz_waarde_status")) for code, found in after.items()} == {
        "GM9901": (250, None),
        "GM9902": (300, None),
        "GM9903": (None, "withheld"),
        "WK990101": (251, None),
        "WK990201": (0, None),
        "WK990301": (None, "not-yet-published"),
    }
    assert {code: {key: found[key] for key in before[code]} for code, found in after.items()} == before
    assert fills.versions[Encoding.MVT] != symbols.versions[Encoding.MVT]
    assert set(symbols.fields["labels"]) == {"level", "code", "name", "rank", "woz_waarde", "woz_waarde_status"}
    assert properties(symbols, "wijk") == properties(fills, "wijk")


def test_labels_with_symbols_are_the_same_in_both_encodings_and_have_the_ids_of_their_regions(
    atlas: Atlas, decoders: Decoders
) -> None:
    tileset = Tileset(with_symbols(atlas), "vastgoed-2022")
    regions = atlas.regions(2022)
    id_by_code = dict(zip(regions.code, regions.id.tolist(), strict=True))
    seen = 0
    for one in tileset.archives[Encoding.MVT].coords():
        mvt, mlt = (gzip.decompress(tileset.tile(one, encoding) or b"") for encoding in (Encoding.MVT, Encoding.MLT))
        expected = decoders.decoded("mvt", mvt)
        for decoder in MLT:
            assert decoders.decoded(decoder, mlt) == expected
        for feature in expected.get("labels", {"features": []})["features"]:
            assert feature["id"] == id_by_code[feature["properties"]["code"]]
            seen += 1
    assert seen >= len(regions)


@pytest.mark.parametrize("indicators", [(), ("woz-waarde",), ("soort",), ("woz-waarde", "soort")])
def test_a_choice_of_figures_is_equal_byte_for_byte_to_a_static_archive_of_them(
    atlas: Atlas, indicators: tuple[str, ...]
) -> None:
    atlas = with_symbols(atlas)
    facts = atlas.tileset("vastgoed-2022").model_copy(update={"indicators": indicators})
    tileset = Tileset(atlas, facts)
    for encoding in Encoding:
        path = Path(f"static.{encoding}.pmtiles")
        write_joined(tileset.archives[encoding], path, tileset.attributes)
        archive = TileArchive.open(path)
        coords = list(archive.coords())
        assert coords == list(tileset.archives[encoding].coords())
        assert [archive.unpacked(coord) for coord in coords] == [
            gzip.decompress(tileset.tile(coord, encoding) or b"") for coord in coords
        ]


def test_a_tileset_of_regions_has_no_figures(atlas: Atlas) -> None:
    tileset = Tileset(atlas, "gebieden-2022")
    assert properties(tileset, "wijk")["WK990101"] == {"code": "WK990101", "name": "Plaats 1", "gemeente": "GM9901"}


def test_the_fields_of_tilejson_are_those_in_the_tiles(atlas: Atlas) -> None:
    tileset = Tileset(atlas, "vastgoed-2022")
    assert set(tileset.fields) == {"gemeente", "wijk", "grenzen", "labels"}
    for layer in ("gemeente", "wijk"):
        seen = {name for region in properties(tileset, layer).values() for name in region}
        assert seen <= set(tileset.fields[layer])
    assert tileset.fields["wijk"]["woz_waarde"] == "woz-waarde (euro)"


def test_zooms_and_bounds_are_those_of_the_archive(atlas: Atlas) -> None:
    tileset = Tileset(atlas, "vastgoed-2022")
    assert (tileset.minzoom, tileset.maxzoom) == (0, 8)
    assert tileset.bounds == pytest.approx(atlas.edition(2022).bounds, abs=0.01)


def test_where_there_is_nothing_there_is_no_tile(atlas: Atlas) -> None:
    assert Tileset(atlas, "vastgoed-2022").tile(TileCoord(8, 0, 0)) is None


def test_a_tile_as_mlt_has_the_features_of_the_same_tile_as_mvt(atlas: Atlas, decoders: Decoders) -> None:
    tileset = Tileset(atlas, "vastgoed-2022")
    tiles = [coord for coord in tileset.archives[Encoding.MLT].coords() if coord.z > 4]
    assert tiles
    for one in tiles:
        mvt, mlt = (gzip.decompress(tileset.tile(one, encoding) or b"") for encoding in (Encoding.MVT, Encoding.MLT))
        expected = decoders.decoded("mvt", mvt)
        for decoder in MLT:
            assert decoders.decoded(decoder, mlt) == expected


def test_an_atlas_of_before_there_was_mlt_has_mvt_only(source: Prepared) -> None:
    facts = publish(Path("old"), source)
    [edition] = facts.editions
    manifest = json.loads(Path("old/atlas.json").read_text())
    del manifest["editions"][0]["mlt"]
    Path("old/atlas.json").write_text(json.dumps(manifest))
    assert edition.mlt is not None
    (Path("old") / edition.mlt.path).unlink()
    tileset = Tileset(Atlas.open(Path("old")), "vastgoed-2022")
    assert list(tileset.versions) == [Encoding.MVT]
    assert properties(tileset, "wijk")["WK990201"]["woz_waarde"] == 0


def test_tiles_and_versions_are_the_same_for_the_same_atlas_and_every_thread(atlas: Atlas, source: Prepared) -> None:
    publish(Path("again"), source)
    first, second = Tileset(atlas, "vastgoed-2022"), Tileset(Atlas.open(Path("again")), "vastgoed-2022")
    assert first.versions == second.versions
    middle = next(x for x in first.archives[Encoding.MVT].coords() if x.z == 8)
    with ThreadPoolExecutor(8) as threads:
        tiles = set(threads.map(lambda _: first.tile(middle), range(32)))
    assert tiles == {second.tile(middle)}


def test_the_version_tells_tilesets_apart(atlas: Atlas) -> None:
    assert Tileset(atlas, "vastgoed-2022").versions != Tileset(atlas, "gebieden-2022").versions


def test_an_unknown_tileset_is_a_sentence(atlas: Atlas) -> None:
    with pytest.raises(NotInAtlas, match=r'^the atlas has no tileset "drugs-2022"$'):
        Tileset(atlas, "drugs-2022")
