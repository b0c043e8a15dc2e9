"""Command reproduce: the figures of a paper beside ours, with a verdict for every cell."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson


class Paper(StrEnum):
    """Papers whose figures can be made again."""

    SIRRI_2023 = "sirri-2023"
    ALL = "all"


def reproduce(
    paper: Annotated[Paper, typer.Argument(help="Which paper.")],
    as_json: AsJson = False,
) -> None:
    """Show a paper's figures beside ours.

    Every cell has a verdict; inputs are marked as inputs, never as matches.

    Example: spareverse reproduce sirri-2023
    """
    from spareverse.reproduction import sirri_2023

    result = sirri_2023.run()
    if as_json:
        screen.document(result)
        return
    rows = (
        (
            cell["name"],
            cell.get("option"),
            cell["kind"],
            cell["paper"],
            cell["ours"],
            cell.get("unit"),
            cell["verdict"],
            cell.get("remark"),
        )
        for cell in result["cells"]
    )
    columns = ("figure", "option", "kind", "paper", "ours", "unit", "verdict", "remark")
    screen.table(f"Reproduction of {result['paper']}", columns, rows, right=("paper", "ours"))
