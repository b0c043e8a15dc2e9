"""Small multiples: panels of one chart in rows of two, each with its title, wide enough for their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spareverse.figures import style
from spareverse.figures.labels import plain
from spareverse.figures.style import LIGHT, Options

COLUMNS: tuple[tuple[str, str], ...] = (("14%", "54%"), ("62%", "6%"))
"""Left and right edge of each column."""
HEAD, GAP = 28, 22
"""Room for the title of a panel, and below a panel for its axis [px]."""


@dataclass(frozen=True)
class Panels:
    """``height``: of the plotting area of each [px]; ``foot``: room for the labels of the last row's axis."""

    titles: Sequence[str]
    height: int
    foot: int = 26

    @property
    def grids(self) -> list[Options]:
        return [
            {"left": COLUMNS[at % 2][0], "right": COLUMNS[at % 2][1], "top": self._top(at), "height": self.height}
            for at in range(len(self.titles))
        ]

    @property
    def headings(self) -> list[Options]:
        look = {"color": LIGHT.ink, "fontSize": 12.5, "fontWeight": "bold", "fontFamily": style.FONT}
        return [
            {"text": plain(title, 44), "left": COLUMNS[at % 2][0], "top": self._top(at) - HEAD + 5, "padding": 0,
             "textStyle": look} for at, title in enumerate(self.titles)
        ]  # fmt: skip

    @property
    def total(self) -> int:
        """Height of the whole figure [px]."""
        rows = (len(self.titles) + 1) // 2
        return rows * (HEAD + self.height + GAP) + self.foot

    def in_last_row(self, at: int) -> bool:
        """Whether nothing stands below the panel."""
        return at + 2 >= len(self.titles)

    def _top(self, at: int) -> int:
        return (at // 2) * (HEAD + self.height + GAP) + HEAD
