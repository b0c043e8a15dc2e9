"""Study files: a TOML file and a table of lines -> a checked ``Study``, and back.

The keys are declared in ``io.study_keys``, the columns in ``network.study_tables``. All that is wrong with the files
is told at once, in one ``InputRejected``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.io.excel import finished_file, write_csv, write_tables
from spareverse.io.readers import read_bytes
from spareverse.io.sheets import FILE, ROW
from spareverse.io.spir_reading import corrected_stock, is_spir
from spareverse.io.study_checks import check_lines, check_policies, check_stock, check_times, limited
from spareverse.io.study_keys import (
    ACCESS,
    BURSTS,
    CENTRAL,
    ECONOMICS,
    EXPEDITE,
    FEE,
    HOLDING,
    OPTION,
    POLICY,
    SECTIONS,
    STUDY,
    TABLE_SECTIONS,
    TARGET,
    TRANSFER,
    TRANSPORT,
)
from spareverse.io.study_lines import LINES_FORM, PACKAGE, STOCK_FORM, finished_lines
from spareverse.io.study_options import read_options
from spareverse.io.study_sections import SectionReader, Values, section_document
from spareverse.io.study_sheets import Reading, read_file, read_inline
from spareverse.io.study_table import Form, Rows
from spareverse.io.templates import describe
from spareverse.network.study import (
    HOURS_PER_MONTH,
    Access,
    Economics,
    Fee,
    Option,
    Policy,
    RateProfile,
    Study,
    Transport,
)
from spareverse.network.study_tables import STUDY_LINES, STUDY_STOCK, STUDY_TABLES

LinesFormat = Literal["xlsx", "csv", "parquet"]
_STUDY_FIELDS = ("name", "currency", "horizon_h", "warm_up_h", "period_h", "emergency")
_LARGEST_FILE_BYTES = 4 << 20


def read_study(path: str | Path, *, history: pl.DataFrame | None = None) -> Study:
    """The study that a TOML file and its tables define; InputRejected lists everything that is wrong with them.

    history
        Part results of a twin (``part_id, order_rate, order_size``), for lines with ``rate_source`` history.
    """
    path = Path(path)
    if path.is_dir():
        path = path / "study.toml"
    raw = _parsed(path)
    problems: list[Problem] = []
    reader = SectionReader(path.name, problems)
    values = reader.document(raw, SECTIONS, tuple(TABLE_SECTIONS))
    if "study" not in raw:
        reader.reject("study", "The section is missing.", "Add [study] with name and lines.")
    options = read_options(values.get("option", []), reader)
    check_times(values, reader)
    study = values.get("study", {})
    rows = _table(LINES_FORM, "line", study.get("lines"), path, raw, study, problems)
    workbook = _package_workbook(path, study)
    filled_before = workbook is not None and is_spir(workbook.name, read_bytes(workbook))
    stock = _stock(path, raw, study, problems, workbook, filled_before)
    lines = STUDY_LINES.empty()
    if rows is None:
        if not problems:
            reader.reject("study.lines", "There are no lines.", "Name the package, or write [[line]] sections.")
    else:
        lines = finished_lines(rows, history=history, pooled=study.get("rates_pooled", filled_before))
        check_lines(options, rows, reader)
    if stock is not None:
        check_stock(stock, options, lines)
        if not problems:
            check_policies(values.get("option", []), options, stock, reader)
    _raise(path.name, problems)
    notes = [*study.get("notes", []), *_notes(rows), *_notes(stock)]
    return _study(values, options, lines, STUDY_STOCK.empty() if stock is None else _as_declared(stock.frame), notes)


def _parsed(path: Path) -> dict[str, Any]:
    content = read_bytes(path)
    try:
        if len(content) > _LARGEST_FILE_BYTES:
            raise ValueError(f"it is larger than {_LARGEST_FILE_BYTES >> 20} MB")
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        problem = Problem(f"It is no TOML file: {error}.", "Start from an example: spareverse new DIR.", file=path.name)
        raise InputRejected(f"{path.name} cannot be read as a study. Nothing was run.", [problem]) from error


def _raise(name: str, problems: list[Problem]) -> None:
    found = limited(problems)
    if found:
        words = "one thing is" if len(found) == 1 else f"{len(found)} things are"
        raise InputRejected(f"{name}: {words} wrong with the study. Nothing was run.", found)


def _table(
    form: Form, section: str, file: str | None, path: Path, raw: Values, study: Values, problems: list[Problem]
) -> Rows | None:
    """Rows of a table, from ``[[section]]`` or from the file that the study names."""
    items = raw.get(section)
    where = f"study.{TABLE_SECTIONS[section]}"
    if items is not None and (not isinstance(items, list) or not all(isinstance(item, dict) for item in items)):
        problems.append(Problem("It must be a list of sections.", f"Write [[{section}]].", path.name, column=section))
        return None
    if items and file:
        reason = f"The study names a file and has [[{section}]] sections too."
        problems.append(Problem(reason, "Keep one of the two.", path.name, column=where, value=file))
        return None
    if items:
        return read_inline(form, path.name, section, items, problems)
    found = _beside(path, file, where, problems) if file else None
    return None if found is None else _read(form, found, study, problems, optional=False)


def _package_workbook(path: Path, study: Values) -> Path | None:
    package = _beside(path, study["lines"], "study.lines", []) if study.get("lines") else None
    return package if package is not None and package.suffix.lower() in (".xlsx", ".xlsm") else None


def _stock(
    path: Path, raw: Values, study: Values, problems: list[Problem], workbook: Path | None, filled_before: bool
) -> Rows | None:
    """Stock levels: from the study file, a file of their own, or the package workbook (a SPIR filled before: both)."""
    if "stock" in raw or study.get("stock_levels"):
        return _table(STOCK_FORM, "stock", study.get("stock_levels"), path, raw, study, problems)
    rows = None
    if workbook is not None:
        rows = _read(STOCK_FORM, workbook, study, problems, optional=True)
        if filled_before:
            rows = corrected_stock(rows, workbook.name, read_bytes(workbook), problems)
    return rows or Rows(
        STUDY_STOCK.empty().with_columns(pl.lit("").alias(FILE), pl.lit(0).alias(ROW)), {}, problems, []
    )


def _read(form: Form, file: Path, study: Values, problems: list[Problem], *, optional: bool) -> Rows | None:
    sheet = study.get("sheet") if form is LINES_FORM else None
    how = Reading(sheet, study.get("decimal"), study.get("currency", "EUR"))
    try:
        return read_file(form, file.name, read_bytes(file), problems, how, optional=optional)
    except InputRejected as error:
        if not optional:
            problems.extend(error.problems)
        return None


def _beside(path: Path, name: str, where: str, problems: list[Problem]) -> Path | None:
    """A file in the folder of the study file, or below; nothing outside it is read."""
    relative = PurePosixPath(name.replace("\\", "/"))
    found = path.parent / relative
    if relative.is_absolute() or ":" in name or not found.resolve().is_relative_to(path.parent.resolve()):
        reason = "The file is not in the folder of the study file."
        problems.append(
            Problem(reason, "Put it beside the study file and give its name.", path.name, None, where, name)
        )
        return None
    if not found.is_file():
        there = ", ".join(sorted(file.name for file in path.parent.iterdir() if file.is_file())[:12])
        problems.append(Problem("There is no such file.", f"Files there: {there}.", path.name, None, where, name))
        return None
    return found


def _notes(rows: Rows | None) -> list[str]:
    return rows.notes if rows is not None else []


def _as_declared(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(STUDY_STOCK.names).cast(dict(STUDY_STOCK.schema))  # type: ignore[arg-type]


def _study(
    values: Values, options: tuple[Option, ...], lines: pl.DataFrame, stock: pl.DataFrame, notes: list[str]
) -> Study:
    study = {name: value for name, value in values["study"].items() if name in _STUDY_FIELDS}
    economics = Economics(**values.get("economics", {}))
    if economics.downtime_cost_per_h == 0 and lines["downtime_cost_per_h"].fill_null(0).sum() == 0:
        notes.append("Down time costs nothing in this study: no line and no section names a cost.")
    return Study(
        **study,
        lines=lines,
        options=options,
        economics=economics,
        profile=_profile(values),
        access=Access(**values["access"]) if "access" in values else None,
        stock=stock,
        target_availability=values.get("target", {}).get("target_availability"),
        notes=tuple(dict.fromkeys(notes)),
    )


def _profile(values: Values) -> RateProfile | None:
    campaigns = tuple((each["start"], each["end"], each["factor"]) for each in values.get("campaign", []))
    profile = RateProfile(**values.get("seasons", {}), **values.get("bursts", {}), campaigns=campaigns)
    return None if profile == RateProfile() else profile


# -- writing --


def write_study(study: Study, folder: str | Path, *, lines: LinesFormat = "xlsx") -> Path:
    """Write ``study.toml`` and its tables; returns the TOML file, from which ``read_study`` makes the same study."""
    import tomli_w

    folder = Path(folder)
    document = study_document(study)
    document["study"]["lines"] = f"lines.{lines}"
    if lines == "xlsx":
        tables = {"lines": study.lines, **({"stock_levels": study.stock} if study.stock.height else {})}
        write_tables(folder / "lines.xlsx", tables, STUDY_TABLES, choices=_choices())
    else:
        _write_table(folder / f"lines.{lines}", study.lines, lines)
        if study.stock.height:
            document["study"]["stock_levels"] = f"stock_levels.{lines}"
            _write_table(folder / f"stock_levels.{lines}", study.stock, lines)
    path = folder / "study.toml"
    with finished_file(path) as temporary:
        temporary.write_bytes(tomli_w.dumps(document, multiline_strings=False).encode())
    return path


def _write_table(path: Path, frame: pl.DataFrame, kind: LinesFormat) -> None:
    if kind == "csv":
        write_csv(path, frame)
    else:
        with finished_file(path) as temporary:
            frame.write_parquet(temporary)


def study_document(study: Study) -> dict[str, Any]:
    """The study as the TOML file has it, without its tables."""
    said = {name: getattr(study, name) for name in (*_STUDY_FIELDS, "notes")}
    document: dict[str, Any] = {
        "study": section_document(STUDY, said, vars(Study("", study.lines, ()))) | {"rates_pooled": True},
        "economics": section_document(ECONOMICS, vars(study.economics), vars(Economics())),
    }
    profile = study.profile or RateProfile()
    if profile.season:
        document["seasons"] = {"failure_factors": list(profile.season)}
    if profile.burst_gap_h:
        document["bursts"] = section_document(BURSTS, vars(profile), {})
    if study.access:
        document["access"] = section_document(ACCESS, vars(study.access), vars(Access()))
    if study.target_availability is not None:
        document["target"] = section_document(TARGET, vars(study), {})
    if profile.campaigns:
        document["campaign"] = [
            {"start_months": start / HOURS_PER_MONTH, "end_months": end / HOURS_PER_MONTH, "factor": factor}
            for start, end, factor in profile.campaigns
        ]
    document["option"] = [_option_document(option) for option in study.options]
    return {name: value for name, value in document.items() if value}


def _option_document(option: Option) -> dict[str, Any]:
    usual = vars(Option(option.name, option.warehouse))
    values = vars(option)
    transfer = {**vars(option.transfer_transport), "transfer": option.transfer}
    document = section_document(OPTION, values, {**usual, "name": None, "warehouse": None})
    nested = {
        "policy": section_document(POLICY, vars(option.policy), vars(Policy())),
        "central": section_document(CENTRAL, vars(option.central), vars(Policy())) if option.central else {},
        "fee": section_document(FEE, vars(option.fee), vars(Fee())),
        "transport": section_document(TRANSPORT, vars(option.transport), vars(Transport())),
        "transfer": section_document(TRANSFER, transfer, vars(Transport())),
        "expedite": section_document(EXPEDITE, values, usual),
        "holding": section_document(HOLDING, values, usual),
    }
    return document | {name: section for name, section in nested.items() if section}


def _choices() -> dict[str, tuple[str, ...]]:
    columns = [column for table in (PACKAGE, STUDY_STOCK) for column in table.columns]
    return {column.name: column.choices for column in columns if column.choices}


def write_template(path: str | Path) -> Path:
    """Write a blank package workbook: headings with their meaning, drop-downs, a sheet of stock levels, and a guide."""
    path = Path(path)
    sheets = {
        "lines": PACKAGE.empty(),
        "stock_levels": STUDY_STOCK.empty(),
        "about lines": describe(PACKAGE),
        "about stock_levels": describe(STUDY_STOCK),
    }
    schemas = {"lines": PACKAGE, "stock_levels": STUDY_STOCK}
    choices = _choices() | {"am_qualified": ("yes", "no")}
    write_tables(path, sheets, schemas, choices=choices, blank_rows=_BLANK_ROWS)
    return path


_BLANK_ROWS = 1_000
"""Rows of the template that offer their choices."""
