"""Jobs: what runs, what waits, what is done; with progress, cancel, repeat, and the command that does the same."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from nicegui import ui

from spareverse.service.jobs import Job
from spareverse.service.observations import OBSERVE
from spareverse.service.plans import BACKTEST, OPTIMISE
from spareverse.service.universe import BUILD, COUNTERFACTUALS, SIMULATE
from spareverse.service.workspace import Workspace
from spareverse.web.pages import network_run, plan_run, states
from spareverse.web.pages.cards import box, button, card, facts, text, title
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place, address
from spareverse.web.pages.wording import duration, moment

WORDS = {
    "queued": "Waiting",
    "running": "Running",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "interrupted": "Interrupted by a stop of the server",
}
SHOWN = 50
UNIVERSE = (BUILD, SIMULATE, COUNTERFACTUALS)


def include(workspace: Workspace) -> None:
    page(workspace, "/jobs", "Jobs")(show)


def show(place: Place) -> None:
    title(
        "Jobs",
        "Imports, analyses, plans, studies and simulations run one after the other. Cancelling one leaves the twin as "
        "it was.",
    )
    listing = ui.element("div").classes("stack")
    shown: list[tuple[str, str]] = []

    def look() -> None:
        jobs = place.workspace.jobs.all()[:SHOWN]
        now = [(job.id, job.status) for job in jobs]
        if now == shown and listing.default_slot.children:
            return
        shown[:] = now
        listing.clear()
        with listing:
            for job in jobs:
                _job(place, job)
            if not jobs:
                row = states.state(
                    "schedule",
                    "No work yet",
                    "Imports, analyses, plans, studies, networks and simulations ordered in the browser appear here "
                    "while they run and stay listed afterwards; those of the command line do not.",
                )
                with row:
                    button("Import files", href=place.link("/data"), main=True)

    look()
    ui.timer(0.5, look)


def _job(place: Place, job: Job) -> None:
    queue = place.workspace.jobs
    with card() as element:
        element.props(f"data-job={job.id} data-status={job.status}")
        with box("row-gap"):
            text(job.title, "section").style("flex: 1; min-width: 0")
            text(WORDS[job.status], "grade")
            if job.finished and (
                job.kind in ("analyse", "study", OPTIMISE, BACKTEST, OBSERVE, *UNIVERSE) or job.status != "done"
            ):  # files taken once are gone
                button("Repeat", lambda: queue.repeat(job.id), slim=True, icon="replay")
            if job.kind == "analyse" and job.status == "done":
                button("Open", slim=True, main=True, href=address("/portfolio", job.arguments))
            if job.kind in (OPTIMISE, BACKTEST) and job.status == "done":
                button("Open", slim=True, main=True, href=plan_run.result_link(place, job))
            if job.kind in UNIVERSE and job.status == "done":
                button("Open", slim=True, main=True, href=network_run.result_link(place, job))
            if job.kind == OBSERVE and job.status == "done":
                button("Open", slim=True, main=True, href=place.link("/viability"))
            if job.kind == "study":
                button("Open", slim=True, main=True, href=place.link(f"/warehouse/{job.arguments['study']}"))
        facts(
            [
                ("Ordered", f"{moment(job.created_at)} UTC"),
                ("Took", duration(job.seconds)),
                ("Command", command(place, job)),
            ]
        )
        if job.status in ("running", "queued"):
            states.follow(place, job.id, lambda _: None)
        elif job.status != "done":
            states.failed_job(place, job)


def command(place: Place, job: Job) -> str:
    """The command line that does the same work."""
    twin = shlex.quote(str(place.workspace.path))
    if job.kind == "analyse":
        options = {"since": "--from", "until": "--to", "as_of": "--as-of"}
        words = [f"{options[name]} {value}" for name, value in job.arguments.items() if name in options]
        return " ".join(["spareverse analyse", twin, *words])
    if job.kind == "study":
        file = shlex.quote(str(place.workspace.path / "studies" / job.arguments["study"] / "study.toml"))
        wishes = [f"--{n} {job.arguments[n]}" for n in ("precision", "replications", "seed") if job.arguments.get(n)]
        return " ".join(["spareverse study", file, *wishes, "--out RUN"])
    if job.kind in (OPTIMISE, BACKTEST):
        return " ".join([f"spareverse {job.kind}", twin, *_options(job.arguments)])
    if job.kind == OBSERVE:
        return " ".join(["spareverse observe", twin, *_observe_options(job.arguments)])
    if job.kind in UNIVERSE:
        return " ".join([_universe_command(job), twin, *_universe_options(job)])
    words = ["spareverse import", twin]
    for table, given in job.arguments.get("files", {}).items():
        for path in given if isinstance(given, list) else [given]:
            words.append(f"--{table} {shlex.quote(path.rsplit('/')[-1])}")
    if job.kind == "resubmit":
        words = ["spareverse imports", twin, f"--resubmit {shlex.quote(job.arguments['file'].rsplit('/')[-1])}"]
    return " ".join(words)


def _universe_command(job: Job) -> str:
    return {BUILD: "spareverse build", SIMULATE: "spareverse simulate", COUNTERFACTUALS: "spareverse why"}[job.kind]


def _universe_options(job: Job) -> list[str]:
    given = job.arguments
    if job.kind == COUNTERFACTUALS:
        scenario = shlex.quote(str(given["scenario"]))
        return [f"--simulation {given['simulation']} --scenario {scenario} --counterfactuals {given['top']}"]
    words = [f"--scenario {shlex.quote(name)}" for name in given.get("scenarios", ())]
    words += ["--scenario FILE.toml" for _ in given.get("texts", ())]  # asked in words, kept with the run only
    words += [
        f"--{name} {shlex.quote(str(given[name]))}" for name in ("replications", "seed", "until") if name in given
    ]
    return words + ([] if given.get("from_state", True) else ["--from-rules"])


def _observe_options(given: Mapping[str, Any]) -> list[str]:
    words = [f"--scenario {shlex.quote(name)}" for name in given.get("scenarios", ())]
    words += ["--scenario FILE.toml" for _ in given.get("texts", ())]  # asked in words, kept with the run only
    words += [f"--{name} {given[name]}" for name in ("weeks", "seed") if name in given]
    return words + (["--thorough"] if given.get("thorough") else [])


def _options(arguments: Mapping[str, Any]) -> list[str]:
    """Arguments of a plan as options of its command."""
    names = {"installed_assets": "assets"}
    words = []
    for name, value in arguments.items():
        if isinstance(value, bool):
            said = {"adopt": "--adopt" if value else "", "prove": "" if value else "--no-proof"}[name]
            words += [said] if said else []
        elif name == "floors":
            words += [f"--floor {shlex.quote(f'{level}={count}')}" for level, count in value.items()]
        else:
            given = f"{value:.12g}" if isinstance(value, float) else str(value)
            words.append(f"--{names.get(name, name).replace('_', '-')} {shlex.quote(given)}")
    return words
