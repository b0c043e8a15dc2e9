"""An analysis as its reader meets it: totals, tables, and one part with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import NotEnoughData, NotFound, UsageError
from spareverse.figures.cost_curve import cost_curve as draw_cost_curve
from spareverse.figures.figure import Figure
from spareverse.figures.lead_times import lead_time_histogram, slip_histogram
from spareverse.figures.risk_curve import risk_curve
from spareverse.figures.shanghai import shanghai
from spareverse.figures.weibull_plot import FitBand, weibull_plot
from spareverse.history.measures import COMPLETED
from spareverse.history.window import Window
from spareverse.network.distributions import Weibull
from spareverse.optimisation.safety_cover import CostCurve, UnitCosts, cost_curve
from spareverse.statistics.alternatives import Alternative, demand_alternatives, lead_time_alternatives
from spareverse.statistics.hurdle import fit_hurdles
from spareverse.statistics.survival import survival_quantiles


@dataclass(frozen=True)
class PartResult:
    """One part of an analysis: its row of the table of parts and its reorder cycles."""

    row: dict[str, Any]
    cycles: pl.DataFrame
    currency: str

    def costs(self) -> UnitCosts:
        return UnitCosts(self.row["holding_cost"], self.row["early_holding_cost"], self.row["stock_out_cost"])

    def cost_curve(self, costs: UnitCosts | None = None) -> CostCurve | None:
        """Cost of every cover on the part's grid [currency/day]; None without an expected lead time."""
        if self.row["late_weight"] is None:
            return None
        risk = np.array(self.row["risk_curve"], dtype=float)
        return cost_curve(
            risk, self.row["risk_step"], costs or self.costs(), self.row["late_weight"], self.row["early_weight"]
        )

    def lead_time_models(self) -> list[Alternative]:
        """Models of the lead time, best AICc first; empty where the completed cycles cannot carry a fit."""
        counted = self.cycles.filter(pl.col("flag").is_null())
        try:
            return lead_time_alternatives(counted["lead_time_days"].to_numpy(), counted["open"].to_numpy())
        except NotEnoughData:
            return []

    def demand_models(self) -> list[Alternative]:
        """Models of the pieces sold in completed cycles, best AICc first; empty where there are too few."""
        done = self.cycles.filter(COMPLETED)
        try:
            return demand_alternatives(done["safety_cover"].to_numpy(), done["lead_time_days"].to_numpy())
        except NotEnoughData:
            return []

    def paper_risk(self, cover: float) -> tuple[float, float, float] | None:
        """P(SC > cover) by the estimator 'paper' with its 95 % limits; None with fewer than two covers above zero."""
        covers = self.cycles.filter(COMPLETED)["safety_cover"].to_numpy().astype(np.float64)
        fits = fit_hurdles(covers, np.array([0, len(covers)], dtype=np.int64))
        at = np.array([cover], dtype=np.float64)
        low, high = fits.limits(at)
        return None if np.isnan(low[0]) else (float(fits.risk(at)[0]), float(low[0]), float(high[0]))

    def lead_time_band(self) -> FitBand | None:
        """95 % limits of the part's own Weibull at 40 lead times; None without a fit."""
        shape, scale = self.row["weibull_shape"], self.row["weibull_scale_days"]
        if shape is None or scale is None:
            return None
        counted = self.cycles.filter(pl.col("flag").is_null())
        values, open_ = counted["lead_time_days"].to_numpy().astype(np.float64), counted["open"].to_numpy()
        days: NDArray[np.float64] = Weibull(shape, scale).quantile(np.linspace(0.01, 0.995, 40))
        starts = np.arange(41, dtype=np.int64) * len(values)
        # The same sample at each of the lead times.
        survival = survival_quantiles(
            np.tile(values, 40), np.tile(open_, 40), starts, np.full(40, shape), days, (0.025, 0.975)
        )
        return None if np.isnan(survival).any() else FitBand(days, 1.0 - survival[:, 1], 1.0 - survival[:, 0])

    def figure(self, name: str) -> Figure:
        """One of shanghai, cost-curve, risk-curve, weibull, lead-times, slips."""
        row = self.row
        drawings = {
            "shanghai": lambda: shanghai(row, self.cycles),
            "cost-curve": lambda: draw_cost_curve(
                self.cost_curve(),
                self.currency,
                optimum=row["optimal_cover"],
                low=row["optimal_cover_low"],
                high=row["optimal_cover_high"],
                today=row["current_cover"],
            ),
            "risk-curve": lambda: risk_curve(row),
            "weibull": lambda: weibull_plot(
                self.cycles,
                own=_weibull(row["weibull_shape"], row["weibull_scale_days"]),
                pooled=_weibull(row["lead_time_shape"], row["lead_time_scale_days"]),
                band=self.lead_time_band(),
                p_value=row["weibull_p_value"],
            ),
            "lead-times": lambda: lead_time_histogram(self.cycles, row["expected_lead_time_days"]),
            "slips": lambda: slip_histogram(self.cycles),
        }
        if name not in drawings:
            raise UsageError(f"There is no figure {name!r} of a part; there are {', '.join(drawings)}.")
        return drawings[name]()


def _weibull(shape: float | None, scale: float | None) -> Weibull | None:
    return Weibull(shape, scale) if shape is not None and scale is not None else None


@dataclass(frozen=True)
class Analysis:
    """A saved analysis. ``document`` says how it was made; the tables are read when first used."""

    id: str
    document: dict[str, Any]
    tables: Mapping[str, pl.DataFrame] = field(repr=False)

    @property
    def parts(self) -> pl.DataFrame:
        """Schema ``network.results.PART_RESULTS``."""
        return self.tables["parts"]

    @property
    def cycles(self) -> pl.DataFrame:
        """Schema ``network.results.CYCLE_RESULTS``."""
        return self.tables["cycles"]

    @property
    def suppliers(self) -> pl.DataFrame:
        """Schema ``network.results.SUPPLIER_RESULTS``."""
        return self.tables["suppliers"]

    @property
    def lanes(self) -> pl.DataFrame:
        """Schema ``network.results.LANE_RESULTS``."""
        return self.tables["lanes"]

    @property
    def summary(self) -> dict[str, Any]:
        return dict(self.document["summary"])

    @property
    def window(self) -> Window:
        return Window(*(date.fromisoformat(self.document[name]) for name in ("since", "until", "as_of")))

    def part(self, part_id: str, place_id: str = "") -> PartResult:
        """One part; without a place, the place with most money at risk. NotFound when it is not there."""
        rows = self.parts.filter(pl.col("part_id") == part_id)
        if place_id:
            rows = rows.filter(pl.col("place_id") == place_id)
        if not rows.height:
            at = f" at {place_id}" if place_id else ""
            raise NotFound(f"There is no part {part_id!r}{at} in this analysis.")
        row = rows.sort("money_at_risk", descending=True, nulls_last=True).row(0, named=True)
        cycles = self.cycles.filter(
            (pl.col("part_id") == part_id) & (pl.col("place_id").fill_null("") == row["place_id"])
        )
        return PartResult(row, cycles, self.summary["currency"])

    def __str__(self) -> str:
        s = self.summary
        return (
            f"Analysis {self.id}: {self.document['since']} to {self.document['until']}, {s['parts_analysed']:,} parts, "
            f"{s['cycles']:,} cycles, money at risk {s['money_at_risk']:,.0f} {s['currency']}/day"
        )
