"""Files on their way in: dropped, looked at, corrected by the user, imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nicegui import events, run, ui

from spareverse.errors import AbsentPeriods, AmbiguousDates, InputRejected
from spareverse.io.importing import Preview
from spareverse.io.mapping import SHIPPED
from spareverse.network.tables import TABLES
from spareverse.service import uploads
from spareverse.service.jobs import Job
from spareverse.web.pages import reports, states
from spareverse.web.pages.cards import Cell, box, button, card, note_bar, notes, table, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import day, number, plural

ACCEPTED = ".csv,.tsv,.txt,.xlsx,.xlsm,.parquet"
_AUTOMATIC = "recognise by itself"
_CHOICES: dict[type[InputRejected], dict[str, str]] = {
    AmbiguousDates: {"day": "Day first", "month": "Month first"},
    AbsentPeriods: {"zero": "There was no demand", "missing": "It is not known"},
}
_QUESTIONS = (AmbiguousDates, AbsentPeriods)


@dataclass(eq=False)
class Bundle:
    """One file, or several extracts that are read together, with what is known of it so far."""

    paths: list[Path]
    table: str | None = None
    mapping: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    found: Preview | InputRejected | None = None

    @property
    def name(self) -> str:
        return " + ".join(path.name for path in self.paths)


class Incoming:
    """The drop zone and below it one card per file."""

    def __init__(self, place: Place, changed: Callable[[], None]) -> None:
        self._place = place
        self._changed = changed
        self._bundles: list[Bundle] = []
        with card("Bring files", "Excel, CSV, TSV or Parquet, as your system exports them"):
            self._drop_zone = ui.upload(
                label="Drop files here, or choose them with +",
                multiple=True,
                auto_upload=True,
                on_upload=self._uploaded,
            )
            self._drop_zone.props(f'flat accept="{ACCEPTED}"').classes("drop").mark("drop")
        self._cards = ui.element("div").classes("stack")
        self._actions = ui.element("div").classes("stack")
        self._results = ui.element("div").classes("stack")

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        path = uploads.new_place(self._place.workspace.path, event.file.name)
        await event.file.save(path)
        bundle = Bundle([path])
        self._bundles.append(bundle)
        await self._look(bundle)
        await self._join_extracts()

    async def _look(self, bundle: Bundle) -> None:
        """Read the file in another process and show what was understood."""
        bundle.found = None
        self._show()
        settings = self._place.workspace.twin.folder.settings
        bundle.found = await run.cpu_bound(
            uploads.look, [str(path) for path in bundle.paths], settings, bundle.table, bundle.mapping, bundle.answers
        )
        self._show()

    async def _join_extracts(self) -> None:
        """Extracts that mean nothing alone (order heads, order items) may make a table together."""
        alone = [b for b in self._bundles if isinstance(b.found, InputRejected) and not isinstance(b.found, _QUESTIONS)]
        if len(alone) < 2:
            return
        together = Bundle([path for bundle in alone for path in bundle.paths])
        settings = self._place.workspace.twin.folder.settings
        together.found = await run.cpu_bound(uploads.look, [str(path) for path in together.paths], settings)
        if isinstance(together.found, Preview):
            self._bundles = [bundle for bundle in self._bundles if bundle not in alone] + [together]
            self._show()

    def _show(self) -> None:
        self._cards.clear()
        self._actions.clear()
        with self._cards:
            for bundle in self._bundles:
                self._card(bundle)
        ready = [bundle for bundle in self._bundles if isinstance(bundle.found, Preview)]
        with self._actions:
            if ready:
                with box("row-gap"):
                    button(f"Import {plural(len(ready), 'file')}", self._import, icon="download_done", main=True)
                    text("Nothing has been written yet.", "quiet small")

    def _card(self, bundle: Bundle) -> None:
        with card(bundle.name) as holder:
            holder.props("data-file")
            if bundle.found is None:
                states.skeleton(120)
                return
            self._choices(bundle)
            if isinstance(bundle.found, Preview):
                _preview(bundle.found, rates_come=self._rates_come())
            else:
                note_bar(bundle.found.message, tone="bad", icon="error_outline")
                if isinstance(bundle.found, _QUESTIONS):
                    self._question(bundle, bundle.found)
                else:
                    states.problems_table([vars(problem) for problem in bundle.found.problems])

    def _rates_come(self) -> bool:
        return any(isinstance(bundle.found, Preview) and bundle.found.table == "rates" for bundle in self._bundles)

    def _choices(self, bundle: Bundle) -> None:
        """What it was taken for; the user may say otherwise."""
        found = bundle.found if isinstance(bundle.found, Preview) else None
        with box("row-gap").style("margin-bottom: 10px"):
            tables = {name: TABLES[name].title for name in TABLES}
            kind = ui.select(tables, label="Table", value=found.table if found else bundle.table).props(
                "outlined dense options-dense"
            )
            names = [_AUTOMATIC, *SHIPPED]
            mapping = ui.select(names, label="Mapping", value=bundle.mapping or _AUTOMATIC).props(
                "outlined dense options-dense"
            )
            for field_ in (kind, mapping):
                field_.style("min-width: 210px")

            async def again() -> None:
                bundle.table = kind.value
                bundle.mapping = None if mapping.value == _AUTOMATIC else str(mapping.value)
                await self._look(bundle)

            kind.on_value_change(again)
            mapping.on_value_change(again)
            button("Leave out", lambda: self._drop(bundle), icon="close", slim=True)

    def _question(self, bundle: Bundle, asked: AmbiguousDates | AbsentPeriods) -> None:
        """Dates that can be read two ways, or what absent months mean: the user decides."""
        chosen: dict[str, Any] = {}
        for problem in asked.problems:
            column = str(problem.column)
            text(f"{column}: {problem.reason}").style("margin-top: 8px")
            chosen[column] = ui.radio(_CHOICES[type(asked)]).props("inline").mark("answer")

        async def answer() -> None:
            if any(choice.value is None for choice in chosen.values()):
                ui.notify("Choose for every column.")
                return
            bundle.answers |= {column: str(choice.value) for column, choice in chosen.items()}
            await self._look(bundle)

        button("Read it so", answer, main=True)

    def _drop(self, bundle: Bundle) -> None:
        self._bundles.remove(bundle)
        for path in bundle.paths:
            uploads.discard(path)
        self._show()

    def _import(self) -> None:
        """As few jobs as can be: files of one job are taken all or none."""
        ready = [bundle for bundle in self._bundles if isinstance(bundle.found, Preview)]
        self._bundles = [bundle for bundle in self._bundles if bundle not in ready]
        self._drop_zone.reset()
        self._show()
        self._results.clear()
        orders = _orders(ready)
        left = [len(orders)]
        for order in orders:
            names = [path.rsplit("/")[-1] for path in order["uploads"]]
            job = self._place.workspace.jobs.submit("import", order, title=f"Import {', '.join(names)}")
            with self._results:
                slot = ui.element("div").classes("stack")
                with slot, card(", ".join(names)):
                    states.follow(self._place, job.id, partial(self._done, slot, left))

    def _done(self, slot: ui.element, left: list[int], job: Job) -> None:
        left[0] -= 1
        reports.outcome(self._place, slot, job, self._changed)
        if left[0] == 0 and self._place.workspace.has_data():
            with self._results:
                reports.analyse_button(self._place)


def _orders(bundles: Sequence[Bundle]) -> list[dict[str, Any]]:
    """Arguments of import jobs: bundles go together unless mapping or answers differ or the table is the same."""
    orders: list[dict[str, Any]] = []
    for bundle in bundles:
        if not isinstance(bundle.found, Preview):
            continue
        paths = [str(path) for path in bundle.paths]
        name = bundle.found.table
        for order in orders:
            if order["mapping"] == bundle.mapping and order["answers"] == bundle.answers and name not in order["files"]:
                break
        else:
            order = {"files": {}, "mapping": bundle.mapping, "answers": dict(bundle.answers), "uploads": []}
            orders.append(order)
        order["files"][name] = paths if len(paths) > 1 else paths[0]
        order["uploads"] += paths
    return orders


def _preview(found: Preview, *, rates_come: bool) -> None:
    report = found.report.document()
    title = TABLES[found.table].title.lower()
    taken = f"{number(report['taken'])} of {number(report['read'])} lines would be taken as {title}"
    aside = [
        f"{number(report[name])} {words}"
        for name, words in (("not_applicable", "do not apply"), ("quarantined", "would go to quarantine"))
        if report[name]
    ]
    text(", ".join([taken, *aside]) + ".", "section").style("margin-bottom: 4px")
    text(reports.reading(report), "quiet small")
    if rates_come and any("no rate" in reason for reason in report["reasons"]):
        note_bar("The rates of this upload are read first: lines that only wait for a rate will be taken.")
    _rows(found)
    reasons = sorted(report["reasons"].items(), key=lambda item: -item[1])
    if reasons:
        table(
            [{"why": why, "count": count} for why, count in reasons[:12]],
            [Cell("Set aside because", lambda r: r["why"]), Cell("Lines", lambda r: number(r["count"]), right=True)],
        )
    if report["missing"]:
        with ui.expansion(f"{plural(len(report['missing']), 'column')} not in the file").classes("full-width"):
            table(
                report["missing"],
                [
                    Cell("Column", lambda r: r["column"], nowrap=True),
                    Cell("What that costs", lambda r: r["consequence"]),
                ],
            )
    notes([str(notice) for notice in report["notices"]])


def _rows(found: Preview) -> None:
    """The first rows as the product sees them; the heading says which column of the file each comes from."""
    declared = TABLES[found.table]
    names = [
        name
        for name in declared.names
        if name in found.rows.columns and found.rows[name].null_count() < found.rows.height
    ]
    cells = []
    for name in names:
        kind = declared.column(name).kind
        cells.append(
            Cell(
                name,
                _shown(name, kind),
                found.sources.get(name, "by default"),
                right=kind in ("number", "integer"),
                nowrap=True,
            )
        )
    with box("scroll-y").style("max-height: 300px; margin: 8px 0"):
        table(found.rows.to_dicts(), cells, mark="preview")


def _shown(name: str, kind: str) -> Callable[[dict[str, Any]], str]:
    if kind == "date":
        return lambda row: day(row[name])
    if kind in ("number", "integer"):
        return lambda row: "" if row[name] is None else f"{row[name]:,.10g}"
    return lambda row: "" if row[name] is None else str(row[name])
