"""Limits of a plan: how binding each is, other limits to try, and the parts that can be ordered only until a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nicegui import ui

from spareverse.optimisation.portfolio.wanted_limits import GROUP_COLUMNS, LimitKind
from spareverse.web.pages import plan_run
from spareverse.web.pages.cards import Cell, box, button, card, lines, table, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import MISSING, day, money, number, percent, plural

if TYPE_CHECKING:
    from spareverse.twin.plan import Plan

MEASURES: dict[LimitKind, str] = {
    "stock_value": "Stock value at most",
    "volume": "Volume at most, m³",
    "pieces": "Pieces on hand at most",
    "fill_rate": "Share of lines at least, %",
    "floor": "Pieces of each part at least",
    "ceiling": "Pieces of each part at most",
}
GROUPS = {"": "All parts"} | {name: name.removesuffix("_id").replace("_", " ").capitalize() for name in GROUP_COLUMNS}
MOST_BUYS = 50


def show(place: Place, plan: Plan) -> None:
    """How binding the limits are, and below it the last-time buys where there are any."""
    with card("Limits", "what easing each would bring, at the plan's stock value") as holder:
        holder.props("data-limits")
        table(plan.limits.to_dicts(), _limit_cells(), mark="limits")
        _gap(plan)
        with box("row-gap"):
            button("Try other limits", lambda: _Limits(place, plan), icon="edit", slim=True).props("data-edit-limits")
            button("Import limits", icon="upload_file", slim=True, href=place.link("/data"))
    if plan.last_orders.height:
        _last_orders(place, plan)


def _gap(plan: Plan) -> None:
    gap = plan.summary.get("gap")
    if gap is not None:
        owed = plan.document["wish"].get("measure") == "backorders"
        shown = f"{gap:.3g} pieces owed" if owed else f"{max(100 * gap, 0.001):.2g} % of the demand"
        text(f"No plan within these limits is better by more than {shown}.", "quiet small", "p")


def _limit_cells() -> list[Cell]:
    def figure(row: dict[str, Any], name: str) -> str:
        if row[name] is None:
            return MISSING
        if row["unit"] == "share":
            return percent(row[name])
        unit = row["unit"].partition(";")[0]
        if row[name] == 1:
            unit = unit.replace("pieces", "piece", 1)
        whole = unit.startswith("piece") and row[name] == int(row[name])
        return f"{number(row[name]) if whole else money(row[name])} {unit}"

    return [
        Cell("Limit", lambda r: lines(r["name"][:1].upper() + r["name"][1:], r["comment"])),
        Cell("Parts", lambda r: number(r["parts"]), right=True),
        Cell("", lambda r: r["sense"], nowrap=True),
        Cell("Bound", lambda r: figure(r, "bound"), right=True),
        Cell("Reached", _reached(figure), right=True),
        Cell("Binds", lambda r: "yes" if r["binds"] else "no"),
        Cell(
            "Easing it",
            lambda r: f"{r['shadow_price']:.3g} {r['worth']} per {r['step']}" if r["shadow_price"] else MISSING,
            right=True,
        ),
    ]


def _reached(figure: Any) -> Any:
    def shown(row: dict[str, Any]) -> str:
        each = "reached: parts" in row["unit"]
        return f"{plural(int(row['reached']), 'part')} at it" if each else str(figure(row, "reached"))

    return shown


def _last_orders(place: Place, plan: Plan) -> None:
    currency = place.workspace.currency
    note = "what to order today, or by the last day at the latest, to last until the end of service"
    with card("Last-time buys", note) as holder:
        holder.props("data-last-orders")
        cells = [
            Cell("Part", lambda r: r["part_id"], href=lambda r: place.part(r["part_id"]), nowrap=True),
            Cell("Place", lambda r: r["place_id"] or ""),
            Cell("Order by", lambda r: day(r["last_order_on"]), nowrap=True),
            Cell("Needed until", lambda r: day(r["needed_until"]), nowrap=True),
            Cell("Stock", lambda r: number(r["stock"]), "pieces", right=True),
            Cell("Demand", _demand, "95 % limits", right=True),
            Cell("Buy", lambda r: number(r["quantity"]), "pieces", right=True),
            Cell("Money", lambda r: money(r["money"]), currency, right=True),
            Cell("Lasts", lambda r: percent(r["chance_enough"]), "chance", right=True),
            Cell("Left", lambda r: number(r["expected_left"], 1), "pieces", right=True),
            Cell("Short", lambda r: number(r["expected_short"], 1), "pieces", right=True),
            Cell("Assumed", lambda r: r["remarks"]),
        ]
        table(plan.last_orders.head(MOST_BUYS).to_dicts(), cells, mark="last-orders")
        if plan.last_orders.height > MOST_BUYS:
            more = plan.last_orders.height - MOST_BUYS
            text(f"{more:,} more are in the plan's Excel file.", "quiet small", "p")


def _demand(row: dict[str, Any]) -> str:
    if row["demand"] is None:
        return MISSING
    return f"{number(row['demand'], 1)} [{number(row['demand_low'])}–{number(row['demand_high'])}]"


@dataclass
class _Row:
    """One limit as it is edited."""

    kind: LimitKind = "stock_value"
    bound: float | None = None
    column: str = ""
    value: str = ""
    comment: str = ""


class _Limits:
    """The limits of the next plan, one row each."""

    def __init__(self, place: Place, plan: Plan) -> None:
        self._place, self._plan = place, plan
        self._rows = [_shown(limit) for limit in plan.document["wish"].get("limits", [])] or [_Row()]
        with ui.dialog() as self._dialog, ui.card().style("max-width: 960px; width: 92vw"):
            text("Try other limits", "title", "h2")
            text("The plan that comes out is a trial; imported limits stay as they are.", "quiet", "p")
            self._list = ui.element("div").classes("stack")
            with box("row-gap"):
                button("Add a limit", self._add, icon="add", slim=True)
                button("Plan with these", self._start, icon="play_arrow", main=True).props("data-plan-limits")
                button("As imported", lambda: self._run(None), slim=True)
                button("Close", self._dialog.close, slim=True)
        self._dialog.on("hide", self._dialog.delete)
        self._show()
        self._dialog.open()

    def _show(self) -> None:
        self._list.clear()
        with self._list:
            for row in self._rows:
                self._fields(row)

    def _fields(self, row: _Row) -> None:
        look = plan_run.LOOK
        with box("row-gap"):
            ui.select(GROUPS, label="For parts by").props(look).style("min-width: 150px").bind_value(row, "column")
            name = ui.input("Which one").props(look).style("width: 170px").bind_value(row, "value")
            name.bind_visibility_from(row, "column", bool)
            ui.select(MEASURES, label="Limit").props(look).style("min-width: 230px").bind_value(row, "kind")
            ui.number("Bound", min=0).props(look).style("width: 130px").bind_value(row, "bound")
            button("Leave out", lambda: self._drop(row), icon="close", slim=True)

    def _add(self) -> None:
        self._rows.append(_Row())
        self._show()

    def _drop(self, row: _Row) -> None:
        self._rows.remove(row)
        self._show()

    def _start(self) -> None:
        wanted = []
        for row in self._rows:
            if row.bound is None or (row.column and not row.value.strip()):
                ui.notify("Give every limit its bound, and the name of its group.", type="negative")
                return
            bound = row.bound / 100 if row.kind == "fill_rate" else row.bound
            value = row.value.strip() if row.column else ""
            limit = {"kind": row.kind, "bound": bound, "column": row.column, "value": value}
            wanted.append(limit | ({"comment": row.comment} if row.comment else {}))
        self._run(wanted)

    def _run(self, limits: list[dict[str, Any]] | None) -> None:
        self._dialog.close()
        plan_run.start(self._place, plan_run.wish_of(self._plan) | {"limits": limits})


def _shown(limit: dict[str, Any]) -> _Row:
    share = limit["kind"] == "fill_rate"
    bound = round(100 * limit["bound"], 6) if share else limit["bound"]
    return _Row(limit["kind"], bound, limit["column"], limit["value"], limit.get("comment", ""))
