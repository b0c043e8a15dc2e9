"""What a run says: the decision in words, one card per option, then the figures and tables by question."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import polars as pl
from nicegui import ui

from spareverse.figures import numbers
from spareverse.figures.labels import money_scale
from spareverse.figures.style import DARK_OF
from spareverse.network.study import HOURS_PER_MONTH
from spareverse.optimisation.warehouse.part_by_part import MIXTURE
from spareverse.service.studies import SavedRun
from spareverse.web.pages.cards import box, button, card, notes, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.place import Place
from spareverse.web.pages.warehouse_answers import (
    against_one_for_all,
    break_even_table,
    matrix_table,
    questions_tables,
    still_open,
)
from spareverse.web.pages.warehouse_package import PackageTable
from spareverse.web.pages.warehouse_spir import spir_view
from spareverse.web.pages.wording import moment, plural

MEASURES = {"total_cost": "cost", "availability": "availability", "co2_kg": "CO2"}


class Results:
    """The results of one run. The open tab stands in the address, so that a link shows the same."""

    def __init__(self, place: Place, name: str, run: SavedRun) -> None:
        self._place, self._name, self._run = place, name, run
        newest = place.workspace.studies.runs(name)[0]
        self._named = None if run.id == newest else run.id
        self._gallery = run.gallery
        self._who = self._gallery.comparison
        costs = self._who.rows(run.tables["options"], "total_cost", per_year=True)
        self._money_scale = money_scale([row["mean"] for row in costs], self._who.currency)
        self._decision()
        with box("option-cards"):
            for option in self._gallery.compared[0].names:
                self._card(option)
        self._made()
        tabs = self._tabs()
        asked = place.query.get("tab", "")
        self._chosen = asked if asked in tabs else "compare"
        self._bar = ui.element("div").classes("tabs wrap").props('role=tablist aria-label="Results"')
        with self._bar:
            self._links = {key: self._tab(key, words) for key, (words, _) in tabs.items()}
        self._content = ui.element("div").classes("stack").props("role=tabpanel")
        self._builds = {key: build for key, (_, build) in tabs.items()}
        self._open(self._chosen)

    def _decision(self) -> None:
        told = self._run.decision
        with card() as holder:
            holder.props("data-decision")
            text(told.headline, "decision", "p")
            if len(told.sentences) > 1:
                with ui.expansion("More").props("dense").classes("more"):
                    notes(told.sentences[1:])

    def _made(self) -> None:
        document, definition = self._run.document, self._run.definition
        early = ", ended early" if document.get("stopped_early") else ""
        made = [
            f"{plural(int(document.get('replications') or 0), 'run')} of every option{early}",
            f"seed {document.get('seed', 0)}",
            f"emergency rule: {definition.emergency.replace('_', ' ')}",
            f"{moment(document.get('made_at'))} UTC",
        ]
        base = f"/api/v1/studies/{self._name}/runs/{self._run.id}"
        with box("row-gap"):
            text(" · ".join(made), "quiet small num grow")
            button("SPIR workbook", icon="download", slim=True, href=f"{base}/spir").props("download data-spir")
            button("Report", icon="download", slim=True, href=f"{base}/report").props("download data-report-file")

    def _card(self, option: str) -> None:
        """Availability, cost and CO2 of one option with their intervals, and what it is best at."""
        who, options = self._gallery.compared
        size, unit = self._money_scale
        found = {row["measure"]: row for row in options.filter(pl.col("option") == option).iter_rows(named=True)}
        colour = who.colour(option)
        shade = DARK_OF.get(colour, colour) if self._place.dark else colour
        lines = (
            ("Availability", _estimate(found.get("availability"), share=True)),
            (f"Cost, {unit}/year", _estimate(found.get("total_cost"), scale=1 / self._who.years / size)),
            ("CO2, kg/year", _estimate(found.get("co2_kg"), scale=1 / self._who.years)),
        )
        body = "".join(
            f'<div class="line"><span class="name">{escape(name)}</span>'
            f'<span class="value">{escape(value)}</span><span class="range">{escape(limits)}</span></div>'
            for name, (value, limits) in lines
        )
        marks = "".join(f'<span class="grade">{escape(word)}</span>' for word in self._best_at(option))
        heading = f'<div class="top-line"></div><h3>{escape(who.title(option))}</h3>'
        element = ui.html(f'{heading}{body}<div class="marks">{marks}</div>', sanitize=False, tag="article")
        element.classes("option-card").style(f"--option: {shade}").props(f'data-option-card="{escape(option)}"')

    def _best_at(self, option: str) -> list[str]:
        if option == MIXTURE:
            return [against_one_for_all(self._run, short=True)]
        best = self._run.tables["best_options"].filter(pl.col("part_id").fill_null("") == "")
        facts = self._run.tables["recommendation"].filter(fact_id="recommended_option")
        if best.is_empty():
            return []
        row = best.row(0, named=True)
        unsure = " (not clear of noise)" if row["verdict"] == "not_enough_replications" else ""
        marks = ["recommended"] if option in facts["text"] else []
        marks += [f"cheapest{unsure}"] if row["best_option"] == option else []
        return [*marks, "most available"] if row["most_available"] == option else marks

    # -- tabs

    def _tabs(self) -> dict[str, tuple[str, Callable[[], None]]]:
        """Key -> words and content; only tabs that have something to show."""
        study = self._run.definition
        monthly = abs(study.period_h / HOURS_PER_MONTH - 1) < 0.01
        many = study.lines.height > 1
        tabs: dict[str, tuple[str, Callable[[], None]]] = {
            "compare": ("Compare", lambda: self._figures("options", "costs")),
            "seasons": ("Seasons", lambda: self._figures("seasons")),
            "money": ("Money over time", self._money),
            "downtime": ("Down-time cost", lambda: self._figures("downtime")),
            "spread": ("Histograms", lambda: self._figures("availability", "lead-times", "waits")),
            "stock": ("Stock", self._stock),
            "sensitivity": ("Sensitivity", self._sensitivity),
            "pareto": ("Pareto", lambda: self._figures("pareto")),
            "package": ("Package", self._package),
            "matrix": ("Risk matrix", self._matrix),
            "questions": ("Questions", lambda: questions_tables(self._run)),
            "spir": ("SPIR", lambda: spir_view(self._name, self._run)),
        }
        absent = {"seasons": not monthly, "package": not many}
        return {key: tab for key, tab in tabs.items() if not absent.get(key)}

    def _tab(self, key: str, words: str) -> ui.element:
        tab = ui.element("button").classes("tab").props(f"role=tab type=button data-tab={key}")
        with tab:
            text(words, tag="span")
        # the bar goes to the top of the window, so that what was opened is seen
        tab.on("click", lambda: self._open(key))
        tab.on("click", js_handler="(event) => event.currentTarget.parentElement.scrollIntoView()")
        return tab

    def _open(self, key: str) -> None:
        self._chosen = key
        for name, tab in self._links.items():
            tab.classes(add="here") if name == key else tab.classes(remove="here")
            tab.props(f"aria-selected={'true' if name == key else 'false'}")
        address = self._place.here(tab=None if key == "compare" else key, run=self._named)
        ui.run_javascript(f"history.replaceState(history.state, '', {address!r})")
        self._content.clear()
        with self._content:
            self._builds[key]()

    def _figures(self, *names: str) -> None:
        for name in names:
            Drawing(self._place, self._gallery.figure(name))

    def _money(self) -> None:
        self._figures("cumulative")
        even = self._run.tables["break_even"]
        others = [name for name in self._who.names if name in set(even["against"].unique())]
        choice = None
        if len(others) > 1:
            choice = _choice({name: self._who.title(name) for name in others}, "Fees against", others[0])
        slot = ui.element("div").classes("stack")

        def draw(against: str | None) -> None:
            slot.clear()
            with slot:
                Drawing(self._place, self._gallery.figure("fees", against=against))
                break_even_table(self._run, against)

        if choice is not None:
            choice.on_value_change(lambda event: draw(event.value))
        draw(others[0] if others else None)

    def _stock(self) -> None:
        """One logged run of one part; the part can be chosen where there are many."""
        logged = self._run.tables["events"]["part_id"].drop_nulls().unique().sort().to_list()
        choice = _choice(logged, "Part", None) if len(logged) > 1 else None
        slot = ui.element("div")

        def draw(part_id: str | None) -> None:
            slot.clear()
            with slot:
                Drawing(self._place, self._gallery.figure("stock", part_id=part_id))

        if choice is not None:
            choice.on_value_change(lambda event: draw(event.value))
        draw(None)

    def _sensitivity(self) -> None:
        """Tornado and Sobol' indices of one option and measure."""
        tables = (self._run.tables.get("tornado"), self._run.tables.get("global_sensitivity"))
        known = [table for table in tables if table is not None and table.height]
        measures = sorted({measure for table in known for measure in table["measure"].unique()}, reverse=True)
        with box("row-gap") as controls:
            option = _choice({name: self._who.title(name) for name in self._who.names}, "Option", self._who.names[0])
            shown = {name: MEASURES.get(name, name) for name in measures or ["total_cost"]}
            measure = _choice(shown, "Measure", next(iter(shown)))
        controls.set_visibility(bool(known))
        slot = ui.element("div").classes("stack")

        def draw() -> None:
            slot.clear()
            with slot:
                for name in ("tornado", "sobol"):
                    asked: dict[str, Any] = {"option": option.value, "measure": measure.value}
                    Drawing(self._place, self._gallery.figure(name, **asked))

        option.on_value_change(draw)
        measure.on_value_change(draw)
        draw()

    def _package(self) -> None:
        still_open(self._run)
        self._figures("package")
        PackageTable(self._place, self._run)

    def _matrix(self) -> None:
        still_open(self._run)
        self._figures("risk-matrix")
        matrix_table(self._run)


def _choice(choices: dict[str, str] | list[str], label: str, value: str | None) -> ui.select:
    field = ui.select(choices, label=label, value=value, with_input=value is None, clearable=value is None)
    return field.props("outlined dense options-dense stack-label").style("width: 300px; max-width: 100%")


def _estimate(row: dict[str, Any] | None, *, scale: float = 1.0, share: bool = False) -> tuple[str, str]:
    """A figure and its interval, apart."""
    if row is None or row["mean"] is None:
        return numbers.EMPTY, ""
    value, low, high = (None if row[key] is None else scale * row[key] for key in ("mean", "low", "high"))
    told = numbers.measured(value, low, high, share=share)
    figure, bracket, limits = told.partition(" [")
    return figure, f"[{limits}" if bracket else ""
