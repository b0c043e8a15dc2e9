"""Write the reference pages that follow from the declared tables and the commands: make docs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from spareverse.assistant.arguments import Argument
from spareverse.assistant.tool import Tool
from spareverse.assistant.tools import TOOLS
from spareverse.io.scenario_files import OVERRIDE, SCENARIO
from spareverse.io.study_keys import SECTIONS, TABLE_SECTIONS
from spareverse.io.study_lines import MOST_LINES, PACKAGE
from spareverse.io.study_schema import Key, Section
from spareverse.network.calibration_table import CALIBRATION
from spareverse.network.components import COMPONENTS, DISTURBANCE_TABLE
from spareverse.network.distributions.text import EXAMPLES
from spareverse.network.network_checks import RULES
from spareverse.network.network_checks.disturbances import TARGETS
from spareverse.network.observer_tables import OBSERVER_TABLES
from spareverse.network.plan_tables import PLAN_TABLES
from spareverse.network.results import RESULTS
from spareverse.network.schema import Column, Table
from spareverse.network.study_answers import STUDY_ANSWERS
from spareverse.network.study_tables import MEASURES, STUDY_RESULTS, STUDY_TABLES
from spareverse.network.tables import TABLES
from spareverse.network.transport_modes import TRANSPORT_MODES

REFERENCE = Path(__file__).parent / "reference"
MADE = "<!-- made by docs/generate_reference.py (make docs); do not edit -->"
KINDS = {
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "date": "date",
    "boolean": "yes/no",
    "numbers": "list of numbers",
}

KEY_KINDS = {
    "text": "text",
    "texts": "list of texts",
    "integer": "whole number",
    "number": "number",
    "numbers": "list of numbers",
    "boolean": "true/false",
    "span": "number",
    "duration": "duration",
}

TABLES_INTRODUCTION = """\
# Tables you bring

Column names are the product's own; a [mapping file](../guides/mapping-files.md) translates any other file into them.
Columns marked * are required; everything else may be missing, and the import says once what that costs.
*Identity* names the columns that make two rows the same thing: of two imports the newest wins."""

TOOLS_INTRODUCTION = """\
# Tools

The verbs of a twin that answer questions: `spareverse mcp` offers them to [AI assistants](../guides/mcp.md),
`spareverse explain` and the page Ask [plan calls](../guides/ask.md) of them. Each finds sentences, facts and tables.
Arguments marked * are required."""

RESULTS_INTRODUCTION = """\
# Tables an analysis produces

The web pages, the figures, the Excel report, the REST interface and Python all read these tables.
`_low` and `_high` are the limits of a 95 % interval. *currency* is the one currency of the twin."""

STUDY_FILE_INTRODUCTION = """\
# The study file

A study is one TOML file and its package, a table of tags and parts in Excel, CSV or Parquet (or in the file itself, as
`[[line]]`). Keys marked * are required. A key that ends in a unit may end in another one: `h`, `days`, `weeks`,
`months` or `years`. A month is 730 hours, a year 8,760.

Where a *duration* is asked for, write a number or a distribution as text, in the unit of its key or with its own:

{laws}

[Compare warehouse options](../guides/warehouse-study.md) shows a whole file."""

PACKAGE_REMARKS = """\
## How a package is read

* One row per tag and part, {lines:,} at most. Excel, CSV (comma or semicolon, decimal point or comma) or Parquet.
* Titles may stand above the header. Usual headings are understood (*Tag no*, *Part no*, *Manufacturer*, *Delivery
  time*); a unit in brackets is heeded: *Delivery time (weeks)*, *Unit price [NOK]*. Columns that are not known are
  left out, and said.
* Sheets called `Package` or `lines` are read; without one, every sheet that has tags and parts. Cells that are merged
  below the header are refused: only the first of them holds the value. A workbook's sheet `stock_levels` gives the
  stock levels.
* What belongs to a part (its rate, price, lead times, weight, shelf life) is the same on all its lines and needs to
  stand on one of them only.
* A [SPIR workbook](../guides/spir-workbook.md) that Spareverse filled is a package too: its lines are those of the
  sheet `Package`, and quantities corrected in the sheet `SPIR` become stock levels.
* A *failure rate* is given once: `failures_per_year`, `failures_per_month` or `mtbf_h`. With `record_failures` in
  `record_hours` of earlier platforms it becomes a prior: gamma with shape 1/2 and the vendor's rate as mean (the
  constrained noninformative prior, Atwood 1996); after k failures in T years the rate is (1/2 + k) / (1/(2 vendor's
  rate) + T). Without a vendor's rate the prior mean is the pooled rate of the recorded parts of its kind (first word
  of the description), else of all. With `rate_source` `history` it is the pieces a twin's customers order a year over
  the pieces installed."""

STUDY_RESULTS_INTRODUCTION = """\
# Tables a study produces

What a run of a [study](study-file.md) saves, as Parquet, and what `spareverse study --json` prints. First what was
simulated, then the answers drawn from it. An *estimate* has `mean`, its 95 % limits `low` and `high`, and the 2.5 % and
97.5 % quantiles of a single run, `run_low` and `run_high`. A verdict `not_enough_replications` says that the noise is
larger than what is asked: run more."""

NETWORK_INTRODUCTION = """\
# Tables of a network

What a company is, to be simulated: one sheet of a workbook for each table, or one CSV or Parquet file in a folder.
Columns marked * are required; tables that are empty may be absent. [The network](../guides/network.md) shows how they
hang together. Where a column takes *a distribution*, write a number or one of these, in the unit of the column or with
its own:

{laws}"""

SCENARIO_FILE = """\
## Scenario files

A scenario is a small TOML file: what is different from the network as it is. Overrides take effect in their order,
then disturbances are added, and the outcome is checked as a whole.

{sections}

An override also has `where`, columns and what they hold (`where = {{ place_id = "HUB" }}`; without it every row
changes), and either `factor` or `value`, a text or a number; an empty text clears the cell. A factor on a distribution
stretches it.

### `[[disturbance]]`

A row of the table `{disturbances}`: its columns are the keys. What each kind may concern (`*`: all of them):

{targets}"""

NETWORK_RULES = """\
## What is checked

Everything that is wrong is told at once, with file or sheet, row, column, value, reason and remedy. A *doubt* does not
stop a run; it becomes a notice of the network.

{rules}"""

PLAN_RESULTS_INTRODUCTION = """\
# Tables of a plan and of its proof

What `spareverse optimise` and `spareverse backtest` keep in the twin; pages, figures, exports, REST and Python all read
them. A reorder point of -1 with an order quantity of 1 means *bought on demand*: nothing is kept. `_low` and `_high`
are the limits of a 95 % interval. *currency* is the one currency of the twin."""

OBSERVER_INTRODUCTION = """\
# Tables of an observation

What `spareverse observe` keeps in the twin; pages, REST and Python all read them. Every estimate stands with its 95 %
limits, `_low` and `_high`; money is in the network's currency. [Observe the company](../guides/observe.md) shows how
they are used."""

CLI_INTRODUCTION = """\
# Commands

Every command answers `--help`. With `--json` it prints exactly one JSON document to stdout; progress and remarks go to
stderr. Exit codes: 0 done, 1 failed, 2 bad usage. A failed command leaves the twin as it was. Errors with `--json` are

```json
{"error": {"kind": "...", "message": "...",
           "problems": [{"file": "...", "row": 1, "column": "...", "value": "...", "reason": "...", "remedy": "..."}]}}
```

where `kind` is one of `usage`, `not_found`, `input_rejected`, `ambiguous_dates`, `absent_periods`, `not_enough_data`,
`twin_busy`, `storage_failed`, `cancelled` and `failed`. `spareverse --debug COMMAND ...` shows the trace of an
unexpected error."""


def pages() -> dict[Path, str]:
    """Every generated page by its path."""
    return {
        REFERENCE / "tables.md": _page(TABLES_INTRODUCTION, map(_table, TABLES.values())),
        REFERENCE / "results.md": _page(RESULTS_INTRODUCTION, map(_table, RESULTS.values())),
        REFERENCE / "plan-results.md": _page(PLAN_RESULTS_INTRODUCTION, map(_table, PLAN_TABLES.values())),
        REFERENCE / "study-file.md": _page(STUDY_FILE_INTRODUCTION.format(laws=_laws()), _study_file()),
        REFERENCE / "study-results.md": _page(STUDY_RESULTS_INTRODUCTION, _study_results()),
        REFERENCE / "network.md": _page(NETWORK_INTRODUCTION.format(laws=_laws()), _network()),
        REFERENCE / "observer.md": _page(OBSERVER_INTRODUCTION, map(_table, OBSERVER_TABLES)),
        REFERENCE / "cli.md": _page(CLI_INTRODUCTION, _commands()),
        REFERENCE / "tools.md": _page(TOOLS_INTRODUCTION, map(_tool, TOOLS.values())),
    }


def _page(introduction: str, sections: Iterable[str]) -> str:
    return "\n\n".join((MADE, introduction, *sections)) + "\n"


def _tool(tool: Tool) -> str:
    changes = " Changes the twin: only with `--allow-changes`." if tool.changes else ""
    lines = [f"## {tool.title} (`{tool.name}`)", "", f"{tool.description}{changes}"]
    if tool.arguments:
        lines += ["", "| argument | kind | meaning |", "|---|---|---|"]
        lines += [row for argument in tool.arguments for row in _argument(argument)]
    return "\n".join(lines)


def _argument(argument: Argument, of: str = "") -> Iterable[str]:
    """A row of the table of arguments, and those of its fields."""
    kinds = {"integer": "whole number", "boolean": "true/false", "texts": "list of texts", "rows": "list of rows"}
    meaning = argument.meaning
    if argument.choices:
        meaning += " (" + ", ".join(f"`{choice}`" for choice in argument.choices) + ")"
    if argument.default is not None:
        meaning += f"; default `{argument.default}`"
    star = " *" if argument.required else ""
    yield f"| `{of}{argument.name}`{star} | {kinds.get(argument.kind, argument.kind)} | {meaning} |"
    for each in argument.fields:
        yield from _argument(each, f"{argument.name}[].")


def _table(table: Table) -> str:
    lines = [f"## {table.title} (`{table.name}`)", "", f"{table.meaning}."]
    if table.identity:
        lines.append("Identity: " + ", ".join(f"`{name}`" for name in table.identity) + ".")
    lines += ["", "| column | kind | unit | meaning |", "|---|---|---|---|"]
    lines += [_row(column) for column in table.columns]
    if losses := [f"* `{column.name}`: {column.consequence}" for column in table.columns if column.consequence]:
        lines += ["", "What you lose when a column is missing:", "", *losses]
    return "\n".join(lines)


def _row(column: Column) -> str:
    meaning = column.meaning
    if column.choices:
        meaning += " (" + ", ".join(f"`{choice}`" for choice in column.choices) + ")"
    if column.default is not None:
        meaning += f"; default `{column.default}`"
    star = " *" if column.required else ""
    return f"| `{column.name}`{star} | {KINDS[column.kind]} | {column.unit} | {meaning.replace('|', chr(92) + '|')} |"


def _laws() -> str:
    return "\n".join(f"* {name}: `{text}`" for name, text in EXAMPLES.items())


def _study_file() -> Iterable[str]:
    for section in SECTIONS:
        yield _section(section, f"[{section.name}]", 2)
        for inner in section.sections:
            yield _section(inner, f"[{section.name}.{inner.name}]", 3)
    modes = [
        f"| `{name}` | {mode.title} | {mode.kg_per_tonne_km} | {mode.well_to_tank_kg_per_tonne_km} | {mode.source} |"
        for name, mode in TRANSPORT_MODES.items()
    ]
    heading = ["## Modes of transport", "", "kg CO2 equivalent per tonne and kilometre.", ""]
    columns = ["| mode | what | factor | well to tank | source |", "|---|---|---|---|---|"]
    yield "\n".join([*heading, *columns, *modes])
    for section, name in TABLE_SECTIONS.items():
        table = PACKAGE if name == PACKAGE.name else STUDY_TABLES[name]
        yield _table(table) + f"\n\nIn the study file itself: one `[[{section}]]` for each row."
    yield PACKAGE_REMARKS.format(lines=MOST_LINES)


def _network() -> Iterable[str]:
    yield from map(_table, COMPONENTS)
    sections = "\n\n".join((_section(SCENARIO, "[scenario]", 3), _section(OVERRIDE, "[override]", 3)))
    targets = "\n".join(f"* `{kind}`: {', '.join(tables)}" for kind, tables in TARGETS.items())
    targets += "\n\nOf parts it is the group (`category`), of places their demand or receipts."
    yield SCENARIO_FILE.format(sections=sections, disturbances=DISTURBANCE_TABLE.name, targets=targets)
    yield NETWORK_RULES.format(rules="\n".join(f"* {rule.__doc__}" for rule in RULES))
    yield _table(CALIBRATION)


def _section(section: Section, heading: str, level: int) -> str:
    brackets = f"[{heading}]" if section.repeated else heading
    lines = [f"{'#' * level} `{brackets}`", "", f"{section.meaning}.", "", "| key | kind | meaning | default |"]
    return "\n".join([*lines, "|---|---|---|---|", *map(_key, section.keys)])


def _key(key: Key) -> str:
    meaning = key.meaning + (" (" + ", ".join(f"`{choice}`" for choice in key.choices) + ")" if key.choices else "")
    unit = f", {key.unit}" if key.unit else ""
    return f"| `{key.name}`{' *' if key.required else ''} | {KEY_KINDS[key.kind]}{unit} | {meaning} | {key.default} |"


def _study_results() -> Iterable[str]:
    yield from map(_table, STUDY_RESULTS.values())
    rows = [f"| `{name}` | {unit} | {meaning} |" for name, (meaning, unit) in MEASURES.items()]
    lines = ["## Measures", "", "Totals over the counted time and over all lines, for one option.", ""]
    yield "\n".join([*lines, "| measure | unit | meaning |", "|---|---|---|", *rows])
    yield from map(_table, STUDY_ANSWERS.values())


def _commands() -> Iterable[str]:
    # the width of the help is read from the environment when the command line is loaded
    os.environ["COLUMNS"] = os.environ["TERMINAL_WIDTH"] = "100"
    from typer.main import get_command

    from spareverse.cli.main import app

    program = get_command(app)
    for name, command in program.commands.items():  # type: ignore[attr-defined]
        context = command.make_context(f"spareverse {name}", [], resilient_parsing=True)
        text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        yield f"## {name}\n\n```text\n{text}\n```"


def main() -> int:
    """Write the pages; with --check only tell whether they are up to date."""
    stale = {path: text for path, text in pages().items() if not path.exists() or path.read_text() != text}
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.name} is not up to date: make docs")
        return bool(stale)
    for path, text in stale.items():
        path.write_text(text)
        print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
