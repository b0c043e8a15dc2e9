"""Command observe: where the company stands, what is coming, what to do."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.interrupts import ended_by_interrupt
from spareverse.cli.observe_incentives import show_incentives
from spareverse.cli.options import AsJson, Folder
from spareverse.cli.simulate import Scenarios, chosen_scenario, show_noticed
from spareverse.errors import Cancelled

if TYPE_CHECKING:
    import polars as pl

    from spareverse.twin import Twin
    from spareverse.twin.observation import Observation

WARNINGS_SHOWN, RECOMMENDATIONS_SHOWN, TROUBLES_SHOWN = 10, 10, 10
NOTHING_KEPT = (
    "Stopped before the first answer was made, so nothing new is kept; observations made before are as they were."
    " The same command begins anew."
)
KEPT_FOR_LATER = ("battery_runs", "battery_parts")


def observe(
    folder: Folder,
    scenario: Scenarios = None,
    weeks: Annotated[int, typer.Option(metavar="N", help="How far warnings look ahead.")] = 8,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Go on after the first answer until it is refined, at most five minutes.")
    ] = False,
    seed: Annotated[int, typer.Option(metavar="S", help="Start of the random numbers.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write the tables: a folder, or a workbook (.xlsx).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Where the company stands on the viability map, what is coming within some weeks, and what to do.

    Needs a network (`spareverse build`, an example, or one of your own); a twin with a record only gets the record's
    map. Asked again, it goes on from what it found.

    Example: spareverse observe acme
    Example: spareverse observe basin --scenario quay-closed --weeks 12 --thorough
    """
    from spareverse import open as open_twin

    twin = open_twin(folder)
    chosen = [chosen_scenario(twin, name) for name in scenario or ()]
    found, stopped = None, False
    with (
        screen.progress() as progress,
        ended_by_interrupt("Stopping, and telling what is kept;") as stop,
        closing(twin.observing(chosen, weeks, seed=seed, progress=progress, cancel=stop)) as answers,
    ):
        try:
            for found in answers:  # noqa: B007 -- the last one is shown
                if not thorough:
                    break
        except Cancelled:
            stopped = True
    if found is None:
        raise Cancelled(NOTHING_KEPT)
    if out:
        written = found.export(out, {"follow_ups": twin.follow_ups(), "withdrawn": twin.withdrawn_recommendations()})
        screen.remark(f"Wrote {out}" + (f" ({len(written)} tables)" if len(written) > 1 else ""))
    if as_json:
        tables = {
            name: screen.records(found.table(name)) for name in sorted(found.tables) if name not in KEPT_FOR_LATER
        }
        said = {"follow_ups": screen.records(twin.follow_ups()),
                "withdrawn": screen.records(twin.withdrawn_recommendations())}  # fmt: skip
        screen.document({"observation": found.id, **found.document, **tables, **said})
        return
    show(twin, found)
    if stopped:
        screen.remark(_kept_words(found))


def _kept_words(found: Observation) -> str:
    """What a stopped refinement leaves, and how to go on."""
    runs = found.document["runs"].get("now", {}).get("replications", 0)
    return (
        f"* Stopped. Observation {found.id} is kept, with {runs:,} runs of the battery; what was begun after it is not."
        " The same command goes on from there."
    )


def show(twin: Twin, found: Observation) -> None:
    """Print where we stand, what is coming and what to do."""
    screen.say(str(found))
    for text in found.notices:
        screen.remark(f"* {text}")
    _show_map(found)
    show_incentives(found)
    _show_components(found.table("homeostasis"))
    _show_measures(found.table("viability_measures"), found.now, str(found.document["currency"]))
    _show_alarms(found.table("alarms"))
    if found.table("noticed").height:
        show_noticed(found.table("noticed"))
    _show_warnings(twin.warnings(found.id))
    _show_recommendations(found.table("recommendations"), str(found.document["currency"]))
    _show_follow_ups(twin, found)
    for axis, why in found.experimental.items():
        screen.remark(f"* Experimental: {axis}. {why}")


def estimate(row: dict[str, Any], name: str) -> str:
    """``0.66 [0.58 to 0.76]``; a dash for none."""
    from spareverse.figures.numbers import settled

    if row[name] is None:
        return "-"
    if row[f"{name}_low"] is None or row[f"{name}_high"] is None:
        return screen.shown(settled(row[name]), 3)
    value, low, high = (screen.shown(settled(row[one]), 3) for one in (name, f"{name}_low", f"{name}_high"))
    return f"{value} [{low} to {high}]"


def _show_map(found: Observation) -> None:
    from spareverse.figures.viability.words import verdict_words

    points, currency = found.table("viability"), str(found.document["currency"])
    past = points.filter(points["kind"] == "past")
    shown = points.filter(points["kind"] != "past")
    rows = [
        (row["point"], row["kind"], estimate(row, "coherence"), estimate(row, "homeostasis"),
         "-" if row["kind"] == "past" else verdict_words(row), _margin(row, currency), row["basis"])
        for row in [*shown.to_dicts(), *past.tail(3).to_dicts()]
    ]  # fmt: skip
    unset = (found.now or {}).get("viable") == "default"
    margin = "room to a tenth worse than today" if unset else "least margin"
    columns = ("point", "what", "coherence [95 %]", "homeostasis [95 %]", "limits", margin, "made of")
    screen.table("Where we stand", columns, rows)
    _show_pay(shown, currency)
    for axis, change in found.direction.items():
        screen.say(
            f"Over the last year of the record what stands for {axis} changed by {change['value']:+.2f}"
            f" [{change['low']:+.2f} to {change['high']:+.2f}]."
        )


def _show_pay(points: pl.DataFrame, currency: str) -> None:
    """Print what misalignment costs at each point of the map, where others than today were weighed."""
    from spareverse.figures.viability.words import point_words, quantity, three

    rows = [
        (point_words(row["point"], row["kind"]), quantity(*three(row, "price"), "currency/d", currency),
         quantity(*three(row, "cost_drift"), "currency/d", currency), quantity(*three(row, "fill_drift"), "share"))
        for row in points.filter(points["price"].is_not_null()).to_dicts()
    ]  # fmt: skip
    if len(rows) > 1:
        columns = ("point", "price of misalignment [95 %]", "cost if all follow their pay", "fill rate there")
        screen.table("What misalignment costs", columns, rows, right=columns[1:])


def _show_components(table: pl.DataFrame) -> None:
    if table.is_empty():
        return
    rows = [
        (row["disturbance"], row["component"], estimate(row, "value"), row["unit"], estimate(row, "h"),
         "worst" if row["worst"] == "yes" else "")
        for row in table.sort("h").to_dicts()
    ]  # fmt: skip
    columns = ("disturbance", "component", "value [95 %]", "unit", "index [95 %]", "")
    screen.table("How it holds itself, the worst first", columns, rows, right=("value [95 %]",))


def _show_measures(table: pl.DataFrame, now: dict[str, Any] | None, currency: str) -> None:
    """Print each measure with its limit, in words and in the company's currency."""
    from spareverse.explainer.narratives.limits import measure_words
    from spareverse.figures.viability.words import quantity, three

    if now is None or table.is_empty():
        return
    rows = [
        (row["side"], measure_words(row["measure"]), quantity(*three(row, "value"), row["unit"], currency),
         _limits(row, currency), _margin(row, currency))
        for row in table.filter(table["point"] == now["point"]).sort("side", "measure").to_dicts()
    ]  # fmt: skip
    limit = "a tenth worse, none is set" if now.get("viable") == "default" else "limit"
    columns = ("side", "measure", "value [95 %]", limit, "margin [95 %]")
    screen.table(f"Service, money and workload: {now['point']}", columns, rows, right=("value [95 %]",))


def _margin(row: dict[str, Any], currency: str) -> str:
    from spareverse.figures.viability.words import margin_words

    return "-" if row["margin"] is None else margin_words(row, currency)


def _limits(row: dict[str, Any], currency: str) -> str:
    from spareverse.figures.viability.words import quantity

    sides = (("at least", row["at_least"]), ("at most", row["at_most"]))
    told = [
        f"{word} {quantity(value, None, None, row['unit'], currency)}" for word, value in sides if value is not None
    ]
    return ", ".join(told) or "-"


def _show_alarms(table: pl.DataFrame) -> None:
    """Troubles with how many alarms each has; the table alarms holds them all."""
    from spareverse.figures import numbers
    from spareverse.figures.viability.alarms import discovery_words, subject_words, troubles

    if table.is_empty():
        return
    found = troubles(table)
    rows = [
        (row["stream"], subject_words(row), row["direction"], row["since"] or row["since_day"],
         screen.shown(row["before"]), screen.shown(row["after"]), row["unit"], f"{row['more']:,}",
         f"{len(row['all']):,}", discovery_words(row["q_value"]))
        for row in found[:TROUBLES_SHOWN]
    ]  # fmt: skip
    columns = ("stream", "of", "direction", "since", "before", "after", "unit", "more streams", "alarms",
               "false discovery rate")  # fmt: skip
    counted = (numbers.count(len(found), "trouble"), numbers.count(table.height, "alarm"))
    title = f"What has drifted: {' of '.join(counted)}"
    screen.table(title, columns, rows, right=(*columns[4:6], *columns[7:]))


def _show_warnings(table: pl.DataFrame) -> None:
    from spareverse.figures.viability.warnings import NO_STEP_HELPS, time_left
    from spareverse.observer.warnings import free_contracts_words, ranking_words

    if table.is_empty():
        return
    rows = [
        (row["kind"].replace("_", " "), *(row[name] or "" for name in ("part_id", "place_id")),
         row["customer_id"] or row["budget_id"] or "", screen.percent(row["chance"]),
         " ".join(time_left(row)).removesuffix(" left"), screen.money(row["expected_money"]), row["reason"],
         row["action"] or NO_STEP_HELPS, row["state"] or "")
        for row in table.head(WARNINGS_SHOWN).to_dicts()
    ]  # fmt: skip
    columns = ("what", "part", "place", "of", "chance", "left", "money", "why", "to do", "state")
    screen.table(f"What is coming: {table.height:,} warnings", columns, rows, right=("chance", "left", "money"))
    screen.remark(" ".join(words for words in (ranking_words(table), free_contracts_words(table)) if words))


def _show_recommendations(table: pl.DataFrame, currency: str) -> None:
    from spareverse.figures.viability.words import advised, held_against
    from spareverse.observer.ranking import how_ranked

    if table.is_empty():
        return
    survived = table.filter(table["verdict"] == "survives")
    rows = [
        (advised(row), estimate(row, "cost_change"), estimate(row, "fill_change"), estimate(row, "workload_change"),
         screen.money(row["one_off_cost"]), row["side_effects"], row["remark"])
        for row in survived.head(RECOMMENDATIONS_SHOWN).to_dicts()
    ]  # fmt: skip
    columns = ("what to do", f"{currency} a day", "fill rate", "work a week", "once", "what gets worse", "to be known")
    screen.table("What to do", columns, rows, right=columns[1:5])
    if survived.height:
        screen.say(f"{how_ranked(table)} {held_against(table, currency)}".rstrip())


def _show_follow_ups(twin: Twin, found: Observation) -> None:
    """What accepted recommendations promised, and what the record shows since; and what was taken back."""
    from spareverse.figures.viability.effects import OUTCOMES
    from spareverse.figures.viability.words import change, three

    for row in twin.withdrawn_recommendations().head(RECOMMENDATIONS_SHOWN).to_dicts():
        screen.remark(f"* Taken back on {row['withdrawn'][:10]}: {row['title'] or row['nudge_id']} "
                      f"(accepted on {row['accepted']}{_said(row)}).")  # fmt: skip
    table, currency = twin.follow_ups(), str(found.document["currency"])
    if table.is_empty():
        return

    def told(row: dict[str, Any], name: str) -> str:
        return "-" if row[name] is None else change(*three(row, name), row["unit"], currency)

    rows = [
        (row["title"] or row["nudge_id"], row["accepted"], row["holds_from"],
         OUTCOMES.get(row["measure"], row["measure"]), told(row, "promised"),
         told(row, "came"), row["verdict"])
        for row in table.to_dicts()
    ]  # fmt: skip
    columns = ("accepted", "on", "holds from", "measure", "promised [95 %]", "came [95 %]", "verdict")
    screen.table(f"What came of it until {table['until'][0]}", columns, rows, right=("promised [95 %]", "came [95 %]"))
    for row in table.unique("nudge_id", keep="first", maintain_order=True).drop_nulls("comment").to_dicts():
        screen.remark(f"* {row['title'] or row['nudge_id']}: {row['comment']}")


def _said(row: dict[str, Any]) -> str:
    return f": {row['comment']}" if row["comment"] else ""
