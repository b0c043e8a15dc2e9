"""A back-test as its reader meets it: every contender replayed on what came after the fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from spareverse.errors import UsageError
from spareverse.network.plan_tables import BACKTEST_EQUAL, BACKTEST_PARTS, BACKTEST_RESULTS

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure

SHEETS = {"results": BACKTEST_RESULTS, "equal": BACKTEST_EQUAL, "parts": BACKTEST_PARTS}


@dataclass(frozen=True)
class Backtest:
    """A saved back-test. ``document`` says how it was made and what came of it; tables are read when first used."""

    id: str
    document: dict[str, Any]
    tables: Mapping[str, pl.DataFrame] = field(repr=False)

    @property
    def results(self) -> pl.DataFrame:
        """Schema ``network.plan_tables.BACKTEST_RESULTS``."""
        return self.tables["results"]

    @property
    def equal(self) -> pl.DataFrame:
        """Stock value at equal fill rate; schema ``network.plan_tables.BACKTEST_EQUAL``."""
        return self.tables["equal"]

    @property
    def parts(self) -> pl.DataFrame:
        """Schema ``network.plan_tables.BACKTEST_PARTS``."""
        return self.tables["parts"]

    @property
    def proof(self) -> dict[str, Any]:
        """Verdict, cause, promise and outcome of the plan."""
        return dict(self.document["proof"])

    def figure(self, name: str) -> Figure:
        """One figure of the back-test; UsageError names those there are."""
        from spareverse.figures.plan.gallery import backtest_figure

        return backtest_figure(name, self.document, self.tables)

    def export(self, path: str | Path) -> int:
        """Write all tables to an Excel file, or the results to CSV. Returns the rows of results written."""
        from spareverse.io.excel import write_csv, write_tables

        ending = Path(path).suffix.lower()
        if ending not in (".xlsx", ".csv"):
            raise UsageError(f"A back-test is written as .xlsx or .csv, not {ending or str(path)!r}.")
        if ending == ".csv":
            write_csv(path, self.results)
        else:
            sheets = {table.title: self.tables[name] for name, table in SHEETS.items()}
            write_tables(path, sheets, {table.title: table for table in SHEETS.values()})
        return self.results.height

    def __str__(self) -> str:
        proof = self.proof
        promised = proof.get("promised_fill_rate")
        said = "" if promised is None else f", promised {100 * promised:.1f} %, came {100 * proof['fill_rate']:.1f} %"
        return f"Back-test {self.id}: fitted until {proof['fit_until']}, plan {proof['verdict']}{said}"
