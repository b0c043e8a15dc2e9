"""The SPIR workbook: what a study found, in the sheet that operators and vendors exchange; and that sheet read back.

SPIR: Spare Parts and Interchangeability Record.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from spareverse.io.excel import new_workbook, sheet_name
from spareverse.io.spir_columns import EXPLAINED, SPIR_COLUMNS, SpirColumn, heading, meaning
from spareverse.io.spir_rows import options_summary, spir_rows, stock_value
from spareverse.network.schema import Table
from spareverse.network.study import HOURS_PER_YEAR, Option, Study
from spareverse.network.study_tables import MEASURES, STUDY_LINES, STUDY_STOCK
from spareverse.optimisation.warehouse.part_by_part import with_mixture

PACKAGE_SHEET, SPIR_SHEET = "Package", "SPIR"
_BLUE, _PALE, _LINE, _ALERT = "#1F3A56", "#E8EEF4", "#B8C4D0", "#FBE3DA"
_HEADER_ROW = 7
_BLOCK_COLUMNS = ((0, 1), (5, 8), (13, 15))
"""Of the labels and values above the table; of columns folded away, the next ones to the left and to the right."""
_A3 = 8
_EACH = "recommended for each part"


class Run(Protocol):
    """The run of a study, as ``simulation.study_run.StudyRun`` is one."""

    @property
    def study(self) -> Study: ...
    @property
    def seed(self) -> int: ...
    @property
    def replications(self) -> int: ...
    @property
    def tables(self) -> Mapping[str, pl.DataFrame]: ...
    @property
    def half_widths(self) -> dict[str, float]: ...


class Outcome(Protocol):
    """What a study came to: its run, the answers worked out from it, and how it was made."""

    @property
    def run(self) -> Run: ...
    @property
    def answers(self) -> Mapping[str, pl.DataFrame]: ...
    @property
    def document(self) -> Mapping[str, Any]: ...


def write_spir(path: str | Path, outcome: Outcome, *, project: str = "", revision: str = "") -> Path:
    """Write the workbook: SPIR (what is recommended for each part), options compared, assumptions; and hidden, for the
    screen and to be read back, a sheet per option and the package.

    project, revision
        For the block above the table; the name of the study, and the day it was made, by default.
    """
    run, answers = outcome.run, outcome.answers
    study, money = run.study, run.study.currency
    head = _Head(study, outcome.document, project or study.name, revision)
    path = Path(path)
    with new_workbook(path) as workbook:
        style = _Style(workbook)
        rows = spir_rows(study, run.tables, answers)
        _write_spir_sheet(workbook, SPIR_SHEET, rows, head.block(rows, _EACH), money, style)
        _write_summary(workbook, study, *with_mixture(study, run.tables["options"], answers), style)
        _write_assumptions(workbook, outcome, style)
        for option in study.options:
            rows = spir_rows(study, run.tables, answers, option.name)
            name = sheet_name(f"Option {option.name}")
            block = head.block(rows, option.title or option.name)
            _write_spir_sheet(workbook, name, rows, block, money, style, of_option=True)
        _write_table(workbook, PACKAGE_SHEET, STUDY_LINES, study.lines, style)
        if study.stock.height:
            _write_table(workbook, STUDY_STOCK.name, STUDY_STOCK, study.stock, style)
    return path


class _Head:
    """The block above a SPIR table."""

    def __init__(self, study: Study, document: Mapping[str, Any], project: str, revision: str) -> None:
        self._study, self._document, self._project, self._revision = study, document, project, revision

    def block(self, rows: pl.DataFrame, shown: str) -> list[tuple[str, str]]:
        """Labels and values, read down the columns of the block."""
        tags = self._study.lines["tag"].unique().sort()
        made = str(self._document.get("made_at", ""))
        return [
            ("Project", self._project),
            ("Tags", f"{tags[0]} to {tags[-1]} ({len(tags):,})" if len(tags) > 1 else str(tags[0])),
            ("Package", f"lines {self._study.lines.height:,}, parts {rows.height:,}"),
            ("Currency", self._study.currency),
            ("Date", made[:10]),
            ("Revision", self._revision or made[:10]),
            ("Option shown", shown),
            ("Value at commissioning", f"{stock_value(rows):,.0f} {self._study.currency}"),
            ("Made by", f"Spareverse {self._document.get('version', '')}".strip()),
        ]


class _Style:
    """Cell formats, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook, self._made = workbook, {}  # type: ignore[var-annotated]
        self.title = self.of(bold=True, font_size=16, font_color=_BLUE)
        self.label = self.of(font_color="#5A6B7B")
        self.value = self.of(bold=True)
        self.band = self.of(
            bold=True, font_color="white", bg_color=_BLUE, align="center", border=1, border_color="white"
        )
        self.header = self.of(
            bold=True, text_wrap=True, valign="vcenter", align="center", bg_color=_PALE, border=1, border_color=_LINE
        )
        self.text = self.of(text_wrap=True, valign="top")

    def of(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]

    def cell(self, column: SpirColumn, *, alert: bool) -> Any:
        look: dict[str, Any] = {"valign": "top", "border": 1, "border_color": _LINE}
        if column.style:
            look["num_format"] = column.style
        else:
            look |= {"align": "left", "indent": 1}
        if column.wrap:
            look["text_wrap"] = True
        if alert:
            look["bg_color"] = _ALERT
        return self.of(**look)


def _write_spir_sheet(
    workbook: Any,
    name: str,
    rows: pl.DataFrame,
    block: list[tuple[str, str]],
    currency: str,
    style: _Style,
    *,
    of_option: bool = False,
) -> None:
    sheet = workbook.add_worksheet(name)
    sheet.write_string(0, 0, "Spare Parts and Interchangeability Record (SPIR)", style.title)
    folded = [column.folded or not rows[column.name].count() for column in SPIR_COLUMNS]
    kept = [position for position, away in enumerate(folded) if not away]
    for number, (label, value) in enumerate(block):
        row, (left, right) = 2 + number % 3, _BLOCK_COLUMNS[number // 3]
        sheet.write_string(row, max(at for at in kept if at <= left), label, style.label)
        sheet.write_string(row, min(at for at in kept if at >= right), value, style.value)
    _write_bands(sheet, style)
    away = _set_columns(sheet, folded)
    sheet.write_string(_HEADER_ROW - 2, 0, f"Not printed, behind + above the columns: {away}", style.label)
    for position, column in enumerate(SPIR_COLUMNS):
        sheet.write_string(_HEADER_ROW, position, heading(column, currency, of_option=of_option), style.header)
        sheet.write_comment(_HEADER_ROW, position, meaning(column, of_option=of_option))
    sheet.set_row(_HEADER_ROW - 1, 18)
    sheet.set_row(_HEADER_ROW, 64)
    consequence = rows.columns.index("criticality")
    for row, values in enumerate(rows.iter_rows(), start=_HEADER_ROW + 1):
        for position, value in enumerate(values):
            alert = position == consequence and value == "high"
            _write_value(sheet, row, position, value, style.cell(SPIR_COLUMNS[position], alert=alert))
        sheet.set_row(row, 15 * _lines_needed(values))
    sheet.freeze_panes(_HEADER_ROW + 1, 4)
    sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + max(rows.height, 1), len(SPIR_COLUMNS) - 1)
    _print_setup(sheet, _HEADER_ROW, name)
    if of_option:
        sheet.hide()
    else:
        # LibreOffice prints a hidden sheet too, once it has an area to print
        sheet.print_area(0, 0, _HEADER_ROW + max(rows.height, 1), len(SPIR_COLUMNS) - 1)


def _set_columns(sheet: Any, folded: list[bool]) -> str:
    """Widths; what a printed sheet can do without is folded away. Returns the headings of those columns."""
    for position, column in enumerate(SPIR_COLUMNS):
        if folded[position]:
            sheet.set_column(position, position, column.width, None, {"level": 1, "hidden": True})
        else:
            after = position > 0 and folded[position - 1]
            sheet.set_column(position, position, column.width, None, {"collapsed": after})
    names = [heading(column, "") for column, away in zip(SPIR_COLUMNS, folded, strict=True) if away]
    return ", ".join(names).lower() or "nothing"


def _write_bands(sheet: Any, style: _Style) -> None:
    """The row of group headings above the columns."""
    bands = [column.band for column in SPIR_COLUMNS]
    for band in dict.fromkeys(bands):
        first, last = bands.index(band), len(bands) - 1 - bands[::-1].index(band)
        sheet.merge_range(_HEADER_ROW - 1, first, _HEADER_ROW - 1, last, band, style.band)


def _lines_needed(values: tuple[Any, ...]) -> int:
    """Lines of text that the longest wrapped cell of a row takes; long lists of tags are cut on the screen."""
    needed = [
        math.ceil(len(str(value)) / (1.05 * column.width))
        for column, value in zip(SPIR_COLUMNS, values, strict=True)
        if column.wrap and value is not None
    ]
    return min(max([1, *needed]), 4)


def _write_value(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_string(row, column, "yes" if value else "no", style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, value, style)


def _print_setup(sheet: Any, header_row: int, name: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(max(header_row - 1, 0), header_row)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    # an ampersand begins a code in a footer
    sheet.set_footer(f"&L{name.replace('&', '&&')}&RPage &P of &N")


def _write_summary(
    workbook: Any, study: Study, options: tuple[Option, ...], results: pl.DataFrame, style: _Style
) -> None:
    sheet = workbook.add_worksheet("Options compared")
    frame = options_summary(options, results)
    sheet.write_string(0, 0, "Options compared: means over the horizon, with 95 % limits of the mean", style.title)
    sheet.set_column(0, 0, 58)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, frame.width, 15)
    for number, option in enumerate(options):
        first = 2 + 3 * number
        sheet.merge_range(2, first, 2, first + 2, option.title or option.name, style.band)
    titles = ["Measure", "Unit", *(["mean", "95 % low", "95 % high"] * len(options))]
    for position, title in enumerate(titles):
        sheet.write_string(3, position, title, style.header)
    for row, (measure, unit, *figures) in enumerate(frame.iter_rows(), start=4):
        share = measure in ("availability", "system_availability", "fill_rate")
        sheet.write_string(row, 0, MEASURES.get(measure, (measure, ""))[0])
        sheet.write_string(row, 1, study.currency if unit == "currency" else unit or "")
        largest = max((abs(value) for value in figures if value is not None), default=0.0)
        look = style.of(num_format="0.00%" if share else "#,##0" if largest >= 1_000 else "#,##0.00")
        for position, value in enumerate(figures, start=2):
            _write_value(sheet, row, position, value, look)
    sheet.freeze_panes(4, 1)
    _print_setup(sheet, 3, "Options compared")


def _write_assumptions(workbook: Any, outcome: Outcome, style: _Style) -> None:
    sheet = workbook.add_worksheet("Assumptions")
    sheet.write_string(0, 0, "What these figures rest on", style.title)
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 120)
    for row, (label, value) in enumerate(_assumptions(outcome), start=2):
        sheet.write_string(row, 0, label, style.of(valign="top", font_color="#5A6B7B"))
        sheet.write_string(row, 1, value, style.text)
        sheet.set_row(row, 15 * math.ceil(max(len(value), 1) / 110))
    _print_setup(sheet, 0, "Assumptions")


_EMERGENCY = {
    "first_arrival": "an asset without a spare orders one piece more and takes whichever piece comes first",
    "own_piece": "an asset without a spare orders one piece for itself and waits for that one",
    "none": "an asset without a spare waits for the ordinary replenishment",
}


def _assumptions(outcome: Outcome) -> list[tuple[str, str]]:
    run, study, document = outcome.run, outcome.run.study, outcome.document
    widths = ", ".join(f"{name} {100 * width:.2g} points" for name, width in run.half_widths.items())
    economics = study.economics
    rows = [
        ("Study", study.name),
        ("Made", f"{document.get('made_at', '')} by Spareverse {document.get('version', '')}"),
        ("Simulated", f"{run.replications:,} replications of every option, seed {run.seed}, common random numbers"),
        ("Precision reached", f"half-width of the 95 % interval of availability: {widths}" if widths else "not known"),
        ("Horizon", f"{study.horizon_h / HOURS_PER_YEAR:g} years of 8,760 h, after {study.warm_up_h:g} h not counted"),
        ("Rule at a failure", f"{study.emergency}: {_EMERGENCY[study.emergency]}"),
        ("Discount rate", f"{economics.discount_rate:.1%} per year"),
        ("Price of CO2", f"{1000 * economics.co2_price_per_kg:,.0f} {study.currency} per tonne"),
    ]
    rows += [(f"Input {name}", str(digest)) for name, digest in dict(document.get("inputs", {})).items()]
    for option in study.options:
        rows += _option_assumptions(option, study.currency)
    rows += [
        (column.heading, f"Column: {column.meaning[0].lower()}{column.meaning[1:]}.")
        for column in SPIR_COLUMNS
        if column.band in EXPLAINED
    ]
    hidden = ", ".join(f"Option {option.name}" for option in study.options)
    rows.append(("More sheets", f"Hidden, to be shown by a right click on a tab: {hidden}, {PACKAGE_SHEET}."))
    return rows + [("Remark", note) for note in study.notes]


def _option_assumptions(option: Option, currency: str) -> list[tuple[str, str]]:
    rows = []
    for words, transport in (("transport", option.transport), ("transfer", option.transfer_transport)):
        if transport.distance_km > 0:
            factor = f"{transport.co2_kg_per_tonne_km:g} kg CO2e per tonne-km ({transport.co2_source})"
            rows.append((f"{option.name}: {words}", f"{transport.distance_km:,g} km, {factor}"))
    fee = option.fee
    if fee.per_month or fee.pay_per_use:
        covers = f"covers {', '.join(sorted(fee.covers))}" if fee.covers else "covers neither parts nor holding"
        words = f"{fee.per_month:,g} {currency} per month, {fee.pay_per_use:,g} per printed piece, {covers}"
        rows.append((f"{option.name}: fee", words))
    return rows


def _write_table(workbook: Any, name: str, table: Table, frame: pl.DataFrame, style: _Style) -> None:
    """A table of the study in full, so that the workbook is a package again."""
    sheet = workbook.add_worksheet(name)
    for position, column in enumerate(frame.columns):
        # headings are single words, which a narrow column would cut
        sheet.set_column(position, position, 30 if column == "description" else max(14, len(column) + 3))
        sheet.write_string(0, position, column, style.header)
        sheet.write_comment(0, position, table.column(column).meaning)
        for row, value in enumerate(frame[column], start=1):
            if value is not None:
                _write_value(sheet, row, position, value, None)
    sheet.freeze_panes(1, 1)
    sheet.hide()
    _print_setup(sheet, 0, name)
