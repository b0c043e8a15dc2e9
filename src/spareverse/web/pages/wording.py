"""Numbers, dates and intervals as a planner reads them: separated thousands, no digit that is not known, units apart."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

MISSING = "–"


def known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def number(value: Any, digits: int = 0) -> str:
    """``12,345`` or ``2.16``; an en dash where nothing is known."""
    return f"{value:,.{digits}f}" if known(value) else MISSING


def money(value: Any) -> str:
    """An amount with the digits its size deserves: 2.16, 48.3, 12,940, 3.42 M."""
    if not known(value):
        return MISSING
    size = abs(value)
    if size >= 9_999_500:
        return f"{value / 1e6:,.1f} M"
    return number(value, 0 if size >= 100 else 1 if size >= 10 else 2)


def percent(value: Any, digits: int = 0) -> str:
    """A share 0..1 as ``13 %``; small shares keep one digit more."""
    if not known(value):
        return MISSING
    if 0 < abs(value) < 0.0005:
        return "< 0.1 %"
    return f"{value * 100:.{1 if 0 < abs(value) < 0.0995 and not digits else digits}f} %"


def interval(low: Any, high: Any, *, share: bool = False, digits: int = 0) -> str:
    """``[12-21]``; empty where the limits are not known."""
    if not (known(low) and known(high)):
        return ""
    factor = 100 if share else 1
    if share and high * factor < 9.95:
        digits = max(digits, 1)
    return f"[{low * factor:,.{digits}f}-{high * factor:,.{digits}f}]"


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


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
