"""Command demo: a realistic company, made, analysed and served."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.analysis import show_summary
from spareverse.cli.options import AsJson
from spareverse.cli.server import Port

if TYPE_CHECKING:
    from spareverse.twin import Twin


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the twin.")] = Path("demo"),
    parts: Annotated[int, typer.Option(min=200, max=3_000_000, help="Parts of the catalogue.")] = 300_000,
    port: Port = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the analysis.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make, analyse and serve an example company.

    The company is realistic and seeded; its last three years are analysed and opened in the web app.
    A second call finds the company in the folder and goes on from there.

    Example: spareverse demo acme --parts 3000
    """
    from spareverse import create
    from spareverse import open as open_twin

    known = (folder / "twin.toml").exists()
    twin = open_twin(folder) if known else create(folder, name="Demo: packaging machines")
    if not len(twin.folder.imports()):
        fill(twin, parts)
    elif known:
        screen.remark(f"Using the company that is already in {folder}; delete the folder to make it anew.")
    with screen.progress() as progress:
        result = twin.analyse(progress=progress)
    if as_json:
        screen.document({"twin": str(folder), "analysis": result.id, **result.document})
    else:
        show_summary(result, count=10)
    if no_serve:
        return
    from spareverse.web.app import serve

    screen.remark(f"\nOpen http://127.0.0.1:{port} in a browser. Ctrl-C stops the server.")
    serve(folder, port=port)


def fill(twin: Twin, parts: int) -> None:
    """Write the example company's files into the twin's folder and import them by the public verb."""
    from spareverse.examples.demo_company import write

    with screen.progress() as progress:
        progress(0.0, f"Making a company of {parts:,} parts")
        files: dict[str, Any] = dict(write(twin.folder.path / "files", parts=parts))
        twin.import_orders(**files, progress=progress)
