"""Portfolio: all parts in one grid, saved views, the change list, and where the money lies."""

from __future__ import annotations

from nicegui import ui

from spareverse.errors import NotFound
from spareverse.figures.portfolio import money_pareto, portfolio_scatter
from spareverse.service.portfolio import VIEWS, Portfolio, Query
from spareverse.service.workspace import Workspace
from spareverse.web.pages import decisions, grid, states, worst
from spareverse.web.pages.cards import box, button, tile, title
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.home import stale_bar
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
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
    query = Query.of(place.where, search, place.query.get("sort", ""), view.name)
    title("Portfolio", view.meaning + (f", matching “{search}”" if search else ""))
    stale_bar(place, analysis)
    _tiles(place, portfolio, view.name)
    start = {**place.window.texts, "view": view.name} | ({"q": search} if search else {})
    one_place = portfolio.frame["place_id"].fill_null("").n_unique() <= 1
    visible = [name for name in grid.DEFAULT if not (one_place and name == "place_id")]
    _toolbar(place, search, visible)
    grid.parts_grid(place, query, start, place.where, visible)
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
            shown = Query.of(view=view.name)
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
        ui.html('<span id="row-count" class="num"></span>', sanitize=False).style(
            "min-width: 110px; font-weight: 500"
        ).props("aria-live=polite")
        if search:
            button(f"Search: {search}", icon="close", slim=True, href=place.here(search=None))
        decisions.bar(place)
        ui.element("div").style("flex: 1")
        _chooser(visible)
        button("Clear filters", icon="filter_alt_off", slim=True).on(
            "click", js_handler="() => window.spareverse.clearFilters()"
        )
        button("Excel", icon="download", slim=True).on("click", js_handler="() => window.spareverse.exportExcel()")


def _chooser(visible: list[str]) -> None:
    """Which columns the grid shows."""
    listing = box("stack").style("padding: 10px 14px; gap: 0; width: 300px")
    with button("Columns", icon="view_column", slim=True), ui.menu().props("max-height=420px") as menu:
        listing.move(menu)
        with listing:
            boxes = {
                column.name: ui.checkbox(column.heading, value=column.name in visible)
                .props("dense")
                .tooltip(column.meaning)
                .style("padding: 3px 0")
                for column in grid.columns()
            }

    def show() -> None:
        chosen = [name for name, box_ in boxes.items() if box_.value]
        ui.run_javascript(f"window.spareverse.showColumns({chosen!r})")

    for box_ in boxes.values():
        box_.on_value_change(show)
