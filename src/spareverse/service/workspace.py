"""One opened twin with what pages and REST share: analyses by window, portfolios in memory, jobs and decisions."""

from __future__ import annotations

import tomllib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl
import tomli_w

from spareverse.errors import NotFound, Problem, UsageError
from spareverse.io.storage import write_text_atomically
from spareverse.optimisation.safety_cover import UnitCosts
from spareverse.service import uploads
from spareverse.service.jobs import Job, JobQueue
from spareverse.service.observations import Observations
from spareverse.service.plans import Plans
from spareverse.service.portfolio import PARTS, Portfolio
from spareverse.service.studies import Studies
from spareverse.service.universe import Universe

if TYPE_CHECKING:
    from spareverse.twin import Analysis, Twin
    from spareverse.twin.plan import Plan

KEEP_PORTFOLIOS = 3
KEEP_ROLLING = 200
PRESETS_MONTHS = (12, 24, 38)


@dataclass(frozen=True)
class Window:
    """Which lines an analysis looks at: ordered in [since, until), as known on ``as_of``; None = all there is."""

    since: date | None = None
    until: date | None = None
    as_of: date | None = None

    @classmethod
    def of(cls, since: str = "", until: str = "", as_of: str = "") -> Window:
        """A window from ISO texts; UsageError names the text that is no date or a window that ends before it starts."""
        window = cls(_day("since", since), _day("until", until), _day("as_of", as_of))
        if window.since and window.until and window.since >= window.until:
            raise UsageError(
                "The window ends before it starts.",
                [Problem("since is not before until", "Give since before until.", value=f"{since} .. {until}")],
            )
        return window

    @property
    def texts(self) -> dict[str, str]:
        """The window as it stands in an address; parts that are open are left out."""
        days = {"since": self.since, "until": self.until, "as_of": self.as_of}
        return {name: day.isoformat() for name, day in days.items() if day}

    def matches(self, document: dict[str, Any]) -> bool:
        """Whether an analysis was made of this window. Open ends match what the analysis was asked for."""
        return all(str(document.get(name) or "") == text for name, text in self.texts.items())


class Workspace:
    """The twin as the server holds it. Reads are cached by analysis; writes go through jobs or ``decide``."""

    def __init__(self, twin: Twin, jobs: JobQueue) -> None:
        self.twin = twin
        self.jobs = jobs
        self.studies = Studies(twin.folder.path, jobs)
        self.plans = Plans(twin, jobs)
        self.universe = Universe(twin, jobs)
        self.observations = Observations(twin, jobs)
        self._portfolios: OrderedDict[str, Portfolio] = OrderedDict()
        self._analyses: dict[str, Analysis] = {}
        self._rolling: OrderedDict[tuple[str | None, ...], pl.DataFrame] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def open(cls, path: Path) -> Workspace:
        """Open the twin in a folder; NotFound when there is none."""
        from spareverse.twin import Twin

        uploads.discard_old(path)
        return cls(Twin.open(path), JobQueue(path))

    @property
    def path(self) -> Path:
        return self.twin.folder.path

    @property
    def name(self) -> str:
        return str(self.twin.folder.settings.name)

    @property
    def currency(self) -> str:
        return str(self.twin.folder.settings.currency)

    def has_data(self) -> bool:
        """Whether any import is live."""
        imports = self.twin.folder.imports()
        return not imports.is_empty() and not bool(imports["undone"].all())

    def analyses(self) -> list[Analysis]:
        """All saved analyses, newest first."""
        return [self._load(run) for run in self.twin.folder.runs("analysis")]

    def analysis(self, window: Window) -> Analysis:
        """The newest analysis of a window; NotFound when that window has not been computed."""
        for run in self.twin.folder.runs("analysis"):
            found = self._load(run)
            if window.matches(found.document):
                return found
        raise NotFound("This window has not been analysed yet." if window.texts else "The twin has no analysis yet.")

    def history(self) -> pl.DataFrame | None:
        """Part results of the newest analysis, from which a study takes the rates of its lines; None without one."""
        runs = self.twin.folder.runs("analysis")
        return self._load(runs[0]).parts if runs else None

    def warm(self) -> None:
        """Read the newest analysis and the plan of record, so that the first page opens as fast as the next."""
        if self.plans.adopted_ids():
            self.plans.rows()
        if self.twin.folder.runs("analysis"):
            analysis = self.analysis(Window())
            self.portfolio(analysis).page(PARTS.query(), 0, 1)
            for table in (analysis.cycles, analysis.suppliers):
                table.head(1)

    def stale(self, analysis: Analysis) -> bool:
        """Whether files were imported or undone, or cost parameters changed, since the analysis was made."""
        if analysis.document.get("inputs") != self.twin.folder.fingerprint():
            return True
        file = self.path / "costs.toml"
        made = str(analysis.document.get("made_at", ""))
        return file.exists() and datetime.fromtimestamp(file.stat().st_mtime, UTC) > datetime.fromisoformat(made)

    def portfolio(self, analysis: Analysis) -> Portfolio:
        """The parts of an analysis in memory."""
        with self._lock:
            if analysis.id not in self._portfolios:
                self._portfolios[analysis.id] = Portfolio(analysis.parts, self.twin.folder.decisions())
                if len(self._portfolios) > KEEP_PORTFOLIOS:
                    self._portfolios.popitem(last=False)
            self._portfolios.move_to_end(analysis.id)
            return self._portfolios[analysis.id]

    def rolling(self, part_id: str | None = None, place_id: str | None = None) -> pl.DataFrame:
        """Rolling windows of a part or of all, remembered until the data change."""
        key = (part_id, place_id, *sorted(self.twin.folder.fingerprint().values()))
        if key not in self._rolling:
            self._rolling[key] = self.twin.rolling(part_id, place_id)
            if len(self._rolling) > KEEP_ROLLING:
                self._rolling.popitem(last=False)
        return self._rolling[key]

    def decide(self, rows: pl.DataFrame, plan: Plan | None = None) -> None:
        """Record decisions (part_id, place_id, accept, override_reorder_point, comment); the newest wins.

        ``plan``: the one decided on; the plan of record where none is named.
        """
        self.twin.decide(rows, plan)
        decisions = self.twin.folder.decisions()
        for portfolio in self._portfolios.values():
            portfolio.decide(decisions)
        self.plans.decided(decisions)

    def keep_costs(self, part_id: str, costs: UnitCosts) -> None:
        """Write one part's cost parameters [currency/piece/day] into the twin's cost file; other lines stay."""
        file = self.path / "costs.toml"
        section = {
            "holding_cost": costs.holding,
            "early_holding_cost": costs.early_holding,
            "stock_out_cost": costs.stock_out,
        }
        with self.twin.folder.writing():
            before = file.read_text(encoding="utf-8") if file.exists() else ""
            document = tomllib.loads(before)
            if part_id in document.get("part", {}):
                document["part"][part_id] |= section
                after = tomli_w.dumps(document)
            else:
                after = before.rstrip() + "\n\n" + tomli_w.dumps({"part": {part_id: section}})
            write_text_atomically(file, after.lstrip())

    def order_analysis(self, window: Window) -> Job:
        """Queue the analysis of a window, or return the job that already does it."""
        arguments = dict(window.texts)
        title = (
            f"Analyse {window.since or 'all'} to {window.until or 'today'}"
            if window.texts
            else "Analyse the last 36 months"
        )
        return self.jobs.find("analyse", arguments) or self.jobs.submit("analyse", arguments, title=title)

    def presets(self) -> dict[str, Window]:
        """The windows offered at the top of every page, counted back from the end of the data."""
        runs = self.twin.folder.runs("analysis")
        if not runs:
            return {}
        end = date.fromisoformat(_end(self._load(runs[0]).document))
        return {f"last {months} months": Window(months_before(end, months), end) for months in PRESETS_MONTHS}

    def everything(self) -> Window:
        """From the first order line to the end of the data. Reads the order tables, which may take a second."""
        first = [self.twin.folder.table(name)["ordered_on"].min() for name in ("purchases", "sales")]
        days = [day for day in first if isinstance(day, date)]
        runs = self.twin.folder.runs("analysis")
        end = date.fromisoformat(_end(self._load(runs[0]).document)) if runs else None
        return Window(min(days), end) if days else Window()

    def _load(self, run: str) -> Analysis:
        if run not in self._analyses:
            self._analyses[run] = self.twin.analysis(run)
        return self._analyses[run]


def months_before(day: date, months: int) -> date:
    """The same day some months earlier; the last of the month where that day does not exist."""
    serial = day.year * 12 + day.month - 1 - months
    year, month = divmod(serial, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"no day {day.day} in {year}-{month + 1}")


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = Problem("not a date", "Write it as 2023-02-28.", column=name, value=text)
        raise UsageError(f"{name} is {text!r}, which is not a date.", [problem]) from None


def _end(document: dict[str, Any]) -> str:
    """Last day an analysis knows of, as ISO text."""
    return str(document.get("as_of") or document["until"])[:10]
