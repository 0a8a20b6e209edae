from __future__ import annotations

import io

from rich.console import Console

from server.progress import shown


def progress_on(console: Console) -> str:
    with shown(console) as report:
        for done in range(4):
            report("tiles 2022", done, 3)
        report("figures", 1, 1)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_terminal_shows_a_bar_per_stage() -> None:
    text = progress_on(Console(file=io.StringIO(), force_terminal=True, width=100))
    assert "tiles 2022" in text
    assert "3/3" in text
    assert "figures" in text


def test_elsewhere_each_stage_is_one_plain_line() -> None:
    assert progress_on(Console(file=io.StringIO(), force_terminal=False)) == "tiles 2022 …\nfigures …\n"
