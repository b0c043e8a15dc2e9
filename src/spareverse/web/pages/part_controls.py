"""The two sliders of a part and what moves with them: the sentence, the Shanghai chart, the cost curve."""

from __future__ import annotations

from html import escape
from typing import Any, cast

import polars as pl
from nicegui import events, ui

from spareverse.explainer.decision import part_decision
from spareverse.figures.cost_curve import cost_at, cost_curve, cost_marker
from spareverse.figures.risk_curve import risk_at
from spareverse.figures.shanghai import shanghai, shanghai_markers, shanghai_title
from spareverse.optimisation.safety_cover import CostCurve, Lateness, UnitCosts, weights
from spareverse.optimisation.safety_cover import cost_curve as price
from spareverse.web.pages.cards import box, button, card, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import known, money, number, percent

Row = dict[str, Any]
FIGURE_HEIGHT = 440


class Controls:
    """Stock level [pieces] and lead time [days] as chosen on the page; they start at the proposal."""

    def __init__(self, place: Place, row: Row, cycles: pl.DataFrame, lateness: str) -> None:
        self._place = place
        self._row = row
        self._cycles = cycles
        self._lateness: Lateness = "duration" if lateness == "duration" else "probability"
        self._costs = UnitCosts(
            row["holding_cost"] or 0.0, row["early_holding_cost"] or 0.0, row["stock_out_cost"] or 0.0
        )
        self._lead_time: float | None = row["expected_lead_time_days"]
        self._curve = self._priced()
        self.cover = float(row["optimal_cover"] if known(row["optimal_cover"]) else row["current_cover"] or 0.0)

    @property
    def costs(self) -> UnitCosts:
        return self._costs

    def sentence(self) -> None:
        """The decision, first thing on the page."""
        decision, grounds = self._words()
        self._sentence = text(decision, "decision", "h1").props("aria-live=polite data-decision")
        self._grounds = text(grounds, "quiet", "p")

    def sliders(self) -> None:
        """One line for the stock level, one for the lead time."""
        row = self._row
        if self._curve is None or self._lead_time is None:
            return
        step = row["risk_step"]
        most = step * (len(self._curve.cover) - 1)
        largest = max(self.cover, row["current_cover"] or 0.0, row["optimal_cover_high"] or 0.0, 5 * step)
        with card() as holder:
            holder.classes("stack")
            self._stock, self._stock_says = self._line(
                "Stock level", "pieces", 0, min(2 * largest, most), step, self.cover
            )
            longest = max(3 * row["lead_time_scale_days"], 1.5 * self._lead_time)
            self._lead, self._lead_says = self._line(
                "Expected lead time", "days", 1, round(longest), 1, round(self._lead_time)
            )
            with box("row-gap"):
                button("Proposed", lambda: self._jump(row["optimal_cover"]), slim=True)
                if row["current_source"] != "none":
                    button("Today", lambda: self._jump(row["current_cover"]), slim=True)
                text(
                    "Move the sliders: both figures, the risks and the sentence follow. Nothing is saved.",
                    "quiet small",
                )
        self._stock.on_value_change(self._stock_moved)
        self._lead.on_value_change(self._lead_moved)
        self._tell()

    def figures(self) -> None:
        """The Shanghai chart at the left, the cost curve at the right."""
        self._shanghai = Drawing(self._place, shanghai(self._row, self._cycles), height=FIGURE_HEIGHT)
        self._cost = Drawing(self._place, self._cost_figure(), height=FIGURE_HEIGHT)

    def reprice(self, costs: UnitCosts) -> None:
        """Other cost parameters for this part: the curve, its optimum and the sentence follow."""
        self._costs = costs
        self._curve = self._priced()
        if self._curve is not None:
            self._jump(float(self._curve.cover[self._curve.optimum]))
            self._cost.redraw(self._cost_figure())

    def _line(
        self, name: str, unit: str, least: float, most: float, step: float, value: float
    ) -> tuple[ui.slider, ui.html]:
        with box("slider-line"):
            text(f"{name}, {unit}", "name")
            slider = ui.slider(min=least, max=most, step=step, value=value).props(
                f'aria-label="{name}" data-slider="{name}"'
            )
            says = text("", "says", "div")
        return slider, says

    def _stock_moved(self, event: events.ValueChangeEventArguments[float | None]) -> None:
        self.cover = float(event.value or 0.0)
        self._follow()

    def _lead_moved(self, event: events.ValueChangeEventArguments[float | None]) -> None:
        self._lead_time = float(event.value or 1.0)
        self._curve = self._priced()
        self._cost.redraw(self._cost_figure())
        self._follow()

    def _jump(self, cover: float | None) -> None:
        if cover is not None:
            self._stock.set_value(cover)

    def _follow(self) -> None:
        lead_time = self._lead_time or 0.0
        self._shanghai.move(
            shanghai_markers(self._row, self.cover, lead_time, self._cycles),
            shanghai_title(self._row, self.cover, lead_time),
        )
        self._cost.move({"series": [cost_marker(self.cover)]}, self._cost_title())
        decision, grounds = self._words()
        self._sentence.set_content(escape(decision))
        self._grounds.set_content(escape(grounds))
        self._tell()

    def _tell(self) -> None:
        late = self._late()
        self._stock_says.set_content(
            f"<b>{number(self.cover)}</b> · risk {escape(percent(risk_at(self._row, self.cover)))}"
        )
        self._lead_says.set_content(f"<b>{number(self._lead_time)}</b> · late {escape(percent(late))}")

    def _late(self) -> float | None:
        """P(RC_LT > T) at the chosen lead time."""
        if self._lead_time is None:
            return None
        if self._lead_time == self._row["expected_lead_time_days"]:
            return cast(float | None, self._row["late_risk"])
        return weights(self._row["lead_time_shape"], self._row["lead_time_scale_days"], self._lead_time, "probability")[
            0
        ]

    def _priced(self) -> CostCurve | None:
        row = self._row
        if self._lead_time is None or not row["risk_curve"] or not known(row["lead_time_shape"]):
            return None
        late, early = weights(row["lead_time_shape"], row["lead_time_scale_days"], self._lead_time, self._lateness)
        if (
            self._lead_time == row["expected_lead_time_days"]
            and known(row["late_weight"])
            and known(row["early_weight"])
        ):
            late, early = row["late_weight"], row["early_weight"]
        return price(row["risk_curve"], row["risk_step"], self._costs, late, early)

    def _as_analysed(self) -> bool:
        row = self._row
        analysed = UnitCosts(row["holding_cost"] or 0.0, row["early_holding_cost"] or 0.0, row["stock_out_cost"] or 0.0)
        return self._costs == analysed and self._lead_time == row["expected_lead_time_days"]

    def _optimum(self) -> float | None:
        if self._curve is None:
            return None
        return self._row["optimal_cover"] if self._as_analysed() else float(self._curve.cover[self._curve.optimum])

    def _cost_figure(self) -> Any:
        row, same = self._row, self._as_analysed()
        return cost_curve(
            self._curve,
            self._place.workspace.currency,
            optimum=self._optimum(),
            low=row["optimal_cover_low"] if same else None,
            high=row["optimal_cover_high"] if same else None,
            today=row["current_cover"] if row["current_source"] != "none" else None,
            chosen=self.cover,
        )

    def _cost_title(self) -> str:
        if self._curve is None:
            return ""
        cost = money(self._curve.total[cost_at(self._curve, self.cover)])
        currency = self._place.workspace.currency
        return f"{number(self.cover)} pieces cost {cost} {currency}/day; least at {number(self._optimum())}"

    def _words(self) -> tuple[str, str]:
        """The decision, and what it rests on, for the chosen stock level."""
        as_proposed = self._as_analysed() and self.cover == self._row["optimal_cover"]
        narrative = part_decision(
            self._row,
            self._place.workspace.currency,
            cover=None if as_proposed or self._curve is None else self.cover,
            cost=None if self._curve is None else float(self._curve.total[cost_at(self._curve, self.cover)]),
        )
        return " ".join(narrative.sentences[:2]), " ".join(narrative.sentences[2:])
