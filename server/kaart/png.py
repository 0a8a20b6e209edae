"""Pixels of a drawing, with letters that are part of the program: every machine draws the same picture."""

from __future__ import annotations

from importlib.resources import as_file, files

import resvg_py


def png(svg: str, width_px: int) -> bytes:
    """A drawing as a PNG of a width."""
    with as_file(files("server.kaart") / "fonts") as folder:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg,
                width=width_px,
                skip_system_fonts=True,
                font_files=[str(path) for path in sorted(folder.glob("*.ttf"))],
                font_family="Noto Sans",
                sans_serif_family="Noto Sans",
            )
        )
