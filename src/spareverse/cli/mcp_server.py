"""Command mcp: the twin's verbs as tools for AI assistants, over stdin and stdout."""

from __future__ import annotations

from typing import Annotated

import typer

from spareverse.cli import screen
from spareverse.cli.options import Folder
from spareverse.errors import UsageError


def mcp(
    folder: Folder,
    allow_changes: Annotated[
        bool, typer.Option("--allow-changes", help="Also offer the verbs that change the twin, and keep simulations.")
    ] = False,
) -> None:
    """Serve a twin to an AI assistant by the Model Context Protocol (stdio).

    Read-only unless changes are allowed: nothing is written into the twin. Assistants start this command themselves.

    Example: spareverse mcp acme
    """
    from spareverse import open as open_twin

    twin = open_twin(folder)
    try:
        from spareverse.assistant.protocol.server import serve
    except ModuleNotFoundError as error:
        raise UsageError(
            f"Serving assistants needs the package {error.name}: pip install 'spareverse[mcp]'."
        ) from error
    screen.remark(f"Serving {twin.folder.settings.name} on stdin and stdout{'' if allow_changes else ', read-only'}.")
    serve(twin, allow_changes=allow_changes)
