"""What a command shows: one JSON document or a table on stdout; progress, remarks and errors on stderr."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spareverse.errors import Problem, SpareverseError

if TYPE_CHECKING:
    import polars as pl

PROBLEMS_SHOWN = 20
PIPE_WIDTH = 240
FOLDED, LABEL, GAP = 16, 32, 3
"""Least width of a column of texts, greatest of a first column that stays whole, and what lies between columns."""


def document(content: Mapping[str, Any]) -> None:
    """Print one JSON document to stdout; missing and infinite numbers become null."""
    sys.stdout.write(json.dumps(_plain(content), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def records(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as they appear in a JSON document."""
    return [dict(row) for row in frame.to_dicts()]


def say(text: str = "") -> None:
    """Print a line of the answer to stdout."""
    from rich.console import Console

    Console(highlight=False, soft_wrap=True).print(text, markup=False)


def remark(text: str) -> None:
    """Print a line beside the answer, to stderr."""
    sys.stderr.write(f"{text}\n")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Print a table to stdout; columns named in ``right`` are aligned right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    cells, least = [[shown(value) for value in row] for row in rows], 0
    for position, column in enumerate(columns):
        # figures and short names stay whole; what does not fit is folded in the texts
        widest = max(len(line) for text in (column, *(row[position] for row in cells)) for line in text.split("\n"))
        number = column in right
        whole = number or (position == 0 and widest <= LABEL)
        least += GAP + (widest if whole else min(widest, FOLDED))
        drawn.add_column(Text(column), justify="right" if number else "left", no_wrap=whole, overflow="fold")
    for row in cells:
        drawn.add_row(*map(Text, row))
    console = Console(highlight=False)
    # a pipe has no width: nothing need be folded there; a terminal too narrow breaks lines, and hides no figure
    console.width = max(console.width, least) if sys.stdout.isatty() else PIPE_WIDTH
    with console.capture() as captured:
        console.print(drawn)
    sys.stdout.write("\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n")


def money(value: float | None) -> str:
    """An amount in whole units of its currency, in cents below a hundred; never a negative nothing."""
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.2f}".replace("-0.00", "0.00")


def level(reorder_point: float | None) -> str:
    """A reorder point in pieces; below zero none is kept in stock."""
    return "none" if reorder_point is not None and reorder_point < 0 else shown(reorder_point)


def shown(value: object, digits: int = 4) -> str:
    """A value as people read it: thousands separated, no more digits than are known, a dash for none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        value += 0.0  # a negative nothing is nothing
        return f"{value:,.0f}" if value == round(value) or abs(value) >= 10**digits else f"{value:.{digits}g}"
    return str(value)


def percent(value: float | None) -> str:
    """A share as a percentage with one decimal."""
    return "-" if value is None or not math.isfinite(value) else f"{100 * value:.1f} %"


def made(run: Callable[..., dict[str, Any]], *, record: Path | None, **given: int | None) -> dict[str, Any]:
    """What ``run`` found, under a progress bar; options that are None are left to its defaults."""
    with progress() as told:
        chosen = {name: value for name, value in given.items() if value is not None}
        return run(**chosen, record=record, progress=told)


@contextmanager
def progress() -> Iterator[Callable[[float, str], None]]:
    """A callable (fraction done, what) that draws a bar on a terminal, else one line per new step, to stderr."""
    if not sys.stderr.isatty():
        yield _StepLines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda fraction, what: bar.update(task, completed=fraction, description=what)


class _StepLines:
    """Progress where no bar can be drawn: a line when the step changes and at each tenth, never one per percent."""

    def __init__(self) -> None:
        self.step, self.tenth = "", 0

    def __call__(self, fraction: float, what: str) -> None:
        step, tenth = re.sub(r"[\d,./%]+", "", what), int(10 * fraction)
        if step != self.step or tenth > self.tenth:
            self.step, self.tenth = step, tenth
            remark(f"{100 * fraction:3.0f} %  {what}")


def failure(error: SpareverseError, *, as_json: bool) -> None:
    """Show an error: as a document on stdout, or as a report on stderr that counts what it leaves out."""
    if as_json:
        document(error.document())
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text.assemble(("Error: ", "bold red"), error.message))
    for problem in error.problems[:PROBLEMS_SHOWN]:
        console.print(_bullet(problem))
    if (more := len(error.problems) - PROBLEMS_SHOWN) > 0:
        console.print(f"  ... and {more:,} more; --json lists them all", markup=False)


def _bullet(problem: Problem) -> Any:
    from rich.text import Text

    place = [problem.file, f"row {problem.row:,}" if problem.row is not None else None, problem.column]
    where = ", ".join(part for part in place if part)
    value = f" (value {problem.value!r})" if problem.value is not None else ""
    remedy = f"\n    {problem.remedy}" if problem.remedy else ""
    return Text.assemble(("  * ", "red"), (f"{where}: " if where else "", "bold"), problem.reason, value, remedy)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value
