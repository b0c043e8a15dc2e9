"""A sample of the parts of a large network, with suppliers, budgets and links as busy as they are in the whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.network.distributions import parse
from spareverse.network.network import Network

Floats = NDArray[np.float64]
STRATA = 4
"""Classes of value used a year, in each group of parts."""
DAYS_PER_YEAR = 365.25
PERMANENT_DAYS = 36_500.0
LEAST_LINES = 0.5
"""A supplier whose sample would keep less than this of a line keeps one; its queue is then shorter than it is."""


@dataclass(frozen=True)
class Sample:
    """A network of some of the parts; ``strata`` has part_id and stratum."""

    network: Network
    strata: pl.DataFrame
    parts_in_all: int
    remark: str

    @property
    def parts(self) -> int:
        return self.strata.height

    @property
    def factor(self) -> float:
        """The whole over the sample."""
        return self.parts_in_all / self.parts

    def error(self, part_ids: pl.Series, per_part: Floats) -> float:
        """Standard error of the total of the whole estimated from the sample, by strata; 0 where all are in it.

        Strata with one part in the sample, of small groups, tell no spread and are taken together.
        """
        if self.parts == self.parts_in_all:
            return 0.0
        values = pl.DataFrame({"part_id": part_ids, "value": per_part}, schema_overrides={"value": pl.Float64})
        alone = pl.len().over("stratum") == 1
        rows = self.strata.join(values, on="part_id", how="left", maintain_order="left").with_columns(
            pl.col("value").fill_null(0.0), stratum=pl.when(alone).then(None).otherwise("stratum")
        )
        overall = float(rows["value"].to_numpy().var(ddof=1)) if rows.height > 1 else 0.0
        of = rows.group_by("stratum", maintain_order=True).agg(pl.len().alias("n"), pl.col("value").var())
        # each part of the sample stands for as many of the whole
        scatter = of.select((pl.col("n") * pl.col("value").fill_null(overall)).sum()).item()
        return float(np.sqrt(self.factor * (self.factor - 1.0) * scatter))


def sampled(network: Network, parts: int, seed: int) -> Sample:
    """All parts where there are no more than ``parts``; else that many, drawn in proportion from strata of their
    group and the value of their demand.

    Budgets and the capacity of links are cut to what the sample uses of them; suppliers to whole lines, slowed down or
    sped up so that they are as busy.
    """
    used = _use(network)
    if used.height <= parts:
        strata = used.select("part_id", stratum=pl.lit(0))
        return Sample(network, strata, used.height, "")
    ranked = used.with_columns(
        band=(pl.col("value").rank("ordinal").over("category") * STRATA / (pl.len().over("category") + 1)).floor()
    ).with_columns(stratum=pl.struct("category", "band").rank("dense"))
    random = np.random.default_rng([seed, used.height])
    drawn = ranked.with_columns(luck=pl.Series(random.random(used.height))).sort("stratum", "luck")
    # every n-th of the parts in the order of strata: each stratum in proportion, to one part
    chosen = np.floor((np.arange(parts) + random.random()) * used.height / parts).astype(np.int64)
    mine = drawn[chosen]
    cut, remark = _cut(network, used, mine)
    return Sample(cut, mine.select("part_id", "stratum"), used.height, remark)


def _use(network: Network) -> pl.DataFrame:
    """Parts that are stocked: part_id, category, pieces, value and weight used a year."""
    demands = network["demands"].with_columns(
        rate=pl.coalesce("per_year", DAYS_PER_YEAR / _mean(network["demands"]["gap"], "d")),
        each=_mean(network["demands"]["pieces"], "pieces").fill_null(1.0),
    )
    years = float(network.setting("horizon_days")) / DAYS_PER_YEAR
    flowing = demands.select("part_id", pieces=pl.col("rate") * pl.col("each"))
    traced = network["demand_traces"].select("part_id", pieces=pl.col("pieces") / years)
    pieces = pl.concat([flowing, traced]).group_by("part_id").agg(pl.col("pieces").sum())
    stocked = network["parts"].join(network["stock"].select("part_id").unique(), on="part_id", how="semi")
    return (
        stocked.join(pieces, on="part_id", how="left").with_columns(pl.col("pieces").fill_null(0.0))
        .with_columns(
            pl.col("category").fill_null(""), value=pl.col("pieces") * pl.col("unit_cost"),
            weight=pl.col("pieces") * pl.col("weight_kg"),
        )
        .select("part_id", "category", "pieces", "value", "weight").sort("part_id")
    )  # fmt: skip


def _mean(texts: pl.Series, unit: str) -> pl.Expr:
    """Mean of each distribution, in days or pieces."""
    hours = 24.0
    means = {text: parse(text, unit="d").mean / hours for text in texts.drop_nulls().unique()}
    column = pl.lit(texts)
    return column.replace_strict(means, default=None, return_dtype=pl.Float64) if means else pl.lit(None, pl.Float64)


def _cut(network: Network, used: pl.DataFrame, mine: pl.DataFrame) -> tuple[Network, str]:
    tables = dict(network.tables)
    for name, table in network.tables.items():
        if name != "parts" and "part_id" in table.columns:
            kept = pl.col("part_id").is_null() | pl.col("part_id").is_in(mine["part_id"].implode())
            tables[name] = table.filter(kept)
    tables["parts"] = network["parts"].filter(pl.col("part_id").is_in(mine["part_id"].implode()))
    share = {
        column: float(mine[column].sum()) / max(float(used[column].sum()), 1e-12) for column in ("value", "weight")
    }
    tables["budgets"] = network["budgets"].with_columns(pl.col("amount") * share["value"])
    tables["links"] = network["links"].with_columns(pl.col("capacity_kg_per_day") * share["weight"])
    tables["suppliers"], slowed, idle = _suppliers(network, used, mine)
    tables["disturbances"] = pl.concat([network["disturbances"], slowed], how="diagonal_relaxed").select(
        network["disturbances"].columns
    )
    remark = f"A sample of {mine.height:,} of {used.height:,} parts; its error is in the intervals."
    if idle:
        remark += f" {idle:,} suppliers with few of its parts keep a whole line, so queues there are short."
    return replace(network, tables=tables), remark


def _suppliers(network: Network, used: pl.DataFrame, mine: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Suppliers with the lines of their part in the sample; disturbances that set their speed; how many stay idle."""
    sourcing = network["sourcing"].filter(pl.col("part_id").is_not_null())
    bought = sourcing.join(used, on="part_id").select("part_id", "source_id", work=pl.col("share") * pl.col("pieces"))
    of_whole = bought.group_by("source_id").agg(whole=pl.col("work").sum())
    of_mine = bought.join(mine, on="part_id", how="semi").group_by("source_id").agg(mine=pl.col("work").sum())
    overall = float(mine["pieces"].sum()) / max(float(used["pieces"].sum()), 1e-12)
    both = (
        network["suppliers"]
        .join(of_whole, left_on="supplier_id", right_on="source_id", how="left", maintain_order="left")
        .join(of_mine, left_on="supplier_id", right_on="source_id", how="left", maintain_order="left")
        .with_columns(
            share=pl.when(pl.col("whole") > 0).then(pl.col("mine").fill_null(0.0) / pl.col("whole")).otherwise(overall)
        )
        .with_columns(wanted=pl.col("lines") * pl.col("share"))
        .with_columns(kept=pl.col("wanted").ceil().clip(lower_bound=1.0).cast(pl.Int64))
        .with_columns(speed=pl.col("wanted") / pl.col("kept"))
    )  # fmt: skip
    idle = both.filter(pl.col("wanted") < LEAST_LINES).height
    slowed = both.filter(pl.col("wanted") >= LEAST_LINES, pl.col("speed") < 1.0).select(
        disturbance_id=pl.format("sample of {}", "supplier_id"), kind=pl.lit("capacity_loss"), target_id="supplier_id",
        start_day=0.0, days=PERMANENT_DAYS, factor="speed",
    )  # fmt: skip
    return both.with_columns(lines="kept").select(network["suppliers"].columns), slowed, idle
