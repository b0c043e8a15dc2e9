"""A figure: options for ECharts, the finding as its title, and the numbers behind it.

The same object shows on a web page (``ui.echart(figure.options)`` under a heading ``figure.title``), in a notebook,
in a report and as a page of its own. Title and note are text beside the chart, never inside it: text wraps, can be
read aloud and be searched; a downloaded picture carries them all the same.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.figures import page
from spareverse.figures.style import Options, repaint, words
from spareverse.network.harmless import harmless


@dataclass(frozen=True)
class Figure:
    """``options`` hold no functions; ``data`` is what the CSV holds; ``height`` is what it needs, in pixels."""

    name: str
    title: str
    options: Options
    data: pl.DataFrame
    note: str = ""
    height: int = 340

    @property
    def drawn(self) -> bool:
        """False when there was not enough data: ``title`` says so, ``note`` what to do next; the options hold words."""
        return "series" in self.options

    def dark(self) -> Figure:
        """The same figure for a dark page."""
        return replace(self, options=repaint(self.options))

    def document(self) -> dict[str, Any]:
        """Everything but the data, ready for JSON."""
        return {
            "name": self.name,
            "title": self.title,
            "note": self.note,
            "options": self.options,
            "height": self.height,
        }

    def json(self) -> str:
        return json.dumps(self.document(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def csv(self) -> str:
        """The numbers behind the figure; text that a spreadsheet would run as a formula begins with an apostrophe."""
        return self.data.with_columns(harmless(pl.col(pl.String))).write_csv()

    def to_csv(self, path: str | Path) -> Path:
        target = Path(path)
        target.write_text(self.csv(), encoding="utf-8")
        return target

    def to_html(self, path: str | Path) -> Path:
        """A page that works without a network: chart, note, downloads as SVG, PNG and CSV."""
        target = Path(path)
        target.write_text(page.document(self.title, page.chart(self), heading=False), encoding="utf-8")
        return target

    def _repr_html_(self) -> str:
        """For notebooks: a frame of its own, so that the notebook's styles and scripts stay apart."""
        inner = page.document(self.title, page.chart(self), heading=False)
        style = "width:100%;border:0"
        return f'<iframe srcdoc="{html.escape(inner)}" style="{style}" height="{self.height + 130}"></iframe>'


def not_enough(name: str, sentence: str, remedy: str, data: pl.DataFrame | None = None) -> Figure:
    """The figure that says in words why there is nothing to draw, and the next step."""
    return Figure(name, sentence, words(f"{sentence}\n{remedy}"), pl.DataFrame() if data is None else data, remedy, 120)
