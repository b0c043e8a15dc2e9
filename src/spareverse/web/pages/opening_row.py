"""A row of a list that opens in place: a line that is a button, and what it shows once it is opened."""

from __future__ import annotations

from collections.abc import Callable

from nicegui.element import Element

from spareverse.web.pages.cards import box


class OpeningRow:
    """``words`` fills the line; ``show`` what opens, when it is opened first."""

    def __init__(self, words: Callable[[], None], show: Callable[[], None]) -> None:
        self._show, self._open = show, False
        with box("warning", "li") as self.item:
            with box("warning-line", "button").props("type=button aria-expanded=false") as self._line:
                words()
            self._line.on("click", self._toggle)
            self.evidence: Element = box("evidence")
            self.evidence.set_visibility(False)

    def _toggle(self) -> None:
        if not self._open and not self.evidence.default_slot.children:
            with self.evidence:
                self._show()
        self._open = not self._open
        self.evidence.set_visibility(self._open)
        self._line.props(f"aria-expanded={'true' if self._open else 'false'}")
