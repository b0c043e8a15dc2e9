"""What people type, from a fresh folder to the change list, and what they see when it goes wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

COMMANDS = ("demo", "new", "import", "imports", "analyse", "rolling", "export", "study", "serve", "reproduce", "doctor")


def spareverse(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "spareverse"
    return subprocess.run(
        [program, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def document(*arguments: object, cwd: Path | None = None) -> dict[str, Any]:
    """The one JSON document a command prints to stdout."""
    done = spareverse(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr + done.stdout
    return dict(json.loads(done.stdout))


@pytest.fixture
def twin(demo_twin: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_twin, tmp_path / "demo"))


def test_help_lists_every_command() -> None:
    done = spareverse("--help")
    assert all(f"  {command} " in done.stdout for command in COMMANDS)


def test_help_starts_at_once_since_it_loads_nothing_heavy() -> None:
    loaded = "import sys; from spareverse.cli.main import run; run(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    heavy = {"fastapi", "httpx", "nicegui", "numba", "numpy", "polars", "scipy"}
    assert not heavy & set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    done = spareverse(command, "--help")
    assert done.returncode == 0
    assert f"Example: spareverse {command}" in done.stdout
    assert command == "serve" or "--json" in done.stdout


def test_from_files_to_change_list(twin: Path, tmp_path: Path) -> None:
    files = twin / "files"
    made = document("new", "acme", "--currency", "EUR", cwd=tmp_path)
    assert {Path(name).suffix for name in made["templates"]} == {".csv", ".xlsx"}

    arguments = [
        word
        for table in ("purchases", "sales", "parts", "stock", "policies", "rates")
        for word in (f"--{table}", files / f"{table}.csv")
    ]
    report = document("import", "acme", *arguments, cwd=tmp_path)
    assert len(report["files"]) == 6
    for file in report["files"]:
        assert file["read"] == file["taken"] + file["not_applicable"] + file["quarantined"]

    result = document(
        "analyse", "acme", "--from", "2020-03-01", "--to", "2023-03-01", "--out", "report.xlsx", cwd=tmp_path
    )
    assert result["summary"]["cycles"] > 0
    assert (tmp_path / "report.xlsx").stat().st_size > 10_000
    worst = result["parts"][0]
    one = document(
        "analyse", "acme", "--from", "2020-03-01", "--to", "2023-03-01", "--part", worst["part_id"], "--place",
        worst["place_id"] or "", cwd=tmp_path,
    )  # fmt: skip
    assert one["analysis"] == result["analysis"], "the same question is the saved run"
    assert one["parts"][0]["optimal_cover"] == worst["optimal_cover"]

    windows = document("rolling", "acme", "--part", worst["part_id"], cwd=tmp_path)["windows"]
    assert [window["window"] for window in windows][:2] == ["T1", "T2"]

    for kind in ("xlsx", "csv", "sap"):
        done = document("export", "acme", "--changes", "--format", kind, "--out", f"changes.{kind}", cwd=tmp_path)
        assert (tmp_path / done["file"]).exists()


def test_the_same_file_twice_adds_nothing_and_undo_takes_it_back(twin: Path) -> None:
    before = document("imports", twin)["imports"]
    document("import", twin, "--purchases", twin / "files" / "purchases.csv")
    live = [entry for entry in document("imports", twin)["imports"] if not entry["undone"]]
    assert len(live) == len(before)
    after = document("imports", twin, "--undo", before[0]["import_id"])["imports"]
    assert [entry["import_id"] for entry in after if entry["undone"]] == [before[0]["import_id"]]


def test_rejected_rows_leave_to_excel_and_come_back(twin: Path, tmp_path: Path) -> None:
    rejected = sum(entry["quarantined"] for entry in document("imports", twin)["imports"])
    assert rejected > 0, "the demo company is dirty on purpose"
    document("imports", twin, "--quarantine", tmp_path / "to-fix.xlsx")
    assert (tmp_path / "to-fix.xlsx").exists()
    document("imports", twin, "--resubmit", tmp_path / "to-fix.xlsx")


def test_a_filled_in_change_list_comes_back(twin: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "changes.csv"
    document("export", twin, "--changes", "--format", "csv", "--out", sheet)
    changes = pl.read_csv(sheet, infer_schema=False)
    assert changes.height > 1
    first = pl.int_range(pl.len()) == 0
    changes.with_columns(
        accept=pl.when(first).then(pl.lit("yes")), comment=pl.when(first).then(pl.lit("agreed"))
    ).write_csv(sheet)
    assert document("import", twin, "--changes", sheet)["decisions"] == 1
    upload = document("export", twin, "--changes", "--format", "sap", "--out", tmp_path / "upload.csv")
    assert upload["changes"] == 1


def test_demo_is_found_again_and_not_made_anew(twin: Path) -> None:
    before = sorted(path.name for path in (twin / "imports").iterdir())
    done = spareverse("demo", twin, "--no-serve", "--parts", "400")
    assert done.returncode == 0, done.stderr
    assert "Using the company" in done.stderr
    assert sorted(path.name for path in (twin / "imports").iterdir()) == before


def test_reproduce_gives_a_verdict_for_every_cell() -> None:
    cells = document("reproduce", "sirri-2023")["cells"]
    assert cells
    assert {cell["kind"] for cell in cells} == {"input", "check"}
    assert all(cell["verdict"] for cell in cells)


def test_doctor_finds_all_libraries() -> None:
    found = document("doctor")
    assert found["missing"] == []
    assert found["versions"]["polars"]


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (("analyse", "nowhere"), 1, "not_found"),
        (("frobnicate",), 2, "usage"),
        (("import", "{twin}"), 2, "usage"),
        (("import", "{twin}", "--purchases", "no-such-file.csv"), 2, "usage"),
        (("import", "{twin}", "--purchases", "{twin}/twin.toml"), 1, "input_rejected"),
        (("import", "{twin}", "--sales", "{twin}/files/sales.csv", "--mapping", "x.toml"), 1, "not_found"),
        (("import", "{twin}", "--sales", "{twin}/files/sales.csv", "--answer", "ordered_on"), 2, "usage"),
        (("analyse", "{twin}", "--from", "01.02.2020"), 2, "usage"),
        (("analyse", "{twin}", "--from", "2023-01-01", "--to", "2022-01-01"), 2, "usage"),
        (("analyse", "{twin}", "--part", "NO-SUCH-PART"), 1, "not_found"),
        (("new", "{twin}"), 2, "usage"),
        (("export", "{twin}"), 2, "usage"),
        (("serve", "nowhere"), 1, "not_found"),
    ],
)
def test_errors_are_one_document_with_a_stable_kind(
    arguments: tuple[str, ...], code: int, kind: str, twin: Path, tmp_path: Path
) -> None:
    words = [word.format(twin=twin) for word in arguments]
    done = spareverse(*words, *([] if words[0] == "serve" else ["--json"]), cwd=tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    if words[0] == "serve":
        assert done.stderr.startswith("Error: ")
    else:
        error = json.loads(done.stdout)["error"]
        assert error["kind"] == kind
        assert error["message"]


def test_without_json_problems_are_listed_and_counted_on_stderr(twin: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("Teil;Farbe\n1;rot\n")
    done = spareverse("import", twin, "--purchases", tmp_path / "bad.csv")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "\nError: bad.csv" in done.stderr
    assert "Traceback" not in done.stderr
