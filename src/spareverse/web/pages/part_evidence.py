"""How sure a part's decision is: evidence, fits beside one another, assumptions, and the costs behind it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl
from nicegui import ui

from spareverse.errors import SpareverseError
from spareverse.optimisation.safety_cover import UnitCosts
from spareverse.statistics.alternatives import Alternative
from spareverse.twin import PartResult
from spareverse.web.pages.cards import box, button, card, facts, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.part_controls import Controls
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import interval, known, number, percent, pieces_of

if TYPE_CHECKING:
    from spareverse.twin import Analysis

Row = dict[str, Any]
SIGNIFICANT = 0.05
_COST_SOURCES = {
    "purchases": "its purchases",
    "parts": "the parts table",
    "category": "its category (an assumption)",
}
_SOURCES = {"promise": "the promises of its lines", "master": "master data", "missing": "nowhere: missing"}


def show(place: Place, row: Row, cycles: pl.DataFrame, analysis: Analysis, controls: Controls) -> None:
    part = PartResult(row, cycles, place.workspace.currency)
    with box("two"):
        _how_sure(part)
        _costs(place, row, controls)
    with box("two"):
        Drawing(place, part.figure("weibull"))
        Drawing(place, part.figure("risk-curve"))
        Drawing(place, part.figure("lead-times"))
        Drawing(place, part.figure("slips"))
    _assumptions(analysis)


def _how_sure(part: PartResult) -> None:
    row = part.row
    with card("How sure"):
        text(_verdict(row), "stack")
        facts(
            [
                (
                    "Evidence",
                    f"{row['evidence']}: {number(row['cycles'])} completed cycles, {number(row['open_lines'])} open",
                ),
                ("Lead time, pooled", _weibull(row["lead_time_shape"], row["lead_time_scale_days"], "days")),
                ("Lead time, own fit", _weibull(row["weibull_shape"], row["weibull_scale_days"], "days")),
                ("Fit of the Weibull", _fit(row["weibull_p_value"])),
                ("Borrows lead time from", row["lead_time_group"] or "nobody"),
                ("Borrows demand from", row["demand_group"] or "nobody"),
                ("Demand", f"{number(row['order_rate'], 3)} orders a day of {number(row['order_size'], 1)} pieces"),
                (
                    "Expected lead time",
                    f"{number(row['expected_lead_time_days'])} days, from {_SOURCES[row['expected_lead_time_source']]}",
                ),
                ("Customers", _customers(row)),
                (
                    "Optimum by process",
                    pieces_of(row, "optimal_cover"),
                ),
                ("Optimum by paper", number(row["paper_optimum"])),
                ("Safety cover, paper", _paper(row)),
                ("Risk at the optimum, paper", _paper_risk(part)),
                ("Lead-time models", _models(part.lead_time_models())),
                ("Demand models", _models(part.demand_models())),
            ]
        )


def _verdict(row: Row) -> str:
    """One sentence on how far to trust the row."""
    p_value = row["weibull_p_value"]
    if known(p_value) and p_value < SIGNIFICANT:
        return "The Weibull does not describe this part's lead times well; read the risks as rough."
    return {
        "strong": "Enough cycles of its own: the group hardly matters.",
        "fair": "Its own cycles carry most of the decision, the group steadies them.",
        "weak": "Few cycles of its own: the group carries much of the decision.",
        "borrowed": "No completed cycle of its own: everything rests on its group.",
    }[row["evidence"]]


def _weibull(shape: float | None, scale: float | None, unit: str) -> str:
    if not (known(shape) and known(scale)):
        return "too few cycles"
    return f"Weibull, shape {number(shape, 2)}, scale {number(scale, 1)} {unit}"


def _customers(row: Row) -> str:
    words = f"{number(row['customers'])} in {number(row['countries'])} countries"
    if known(row["customer_on_time"]):
        words += f", {percent(row['customer_on_time'])} on time, {number(row['days_to_customer'], 1)} days to them"
    return words


def _fit(p_value: float | None) -> str:
    if p_value is None or not known(p_value):
        return "too few cycles to test"
    return f"p = {p_value:.2g}, {'not supported' if p_value < SIGNIFICANT else 'not contradicted'} by Anderson-Darling"


def _paper(row: Row) -> str:
    if not known(row["paper_shape"]):
        return "too few cycles"
    fit = _weibull(row["paper_shape"], row["paper_scale"], "pieces")
    return f"{fit}; {percent(row['paper_no_sale'])} of the cycles without a sale"


def _paper_risk(part: PartResult) -> str:
    """P(SC > x) at the proposed cover by the other estimator."""
    risk = part.paper_risk(part.row["optimal_cover"]) if known(part.row["optimal_cover"]) else None
    if risk is None:
        return "not enough data"
    return f"{percent(risk[0])} {interval(risk[1], risk[2], share=True)}"


def _models(models: list[Alternative]) -> str:
    """Models by AICc with their distance from the best."""
    compared = [model for model in models if math.isfinite(model.aicc)]
    if len(compared) < 2:
        return "too few cycles to compare"
    rest = ", ".join(f"{model.name} +{model.aicc - compared[0].aicc:.1f}" for model in compared[1:])
    return f"{compared[0].name} is best by AICc; {rest}"


def _costs(place: Place, row: Row, controls: Controls) -> None:
    """The cost parameters of this part; changing one moves the curve and the sentence."""
    unit = f"{place.workspace.currency}/piece/day"
    with card("What it costs", "change a figure and see the decision move"):
        names = (
            ("holding", "Holding", "h"),
            ("early_holding", "Held because supply was early", "h_e"),
            ("stock_out", "Stock-out", "b"),
        )
        fields = {
            name: _field(f"{words} ({symbol}), {unit}", getattr(controls.costs, name)) for name, words, symbol in names
        }

        def changed() -> None:
            values = {name: field.value for name, field in fields.items()}
            if all(value is not None and value >= 0 for value in values.values()):
                controls.reprice(UnitCosts(**values))

        for field in fields.values():
            field.on("change", changed)
        start = {name: field.value for name, field in fields.items()}

        def back() -> None:
            for name, field in fields.items():
                field.set_value(start[name])
            changed()

        def keep() -> None:
            try:
                place.workspace.keep_costs(row["part_id"], controls.costs)
            except SpareverseError as error:
                ui.notify(error.message, type="negative")
                return
            ui.notify("Kept in costs.toml. Analyse again to use it everywhere.")

        with box("row-gap"):
            button("Keep for this part", keep, slim=True)
            button("As analysed", back, slim=True)
            source = _COST_SOURCES.get(row["unit_cost_source"], "an assumption")
            text(f"Unit cost {number(row['unit_cost'], 2)} {place.workspace.currency}, from {source}.", "quiet small")


def _field(label: str, value: float) -> ui.number:
    field = ui.number(label, value=round(value, 5), min=0, format="%.5f").props("outlined dense")
    return field.classes("full-width").style("margin-bottom: 8px")


def _assumptions(analysis: Analysis) -> None:
    assumed = [str(words) for words in analysis.document.get("assumptions", [])]
    if assumed:
        with card("What was assumed"):
            for words in assumed:
                text(words, "small")
