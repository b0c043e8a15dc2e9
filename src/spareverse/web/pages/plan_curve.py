"""The curve of a plan with a budget that can be dragged along it: figures move at once, parts enter and leave."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl
from nicegui import events, ui

from spareverse.figures import numbers
from spareverse.figures.plan.curve import EfficientPlans, drawn_range, plan_curve, special, tried_point
from spareverse.service.plan_list import PlanRows
from spareverse.web.pages import plan_run
from spareverse.web.pages.cards import Cell, box, button, card, table, text, tile
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import interval, number, percent, plural

if TYPE_CHECKING:
    from spareverse.twin.plan import Plan

PROOF_WORDS = {
    "kept": "kept",
    "not enough lines": "not enough data",
    "exceeded": "exceeded",
    "missed": "FAILED",
    "no proof": "none",
    "no promise": "not enough data",
}
PREVIEW = 0.1
"""Share of the budget that the parts shown at first would need more."""
SAME = 0.002
"""Budgets that differ by less than this share are the same."""


class Curve:
    """The figure, the slider for it, the tiles above, and what another budget would change."""

    def __init__(self, place: Place, plan: Plan, rows: PlanRows) -> None:
        self._place, self._plan, self._rows = place, plan, rows
        self._currency = place.workspace.currency
        self._chosen = special(plan.curve, "chosen") or EfficientPlans.of(plan.curve).at(plan.summary["stock_value"])
        self._tiles()
        with box("plan-columns"):
            self._draw()
            with card() as side:
                side.props("data-entering")
                self._side = ui.element("div").classes("stack")
        self._tell(self._chosen["stock_value"])
        ui.on("plan-budget", self._moved)

    def _tiles(self) -> None:
        """What the plan does; these move with the budget that is tried."""
        row, summary = self._chosen, self._plan.summary
        today, beside = summary.get("today") or {}, summary.get("beside_today") or {}
        partly = bool((summary.get("without_rule") or {}).get("parts"))
        proof = self._plan.proof

        def now(name: str, words: Callable[[Any], str]) -> str:
            """Today's figure; where some rules are not known, both figures on the parts whose rule is."""
            if not today:
                return "today's rule is not known"
            told = words(today.get(name))
            if not partly:
                return f"today {told}"
            return f"{words(beside[name])}, today {told} where today's rule is known"

        with box("tiles"):
            tile(
                "Stock value",
                numbers.rough(row["stock_value"]),
                unit=self._currency,
                note=now("stock_value", numbers.rough),
                mark="stock-value",
            )
            tile(
                "Lines met at once",
                percent(row["fill_rate"]),
                range_=interval(row["fill_rate_low"], row["fill_rate_high"], share=True),
                note=now("fill_rate", percent),
                mark="fill-rate",
            )
            if row["availability"] is not None:  # without the number of assets there is none
                tile("Availability", percent(row["availability"]), note="of the installed assets", mark="availability")
            tile(
                "Parts stocked",
                number(row["parts_stocked"]),
                note=f"of {number(self._plan.summary['parts'])}"
                + (f"; today's rule is known of {number(beside['parts'])}" if partly else ""),
                mark="parts-stocked",
            )
            tile(
                "Owed on average",
                numbers.rough(row["expected_backorders"]),
                unit="pieces",
                note=now("expected_backorders", numbers.rough),
                mark="backorders",
            )
            tile(
                "Proof",
                PROOF_WORDS.get(str(proof["verdict"]), str(proof["verdict"])),
                note=_proof_note(proof),
                href=self._place.link("/backtest", backtest=proof.get("backtest")),
                mark="proof",
            )

    def _draw(self) -> None:
        partly = bool((self._plan.summary.get("without_rule") or {}).get("parts"))
        limited = bool(self._plan.document["wish"].get("limits"))
        figure = plan_curve(self._plan.curve, self._currency, partly=partly, limited=limited)
        if not figure.drawn:
            Drawing(self._place, figure)
            return
        least, most, size = drawn_range(self._plan.curve, self._currency)
        options = {**figure.options, "series": [*figure.options["series"], tried_point(self._chosen, size)]}
        drawing = Drawing(self._place, replace(figure, options=options))
        with drawing.card:
            label = escape("Stock value of the plan that is tried", quote=True)
            ui.html(
                f'<input id="plan-budget" type="range" min="0" max="1000" step="1" aria-label="{label}">',
                sanitize=False,
            ).classes("budget")
        start = {"start": self._chosen["stock_value"], "least": least, "most": most, "size": size}
        given = json.dumps([EfficientPlans.of(self._plan.curve).document(), start | {"currency": self._currency}])
        arrays = given.replace("<", "\\u003c")
        ui.run_javascript(f"window.spareversePlan.attach({drawing.chart.id}, ...{arrays})")

    def _moved(self, event: events.GenericEventArguments) -> None:
        if isinstance(event.args, (int, float)):
            self._tell(float(event.args))

    def _tell(self, budget: float) -> None:
        """Which parts enter and leave at a budget, and the button that plans anew with it."""
        before = self._chosen["stock_value"]
        same = abs(budget - before) <= SAME * max(before, 1.0)
        coming, entering, going, leaving = self._rows.entering(budget, before)
        self._side.clear()
        with self._side:
            if same:
                self._preview(before)
                return
            more = budget > before
            difference = numbers.rough(abs(budget - before), self._currency)
            count = entering if more else leaving
            said = ("enters" if more else "leaves") if count == 1 else ("enter" if more else "leave")
            amount = f"{difference} {'more' if more else 'less'}"
            text(f"{amount}: {plural(count, 'part')} {said} the stock", "section", "h2")
            rows = coming if more else going
            if rows.height:
                _parts(self._place, rows)
            if count > rows.height:
                text(f"Shown: the {rows.height} with the most demand lines.", "quiet small")
            if not count:
                text("The money goes into deeper stock of parts that are kept already.", "quiet small")

            def again() -> None:
                plan_run.start(self._place, {**plan_run.wish_of(self._plan), **plan_run.NO_TARGET, "budget": budget})

            with box("row-gap"):
                button(f"Plan with {numbers.rough(budget, self._currency)}", again, icon="play_arrow", main=True).props(
                    "data-again"
                )
                button("Back", icon="undo", slim=True).on(
                    "click", js_handler=f"() => window.spareversePlan.move({before!r})"
                )

    def _preview(self, budget: float) -> None:
        """What to do here, and what a tenth more money would bring into stock."""
        text("Try another budget", "section", "h2")
        text(
            "Drag the orange point, click on the curve or move the slider: the figures follow at once, and the parts "
            "that enter or leave the stock are listed here. The change list stays that of this plan until you plan "
            "anew.",
            "quiet small",
        )
        coming, count, _, _ = self._rows.entering((1 + PREVIEW) * budget, budget, 6)
        if count:
            told = numbers.rough(PREVIEW * budget, self._currency)
            text(f"{told} more would bring in {plural(count, 'part')}", "section", "h2").style("margin-top: 6px")
            _parts(self._place, coming)


def _parts(place: Place, rows: pl.DataFrame) -> None:
    def link(row: dict[str, Any]) -> str:
        return place.part(row["part_id"], row["place_id"] or "")

    table(
        rows.to_dicts(),
        [
            Cell("Part", lambda r: str(r["part_id"]), href=link, nowrap=True),
            Cell("Description", lambda r: str(r["description"] or "")),
            Cell("Lines", lambda r: numbers.digits(r["lines_a_year"], 2), "a year", right=True),
            Cell("Enters at", lambda r: numbers.rough(r["enters_at"]), place.workspace.currency, right=True),
        ],
        mark="entering",
    )


def _proof_note(proof: dict[str, Any]) -> str:
    if proof.get("promised_fill_rate") is None:
        least = "hardly any demand is expected" if proof["verdict"] == "no promise" else "not proved"
        return str(proof.get("cause") or least)
    return f"promised {percent(proof['promised_fill_rate'])}, came {percent(proof['fill_rate'])}"
