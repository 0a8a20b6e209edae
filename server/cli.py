"""The command line: each command is a few lines around a function one could call from a notebook.

Exit status 0 when done, 1 for a problem in what was given (one sentence each on standard error, no stack), 2 for wrong
usage.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from layers.errors import LayersError
from layers.problems import InputProblems
from layers.store import Atlas
from server import progress
from server.errors import ServerError
from server.listing import atlas_as_text, joined_tile_as_text
from server.problems import sentence
from server.serving import serve as serve_atlas
from server.settings import Settings, unknown
from styles.errors import StyleError
from tiles.errors import TileError
from tiles.grid import GridName
from tiles.memory import share_one_arena

if TYPE_CHECKING:
    from layers.quality import Wanted

CLEAN, PROBLEM = 0, 1

cli = typer.Typer(
    name="zichtkaart",
    help="Maps of figures per gemeente, wijk and buurt.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

CatalogPath = Annotated[Path, typer.Argument(metavar="CATALOG", help="The catalog, a TOML file.", show_default=False)]
AtlasFolder = Annotated[Path, typer.Argument(metavar="ATLAS", help="The folder of the atlas.", show_default=False)]


@contextmanager
def told() -> Iterator[None]:
    """Turn what went wrong with what was given into sentences on standard error, and status 1."""
    try:
        yield
    except InputProblems as error:
        _tell(*map(str, error.problems))
    except (LayersError, StyleError, TileError, ServerError) as error:
        _tell(str(error))
    except OSError as error:
        if error.filename is None and error.strerror is None:
            raise
        _tell(f"{error.filename or 'the disk'}: {error.strerror}")


def _tell(*sentences: str) -> None:
    for text in sentences:
        sys.stderr.write(f"{sentence(text)}\n")
    raise typer.Exit(PROBLEM)


@cli.command()
def build(
    catalog: CatalogPath,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="ATLAS", help="The folder of the atlas; made where there is none.")
    ],
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many things to do at a time.")] = 1,
) -> None:
    """Build an atlas, or bring one up to date; bad input leaves it as it was."""
    from server.build import build as build_atlas  # here, so that a server does not carry what only a build needs

    share_one_arena()
    with told():
        with progress.shown(Console(stderr=True)) as report_progress:
            report = build_atlas(catalog, output, jobs, report_progress)
        sys.stdout.write("".join(f"{line}\n" for line in report.sentences()))


@cli.command()
def fetch(
    catalog: CatalogPath,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask the network nothing; say what is there and what is missing.")
    ] = False,
    locked: Annotated[
        bool, typer.Option("--locked", help="Refuse content that differs from the lock file beside the catalog.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="How many sources at a time.")] = 4,
) -> None:
    """Download what a catalog names from CBS, the police, PDOK, the web or S3; what did not change is not asked again."""
    from layers.remote.fetch import Manner  # here, as above
    from server.fetching import fetch as fetch_sources

    with told():
        manner = Manner(jobs=jobs, is_offline=offline, is_locked=locked)
        fetch_sources(catalog, manner, Console(stderr=True), os.environ, sys.stdout.write)


@cli.command()
def check(catalog: CatalogPath) -> None:
    """Read everything, build nothing, and report every problem at once."""
    from layers.report import things_to_look_at  # here, as above
    from server.build import checked

    with told():
        with progress.shown(Console(stderr=True)) as report_progress:
            _, prepared = checked(catalog, report_progress)
        concerns = prepared.report.concerns()
        end = things_to_look_at(concerns) or ["No problems."]
        sys.stdout.write("".join(f"{line}\n" for line in [*prepared.report.sentences(), *end]))


@cli.command()
def init(
    figures: Annotated[
        Path | None, typer.Argument(metavar="[FIGURES]", help="A table of figures: CSV or Excel.", show_default=False)
    ] = None,
    theme: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Instead of FIGURES: tables to fill in for a theme; repeat for more."),
    ] = None,
    level: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LEVEL", help="With --theme: a level of regions; repeat for more.", show_default="gemeente"
        ),
    ] = None,
    regions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A file with the borders; without it those of PDOK are named.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="The catalog, or the folder for --theme.",
            show_default="FIGURES with .toml, or the folder NAME",
        ),
    ] = None,
) -> None:
    """Write a catalog for a table of figures: codes, levels, years and units are recognised, and guesses are marked.

    With --theme, write the tables that a theme asks for, empty, with a catalog that takes them in. No file is overwritten.
    """
    from datetime import date  # here, as above

    from layers.draft import write_draft
    from layers.draft_theme import write_theme

    if (figures is None) == (not theme):
        raise typer.BadParameter(
            "give either FIGURES, a table to make a catalog for, or --theme, a theme to begin with"
        )
    if theme and regions is not None:
        raise typer.BadParameter("--regions goes with FIGURES; with --theme write the borders into the catalog")
    if level and not theme:
        raise typer.BadParameter("--level goes with --theme; of FIGURES the levels are recognised")
    this_year = date.today().year
    with told():
        if figures is not None:
            draft = write_draft(figures, output, regions, this_year)
        else:
            names = theme or []
            draft = write_theme(names, level or ["gemeente"], output or Path("-".join(names)), this_year - 1)
        sys.stdout.write("".join(f"{line}\n" for line in draft.sentences))


@cli.command()
def serve(
    atlases: Annotated[
        list[Path],
        typer.Argument(
            metavar="ATLAS...", help="Folders of atlases; the first is shown at the root.", show_default=False
        ),
    ],
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.", show_default="8080")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Number of server processes.", show_default="1")
    ] = None,
) -> None:
    """Serve an atlas; a new one in its folder is picked up without a restart. Several stand each under /id/.

    Every setting can also be given as ZICHTKAART_..., see docs/settings.md; an option goes first.
    """
    with told():
        settings = Settings.read(os.environ)
        settings = replace(
            settings,
            host=settings.host if host is None else host,
            port=settings.port if port is None else port,
            workers=settings.workers if workers is None else workers,
        )
        for text in unknown(os.environ):
            sys.stderr.write(f"{sentence(text)}\n")
        serve_atlas(atlases, settings, lambda address: _announce(atlases, address))


@cli.command()
def export(
    atlas: AtlasFolder,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="SITE", help="The folder of the site; made where there is none.")
    ],
    base_url: Annotated[
        str,
        typer.Option(metavar="URL", help="The address at which it will stand, such as https://www.gemeente.nl/kaart."),
    ],
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many tiles to make at a time.")] = 1,
) -> None:
    """Write an atlas as a static site: map, tiles, figures and pages for any web server or bucket, without this server.

    What an earlier export left in the folder is replaced at once when the new one is whole; any other folder is left alone.
    """
    from server.export.site import export as export_atlas  # here, as above

    share_one_arena()
    with told():
        with progress.shown(Console(stderr=True)) as report_progress:
            report = export_atlas(atlas, output, base_url, Settings.read(os.environ), jobs, report_progress)
        sys.stdout.write("".join(f"{line}\n" for line in report.sentences()))


def _announce(atlases: list[Path], address: str) -> None:
    sys.stdout.write(f"Serving {', '.join(map(str, atlases))} on {address} (Ctrl-C stops it).\n")
    sys.stdout.flush()


@cli.command()
def inspect(
    atlas: Annotated[
        str,
        typer.Argument(
            metavar="ATLAS",
            help="The folder of the atlas; with --quality also a PMTiles archive, by path or http(s) address.",
            show_default=False,
        ),
    ],
    layer: Annotated[
        str | None, typer.Argument(help="A tileset, or one layer of it: vastgoed-2022/wijk.", show_default=False)
    ] = None,
    tile: Annotated[str | None, typer.Argument(metavar="Z/X/Y", help="A tile.", show_default=False)] = None,
    quality: Annotated[
        bool, typer.Option("--quality", help="Measure gaps, overlaps, losses, invalid polygons and bytes per zoom.")
    ] = False,
    key: Annotated[
        str | None, typer.Option(help="The property that tells regions apart.", show_default="the feature id")
    ] = None,
    layers: Annotated[
        str | None, typer.Option(metavar="A,B", help="Layers to measure.", show_default="all with areas")
    ] = None,
    zooms: Annotated[str | None, typer.Option(metavar="4-12", help="Zooms to measure.", show_default="all")] = None,
    source: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The true regions of one layer, to compare with.")
    ] = None,
    source_layer: Annotated[
        str | None, typer.Option(help="The layer of that file.", show_default="the only one")
    ] = None,
    code: Annotated[
        str | None, typer.Option(help="The column of that file with the codes of regions.", show_default="--key")
    ] = None,
    grid: Annotated[GridName, typer.Option(help="The grid of the tiles, for comparing.")] = GridName.WEB_MERCATOR,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many tiles to measure at a time.")] = 2,
) -> None:
    """Print what is in an atlas, or a tile as text, or how good its tiles are."""
    if quality:
        if layer is not None:
            raise typer.BadParameter("--quality measures a whole archive; use --layers to choose layers of it")
        from layers.quality import Wanted  # here, as above

        chosen = None if layers is None else tuple(name.strip() for name in layers.split(",") if name.strip())
        _print_quality(atlas, Wanted(key, chosen, _zooms(zooms), source, source_layer, code, grid, jobs))
        return
    if given := [name for name, value in (("--key", key), ("--layers", layers), ("--source", source)) if value]:
        raise typer.BadParameter(f"{given[0]} goes with --quality")
    if layer is not None and tile is None:
        raise typer.BadParameter("a tile is missing: ATLAS LAYER Z/X/Y, such as kaart.atlas vastgoed-2022 8/131/84")
    with told():
        opened = Atlas.open(Path(atlas))
        if layer is None or tile is None:
            sys.stdout.write(atlas_as_text(opened.facts))
        else:
            sys.stdout.write(joined_tile_as_text(opened, layer, tile))


def _print_quality(address: str, wanted: Wanted) -> None:
    from layers.quality import qualities  # here, as above

    with told(), progress.shown(Console(stderr=True)) as report_progress:
        for name, found in qualities(address, wanted, report_progress):
            sys.stdout.write(f"{name}\n{found.table()}")


def _zooms(text: str | None) -> range | None:
    """4-12 or 8, as a range."""
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,2})(?:-([0-9]{1,2}))?", text.strip())
    if found is None or int(found[1]) > int(found[2] or found[1]):
        raise typer.BadParameter(f"--zooms is a zoom or a range of them, such as 8 or 4-12, not {text}")
    return range(int(found[1]), int(found[2] or found[1]) + 1)


def _version(asked: bool) -> None:
    if asked:
        try:
            sys.stdout.write(f"zichtkaart {version('zichtkaart')}\n")
        except PackageNotFoundError:
            sys.stdout.write("zichtkaart, not installed as a package\n")
        raise typer.Exit(CLEAN)


@cli.callback()
def options(
    _version_asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Maps of figures per gemeente, wijk and buurt."""


def main() -> None:
    """The command ``zichtkaart``."""
    cli()


if __name__ == "__main__":
    main()
