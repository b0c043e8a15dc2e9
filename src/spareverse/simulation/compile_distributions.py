"""Laws, rate profiles and access of the domain (hours) as the arrays of the engine (seconds)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spareverse.engine import sampling
from spareverse.engine.profiles import Profiles
from spareverse.engine.sampling import LAW_SIZE
from spareverse.engine.windows import Calendars
from spareverse.network.distributions import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    KernelDensity,
    LogNormal,
    Mixture,
    Triangular,
    Truncated,
    Uniform,
    Weibull,
)
from spareverse.network.distributions.inversion import cumulative
from spareverse.network.study import Access, RateProfile

SECONDS = 3600.0
MONTHS = 12
Floats = NDArray[np.float64]


def compile_distributions(laws: Sequence[Distribution], at: int = 0) -> Floats:
    """Float memory of the laws, to lie from place ``at`` on: ``laws[i]`` is the row ``at + i * LAW_SIZE``."""
    parts = [simple_parts(law.scaled(SECONDS), 0.0, math.inf) for law in laws]
    mixed = [each for each in parts if len(each) > 1]
    extra = at + LAW_SIZE * len(laws)
    tables = Tables(extra + LAW_SIZE * sum(map(len, mixed)))
    rows: list[Row] = []
    behind: list[Row] = []
    for each in parts:
        if len(each) == 1:
            rows.append(row_of(each[0], tables))
            continue
        places = extra + LAW_SIZE * np.arange(len(behind), len(behind) + len(each), dtype=np.float64)
        first = tables.add(places, cumulative([part.weight for part in each]))
        rows.append(Row(sampling.MIXTURE, first=first, length=len(each)))
        behind.extend(row_of(part, tables) for part in each)
    return np.concatenate([np.empty(0), *(row.fields for row in rows + behind), *tables.blocks])


@dataclass
class Row:
    """One law of the engine; defaults are what its kind does not use."""

    kind: int
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0
    low: float = 0.0
    span: float = 1.0
    first: int = 0
    length: int = 0

    @property
    def fields(self) -> Floats:
        return np.array([self.kind, self.a, self.b, self.c, self.low, self.span, self.first, self.length], np.float64)


@dataclass
class Tables:
    """The values that rows point into, as they grow behind the rows; ``end`` is the next free place."""

    end: int
    blocks: list[Floats] = field(default_factory=list)
    gammas: dict[float, int] = field(default_factory=dict)

    def add(self, *columns: Floats) -> int:
        """Where the first of the columns starts; the others follow."""
        first = self.end
        self.blocks.extend(columns)
        self.end += sum(map(len, columns))
        return first


@dataclass(frozen=True)
class Part:
    """A law that is not a mixture, cut to [lower, upper], and its weight in the whole."""

    weight: float
    law: Distribution
    lower: float
    upper: float


def simple_parts(law: Distribution, lower: float, upper: float) -> list[Part]:
    """A law, given that it lies in [lower, upper], as a mixture of simple laws."""
    if isinstance(law, Truncated):
        return simple_parts(law.law, max(lower, law.lower), min(upper, law.upper))
    if not isinstance(law, Mixture):
        return [Part(1.0, law, lower, upper)]
    shares = [w * each.probability_between(lower, upper) for w, each in zip(law.weights, law.laws, strict=True)]
    return [
        Part(share / sum(shares) * part.weight, part.law, part.lower, part.upper)
        for share, each in zip(shares, law.laws, strict=True)
        if share > 0.0
        for part in simple_parts(each, lower, upper)
    ]


def row_of(part: Part, tables: Tables) -> Row:
    """The engine's row of a simple law, possibly cut."""
    row = parameters(part, tables)
    if row.kind != sampling.KERNEL_DENSITY and (part.lower > 0.0 or part.upper < math.inf):
        row.low = float(part.law.cdf(np.nextafter(part.lower, -math.inf)))
        row.span = float(part.law.cdf(part.upper)) - row.low
    return row


def parameters(part: Part, tables: Tables) -> Row:
    """Kind and parameters as ``sampling`` describes them."""
    match part.law:
        case Constant(value):
            return Row(sampling.CONSTANT, value)
        case Exponential(mean):
            return Row(sampling.EXPONENTIAL, mean)
        case Triangular(minimum, mode, maximum):
            return Row(sampling.TRIANGULAR, minimum, mode, maximum)
        case Weibull(shape, scale):
            return Row(sampling.WEIBULL, 1.0 / shape, scale)
        case LogNormal(median, sigma):
            return Row(sampling.LOG_NORMAL, median, sigma)
        case Uniform(minimum, maximum):
            return Row(sampling.UNIFORM, minimum, maximum)
        case Gamma(shape, scale):
            if shape not in tables.gammas:
                tables.gammas[shape] = tables.add(gamma_table(shape))
            return Row(sampling.GAMMA, b=scale, first=tables.gammas[shape])
        case Empirical(values):
            first = tables.add(np.array(values), part.law.steps)
            return Row(sampling.EMPIRICAL, first=first, length=len(values))
        case KernelDensity():
            return kernel_density(part.law, part.lower, part.upper, tables)
    raise TypeError(f"the engine has no law for {part.law!r}")


def kernel_density(law: KernelDensity, lower: float, upper: float, tables: Tables) -> Row:
    """A kernel density cut to [lower, upper]: kernels weigh what they put there."""
    from scipy.special import ndtr

    shares = law.shares(lower, upper)
    points = np.array(law.points)[shares > 0.0]
    low = ndtr((lower - points) / law.bandwidth)
    span = ndtr((upper - points) / law.bandwidth) - low
    first = tables.add(points, cumulative(shares[shares > 0.0]), low, span)
    return Row(sampling.KERNEL_DENSITY, law.bandwidth, lower, upper, first=first, length=len(points))


def gamma_table(shape: float) -> Floats:
    """ln x, its first and its second derivative by z at each node, where P(G <= x) is the normal probability of z."""
    from scipy.special import gammainccinv, gammaincinv, gammaln, log_ndtr, ndtr

    z = sampling.GAMMA_FIRST + sampling.GAMMA_STEP * np.arange(sampling.GAMMA_NODES)
    x = np.where(z < 0.0, gammaincinv(shape, ndtr(z)), gammainccinv(shape, ndtr(-z)))
    # far below the mean P(G <= x) = x ** shape / Gamma(shape + 1), to all digits
    tiny = (log_ndtr(z) + gammaln(shape + 1.0)) / shape
    log_x = np.where(x < 1e-20, tiny, np.log(np.maximum(x, 1e-300)))
    x = np.exp(np.minimum(log_x, 700.0))
    slope = np.exp(-0.5 * z * z - 0.5 * math.log(2.0 * math.pi) - shape * log_x + x + gammaln(shape))
    bend = slope * (-z - slope * (shape - x))
    return np.concatenate([log_x, slope, bend])


def compile_profiles(profiles: Sequence[RateProfile], keys: Sequence[int]) -> Profiles:
    """Rate profiles in seconds; ``keys`` name their random streams.

    ValueError when a season has not 12 factors, or a factor is negative.
    """
    seasons = [monthly(profile.season, "a season", 1.0) for profile in profiles]
    campaigns = [campaign for profile in profiles for campaign in profile.campaigns]
    factors = [factor for _, _, factor in campaigns] + [profile.burst_factor for profile in profiles]
    if not all(0.0 <= factor < math.inf for factor in factors):
        raise ValueError(f"factors of a failure rate must be 0 or more, got {factors}")
    lengths = np.array([len(profile.campaigns) for profile in profiles], dtype=np.int64)
    return Profiles(
        season=np.array(seasons, dtype=np.float64).reshape(-1, MONTHS),
        seasonal=np.array([len(set(season)) > 1 for season in seasons], dtype=np.bool_),
        first=np.cumsum(lengths) - lengths,
        length=lengths,
        campaign_start=seconds([start for start, _, _ in campaigns]),
        campaign_end=seconds([end for _, end, _ in campaigns]),
        campaign_factor=np.array([factor for _, _, factor in campaigns], dtype=np.float64),
        burst_gap=SECONDS * np.array([profile.burst_gap_h for profile in profiles], dtype=np.float64),
        burst_length=SECONDS * np.array([profile.burst_length_h for profile in profiles], dtype=np.float64),
        burst_factor=np.array([profile.burst_factor for profile in profiles], dtype=np.float64),
        key=np.array(keys, dtype=np.uint64),
    )


def compile_calendars(accesses: Sequence[Access], keys: Sequence[int]) -> Calendars:
    """Access in seconds; ``keys`` name the random streams of the weather.

    ValueError when weather has not one or 12 means, or only one of its two kinds.
    """
    for access in accesses:
        if bool(access.open_mean_h) != bool(access.closed_mean_h):
            raise ValueError("weather needs both open_mean_h and closed_mean_h")
    opened = [monthly(access.open_mean_h, "open_mean_h", 0.0) for access in accesses]
    closed = [monthly(access.closed_mean_h, "closed_mean_h", 0.0) for access in accesses]
    return Calendars(
        visit_interval=seconds([access.visit_interval_h for access in accesses]),
        open_mean=SECONDS * np.array(opened, dtype=np.float64).reshape(-1, MONTHS),
        closed_mean=SECONDS * np.array(closed, dtype=np.float64).reshape(-1, MONTHS),
        must_fit=np.array([access.must_fit for access in accesses], dtype=np.bool_),
        key=np.array(keys, dtype=np.uint64),
    )


def monthly(values: tuple[float, ...], name: str, missing: float) -> tuple[float, ...]:
    """Twelve values of one, twelve or none."""
    if len(values) not in (0, 1, MONTHS) or not all(0.0 <= value < math.inf for value in values):
        raise ValueError(f"{name} needs {MONTHS} values of 0 or more, one a month, got {values}")
    return values if len(values) == MONTHS else (values or (missing,)) * MONTHS


def seconds(hours: Sequence[float]) -> NDArray[np.int64]:
    """Whole seconds; far beyond any horizon stays there."""
    return np.rint(np.minimum(SECONDS * np.array(hours, dtype=np.float64), 1e18)).astype(np.int64)
