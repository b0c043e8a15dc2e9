"""Home, the director's page: where we stand, what changed, what is coming, what to do; numbers open their source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from spareverse.errors import NotFound
from spareverse.explainer.narratives.director import director_narrative
from spareverse.explainer.narratives.viability import viability_narrative
from spareverse.figures import numbers
from spareverse.figures.viability.words import capital, plain_name, three
from spareverse.service.portfolio import PARTS
from spareverse.service.workspace import Workspace
from spareverse.web.pages import coming, observing, states, worst
from spareverse.web.pages.cards import box, button, card, link, note_bar, text, tile, title
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.told import paragraph
from spareverse.web.pages.wording import MISSING, day, moment, money, number, percent

if TYPE_CHECKING:
    from spareverse.explainer.facts import Narrative
    from spareverse.twin import Analysis
    from spareverse.twin.observation import Observation

Row = dict[str, Any]


def include(workspace: Workspace) -> None:
    page(workspace, "/", "Home")(show)


def show(place: Place) -> None:
    workspace = place.workspace
    found = observing.observed(place)
    try:
        analysis = workspace.analysis(place.window)
    except NotFound:
        if workspace.has_data():
            title(workspace.name)
            states.no_analysis(place)
            if found is not None and found.document["network"] is not None:
                of_network(place, found)
        elif found is not None:
            of_network(place, found)
        else:
            title(workspace.name)
            observing.following(place)
            states.no_data(place)
        return
    of_record(place, analysis, found)


def of_record(place: Place, analysis: Analysis, found: Observation | None) -> None:
    """A company whose order lines are known."""
    workspace = place.workspace
    title("Where do we stand", _window_line(analysis))
    stale_bar(place, analysis)
    if found is not None:
        observing.stale_bar(place, found)
    portfolio = workspace.portfolio(analysis)
    planned = workspace.plans.to_decide()
    _, worst_part = portfolio.page(PARTS.query(sort="-money_at_risk"), 0, 1)
    to_decide = analysis.document["summary"]["parts_to_decide"] if planned is None else planned
    warnings = coming.unanswered(place, found)
    tables = {} if found is None else {**observing.tables(found), "warnings": warnings}
    _told(
        place,
        director_narrative(
            analysis.document["summary"], tables, previous=_before(place, analysis), expert=_expert(place),
            worst=worst_part.row(0, named=True) if worst_part.height else None, to_decide=int(to_decide),
        ),
    )  # fmt: skip
    _tiles(place, analysis, planned, found, warnings)
    if found is None:
        observing.following(place)
    else:
        _where_and_what(place, found, warnings)
    with box("two"):
        worst.parts(place, portfolio, 6)
        worst.suppliers(place, analysis.suppliers, 6)
    with box("row-gap"):
        button("Decide on changes", main=True, icon="checklist", href=_decide_link(place))
        if found is None:
            button("Observe: what is coming, what helps", icon="explore", href=place.link("/viability"))
    _notices(analysis)


def of_network(place: Place, found: Observation) -> None:
    """A network without order lines: what its observation says."""
    title("Where do we stand", observing.made(found))
    observing.stale_bar(place, found)
    observing.following(place)
    warnings = coming.unanswered(place, found)
    tables = observing.tables(found)
    _told(place, viability_narrative(tables, str(found.document["currency"]), expert=_expert(place)))
    with box("tiles six"):
        _measure_tiles(place, found)
        _warnings_tile(place, found, warnings)
        _advice_tile(place, found)
    _where_and_what(place, found, warnings)


def _expert(place: Place) -> bool:
    return place.query.get("level") == "expert"


def _told(place: Place, narrative: Narrative) -> None:
    """The one paragraph, at one of two levels."""
    with box("stack tight").props("data-paragraph"):
        paragraph(place, narrative)
        expert = _expert(place)
        words = "In short" if expert else "With intervals and how sure"
        link(words, place.here(level=None if expert else "expert"), "link small").props("data-level")


def _before(place: Place, analysis: Analysis) -> Row | None:
    """Summary of the analysis before, of other data; only where no window is asked for."""
    if place.window.texts:
        return None
    for earlier in place.workspace.analyses():
        of_then = earlier.document
        if of_then["inputs"] != analysis.document["inputs"] and of_then["until"] <= analysis.document["until"]:
            return dict(of_then["summary"])
    return None


def _where_and_what(place: Place, found: Observation, warnings: pl.DataFrame) -> None:
    """The viability point with its tail, what is coming, and what to do."""
    with box("map-columns"):
        with box("stack"):
            Drawing(place, observing.gallery(place, found).map(330))
            link("What is behind it", place.link("/viability"), "link small")
        with box("stack wide"):
            coming.first_warnings(place, found, warnings)
            coming.first_nudges(place, found)
            coming.first_changes(place, found)


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


def _tiles(
    place: Place, analysis: Analysis, planned: int | None, found: Observation | None, warnings: pl.DataFrame
) -> None:
    total = analysis.document["summary"]
    currency = place.workspace.currency
    with box("tiles six"):
        tile("Supply on time", percent(total["supply_on_time"]), note="receipts not later than promised",
             href=place.link("/suppliers"))  # fmt: skip
        tile("Customers on time", percent(total["customer_on_time"]), note="deliveries not later than promised",
             href=place.link("/portfolio"))  # fmt: skip
        tile("Money at risk", money(total["money_at_risk"]), unit=f"{currency}/day",
             note="stock-out cost at today's levels", href=place.link("/portfolio", sort="-money_at_risk"))  # fmt: skip
        tile(
            "Stock value by rule",
            money(total["stock_value_now"]),
            unit=currency,
            note=f"proposed {money(total['stock_value_proposed'])}: saves {money(total['saving'])} {currency}/day",
            href=place.link("/portfolio", sort="-stock_value_now"),
        )
        tile(
            "Parts to decide",
            number(total["parts_to_decide"] if planned is None else planned),
            note=f"of {number(total['parts_analysed'])} analysed" if planned is None else "in the plan of record",
            href=_decide_link(place),
            mark="to-decide",
        )
        _warnings_tile(place, found, warnings)


def _warnings_tile(place: Place, found: Observation | None, warnings: pl.DataFrame) -> None:
    note, value = "not looked ahead yet", MISSING
    if found is not None and "warnings" in found.tables:
        value, note = number(warnings.height), f"unanswered, within {found.document['weeks']} weeks"
    tile("Warnings", value, note=note, href=place.link("/warnings"), mark="warnings")


def _advice_tile(place: Place, found: Observation) -> None:
    survived = found.table("recommendations").filter(pl.col("verdict") == "survives")
    tile("What helps", number(survived.height), note="simulated, better than nothing", mark="advice",
         href=place.link("/warnings", tab="advice"))  # fmt: skip


def _measure_tiles(place: Place, found: Observation) -> None:
    """Service, money and workload of a network as it was simulated."""
    currency = str(found.document["currency"])
    measures = found.table("viability_measures").filter(pl.col("point") == (found.now or {}).get("point"))
    rows = {row["measure"]: row for row in measures.to_dicts()}
    for name, unit in (("fill_rate", ""), ("total_cost", f"{currency}/year"), ("stock_value", currency),
                       ("exceptions_per_week", "a week")):  # fmt: skip
        row = rows.get(name)
        if row is None:
            continue
        words = capital(plain_name(name)).removesuffix(" per week")
        value, _, range_ = numbers.measured(*three(row, "value"), share=name == "fill_rate").partition(" [")
        tile(words, value, unit=unit, note=f"[{range_}" if range_ else "", href=place.link("/viability") + "#limits",
             mark=name)  # fmt: skip
