"""Back-test: did the plan, made on the earlier history, keep its promise, and what would others have done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from fastapi.responses import FileResponse
from nicegui import app, ui

from spareverse.errors import NotFound
from spareverse.explainer.plan import after_a_failed_proof, backtest_summary, misses
from spareverse.explainer.rivals import better_rivals
from spareverse.figures import numbers
from spareverse.figures.plan.contenders import (
    contender_curves,
    equal_fill_rate,
    money_against_company,
    usual_fill_rate,
)
from spareverse.figures.plan.policies import compared, in_order, policy_words
from spareverse.figures.plan.reliability import reliability
from spareverse.network.plan_tables import ALL_PARTS, RULE_KNOWN
from spareverse.service.plan_list import BACKTEST_LIST
from spareverse.service.plans import ADOPTED, BACKTEST
from spareverse.service.rows import Rows
from spareverse.service.workspace import Workspace
from spareverse.web.pages import grid, plan_run, states
from spareverse.web.pages.cards import Cell, box, button, card, note_bar, notes, table, text, tile, title
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.files import Texts, send, send_shown
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.plan_grid import backtest_look
from spareverse.web.pages.wording import day, interval, moment, number, percent, unbroken

if TYPE_CHECKING:
    from spareverse.twin.backtest import Backtest

VERDICTS = {
    "kept": ("The promise was kept", "good", "verified"),
    "not enough lines": ("Too few demand lines came to prove the promise", "", "hourglass_empty"),
    "exceeded": ("More was met than promised: the plan may hold too much", "good", "trending_up"),
    "missed": ("The proof FAILED: the promise was not kept", "bad", "gpp_bad"),
}
MOST_RUNS = 30


def include(workspace: Workspace) -> None:
    page(workspace, "/backtest", "Back-test")(show)

    @app.get("/files/backtests/{backtest}/parts.xlsx")
    async def shown(
        backtest: str, q: str = "", view: str = "", where: Texts = None, sort: str = "", columns: str = ""
    ) -> FileResponse:
        frame = workspace.plans.backtest_rows(backtest).all(BACKTEST_LIST.query(where or (), q, sort, view))
        return await send_shown("Back-test rows", backtest_look(backtest), frame, columns)

    @app.get("/files/backtests/{backtest}/backtest.xlsx")
    async def whole(backtest: str) -> FileResponse:
        return await send("backtest.xlsx", workspace.plans.backtest(backtest).export)


def show(place: Place) -> None:
    plans = place.workspace.plans
    plan = plans.plan(ADOPTED if plans.adopted_ids() else "latest") if plans.ids() else None
    asked = place.query.get("backtest", "")
    try:
        found = plans.backtest(asked or "latest")
    except NotFound:
        if asked:
            raise
        _nothing(place)
        return
    with box("headline"):
        with box("words"):
            proof = found.proof
            since, until = day(proof["fit_until"]), day(proof["until"])
            made = moment(found.document.get("made_at"))
            title("Back-test", f"Fitted before {since}, replayed until {until} · made {made} UTC")
        plan_run.Wish(place, plan, BACKTEST)
    plan_run.running(place, BACKTEST, lambda _: ui.navigate.to(place.link("/backtest")))
    _verdict(place, found)
    _runs(place, found)
    _tiles(place, found)
    with box("two"):
        Drawing(place, reliability(found.results))
        Drawing(place, contender_curves(found.results, place.workspace.currency))
    _misses(found)
    with box("two"):
        EqualFill(place, found)
        Drawing(place, money_against_company(found.results, place.workspace.currency))
    _contenders(place, found)
    if better := better_rivals(found.results, found.equal, place.workspace.currency):
        with card("Where others did better than the plan") as holder:
            holder.props("data-better")
            notes(better)
    _parts(place, found, plans.backtest_rows(found.id))
    with card("What was assumed") as holder:
        holder.props("data-assumed")
        notes([str(line) for line in found.document.get("notices", [])] or ["Nothing beyond the imported tables."])


def _nothing(place: Place) -> None:
    title("Back-test", "Would the plan have kept its promise?")
    if not place.workspace.has_data():
        states.no_data(place)
        return
    if plan_run.running(place, BACKTEST, lambda _: ui.navigate.reload()):
        return
    row = states.state(
        "fact_check",
        "No back-test yet",
        "A back-test fits everything on the history before a day, freezes the plan, and replays the demand and the "
        "lead times that really came: beside the company's rule and textbook policies.",
    )
    with row:
        plan_run.Wish(place, None, BACKTEST)


def _verdict(place: Place, found: Backtest) -> None:
    """The verdict first, then the summary."""
    words, tone, icon = VERDICTS.get(str(found.proof["verdict"]), ("Nothing was promised", "", "help_outline"))
    bar = note_bar(words, tone=tone, icon=icon).props(f"data-verdict={found.proof['verdict'].replace(' ', '-')}")
    with bar:
        button("Excel", icon="download", slim=True, href=f"/files/backtests/{found.id}/backtest.xlsx")
    summary = backtest_summary(found.document, found.results, found.equal)
    text(unbroken(summary.text), "paragraph", "p").props("data-summary")


def _runs(place: Place, found: Backtest) -> None:
    """Other back-tests that were kept."""
    plans = place.workspace.plans
    ids = plans.backtest_ids()[:MOST_RUNS]
    if len(ids) < 2:
        return
    currency = place.workspace.currency
    names = {}
    for run in ids:
        document = plans.document(BACKTEST, run)
        fit = day(document["proof"]["fit_until"])
        words = plan_run.wish_words(document["wish"], currency)
        names[run] = f"{moment(document.get('made_at'))} UTC, fitted until {fit}, {words}"
    choice = ui.select(names, label="Back-test", value=found.id if found.id in names else None).props(plan_run.LOOK)
    choice.style("width: 560px; max-width: 100%").props("data-runs")
    choice.on_value_change(lambda event: ui.navigate.to(place.link("/backtest", backtest=str(event.value))))


def _tiles(place: Place, found: Backtest) -> None:
    chosen = found.results.filter((pl.col("group") == ALL_PARTS) & pl.col("chosen"))
    plan = chosen.row(by_predicate=pl.col("policy") == "plan", named=True)
    beside_one_another = {row["policy"]: row for row in compared(found.results).filter("chosen").to_dicts()}
    same, company = beside_one_another["plan"], beside_one_another.get("company")
    currency = place.workspace.currency

    def told(row: dict[str, Any], name: str, unit: str = "") -> str:
        return numbers.measured(row[name], row.get(f"{name}_low"), row.get(f"{name}_high"), unit, limits=False)

    def beside(name: str, unit: str = "", *, share: bool = False) -> str:
        if company is None:
            return "the company's rule is not known"
        value, mine = (percent(row[name]) if share else told(row, name, unit) for row in (company, same))
        if company["group"] != RULE_KNOWN:
            return f"company's rule {value}"
        return f"{mine}, company's rule {value} where it is known"

    with box("tiles six"):
        tile(
            "Promised",
            percent(plan["promised_fill_rate"]),
            range_=interval(plan["promised_fill_rate_low"], plan["promised_fill_rate_high"], share=True),
            note="of the lines met at once",
            mark="promised",
        )
        tile(
            "Realised",
            percent(plan["fill_rate"]),
            range_=interval(plan["fill_rate_low"], plan["fill_rate_high"], share=True),
            note=beside("fill_rate", share=True),
            mark="realised",
        )
        tile(
            "Stock value",
            told(plan, "stock_value"),
            unit=currency,
            note=beside("stock_value", currency),
        )
        tile("Cost", told(plan, "cost"), unit=f"{currency}/year", note=beside("cost", f"{currency}/year"))
        tile("Mean wait", numbers.digits(plan["wait_days"], 2), unit="days", note=beside("wait_days", "days"))
        known = (
            f"; company's rule known of {number(company['parts'])}"
            if company and company["group"] == RULE_KNOWN
            else ""
        )
        tile("Replayed", number(plan["lines"]), unit="lines", note=f"of {number(plan['parts'])} parts{known}")


def _misses(found: Backtest) -> None:
    """Each class outside its promise, with its cause, and what to do where the proof failed."""
    told = misses(found.results)
    if told:
        with card("Outside the promise, and why") as holder:
            holder.props("data-misses")
            notes([narrative.text for narrative in told])
    if remedies := after_a_failed_proof(found.proof):
        with card("What to do now") as holder:
            holder.props("data-remedies")
            notes(remedies)


class EqualFill:
    """Stock value at equal fill rate, at any fill rate of the table."""

    def __init__(self, place: Place, found: Backtest) -> None:
        self._place, self._found = place, found
        self._slot = ui.element("div")
        rows = found.equal.drop_nulls(["stock_value"])
        self._choices = {rate: percent(rate) for rate in rows["fill_rate"].unique().sort()}
        self._show(usual_fill_rate(found.equal) if self._choices else None)

    def _show(self, rate: float | None) -> None:
        self._slot.clear()
        with self._slot:
            drawing = Drawing(self._place, equal_fill_rate(self._found.equal, self._place.workspace.currency, rate))
            if len(self._choices) > 1:
                with drawing.card:
                    choice = ui.select(self._choices, label="Lines met at once", value=rate).props(plan_run.LOOK)
                    choice.style("width: 160px; margin-top: 8px").props("data-equal")
                    choice.on_value_change(lambda event: self._show(float(event.value)))


def _contenders(place: Place, found: Backtest) -> None:
    """Every contender at the setting that stands for it."""
    chosen = compared(found.results).filter("chosen")
    rows = {row["policy"]: row for row in chosen.to_dicts()}
    currency = place.workspace.currency

    def measured(name: str, *, share: bool = False) -> Cell:
        heading = {"fill_rate": "Met at once", "stock_value": "Stock value", "cost": "Cost"}[name]
        unit = {"fill_rate": "of lines", "stock_value": currency, "cost": f"{currency}/year"}[name]

        def words(row: dict[str, float]) -> str:
            return numbers.measured(row[name], row[f"{name}_low"], row[f"{name}_high"], share=share)

        return Cell(heading, words, unit, right=True)

    with card("Contenders", "each at the setting that stands for it; the curves show all settings"):
        table(
            [rows[name] for name in in_order(rows)],
            [
                Cell("Contender", lambda r: policy_words(r["policy"]), nowrap=True),
                Cell("Setting", _setting, right=True),
                measured("fill_rate", share=True),
                Cell("Of pieces", lambda r: percent(r["fill_rate_pieces"]), right=True),
                Cell("Mean wait", lambda r: numbers.digits(r["wait_days"], 2), "days", right=True),
                measured("stock_value"),
                Cell("Orders", lambda r: number(r["orders"]), "in the replay", right=True),
                measured("cost"),
            ],
            mark="contenders",
        )


def _setting(row: dict[str, Any]) -> str:
    """How generous a contender is, in its own unit."""
    if row["policy"] == "company":
        return "as imported"
    if row["policy"] == "months-of-cover":
        return f"{numbers.digits(row['setting'])} months"
    return f"{'promises' if row['policy'] == 'plan' else 'service'} {percent(row['setting'])}"


def _parts(place: Place, found: Backtest, rows: Rows) -> None:
    look = backtest_look(found.id)
    view = BACKTEST_LIST.views.get(place.query.get("view", ""), next(iter(BACKTEST_LIST.views.values())))
    query = BACKTEST_LIST.query(place.where, "", place.query.get("sort", ""), view.name)
    with box("titles").props("id=list"):
        text("Part by part", "title", "h2")
        text(view.meaning, "quiet", "p")
    with box("tiles"):
        for one in BACKTEST_LIST.views.values():
            count = rows.count(BACKTEST_LIST.query(view=one.name))
            href = place.here(view=one.name, sort=None) + "#list"
            tile(one.title, number(count), note="parts", here=one.name == view.name, href=href, mark=one.name)
    one_place = rows.frame["place_id"].fill_null("").n_unique() <= 1
    visible = [name for name in look.default if not (one_place and name == "place_id")]
    with box("row-gap"):
        grid.row_count()
        grid.tools(look, visible)
    start = {"view": view.name, "backtest": found.id}
    grid.grid(place, look, query, start, place.where, visible, mark="backtest").classes("short")
