"""What a worker process does: open the twin, run one verb, send progress and the answer back."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from spareverse.errors import Cancelled, SpareverseError

PROGRESS_INTERVAL_SECONDS = 0.1

Progress = Callable[[float, str], None]
Cancel = Callable[[], bool]


def import_orders(
    path: str, arguments: Mapping[str, Any], progress: Progress, cancel: Cancel, stop: Cancel
) -> dict[str, Any]:
    """``arguments``: files {table: path or paths}, mapping, answers; uploads [paths] that are removed afterwards."""
    from spareverse.twin import Twin

    progress(0.0, "Opening the twin")
    report = Twin.open(Path(path)).import_orders(
        **arguments["files"],
        mapping=arguments.get("mapping"),
        answers=arguments.get("answers"),
        progress=_stopping(progress, cancel),
    )
    _discard_uploads(arguments)
    return dict(report.document())


def resubmit(
    path: str, arguments: Mapping[str, Any], progress: Progress, cancel: Cancel, stop: Cancel
) -> dict[str, Any]:
    """``arguments``: file, the mended quarantine; uploads [paths]."""
    from spareverse.io.quarantine import resubmit_quarantine
    from spareverse.io.twin_folder import TwinFolder

    progress(0.1, "Reading the mended lines")
    report = resubmit_quarantine(TwinFolder.open(path), arguments["file"])
    _discard_uploads(arguments)
    return dict(report.document())


def _discard_uploads(arguments: Mapping[str, Any]) -> None:
    from spareverse.service import uploads

    for path in arguments.get("uploads", ()):
        uploads.discard(Path(path))


def analyse(
    path: str, arguments: Mapping[str, Any], progress: Progress, cancel: Cancel, stop: Cancel
) -> dict[str, Any]:
    """``arguments``: since, until, as_of as ISO texts or None."""
    from spareverse.twin import Twin

    progress(0.0, "Opening the twin")
    analysis = Twin.open(Path(path)).analyse(
        since=arguments.get("since"),
        until=arguments.get("until"),
        as_of=arguments.get("as_of"),
        progress=progress,
        cancel=cancel,
    )
    return {"analysis": analysis.id, "summary": analysis.document.get("summary", {})}


def study(path: str, arguments: Mapping[str, Any], progress: Progress, cancel: Cancel, stop: Cancel) -> dict[str, Any]:
    """``arguments``: study, precision [share], replications, seed, thorough. ``stop`` ends it early and keeps it."""
    from spareverse.service.studies import new_run, study_folder
    from spareverse.twin.warehouse_study import Study

    progress(0.0, "Reading the study")
    twin, name = Path(path), str(arguments["study"])
    result = Study.load(study_folder(twin, name)).run(
        precision=arguments.get("precision"),
        replications=arguments.get("replications"),
        seed=arguments.get("seed") or 0,
        thorough=bool(arguments.get("thorough")),
        progress=progress,
        cancel=cancel,
        stop=stop,
    )
    progress(1.0, "Writing the report and the SPIR workbook")
    unfinished, finished = new_run(twin, name)
    result.save(unfinished)
    unfinished.rename(finished)
    return {"study": name, "run": finished.name, "stopped_early": result.run.stopped_early}


def optimise(
    path: str, arguments: Mapping[str, Any], progress: Progress, cancel: Cancel, stop: Cancel
) -> dict[str, Any]:
    """``arguments``: those of ``Twin.optimise`` as JSON values."""
    from spareverse.twin import Twin

    progress(0.0, "Opening the twin")
    plan = Twin.open(Path(path)).optimise(**arguments, progress=progress, cancel=cancel)
    return {"plan": plan.id, "summary": plan.summary, "proof": plan.proof}


def backtest(
    path: str, arguments: Mapping[str, Any], progress: Progress, cancel: Cancel, stop: Cancel
) -> dict[str, Any]:
    """``arguments``: those of ``Twin.backtest`` as JSON values."""
    from spareverse.twin import Twin

    progress(0.0, "Opening the twin")
    found = Twin.open(Path(path)).backtest(**arguments, progress=progress, cancel=cancel)
    return {"backtest": found.id, "proof": found.proof}


def build(path: str, arguments: Mapping[str, Any], progress: Progress, cancel: Cancel, stop: Cancel) -> dict[str, Any]:
    """``arguments``: those of ``Twin.build`` as JSON values."""
    from spareverse.twin import Twin

    progress(0.0, "Opening the twin")
    built = Twin.open(Path(path)).build(**arguments, progress=progress, cancel=cancel)
    return {"network": built.id, "summary": built.summary}


def simulate(
    path: str, arguments: Mapping[str, Any], progress: Progress, cancel: Cancel, stop: Cancel
) -> dict[str, Any]:
    """``arguments``: those of ``Twin.simulate`` as JSON values; scenarios by name, or by their file in ``texts``."""
    from spareverse.io.scenario_files import scenario_of
    from spareverse.twin import Twin

    progress(0.0, "Opening the twin")
    given = dict(arguments)
    texts = [scenario_of("scenario", text.encode()) for text in given.pop("texts", ())]
    chosen = [*given.pop("scenarios", ()), *texts]
    run = Twin.open(Path(path)).simulate(chosen, **given, progress=progress, cancel=cancel)
    return {"simulation": run.id, "scenarios": list(run.names)}


def counterfactuals(
    path: str, arguments: Mapping[str, Any], progress: Progress, cancel: Cancel, stop: Cancel
) -> dict[str, Any]:
    """``arguments``: simulation, scenario, top."""
    from spareverse.twin import Twin

    progress(0.0, "Opening the twin")
    run = Twin.open(Path(path)).simulation(arguments["simulation"])
    table = run.counterfactuals(arguments["top"], scenario=arguments["scenario"], progress=progress, cancel=cancel)
    return {"simulation": run.id, "scenario": arguments["scenario"], "causes": table["cause"].to_list()}


def observe(
    path: str, arguments: Mapping[str, Any], progress: Progress, cancel: Cancel, stop: Cancel
) -> dict[str, Any]:
    """``arguments``: those of ``Twin.observing`` as JSON values, and thorough. ``stop`` keeps the answer so far."""
    from spareverse.twin import Twin

    progress(0.0, "Opening the twin")
    given = dict(arguments)
    thorough = bool(given.pop("thorough", False))
    found = None
    for found in Twin.open(Path(path)).observing(**given, progress=progress, cancel=cancel):  # noqa: B007 -- the last
        if not thorough or stop():
            break
    return {"observation": "" if found is None else found.id, "refined": found is not None and found.refined}


KINDS: dict[str, Callable[[str, Mapping[str, Any], Progress, Cancel, Cancel], dict[str, Any]]] = {
    "import": import_orders,
    "resubmit": resubmit,
    "analyse": analyse,
    "study": study,
    "optimise": optimise,
    "backtest": backtest,
    "build": build,
    "simulate": simulate,
    "counterfactuals": counterfactuals,
    "observe": observe,
}
"""What a job may do. All are told whether to cancel, and whether to stop early and keep what there is by then."""


def work(
    path: str, kind: str, arguments: Mapping[str, Any], messages: Connection, cancelled: Event, stopped: Event
) -> None:
    """Run one job in this process. Errors the user can act on travel back as their document."""
    last = 0.0

    def progress(fraction: float, what: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= PROGRESS_INTERVAL_SECONDS:
            messages.send({"progress": fraction, "what": what})
            last = now

    try:
        messages.send({"result": KINDS[kind](path, arguments, progress, cancelled.is_set, stopped.is_set)})
    except SpareverseError as error:
        messages.send({"problem": error.document()["error"]})
    except Exception as error:  # the planner sees one line, the log of the server the whole trace
        traceback.print_exc(file=sys.stderr)
        message = f"The work stopped on an unexpected error ({type(error).__name__}: {error})."
        messages.send({"problem": {"kind": "failed", "message": message, "problems": []}})
    finally:
        messages.close()


def _stopping(progress: Progress, cancel: Cancel) -> Progress:
    """A progress callback that also ends the work once the user has cancelled it."""

    def report(fraction: float, what: str) -> None:
        if cancel():
            raise Cancelled("The import was cancelled; the twin is as it was.")
        progress(fraction, what)

    return report
