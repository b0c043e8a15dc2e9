"""Numbers, dates and intervals as a planner reads them: thousands separated, no digit that is not known."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from spareverse.figures import numbers

MISSING = "–"


def known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def number(value: Any, digits: int = 0) -> str:
    """``12,345`` or ``2.16``; an en dash where nothing is known."""
    # a negative nothing is nothing
    return f"{round(value, digits) + 0.0:,.{digits}f}" if known(value) else MISSING


def money(value: Any) -> str:
    """An amount with about three digits, thousands never cut, so that columns line up: 2.16, 48.0, 12,940."""
    if not known(value):
        return MISSING
    size = abs(value)
    return number(value, 0 if size == 0 or size >= 99.95 else 1 if size >= 9.995 else 2)


def percent(value: Any) -> str:
    """A share 0..1 as ``13 %``."""
    return numbers.percent(value) if known(value) else MISSING


def interval(low: Any, high: Any, *, share: bool = False) -> str:
    """``[12-21]``; empty where the limits are not known."""
    if not (known(low) and known(high)):
        return ""
    if share:
        return "[" + numbers.percent_interval(low, low, high).partition("[")[2]
    return f"[{numbers.pieces(low)}-{numbers.pieces(high)}]"


def share_of(row: Mapping[str, Any], name: str) -> str:
    """A share of a row with its interval: ``13 % [8-20]``."""
    return f"{percent(row[name])} {interval(row[f'{name}_low'], row[f'{name}_high'], share=True)}".strip()


def pieces_of(row: Mapping[str, Any], name: str) -> str:
    """A number of pieces of a row with its interval: ``16 [12-21]``."""
    return f"{number(row[name])} {interval(row[f'{name}_low'], row[f'{name}_high'])}".strip()


def order_line(row: Mapping[str, Any]) -> str:
    """``4500001234 / 10``: number of a purchase order and its line; empty without both."""
    return " / ".join(filter(None, (row["order_id"], row["line"])))


def day(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)[:10] if value else MISSING


def moment(value: Any) -> str:
    """A point of time to the minute, as stored (UTC)."""
    return str(value)[:16].replace("T", " ") if value else MISSING


def duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def unbroken(words: str) -> str:
    """A paragraph in which no line ends between a number and its unit: ``90 %``, ``144,312 EUR``."""
    return re.sub(r"(?<=\d) (?=%|[A-Z]{3}\b)", "\N{NO-BREAK SPACE}", words)


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
