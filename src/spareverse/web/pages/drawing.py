"""A figure on a page: its finding as heading, the chart in the page's theme, its note, and its downloads."""

from __future__ import annotations

import json
from html import escape
from typing import Any, cast

from nicegui import ui

from spareverse.figures.figure import Figure
from spareverse.figures.style import FONT, repaint
from spareverse.web.pages.cards import box, button, card, text
from spareverse.web.pages.place import Place

TYPEFACE = "Roboto, system-ui, sans-serif"


class Drawing:
    """A figure in a card. ``move`` merges what changes, by series id, without drawing anew."""

    def __init__(self, place: Place, figure: Figure, *, height: int | None = None) -> None:
        self._place = place
        self._figure = figure
        with card() as self.card:
            self.card.props(f"data-figure={figure.name}")
            with box("head"):
                self._title = text(figure.title, "section", "h2")
                if figure.drawn:
                    self._downloads()
            if figure.drawn:
                self.chart = (
                    ui.echart(self._painted(figure.options), renderer="svg")
                    .classes("figure")
                    .style(f"height: {height or figure.height}px")
                )
                self.chart.props(f'role=img aria-label="{escape(figure.title, quote=True)}"')
            if figure.note:
                text(figure.note, "figure-note", "p")

    def move(self, options: dict[str, Any], title: str) -> None:
        """Merge partial options and tell the new finding."""
        if self._figure.drawn:
            self.chart.run_chart_method("setOption", self._painted(options))
        self._title.set_content(escape(title))

    def redraw(self, figure: Figure) -> None:
        """Another figure of the same kind in place of this one."""
        self._figure = figure
        self._title.set_content(escape(figure.title))
        if figure.drawn:
            painted = self._painted(figure.options)
            # for a chart that the browser has not made yet, then for one that it has
            self.chart.options.clear()
            self.chart.options.update(painted)
            self.chart.update()
            self.chart.run_chart_method("setOption", painted, {"notMerge": True})

    def _painted(self, options: dict[str, Any]) -> dict[str, Any]:
        """Options in the theme and the typeface of the page."""
        return cast(dict[str, Any], _in_typeface(repaint(options) if self._place.dark else options))

    def _downloads(self) -> None:
        with (
            button("", icon="download", slim=True).props('aria-label="Download this figure" title="Download"'),
            ui.menu(),
        ):
            for kind in ("svg", "png"):
                ui.menu_item(kind.upper(), lambda kind=kind: self._picture(kind))
            ui.menu_item(
                "CSV",
                lambda: ui.download.content("\ufeff" + self._figure.csv(), f"{self._figure.name}.csv", "text/csv"),
            )

    def _picture(self, kind: str) -> None:
        figure = self._figure
        arguments = json.dumps([figure.options, figure.name, figure.title, figure.height, kind]).replace("<", "\\u003c")
        ui.run_javascript(f"window.spareverseFigure(...{arguments})")


def _in_typeface(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_typeface(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_in_typeface(item) for item in value]
    return TYPEFACE if value == FONT else value
