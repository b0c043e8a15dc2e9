"""The twin on disk: whole or not at all, one writer, newest first."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from spareverse.errors import InputRejected, NotFound, StorageFailed, TwinBusy, UsageError
from spareverse.io import storage
from spareverse.io.importing import import_files
from spareverse.io.twin_folder import TwinFolder

Write = Callable[[str, str | bytes], Path]
HEAD = "part_id,order_id,line,ordered_on,quantity\n"


def content(twin: TwinFolder) -> tuple[object, ...]:
    reopened = TwinFolder.open(twin.path)
    return reopened.fingerprint(), reopened.imports().rows(), reopened.table("purchases").rows()


def test_create_and_open(tmp_path: Path) -> None:
    TwinFolder.create(tmp_path / "acme", name="Acme", currency="usd")
    twin = TwinFolder.open(tmp_path / "acme")
    assert (twin.settings.name, twin.settings.currency) == ("Acme", "USD")
    assert twin.table("sales").is_empty()
    assert twin.quarantine().is_empty()
    with pytest.raises(UsageError, match="not empty"):
        TwinFolder.create(tmp_path / "acme")
    with pytest.raises(UsageError, match="currency"):
        TwinFolder.create(tmp_path / "other", currency="Euro")
    with pytest.raises(NotFound, match="no twin"):
        TwinFolder.open(tmp_path / "nowhere")
    with pytest.raises(NotFound, match="purchases"):
        twin.table("purchase")


def test_spoilt_settings_are_named(twin: TwinFolder) -> None:
    (twin.path / "twin.toml").write_text("name = [")
    with pytest.raises(InputRejected, match="settings"):
        TwinFolder.open(twin.path)


def test_runs_are_kept_newest_first(twin: TwinFolder) -> None:
    with pytest.raises(NotFound):
        twin.load_run("analysis")
    frame = pl.DataFrame({"part_id": ["A"], "curve": [[1.0, 2.0]]})
    first = twin.save_run("analysis", {"made_at": datetime(2024, 1, 1, tzinfo=UTC)}, {"parts": frame})
    second = twin.save_run("analysis", {"n": 2}, {"parts": frame, "lanes": frame})
    assert twin.runs("analysis") == [second, first]
    document, tables = twin.load_run("analysis")
    assert (document["id"], document["n"], sorted(tables)) == (second, 2, ["lanes", "parts"])
    assert tables["parts"].equals(frame)
    assert tables.scan("parts").collect().equals(frame)
    assert twin.load_run("analysis", first)[0]["id"] == first
    with pytest.raises(NotFound, match="other"):
        twin.load_run("analysis", "../other")


def test_the_newest_decision_wins(twin: TwinFolder) -> None:
    twin.decide(pl.DataFrame({"part_id": ["A", "B"], "place_id": [None, "BO"], "accept": ["yes", "no"]}))
    twin.decide(pl.DataFrame({"part_id": ["A"], "accept": [None], "override_reorder_point": [7], "comment": ["mine"]},
                             schema_overrides={"accept": pl.String}))  # fmt: skip
    rows = twin.decisions().select("part_id", "place_id", "accept", "override_reorder_point", "comment").rows()
    assert rows == [("A", "", None, 7.0, "mine"), ("B", "BO", "no", None, None)]
    with pytest.raises(UsageError, match="maybe"):
        twin.decide(pl.DataFrame({"part_id": ["A"], "accept": ["maybe"]}))
    with pytest.raises(UsageError, match="part_id"):
        twin.decide(pl.DataFrame({"accept": ["yes"]}))


def test_the_merged_table_is_kept_in_memory_until_an_import(twin: TwinFolder, write: Write) -> None:
    import_files(twin, {"purchases": write("a.csv", HEAD + "A,PO1,1,2024-01-02,1\n")})
    first = twin.table("purchases")
    assert twin.table("purchases") is first
    import_files(twin, {"purchases": write("b.csv", HEAD + "B,PO2,1,2024-01-02,1\n")})
    assert twin.table("purchases").height == 2


def test_two_imports_at_once(twin: TwinFolder, write: Write) -> None:
    code = f"""
        from spareverse.io.twin_folder import TwinFolder
        with TwinFolder.open({str(twin.path)!r}).writing():
            print("held", flush=True)
            input()
    """
    path = write("a.csv", HEAD + "A,PO1,1,2024-01-02,1\n")
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(TwinBusy, match="Wait"):
            import_files(twin, {"purchases": path})
        assert twin.imports().is_empty()
        other.communicate("\n")
    assert import_files(twin, {"purchases": path}).files[0].taken == 1


def test_two_threads_at_once(twin: TwinFolder) -> None:
    errors: list[BaseException] = []

    def write_too() -> None:
        try:
            with twin.writing():
                pass
        except TwinBusy as error:
            errors.append(error)

    with twin.writing(), twin.writing():
        thread = threading.Thread(target=write_too)
        thread.start()
        thread.join()
    assert len(errors) == 1


@pytest.mark.parametrize("step", ["write", "publish", "add_imports"])
def test_a_full_disk_leaves_the_twin_as_it_was(
    twin: TwinFolder, write: Write, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    import_files(twin, {"purchases": write("a.csv", HEAD + "A,PO1,1,2024-01-02,1\n")})
    before = content(twin)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    target = twin._catalogue if step == "add_imports" else storage.PreparedFolder
    with monkeypatch.context() as patch:
        patch.setattr(target, step, full)
        with pytest.raises(StorageFailed, match="disk is full"):
            import_files(twin, {"purchases": write("b.csv", HEAD + "B,PO2,1,2024-01-02,1\n")})
    assert content(twin) == before
    assert len(list((twin.path / "imports").iterdir())) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file size are a Unix thing")
def test_a_file_that_cannot_grow_is_a_full_disk(twin: TwinFolder, write: Write) -> None:
    path = write("a.csv", HEAD + "".join(f"P{i},PO{i},1,2024-01-02,{i + 1}\n" for i in range(50_000)))
    code = f"""
        import resource, signal
        from spareverse.errors import StorageFailed
        from spareverse.io.importing import import_files
        from spareverse.io.twin_folder import TwinFolder
        twin = TwinFolder.open({str(twin.path)!r})
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            import_files(twin, {{"purchases": {str(path)!r}}})
        except StorageFailed as error:
            print(error.message)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert "The disk is full. Nothing was changed" in done.stdout
    assert TwinFolder.open(twin.path).imports().is_empty()


KILL_POINTS = {
    "while writing": "storage._sync_file",
    "before the rename": "storage.PreparedFolder.publish",
    "before the catalogue": "catalogue.Catalogue.add_imports",
}


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a Unix thing")
@pytest.mark.parametrize("point", list(KILL_POINTS))
def test_kill_9_in_mid_import(twin: TwinFolder, write: Write, point: str) -> None:
    import_files(twin, {"purchases": write("a.csv", HEAD + "A,PO1,1,2024-01-02,1\n")})
    before = content(twin)
    new = write("b.csv", HEAD + "B,PO2,1,2024-01-02,1\n")
    code = f"""
        import os, signal
        from spareverse.io import catalogue, storage
        from spareverse.io.importing import import_files
        from spareverse.io.twin_folder import TwinFolder
        def die(*args, **kwargs):
            os.kill(os.getpid(), signal.SIGKILL)
        {KILL_POINTS[point]} = die
        import_files(TwinFolder.open({str(twin.path)!r}), {{"purchases": {str(new)!r}}})
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert len(list((twin.path / "imports").iterdir())) == 2
    assert content(twin) == before
    again = TwinFolder.open(twin.path)
    assert import_files(again, {"purchases": new}).files[0].taken == 1
    assert len(list((twin.path / "imports").iterdir())) == 2
    assert again.table("purchases").height == 2


def test_the_second_who_observes_is_told_at_once_who_is_at_it(twin: TwinFolder) -> None:
    again = TwinFolder.open(twin.path)
    with twin.observing():
        with pytest.raises(
            TwinBusy, match=r"observed already, by process \d+ since \d{4}-\d\d-\d\d \d\d:\d\d UTC"
        ) as busy:
            again.observing().__enter__()
        assert "repeat the command" in str(busy.value)
        with twin.writing():  # others may import meanwhile
            pass
    with again.observing():
        pass


def test_a_patient_writer_waits_for_another(twin: TwinFolder) -> None:
    begun, wanted = threading.Event(), threading.Event()

    def other() -> None:
        with TwinFolder.open(twin.path).writing():
            begun.set()
            wanted.wait(60)

    thread = threading.Thread(target=other)
    thread.start()
    try:
        assert begun.wait(60)
        with pytest.raises(TwinBusy), twin.writing():
            pass
        threading.Timer(0.2, wanted.set).start()
        with twin.writing(60.0):
            pass
    finally:
        wanted.set()
        thread.join()
