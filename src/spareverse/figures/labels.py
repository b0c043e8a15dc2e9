"""Names and intervals in figures that compare: labels with the room they need, legends, whiskers, units of money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spareverse.figures import numbers, style
from spareverse.figures.style import LIGHT, Options

LONGEST = 34
"""Letters of a name before it is cut."""
_LETTER = 6.3
"""Mean width of a letter of 12 px [px]."""
_LABEL = 15.0
"""Least distance of two labels [px]."""


def money_scale(values: Iterable[float | None], currency: str) -> tuple[float, str]:
    """What to divide amounts by, and their unit, so that an axis has room for them: ``million NOK``."""
    largest = max((abs(value) for value in values if value is not None and numbers.known(value)), default=0.0)
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if largest >= 3 * size:
            return size, f"{word} {currency}"
    return 1.0, currency


def whiskers(id_: str, ends: Iterable[tuple[float, float, Any, str]], *, width: float = 2, **more: Any) -> Options:
    """Intervals as strokes along x: (low, high, category, colour) each."""
    data = []
    for low, high, place, colour in ends:
        if numbers.known(low) and numbers.known(high):
            start: Options = {"coord": [style.rounded(low), place], "lineStyle": {"color": colour}}
            data.append([start, {"coord": [style.rounded(high), place]}])
    mark = {"symbol": ["none", "none"], "silent": True, "animation": False, "label": {"show": False}, "data": data}
    mark |= {"lineStyle": {"type": "solid", "width": width}}
    return {"id": id_, "type": "scatter", "data": [], "silent": True, "markLine": mark, "z": 5, **more}


def plain(text: str, most: int = 40) -> str:
    """Words fit for a label of a chart, where braces and bars are markup; cut when long."""
    words = text.translate(str.maketrans("{}|", "()/"))
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def room(names: Iterable[str], least: float = 60.0) -> int:
    """Room for such names beside an axis, or at the end of a line [px]; of the longest that are not cut."""
    letters = max((len(plain(name, LONGEST)) for name in names), default=0)
    return round(max(least, _LETTER * letters + 16))


def legend(names: Sequence[str], width: int = 540) -> tuple[Options, int]:
    """A legend at the top left and the height it needs where the figure is narrow [px]."""
    lines, used = 1, 0
    for name in names:
        need = 7 * len(name) + 30
        lines, used = (lines + 1, need) if used and used + need > width else (lines, used + need)
    return style.legend(names) | {"left": 8, "right": 8}, 8 + 18 * lines


def two_lines(names: Sequence[str], values: Sequence[str]) -> Options:
    """Labels of a category axis: a name, and its figure under it."""
    look = {"align": "right", "lineHeight": 15}
    rich = {
        "name": {"color": LIGHT.ink, "fontSize": 12, **look},
        "value": {"color": LIGHT.muted, "fontSize": 11, **look},
    }
    labels = [f"{{name|{plain(n, LONGEST)}}}\n{{value|{plain(v)}}}" for n, v in zip(names, values, strict=True)]
    return {"data": labels, "axisLabel": {"rich": rich, "interval": 0}}


def at_end(lines: Mapping[str, Options], top: float, height: float) -> list[Options]:
    """Lines with their names at their ends instead of a legend; names that would meet are moved apart.

    ``top``: end of the value axis, which starts at 0; ``height``: of the plotting area [px].
    """
    natural = {words: height * (1.0 - (one["data"][-1][1] or 0.0) / top) for words, one in lines.items()}
    placed: dict[str, float] = {}
    lowest = -_LABEL
    for words in sorted(natural, key=lambda words: natural[words]):
        lowest = placed[words] = max(natural[words], lowest + _LABEL)
    over = max(lowest - height, 0.0)
    return [
        one | {"endLabel": _end_label(words, one["lineStyle"]["color"], placed[words] - over - natural[words])}
        for words, one in lines.items()
    ]


def _end_label(words: str, colour: str, shift: float) -> Options:
    look = {"color": colour, "fontSize": 11.5, "distance": 6, "offset": [0, round(shift)]}
    return {"show": True, "formatter": plain(words, LONGEST), **look}


def join(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
