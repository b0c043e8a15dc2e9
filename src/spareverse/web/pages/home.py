"""Home: where do we stand, in one paragraph and six figures, each of which opens its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spareverse.errors import NotFound
from spareverse.explainer.summaries import portfolio_summary
from spareverse.service.workspace import Workspace
from spareverse.web.pages import states, worst
from spareverse.web.pages.cards import box, button, card, note_bar, text, tile, title
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import day, moment, money, number, percent

if TYPE_CHECKING:
    from spareverse.twin import Analysis


def include(workspace: Workspace) -> None:
    page(workspace, "/", "Home")(show)


def show(place: Place) -> None:
    workspace = place.workspace
    try:
        analysis = workspace.analysis(place.window)
    except NotFound:
        title(workspace.name)
        states.no_analysis(place) if workspace.has_data() else states.no_data(place)
        return
    title("Where do we stand", _window_line(analysis))
    stale_bar(place, analysis)
    portfolio = workspace.portfolio(analysis)
    planned = workspace.plans.to_decide()
    text(portfolio_summary(analysis.document, portfolio.frame, planned).text, "paragraph", "p")
    _tiles(place, analysis, planned)
    with box("two"):
        worst.parts(place, portfolio, 6)
        worst.suppliers(place, analysis.suppliers, 6)
    with box("row-gap"):
        button("Decide on changes", main=True, icon="checklist", href=_decide_link(place))
    _notices(analysis)


def _decide_link(place: Place) -> str:
    """The change list: that of the plan of record where there is one, else each part alone."""
    if place.workspace.plans.adopted_ids():
        return place.link("/plan", view="to_decide") + "#list"
    return place.link("/portfolio", view="to_decide")


def _notices(analysis: Analysis) -> None:
    """What the analysis noticed and what it assumed."""
    for name, heading in (("notices", "What to know"), ("assumptions", "What was assumed")):
        words = [str(line) for line in analysis.document.get(name, [])]
        if words:
            with card(heading):
                for line in words:
                    text(line, "small")


def stale_bar(place: Place, analysis: Analysis) -> None:
    """Say so when the data changed after the analysis, and offer to compute anew."""
    if not place.workspace.stale(analysis):
        return
    with note_bar("Files were imported or undone since this analysis was made.", icon="update"):

        def again() -> None:
            place.workspace.order_analysis(place.window)

        button("Analyse again", again, slim=True)


def _window_line(analysis: Analysis) -> str:
    document = analysis.document
    since = day(document.get("since")) if document.get("since") else "the first line"
    return f"Orders from {since} to {day(document.get('until'))} · computed {moment(document.get('made_at'))} UTC"


def _tiles(place: Place, analysis: Analysis, planned: int | None) -> None:
    total = analysis.document["summary"]
    currency = place.workspace.currency
    with box("tiles"):
        tile(
            "Supply on time",
            percent(total["supply_on_time"]),
            note="receipts not later than promised",
            href=place.link("/suppliers"),
        )
        tile(
            "Customers on time",
            percent(total["customer_on_time"]),
            note="deliveries not later than promised",
            href=place.link("/portfolio"),
        )
        tile(
            "Money at risk",
            money(total["money_at_risk"]),
            unit=f"{currency}/day",
            note="stock-out cost at today's levels",
            href=place.link("/portfolio", sort="-money_at_risk"),
        )
        tile(
            "Stock value today",
            money(total["stock_value_now"]),
            unit=currency,
            note="at today's reorder points",
            href=place.link("/portfolio", sort="-stock_value_now"),
        )
        tile(
            "Stock value proposed",
            money(total["stock_value_proposed"]),
            unit=currency,
            note=f"saves {money(total['saving'])} {currency}/day",
            href=place.link("/portfolio", sort="-saving"),
        )
        tile(
            "Parts to decide",
            number(total["parts_to_decide"] if planned is None else planned),
            note=f"of {number(total['parts_analysed'])} analysed" if planned is None else "in the plan of record",
            href=_decide_link(place),
            mark="to-decide",
        )
