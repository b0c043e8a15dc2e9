"""The command ``spareverse``: its commands, and how their errors are shown."""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer

from spareverse.cli import (
    analysis,
    backtest,
    build,
    demo,
    doctor,
    explain,
    imports,
    limits,
    mcp_server,
    observe,
    optimise,
    plans,
    reproduction,
    scenarios,
    screen,
    server,
    simulate,
    study,
)
from spareverse.errors import SpareverseError, UsageError

app = typer.Typer(
    help="From order files, or a package of spares to be bought, to a stock decision: what to hold, where, and what "
    "that costs.",
    add_completion=False,
    rich_markup_mode=None,  # plain help starts in a third of the time
)


def _show_version(wanted: bool) -> None:
    if wanted:
        import spareverse

        typer.echo(spareverse.__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and leave.", callback=_show_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the full trace of an unexpected error.")] = False,
) -> None:
    """Options before any command; ``run`` reads --debug itself."""


app.command("demo")(demo.demo)
app.command("new")(imports.new)
app.command("import")(imports.import_files)
app.command("imports")(imports.imports)
app.command("analyse")(analysis.analyse)
app.command("rolling")(analysis.rolling)
app.command("optimise")(optimise.optimise)
app.command("plans")(plans.plans)
app.command("backtest")(backtest.backtest)
app.command("build")(build.build)
app.command("scenarios")(scenarios.scenarios)
app.command("simulate")(simulate.simulate)
app.command("why")(simulate.why)
app.command("observe")(observe.observe)
app.command("limits")(limits.limits)
app.command("export")(analysis.export)
app.command("study")(study.study)
app.command("explain")(explain.explain)
app.command("mcp")(mcp_server.mcp)
app.command("serve")(server.serve)
app.command("reproduce")(reproduction.reproduce)
app.command("doctor")(doctor.doctor)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 bad usage.

    ``--json`` and ``--debug`` are looked for here too, because a wrong option is found before options are read.
    """
    as_json, debug = "--json" in arguments, "--debug" in arguments
    try:
        words = [word for word in arguments if word != "--debug"]
        code = app(words or ["--help"], prog_name="spareverse", standalone_mode=False)
    except SpareverseError as error:
        screen.failure(error, as_json=as_json)
        return error.exit_code
    except typer.TyperException as error:
        screen.failure(UsageError(f"{error.format_message()} (see: spareverse --help)"), as_json=as_json)
        return UsageError.exit_code
    except typer.Abort:
        return 1
    except Exception as error:
        if debug:
            traceback.print_exc()
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        screen.failure(
            SpareverseError(f"Unexpected failure, a defect of the program: {what} (add --debug for the trace)"),
            as_json=as_json,
        )
        return 1
    return code if isinstance(code, int) else 0


def main() -> None:
    sys.exit(run(sys.argv[1:]))
