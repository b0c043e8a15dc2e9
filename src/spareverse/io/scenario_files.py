"""Scenario files (TOML): ``[scenario]``, ``[[override]]``, ``[[disturbance]]`` -> a checked ``Scenario``, and back."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from spareverse.errors import InputRejected, NotFound, Problem
from spareverse.io.excel import finished_file
from spareverse.io.readers import read_bytes
from spareverse.io.sheets import FILE, ROW
from spareverse.io.study_schema import Key, Section
from spareverse.io.study_sections import SectionReader, Values
from spareverse.io.study_sheets import read_inline
from spareverse.io.study_table import Form
from spareverse.network.components import COMPONENTS, DISTURBANCE_TABLE
from spareverse.network.scenario import SWITCHES, Override, Scenario

SCENARIO = Section(
    "scenario",
    "What the scenario is called, and what is taken away in it",
    (
        Key("name", "text", "Short name, used in every table", required=True),
        Key("title", "text", "Name for people", default="the name"),
        Key("switched_off", "texts", "Causes of waiting taken away", choices=SWITCHES, default="[]"),
    ),
)
OVERRIDE = Section(
    "override",
    "A column of the rows that match gets another value",
    (
        Key("table", "text", "Table of the network", choices=tuple(t.name for t in COMPONENTS), required=True),
        Key("column", "text", "Column of that table", required=True),
        Key("factor", "number", "Multiplies the figure or the law; whole numbers stay whole", default="", least=0.0),
    ),
    repeated=True,
)
"""Besides: ``where``, columns and what they hold (without it: every row), and ``value``, a text or a number."""
DISTURBANCE = DISTURBANCE_TABLE.name.removesuffix("s")
_LARGEST_FILE_BYTES = 4 << 20


def read_scenario(path: str | Path) -> Scenario:
    """The scenario of a TOML file; InputRejected lists everything that is wrong with it."""
    path = Path(path)
    return scenario_of(path.name, read_bytes(path))


def scenario_of(file: str, content: bytes) -> Scenario:
    """The scenario of a file's content; ``file`` is its name."""
    problems: list[Problem] = []
    scenario = _scenario(file, content, problems)
    _raise(file, problems)
    return scenario


def read_scenarios(paths: str | Path | Iterable[str | Path]) -> tuple[Scenario, ...]:
    """The scenarios of several files, or of every TOML file of a folder by name; all that is wrong at once."""
    files = _files(paths)
    problems: list[Problem] = []
    scenarios: dict[str, tuple[str, Scenario]] = {}
    for file in files:
        scenario = _scenario(file.name, read_bytes(file), problems)
        if scenario.name in scenarios:
            reason = f"The scenario of {scenarios[scenario.name][0]} has the same name."
            problems.append(Problem(reason, "Name it otherwise.", file.name, None, "scenario.name", scenario.name))
        scenarios[scenario.name] = file.name, scenario
    _raise(", ".join(file.name for file in files), problems)
    return tuple(scenario for _, scenario in scenarios.values())


def _files(paths: str | Path | Iterable[str | Path]) -> list[Path]:
    if not isinstance(paths, str | Path):
        return [Path(path) for path in paths]
    path = Path(paths)
    if not path.is_dir():
        return [path]
    if not (files := sorted(path.glob("*.toml"))):
        raise NotFound(f"There are no scenario files (.toml) in {path}.")
    return files


def _raise(names: str, problems: list[Problem]) -> None:
    found = list(dict.fromkeys(problems))
    if found:
        words = "one thing is" if len(found) == 1 else f"{len(found)} things are"
        raise InputRejected(f"{names}: {words} wrong with the scenario. Nothing was run.", found)


def _scenario(file: str, content: bytes, problems: list[Problem]) -> Scenario:
    raw = _parsed(file, content, problems)
    if raw is None:
        return Scenario(file)
    reader = SectionReader(file, problems)
    named = {name: value for name, value in raw.items() if name not in (OVERRIDE.name, DISTURBANCE)}
    said: Values = reader.document(named, (SCENARIO,)).get("scenario") or {}
    if "scenario" not in raw:
        reader.reject("scenario", "The section is missing.", "Add [scenario] with a name.")
    items = _items(raw, OVERRIDE.name, reader)
    overrides = [_override(item, f"override[{number}]", reader) for number, item in enumerate(items, start=1)]
    return Scenario(
        name=said.get("name", file),
        title=said.get("title", ""),
        overrides=tuple(override for override in overrides if override),
        disturbances=_disturbances(file, _items(raw, DISTURBANCE, reader), problems),
        switched_off=tuple(said.get("switched_off", ())),
    )


def _parsed(file: str, content: bytes, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        if len(content) > _LARGEST_FILE_BYTES:
            raise ValueError(f"it is larger than {_LARGEST_FILE_BYTES >> 20} MB")
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        problems.append(Problem(f"It is no TOML file: {error}.", "Start with [scenario] and a name.", file))
        return None


def _items(raw: Mapping[str, Any], name: str, reader: SectionReader) -> list[Mapping[str, Any]]:
    items = raw.get(name, [])
    if isinstance(items, list) and all(isinstance(item, Mapping) for item in items):
        return items
    reader.reject(name, "It must be a list of sections.", f"Write [[{name}]] for each of them.")
    return []


def _override(raw: Mapping[str, Any], path: str, reader: SectionReader) -> Override | None:
    before = len(reader.problems)
    said = reader.section(OVERRIDE, {key: raw[key] for key in raw if key not in ("where", "value")}, path)
    where, value = raw.get("where", {}), raw.get("value")
    if not isinstance(where, Mapping):
        reader.reject(f"{path}.where", "It must name columns.", 'For instance where = { part_id = "P1" }.', where)
        where = {}
    for key, wanted in (*((f"where.{name}", cell) for name, cell in where.items()), ("value", value)):
        if wanted is not None and (isinstance(wanted, bool) or not isinstance(wanted, str | int | float)):
            reader.reject(f"{path}.{key}", "It must be a text or a number.", value=wanted)
    if ("value" in raw) == ("factor" in raw):
        reader.reject(path, "An override has either a value or a factor.", "Give one of them.")
    if len(reader.problems) > before:
        return None
    return Override(said["table"], said["column"], dict(where), value, said.get("factor"))


def _disturbances(
    file: str, items: list[Mapping[str, Any]], problems: list[Problem]
) -> tuple[dict[str, str | float | None], ...]:
    if not items:
        return ()
    frame = read_inline(Form(DISTURBANCE_TABLE), file, DISTURBANCE, items, problems).frame.drop(FILE, ROW)
    return tuple({name: cell for name, cell in row.items() if cell is not None} for row in frame.iter_rows(named=True))


def write_scenario(scenario: Scenario, path: str | Path) -> Path:
    """Write the TOML file from which ``read_scenario`` makes the same scenario."""
    path = Path(path)
    with finished_file(path) as temporary:
        temporary.write_bytes(scenario_text(scenario).encode())
    return path


def scenario_text(scenario: Scenario) -> str:
    """The TOML file of a scenario."""
    import tomli_w

    document: dict[str, Any] = {"scenario": {"name": scenario.name}}
    if scenario.title:
        document["scenario"]["title"] = scenario.title
    if scenario.switched_off:
        document["scenario"]["switched_off"] = list(scenario.switched_off)
    given = {OVERRIDE.name: [_override_document(each) for each in scenario.overrides]}
    given[DISTURBANCE] = [_without_empty(row) for row in scenario.disturbances]
    document |= {name: rows for name, rows in given.items() if rows}
    return tomli_w.dumps(document)


def _override_document(override: Override) -> dict[str, Any]:
    row = {"table": override.table, "column": override.column, "where": dict(override.where) or None}
    return _without_empty({**row, "value": override.value, "factor": override.factor})


def _without_empty(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if cell is not None}
