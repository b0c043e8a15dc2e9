"""Portfolio: all parts in one grid, saved views, the change list, and where the money lies."""

from __future__ import annotations

from spareverse.errors import NotFound
from spareverse.figures.portfolio import money_pareto, portfolio_scatter
from spareverse.service.portfolio import PARTS, VIEWS, Portfolio
from spareverse.service.workspace import Workspace
from spareverse.web.pages import decisions, grid, states, worst
from spareverse.web.pages.cards import box, button, note_bar, tile, title
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.home import stale_bar
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.portfolio_grid import PORTFOLIO
from spareverse.web.pages.wording import money, number


def include(workspace: Workspace) -> None:
    page(workspace, "/portfolio", "Portfolio")(show)


def show(place: Place) -> None:
    try:
        analysis = place.workspace.analysis(place.window)
    except NotFound:
        title("Portfolio")
        states.no_analysis(place) if place.workspace.has_data() else states.no_data(place)
        return
    portfolio = place.workspace.portfolio(analysis)
    view = VIEWS.get(place.query.get("view", "all"), VIEWS["all"])
    search = place.query.get("search", "")
    query = PARTS.query(place.where, search, place.query.get("sort", ""), view.name)
    title("Portfolio", view.meaning + (f", matching “{search}”" if search else ""))
    stale_bar(place, analysis)
    if place.workspace.plans.adopted_ids():
        words = "Here each part is looked at alone. The plan weighs all parts against each other under one budget."
        with note_bar(words, icon="insights"):
            button("Change list of the plan", slim=True, href=place.link("/plan", view="to_decide") + "#list")
    _tiles(place, portfolio, view.name)
    start = {**place.window.texts, "view": view.name} | ({"q": search} if search else {})
    one_place = portfolio.frame["place_id"].fill_null("").n_unique() <= 1
    visible = [name for name in PORTFOLIO.default if not (one_place and name == "place_id")]
    _toolbar(place, search, visible)
    grid.grid(place, PORTFOLIO, query, start, place.where, visible)
    with box("two"):
        Drawing(place, portfolio_scatter(portfolio.frame, place.workspace.currency), height=420)
        Drawing(place, money_pareto(portfolio.frame, place.workspace.currency, by=("part_id", "place_id")), height=420)
    with box("two"):
        worst.parts(place, portfolio, 10)
        worst.suppliers(place, analysis.suppliers, 10)


def _tiles(place: Place, portfolio: Portfolio, chosen: str) -> None:
    """The saved views with how many parts each holds and the money in them."""
    currency = place.workspace.currency
    with box("tiles"):
        for view in VIEWS.values():
            shown = PARTS.query(view=view.name)
            column, word = {
                "to_decide": ("saving", f"{currency}/day to save"),
                "never_moved": ("stock_value_now", f"{currency} in stock"),
            }.get(view.name, ("money_at_risk", f"{currency}/day at risk"))
            tile(
                view.title,
                number(portfolio.count(shown)),
                note=f"{money(portfolio.total(shown, column))} {word}",
                here=view.name == chosen,
                href=place.link("/portfolio", view=view.name),
                mark=view.name,
            )


def _toolbar(place: Place, search: str, visible: list[str]) -> None:
    with box("row-gap"):
        grid.row_count()
        if search:
            button(f"Search: {search}", icon="close", slim=True, href=place.here(search=None))
        decisions.bar(place, decisions.Proposals.of_analysis(place))
        grid.tools(PORTFOLIO, visible)
