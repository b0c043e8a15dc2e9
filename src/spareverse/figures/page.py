"""HTML pages with figures that need nothing from the network: ECharts is inlined from the installed NiceGUI."""

from __future__ import annotations

import html
import importlib.util
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from spareverse.errors import StorageFailed
from spareverse.figures.style import DARK, DARK_OF, FONT, LIGHT

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure

_STYLE = Path(__file__).with_name("page.css")
_SCRIPT = Path(__file__).with_name("page.js")


@lru_cache(maxsize=1)
def echarts_module() -> str:
    """ECharts as one module without exports that sets ``globalThis.echarts``; StorageFailed when it is not installed.

    NiceGUI ships it as a small ``index.js`` that re-exports one name of a bundle beside it; both names change with
    every build, so they are read from the file.
    """
    package = importlib.util.find_spec("nicegui")
    root = Path(package.origin).parent if package and package.origin else Path()
    folder = root / "elements" / "echart" / "dist"
    try:
        index = (folder / "index.js").read_text(encoding="utf-8")
        inner, chunk = _match(r'import\s*\{([^}]*)\}\s*from\s*"\./([^"]+)"', index)
        alias = _match(r"(\w+) as echarts\b", index)[0]
        exported = _match(rf"(\w+) as {re.escape(alias)}\b", inner)[0]
        code = (folder / chunk).read_text(encoding="utf-8")
        names = _match(r"export\s*\{([^{}]*)\};?\s*(?://#.*)?\s*$", code)[0]
        local = _match(rf"(\S+) as {re.escape(exported)}(?:,|$)", names.replace(",", ", "))[0]
    except (OSError, LookupError) as error:
        raise StorageFailed(f"The chart library was not found in the installed NiceGUI ({folder}).") from error
    return f"{code[: code.rindex('export')]}\nglobalThis.echarts = {local};"


def _match(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text)
    if found is None:
        raise LookupError(pattern)
    return found.groups()


def chart(figure: Figure) -> str:
    """One figure as HTML; a page with it must end with ``scripts()``."""
    caption = f'<p class="note">{html.escape(figure.note)}</p>' if figure.note else ""
    heading = f"<h2>{html.escape(figure.title)}</h2>"
    if not figure.drawn:
        return f'<figure class="empty">{heading}{caption}</figure>'
    payload = json.dumps({**figure.document(), "csv": figure.csv()}, ensure_ascii=False, allow_nan=False)
    safe = payload.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return (
        f'<figure>{heading}<div class="chart" role="img" aria-label="{html.escape(figure.title)}"'
        f' style="height:{figure.height}px"></div>{caption}'
        f'<script type="application/json">{safe}</script></figure>'
    )


def document(title: str, body: str, *, heading: bool = True) -> str:
    """A whole page around ``body`` (HTML made by ``chart`` and by the report)."""
    variables = ";".join(
        f"--{name}: light-dark({getattr(LIGHT, name)}, {getattr(DARK, name)})"
        for name in ("ink", "muted", "line", "surface", "proposed", "stock_out")
    )
    top = f"<h1>{html.escape(title)}</h1>" if heading else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title>"
        f"<style>:root{{color-scheme:light dark;{variables};--font:{FONT}}}{style()}</style>"
        f"</head><body><main>{top}{body}</main>{scripts()}</body></html>"
    )


def style() -> str:
    """The rules of such a page, for pages that draw something else than charts."""
    return _STYLE.read_text(encoding="utf-8")


def scripts() -> str:
    """The chart library and the few lines that draw every figure of the page."""
    own = f"const darkOf = {json.dumps(dict(DARK_OF))};{_SCRIPT.read_text(encoding='utf-8')}"
    return f'<script type="module">{echarts_module()}</script><script type="module">{own}</script>'
