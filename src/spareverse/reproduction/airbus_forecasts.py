"""Quarterly forecasts of the removals of an airliner part, each with what was known on its first morning; their scores.

Beside lives that age stand lives without wear (exponential), lives with truncation or censoring ignored, and rules
that need no lives: the mean of the last four quarters, and the same quarter of the year before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from spareverse.optimisation.installed_base import RemovalForecast, forecast
from spareverse.reproduction.airbus_fleet import Record
from spareverse.statistics import lives
from spareverse.statistics.forecasting.scores import crps_counts, interval_score
from spareverse.statistics.lives import Lives, ParameterDraws

Floats = NDArray[np.float64]
Document = dict[str, Any]

DRAWS = 200
INTERVALS = (0.80, 0.95)
TESTED, EARLIER = 4, 8
"""Quarters scored, and those before them that are shown as a further check."""
AGEING, EXPONENTIAL, UNTRUNCATED, NAIVE = (
    "lives, ageing", "lives, exponential", "lives, truncation ignored", "lives, truncation and censoring ignored",
)  # fmt: skip
METHODS = (
    AGEING, EXPONENTIAL, "last four quarters, negative binomial", "last four quarters, Poisson",
    "same quarter last year, Poisson", UNTRUNCATED, NAIVE,
)  # fmt: skip


@dataclass(frozen=True)
class Quarter:
    """What is known of one customer on the first morning of a quarter, and the removals that then came."""

    units: Record
    customer: int
    edges: Floats
    """Mornings of the quarters' first days, from the record's first to this one."""
    until: float
    seed: int
    replaced: bool = False
    """Whether removed units are replaced by the same part number."""

    @property
    def day(self) -> float:
        return float(self.edges[-1])

    @property
    def name(self) -> str:
        return quarter_name(self.day)

    @property
    def past(self) -> Floats:
        """Removals of the quarters before."""
        return self.units.counts(self.edges, self.customer)

    @property
    def actual(self) -> int:
        return int(self.units.counts(np.array([self.day, self.until]), self.customer)[0])

    def by_lives(self, known: Lives, *, independent: bool = False) -> RemovalForecast:
        """From a Weibull fitted to these lives; ``independent`` takes units to fail independently of one another."""
        fit = lives.fit(known)
        scatter = 1.0 if independent else self._scatter(fit.shape.value, fit.scale.value, 2)
        draws = lives.parameter_draws(known, DRAWS, self.seed, dispersion=scatter)
        return self._forecast(draws, scatter)

    def by_constant_rate(self, known: Lives) -> RemovalForecast:
        """From lives that do not age: removals per hour at work."""
        rate = known.failures / float((known.exit - known.entry).sum())
        scatter = self._scatter(1.0, 1.0 / rate, 1)
        events = known.failures / scatter
        rates = np.random.default_rng(self.seed).gamma(events, rate / events, DRAWS)
        return self._forecast(ParameterDraws(np.ones(DRAWS), 1.0 / rates), scatter)

    def _scatter(self, shape: float, scale: float, parameters: int) -> float:
        expected = self.units.expected(self.edges, self.customer, shape, scale)
        return lives.dispersion(self.past, expected, parameters)

    def _forecast(self, draws: ParameterDraws, scatter: float) -> RemovalForecast:
        fleet = self.units.fleet(self.day, self.until, self.customer)
        # Removals without usable hours come from the same fleet: the life is shortened by their share.
        shorter = (1.0 + self.units.unaged_share(self.day)) ** (-1.0 / draws.shape)
        draws = ParameterDraws(draws.shape, draws.scale * shorter)
        return forecast(fleet, draws, dispersion=scatter, replaced=self.replaced)

    def laws(self) -> Iterator[tuple[str, RemovalForecast]]:
        """One law per method."""
        known, past = self.units.lives(self.day), self.past
        mean = past[-4:].mean()
        spread = lives.dispersion(past, np.full(len(past), past.mean()), 1)
        yield AGEING, self.by_lives(known)
        yield EXPONENTIAL, self.by_constant_rate(known)
        # A mean of four quarters adds a quarter of the variance to that of the next one.
        yield METHODS[2], counts_law(mean, 1.25 * spread * mean)
        yield METHODS[3], counts_law(mean, mean)
        yield METHODS[4], counts_law(past[-4], past[-4])
        # Lives that miss the counts of the past by design would take their own error for dispersion.
        yield UNTRUNCATED, self.by_lives(known.untruncated(), independent=True)
        yield NAIVE, self.by_lives(known.failed_only().untruncated(), independent=True)


def quarter_name(day: float) -> str:
    first = date.fromordinal(int(day))
    return f"{first.year} Q{(first.month + 2) // 3}"


def quarter_edges(begins: date, last: date) -> Floats:
    """Mornings of the quarters' first days; the last is that after the last whole quarter."""
    months = [(year, month) for year in range(begins.year, last.year + 2) for month in (1, 4, 7, 10)]
    days = np.array([date(year, month, 1).toordinal() for year, month in months], dtype=np.float64)
    return days[(days >= begins.toordinal()) & (days <= last.toordinal() + 1)]


def last_quarters(
    units: Record, edges: Floats, customer: int, count: int, seed: int, *, replaced: bool = False
) -> list[Quarter]:
    """The last ``count`` quarters before the last of ``edges``."""
    first = len(edges) - 1 - count
    return [
        Quarter(units, customer, edges[: i + 1], float(edges[i + 1]), seed, replaced)
        for i in range(max(first, 4), len(edges) - 1)
    ]


def counts_law(mean: float, variance: float) -> RemovalForecast:
    """Poisson, or negative binomial where the variance is larger."""
    numbers = np.arange(int(mean + 12.0 * np.sqrt(max(variance, mean))) + 20)
    if variance <= mean:
        return RemovalForecast(stats.poisson.pmf(numbers, mean))
    repeat = mean / variance
    return RemovalForecast(stats.nbinom.pmf(numbers, mean * repeat / (1.0 - repeat), repeat))


def scored(law: RemovalForecast, actual: int) -> Document:
    """A forecast beside what happened, with interval scores and continuous ranked probability score."""
    row: Document = {"mean": law.mean, "actual": actual}
    for chance in INTERVALS:
        low, high = law.interval(chance)
        share = f"{100 * chance:.0f}"
        row |= {f"low_{share}": low, f"high_{share}": high, f"inside_{share}": low <= actual <= high}
        row[f"score_{share}"] = float(interval_score(low, high, actual, chance))
    row["crps"] = float(crps_counts(law.mass[None, :], 1.0, [actual])[0])
    return row


def summary(forecasts: list[Document], *, tested: bool) -> Iterator[Document]:
    """Mean scores and coverage of every method, over the tested quarters or the earlier ones."""
    for method in METHODS:
        rows = [row for row in forecasts if row["method"] == method and row["tested"] == tested]
        if not rows:
            continue
        found: Document = {"method": method, "tested": tested, "quarters": len(rows)}
        for key in ("score_80", "score_95", "crps"):
            found[key] = float(np.mean([row[key] for row in rows]))
        for share in ("80", "95"):
            inside = sum(row[f"inside_{share}"] for row in rows)
            limits = stats.binomtest(inside, len(rows)).proportion_ci(0.95)
            found[f"inside_{share}"] = inside
            found[f"coverage_{share}"] = {"value": inside / len(rows), "low": limits.low, "high": limits.high}
        found["mean_error"] = float(np.mean([abs(row["mean"] - row["actual"]) for row in rows]))
        yield found
