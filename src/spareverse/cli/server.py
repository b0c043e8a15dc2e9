"""Command serve: the web app and the REST interface of one twin."""

from __future__ import annotations

from typing import Annotated

import typer

from spareverse.cli import screen
from spareverse.cli.options import Folder

Host = Annotated[str, typer.Option(help="Address to listen on; other than this machine needs a token.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def serve(
    folder: Folder,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    token: Annotated[
        str | None,
        typer.Option(envvar="SPAREVERSE_TOKEN", help="Secret that browsers and scripts must show.", show_default=False),
    ] = None,
) -> None:
    """Serve the web app and the REST interface.

    The REST interface is at /api/v1, its documentation at /docs; both work offline.

    Example: spareverse serve acme --port 8000, then open http://127.0.0.1:8000
    """
    from spareverse.io.twin_folder import TwinFolder
    from spareverse.web.app import serve as serve_twin
    from spareverse.web.security import is_loopback, new_token

    TwinFolder.open(folder)
    if token is None and not is_loopback(host):
        token = new_token()
        screen.remark("Others can reach this address, so an access token is needed. Made one for this run:")
    address = f"http://{host}:{port}/"
    screen.remark(f"Open {address}{f'?token={token}' if token else ''} in a browser. Ctrl-C stops the server.")
    serve_twin(folder, host=host, port=port, token=token)
