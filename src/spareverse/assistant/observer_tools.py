"""Tools on where the company stands: viable or not, against which limits, and whether its incentives agree."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import SHARE, Findings, Listing, Shown, Subject, cell, listed, told_rows
from spareverse.assistant.foresight_tools import sentences
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Tool
from spareverse.errors import NotFound
from spareverse.explainer.facts import Narrative
from spareverse.explainer.narratives.incentives import incentives_narrative
from spareverse.explainer.narratives.limits import limit_narrative, margin_unit, unit_words
from spareverse.explainer.narratives.viability import DISTURBANCES, viability_narrative

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure
    from spareverse.twin.observation import Observation


SHOCKS_SHOWN = 6
COMPONENTS = ("loss", "recovery", "swing", "firefighting", "waiting", "amplification")


def viability(session: Session) -> Findings:
    """Whether the company is inside its limits, whether its incentives agree, and how well it holds itself."""
    found = session.observed()
    plain, expert = (viability_narrative(found.tables, session.currency, expert=level) for level in (False, True))
    doubts = tuple(f"The axis {axis} is experimental: {why}" for axis, why in found.experimental.items())
    more = Narrative((*doubts, *found.notices), sentences("doubts", doubts) + sentences("notices", found.notices))
    names = ("viability-map", "components", "externalities", "recovery")
    figures = {name: partial(_drawn, found, session.currency, name) for name in names}
    told = Findings.told(plain, expert, Subject("viability", found.id), more, figures=figures)
    # what did not prove itself is said to everybody
    return replace(told, sentences=(*told.sentences, *doubts))


def _drawn(found: Observation, currency: str, name: str) -> Figure:
    from spareverse.figures.viability.gallery import ViabilityGallery

    return ViabilityGallery(found.tables, currency, experimental=found.experimental).figure(name)


def incentives(session: Session) -> Findings:
    """What it costs that each follows its own pay, and who works against whom."""
    found = session.observed()
    if "coherence" not in found.tables:
        raise NotFound(
            "Incentives are weighed by simulating a network with agents, and this was observed without: name the "
            "agents and how they are paid in the network, or `spareverse build` one, then observe again."
        )
    plain, expert = (incentives_narrative(found.tables, session.currency, expert=level) for level in (False, True))
    doubt = tuple(
        f"The axis {axis} is experimental: {why}" for axis, why in found.experimental.items() if axis == "coherence"
    )
    width = found.table("coherence")["rho"].min()
    pairs = found.table("externalities").filter(pl.col("rho") == width, pl.col("mover") != pl.col("on"))
    pairs = pairs.with_columns(agent=pl.when(pl.col("on") != "enterprise").then(pl.col("on")))
    columns = (
        Shown("mover", "What it does", fact=False), Shown("on", "Falls on", fact=False),
        Shown("share_of_range", "Of the range of its pay", SHARE),
        Shown("clear", "Beyond noise", fact=False),
    )  # fmt: skip
    listing = Listing.of("incentives", "Who is paid against whom", columns, pairs, pairs.height, key=("mover", "on"),
                         of_too=("agent",))  # fmt: skip
    told = Findings.told(plain, expert, Subject("viability", found.id), Narrative(doubt, sentences("doubts", doubt)))
    figures = {name: partial(_drawn, found, session.currency, name) for name in ("externalities",)}
    return replace(
        told, sentences=(*told.sentences, *doubt), facts=(*told.facts, *listing.facts("externalities")),
        listings=(listing,), figures=figures,
    )  # fmt: skip


def shocks(session: Session, component: str = "", disturbance: str = "") -> Findings:
    """How the company holds itself under the disturbances of the battery, the worst first."""
    found = session.observed()
    rows = found.table("homeostasis").sort("h", "disturbance", "component")
    for column, name in (("component", component), ("disturbance", disturbance)):
        rows = rows.filter(pl.col(column) == name) if name else rows
    if rows.is_empty():
        raise NotFound(
            "Shocks are tried on a network, of which this tells nothing such: `spareverse build` makes one of a record."
        )
    units = [{"d": "days"}.get(str(unit), str(unit or "")) for unit in rows["unit"]]
    names = [None if name == "none" else DISTURBANCES.get(str(name), str(name)) for name in rows["disturbance"]]
    rows = rows.with_columns(unit=pl.Series(units, dtype=pl.String), disturbance=pl.Series(names, dtype=pl.String))
    columns = (
        Shown("disturbance", "Disturbance"), Shown("component", "Component"),
        Shown("value", "Value", unit_of="unit"), Shown("unit", "In", fact=False), Shown("h", "Index"),
    )  # fmt: skip
    listing = Listing.of("shocks", "Under disturbances, the worst first", columns, rows, rows.height,
                         key=("component", "disturbance"))  # fmt: skip
    said = [
        f"{str(row['component']).capitalize()}{_after(row)}: {cell(row, 'value', str(row['unit']))}."
        for row in sorted(listing.rows[:SHOCKS_SHOWN], key=lambda row: row["disturbance"] is not None)
    ]
    figures = {"recovery": partial(_drawn, found, session.currency, "recovery")}
    return listed(listing, "homeostasis", Subject("viability", found.id), said, figures=figures)


def _after(row: dict[str, object]) -> str:
    return " without a shock" if row["disturbance"] is None else f" after {row['disturbance']}"


def limits(session: Session, ranked: bool = False) -> Findings:
    """Service, money and workload today, each against its limit; of a record its newest year.

    ``ranked``: only those with a limit, the one broken most, or kept with least to spare, first.
    """
    found = session.observed()
    now = found.now
    rows = found.table("viability_measures")
    rows = rows.filter(pl.col("point") == now["point"]) if now else rows.head(0)
    if now is None or rows.is_empty():
        raise NotFound("The newest observation has no measure of service, money or workload.")
    unset = now["viable"] == "default"
    if ranked and unset:
        raise NotFound("Nobody has set limits, so none is kept or broken. Set them on the page Viability.")
    if ranked:
        rows = rows.filter(pl.col("margin").is_not_null()).sort("margin", "measure")
        if rows.is_empty():
            raise NotFound("No limit is set that a measure of the newest observation could keep or miss.")
    past = now["kind"] == "past"
    told = told_rows(
        rows.to_dicts(), lambda row: str(row["measure"]),
        lambda row, level: limit_narrative(row, session.currency, past=past, unset=unset, expert=level),
    )  # fmt: skip
    units = [unit_words(str(row["measure"]), str(row["unit"] or ""), session.currency) for row in rows.to_dicts()]
    margins = [margin_unit(row, session.currency) for row in rows.to_dicts()]
    rows = rows.with_columns(unit=pl.Series(units, dtype=pl.String), margin_unit=pl.Series(margins, dtype=pl.String))
    columns: tuple[Shown, ...] = (
        Shown("side", "Side", fact=False), Shown("measure", "Measure", fact=False),
        Shown("value", "Value", unit_of="unit", measure_of="measure"), Shown("unit", "In", fact=False),
    )  # fmt: skip
    if not unset:
        columns += (
            Shown("at_least", "At least", unit_of="unit", measure_of="measure"),
            Shown("at_most", "At most", unit_of="unit", measure_of="measure"),
            Shown("margin", "Margin", unit_of="margin_unit"),
        )
    listing = Listing.of("limits", "Service, money and workload", columns, rows, rows.height, key=("measure",))
    order = (_order(rows),) if ranked else ()
    return Findings(
        (*order, *told.sentences),
        (*told.facts, *listing.facts("viability_measures"), *sentences("notices", found.notices)),
        (*order, *told.expert, *found.notices), (listing,), subject=Subject("viability", found.id),
    )  # fmt: skip


def _order(rows: pl.DataFrame) -> str:
    """By what the limits are ranked: how far each measure is inside, as a share of its limit."""
    missed = bool((rows["margin_high"].fill_null(rows["margin"]) < 0).any())
    first = "the one broken most first" if missed else "none surely broken, the one with least to spare first"
    return f"Measures with a limit, {first}, by what is to spare as a share of the limit."


TOOLS = (
    Tool(
        "viability", "Is the company viable",
        "Where the company stands: inside its own limits of service, money and workload or not, whether its incentives "
        "agree (coherence), how well it holds itself under shocks (homeostasis), as the Observer last found.",
        viability,
    ),
    Tool(
        "incentives", "Who is paid against whom",
        "What it costs a day that each agent follows its own pay (price of misalignment), whose own moves raise the "
        "cost of the enterprise, and who works against whose pay.",
        incentives,
    ),
    Tool(
        "shocks", "Under disturbances",
        "How the company holds itself when demand surges, a supplier stops, lead times stretch, a link closes or "
        "capacity is lost: days to recover, waiting, swing of the stock, emergency orders, the worst first.",
        shocks,
        (
            Argument("component", "text", "Only this", choices=COMPONENTS),
            Argument("disturbance", "text", "Only after this", choices=tuple(DISTURBANCES)),
        ),
    ),
    Tool(
        "limits", "Service, money and workload",
        "Today's service, money and workload, each with its interval and against the limit set for it.",
        limits,
        (Argument("ranked", "boolean", "Only those with a limit, the one broken most first", default=False),),
    ),
)  # fmt: skip
"""Verbs on the newest observation, none of which changes anything."""
