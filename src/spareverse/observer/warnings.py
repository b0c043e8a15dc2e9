"""Early warning: what is coming within some weeks, from the state a network starts with.

A closed form screens every stock point; the doubtful ones are simulated forward, the form is recalibrated on what they
bring, and a stated chance weighs both (the form counts for as many paths as these bear it out). Where parts share
queues, budgets or markets the whole network is simulated, with fewer paths. The list ranks; it does not foretell:
demand of slow movers is rare and comes unannounced.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import betaincinv, betaln

from spareverse.jit import Cancel, Progress
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.observer_tables import STEPS, WARNINGS
from spareverse.observer.expediting import MOST_POINTS, expedites
from spareverse.observer.paths import is_shared, of_parts
from spareverse.observer.screen import POINT, Screen, recalibrated, screened
from spareverse.observer.steps import best, effect, steps
from spareverse.simulation.forward import Futures, looking_ahead, run_forward
from spareverse.simulation.universe.compile import compile_universe

Floats = NDArray[np.float64]
WEEK_DAYS = 7.0
PRIOR_PATHS = 10.0
"""What the form counts for where hardly anything was simulated."""
FEWEST_FOR_ITS_WORTH = 30
PATHS, PATHS_OF_ALL, LARGE = 200, 64, 100_000
"""Paths of the doubtful ones; of a whole network, half of them where it has more stock points than ``LARGE``."""
DOUBTFUL, SAMPLE = 3_000, 1_000
"""Stock points simulated for their screened chance, and at random for the recalibration."""
LEAST_CHANCE, MOST_ROWS = 0.1, 5_000
LIKELY = 0.5
"""A chance from which on a warning comes before those that are less likely than not."""
KEPT_WITHIN = 0.95
"""Share of the paths that a raised budget is to last for."""
MONEY = "waiting, penalties, lost sales, emergencies"
RANKED = "What is likelier than not comes first; in either group, what costs most per day that is left to act."
RANKED_BY_TIME = "What is likelier than not comes first; in either group, the soonest, for waiting has no price here."
RANKED_MONEY_FIRST = (
    "What is likelier than not comes first; in either group, contracts and budgets by what they cost per day"
    " that is left to act, then stock-outs, the soonest first, for waiting has no price here."
)
FREE_LAST = "Contracts without a penalty come last."
LIKELIEST = "Only the likeliest stock-outs are listed."


@dataclass(frozen=True)
class Outlook:
    """What is coming."""

    warnings: pl.DataFrame
    """Schema WARNINGS"""
    expedites: pl.DataFrame
    """Schema EXPEDITES"""
    steps: pl.DataFrame
    """Schema STEPS"""
    chances: pl.DataFrame
    """Of every stock point with demand: part_id, place_id, screened, chance, low, high, paths"""
    paths: int
    events: int
    notices: tuple[str, ...]


def warn(
    network: Network,
    *,
    weeks: int = 8,
    paths: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Outlook:
    """Chances of stock-outs, late contracts and spent budgets within ``weeks`` from the network's opening state.

    The network has been checked. Raises Cancelled.
    """
    network, days = with_distances(network), weeks * WEEK_DAYS
    _say(progress, 0.02, "Screening every stock point")
    compiled = compile_universe(looking_ahead(network, days))
    screen = screened(network, days, compiled)
    shared = is_shared(network)
    chosen = network if shared else of_parts(network, _doubtful(screen, seed))
    count = paths or (PATHS if not shared else PATHS_OF_ALL // (2 if compiled.stocks.height > LARGE else 1))
    known = compiled if shared else None
    run = partial(run_forward, chosen, days=days, seed=seed, compiled=known, threads=threads, cancel=cancel)
    futures = run(paths=count, progress=_part(progress, 0.1, 0.7))
    chances = _chances(screen, futures, days)
    rows = [_stock_outs(network, chances, futures, screen, weeks), _contracts(network, futures, weeks)]
    if network["budgets"].height:
        free = run(paths=max(count // 2, 16), budgets=False, progress=_part(progress, 0.7, 0.85))
        rows.append(_budgets(network, free, weeks))
    ranked = ranked_warnings(pl.concat([WARNINGS.completed(table) for table in rows], how="diagonal_relaxed"))
    warned = ranked.filter(pl.col("kind") == "stock_out").head(MOST_POINTS)
    tried, orders = steps(network, warned, days=days, seed=seed + 1, threads=threads, cancel=cancel)
    tried = pl.concat([tried, _of_contracts(network, tried, ranked)])
    warnings = _with_action(ranked, tried).select(WARNINGS.names).cast(WARNINGS.schema)
    _say(progress, 1.0, "Warnings are ready")
    said = (
        f"{screen.points.height:,} stock points screened, {futures.points.height:,} simulated in {count} paths"
        + (" (the whole network, since parts share capacity or money)." if shared else "."),
        *_left_out(chances),
    )
    return Outlook(warnings, expedites(orders), tried, chances, count, futures.events, said)


def _left_out(chances: pl.DataFrame) -> list[str]:
    """That there are more stock-outs to warn of than are listed, if so."""
    worth = int((chances["chance"] >= LEAST_CHANCE).sum())
    if worth <= MOST_ROWS:
        return []
    return [
        f"{worth:,} stock points have a chance of {LEAST_CHANCE:.0%} or more: the {MOST_ROWS:,} likeliest are listed."
    ]


def _doubtful(screen: Screen, seed: int) -> list[str]:
    """Parts of the stock points that are likeliest to fail, and of some at random."""
    worst = np.argsort(-screen.chance, kind="stable")[:DOUBTFUL]
    some = np.random.default_rng(seed).choice(len(screen.chance), min(SAMPLE, len(screen.chance)), replace=False)
    return screen.points["part_id"][np.union1d(worst, some)].unique().to_list()


def _chances(screen: Screen, futures: Futures, days: float) -> pl.DataFrame:
    """The recalibrated screen and, where there are paths, both weighed together."""
    rows = futures.points.with_row_index("simulated").cast({"simulated": pl.Int64})
    found = screen.points.select(POINT).join(rows, on=list(POINT), how="left", maintain_order="left")
    simulated = found["simulated"].fill_null(-1).to_numpy()
    has = simulated >= 0
    hits = np.where(has, (futures.first_unfilled <= days).sum(axis=1)[simulated], 0).astype(np.float64)
    prior = recalibrated(screen.chance, screen.chance[has], hits[has] / futures.paths) if has.any() else screen.chance
    n = np.where(has, float(futures.paths), 0.0)
    worth = paths_worth(prior[has], hits[has], float(futures.paths))
    up, down = hits + worth * prior, n - hits + worth * (1.0 - prior)
    chance = up / (up + down)
    # limits are those of the paths alone (Jeffreys); without paths, of as many as the form counts for
    own_up, own_down = np.where(has, hits, up) + 0.5, np.where(has, n - hits, down) + 0.5
    low = np.where(has & (hits == 0), 0.0, np.minimum(betaincinv(own_up, own_down, 0.025), chance))
    high = np.where(has & (hits == n), 1.0, np.maximum(betaincinv(own_up, own_down, 0.975), chance))
    return screen.points.select(POINT).with_columns(
        pl.Series("screened", screen.chance), pl.Series("chance", chance),
        pl.Series("low", low), pl.Series("high", high),
        pl.Series("paths", n.astype(np.int64)), pl.Series("simulated", simulated),
    )  # fmt: skip


def paths_worth(prior: Floats, hits: Floats, paths: float) -> float:
    """How many paths stated chances count for beside ``hits`` of so many: the likeliest of a beta-binomial law.

    Chances that scatter no more than paths do are worth many; so the highest shares, which luck has raised, are
    believed no more than they deserve. PRIOR_PATHS where too few points were simulated.
    """
    if len(prior) < FEWEST_FOR_ITS_WORTH:
        return PRIOR_PATHS
    worths = np.geomspace(2.0, 500.0, 25)[:, None]
    up, down = worths * prior, worths * (1.0 - prior)
    likelihood = (betaln(hits + up, paths - hits + down) - betaln(up, down)).sum(axis=1)
    return float(worths[int(likelihood.argmax()), 0])


def _stock_outs(network: Network, chances: pl.DataFrame, futures: Futures, screen: Screen, weeks: int) -> pl.DataFrame:
    """A row for every stock point whose chance is worth a warning."""
    days = weeks * WEEK_DAYS
    chosen = np.flatnonzero((chances["chance"] >= LEAST_CHANCE).to_numpy())
    chosen = chosen[np.argsort(-chances["chance"].to_numpy()[chosen], kind="stable")][:MOST_ROWS]
    row = chances["simulated"].to_numpy()[chosen]
    known = row >= 0
    at = np.maximum(row, 0)
    first, receipt = futures.first_unfilled[at], futures.first_receipt[at]
    unit = network["parts"].select("part_id", "unit_cost")
    table = chances[chosen].drop("simulated").join(unit, on="part_id", how="left", maintain_order="left")
    demand = screen.rate[chosen] * screen.pieces[chosen] * days
    value = chances["chance"].to_numpy()[chosen] * screen.pieces[chosen] * table["unit_cost"].fill_null(0.0).to_numpy()
    in_money = bool(futures.money.any())
    lost = np.where(known, futures.money[at].mean(axis=1, dtype=np.float64), np.nan)
    table = table.with_columns(
        pl.Series("expected_money", lost if in_money else np.full(len(lost), np.nan)).fill_nan(None),
        pl.Series("value_short", value),
        pl.Series("days_left", np.where(known, _median(first), np.nan)).fill_nan(None),
        pl.Series("due_day", np.where(known, _median(receipt), np.nan)).fill_nan(None),
        pl.Series("on_hand", screen.on_hand[chosen]).cast(pl.Int64),
        pl.Series("under_way", screen.under_way[chosen]).cast(pl.Int64),
        pl.Series("owed", screen.owed[chosen]).cast(pl.Int64),
        pl.Series("demand", demand), pl.Series("lead_days", screen.lead_days[chosen]),
        kind=pl.lit("stock_out"), within_weeks=pl.lit(weeks, pl.Int64),
        money_basis=pl.lit(MONEY if in_money else None, pl.String),
        method=pl.when(pl.col("paths") > 0).then(pl.lit("simulated")).otherwise(pl.lit("screen")),
        warning_id=pl.format("stock_out:{}:{}", "part_id", "place_id"),
    ).rename({"low": "chance_low", "high": "chance_high"})  # fmt: skip
    return _with_sources(network, table).with_columns(reason=_reason())


def _with_sources(network: Network, table: pl.DataFrame) -> pl.DataFrame:
    """The first source of each row."""
    sourcing = network["sourcing"].sort("rank", "source_id")
    own = sourcing.filter(pl.col("part_id").is_not_null()).unique(POINT, keep="first", maintain_order=True)
    general = sourcing.filter(pl.col("part_id").is_null()).unique("place_id", keep="first", maintain_order=True)
    table = table.join(own.select(*POINT, "source_id"), on=list(POINT), how="left", maintain_order="left").join(
        general.select("place_id", general=pl.col("source_id")), on="place_id", how="left", maintain_order="left"
    )
    return table.with_columns(pl.coalesce("source_id", "general").alias("source_id")).drop("general")


def _reason() -> pl.Expr:
    """Why, in a few words."""
    owed, hand, way = pl.col("owed") > 0, pl.col("on_hand"), pl.col("under_way")
    pieces = pl.when(pl.col("owed") == 1).then(pl.lit("piece")).otherwise(pl.lit("pieces"))
    more = pl.when(pl.col("chance") >= LIKELY).then(pl.lit("will")).otherwise(pl.lit("may"))
    late = pl.col("due_day").is_null() | (pl.col("due_day") > pl.col("days_left"))
    return (
        pl.when(owed).then(pl.format("customers are waiting for {} {} already; more {} wait", "owed", pieces, more))
        .when((hand <= 0) & (way <= 0)).then(pl.lit("nothing on hand and nothing under way"))
        .when(hand <= 0).then(pl.lit("nothing on hand; what is under way comes late"))
        .when(way <= 0).then(pl.lit("what is on hand may not last and nothing is under way"))
        .when(late).then(pl.lit("what is on hand may be gone before what is under way comes"))
        .otherwise(pl.lit("more may be wanted than is on hand and under way"))
    )  # fmt: skip


def _of_contracts(network: Network, tried: pl.DataFrame, warnings: pl.DataFrame) -> pl.DataFrame:
    """Steps that help the stock points a customer buys from, under the warning of his contract."""
    broken = warnings.filter(pl.col("kind") == "contract_breach").select("customer_id", contract="warning_id")
    buys = network["demands"].select("customer_id", *POINT).unique(maintain_order=True)
    own = broken.join(buys, on="customer_id", how="inner", maintain_order="left_right")
    helping = tried.filter(pl.col("verdict") == "helps")
    found = own.join(helping, on=list(POINT), how="inner", maintain_order="left_right")
    found = found.sort("contract", "waiting_change", "chance_change", *POINT, "step")
    return found.with_columns(warning_id="contract").select(STEPS.names)


def _with_action(warnings: pl.DataFrame, tried: pl.DataFrame) -> pl.DataFrame:
    """What to do: the step that helps most; of a contract the first of those that help its parts."""
    told = pl.format("{} ({})", "title", effect())
    first = best(tried).select(
        "warning_id",
        pl.when(pl.col("warning_id").str.starts_with("contract_breach"))
        .then(pl.format("for {} at {}: {}", "part_id", "place_id", told)).otherwise(told).alias("step"),
    )  # fmt: skip
    found = warnings.join(first, on="warning_id", how="left", maintain_order="left")
    return found.with_columns(action=pl.coalesce("action", "step"))


def _contracts(network: Network, futures: Futures, weeks: int) -> pl.DataFrame:
    """Customers with a commitment whose goods may come late."""
    terms = network["customers"].filter(pl.col("commitment_days").is_not_null()).select("customer_id")
    rows = futures.customers.with_columns(
        pl.Series("hits", futures.late.sum(axis=1), pl.Float64), pl.Series("expected_money", futures.penalty)
    ).join(terms, on="customer_id", how="semi")
    return _of_paths(rows, futures.paths).with_columns(
        kind=pl.lit("contract_breach"), within_weeks=pl.lit(weeks, pl.Int64), money_basis=pl.lit("penalties"),
        warning_id=pl.format("contract_breach:{}", "customer_id"), method=pl.lit("simulated"),
        reason=pl.lit("pieces are expected later than the contract allows"),
    )  # fmt: skip


def _budgets(network: Network, free: Futures, weeks: int) -> pl.DataFrame:
    """Budgets that the purchases of the weeks would exceed if nothing held them back."""
    terms = network["budgets"].sort("budget_id")
    allowed = (terms["amount"] * (weeks * WEEK_DAYS / terms["period_days"])).to_numpy()
    beyond = np.maximum(free.spent - allowed[:, None], 0.0)
    raised = np.quantile(free.spent, KEPT_WITHIN, axis=1) / np.maximum(allowed, 1e-9) - 1.0
    rows = pl.DataFrame({"budget_id": free.budgets, "hits": (beyond > 0).sum(axis=1).astype(np.float64),
                         "expected_money": beyond.mean(axis=1), "raised": np.ceil(100.0 * raised)})  # fmt: skip
    return _of_paths(rows, free.paths).with_columns(
        kind=pl.lit("budget_overrun"), within_weeks=pl.lit(weeks, pl.Int64),
        money_basis=pl.lit("purchases beyond the budget, mean"), method=pl.lit("simulated"),
        warning_id=pl.format("budget_overrun:{}", "budget_id"),
        reason=pl.lit("more will be ordered than the budget of these weeks pays for"),
        action=pl.when(pl.col("raised") > 0).then(
            pl.format("raise it by {} % to last in 19 of 20 paths, or let orders of that worth wait",
                      pl.col("raised").cast(pl.Int64))
        ),
    )  # fmt: skip


def _of_paths(rows: pl.DataFrame, paths: int) -> pl.DataFrame:
    """Chances from shares of paths, smoothed (Jeffreys)."""
    up = rows["hits"].to_numpy() + 0.5
    down = paths + 1.0 - up
    return rows.with_columns(
        pl.Series("chance", up / (paths + 1.0)), pl.Series("chance_low", betaincinv(up, down, 0.025)),
        pl.Series("chance_high", betaincinv(up, down, 0.975)), paths=pl.lit(paths, pl.Int64),
    ).filter(pl.col("chance") >= LEAST_CHANCE)  # fmt: skip


def ranked_warnings(table: pl.DataFrame) -> pl.DataFrame:
    """What is likelier than not first; then by the money expected per day that is left to act.

    Without a price of waiting by the days left, the soonest first. Contracts and budgets have all of the time.
    Contracts without a penalty come after all else, since a breach of them costs nothing that is known.
    """
    left = pl.coalesce("days_left", pl.col("within_weeks") * WEEK_DAYS).clip(lower_bound=1.0)
    table = table.with_columns(
        free=without_penalty(), likely=pl.col("chance") >= LIKELY, left=left,
        daily=pl.col("expected_money").fill_null(0.0) / left,
    )  # fmt: skip
    falling = {"free": False, "likely": True, "daily": True, "left": False, "chance": True, "warning_id": False}
    ranked = table.sort(list(falling), descending=list(falling.values()))
    return ranked.with_columns(rank=pl.int_range(1, pl.len() + 1)).drop("free", "likely", "left", "daily")


def without_penalty() -> pl.Expr:
    """Whether a warning is of a contract whose breach costs nothing that is known."""
    return (pl.col("kind") == "contract_breach") & (pl.col("expected_money").fill_null(0.0) <= 0.0)


def ranking_words(warnings: pl.DataFrame) -> str:
    """How such a list is ranked, in a sentence."""
    stock_outs = warnings.filter(pl.col("kind") == "stock_out")
    unpriced = stock_outs.height and stock_outs["expected_money"].is_null().all()
    priced = warnings.filter(pl.col("expected_money") > 0).height > 0
    told = (RANKED_MONEY_FIRST if priced else RANKED_BY_TIME) if unpriced else RANKED
    free, others = (warnings.filter(own)["rank"] for own in (without_penalty(), ~without_penalty()))
    # lists kept by an earlier version are in another order
    last = free.len() and others.len() and int(free.to_numpy().min()) > int(others.to_numpy().max())
    return " ".join(words for words in (f"{told} {FREE_LAST}" if last else told, cut_words(warnings)) if words)


def cut_words(warnings: pl.DataFrame) -> str:
    """That there are more than are listed, where there may be; empty else."""
    return LIKELIEST if warnings.filter(pl.col("kind") == "stock_out").height >= MOST_ROWS else ""


def free_contracts_words(warnings: pl.DataFrame) -> str:
    """How many contracts without a penalty are likely to be missed, in a sentence; empty where none is."""
    count = warnings.filter(without_penalty(), pl.col("chance") >= LIKELY).height
    if not count:
        return ""
    return "1 contract without a penalty is likely to be missed too." if count == 1 else (
        f"{count:,} contracts without a penalty are likely to be missed too.")  # fmt: skip


def _median(times: NDArray[np.float32]) -> Floats:
    """Of the paths in which it happens; nan where it never does."""
    known = np.where(np.isfinite(times), times, np.nan).astype(np.float64)
    never = np.isnan(known).all(axis=1)
    known[never] = 0.0
    return np.where(never, np.nan, np.nanmedian(known, axis=1))


def _say(progress: Progress | None, share: float, text: str) -> None:
    if progress is not None:
        progress(share, text)


def _part(progress: Progress | None, start: float, end: float) -> Progress | None:
    if progress is None:
        return None
    return lambda share, text: progress(start + (end - start) * share, text)
