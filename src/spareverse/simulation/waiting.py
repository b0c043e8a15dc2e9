"""Why somebody waited: both ledgers side by side, and the runs that show what removing a cause would do."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from spareverse.errors import Problem, UsageError
from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.network.scenario import SWITCHES, Scenario
from spareverse.network.simulation_answers import COUNTERFACTUALS, WHY
from spareverse.simulation.scenarios import apply_scenario
from spareverse.simulation.universe.measures import per_replication, with_limits
from spareverse.simulation.universe_run import BASE, run_universe

DAY_SECONDS = 86400.0
BY = ("cause", "entity_kind", "entity_id", "part_id", "place_id", "customer_id", "period")
"""What waiting can be told apart by."""
_PLAN = "It is part of what was planned: another lead time or more cover is another plan."
WHY_NOT = {
    "not ordered": "Nothing had been ordered yet: another rule is another plan.",
    "cover here": "More cover is another plan.",
    "cover above": "More cover above is another plan.",
    "lead time in plan": _PLAN,
    "transport in plan": _PLAN,
    "in stock above": "It waited its turn in the place above: another priority is another plan.",
}
"""Causes that no run can do without, and why."""


def why(
    causes: pl.DataFrame, scenario: str, replications: int, *, by: Sequence[str] = BY[:3],
    where: dict[str, str | int | list[int] | None] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Charges of one scenario (rows of CAUSE_TABLE) among ``where``, most first; columns of WHY, told apart by ``by``.

    UsageError for a column by which nothing can be told apart.
    """
    if wrong := [name for name in by if name not in BY]:
        raise UsageError(
            f"Waiting cannot be told apart by {wrong[0]!r}.",
            [Problem("unknown column", f"Use some of {', '.join(BY)}.", column="by", value=wrong[0])],
        )
    by = list(dict.fromkeys(by))
    own = causes.filter(pl.col("scenario") == scenario)
    for column, wanted in (where or {}).items():
        if isinstance(wanted, list):
            own = own.filter(pl.col(column).is_in(wanted))
        elif wanted is not None:
            own = own.filter(pl.col(column).fill_null("") == wanted if isinstance(wanted, str) else
                             pl.col(column) == wanted)  # fmt: skip
    runs = float(max(replications, 1))
    ledgers = ("timeline", "critical")
    summed = own.group_by(by).agg(pl.col("timeline_seconds", "critical_seconds", "waits").sum())
    days = [(pl.col(f"{name}_seconds") / DAY_SECONDS / runs).alias(f"{name}_days") for name in ledgers]
    shares = [  # of whole seconds: the same in whatever order the rows come
        pl.when(pl.col(f"{name}_seconds").sum() > 0)
        .then(pl.col(f"{name}_seconds") / pl.col(f"{name}_seconds").sum())
        .otherwise(0.0)
        .alias(f"{name}_share")
        for name in ledgers
    ]
    figures = [name for name in WHY.names if name.endswith(("_days", "_share")) or name == "waits"]
    return (
        summed.with_columns(*days, *shares, pl.col("waits") / runs)
        .filter((pl.col("timeline_days") > 0) | (pl.col("critical_days") > 0))
        .sort("critical_days", "timeline_days", *by, descending=[True, True, *[False] * len(by)], nulls_last=True)
        .select(*by, *figures)
    )


def counterfactuals(
    network: Network, scenario: Scenario | None, charged: pl.DataFrame, *, top: int, replications: int, seed: int,
    progress: Progress | None = None, cancel: Cancel | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Each of the largest causes switched off, paired with the scenario itself; schema COUNTERFACTUALS.

    ``charged``: ``why`` by cause of that scenario (None: of the network as it is). Cancelled, InputRejected.
    """
    largest = charged.head(top)
    changed = network if scenario is None else apply_scenario(network, scenario)
    already = () if scenario is None else scenario.switched_off
    off = [cause for cause in largest["cause"].to_list() if cause in SWITCHES and cause not in already]
    itself = Scenario("itself", switched_off=already)
    without = [Scenario(f"without {cause}", switched_off=(*already, cause)) for cause in off]
    removed = _NOTHING
    if without:
        run = run_universe(
            changed, [itself, *without] if already else without, replications=replications, seed=seed, causes=False,
            progress=progress, cancel=cancel,
        )  # fmt: skip
        removed = _removed(run.tables["series"], itself.name if already else BASE, off)
    table = largest.join(removed, on="cause", how="left", maintain_order="left").with_columns(
        scenario=pl.lit(BASE if scenario is None else scenario.name),
        switched_off=pl.when(pl.col("cause").is_in(off)).then(pl.lit("yes")).otherwise(pl.lit("no")),
    )
    remarks = [_remark(row, already) for row in table.iter_rows(named=True)]
    return table.with_columns(pl.Series("remark", remarks, pl.String)).select(COUNTERFACTUALS.names).cast(
        COUNTERFACTUALS.schema
    )  # fmt: skip


_NOTHING = pl.DataFrame(schema={"cause": pl.String, "removed_days": pl.Float64, "low": pl.Float64, "high": pl.Float64})


def _removed(series: pl.DataFrame, reference: str, off: Sequence[str]) -> pl.DataFrame:
    """Waiting of the reference less that without each cause, paired by replication."""
    waits = per_replication(series, "waiting_piece_days")
    base = waits.filter(pl.col("scenario") == reference).select("replication", pl.col("value").alias("base"))
    names = {f"without {cause}": cause for cause in off}
    paired = waits.filter(pl.col("scenario").is_in(list(names))).join(base, on="replication")
    paired = paired.select(
        pl.col("scenario").replace_strict(names, return_dtype=pl.String).alias("cause"),
        (pl.col("base") - pl.col("value")).alias("value"),
    )
    return with_limits(paired, ["cause"]).select("cause", pl.col("mean").alias("removed_days"), "low", "high")


def _remark(row: dict[str, object], already: Sequence[str]) -> str:
    cause = str(row["cause"])
    if row["switched_off"] == "no":
        if cause in already:
            return "The scenario does without it already."
        return f"Cannot be switched off. {WHY_NOT.get(cause, '')}".strip()
    charge, removed = float(row["critical_days"]), float(row["removed_days"])  # type: ignore[arg-type]
    low, high = row["low"], row["high"]
    if isinstance(low, float) and isinstance(high, float) and low <= charge <= high:
        return "What goes away is what the critical path charges."
    if removed > charge:
        return "More goes away than is charged: what waited for it held others up too."
    return "Less goes away than is charged: without it they would have waited for something else."
