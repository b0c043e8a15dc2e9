"""The verbs of a twin. Each composes the rooms below and keeps its result in the twin folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

import spareverse
from spareverse.errors import NotFound, UsageError
from spareverse.explainer.reasons import reason_expression
from spareverse.history.window import choose_window
from spareverse.io.importing import ImportReport, import_files
from spareverse.io.twin_folder import TwinFolder
from spareverse.jit import Cancel, Progress, is_compiled
from spareverse.network.results import CHANGE_LIST
from spareverse.network.tables import TABLES
from spareverse.optimisation.analysis import Options, Pairs, Result, analyse_history
from spareverse.optimisation.costs import CostFile
from spareverse.optimisation.rolling import rolling_windows
from spareverse.optimisation.safety_cover import Lateness
from spareverse.twin.analysis import Analysis

Day = date | str | None
# How many earlier analyses are looked at for one that was made of the same inputs.
REMEMBERED = 50


class Twin:
    """A twin folder and what can be done with it."""

    def __init__(self, folder: TwinFolder) -> None:
        self.folder = folder

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
        mapping: Any = None,
        answers: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Bring files into the twin, all of them or none; the report counts every row."""
        given = {
            "purchases": purchases, "sales": sales, "consumption": consumption, "demand": demand, "parts": parts,
            "stock": stock, "policies": policies, "installed": installed, "rates": rates,
        }  # fmt: skip
        files = {table: file for table, file in given.items() if file is not None}
        if not files:
            raise UsageError(f"Name at least one file to import: {', '.join(given)}.")
        return import_files(self.folder, files, mapping=mapping, answers=answers, progress=progress)

    def costs(self) -> CostFile:
        """The cost parameters of ``costs.toml``; documented defaults where it is silent."""
        return CostFile.read(self.folder.path / "costs.toml")

    def tables(self) -> dict[str, pl.DataFrame]:
        """All input tables as imported so far."""
        return {name: self.folder.table(name) for name in TABLES}

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
        window = choose_window(tables["purchases"], demand, _day(since), _day(until), _day(as_of))
        options = Options(lateness, pairs)
        costs_file = self.folder.path / "costs.toml"
        made_of: dict[str, Any] = {
            "version": spareverse.__version__,
            "since": window.since.isoformat(),
            "until": window.until.isoformat(),
            "as_of": window.as_of.isoformat(),
            "options": {"lateness": lateness, "pairs": pairs, "receipt": options.receipt},
            "inputs": self.folder.fingerprint(),
            "costs": hashlib.sha256(costs_file.read_bytes()).hexdigest()[:16] if costs_file.exists() else "defaults",
        }
        kept = self._made_before(made_of)
        if kept is not None:
            return kept
        if progress is not None and not is_compiled():
            progress(0.0, "Compiling the calculations for this machine; only the first run does this")
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

    def _made_before(self, made_of: dict[str, Any]) -> Analysis | None:
        for run in self.folder.runs("analysis")[:REMEMBERED]:
            document, tables = self.folder.load_run("analysis", run)
            if all(document.get(name) == value for name, value in made_of.items()):
                return Analysis(run, document, tables)
        return None

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

    def changes(self, analysis: Analysis) -> pl.DataFrame:
        """What to change (schema CHANGE_LIST), most saving first, with the planner's decisions so far."""
        parts = analysis.parts.filter(pl.col("change").is_not_null() & (pl.col("change") != 0) & (pl.col("saving") > 0))
        decided = self.folder.decisions().select(
            "part_id", pl.col("place_id").fill_null(""), "accept", "override_reorder_point", "comment"
        )
        listed = parts.select(
            "part_id",
            "place_id",
            "planner",
            "description",
            "supplier_id",
            pl.col("current_cover").alias("current_reorder_point"),
            pl.col("optimal_cover").alias("proposed_reorder_point"),
            "current_order_quantity",
            pl.col("order_quantity").alias("proposed_order_quantity"),
            pl.col("change").alias("pieces"),
            (pl.col("change") * pl.col("unit_cost")).alias("money"),
            "saving",
            *(pl.col(f"current_risk{end}").alias(f"risk_before{end}") for end in ("", "_low", "_high")),
            *(pl.col(f"optimal_risk{end}").alias(f"risk_after{end}") for end in ("", "_low", "_high")),
            "evidence",
            reason_expression().alias("reason"),
        )
        return (
            listed.join(decided, on=["part_id", "place_id"], how="left", maintain_order="left")
            .sort("saving", descending=True)
            .select(CHANGE_LIST.names)
        )

    def decide(self, rows: pl.DataFrame) -> None:
        """Keep the planner's decisions: part_id, place_id, accept ("yes", "no"), override_reorder_point, comment."""
        with self.folder.writing():
            self.folder.decide(rows)

    def part_lines(self, part_id: str, place_id: str = "") -> tuple[pl.DataFrame, pl.DataFrame]:
        """The purchase and sales lines of one part (at one place, where given)."""
        chosen = pl.col("part_id") == part_id
        frames = []
        for name in ("purchases", "sales"):
            frame = self.folder.table(name).filter(chosen)
            at_place = frame.filter(pl.col("place_id") == place_id) if place_id else frame
            frames.append(at_place if at_place.height else frame)
        return frames[0], frames[1]


def _day(value: Day) -> date | None:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"{value!r} is not a day; write YYYY-MM-DD.") from error


def _summary(result: Result, tables: Mapping[str, pl.DataFrame], currency: str) -> dict[str, Any]:
    parts = result.parts
    totals = {
        name: float(parts[name].fill_null(0.0).sum())
        for name in ("money_at_risk", "saving", "stock_value_now", "stock_value_proposed")
    }
    grades = dict(parts.group_by("evidence").len().rows())
    return {
        "parts_analysed": parts.height,
        "catalogue_parts": tables["parts"].height,
        **result.totals,
        **totals,
        "parts_to_decide": parts.filter((pl.col("change") != 0) & (pl.col("saving") > 0)).height,
        "evidence": {grade: grades.get(grade, 0) for grade in ("strong", "fair", "weak", "borrowed")},
        "currency": currency,
    }
