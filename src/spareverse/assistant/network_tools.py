"""Tools on the simulated network: what it is, what if, why customers waited, when it was worst, what things cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import POINTS, WAITING, Findings, Listing, Shown, Subject, cell, listed, written
from spareverse.assistant.foresight_tools import sentences
from spareverse.assistant.scenario_words import what_if
from spareverse.assistant.session import LongWork, Session
from spareverse.assistant.tool import Tool, rows_wanted
from spareverse.errors import InputRejected, NotFound
from spareverse.explainer.facts import TEXT, Fact, Narrative
from spareverse.explainer.grounding.names import quoted
from spareverse.explainer.narratives.comparison import comparison_narrative
from spareverse.explainer.narratives.run import run_narrative, unit_of
from spareverse.network.components import DISTURBANCES
from spareverse.network.scenario import Nature
from spareverse.simulation.universe.accounts import TOTAL
from spareverse.simulation.universe.measures import CONTROLLABLE, MEASURES
from spareverse.simulation.universe_run import BASE

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure
    from spareverse.twin.simulation import Simulation

SIMULATION = Argument("simulation", "text", "Id of a simulation; the newest if not given", default="latest")
SCENARIO = Argument("scenario", "text", "Scenario of the run; the network as it is if not given")
MOST_REPLICATIONS = 200
REPLICATIONS = 10
_DAYS = WAITING
_COUNTED = {"stock": "stock points"}
_ENTITY = {"supplier": "supplier", "link": "link", "place": "place", "budget": "budget"}


def network(session: Session) -> Findings:
    """The twin's network: its size, when it starts, what was assumed."""
    found = session.network()
    rows = found.summary["rows"]
    names = [
        name for name in ("places", "suppliers", "links", "parts", "stock", "customers", "demands") if rows.get(name)
    ]
    facts = tuple(
        Fact(f"network.{name}", rows[name], _COUNTED.get(name, name), source=f"network.{name}") for name in names
    )
    counted = ", ".join(_counted(rows[name], _COUNTED.get(name, name)) for name in names)
    start = "" if found.start is None else f" It starts on {found.start}."
    if found.start is not None:
        facts = (*facts, Fact("network.start", found.start.isoformat(), source="network.start"))
    said = (f"The network has {counted}.{start}",)
    facts = (*facts, *sentences("notices", found.notices))
    return Findings(said, facts, (*said, *found.notices), subject=Subject("network", found.id))


def _counted(number: int, plural: str) -> str:
    return f"{number:,} {plural.removesuffix('s') if number == 1 else plural}"


def scenarios(session: Session) -> Findings:
    """The scenarios the twin keeps, and those of the newest simulation."""
    rows = []
    for name in session.twin.scenario_names():
        try:
            rows.append({"name": name, "title": session.twin.scenario(name).title or name})
        except InputRejected as error:
            rows.append({"name": name, "title": f"cannot be read: {error.message}"})
    frame = pl.DataFrame(rows, schema={"name": pl.String, "title": pl.String})
    columns = (Shown("name", "Scenario", fact=False), Shown("title", "What happens", fact=False))
    listing = Listing.of("scenarios", "Scenarios", columns, frame, frame.height, key=("name",))
    said = [f"The twin keeps {frame.height:,} {'scenario' if frame.height == 1 else 'scenarios'}."]
    said += [f'"{row["name"]}": {row["title"].rstrip(".")}.' for row in rows[:8]]
    facts = [Fact("scenarios.total", frame.height, "scenarios", source="scenarios counted")]
    facts += [Fact(f"title.{row['name']}", row["title"], TEXT, source="scenario.title") for row in rows]
    facts += [Fact(f"name.{row['name']}", row["name"], "scenario", source="scenario.name") for row in rows]
    if session.has("simulation"):
        run = session.simulation()
        names = ", ".join(run.names)
        facts.append(Fact("simulation.scenarios", names, source="simulation.scenarios"))
        said.append(f"The newest simulation compared: {names}.")
    return listed(listing, "scenarios", Subject("scenarios"), said, facts)


def simulate(
    session: Session, replications: int, seed: int, from_state: bool = True, scenarios: Sequence[str] = (),
    disturbances: Sequence[dict[str, Any]] = (), until_days: float | None = None,
) -> Findings:  # fmt: skip
    """Run the network as it is and under scenarios, in pairs under the same random numbers, and compare."""
    asked: list[Any] = list(scenarios)
    if disturbances:
        asked.append(what_if(disturbances))
    options = {"from_state": from_state, "replications": replications, "seed": seed, "until": until_days}
    return _compared(session, session.simulate(asked, options))


def compare(session: Session, simulation: str, scenario: str = "") -> Findings:
    """A kept simulation: each scenario beside the network as it is."""
    return _compared(session, session.simulation(simulation), scenario)


def _compared(session: Session, run: Simulation, scenario: str = "") -> Findings:
    names = [run.known(scenario)] if scenario else list(run.names[1:])
    names = [name for name in names if name != BASE] or [BASE]
    told = [tuple(_told(run, name, expert=level) for level in (False, True)) for name in names]
    listing = _differences(run, names)
    every = [Findings.told(plain, expert, Subject("simulation", run.id)) for plain, expert in told]
    titles = {one.name: one.title for one in run.scenarios}
    said = [
        (f'"{name}": {titles[name]}.',) if titles.get(name) and titles[name] != name else () for name in names
    ]  # fmt: skip
    facts = [
        replace(fact, id=f"{name}.{fact.id}") for name, one in zip(names, every, strict=True) for fact in one.facts
    ]
    facts += [Fact(f"{name}.title", titles[name], TEXT, source="scenario.title") for name in names if titles.get(name)]
    facts += sentences("notices", run.notices)
    figures = _figures(run, ("scenarios", "hurt", "causes") if len(run.names) > 1 else ("causes",))
    return Findings(
        tuple(line for title, one in zip(said, every, strict=True) for line in (*title, *one.sentences)),
        (*facts, *listing.facts("measures")),
        (*(line for title, one in zip(said, every, strict=True) for line in (*title, *one.expert)), *run.notices),
        (listing,), figures, Subject("simulation", run.id, scenario=names[-1]),
    )  # fmt: skip


def _told(run: Simulation, scenario: str, *, expert: bool) -> Narrative:
    """One scenario beside the network as it is; of that itself what happened and why."""
    currency, measures = str(run.document["currency"]), run.table("measures")
    if scenario != BASE:
        nature: Nature = next((one.nature for one in run.scenarios if one.name == scenario), "choice")
        return comparison_narrative(
            run.table("differences"), measures, scenario=scenario, base=BASE, currency=currency,
            replications=run.replications, days=float(run.network.setting("horizon_days")), nature=nature,
            expert=expert,
        )  # fmt: skip
    return run_narrative(
        measures, run.why(scenario=scenario), scenario=scenario, currency=currency, replications=run.replications,
        days=float(run.network.setting("horizon_days")), expert=expert,
    )  # fmt: skip


def _scenario_of(run: Simulation, scenario: str) -> str:
    """The one asked for, else the network as it is: what was tried last is answered for only where it is named."""
    return run.known(scenario or (BASE if BASE in run.names else None))


def under(scenario: str) -> str:
    """``under quay-closed``, ``in the network as it is``."""
    return "in the network as it is" if scenario == BASE else f'under "{scenario}"'


def _differences(run: Simulation, names: Sequence[str]) -> Listing:
    """Every measure of every scenario with its difference."""
    measures = run.table("measures").filter(pl.col("scenario").is_in([BASE, *names])).rename(
        {"low": "mean_low", "high": "mean_high"}
    )  # fmt: skip
    changes = run.table("differences").select(
        "scenario",
        "measure",
        "difference",
        pl.col("low").alias("difference_low"),
        pl.col("high").alias("difference_high"),
    )
    rows = measures.join(changes, on=["scenario", "measure"], how="left", maintain_order="left")
    currency = str(run.document["currency"])
    units = [unit_of(str(unit or ""), currency) for unit in rows["unit"]]
    rows = rows.with_columns(unit=pl.Series(units, dtype=pl.String)).with_columns(
        unit_of_difference=pl.col("unit").replace("share", POINTS)
    )
    columns = (Shown("scenario", "Scenario"), Shown("measure", "Measure", fact=False),
               Shown("unit", "Unit", fact=False), Shown("mean", "Mean", unit_of="unit", measure_of="measure"),
               Shown("difference", "Difference", unit_of="unit_of_difference", measure_of="measure"))  # fmt: skip
    return Listing.of("measures", "Measures of the run", columns, rows, rows.height, key=("scenario", "measure"))


def _figures(run: Simulation, names: Sequence[str], scenario: str | None = None) -> dict[str, Callable[[], Figure]]:
    return {name: partial(run.figure, name, scenario=scenario) for name in names}


def why(
    session: Session,
    simulation: str,
    limit: int,
    scenario: str = "",
    place: str = "",
    part: str = "",
    customer: str = "",
) -> Findings:
    """Why customers waited: causes by the critical path, the timeline beside, and where."""
    run = session.simulation(simulation)
    name = _scenario_of(run, scenario)
    asked = {"place": place, "part": part, "customer": customer}
    frame = run.why(
        scenario=name, place=place or None, part=part or None, customer=customer or None,
        by=("cause", "entity_kind", "entity_id"),
    )  # fmt: skip
    where = " ".join(
        f"{word} {quoted(value)}" for word, value in (("at", place), ("for", part), ("of", customer)) if value
    )
    columns = (
        Shown("cause", "Cause"), Shown("entity_kind", "At a", fact=False), Shown("entity_id", "Which"),
        Shown("critical_days", "Critical path", _DAYS), Shown("critical_share", "Share", "share"),
        Shown("timeline_days", "Timeline", _DAYS), Shown("timeline_share", "Share", "share"),
    )  # fmt: skip
    listing = Listing.of("why", f"Why customers waited: {name}", columns, frame.head(limit), frame.height,
                         key=("cause", "entity_id"))  # fmt: skip
    total = float(frame["critical_days"].sum())
    facts = [
        Fact("why.total", total, _DAYS, source="why.critical_days"),
        Fact("scenario", name, "scenario", source="simulation"),
    ]
    facts += [Fact(word, value, word, source="the question") for word, value in asked.items() if value]
    if frame.is_empty():
        return Findings((f"Nobody waited{f' {where}' if where else ''} {under(name)}.",), tuple(facts),
                        subject=Subject("simulation", run.id, scenario=name))  # fmt: skip
    said = [f"Customers waited {written(total, _DAYS)} a run{f' {where}' if where else ''} {under(name)}."]
    for row in listing.rows[:4]:
        at = (
            f" at {_ENTITY.get(str(row['entity_kind']), 'the')} {quoted(str(row['entity_id']))}"
            if row["entity_id"]
            else ""
        )
        said.append(
            f"{cell(row, 'critical_share', 'share')} of the delay comes from '{row['cause']}'{at}: "
            f"{cell(row, 'critical_days', _DAYS)} a run."
        )
    said.append("This is what the delay is charged to; what goes away without a cause is told by counterfactuals.")
    return listed(listing, "why", Subject("simulation", run.id, scenario=name), said, facts,
                  figures=_figures(run, ("causes",), name))  # fmt: skip


def counterfactuals(session: Session, simulation: str, top: int, scenario: str = "") -> Findings:
    """The largest causes of waiting switched off one by one, in paired runs: what would really go away."""
    run = session.simulation(simulation)
    name = _scenario_of(run, scenario)
    if run.kept_counterfactuals(top, scenario=name) is None and not session.wait:
        given = {"simulation": run.id, "scenario": name, "top": top}
        raise LongWork("counterfactuals", given, f"Switch off the causes of waiting: {name}")
    frame = run.counterfactuals(top, scenario=name, progress=session.progress, cancel=session.cancel)
    frame = frame.rename({"low": "removed_days_low", "high": "removed_days_high"})
    columns = (
        Shown("cause", "Cause"), Shown("critical_days", "Charged", _DAYS), Shown("switched_off", "Switched off"),
        Shown("removed_days", "Goes away", _DAYS), Shown("remark", "Which means"),
    )  # fmt: skip
    listing = Listing.of(
        "counterfactuals", f"Causes switched off: {name}", columns, frame, frame.height, key=("cause",)
    )
    said = []
    for row in listing.rows:
        if row["switched_off"] == "yes":
            said.append(f"Without '{row['cause']}' {cell(row, 'removed_days', _DAYS)} of waiting go away a run.")
        else:
            said.append(f"'{row['cause']}' cannot be switched off. {row['remark']}")
    return listed(listing, "counterfactuals", Subject("simulation", run.id, scenario=name), said,
                  [Fact("scenario", name, "scenario", source="simulation")])  # fmt: skip


def accounts(session: Session, simulation: str, scenario: str = "", place: str = "") -> Findings:
    """Money, emissions and service of a scenario."""
    run = session.simulation(simulation)
    name = _scenario_of(run, scenario)
    frame = run.accounts(scenario=name, place=place or None)
    frame = frame.rename({"low": "mean_low", "high": "mean_high"})
    currency = str(run.document["currency"])
    frame = frame.with_columns(pl.col("unit").str.replace("currency", currency))
    columns = (Shown("account", "Account", fact=False), Shown("unit", "Unit", fact=False),
               Shown("mean", "Mean of a run", unit_of="unit"),
               Shown("events", "Events recorded", "events"))  # fmt: skip
    listing = Listing.of("accounts", f"Accounts: {name}", columns, frame, frame.height, key=("account",))
    parts = frame.filter(pl.col("account").is_in(CONTROLLABLE), pl.col("mean") != 0).sort("mean", descending=True)
    where = f" at {quoted(place)}" if place else ""
    said = [
        f"What a run costs{where} {under(name)}: {cell(row, 'mean', currency)}."
        for row in frame.filter(account=TOTAL).drop_nulls("mean").to_dicts()
    ]
    said += ["All of it, largest first:"] if parts.height else []
    said += [
        f"{row['account'].removesuffix('_cost').replace('_', ' ').replace('co2', 'emissions')}"
        f" {cell(row, 'mean', currency)}."
        for row in parts.to_dicts()
    ]
    for row in frame.filter(account="co2_kg").drop_nulls("mean").to_dicts():
        emits = f"Transport emits {cell(row, 'mean', 'kg')} of CO2 in a run."
        said.append(emits if row["mean"] else "No emissions of transport are given, so none are counted.")
    facts = [
        Fact("scenario", name, "scenario", source="simulation"),
        *([Fact("place", place, "place", source="network")] if place else []),
    ]
    return listed(listing, "accounts", Subject("simulation", run.id, scenario=name), said, facts)


def over_time(session: Session, simulation: str, measure: str, scenario: str = "", place: str = "") -> Findings:
    """A measure month by month: when it was worst and when best."""
    run = session.simulation(simulation)
    name = _scenario_of(run, scenario)
    where = {"scenario": name, **({"place_id": place} if place else {})}
    frame = run.measure(measure, where=where, per="month").filter(pl.col("mean").is_not_null())
    if frame.is_empty():
        raise NotFound(f"Nothing is known of {measure!r} there.")
    declared = MEASURES[measure]
    unit = (
        "share"
        if declared.unit.startswith("share")
        else {"d/piece": "days"}.get(declared.unit, declared.unit.replace("currency", str(run.document["currency"])))
    )
    frame = frame.with_columns(month=pl.col("month") + 1).rename({"low": "mean_low", "high": "mean_high"}).drop("unit")
    if unit == "share":  # an interval of a share stays within 0 and 1
        frame = frame.with_columns(pl.col("mean_low", "mean_high").clip(0.0, 1.0))
    worst = frame.sort("mean", descending=declared.better != "more").row(0, named=True)
    best = frame.sort("mean", descending=declared.better == "more").row(0, named=True)
    columns = (Shown("month", "Month of the run"), Shown("mean", declared.meaning, unit))
    listing = Listing.of("months", f"{declared.meaning}, {name}", columns, frame.head(60), frame.height, key=("month",))
    what = f"{declared.meaning[0].lower()}{declared.meaning[1:]}"
    then = f"month {worst['month']} of the run {under(name)}{f' at {quoted(place)}' if place else ''}"
    said = [
        f"It was worst in {then}: {what} {cell(worst, 'mean', unit)}.",
        f"It was best in month {best['month']}: {cell(best, 'mean', unit)}.",
    ]
    facts = [
        Fact("scenario", name, "scenario", source="simulation"), Fact("place", place, "place", source="network"),
        Fact("worst.month", worst["month"], source="series.start_day"),
        Fact("best.month", best["month"], source="series.start_day"),
    ]  # fmt: skip
    return listed(listing, "series", Subject("simulation", run.id, scenario=name), said, facts,
                  figures=_figures(run, ("place-series",)))  # fmt: skip


EVENT = (
    Argument("kind", "text", "What goes wrong", required=True, choices=DISTURBANCES),
    Argument(
        "target_id", "text", "Supplier, link, place, customer or part group it happens to; * for all", required=True
    ),
    Argument("start_day", "number", "First day of the run", least=0, most=1e5, default=90.0),
    Argument("days", "number", "How long", least=0.01, most=1e5, required=True),
    Argument("factor", "number", "Capacity left (0.5), or lead time or demand times (1.8)", least=0, most=100),
)
TOOLS = (
    Tool("network", "The network", "Size of the twin's network, its first day and what was assumed of it.", network),
    Tool("scenarios", "Scenarios", "Scenarios that the twin keeps, by name, with what happens in them.", scenarios),
    Tool(
        "simulate", "What if: simulate",
        "Run the network as it is and under kept scenarios or disturbances given here, in pairs under the same random "
        "numbers; tells service, waiting, money and emissions with the differences and their intervals. Takes seconds "
        "to minutes.",
        simulate,
        (
            Argument("scenarios", "texts", "Kept scenarios, by name"),
            Argument("disturbances", "rows", "What goes wrong, as one more scenario", fields=EVENT),
            Argument(
                "from_state", "boolean", "Start from stock and orders of the day the network was built", default=True
            ),
            Argument("replications", "integer", "Runs of each", default=REPLICATIONS, least=1, most=MOST_REPLICATIONS),
            Argument("seed", "integer", "Start of the random numbers", default=1, least=0, most=2**31),
            Argument("until_days", "number", "Length of the run, if not that of the network", least=1, most=1e5),
        ),
    ),
    Tool(
        "compare", "Compare scenarios of a run",
        "A kept simulation: each scenario (or one of them) beside the network as it is, every measure with its "
        "difference and interval.",
        compare, (SIMULATION, Argument("scenario", "text", "Only this scenario")),
    ),
    Tool(
        "why", "Why customers waited",
        "Waiting of customers in a simulation charged to causes along the supply chain, by critical path and timeline, "
        "optionally at one place, for one part or of one customer.",
        why,
        (
            SIMULATION, SCENARIO, Argument("place", "text", "Only at this place"),
            Argument("part", "text", "Only for this part"), Argument("customer", "text", "Only of this customer"),
            rows_wanted(),
        ),
    ),
    Tool(
        "counterfactuals", "What would go away",
        "The largest causes of waiting switched off one by one in paired runs: how much waiting really goes away. "
        "Takes as long as simulating that many scenarios.",
        counterfactuals,
        (SIMULATION, SCENARIO, Argument("top", "integer", "How many causes", default=5, least=1, most=14)),
    ),
    Tool(
        "accounts", "Accounts",
        "Money, emissions and service of a scenario of a simulation, at one place or in all.",
        accounts, (SIMULATION, SCENARIO, Argument("place", "text", "Only at this place")),
    ),
    Tool(
        "over_time", "When it was worst",
        "A measure of a simulation month by month, and in which month of the run it was worst and best.",
        over_time,
        (SIMULATION, Argument("measure", "text", "Measure", default="fill_rate", choices=tuple(MEASURES)), SCENARIO,
         Argument("place", "text", "Only at this place")),
    ),
)  # fmt: skip
"""Verbs on the network. ``simulate`` and ``counterfactuals`` add runs beside those kept, and change nothing else."""
