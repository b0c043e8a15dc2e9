"""How numbers are written everywhere: never more digits than are known, units beside them, thousands separated."""

from __future__ import annotations

import math

EMPTY = "not known"
COARSE = 0.3
"""Width of the interval of a share from which it would be rounded to tens: it is written in whole per cent instead, so
that one and the same share is 9 % everywhere, and not 10 % in the line beside it."""


NIL = 1e-9
"""What is nearer to nothing than this is an error of floats, in whatever is told here: shares, money, days, pieces."""


def settled(value: float | None) -> float | None:
    """``value``, and nothing where it is nothing but an error of floats."""
    return 0.0 if value is not None and abs(value) < NIL else value


def known(value: float | None) -> bool:
    """Whether there is a number to write."""
    return value is not None and math.isfinite(value)


def digits(value: float | None, significant: int = 3) -> str:
    """``value`` with that many significant digits; whole thousands are never cut: 12,345."""
    if value is None or not math.isfinite(value):
        return EMPTY
    if value == 0:
        return "0"
    decimals = significant - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, max(decimals, 0))
    decimals = max(significant - 1 - math.floor(math.log10(abs(rounded))), 0) if rounded else 0
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def whole(value: float | None) -> str:
    """A count."""
    return EMPTY if value is None or not math.isfinite(value) else f"{value + 0.0:,.0f}".replace("-0", "0", 1)


def percent(share: float | None) -> str:
    """A share of 0 to 1 as ``13 %``; one decimal below 1 % and above 99 %, ``<0.1 %`` and ``>99.9 %`` at the ends."""
    if share is None or not math.isfinite(share):
        return EMPTY
    return f"{_percent_number(share)} %"


def _percent_number(share: float) -> str:
    value = 100.0 * share
    if 0 < value < 0.05:
        return "<0.1"
    if 99.95 < value < 100:
        return ">99.9"
    if (0 < value < 0.95) or (99 < value < 100):
        return f"{value:.1f}"
    return f"{value:.0f}"


def percent_interval(share: float | None, low: float | None, high: float | None) -> str:
    """``13 % [8-20]``; without limits just ``13 %``."""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return percent(share)
    ends = _percent_number(low), _percent_number(high)
    return f"{percent(share)} [{(' to ' if low < 0 or ends[1].startswith('>') else '-').join(ends)}]"


def pieces(value: float | None) -> str:
    """Pieces: whole where the value is whole, else three digits."""
    if value is None or not math.isfinite(value):
        return EMPTY
    return whole(value) if abs(value - round(value)) < 1e-9 else digits(value)


def interval(value: float | None, low: float | None, high: float | None, unit: str = "") -> str:
    """``16 pieces [12-21]``; without limits just ``16 pieces``."""
    text = f"{pieces(value)} {unit}".strip()
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return text
    return f"{text} [{pieces(low)}-{pieces(high)}]"


def money(value: float | None, currency: str, per: str = "") -> str:
    """``2.16 EUR/day``, ``12,345 EUR``."""
    if value is None or not math.isfinite(value):
        return EMPTY
    unit = f"{currency}/{per}" if per else currency
    # a price in whole cents, as someone wrote it
    exact = 100 <= abs(value) < 1e5 and value != round(value) and value == round(value, 2)
    return f"{value:,.2f} {unit}" if exact else f"{digits(value, 3 if abs(value) >= 1 else 2)} {unit}"


def rough(value: float | None, unit: str = "") -> str:
    """``43,000 NOK``: about three digits, of an amount that has no interval of its own."""
    if value is None or not math.isfinite(value):
        return EMPTY
    shown = float(f"{value:.3g}")
    return f"{digits(shown)} {unit}".strip()


def count(value: float | None, singular: str, plural: str = "") -> str:
    """``1 cycle``, ``11 cycles``."""
    return f"{whole(value)} {singular if value == 1 else plural or singular + 's'}"


def span(days: float) -> str:
    """``2 years`` where it is whole ones, else ``90 days``: over which sums are told."""
    years = days / 365.0
    return count(years, "year") if years.is_integer() else count(days, "day")


def measured(
    value: float | None,
    low: float | None,
    high: float | None,
    unit: str = "",
    *,
    share: bool = False,
    limits: bool = True,
) -> str:
    """``67,300 NOK [66,900-67,600]``, ``98.43 % [98.40-98.46]``: as ``carried``, but no share is rounded to tens."""
    ends = value is not None and low is not None and high is not None and math.isfinite(value + high - low)
    if share and ends and high - low >= COARSE:  # type: ignore[operator]
        return percent_interval(value, low, high) if limits else percent(value)
    return carried(value, low, high, unit, share=share, limits=limits)


def carried(
    value: float | None,
    low: float | None,
    high: float | None,
    unit: str = "",
    *,
    share: bool = False,
    limits: bool = True,
) -> str:
    """``67,300 NOK [66,900-67,600]``, ``98.43 % [98.40-98.46]``: no digit that the interval's width does not carry.

    However narrow the interval, no more than four digits, or whole units: ``12,346``, ``0.1235``. Near 100 % the digits
    of what is lacking count. Limits that would read as the figure itself are left out.
    """
    if value is None or not math.isfinite(value):
        return EMPTY
    scale = 100.0 if share else 1.0
    unit = "%" if share else unit
    if low is None or high is None or not math.isfinite(high - low) or high <= low:
        return f"{digits(scale * value)} {unit}".strip()
    lacking = min(abs(value), abs(1.0 - value)) if share else abs(value)
    enough = max(3 - math.floor(math.log10(scale * lacking)), 0) if lacking else 4
    decimals = min(max(-math.floor(math.log10(scale * (high - low) / 3)), -6), enough, 4)

    def text(number: float) -> str:
        exact, places = scale * number, decimals
        if exact and abs(round(exact, places) - exact) > 0.25 * abs(exact):
            # beside a far longer side of the interval it would become nothing, or twice as much
            places = min(max(places, 1 - math.floor(math.log10(abs(exact)))), 4)
        return f"{round(exact, places) + 0.0:,.{max(places, 0)}f}"

    told = f"{text(value)} {unit}".strip()
    if not limits or text(low) == text(value) == text(high):
        return told
    return f"{told} [{text(low)}{' to ' if low < 0 else '-'}{text(high)}]"
