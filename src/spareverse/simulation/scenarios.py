"""A network as a scenario changes it: figures replaced or multiplied, disturbances added, everything checked again."""

from __future__ import annotations

import math
from dataclasses import replace

import polars as pl

from spareverse.errors import Problem
from spareverse.network.components import DISTURBANCE_TABLE, SETTINGS
from spareverse.network.distributions import parse
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.network.network_checks.draft import TABLES, meant
from spareverse.network.network_checks.reading import DURATIONS, LARGEST, PIECES
from spareverse.network.scenario import SWITCHES, Override, Scenario
from spareverse.network.schema import Column
from spareverse.network.spelling import did_you_mean

ALIKE = ("horizon_days", "warm_up_days", "period_days", "currency")
"""Settings that two scenarios must share."""
MOST_NAMED = 5
"""Disturbances named in a remark; more of them are counted."""


def apply_scenario(network: Network, scenario: Scenario) -> Network:
    """The network with the scenario's overrides, in order, and its disturbances.

    A factor on whole numbers gives whole numbers (the nearest), on a distribution the law that many times as long.
    InputRejected lists every override that names or hits nothing, and everything that is wrong with the outcome.
    """
    change = _Change(scenario, dict(network.tables))
    for number, override in enumerate(scenario.overrides, start=1):
        change.override(override, f"override[{number}]")
    change.add_disturbances()
    for cause in scenario.switched_off:
        if cause not in SWITCHES:
            hint = did_you_mean(cause, SWITCHES).strip() or f"Causes: {', '.join(SWITCHES)}."
            change.reject("switched_off", "There is no such cause to switch off.", hint, cause)
    labels = {table: f"{change.label} [{table}]" for table in change.touched}
    changed = checked_network(change.tables, labels, name=change.label, problems=change.problems)
    doubts = [text for text in changed.notices if change.label in text]
    return replace(changed, name=network.name, notices=(*network.notices, *doubts))


def within_run(scenario: Scenario, end_day: float, whole_days: float = math.inf) -> tuple[Scenario, list[str]]:
    """The scenario in a run cut short: without what would begin after its end, and what to say of that.

    end_day, whole_days
        End of the run, and of the run the network itself has: what begins after that is a mistake, and stays.
    """
    happening = [row for row in scenario.disturbances if not _between(row.get("start_day"), end_day, whole_days)]
    if len(happening) == len(scenario.disturbances):
        return scenario, []
    later = [str(row.get("disturbance_id", "?")) for row in scenario.disturbances if row not in happening]
    more = f" and {len(later) - MOST_NAMED:,} more" if len(later) > MOST_NAMED else ""
    names = ", ".join(later[:MOST_NAMED]) + more
    said = [f"Scenario {scenario.name}: this run ends on day {end_day:g}, before {names}, which it leaves out."]
    if not (happening or scenario.overrides or scenario.switched_off):
        said.append(f"Scenario {scenario.name}: nothing of it happens in this run, which is the network as it is.")
    return replace(scenario, disturbances=tuple(happening)), said


def _between(day: object, end_day: float, whole_days: float) -> bool:
    return isinstance(day, int | float) and end_day <= day < whole_days


class _Change:
    """The tables while a scenario is applied, and what is wrong with it."""

    def __init__(self, scenario: Scenario, tables: dict[str, pl.DataFrame]) -> None:
        self.scenario = scenario
        self.tables = tables
        self.label = f"Scenario {scenario.name}"
        self.problems: list[Problem] = []
        self.touched: set[str] = set()

    def reject(self, path: str, reason: str, remedy: str = "", value: object = None) -> None:
        text = None if value is None else str(value)
        self.problems.append(Problem(reason, remedy, self.label, column=path, value=text))

    def override(self, override: Override, path: str) -> None:
        """Change one column of the rows that match."""
        column = self._column(override, path)
        rows = self._rows(override, path) if column else None
        if column is None or rows is None:
            return
        frame = self.tables[override.table]
        new = self._values(override, column, frame.filter(rows)[column.name], path)
        if new is not None:
            self.touched.add(override.table)
            everything = frame[column.name].to_frame().with_columns(rows=rows)
            index = everything["rows"].arg_true()
            self.tables[override.table] = frame.with_columns(everything[column.name].scatter(index, new))

    def _column(self, override: Override, path: str) -> Column | None:
        """The column to change, where the override names one that may be."""
        if override.table not in TABLES:
            hint = did_you_mean(override.table, TABLES).strip() or f"Tables: {', '.join(TABLES)}."
            self.reject(f"{path}.table", "A network has no such table.", hint, override.table)
            return None
        table = TABLES[override.table]
        for key, name in (("column", override.column), *(("where", name) for name in override.where)):
            if name not in table.names:
                hint = did_you_mean(name, table.names).strip() or f"Columns: {', '.join(table.names)}."
                self.reject(f"{path}.{key}", f"The table {table.name} has no such column.", hint, name)
                return None
        if override.column in table.identity:
            self.reject(f"{path}.column", "A name cannot be overridden.", "Change another column.", override.column)
            return None
        if override.table == SETTINGS.name and override.column in ALIKE:
            reason = "It is the same in all scenarios of a run, or they could not be compared."
            self.reject(f"{path}.column", reason, "Change it in the network itself.", override.column)
            return None
        if (override.value is None) == (override.factor is None):
            self.reject(path, "An override has either a value or a factor.", "Give one of them.")
            return None
        return table.column(override.column)

    def _rows(self, override: Override, path: str) -> pl.Series | None:
        """Which rows match; None, and said, where none does."""
        frame = self.tables[override.table]
        matching = pl.repeat(True, frame.height, eager=True)
        for name, wanted in override.where.items():
            cells = frame[name]
            if cells.dtype == pl.String:
                matching &= (cells == str(wanted)).fill_null(value=False)
            elif isinstance(wanted, str):
                self.reject(f"{path}.where.{name}", "It must be a number.", value=wanted)
                return None
            else:
                matching &= (cells == wanted).fill_null(value=False)
            if not matching.any():
                known = cells.drop_nulls().unique(maintain_order=True)
                hint = meant(str(wanted), known).strip() if cells.dtype == pl.String else ""
                self.reject(f"{path}.where.{name}", f"No row of {override.table} matches.", hint, wanted)
                return None
        if frame.is_empty():
            self.reject(path, f"The table {override.table} is empty.", "Add rows to the network first.")
            return None
        return matching

    def _values(self, override: Override, column: Column, cells: pl.Series, path: str) -> pl.Series | None:
        if override.factor is not None:
            return self._multiplied(override.table, column, cells, override.factor, path)
        value = override.value
        if value == "" and not column.required:
            return pl.repeat(column.default, len(cells), dtype=cells.dtype, eager=True)
        if column.kind == "text":
            return pl.repeat(f"{value:g}" if isinstance(value, float) else str(value), len(cells), eager=True)
        right = isinstance(value, int | float) and abs(value) <= LARGEST
        if not right or (column.kind == "integer" and not float(value or 0).is_integer()):
            wanted = "a whole number" if column.kind == "integer" else "a number"
            self.reject(f"{path}.value", f"{column.name} is {wanted}.", value=value)
            return None
        return pl.repeat(value, len(cells), dtype=pl.Float64, eager=True).cast(cells.dtype)

    def _multiplied(self, table: str, column: Column, cells: pl.Series, factor: float, path: str) -> pl.Series | None:
        if not (math.isfinite(factor) and factor >= 0):
            self.reject(f"{path}.factor", "A factor is a number, not negative.", value=factor)
            return None
        if cells.null_count() == len(cells):
            reason = f"{column.name} is empty in every matching row; there is nothing to multiply."
            self.reject(f"{path}.factor", reason, "Give a value.", factor)
            return None
        if column.kind in ("number", "integer"):
            product = cells.cast(pl.Float64) * factor
            return product.round(0).cast(pl.Int64) if column.kind == "integer" else product
        law = (table, column.name)
        if law not in (*DURATIONS, PIECES) or not factor > 0:
            reason = f"{column.name} cannot be multiplied by {factor:g}."
            self.reject(f"{path}.factor", reason, "Give a value, or a factor above 0 on numbers and times.", factor)
            return None
        return cells.replace_strict(
            {text: _stretched(text, factor, pieces=law == PIECES) for text in cells.drop_nulls().unique()},
            default=None, return_dtype=pl.String,
        )  # fmt: skip

    def add_disturbances(self) -> None:
        """The scenario's disturbances below those of the network."""
        known, rows = DISTURBANCE_TABLE.names, []
        for number, row in enumerate(self.scenario.disturbances, start=1):
            for name in row:
                if name not in known:
                    hint = did_you_mean(name, known).strip() or f"Columns: {', '.join(known)}."
                    self.reject(f"disturbance[{number}].{name}", "There is no such column.", hint)
            rows.append({name: row.get(name) for name in known})
        if rows:
            name = DISTURBANCE_TABLE.name
            self.touched.add(name)
            texts = pl.DataFrame(rows, infer_schema_length=None)
            self.tables[name] = pl.concat([self.tables[name], texts], how="vertical_relaxed")


def _stretched(text: str, factor: float, *, pieces: bool) -> str:
    """The law of a text made that many times as long, or as many; texts that cannot be read stay, to be told."""
    try:
        return parse(text).scaled(factor).expression if pieces else parse(text, unit="d").scaled(factor).text
    except ValueError:
        return text
