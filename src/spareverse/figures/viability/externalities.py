"""What each agent's own move does to every other's pay and to the enterprise: a signed matrix."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import plain, room
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.viability.words import capital, change, plain_name, three

Row = dict[str, Any]
ENTERPRISE = "enterprise"
_CELL, _STRONGEST = 58, 0.55
"""Height of a cell [px]; opacity of the deepest shade, on which text can still be read."""


def externality_matrix(externalities: pl.DataFrame, currency: str, *, rho: float | None = None) -> Figure:
    """Rows of EXTERNALITIES of one width of the box (None: the narrowest): mover by whom it falls on."""
    if externalities.is_empty():
        return not_enough(
            "externalities",
            "No agent has levers and pay, so nobody can get in another's way.",
            "Give the network agents, levers and incentives: who decides what, and what each is paid for.",
        )
    width = float(externalities.select(pl.col("rho").min()).item()) if rho is None else rho
    own = externalities.filter(pl.col("rho") == width)
    movers = own["mover"].unique(maintain_order=True).to_list()
    fall_on = [ENTERPRISE, *(name for name in own["on"].unique(maintain_order=True) if name != ENTERPRISE)]
    cells: dict[tuple[str, str], list[Row]] = {}
    for row in own.to_dicts():
        cells.setdefault((row["mover"], row["on"]), []).append(row)
    strongest = max((abs(rows[0]["share_of_range"] or 0.0) for rows in cells.values()), default=0.0) or 1.0
    data = [
        _cell(rows, fall_on.index(on), movers.index(mover), strongest, currency) for (mover, on), rows in cells.items()
    ]
    look = {"interval": 0, "color": LIGHT.ink, "fontSize": 12}
    picture = style.chart(
        [{"id": "cells", "type": "heatmap", "data": data, "z": 2, "emphasis": {"disabled": True}}],
        grid={"left": room(movers, 76), "right": 14, "top": 30, "height": _CELL * len(movers)},
        xAxis=style.axis("category", data=[plain(name, 16) for name in fall_on], lines=False, position="top",
                         axisLine={"show": False}, axisLabel=look),
        yAxis=style.axis("category", data=[plain(name, 22) for name in movers], inverse=True, lines=False,
                         axisLabel=look),
    )  # fmt: skip
    note = (
        "Row: who moves alone, by its own pay. Column: on whom it falls; gain as a share of the range within"
        f" {numbers.digits(width)} {'step' if width == 1 else 'steps'} of every lever."
        " Blue, plus: good for it; orange, minus: bad."
        " Unshaded: not clear of noise."
    )
    return Figure("externalities", _title(own, currency), picture, own, note, 44 + _CELL * len(movers))


def _cell(rows: list[Row], x: int, y: int, strongest: float, currency: str) -> Options:
    share = rows[0]["share_of_range"] or 0.0
    clear = any(row["clear"] == "yes" for row in rows)
    colour = LIGHT.holding if share > 0 else LIGHT.stock_out
    depth = 0.08 + (_STRONGEST - 0.08) * min(abs(share) / strongest, 1.0)
    value = f"{'+' if share > 0 else ''}{numbers.digits(100 * share, 2)} %"
    told = [f"{rows[0]['mover']} moves, {rows[0]['on']}: {value} of its range"]
    told += [
        f"{plain_name(row['measure'])} {_change(row, currency)}{'' if row['clear'] == 'yes' else ', not clear'}"
        for row in rows
    ]
    second = "its own pay" if rows[0]["mover"] == rows[0]["on"] else "clear"
    unclear = "not clear" if any(row["change"] for row in rows) else "no change"
    rich = {"value": {"color": LIGHT.ink if clear else LIGHT.muted, "fontSize": 14, "lineHeight": 19,
                      "fontWeight": "bold" if clear else "normal"},
            "word": {"color": LIGHT.muted, "fontSize": 11, "lineHeight": 15}}  # fmt: skip
    label = f"{{value|{value}}}\n{{word|{second if clear else unclear}}}"
    fill = {"color": colour, "opacity": depth} if clear else {"color": LIGHT.line, "opacity": 0.45}
    return {
        "value": [x, y, style.rounded(share)],
        "name": "\n".join(told),
        "itemStyle": {**fill, "borderColor": LIGHT.surface, "borderWidth": 3},
        "label": {"show": True, "formatter": label, "rich": rich, "opacity": 1},
    }


def _change(row: Row, currency: str) -> str:
    return change(*three(row, "change"), row["unit"], currency)


def _title(own: pl.DataFrame, currency: str) -> str:
    harm = own.filter(pl.col("on") == ENTERPRISE, pl.col("clear") == "yes", pl.col("change") > 0).sort("change")
    between = own.filter(
        pl.col("on") != ENTERPRISE, pl.col("on") != pl.col("mover"), pl.col("clear") == "yes",
        pl.col("share_of_range") < 0,
    ).sort("share_of_range")  # fmt: skip
    if harm.height:
        row = harm.row(-1, named=True)
        cost = _change(row, currency).removeprefix("+")
        return f"{capital(plain(str(row['mover'])))} costs the enterprise most: {cost}"
    if between.height:
        row = between.row(0, named=True)
        return f"{capital(plain(str(row['mover'])))} gets most in the way of {plain(str(row['on']))}"
    return "Nobody's own move harms another clear of noise"
