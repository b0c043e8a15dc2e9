"""The proof of a plan: contenders frozen at the end of the fit, replayed, their promises held against what came.

The plan's promise is the mean of replays of futures drawn from its own demand models; its 95 % band is their spread,
so that the few demands of a year, unknown rates and a drift of the whole portfolio are all in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.calibration.outcomes import Prices, equal_fill, summary
from spareverse.calibration.replay import LINES, LINES_MET, PIECES, PIECES_MET, STOCK, WAITED, Track, replay
from spareverse.calibration.rules import Rules
from spareverse.history.items import counted
from spareverse.jit import Cancel, Progress
from spareverse.network.plan_tables import ALL_PARTS, BACKTEST_EQUAL, BACKTEST_PARTS, BACKTEST_RESULTS, RULE_KNOWN
from spareverse.network.schema import Table

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

FUTURES = 60
FEWEST_LINES = 30
"""Fewer demand lines prove nothing: one line met or missed is a fill rate of all or nothing."""
EQUAL_FILL = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99)


@dataclass(frozen=True)
class Contender:
    """One way of planning at several settings; ``chosen`` is the one that stands for it."""

    rules: tuple[Rules, ...]
    chosen: int
    known: Booleans | None = None
    """[items] whose rule is known; None: all."""

    @property
    def policy(self) -> str:
        return self.rules[0].policy


@dataclass(frozen=True)
class Future:
    """Demand drawn from the models for the scored steps and lead times as expected at the fit, as in ``Track``."""

    event_starts: Integers
    event_step: Integers
    event_pieces: Floats
    lead_from: Integers
    lead_until: Integers
    lead_times: Floats


@dataclass(frozen=True)
class Expected:
    """What the models expected of the scored part, to say why a promise was missed; arrays are [items]."""

    lines: Floats
    """Demand lines in the scored part."""
    pieces: Floats
    lead_time: Floats
    """[steps]"""


@dataclass(frozen=True)
class Proof:
    """Tables of a back-test (schemas BACKTEST_RESULTS, BACKTEST_EQUAL, BACKTEST_PARTS), and whether the plan held: it
    failed where less was met than its promise allows; more than promised is said with its cause, and is no failure."""

    results: pl.DataFrame
    equal: pl.DataFrame
    parts: pl.DataFrame
    kept: bool
    cause: str


def prove(
    track: Track,
    contenders: Sequence[Contender],
    prices: Prices,
    keys: pl.DataFrame,
    *,
    future: Callable[[int], Future] | None = None,
    expected: Expected | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Proof:
    """Replay every contender at every setting; the first contender is the plan.

    ``keys``: one row per item with part_id, place_id, demand_class. ``future(seed)`` draws demand from the plan's
    models for its promise; without it nothing is promised. Where a contender's rule is not known for all items, all are
    compared on those it is known for: rows of the group ``RULE_KNOWN``, and stock at equal fill rate.
    """
    say = progress or (lambda _fraction, _what: None)
    counts: dict[str, Floats] = {}
    for number, contender in enumerate(contenders):
        at = counted(len(contender.rules), "setting", "settings")
        say(0.6 * number / len(contenders), f"Replaying {contender.policy} at {at}")
        counts[contender.policy] = replay(track, contender.rules, cancel)
    say(0.6, "Replaying what the plan's own models expect")
    groups = _groups(keys)
    plan = contenders[0]
    promised = _promise(track, plan.rules[plan.chosen], future, groups, cancel) if future else {}
    say(0.9, "Comparing at equal fill rate")
    known = np.logical_and.reduce([each.known for each in contenders if each.known is not None])
    compared = np.flatnonzero(known) if np.ndim(known) else np.arange(keys.height)
    if len(compared) < keys.height:
        groups[RULE_KNOWN] = compared
    realised = {name: summary(counts[plan.policy][plan.chosen], prices, chosen) for name, chosen in groups.items()}
    rows = [
        row
        for contender in contenders
        for row in _rows(contender, counts[contender.policy], prices, groups, promised, realised, expected, track)
    ]
    results = _frame(rows, BACKTEST_RESULTS)
    mine = results.filter((pl.col("policy") == plan.policy) & pl.col("chosen") & (pl.col("group") == ALL_PARTS))
    verdict = mine.row(0, named=True)
    say(1.0, "Done")
    return Proof(
        results,
        _equal({name: c[:, compared] for name, c in counts.items()}, prices.unit_cost[compared], plan.policy),
        _per_part(contenders, counts, prices, keys),
        verdict["verdict"] != "missed",
        verdict["cause"] or "",
    )


def _groups(keys: pl.DataFrame) -> dict[str, Integers]:
    """Items of the whole and of every demand class."""
    label = keys["demand_class"].fill_null("unknown")
    classes = {
        str(name): np.flatnonzero((label == name).to_numpy()) for name in sorted(label.unique().to_list()) if name
    }
    return {ALL_PARTS: np.arange(keys.height), **classes}


def _promise(
    track: Track,
    rule: Rules,
    future: Callable[[int], Future],
    groups: dict[str, Integers],
    cancel: Cancel | None,
) -> dict[str, tuple[float, float, float]]:
    """Fill rate of lines of each group over futures from the models: mean and 95 % band."""
    fills: dict[str, list[float]] = {name: [] for name in groups}
    for seed in range(FUTURES):
        drawn = future(seed)
        ahead = replace(track, **{each.name: getattr(drawn, each.name) for each in fields(drawn)})
        counts = replay(ahead, [rule], cancel)[0]
        for name, chosen in groups.items():
            lines = counts[chosen, LINES].sum()
            if lines > 0:
                fills[name].append(float(counts[chosen, LINES_MET].sum() / lines))
    return {
        name: (float(np.mean(found)), *promise_band(found))
        for name, found in fills.items()
        if len(found) > FUTURES // 2
    }


def promise_band(drawn: Sequence[float]) -> tuple[float, float]:
    """Limits between which one more draw lies 95 times in 100, however few were drawn (39 or more).

    Of n draws in order the next is as likely to fall into any of the n + 1 gaps; the usual quantile counts n - 1.
    """
    low, high = np.quantile(drawn, [0.025, 0.975], method="weibull")
    return float(low), float(high)


def _rows(
    contender: Contender,
    counts: Floats,
    prices: Prices,
    groups: dict[str, Integers],
    promised: dict[str, tuple[float, float, float]],
    plan: dict[str, dict[str, float]],
    expected: Expected | None,
    track: Track,
) -> list[dict[str, object]]:
    """One row per setting over all items and over those compared, and per class for the chosen setting."""
    rows = []
    for number, rule in enumerate(contender.rules):
        chosen = number == contender.chosen
        for group, members in groups.items():
            if group not in (ALL_PARTS, RULE_KNOWN) and not chosen:
                continue
            if contender.known is not None and group != RULE_KNOWN:
                continue
            row: dict[str, object] = {
                "policy": rule.policy,
                "setting": rule.setting,
                "chosen": chosen,
                "group": group,
                "verdict": "no promise",
                **summary(counts[number], prices, members),
            }
            if chosen and rule.promised_fill_rate is not None and group in promised:
                fill = plan[group]["fill_rate"]
                middle, low, high = promised[group]
                outcome = "exceeded" if fill > high else "missed" if fill < low else "kept"
                enough = plan[group]["lines"] >= FEWEST_LINES
                if np.isnan(fill):  # no line came: a promise neither kept nor broken
                    rows.append(row | {"cause": "No demand line came."})
                    continue
                row |= {
                    "promised_fill_rate": middle,
                    "promised_fill_rate_low": low,
                    "promised_fill_rate_high": high,
                    "verdict": outcome if enough else "not enough lines",
                    "cause": ""
                    if outcome == "kept"
                    else _cause(counts[number], rule, members, expected, track, fill > high),
                }
            rows.append(row)
    return rows


def _cause(
    counts: Floats, rule: Rules, members: Integers, expected: Expected | None, track: Track, better: bool
) -> str:
    """What differed from the models' expectation in the scored part, largest difference first."""
    if expected is None:
        return ""
    lines = counts[members, LINES]
    found = [
        _difference("demand lines", float(lines.sum()), float(expected.lines[members].sum())),
        _difference("pieces", float(counts[members, PIECES].sum()), float(expected.pieces[members].sum())),
    ]
    moved = members[lines > 0]
    if len(moved):
        sums = np.concatenate([[0.0], np.cumsum(track.lead_times)])
        real = (sums[track.lead_until] - sums[track.lead_from]) / (track.lead_until - track.lead_from)
        found.append(_difference("lead times", float(real[moved].mean()), float(expected.lead_time[moved].mean())))
    unstocked = rule.reorder_point[members] < 0
    if lines.sum() > 0 and unstocked.any():
        part = float(lines[unstocked].sum() / lines.sum())
        due = float(expected.lines[members][unstocked].sum() / max(expected.lines[members].sum(), 1e-300))
        found.append(
            (abs(part - due), f"{100 * part:.0f} % of the lines fell on parts not stocked, {100 * due:.0f} % expected")
        )
    largest = [text for size, text in sorted(found, reverse=True) if size >= 0.05]
    first = "Better than promised: " if better else "Worse than promised: "
    return first + ("; ".join(largest) if largest else "no single difference above 5 %; chance or model")


def _difference(what: str, real: float, expected: float) -> tuple[float, str]:
    """Relative size of a difference and the words for it."""
    if expected <= 0.0:
        return (0.0, "")
    change = real / expected - 1.0
    more, less = ("longer", "shorter") if what == "lead times" else ("more", "fewer")
    return (abs(change), f"{what} {100 * abs(change):.0f} % {more if change > 0 else less} than expected")


def _equal(counts: dict[str, Floats], unit_cost: Floats, plan: str) -> pl.DataFrame:
    # a contender with one setting is compared at its own fill rate
    alone = {
        float(found[0, :, LINES_MET].sum() / max(found[0, :, LINES].sum(), 1e-300))
        for name, found in counts.items()
        if len(found) == 1 and name != plan
    }
    targets = np.array(sorted({*EQUAL_FILL, *alone}))
    found = equal_fill(counts, unit_cost, targets, plan)
    names = [column.name for column in BACKTEST_EQUAL.columns[2:]]
    return _frame(
        [
            {"policy": policy, "fill_rate": wanted, **dict(zip(names, figures, strict=True))}
            for (policy, wanted), figures in found.items()
        ],
        BACKTEST_EQUAL,
    )


def _per_part(
    contenders: Sequence[Contender], counts: dict[str, Floats], prices: Prices, keys: pl.DataFrame
) -> pl.DataFrame:
    frames = []
    for contender in contenders:
        rule, c = contender.rules[contender.chosen], counts[contender.policy][contender.chosen]
        promise = rule.promised_fill_rate
        frames.append(
            keys.select("part_id", "place_id", "demand_class").with_columns(
                pl.lit(rule.policy).alias("policy"),
                pl.Series("reorder_point", rule.reorder_point.astype(np.float64)),
                pl.Series("order_quantity", rule.order_quantity.astype(np.float64)),
                pl.Series("lines", c[:, LINES].astype(np.int64)),
                pl.Series("lines_met", c[:, LINES_MET].astype(np.int64)),
                pl.Series("pieces", c[:, PIECES]),
                pl.Series("pieces_met", c[:, PIECES_MET]),
                pl.Series("wait_days", c[:, WAITED] * prices.step_days),
                pl.Series("stock_value", c[:, STOCK] * prices.unit_cost),
                pl.Series("orders", c[:, -1].astype(np.int64)),
                pl.Series("promised_fill_rate", promise if promise is not None else np.full(len(c), np.nan)).fill_nan(
                    None
                ),
            )
        )
        if contender.known is not None:
            frames[-1] = frames[-1].filter(contender.known)
    return pl.concat(frames).select(BACKTEST_PARTS.names)


def _frame(rows: list[dict[str, object]], table: Table) -> pl.DataFrame:
    full = [{name: row.get(name) for name in table.names} for row in rows]
    frame = pl.DataFrame(full, schema=dict.fromkeys(table.names), infer_schema_length=None)
    return frame.cast(table.schema).with_columns(
        pl.col(name).fill_nan(None) for name, kind in table.schema.items() if kind == pl.Float64
    )
