"""The verbs of a twin. Each composes the rooms below and keeps its result in the twin folder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import NotFound, UsageError
from spareverse.history.window import choose_window
from spareverse.io.importing import ImportReport, import_files
from spareverse.io.twin_folder import TwinFolder
from spareverse.jit import Cancel, Progress
from spareverse.optimisation.analysis import Options, Pairs, Result, analyse_history
from spareverse.optimisation.rolling import rolling_windows
from spareverse.optimisation.safety_cover import Lateness
from spareverse.twin.analysis import Analysis
from spareverse.twin.change_list import WORTHWHILE, change_list
from spareverse.twin.observer import Observer
from spareverse.twin.planner import ADOPTED, Planner
from spareverse.twin.records import Day, announce_compiling, as_day


class Twin(Planner, Observer):
    """A twin folder and what can be done with it."""

    @classmethod
    def create(cls, path: str | Path, *, name: str | None = None, currency: str = "EUR") -> Twin:
        """Make an empty twin; UsageError when the folder is not empty."""
        return cls(TwinFolder.create(path, name=name, currency=currency))

    @classmethod
    def open(cls, path: str | Path) -> Twin:
        """The twin in ``path``; NotFound when there is none."""
        return cls(TwinFolder.open(path))

    def import_orders(
        self,
        *,
        purchases: Any = None,
        sales: Any = None,
        consumption: Any = None,
        demand: Any = None,
        parts: Any = None,
        stock: Any = None,
        policies: Any = None,
        installed: Any = None,
        rates: Any = None,
        limits: Any = None,
        price_breaks: Any = None,
        substitutes: Any = None,
        mapping: Any = None,
        answers: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Bring files into the twin, all of them or none; the report counts every row."""
        given = {
            "purchases": purchases, "sales": sales, "consumption": consumption, "demand": demand, "parts": parts,
            "stock": stock, "policies": policies, "installed": installed, "rates": rates, "limits": limits,
            "price_breaks": price_breaks, "substitutes": substitutes,
        }  # fmt: skip
        files = {table: file for table, file in given.items() if file is not None}
        if not files:
            raise UsageError(f"Name at least one file to import: {', '.join(given)}.")
        return import_files(self.folder, files, mapping=mapping, answers=answers, progress=progress)

    def analyse(
        self,
        *,
        since: Day = None,
        until: Day = None,
        as_of: Day = None,
        lateness: Lateness = "probability",
        pairs: Pairs = "all",
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Analysis:
        """Risks and optimal stock of all parts from lines ordered in [since, until), default the last 36 months.

        The result is kept in the twin. Asked again with the same inputs and options, the kept one is returned.
        """
        tables = self.tables()
        demand = (
            tables["sales"] if tables["sales"].height else tables["consumption"].rename({"issued_on": "ordered_on"})
        )
        window = choose_window(tables["purchases"], demand, as_day(since), as_day(until), as_day(as_of))
        options = Options(lateness, pairs)
        made_of: dict[str, Any] = {
            **self.made_of(),
            "since": window.since.isoformat(),
            "until": window.until.isoformat(),
            "as_of": window.as_of.isoformat(),
            "options": {"lateness": lateness, "pairs": pairs, "receipt": options.receipt},
        }
        if (kept := self.made_before("analysis", made_of)) is not None:
            return self.analysis(kept)
        announce_compiling(progress)
        result = analyse_history(tables, window, self.costs(), options, progress, cancel)
        document = {
            **made_of,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "assumptions": result.assumptions,
            "notices": result.notices,
            "summary": _summary(result, tables, self.folder.settings.currency),
        }
        with self.folder.writing():
            run = self.folder.save_run(
                "analysis",
                document,
                {"parts": result.parts, "cycles": result.cycles, "suppliers": result.suppliers, "lanes": result.lanes},
            )
        return self.analysis(run)

    def analysis(self, id: str = "latest") -> Analysis:  # noqa: A002 -- the word users know
        """A kept analysis; NotFound when there is none."""
        runs = self.folder.runs("analysis")
        if id == "latest" and not runs:
            raise NotFound("This twin has no analysis yet. `spareverse analyse` makes one.")
        run = runs[0] if id == "latest" else id
        document, tables = self.folder.load_run("analysis", run)
        return Analysis(run, document, tables)

    def rolling(
        self,
        part_id: str | None = None,
        place_id: str | None = None,
        *,
        window_months: int = 38,
        step_months: int = 3,
        progress: Progress | None = None,
    ) -> pl.DataFrame:
        """Windows moved through the history (schema ROLLING_RESULTS), each knowing only what was known at its end."""
        return rolling_windows(
            self.tables(),
            self.costs(),
            part_id,
            place_id,
            window_months=window_months,
            step_months=step_months,
            progress=progress,
        )

    def changes(self, analysis: Analysis | None) -> pl.DataFrame:
        """What to change (schema CHANGE_LIST), most saving first, with the planner's decisions so far.

        The adopted plan stands before the optimum of each part alone wherever both exist. Without an analysis, the
        plan alone.
        """
        plan = self.plan() if self.folder.runs(ADOPTED) else None
        return change_list(analysis, plan, self.folder.decisions())

    def part_lines(self, part_id: str, place_id: str = "") -> tuple[pl.DataFrame, pl.DataFrame]:
        """The purchase and sales lines of one part (at one place, where given)."""
        chosen = pl.col("part_id") == part_id
        frames = []
        for name in ("purchases", "sales"):
            frame = self.folder.table(name).filter(chosen)
            at_place = frame.filter(pl.col("place_id") == place_id) if place_id else frame
            frames.append(at_place if at_place.height else frame)
        return frames[0], frames[1]


def _summary(result: Result, tables: Mapping[str, pl.DataFrame], currency: str) -> dict[str, Any]:
    parts = result.parts
    totals = {
        name: float(parts[name].fill_null(0.0).sum())
        for name in ("money_at_risk", "saving", "stock_value_now", "stock_value_proposed")
    }
    grades = dict(parts.group_by("evidence").len().rows())
    unknown = parts.filter(pl.col("current_source") == "none")
    return {
        "parts_analysed": parts.height,
        "catalogue_parts": tables["parts"].height,
        **result.totals,
        **totals,
        "without_rule": {
            "parts": unknown.height,
            "money_at_risk": float(unknown["money_at_risk"].sum()),
            "stock_value_proposed": float(unknown["stock_value_proposed"].sum()),
        },
        "parts_to_decide": parts.filter(WORTHWHILE).height,
        "evidence": {grade: grades.get(grade, 0) for grade in ("strong", "fair", "weak", "borrowed")},
        "currency": currency,
    }
