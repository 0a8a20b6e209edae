"""How far a long command is: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

Report = Callable[[str, int, int], None]
"""Called with a stage in words, how much of it is done, and how much there is to do."""


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


@contextmanager
def shown(console: Console) -> Iterator[Report]:
    """A function to report progress to, for as long as the command runs."""
    if not console.is_terminal:
        yield _as_lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        yield _as_bars(bars)


def _as_lines(console: Console) -> Report:
    begun: set[str] = set()

    def report(stage: str, _done: int, _total: int) -> None:
        if stage not in begun:
            begun.add(stage)
            console.print(f"{stage} …", markup=False, highlight=False)

    return report


def _as_bars(bars: Progress) -> Report:
    task_by_stage: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in task_by_stage:
            task_by_stage[stage] = bars.add_task(stage, total=total)
        bars.update(task_by_stage[stage], completed=done, total=total)

    return report
