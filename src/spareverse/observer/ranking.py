"""In which order recommendations are shown, and what is said of one before anything else.

Where waiting has a price, money tells what is better. Where it has none, the cheapest network is the one that serves
nobody, so a list by money would be a list of cuts: there service gained per money spent comes first. What would leave
the user's limits comes last either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from spareverse.network.network import Network
from spareverse.network.observer_tables import ADVICE_VERDICTS, RECOMMENDATIONS, SURVIVES
from spareverse.observer.viability import YEAR_DAYS

MONEY, SERVICE = "money", "service"
"""What recommendations are ranked by."""
NEARLY_FREE = 0.001
"""Of today's controllable cost: what costs less more is not divided by, since its noise would make the order."""
NIL = 1e-9
"""Differences of shares and of relative margins below it are errors of floats."""
LIMIT_DIGITS = 7
PAY = "incentive"
RANKED: Mapping[str, str] = {
    MONEY: "Ranked by money saved, the price of waiting included.",
    SERVICE: "Ranked by service gained per money spent, what costs next to nothing first, since waiting costs nothing"
    " here and a ranking by money would be one of cuts; what only saves comes after.",
}
"""How a list is ranked, and why."""
PAY_LATER = "What changes pay comes after what acts at once."
LIMITS_LAST = "What would leave a limit comes last."
_CHANGES: Mapping[str, tuple[str, float]] = {
    "fill_rate": ("fill_change", 1.0), "total_cost": ("cost_change", YEAR_DAYS), "stock_value": ("stock_change", 1.0),
    "exceptions_per_week": ("workload_change", 1.0), "expedites_per_week": ("expedites_change", 1.0),
    "waiting_piece_days": ("waiting_change", YEAR_DAYS), "backorders": ("waiting_change", 1.0),
}  # fmt: skip
"""Measure -> column of its change, and what it is multiplied with for a year. Trials give no change of others."""
Row = Mapping[str, object]


@dataclass(frozen=True)
class _Held:
    """A limited measure today and after a nudge."""

    measure: str
    unit: str
    bound: float
    least: bool
    today: float
    after: float
    worse: bool
    """Whether the change is for the worse, clear of noise."""

    @property
    def of_zero(self) -> bool:
        """Whether nothing is a share of the limit."""
        return self.bound == 0

    def margin(self, value: float) -> float:
        """A share of the limit; of a limit of 0 in the unit of the measure."""
        distance = value - self.bound if self.least else self.bound - value
        return distance / (abs(self.bound) or 1.0)


def waiting_is_priced(network: Network) -> bool:
    """Whether anything in a network costs money because somebody waits or leaves; emergency orders do not."""
    prices = (("stock", "waiting_cost_per_piece_day"), ("customers", "penalty_per_piece_day"),
              ("customers", "lost_sale_cost"))  # fmt: skip
    return any(bool((network[table][column] > 0).any()) for table, column in prices)


def how_ranked(recommendations: pl.DataFrame) -> str:
    """One sentence on the order of a list (schema RECOMMENDATIONS), a second where limits have moved any of it."""
    by = recommendations["ranked_by"].drop_nulls()
    told = RANKED[str(by[0]) if by.len() else MONEY]
    open_ = recommendations.filter(pl.col("verdict") == SURVIVES)["unchecked"].drop_nulls()
    named = sorted({name for names in open_ for name in names.split(", ")})
    limits = f"{'limit' if len(named) == 1 else 'limits'} on {', '.join(_plain(name) for name in named)}"
    not_checked = [f"Not checked: the {limits}, for trials of advice do not measure it."] if named else []
    beyond = recommendations.filter(pl.col("verdict") == SURVIVES, pl.col("leaves_limits") == "yes")
    of_pay = recommendations.filter(pl.col("verdict") == SURVIVES, pl.col("kind") == PAY)
    return " ".join(
        [told, *([PAY_LATER] if of_pay.height else []), *([LIMITS_LAST] if beyond.height else []), *not_checked]
    )


def ranked(recommendations: pl.DataFrame) -> pl.DataFrame:
    """Schema RECOMMENDATIONS in the order in which they are shown, ``rank`` from 1.

    What survives first; of it, what keeps to the limits; nudges of pay behind those that act at once.
    """
    cost, fill = pl.col("cost_change"), pl.col("fill_change")
    serves = ((pl.col("ranked_by") == SERVICE) & (pl.col("fill_change_low") > 0)).fill_null(value=False)
    free = (cost <= NEARLY_FREE * pl.col("cost_today").fill_null(0.0)).fill_null(value=False)
    order = [
        pl.col("verdict").replace_strict({name: at for at, name in enumerate(ADVICE_VERDICTS)}, return_dtype=pl.Int64),
        (pl.col("leaves_limits") == "yes").fill_null(value=False),
        pl.col("kind") == PAY,
        ~serves,
        ~free & serves,
        pl.when(serves & free).then(-fill).when(serves).then(-fill / cost).otherwise(cost),
        pl.col("nudge_id"),
    ]
    table = recommendations.sort(order, nulls_last=True).with_columns(rank=pl.int_range(1, pl.len() + 1))
    return table.select(RECOMMENDATIONS.names).cast(RECOMMENDATIONS.schema)


def with_cautions(recommendations: pl.DataFrame) -> pl.DataFrame:
    """Of what serves clearly less, that it does so: nobody should learn it from a column of figures."""
    low, high = (pl.col(f"fill_change_{end}") for end in ("low", "high"))
    points = pl.format("lowers the fill rate by {} points [{}-{}]",
                       *((-100.0 * end).round_sig_figs(2) for end in (pl.col("fill_change"), high, low)))  # fmt: skip
    return recommendations.with_columns(caution=pl.when(high < 0).then(points))


def with_margins(
    recommendations: pl.DataFrame, today: pl.DataFrame, currency: str, *, defaults: bool = False
) -> pl.DataFrame:
    """Recommendations (columns of RECOMMENDATIONS) against the user's limits: the change each makes to today's least
    margin, what is said where it leaves a limit, and the order that follows.

    ``today``: schema VIABILITY_MEASURES of today's point. Changes are added to today's figures; the limits of the
    interval take the worse, or the better, ends of all changes at once. Changes of pay are held against a drift, not
    against today, and have no margin. ``defaults``: nobody has set the limits, they were taken from today.
    """
    rows, tried = [], RECOMMENDATIONS.completed(recommendations).select(RECOMMENDATIONS.names)
    for row in with_cautions(tried).iter_rows(named=True):
        ends = {f"margin_change{end}": _margin_change(today, row, end) for end in ("", "_low", "_high")}
        left = _left(list(_held(today, row, ""))) if row["kind"] != PAY else []
        said = [*(_words(one, currency, defaults) for one in left), *([row["caution"]] if row["caution"] else [])]
        limited: list[str] = [] if row["kind"] == PAY else today.drop_nulls("margin")["measure"].to_list()
        unchecked = [name for name in limited if not _checked(row, name)]
        leaves = "yes" if left else None if unchecked or not limited else "no"
        judged = {"leaves_limits": leaves, "unchecked": ", ".join(unchecked) or None}
        rows.append({**row, **ends, **judged, "caution": "; ".join(said) or None})
    return ranked(pl.DataFrame(rows, schema=RECOMMENDATIONS.schema)) if rows else tried


def _checked(nudge: Row, measure: str) -> bool:
    return measure in _CHANGES and isinstance(nudge.get(_CHANGES[measure][0]), float)


def _held(today: pl.DataFrame, nudge: Row, end: str) -> Iterator[_Held]:
    """Every limit that trials can check, after a nudge at the ``_low`` (worse), the ``_high`` (better) or the middle
    end of its changes."""
    for row in today.filter(pl.col("margin").is_not_null()).iter_rows(named=True):
        if not _checked(nudge, row["measure"]):
            continue
        column, factor = _CHANGES[row["measure"]]
        for bound, least in (("at_least", True), ("at_most", False)):
            if row[bound] is None:
                continue
            # for a lower limit the low end of a change is the worse one, for an upper limit the high end
            own_end = end if least else {"_low": "_high", "_high": "_low"}.get(end, "")
            change = factor * _number(nudge, f"{column}{own_end}")
            # the end of the interval that lies on the better side: worse even there, it is clear
            at_best = _number(nudge, f"{column}{'_high' if least else '_low'}", f"{column}")
            worse = at_best < -NIL if least else at_best > NIL
            yield _Held(row["measure"], row["unit"], row[bound], least, row["value"], row["value"] + change, worse)


def _number(row: Row, *names: str) -> float:
    """The first that is known, else nothing."""
    return next((value for name in names if isinstance(value := row.get(name), float)), 0.0)


def _margin_change(today: pl.DataFrame, nudge: Row, end: str) -> float | None:
    held = [one for one in _held(today, nudge, end) if not one.of_zero]
    if not held or nudge["kind"] == PAY:
        return None
    change = min(one.margin(one.after) for one in held) - min(one.margin(one.today) for one in held)
    return 0.0 if abs(change) < NIL else change


def _left(held: list[_Held]) -> list[_Held]:
    """Limits that hold today and would not, and the one that is broken worst where it gets clearly worse."""
    beyond = [one for one in held if one.margin(one.after) < -NIL]
    left = [one for one in beyond if one.margin(one.today) >= 0]
    worst = min((one.margin(one.today) for one in held), default=0.0)
    return left + [
        one for one in beyond if one.margin(one.today) < 0 and one.worse and one.margin(one.after) < worst - NIL
    ]


def _words(one: _Held, currency: str, defaults: bool) -> str:
    """``would take stock value out of its limit: 838,000 against 835,000 EUR``; the limit as it was set."""
    further = "further " if one.margin(one.today) < 0 else ""
    share = one.unit.startswith("share")
    unit = "%" if share else one.unit.replace("currency", currency).replace("1/week", "a week").replace("d/piece", "d")
    scale, digits = 100.0 if share else 1.0, 3
    while digits < LIMIT_DIGITS and one.margin(float(f"{one.after:.{digits}g}")) >= 0:
        digits += 1  # rounded, it must not read as kept
    after, bound = _digits(scale * one.after, digits), _digits(scale * one.bound, LIMIT_DIGITS)
    against = f"{after} against {bound} {unit}".rstrip()
    if defaults:
        return f"would make {_plain(one.measure)} over a tenth worse than today (limits not set): {against}"
    return f"would take {_plain(one.measure)} {further}out of its limit: {against}"


def _plain(measure: str) -> str:
    return measure.replace("_", " ").removesuffix(" per week").replace("co2", "CO2")


def _digits(value: float, digits: int) -> str:
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 or rounded.is_integer() else f"{rounded:.{digits}g}"
