"""Commands new, import, imports: make a twin, bring files in, take them back, mend rejected rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson, Folder, file_option
from spareverse.errors import UsageError
from spareverse.examples import NETWORKS, STUDIES
from spareverse.figures import numbers

if TYPE_CHECKING:
    from spareverse.io.importing import ImportReport
    from spareverse.twin import Twin

REASONS_SHOWN = 8


def new(
    folder: Folder,
    name: Annotated[str | None, typer.Option(help="Name of the twin; the folder's name if not given.")] = None,
    currency: Annotated[str, typer.Option(help="The one currency of the twin.")] = "EUR",
    example: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"An example: the company packaging, the files of a study: {', '.join(STUDIES)}; or of a network to "
            f"simulate: {', '.join(NETWORKS)}.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a twin, empty or with an example company or network, or the files of an example study.

    Blank Excel and CSV templates of every table are written beside a twin of order files.

    Example: spareverse new acme --currency EUR
    Example: spareverse new basin --example platform-basin
    """
    if example in STUDIES:
        _new_study(folder, example, as_json=as_json)
        return
    if example in NETWORKS:
        _new_network(folder, example, as_json=as_json)
        return
    if example not in (None, "packaging"):
        names = ", ".join(("packaging", *STUDIES, *NETWORKS))
        raise UsageError(f"There is no example {example!r}; there are: {names}.")
    from spareverse import create
    from spareverse.io.templates import write_templates

    twin = create(folder, name=name, currency=currency)
    templates = write_templates(folder / "templates")
    if example:
        from spareverse.cli.demo import fill

        fill(twin, parts=3_000)
    if as_json:
        screen.document({"twin": str(folder), "name": twin.folder.settings.name, "templates": templates})
        return
    screen.say(
        f"Made the twin {twin.folder.settings.name!r} in {folder}; blank templates are in {folder / 'templates'}."
    )
    screen.say(f"Next: spareverse import {folder} --purchases purchases.xlsx --sales sales.csv")


def _new_study(folder: Path, example: str, *, as_json: bool) -> None:
    """Write the files of an example study into a folder that is not there yet, or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; name a new folder.")
    files = STUDIES[example](folder)
    if as_json:
        screen.document({name: str(path) for name, path in files.items()})
        return
    screen.say(f"Wrote {', '.join(str(path) for path in files.values())}.")
    screen.say(f"Next: spareverse study {files['study']}")


def _new_network(folder: Path, example: str, *, as_json: bool) -> None:
    """Make a twin of an example network and its scenarios."""
    from spareverse.io.scenario_files import read_scenario
    from spareverse.twin.network_examples import new_network_example

    files = new_network_example(example, folder)
    if as_json:
        screen.document({name: str(path) for name, path in files.items()})
        return
    screen.say(f"Made a twin with the network {files['network']} and its scenarios in {files['scenarios']}.")
    scenario = sorted(files["scenarios"].iterdir())[0]
    verb = "observe" if read_scenario(scenario).nature == "pay" else "simulate"  # pay changes nothing in a run
    screen.say(f"Next: spareverse {verb} {folder} --scenario {scenario.stem}")


def import_files(
    folder: Folder,
    purchases: Annotated[Path | None, file_option("Purchase, production, repair and transfer order lines.")] = None,
    sales: Annotated[Path | None, file_option("Customer order lines.")] = None,
    consumption: Annotated[
        Path | None, file_option("Goods issues to work orders, where there are no customers.")
    ] = None,
    demand: Annotated[
        Path | None, file_option("Pieces demanded per month or week, where there are no order lines.")
    ] = None,
    parts: Annotated[Path | None, file_option("The catalogue.")] = None,
    stock: Annotated[Path | None, file_option("Stock on hand.")] = None,
    policies: Annotated[Path | None, file_option("Today's reorder points and order quantities.")] = None,
    installed: Annotated[Path | None, file_option("Which asset carries which part.")] = None,
    rates: Annotated[Path | None, file_option("Currency rates.")] = None,
    limits: Annotated[Path | None, file_option("Limits on groups of parts that plans keep to.")] = None,
    price_breaks: Annotated[Path | None, file_option("Prices that fall with the quantity ordered.")] = None,
    substitutes: Annotated[Path | None, file_option("Parts that may stand in for others.")] = None,
    network: Annotated[
        Path | None, file_option("A network to simulate: a workbook, or a folder of CSV or Parquet files.")
    ] = None,
    changes: Annotated[
        Path | None, file_option("A change list or plan that was filled in: accept, override, comment.")
    ] = None,
    mapping: Annotated[
        str | None, typer.Option(metavar="MAPPING", help="A mapping file (TOML), or the name of a shipped mapping.")
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=day|month",
            help="What comes first in a column of dates that can be read both ways; missing_periods=zero or missing "
            "says what a month without a row means.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring order files, or a network to simulate, into a twin.

    Reads CSV, TSV, Excel and Parquet. Good rows are taken, rows that cannot be read are set aside with the reason,
    and the same file twice adds nothing.

    Example: spareverse import acme --purchases po.xlsx --sales so.csv
    Example: spareverse import acme --demand months.csv --answer missing_periods=zero
    Example: spareverse import acme --network network.xlsx
    """
    from spareverse import open as open_twin

    files = {
        "purchases": purchases,
        "sales": sales,
        "consumption": consumption,
        "demand": demand,
        "parts": parts,
        "stock": stock,
        "policies": policies,
        "installed": installed,
        "rates": rates,
        "limits": limits,
        "price_breaks": price_breaks,
        "substitutes": substitutes,
    }
    given = {table: path for table, path in files.items() if path}
    if not given and not changes and not network:
        raise UsageError("Name at least one file, for example --purchases po.xlsx.")
    answers = _answers(answer or [])
    twin = open_twin(folder)
    document: dict[str, Any] = {}
    if given:
        with screen.progress() as progress:
            report = twin.import_orders(**given, mapping=mapping, answers=answers, progress=progress)
        document |= report.document()
        if not as_json:
            show_report(report)
    if network:
        built = twin.import_network(network)
        document["network"] = {"id": built.id, "notices": list(built.notices), **built.summary}
        if not as_json:
            screen.say(f"Took {built}.")
            for text in built.notices:
                screen.remark(f"* {text}")
    if changes:
        document["decisions"] = _decide(twin, changes)
        if not as_json:
            screen.say(f"Took {numbers.count(document['decisions'], 'decision')} from {changes.name}.")
    if as_json:
        screen.document(document)


def imports(
    folder: Folder,
    undo: Annotated[str | None, typer.Option(metavar="ID", help="Take an import back.")] = None,
    quarantine: Annotated[
        Path | None, typer.Option(metavar="OUT.xlsx", help="Write the rows set aside, with reasons, to Excel.")
    ] = None,
    resubmit: Annotated[
        Path | None,
        typer.Option(metavar="FIXED.xlsx", exists=True, dir_okay=False, help="Import the mended quarantine file."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List, undo and mend imports.

    Example: spareverse imports acme --quarantine to-fix.xlsx, then spareverse imports acme --resubmit to-fix.xlsx
    """
    from spareverse import open as open_twin

    twin = open_twin(folder)
    if undo:
        twin.folder.undo(undo)
    if quarantine:
        from spareverse.io.quarantine import export_quarantine

        rows = export_quarantine(twin.folder, quarantine)
        screen.remark(f"Wrote {rows:,} rows to {quarantine}. Mend them there, then: --resubmit {quarantine}")
    if resubmit:
        from spareverse.io.quarantine import resubmit_quarantine

        report = resubmit_quarantine(twin.folder, resubmit)
        if not as_json:
            show_report(report)
    listed = twin.folder.imports()
    if as_json:
        screen.document({"imports": screen.records(listed)})
        return
    columns = [name for name in listed.columns if name != "mapping"]
    numbers = ("read", "taken", "not_applicable", "quarantined")
    screen.table(f"Imports of {twin.folder.settings.name}", columns, listed.select(columns).rows(), right=numbers)


def show_report(report: ImportReport) -> None:
    """Print what was read, taken and set aside, with reasons, formats and notices."""
    rows = [
        (file.file, file.table, file.read, file.taken, file.not_applicable, file.quarantined) for file in report.files
    ]
    columns = ("file", "table", "read", "taken", "not applicable", "quarantined")
    screen.table("Imported", columns, rows, right=columns[2:])
    for file in report.files:
        for reason, count in sorted(file.reasons.items(), key=lambda item: -item[1])[:REASONS_SHOWN]:
            screen.say(f"  {file.table}: {numbers.count(count, 'row')} not taken: {reason}")
        for reason, count in file.flagged.items():
            screen.say(f"  {file.table}: {numbers.count(count, 'row')} taken with a flag: {reason}")
        for column, formats in file.formats.items():
            counts = ", ".join(f"{name} {count:,}" for name, count in formats.items())
            screen.say(f"  {file.table}.{column}: dates read as {counts}")
        for column, consequence in file.missing:
            screen.say(f"  {file.table}: no {column}. {consequence}")
        for notice in file.notices:
            screen.say(f"  {file.table}: {notice}")


def _decide(twin: Twin, path: Path) -> int:
    """Record the decisions of a filled-in change list; returns how many are new."""
    read = twin.bring_back(path)
    if read.decisions.height:
        twin.decide(read.decisions)
    if read.unchanged:
        screen.remark(f"{numbers.count(read.unchanged, 'row says', 'rows say')} what was decided before.")
    if read.on_other_figures:
        screen.remark(
            f"{numbers.count(read.on_other_figures, 'row answers', 'rows answer')} other figures than those of the "
            "plan of record: still to decide."
        )
    return read.decisions.height


def _answers(words: list[str]) -> dict[str, Any] | None:
    answers = {}
    for word in words:
        column, _, said = word.partition("=")
        known = ("zero", "missing") if column == "missing_periods" else ("day", "month")
        if said not in known:
            asked = column or "COLUMN"
            raise UsageError(f"--answer {word}: write {asked}={known[0]} or {asked}={known[1]}.")
        answers[column] = said
    return answers or None
