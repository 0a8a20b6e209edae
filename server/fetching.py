"""The command ``fetch``: bars while sources come in, a closing line for each, and the problems of those that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from layers.problems import InputProblems, counted
from layers.remote import fetch as remote
from layers.remote.addresses import Addresses
from layers.remote.cache import Cache
from layers.remote.client import Client, Patience
from layers.remote.meter import Amount
from layers.remote.request import Request


def fetch(
    catalog: Path,
    manner: remote.Manner,
    console: Console,
    environ: Mapping[str, str],
    say: Callable[[str], object],
    client: Client | None = None,
) -> None:
    """Fetch what a catalog needs, and say a line for each source that is there.

    Raises InputProblems with a sentence for each source that failed; the others are kept.
    """
    addresses = Addresses.read(environ)
    cache = Cache.of(catalog.parent, environ)
    with client or Client(Patience.read(environ), logins=addresses.logins) as polite, shown(console) as progress:
        outcomes = remote.fetch(catalog, cache, polite, addresses, manner, progress)
    for outcome in outcomes:
        if outcome.local is not None:
            say(f"{outcome.sentence()}\n")
    if not outcomes:
        say("There is nothing to fetch: every source of this catalog is on this machine.\n")
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    if problems:
        raise InputProblems(problems)


@contextmanager
def shown(console: Console) -> Iterator[remote.Progress]:
    """A function to report downloads to: bars on a terminal, elsewhere a line when a source begins to arrive."""
    if not console.is_terminal:
        yield _as_lines(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        _Arrived(),
        _Rate(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console) as bars:
        yield _as_bars(bars)


def _as_lines(console: Console) -> remote.Progress:
    begun: set[Request] = set()
    turn = Lock()

    def report(request: Request, _amount: Amount) -> None:
        with turn:
            if request not in begun:
                begun.add(request)
                console.print(f"{request.label} …", markup=False, highlight=False)

    return report


def _as_bars(bars: Progress) -> remote.Progress:
    task_by_request: dict[Request, TaskID] = {}
    turn = Lock()

    def report(request: Request, amount: Amount) -> None:
        with turn:
            if request not in task_by_request:
                task_by_request[request] = bars.add_task(request.label, total=None, amount=amount)
        # a table is measured in rows, since its publisher does not say how many bytes it has
        done, total = (amount.rows, amount.total_rows) if amount.rows else (amount.arrived, amount.length)
        bars.update(task_by_request[request], completed=done, total=total, amount=amount)

    return report


class _Arrived(ProgressColumn):
    """How much is here: bytes, and rows of a table."""

    def render(self, task: Task) -> Text:
        amount: Amount = task.fields["amount"]
        whole = f" of {_bytes(amount.length)}" if amount.length is not None else ""
        rows = f", {counted(amount.rows, 'row')}" if amount.rows else ""
        return Text(f"{_bytes(amount.arrived)}{whole}{rows}")


class _Rate(ProgressColumn):
    """How fast it comes: bytes or rows a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        amount: Amount = task.fields["amount"]
        return Text(f"{speed:,.0f} rows/s" if amount.rows else f"{_bytes(speed)}/s")


def _bytes(number: float) -> str:
    """A number of bytes for people.

    >>> _bytes(1_234_567), _bytes(321)
    ('1.2 MB', '321 B')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number:.0f} B"
