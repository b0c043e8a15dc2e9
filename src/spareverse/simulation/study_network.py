"""An option of a warehouse study as a network: one site stock per part, a central one above it where there is one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from spareverse.network.distributions import Distribution
from spareverse.network.life_laws import life_law
from spareverse.network.study import HOURS_PER_MONTH, HOURS_PER_YEAR, Option, Policy, Study
from spareverse.network.universe import ASSETS, POSITIONS, STOCK_POINTS, Universe
from spareverse.simulation.laws import read_law

SITE, CENTRAL = "site", "central"
CRITICALITY_RANK = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True)
class OptionNetwork:
    """The network of an option, and what its stock points stand for.

    ``parts`` has one row per stocked part: part_id, follows (option), description, vendor, criticality, spare_class,
    tags, installed_quantity, failures_per_year, unit_price (paid under the option), weight_kg, lead_time_days, policy
    and levels on site, central_stock.
    """

    universe: Universe
    parts: pl.DataFrame
    assets: pl.DataFrame
    """asset_id, downtime_cost_per_h, critical"""


def stocked_lines(study: Study) -> pl.DataFrame:
    """The lines with the stock they draw on (``stock_part``) and their asset filled in."""
    return study.lines.with_columns(
        pl.coalesce("interchange_group", "part_id").alias("stock_part"),
        pl.coalesce("asset_id", "tag").alias("asset_id"),
        pl.col("installed_quantity").fill_null(1),
        pl.coalesce("needed_quantity", pl.col("installed_quantity").fill_null(1)).alias("needed_quantity"),
        pl.col("failures_per_year").fill_null(0.0),
        pl.col("criticality").fill_null("medium"),
    ).filter(pl.col("installed_quantity") > 0)


class Package:
    """What the options of a study have in common: assets, positions and the facts of each stocked part."""

    def __init__(self, study: Study) -> None:
        self.study = study
        lines = stocked_lines(study)
        self.assets = lines.group_by("asset_id", maintain_order=True).agg(
            pl.col("downtime_cost_per_h").max().fill_null(study.economics.downtime_cost_per_h),
            (pl.col("criticality") == "high").any().alias("critical"),
        )
        if not self.assets["critical"].any():
            self.assets = self.assets.with_columns(critical=pl.lit(value=True))
        self._asset_table = _asset_table(study, self.assets)
        self._positions = _position_table(lines)
        self._facts = _part_facts(lines).to_dicts()

    def under(self, option: Option) -> OptionNetwork:
        """The network of one option; what the option leaves open is taken from the lines."""
        study = self.study
        levels = {(row["option"], row["part_id"], row["place"] or SITE): row for row in study.stock.to_dicts()}
        parts = pl.DataFrame(
            [
                _part(followed_option(study, option, row["stock_part"], row["qualified"]), row, levels)
                for row in self._facts
            ],
            infer_schema_length=None,
        )
        universe = Universe(
            assets=self._asset_table,
            positions=self._positions,
            stock_points=_stock_table(study, parts),
            profiles=() if study.profile is None else (study.profile,),
            accesses=() if study.access is None else (study.access,),
            horizon_h=study.horizon_h,
            warm_up_h=study.warm_up_h,
            period_h=accounting_period_h(study),
        )
        return OptionNetwork(universe, parts, self.assets)


def accounting_period_h(study: Study) -> float:
    """Months where the cost of down time has a season, else what the study says."""
    return min(study.period_h, HOURS_PER_MONTH) if study.economics.downtime_season else study.period_h


def followed_option(study: Study, option: Option, part: str, qualified: bool) -> Option:
    """The option a part really follows: itself or the one it names for the part, or its fallback (and that one's)
    where the part does not qualify."""
    if part in option.follows:
        option = study.option(option.follows[part])
    seen = {option.name}
    while option.qualified_only and not qualified and option.fallback is not None:
        option = study.option(option.fallback)
        if option.name in seen:
            break
        seen.add(option.name)
    return option


def _part_facts(lines: pl.DataFrame) -> pl.DataFrame:
    grouped = lines.with_columns(
        pl.col("criticality").replace_strict(CRITICALITY_RANK, return_dtype=pl.Int64).alias("rank")
    ).group_by("stock_part", maintain_order=True)
    return grouped.agg(
        pl.col("description", "vendor", "spare_class", "unit_price", "digital_price", "weight_kg").drop_nulls().first(),
        pl.col("lead_time", "digital_lead_time", "shelf_life_months").drop_nulls().first(),
        pl.col("am_qualified").fill_null(value=False).any().alias("qualified"),
        pl.col("criticality").sort_by("rank").last(),
        pl.col("tag").unique(maintain_order=True).str.join(", ").alias("tags"),
        pl.col("installed_quantity").sum(),
        (pl.col("failures_per_year") * pl.col("installed_quantity")).sum().alias("failures_per_year"),
    )


def _part(option: Option, row: dict[str, object], levels: dict[tuple[str, str, str], dict]) -> dict:  # type: ignore[type-arg]
    name = str(row["stock_part"])
    site = _with_levels(option.policy, levels.get((option.name, name, SITE)))
    central = option.central and _with_levels(option.central, levels.get((option.name, name, CENTRAL)))
    lead = lead_time(option, row)
    printed = row["digital_price"] if option.warehouse != "physical" else None
    price = next((each for each in (option.unit_price, printed, row["unit_price"]) if each is not None), 0.0)
    shelf = row["shelf_life_months"]
    shelf_h = (
        option.shelf_life_h
        if option.shelf_life_h is not None
        else None
        if shelf is None
        else float(str(shelf)) * HOURS_PER_MONTH
    )
    return {
        "part_id": name,
        "follows": option.name,
        **{k: row[k] for k in ("description", "vendor", "criticality", "spare_class", "tags", "installed_quantity")},
        "failures_per_year": row["failures_per_year"],
        "unit_price": float(str(price)) * option.price_factor,
        "weight_kg": row["weight_kg"] or 0.0,
        "lead_time": lead.text,
        "lead_time_days": lead.mean / 24.0,
        "shelf_life_h": shelf_h,
        "policy": site.kind,
        "initial_stock": site.initial_stock,
        "reorder_point": site.reorder_point,
        "order_quantity": site.order_quantity,
        "order_up_to": site.order_up_to,
        "central_policy": central.kind if central else None,
        "central_stock": central.initial_stock if central else None,
        "central_reorder_point": central.reorder_point if central else None,
        "central_order_quantity": central.order_quantity if central else None,
        "central_order_up_to": central.order_up_to if central else None,
    }


def lead_time(option: Option, line: dict[str, object]) -> Distribution:
    """Hours from the supplier: the option's, else the line's of its kind of supply. ValueError when there is none."""
    if option.lead_time is not None:
        return option.lead_time
    names = ("lead_time",) if option.warehouse == "physical" else ("digital_lead_time", "lead_time")
    for name in names:
        if line[name] is not None:
            return read_law(str(line[name]), "d")
    raise ValueError(f"part {line['stock_part']!r} has no lead time under option {option.name!r}")


def _with_levels(policy: Policy, row: dict[str, object] | None) -> Policy:
    """The policy with the levels the stock table gives; on demand keeps nothing, base stock starts full."""
    if row is not None:
        names = ("initial_stock", "reorder_point", "order_quantity", "order_up_to")
        policy = replace(policy, **{name: row[name] for name in names if row[name] is not None})  # type: ignore[arg-type]
    if policy.kind == "on_demand":
        return replace(policy, initial_stock=0, reorder_point=0, order_quantity=1, order_up_to=0)
    if policy.kind == "base_stock" and policy.order_up_to == 0:
        return replace(policy, order_up_to=policy.initial_stock)
    return policy


def _asset_table(study: Study, assets: pl.DataFrame) -> pl.DataFrame:
    return assets.select(
        "asset_id",
        pl.lit("while_working").alias("ages"),
        pl.lit(-1 if study.profile is None else 0, pl.Int64).alias("profile"),
        pl.lit(-1 if study.access is None else 0, pl.Int64).alias("access"),
        "critical",
    ).cast(ASSETS.schema)


def _position_table(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per piece at work; parts that never fail need none."""
    working = lines.filter(pl.col("failures_per_year") > 0)
    means = working.select("life", "failures_per_year").unique(maintain_order=True)
    laws = means.with_columns(
        pl.Series(
            "law",
            [life_law(text, HOURS_PER_YEAR / rate).text for text, rate in means.iter_rows()],
            dtype=pl.String,
        )
    )
    hours = {
        text: read_law(text, "h").text
        for name in ("replacement", "warning")
        for text in lines[name].unique().drop_nulls()
    }
    return (
        working.join(laws, on=["life", "failures_per_year"], how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.int_ranges(pl.col("installed_quantity")).alias("piece"))
        .explode("piece")
        .select(
            pl.concat_str("asset_id", "tag", "part_id", pl.col("piece").cast(pl.String), separator="\x1f").alias(
                "position_id"
            ),
            "asset_id",
            pl.concat_str("tag", "part_id", separator="\x1f").alias("block"),
            pl.col("needed_quantity").alias("needed"),
            (pl.col("stock_part") + f"\x1f{SITE}").alias("stock_id"),
            pl.col("law").alias("life"),
            pl.col("replacement").replace(hours).fill_null(hours.get("8 h", "8 h")),
            pl.col("warning").replace(hours),
        )
        .cast(POSITIONS.schema)
    )


def _stock_table(study: Study, parts: pl.DataFrame) -> pl.DataFrame:
    """A stock point per part on site, and one in the central warehouse where the option has one."""
    rows = []
    for part in parts.iter_rows(named=True):
        option = study.option(part["follows"])
        expedite = option.expedite_lead_time.text if option.expedite_lead_time is not None else None
        rate = part["failures_per_year"] / HOURS_PER_YEAR
        supplied = {"lead_time": part["lead_time"], "expedite_lead_time": expedite, "supplied_from": None}
        if option.central is not None:
            above = f"{part['part_id']}\x1f{CENTRAL}"
            levels = {name: part[f"central_{name}"] for name in ("reorder_point", "order_quantity", "order_up_to")}
            levels["initial_stock"] = part["central_stock"]
            rows.append(_stock_row(study, option.central, part, CENTRAL, rate) | supplied | levels)
            transfer = option.transfer.text if option.transfer is not None else "0"
            supplied = {"lead_time": transfer, "expedite_lead_time": None, "supplied_from": above}
        names = ("initial_stock", "reorder_point", "order_quantity", "order_up_to")
        levels = {name: part[name] for name in names}
        own = {"anticipates": option.order_on_warning}
        rows.append(_stock_row(study, option.policy, part, SITE, rate) | supplied | levels | own)
    return pl.DataFrame(rows, schema=STOCK_POINTS.schema)


def _stock_row(study: Study, policy: Policy, part: dict[str, object], place: str, rate: float) -> dict[str, object]:
    return {
        "stock_id": f"{part['part_id']}\x1f{place}",
        "part_id": part["part_id"],
        "place_id": place,
        "policy": "base_stock" if policy.kind == "on_demand" else policy.kind,
        "basis": policy.basis if policy.kind != "on_demand" else "position",
        "emergency": study.emergency,
        "anticipates": False,
        "station_id": None,
        "shelf_life_h": part["shelf_life_h"],
        "review_interval_h": policy.review_interval_h,
        "service_level": policy.service_level,
        "expected_rate_per_h": max(rate, 1e-12),
    }
