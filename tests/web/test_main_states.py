"""The main states of the viewer look as they were agreed: small pictures of the demo, compared by what is large in them.

``BLESS=1 pytest tests/web/test_main_states.py -k agreed`` renews the pictures; look at them before you commit them. They show the
invented land of the demo. Both pictures are cut into blocks of 40 by 40 pixels of the screen and the mean colors of these are
compared, so that letters and edges that other machines draw otherwise count for little, and another color of a class or an absent
card for much.
"""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import rasterio
from affine import Affine
from numpy.typing import NDArray
from playwright.sync_api import Browser, Route

import server.kaart
from layers.values import Reason
from tests.qgis.pictures import Pixels, read_png
from tests.web.test_viewer import PHONE, Demo, Viewer, a_viewer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TALL: Final = (1280, 1040)
"""A desk with room for the legend below the choices."""

AGREED: Final = Path(__file__).with_name("pictures")
SMALLER: Final = {TALL: 5, PHONE: 2}
"""So many pixels of the screen, wide and high, are one of a picture."""

STEP: Final = 10
"""Of the colors in a picture."""

BLOCK_PX: Final = 40
MOST_ON_AVERAGE: Final = 2.5
MOST_IN_A_BLOCK: Final = 40.0
"""Of 255, in the channel that differs most. Edges a pixel aside stay within, another palette or an absent card does not."""

MOST_BYTES: Final = 200_000
"""Of all pictures together."""


FONTS: Final = Path(server.kaart.__file__).with_name("fonts")
LETTERS: Final = "\n".join(
    f"document.fonts.add(new FontFace('Noto Sans', Uint8Array.from(atob('{b64encode(file.read_bytes()).decode()}'), "
    f"(one) => one.charCodeAt(0)), {{ weight: '{weight}' }}));"
    for weight, file in ((400, FONTS / "NotoSans-Regular.ttf"), (700, FONTS / "NotoSans-Bold.ttf"))
)
"""The letters of the pictures that the server draws, so that those of a machine do not matter."""


@dataclass(frozen=True)
class State:
    """What the viewer shows."""

    path: str
    size: tuple[int, int] = TALL
    options: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def demo(site: str) -> Demo:
    return Demo(site)


def states(demo: Demo) -> dict[str, State]:
    """The main ones by name, without anything that moves."""
    facts = demo.facts
    first_of = {one.theme: one for one in reversed(facts.indicators) if one.drawn == "fill"}
    estate, drugs = first_of["vastgoed"], first_of["drugs"]
    circles = next(one for one in facts.indicators if one.drawn == "symbols")
    withheld, hidden = demo.with_reason(Reason.WITHHELD)
    region, _ = demo.with_number(demo.levels(demo.indicator)[0])
    at = f"?indicator={demo.indicator.id}"
    return {
        "vastgoed": State(f"?indicator={estate.id}"),
        "drugs": State(f"?indicator={drugs.id}"),
        "circles": State(f"?indicator={circles.id}"),
        "crossed": State(f"{at}&kruis={drugs.id},{demo.year(demo.indicator)}"),
        "withheld": State(f"?indicator={withheld.id}&gebied={hidden.code}&niveau={hidden.level}"),
        "card": State(f"{at}&gebied={region.code}&lang=en"),
        "phone": State(at, PHONE, {"has_touch": True, "is_mobile": True}),
        "forced-colors": State(at, options={"forced_colors": "active"}),
    }


NAMES: Final = ("vastgoed", "drugs", "circles", "crossed", "withheld", "card", "phone", "forced-colors")


@contextmanager
def opened(chromium: Browser, site: str, state: State, **options: Any) -> Iterator[Viewer]:
    with a_viewer(chromium, site, state.size, reduced_motion="reduce", **state.options, **options) as viewer:
        viewer.page.add_init_script(LETTERS)
        yield viewer


def rest(viewer: Viewer, state: State) -> None:
    """Open a state and wait until nothing comes any more."""
    viewer.open(state.path)
    viewer.page.wait_for_timeout(500)  # what the card and the legend read
    viewer.settle()


def picture(viewer: Viewer, state: State) -> Pixels:
    """What is seen now, small."""
    return shrunk(read_png(viewer.page.screenshot()), SMALLER[state.size])


def seen(viewer: Viewer, state: State) -> Pixels:
    rest(viewer, state)
    return picture(viewer, state)


def shrunk(pixels: Pixels, times: int) -> Pixels:
    """The mean color of each square of pixels, in steps, which packs well."""
    small: Pixels = np.minimum(np.rint(means(pixels, times) / STEP) * STEP, 255).astype(np.uint8)
    return small


def means(pixels: Pixels, side: int) -> NDArray[np.float64]:
    high, wide = pixels.shape[0] // side, pixels.shape[1] // side
    squares = pixels[: high * side, : wide * side].reshape(high, side, wide, side, 3)
    mean: NDArray[np.float64] = squares.mean(axis=(1, 3))
    return mean


def differences(one: Pixels, other: Pixels, times: int) -> tuple[float, float]:
    """On average, and in the block that differs most."""
    if one.shape != other.shape:
        return 255.0, 255.0
    side = BLOCK_PX // times
    apart = np.abs(means(one, side) - means(other, side)).max(axis=-1)
    return float(apart.mean()), float(apart.max())


def is_alike(one: Pixels, other: Pixels, times: int) -> bool:
    mean, most = differences(one, other, times)
    return mean <= MOST_ON_AVERAGE and most <= MOST_IN_A_BLOCK


def agreed(name: str) -> Pixels:
    return read_png((AGREED / f"{name}.png").read_bytes())


def as_file(pixels: Pixels) -> bytes:
    high, wide = pixels.shape[:2]
    with rasterio.MemoryFile() as memory:
        # Any transform but the plain one, or rasterio warns that the picture has no place.
        with memory.open(
            driver="PNG", width=wide, height=high, count=3, dtype="uint8", transform=Affine.scale(2), zlevel=9
        ) as file:
            file.write(np.moveaxis(pixels, -1, 0))
        return bytes(memory.read())


@pytest.mark.parametrize("name", NAMES)
def test_a_state_looks_as_it_was_agreed(chromium: Browser, site: str, demo: Demo, tmp_path: Path, name: str) -> None:
    state = states(demo)[name]
    with opened(chromium, site, state) as viewer:
        found = seen(viewer, state)
    if os.environ.get("BLESS"):
        (AGREED / f"{name}.png").write_bytes(as_file(found))
    times = SMALLER[state.size]
    if not is_alike(found, agreed(name), times):
        actual = tmp_path / f"{name}.png"
        actual.write_bytes(as_file(found))
        mean, most = differences(found, agreed(name), times)
        pytest.fail(
            f"{name} differs by {mean:.1f} on average and {most:.0f} in a block (at most {MOST_ON_AVERAGE} and "
            f"{MOST_IN_A_BLOCK:.0f}): {actual} is what was seen, {AGREED / f'{name}.png'} what was agreed; BLESS=1 renews it"
        )


def test_another_palette_is_seen(chromium: Browser, site: str, demo: Demo) -> None:
    state = states(demo)["vastgoed"]

    def repainted(route: Route) -> None:
        facts = route.fetch().json()
        for indicator in facts["indicators"]:
            indicator["colors"] = indicator["colors"][::-1]
        route.fulfill(body=json.dumps(facts), content_type="application/json")

    with opened(chromium, site, state) as viewer:
        viewer.page.route("**/atlas.json", repainted)
        assert not is_alike(seen(viewer, state), agreed("vastgoed"), SMALLER[state.size])


def test_a_card_that_is_hidden_is_seen(chromium: Browser, site: str, demo: Demo) -> None:
    state = states(demo)["card"]
    with opened(chromium, site, state) as viewer:
        rest(viewer, state)
        viewer.page.locator("zicht-area").evaluate("(card) => { card.style.display = 'none'; }")
        assert not is_alike(picture(viewer, state), agreed("card"), SMALLER[state.size])


def test_edges_that_lie_a_pixel_aside_are_within_the_tolerance(demo: Demo, chromium: Browser, site: str) -> None:
    state = states(demo)["vastgoed"]
    with opened(chromium, site, state) as viewer:
        rest(viewer, state)
        aside = np.roll(read_png(viewer.page.screenshot()), (1, 1), (0, 1))
    found = shrunk(aside, SMALLER[state.size])
    assert differences(found, agreed("vastgoed"), SMALLER[state.size]) > (0, 0)
    assert is_alike(found, agreed("vastgoed"), SMALLER[state.size])


def test_the_pictures_are_small_and_of_the_states_alone() -> None:
    files = sorted(AGREED.iterdir())
    assert [one.stem for one in files] == sorted(NAMES)
    assert sum(one.stat().st_size for one in files) < MOST_BYTES
