"""Margins to the limits on service, money and workload, and the editor in which the user sets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from nicegui import ui

from spareverse.errors import SpareverseError
from spareverse.figures import numbers
from spareverse.figures.viability.words import capital, margin_words, plain_name, three
from spareverse.network.agent_tables import LIMITS
from spareverse.observer.viability import LIMITABLE
from spareverse.web.pages.cards import Cell, below, box, button, card, lines, table, text
from spareverse.web.pages.observing import LOOK
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import MISSING

if TYPE_CHECKING:
    from spareverse.twin.observation import Observation

Row = dict[str, Any]
UNITS = {"d/piece": "days", "1/week": "a week", "d": "days"}


def measures(place: Place, found: Observation) -> None:
    """Service, money and workload of today beside their limits."""
    now = found.now
    rows = [] if now is None else found.table("viability_measures").filter(pl.col("point") == now["point"]).to_dicts()
    currency = str(found.document["currency"])
    with card("Service, money, workload", "margin: distance to the limit, as a share of it") as holder:
        holder.props("id=limits data-limits")
        unset = now is not None and now["viable"] == "default"
        of_today = now is None or now["kind"] == "now"
        comments = dict(place.workspace.observations.limits_held().select("measure", "comment").rows())
        cells = [
            Cell("Measure", lambda r: lines(measure_words(r["measure"]), comments.get(r["measure"]) or r["side"])),
            Cell("Today" if of_today else "Last 12 months", lambda r: below(shown(r, currency)), right=True),
            Cell("A tenth worse" if unset else "Limit", lambda r: limit_words(r, currency), right=True),
            Cell("Margin", lambda r: below(MISSING if r["margin"] is None else margin_words(r, currency)), right=True),
        ]
        table(sorted(rows, key=_order), cells, mark="margins")
        text(whose(place), "quiet small", "p").props("data-whose")
        with box("row-gap"):
            button("Set limits", lambda: Editor(place, rows, currency, comments), icon="edit", slim=True).props(
                "data-set-limits"
            )


def whose(place: Place) -> str:
    """Whose limits these are."""
    observations = place.workspace.observations
    if observations.limits().height:
        return "Your limits, kept in this twin; every observation is held against them."
    if observations.limits_held().height:
        return "The limits of the network's own table. Set others here; nothing has to be simulated again."
    if not place.workspace.universe.has_network():
        return "No limits are set. Those on measures of the record can be set here."
    return (
        "Default limits, not yours: a tenth worse than today is taken for the limit. Set your own; nothing has to be"
        " simulated again."
    )


def _order(row: Row) -> tuple[int, str]:
    return ["service", "money", "workload"].index(row["side"]) if row["side"] in _SIDES else 3, str(row["measure"])


_SIDES = LIMITS.column("side").choices


def measure_words(name: str) -> str:
    words = {"wait_days": "mean wait", "exceptions_per_week": "exceptions", "expedites_per_week": "expedites"}
    return capital(words.get(name, plain_name(name)))


def _unit(row: Row, currency: str) -> str:
    unit = str(row["unit"] or "")
    return UNITS.get(unit, unit.replace("currency", currency))


def shown(row: Row, currency: str) -> str:
    """A measure with its interval and unit."""
    if str(row["unit"] or "").startswith("share"):
        return numbers.measured(*three(row, "value"), share=True)
    return numbers.measured(*three(row, "value"), _unit(row, currency))


def limit_words(row: Row, currency: str) -> str:
    """``at least 71 %``."""
    words = []
    for name, sense in (("at_least", "at least"), ("at_most", "at most")):
        if row[name] is not None:
            share = str(row["unit"] or "").startswith("share")
            words.append(f"{sense} {numbers.percent(row[name]) if share else numbers.rough(row[name])}")
    return ", ".join(words) or MISSING


class Editor:
    """Lower and upper limit of each measure, empty: none; and why it is asked for."""

    def __init__(self, place: Place, rows: list[Row], currency: str, comments: dict[str, str | None]) -> None:
        self._place, self._comments = place, comments
        self._said: dict[str, ui.input] = {}
        self._rows = sorted((row for row in rows if row["measure"] in LIMITABLE), key=_order)
        self._fields: dict[tuple[str, str], ui.number] = {}
        with ui.dialog() as self._dialog, ui.card().style("max-width: 900px; width: 92vw"):
            text("Limits of the viable zone", "title", "h2")
            text("What the company must keep to be viable. An empty field is no limit.", "quiet", "p")
            with box("limit-fields").style(
                "grid-template-columns: minmax(0, 1.2fr) 132px 132px minmax(150px, 1fr); width: 100%"
            ):
                for row in self._rows:
                    self._row(row, currency)
            self._refused = box("stack")
            with box("row-gap"):
                button("Save", self._save, icon="check", main=True).props("data-save-limits")
                button("Back to what it was made with", self._back, slim=True).props("data-default-limits")
                button("Close", self._dialog.close, slim=True)
        self._dialog.on("hide", self._dialog.delete)
        self._dialog.open()

    def _row(self, row: Row, currency: str) -> None:
        share = str(row["unit"] or "").startswith("share")
        unit = "%" if share else _unit(row, currency)
        with box("words"):
            text(f"{measure_words(row['measure'])}, {unit}", "strong")
            text(f"today {shown(row, currency)}", "quiet small")
        for name, words in (("at_least", "At least"), ("at_most", "At most")):
            value = None if row[name] is None else float(f"{row[name] * (100 if share else 1):.4g}")
            field = ui.number(words, value=value, min=0).props(f"{LOOK} clearable data-{name}={row['measure']}")
            self._fields[row["measure"], name] = field
        said = ui.input("Why", value=self._comments.get(row["measure"]) or "")
        self._said[row["measure"]] = said.props(f"{LOOK} maxlength=2000 data-why={row['measure']}")

    def _save(self) -> None:
        rows = []
        for row in self._rows:
            size = 0.01 if str(row["unit"] or "").startswith("share") else 1.0
            ends = {name: self._fields[row["measure"], name].value for name in ("at_least", "at_most")}
            if any(value is not None for value in ends.values()):
                found = {name: None if value is None else size * float(value) for name, value in ends.items()}
                why = (self._said[row["measure"]].value or "").strip() or None
                rows.append({"measure": row["measure"], "side": row["side"], **found, "comment": why})
        self._keep(pl.DataFrame(rows, schema=LIMITS.schema))

    def _back(self) -> None:
        self._keep(LIMITS.empty())

    def _keep(self, limits: pl.DataFrame) -> None:
        try:
            self._place.workspace.observations.set_limits(limits)
        except SpareverseError as error:
            self._refused.clear()
            with self._refused:
                for words in [str(problem) for problem in error.problems] or [error.message]:
                    text(words, "small")
            return
        ui.navigate.reload()
