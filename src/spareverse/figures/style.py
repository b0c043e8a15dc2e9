"""The one look of all figures: what each colour means, and the parts every chart is made of.

Charts are plain ECharts options without functions, so that they can be sent as JSON. They are built in the light
palette; ``repaint`` swaps every colour for its dark counterpart. Colours follow Okabe and Ito (2008), "Color
universal design", which people with any colour vision can tell apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Options = dict[str, Any]
Numbers = Sequence[Any] | NDArray[Any]

FONT = "'Inter', 'Segoe UI', system-ui, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"


@dataclass(frozen=True)
class Palette:
    """One colour per meaning; two meanings never share a colour within a palette."""

    stock_out: str
    holding: str
    early: str
    late: str
    co2: str
    today: str
    proposed: str
    data: str
    ink: str
    muted: str
    line: str
    surface: str
    age0: str
    age1: str
    age2: str
    age3: str
    age4: str
    parts: str
    ordering: str
    transport: str
    fee: str
    investment: str
    scrap: str
    option0: str
    option1: str
    option2: str
    option3: str
    option4: str
    option5: str
    option6: str
    option7: str

    @property
    def ages(self) -> tuple[str, ...]:
        """Old (faint) to recent (strong)."""
        return (self.age0, self.age1, self.age2, self.age3, self.age4)

    @property
    def options(self) -> tuple[str, ...]:
        """Of things compared, in the order they are given; after Tol (2021), "Colour schemes", muted."""
        return (
            *(self.option0, self.option1, self.option2, self.option3),
            *(self.option4, self.option5, self.option6, self.option7),
        )


LIGHT = Palette(
    stock_out="#d55e00",
    holding="#0072b2",
    early="#009e8a",
    late="#c98500",
    co2="#75877b",
    today="#7a828c",
    proposed="#12355b",
    data="#56a3d9",
    ink="#1c2733",
    muted="#586472",
    line="#e4e8ed",
    surface="#ffffff",
    age0="#bcd3e6",
    age1="#92b6d5",
    age2="#6696c0",
    age3="#3b73a6",
    age4="#164f86",
    parts="#8fb8dd",
    ordering="#b3a58c",
    transport="#8a6a2b",
    fee="#b5649b",
    investment="#5c4a8f",
    scrap="#6f9a3c",
    option0="#3a2f8f",
    option1="#cc6677",
    option2="#117733",
    option3="#aa4499",
    option4="#a67c00",
    option5="#2f8fae",
    option6="#882255",
    option7="#7f7f2a",
)
DARK = Palette(
    stock_out="#f0803c",
    holding="#4aa3df",
    early="#2fc4ae",
    late="#e8ab35",
    co2="#9bb0a2",
    today="#a3abb5",
    proposed="#b9d4f5",
    data="#6db5e8",
    ink="#e8ecf1",
    muted="#a5afbb",
    line="#2f3944",
    surface="#171d24",
    age0="#34485c",
    age1="#476889",
    age2="#5e8ab3",
    age3="#83b0d8",
    age4="#b5d8f7",
    parts="#a9cdee",
    ordering="#c9bda6",
    transport="#c79d52",
    fee="#dd96c6",
    investment="#a795dd",
    scrap="#9ccb66",
    option0="#a79df2",
    option1="#f0909f",
    option2="#55bd78",
    option3="#dd85cf",
    option4="#e3bf4e",
    option5="#7cc9e4",
    option6="#d8669a",
    option7="#c2c25f",
)
DARK_OF: Mapping[str, str] = dict(zip(asdict(LIGHT).values(), asdict(DARK).values(), strict=True))


def repaint(value: Any) -> Any:
    """The same options in the dark palette."""
    if isinstance(value, str):
        return DARK_OF.get(value, value)
    if isinstance(value, dict):
        return {key: repaint(item) for key, item in value.items()}
    if isinstance(value, list):
        return [repaint(item) for item in value]
    return value


def chart(series: Sequence[Options], *, hover: str = "item", **parts: Any) -> Options:
    """Options of a chart: common text, tooltip and colours, then ``parts`` (xAxis, yAxis, grid, ...).

    ``hover="axis"`` shows the text of the first series (see ``hover_series``), ``"item"`` the name of the item.
    """
    tooltip: Options = {
        "trigger": hover,
        "confine": True,
        "formatter": "{b0}" if hover == "axis" else "{b}",
        "backgroundColor": LIGHT.surface,
        "borderColor": LIGHT.line,
        "textStyle": {"color": LIGHT.ink, "fontSize": 12, "fontFamily": FONT},
        "extraCssText": "white-space:pre-line;max-width:340px",
    }
    if hover == "axis":
        tooltip["axisPointer"] = {
            "type": "line",
            "snap": True,
            "lineStyle": {"color": LIGHT.muted},
            "label": {"show": False},
        }
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": FONT, "color": LIGHT.ink, "fontSize": 12},
        "tooltip": tooltip,
        **parts,
        "series": list(series),
    }


def words(text: str) -> Options:
    """Options that show a sentence where a chart would be."""
    look = {"color": LIGHT.muted, "fontSize": 13, "fontWeight": "normal", "lineHeight": 19, "fontFamily": FONT}
    look |= {"width": 420, "overflow": "break"}
    return {"title": {"text": text, "left": "center", "top": "middle", "textAlign": "center", "textStyle": look}}


def legend(names: Sequence[str]) -> Options:
    """Names at the top right, not clickable: nothing is to be hidden by accident."""
    look = {"textStyle": {"color": LIGHT.muted}, "icon": "roundRect", "itemWidth": 12, "itemHeight": 6}
    return {"top": 0, "right": 8, "selectedMode": False, "data": list(names), **look}


def grid(left: Any = 12, right: Any = 24, top: Any = 16, bottom: Any = 40, **more: Any) -> Options:
    """A plotting area whose axis labels stay inside the picture."""
    return {"left": left, "right": right, "top": top, "bottom": bottom, "containLabel": True, **more}


def axis(kind: str, name: str = "", *, vertical: bool = False, lines: bool = True, **more: Any) -> Options:
    """An axis; ``name`` carries the unit. The name of a vertical axis stands on top of it, readable without turning."""
    options: Options = {
        "type": kind,
        "name": name,
        "nameLocation": "end" if vertical else "middle",
        "nameGap": 10 if vertical else 30,
        "nameTextStyle": {"color": LIGHT.muted, "fontSize": 12, "align": "left" if vertical else "center"},
        "axisLine": {"show": not vertical, "onZero": False, "lineStyle": {"color": LIGHT.muted}},
        "axisTick": {"show": False},
        "axisLabel": {"color": LIGHT.muted, "fontSize": 11, "hideOverlap": True},
        "splitLine": {"show": lines, "lineStyle": {"color": LIGHT.line}},
        "splitArea": {"show": False},
    }
    for key, value in more.items():
        options[key] = {**options[key], **value} if isinstance(options.get(key), dict) else value
    return options


def points(x: Iterable[Any], y: Iterable[float | None]) -> list[list[Any]]:
    """Pairs for a series: numbers shortened, dates as ISO text."""
    return [[_sent(a), rounded(b)] for a, b in zip(x, y, strict=True)]


def _sent(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else rounded(value)


def line(id_: str, data: list[Any], colour: str, *, name: str = "", width: float = 2, **more: Any) -> Options:
    """A line without symbols, silent to the mouse."""
    return {
        "id": id_,
        "name": name or id_,
        "type": "line",
        "data": data,
        "showSymbol": False,
        "silent": True,
        "itemStyle": {"color": colour},
        "lineStyle": {"color": colour, "width": width},
        "emphasis": {"disabled": True},
        **more,
    }


def band(id_: str, x: Numbers, low: Numbers, high: Numbers, colour: str, **more: Any) -> list[Options]:
    """An interval as a shaded band: an unseen lower line, and the width stacked on it."""
    unseen = {"lineStyle": {"opacity": 0}, "stack": id_, "stackStrategy": "all", "z": 1, **more}
    width = [top - bottom for bottom, top in zip(low, high, strict=True)]
    return [
        line(f"{id_}_low", points(x, low), colour, **unseen),
        line(f"{id_}_band", points(x, width), colour, areaStyle={"color": colour, "opacity": 0.16}, **unseen),
    ]


def hover_series(x: Numbers, y: Numbers, texts: Sequence[str], **more: Any) -> Options:
    """An unseen line that carries the text shown when the mouse is over x; must be the first series."""
    data = [{"value": pair, "name": text} for pair, text in zip(points(x, y), texts, strict=True)]
    return line("hover", data, LIGHT.ink, **{"lineStyle": {"opacity": 0}, **more})


ABOVE_NAME = 28
"""Pixels between a plot and the text of a rule that stands above the name of the vertical axis."""


def marker(at: float, text: str, colour: str, *, axis: str = "x", dashed: bool = False, **label: Any) -> Options:
    """One line of a ``markLine``: a vertical (axis x) or horizontal (axis y) rule with its text at the end."""
    return {
        f"{axis}Axis": rounded(at),
        "lineStyle": {"color": colour, "width": 1.5, "type": "dashed" if dashed else "solid"},
        "label": {"formatter": text.replace("{", "("), "color": colour, "fontSize": 11, "position": "end", **label},
    }


def markers(lines: Sequence[Options]) -> Options:
    """A ``markLine`` of such rules."""
    return {"silent": True, "symbol": "none", "animation": False, "data": list(lines)}


def rounded(value: float | None, significant: int = 5) -> float | None:
    """Shortened for transport: five significant digits are more than a screen shows."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{significant}g}")


def nice_end(value: float) -> float:
    """The end of an axis that starts at 0: the least multiple of a round step (about six of them) above ``value``."""
    if value <= 0:
        return 1.0
    raw = value / 6
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= raw)
    return float(f"{math.ceil(value / step - 1e-9) * step:.6g}")


def thin(values: Numbers, most: int) -> NDArray[np.int64]:
    """Indices of at most ``most`` evenly spread of its entries, first and last among them."""
    if len(values) <= most:
        return np.arange(len(values))
    return np.unique(np.linspace(0, len(values) - 1, most).round().astype(np.int64))
