"""Do the 95 % limits hold? Thousands of parts whose truth is known, through the product's own estimators.

    python tests/long/coverage.py      writes docs/validation/coverage.md

Truth "pairs": safety cover Weibull(1.44, 9.83) after a hurdle of 0.2, estimator `paper` on n completed cycles.
Truth "process": orders Poisson with rates gamma (shape 1.5, mean 0.084 a day) over the parts, sizes geometric (mean
2.4), lead times Weibull(2.12, 81.8 days), overlapping cycles; lines are ordered over 362 days and the books close
then, which leaves 20 % of them open. Estimator `process`, by the analysis itself.

The truth is computed here by Fourier inversion, not by the product's convolution.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.stats import gamma as gamma_distribution
from scipy.stats import weibull_min

from spareverse.history.window import Window
from spareverse.network.tables import TABLES
from spareverse.optimisation.analysis import analyse_history
from spareverse.optimisation.costs import CostFile, CostParameters
from spareverse.statistics.hurdle import fit_hurdles

Floats = NDArray[np.float64]

CYCLES = (0, 1, 3, 5, 8, 11, 20)
PARTS = 5_000
SEED = 2_023

COVER_SHAPE, COVER_SCALE, NO_SALE = 1.44, 9.83, 0.2
LEAD_SHAPE, LEAD_SCALE_DAYS, EXPECTED_DAYS = 2.12, 81.8, 65.0
RATE_SHAPE, RATE_MEAN, SIZE_MEAN = 1.5, 0.084, 2.4
DAYS, OPEN_SHARE = 362, 0.2
SINCE = date(2020, 1, 1)

HOLDING, EARLY, STOCK_OUT = 0.05805, 0.0941, 1.515
LATE = float(np.exp(-((EXPECTED_DAYS / LEAD_SCALE_DAYS) ** LEAD_SHAPE)))
PER_PIECE = EARLY * (1.0 - LATE) + HOLDING
RATIO = PER_PIECE / (STOCK_OUT * LATE)
COSTS = CostFile(
    CostParameters(
        carrying_rate=0.25,
        early_factor=1.62,
        stock_out_factor=26.1,
        ordering_cost=60.0,
        holding_cost=HOLDING,
        early_holding_cost=EARLY,
        stock_out_cost=STOCK_OUT,
    )
)
POINTS = 1_024
"""Pieces up to which the truth is tabulated."""


@dataclass(frozen=True)
class Coverage:
    """How often the 95 % limits of P(SC > x) hold the truth at one x, and how wide they are."""

    x: float
    covered: float
    width: float
    with_limits: float
    bias: float


@dataclass(frozen=True)
class OptimumCoverage:
    """The integer optimum: coverage, width [pieces], and mean regret [currency/day] over the true optimum's cost."""

    covered: float
    width: float
    oracle_covered: float
    oracle_width: float
    regret: float
    true_cost: float
    regret_pairs: float
    """Regret of the same estimator on the parts for which the plug-in Weibull gives an optimum."""
    paper_regret: float
    paper_parts: int


@dataclass(frozen=True)
class Study:
    cycles: int
    parts: int
    open_share: float
    median: Coverage
    ninety: Coverage
    optimum: OptimumCoverage | None = None
    seconds: float = 0.0


# truth "pairs" ----------------------------------------------------------------------------------------------------


def pairs_study(cycles: int, parts: int, seed: int) -> Study:
    """Limits of the estimator `paper` at the true median and 90 % point of SC."""
    begin = perf_counter()
    random = np.random.default_rng([seed, cycles, 1])
    sold = random.random((parts, cycles)) >= NO_SALE
    covers = np.where(sold, COVER_SCALE * random.weibull(COVER_SHAPE, (parts, cycles)), 0.0).ravel()
    fits = fit_hurdles(covers, np.arange(parts + 1, dtype=np.int64) * cycles)
    found = []
    for risk in (0.5, 0.1):
        x = COVER_SCALE * (-np.log(risk / (1.0 - NO_SALE))) ** (1.0 / COVER_SHAPE)
        low, high = fits.limits(np.full(parts, x))
        known = ~np.isnan(low)
        covered = (low <= risk) & (risk <= high)
        point = fits.risk(np.full(parts, x))
        found.append(
            Coverage(
                x,
                float(covered[known].mean()) if known.any() else np.nan,
                float((high - low)[known].mean()) if known.any() else np.nan,
                float(known.mean()),
                float((point[known] - risk).mean()) if known.any() else np.nan,
            )
        )
    return Study(cycles, parts, 0.0, found[0], found[1], seconds=perf_counter() - begin)


# truth "process" --------------------------------------------------------------------------------------------------


def true_risks(rates: Floats) -> Floats:
    """P(SC > x), x = 0 .. POINTS - 1, for each order rate: Fourier inversion of E[exp(rate R (G(z) - 1))]."""
    length = 2 * POINTS
    nodes, weights = np.polynomial.legendre.leggauss(80)
    # Lead times up to 400 days, which is beyond a chance of 1e-12; the square root resolves the short ones.
    root = 10.0 * (nodes + 1.0)
    days = root**2
    weights = 10.0 * weights * 2.0 * root * weibull_min.pdf(days, LEAD_SHAPE, scale=LEAD_SCALE_DAYS)
    z = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    p = 1.0 / SIZE_MEAN
    exponent = p * z / (1.0 - (1.0 - p) * z) - 1.0
    grid = np.geomspace(rates.min() * 0.99, rates.max() * 1.01, 200)
    tails = np.empty((len(grid), POINTS))
    for row, rate in enumerate(grid):
        transform = weights @ np.exp(np.outer(rate * days, exponent))
        tails[row] = 1.0 - np.cumsum(np.fft.irfft(transform, length))[:POINTS]
    return np.clip(CubicSpline(np.log(grid), tails)(np.log(rates)), 0.0, 1.0)


def lines(cycles: int, parts: int, seed: int) -> tuple[dict[str, pl.DataFrame], Floats, Window]:
    """Input tables of a company of ``parts``, about ``cycles`` completed cycles each, their true rates, the window."""
    random = np.random.default_rng([seed, cycles, 2])
    rates = random.gamma(RATE_SHAPE, RATE_MEAN / RATE_SHAPE, parts)
    orders = random.poisson(rates * DAYS)
    ordered = round(cycles / (1.0 - OPEN_SHARE))
    start = random.integers(0, DAYS, parts * ordered)
    lead = LEAD_SCALE_DAYS * random.weibull(LEAD_SHAPE, parts * ordered)
    names = np.array([f"P{number:05d}" for number in range(parts)])
    purchases = pl.DataFrame(
        {
            "part_id": np.repeat(names, ordered),
            "ordered_on": start,
            "promised_on": start + int(EXPECTED_DAYS),
            "received_on": np.round(start + lead).astype(np.int64),
            "quantity": np.ones(len(start)),
        }
    ).with_columns(
        pl.when(pl.Series(start + lead < DAYS)).then("received_on").alias("received_on"),
    )
    sales = pl.DataFrame(
        {
            "part_id": np.repeat(names, orders),
            "ordered_on": random.integers(0, DAYS, orders.sum()),
            "quantity": random.geometric(1.0 / SIZE_MEAN, orders.sum()).astype(float),
        }
    )
    master = pl.DataFrame({"part_id": names, "expected_lead_time_days": EXPECTED_DAYS, "unit_cost": 84.8})
    given = {"purchases": _dated(purchases), "sales": _dated(sales), "parts": master}
    until = SINCE + timedelta(days=DAYS)
    return _tables(given), rates, Window(SINCE, until, until - timedelta(days=1))


def _dated(frame: pl.DataFrame) -> pl.DataFrame:
    """Whole days since the start of the window become dates."""
    days = pl.col("^.*_on$")
    return frame.with_columns((days.cast(pl.Int32) + (SINCE - date(1970, 1, 1)).days).cast(pl.Date))


def _tables(given: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """All input tables, those given completed to their schema, as a twin would hand them over."""
    full = {
        name: pl.concat([table.empty(), given[name]], how="diagonal_relaxed") if name in given else table.empty()
        for name, table in TABLES.items()
    }
    return {name: frame.with_columns(pl.lit(None, dtype=pl.String).alias("flag")) for name, frame in full.items()}


def process_study(cycles: int, parts: int, seed: int) -> Study:
    """Limits and decisions of the estimator `process`, by the analysis of a simulated company."""
    tables, rates, window = lines(cycles, parts, seed)
    begin = perf_counter()
    rows = analyse_history(tables, window, COSTS).parts.sort("part_id")
    seconds = perf_counter() - begin
    truth = true_risks(rates)
    mixture = truth.mean(axis=0)
    points = [int(np.argmax(mixture <= risk)) for risk in (0.5, 0.1)]
    median, ninety = (_coverage(rows, truth, x) for x in points)
    purchases = tables["purchases"]
    open_share = purchases["received_on"].null_count() / max(purchases.height, 1)
    return Study(cycles, parts, open_share, median, ninety, _optimum(rows, truth, rates, tables["sales"]), seconds)


def _coverage(rows: pl.DataFrame, truth: Floats, x: int) -> Coverage:
    step = rows["risk_step"].to_numpy()

    def at(name: str) -> Floats:
        curves = rows[name].to_list()
        # A curve ends where the risk no longer matters; its last value bounds what lies beyond.
        return np.array([curve[min(int(x // s), len(curve) - 1)] for curve, s in zip(curves, step, strict=True)])

    low, high, point = at("risk_curve_low"), at("risk_curve_high"), at("risk_curve")
    low[step * np.array(rows["risk_curve"].list.len()) <= x] = 0.0
    covered = (low <= truth[:, x] + 1e-6) & (truth[:, x] <= high + 1e-6)
    return Coverage(
        float(x), float(covered.mean()), float((high - low).mean()), 1.0, float((point - truth[:, x]).mean())
    )


def _optimum(rows: pl.DataFrame, truth: Floats, rates: Floats, sales: pl.DataFrame) -> OptimumCoverage:
    best = (truth <= RATIO).argmax(axis=1)
    low, high, chosen = (rows[name].to_numpy() for name in ("optimal_cover_low", "optimal_cover_high", "optimal_cover"))
    oracle_low, oracle_high = _oracle(rows, sales, rates)
    shortage = np.cumsum(truth[:, ::-1], axis=1)[:, ::-1]

    def cost(cover: Floats) -> Floats:
        held = np.minimum(cover, POINTS - 1).astype(np.int64)
        return STOCK_OUT * LATE * shortage[np.arange(len(held)), held] + PER_PIECE * cover

    regret = cost(chosen) - cost(best)
    plug_in = rows["paper_optimum"].to_numpy().astype(float)
    fitted = ~np.isnan(plug_in)
    return OptimumCoverage(
        float(((low <= best) & (best <= high)).mean()),
        float((high - low).mean()),
        float(((oracle_low <= best) & (best <= oracle_high)).mean()),
        float((oracle_high - oracle_low).mean()),
        float(regret.mean()),
        float(cost(best).mean()),
        float(regret[fitted].mean()) if fitted.any() else np.nan,
        float((cost(np.where(fitted, plug_in, 0.0)) - cost(best))[fitted].mean()) if fitted.any() else np.nan,
        int(fitted.sum()),
    )


def _oracle(rows: pl.DataFrame, sales: pl.DataFrame, rates: Floats) -> tuple[Floats, Floats]:
    """95 % limits of the optimum for someone who knows all but each part's rate, and how rates vary over parts."""
    orders = rows.join(sales.group_by("part_id").len(), on="part_id", how="left", maintain_order="left")["len"]
    posterior = gamma_distribution(
        RATE_SHAPE + orders.fill_null(0).to_numpy(), scale=1.0 / (RATE_SHAPE / RATE_MEAN + DAYS)
    )
    grid = np.geomspace(1e-5, 1.3 * rates.max(), 600)
    # The optimum grows with the rate: between two grid rates it is at most the upper one's.
    optimum = (true_risks(grid) <= RATIO).argmax(axis=1)
    low, high = (optimum[np.minimum(np.searchsorted(grid, posterior.ppf(q)), 599)] for q in (0.025, 0.975))
    return low, high


# the table --------------------------------------------------------------------------------------------------------


PAGE = """\
# Do the intervals hold?

Written by `python tests/long/coverage.py`; do not edit.

{parts:,} parts for every row, seed {seed}. A 95 % interval should hold the truth for 95 % of the parts, and be narrow.

## Truth “pairs”, estimator `paper`

SC is Weibull(1.44, 9.83) after a hurdle of 0.2; n completed cycles a part. P(SC > x) at the true median and 90 % point
of SC. Limits need two completed cycles with a sale; parts with fewer say “not enough data” and count in neither column.

| cycles | parts with limits | covered, median | width | bias | covered, 90 % point | width | bias |
|---:|---:|---:|---:|---:|---:|---:|---:|
{pairs}

## Truth “process”, estimator `process` (the default)

Orders are Poisson with rates gamma (shape 1.5, mean 0.084 a day) over the parts, sizes geometric (mean 2.4), lead times
Weibull(2.12, 81.8 days), cycles overlap. Lines are ordered over 362 days and the books close then, which leaves 20 % of
them open; a part has n completed cycles on average. The truth comes from Fourier inversion, not from the product's
convolution. P(SC > x) at the median and the 90 % point over all parts: x = {median:.0f} and x = {ninety:.0f} in the
last row, a piece beside that where the drawn rates differ.

| cycles | open lines | covered, median | width | bias | covered, 90 % point | width | bias |
|---:|---:|---:|---:|---:|---:|---:|---:|
{process}

The integer optimum of the same parts, 95 % intervals in pieces. The oracle knows the lead-time and size distributions,
the costs and how rates vary over parts; only the part's own rate is estimated. Regret is the mean cost above the true
optimum's. The plug-in Weibull is the article's estimator on the same lines; the two are compared on the parts for which
it gives a figure at all.

| cycles | covered | width | oracle covered | oracle width | true cost a day | regret | regret, parts with a plug-in | \
regret of the plug-in | parts with a plug-in |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
{optimum}
"""


def _number(value: float, form: str) -> str:
    return "–" if np.isnan(value) else format(value, form)


def _row(study: Study, first: float) -> str:
    cells = [f"{first:.1%}"]
    for point in (study.median, study.ninety):
        cells += [_number(point.covered, ".1%"), _number(point.width, ".2f"), _number(point.bias, "+.3f")]
    return f"| {study.cycles} | {' | '.join(cells)} |"


def _optimum_row(study: Study) -> str:
    o = study.optimum
    assert o is not None
    return (
        f"| {study.cycles} | {o.covered:.1%} | {o.width:.1f} | {o.oracle_covered:.1%} | {o.oracle_width:.1f} "
        f"| {o.true_cost:.2f} | {o.regret:.3f} ({o.regret / o.true_cost:.1%}) | {_number(o.regret_pairs, '.3f')} "
        f"| {_number(o.paper_regret, '.3f')} | {o.paper_parts / study.parts:.0%} |"
    )


def document(pairs: list[Study], process: list[Study]) -> str:
    """The page docs/validation/coverage.md."""
    return PAGE.format(
        parts=pairs[0].parts,
        seed=SEED,
        median=process[-1].median.x,
        ninety=process[-1].ninety.x,
        pairs="\n".join(_row(study, study.median.with_limits) for study in pairs),
        process="\n".join(_row(study, study.open_share) for study in process),
        optimum="\n".join(_optimum_row(study) for study in process),
    )


def main(arguments: list[str]) -> None:
    parts = int(arguments[0]) if arguments else PARTS
    studies: dict[Any, list[Study]] = {
        study: [study(cycles, parts, SEED) for cycles in CYCLES] for study in (pairs_study, process_study)
    }
    page = document(studies[pairs_study], studies[process_study])
    if parts == PARTS:
        (Path(__file__).parents[2] / "docs" / "validation" / "coverage.md").write_text(page, encoding="utf-8")
    sys.stdout.write(page)


if __name__ == "__main__":
    main(sys.argv[1:])
