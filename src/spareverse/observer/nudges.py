"""Candidate nudges: small changes of a network that its waiting and its costs point at. Each is a scenario.

Where customers wait, more cover; where stock lies idle, less; where a cause of waiting is charged (a queue, a budget,
an outage, a late supplier), less of the cause. None is shown before it has been simulated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from spareverse.network.components import ORDER_LINE
from spareverse.network.network import Network
from spareverse.network.scenario import Override, Scenario

POINT = ("part_id", "place_id")
PLACES_TRIED, CATEGORIES_TRIED, ENTITIES_TRIED = 4, 3, 2
POINTS_IN_A_LIST, MOVES_IN_A_LIST, ORDERS_IN_A_LIST = 40, 20, 20
MORE, LESS, MUCH_MORE = 1.15, 0.85, 1.4
BATCHES = (0.7, 1.4)
OF_SUPPLIERS = ("disruption", "lead time beyond plan", "capacity queue")
MORE_BUDGET = 1.1
LEAST_SHARE = 0.02
"""Of all waiting: a cause that is charged less is not worth a nudge."""
MOST_WRITTEN = 2_000
"""A change that would name more parts or stock points than this is written for those simulated alone."""
OF_SAMPLE = "The change written names the parts simulated; the figures are of doing it for all."
AMONG_SAMPLE = "Chosen among the parts simulated; no other part is touched."


@dataclass(frozen=True)
class Nudge:
    """A scenario and what it is about."""

    kind: str
    title: str
    scenario: Scenario
    part_id: str | None = None
    place_id: str | None = None
    source_id: str | None = None
    one_off_cost: float | None = None
    remark: str = ""
    named: bool = False
    """Whether it is about the stock points it names; else it is meant for all of a kind, be they simulated or not."""
    whole: Nudge | None = None
    """The same for the whole company, where ``scenario`` is for a sample of its parts and would be another."""

    @property
    def id(self) -> str:
        return self.scenario.name


def candidates(
    network: Network,
    points: pl.DataFrame,
    causes: pl.DataFrame,
    expedites: pl.DataFrame | None = None,
    whole: Network | None = None,
) -> list[Nudge]:
    """Nudges worth a try, from the means per stock point (schema POINTS) and the charges of waiting (CAUSE_TABLE).

    ``expedites``: open orders found worth hurrying (schema EXPEDITES). ``whole``: the company of whose parts the
    network has a sample; nudges know what they are there.
    """
    # those that shorten a wait only, keeping no stock-out away, are a matter of their warning
    late = None if expedites is None else expedites.filter(pl.col("chance_change_high") < 0)
    hurried = () if late is None or late.is_empty() else (_expedite(network, late),)
    of_kinds = [
        *_levels(network, points, whole or network),
        *_batches(network, points),
        *_against(network, causes, whole or network),
    ]
    of_points = [*_lists(network, points), *_moves(network), *hurried]
    said = "" if whole is None else AMONG_SAMPLE
    return [*of_kinds, *(replace(one, named=True, remark=f"{said} {one.remark}".strip()) for one in of_points)]


def _for_all(nudge: Nudge, whole: Nudge) -> Nudge:
    """A nudge of a sample with what it is in the whole, or with a word that it cannot be written for so many."""
    if nudge == whole:
        return nudge
    if len(whole.scenario.overrides) > MOST_WRITTEN:
        return replace(nudge, remark=f"{nudge.remark} {OF_SAMPLE}".strip())
    return replace(nudge, whole=whole)


def _of(table: str, column: str, factor: float, **where: str) -> Override:
    return Override(table, column, where, factor=factor)


def _raised(factor: float, **where: str) -> tuple[Override, ...]:
    """Reorder points and order-up-to levels of some stock points."""
    return tuple(_of("stock", column, factor, **where) for column in ("reorder_point", "order_up_to"))


def _levels(network: Network, points: pl.DataFrame, whole: Network) -> Iterator[Nudge]:
    """More cover where most wait for it, less where stock costs most and nobody waits: by place and by category."""
    parts = network["parts"].select("part_id", "category")
    rows = points.join(parts, on="part_id", how="left")
    for column, count, word in (("place_id", PLACES_TRIED, "at"), ("category", CATEGORIES_TRIED, "for")):
        by = rows.filter(pl.col(column).is_not_null()).group_by(column).agg(
            pl.col("waiting_piece_days", "holding_cost").sum()
        )  # fmt: skip
        if by.height < 2 and column == "category":
            continue
        waiting = by.filter(pl.col("waiting_piece_days") > 0).sort(
            "waiting_piece_days", column, descending=[True, False]
        )
        holding = by.filter(pl.col("holding_cost") > 0).sort("holding_cost", column, descending=[True, False])
        turned = [(name, factor) for name in waiting[column].head(count) for factor in (MORE, MUCH_MORE)]
        turned += [(name, LESS) for name in holding[column].head(count)]
        for name, factor in turned:
            title = f"{'Lower' if factor == LESS else 'Raise'} reorder points {word} {name}"
            yield _for_all(*(_level_nudge(one, column, name, factor, title) for one in (network, whole)))


def _level_nudge(network: Network, column: str, name: str, factor: float, title: str) -> Nudge:
    percent = abs(round(100 * (factor - 1.0)))
    if column == "place_id":
        overrides = _raised(factor, place_id=name)
    else:
        own = network["parts"].filter(pl.col("category") == name)["part_id"]
        overrides = tuple(one for part in own for one in _raised(factor, part_id=part))
    label = f"level {column.removesuffix('_id')} {name} {factor:g}"
    return Nudge("stock_level", f"{title} by {percent} %", Scenario(label, title, overrides),
                 place_id=name if column == "place_id" else None)  # fmt: skip


def _lists(network: Network, points: pl.DataFrame) -> Iterator[Nudge]:
    """The stock points where one more piece is worth most: waiting (and what it costs) against the cost of holding."""
    prices = network["parts"].select("part_id", pl.col("unit_cost").fill_null(0.0))
    rules = network["stock"].select(*POINT, "policy", "reorder_point", "order_up_to")
    rows = points.join(prices, on="part_id", how="left").join(rules, on=list(POINT), how="inner")
    money = pl.col("waiting_cost") + pl.col("penalty_cost") + pl.col("lost_sales_cost") + pl.col("emergency_cost")
    worth = (money + pl.col("waiting_piece_days") * 1e-3) / (pl.col("unit_cost") + 1.0)
    best = rows.with_columns(worth.alias("worth")).filter(pl.col("worth") > 0)
    best = best.sort("worth", *POINT, descending=[True, False, False]).head(POINTS_IN_A_LIST)
    if best.is_empty():
        return
    for share in (MORE, MUCH_MORE):
        overrides = []
        for row in best.iter_rows(named=True):
            where = {name: row[name] for name in POINT}
            for column in ("reorder_point", "order_up_to"):
                level = int(row[column] or 0)
                if column == "reorder_point" or level:
                    overrides.append(Override("stock", column, where, value=level + max(1, round(level * (share - 1)))))
        title = f"Raise the reorder points of the {best.height} stock points where waiting costs most"
        label = f"level list {share:g}"
        yield Nudge("stock_level", f"{title}, by {round(100 * (share - 1))} % and one piece at least",
                    Scenario(label, title, tuple(overrides)))  # fmt: skip


def _batches(network: Network, points: pl.DataFrame) -> Iterator[Nudge]:
    """Larger or smaller batches at the places that order and hold most."""
    batched = network["stock"].filter((pl.col("policy") == "reorder_point") & (pl.col("order_quantity") > 1))
    by = points.join(batched.select(POINT), on=list(POINT), how="semi").group_by("place_id").agg(
        (pl.col("ordering_cost") + pl.col("holding_cost")).sum().alias("cost")
    )  # fmt: skip
    for place in by.sort("cost", "place_id", descending=[True, False])["place_id"].head(2):
        for factor in BATCHES:
            word = "larger" if factor > 1 else "smaller"
            title = f"Order {abs(round(100 * (factor - 1)))} % {word} batches at {place}"
            scenario = Scenario(
                f"batch {place} {factor:g}", title, (_of("stock", "order_quantity", factor, place_id=place),)
            )
            yield Nudge("batch", title, scenario, place_id=place)


def _against(network: Network, causes: pl.DataFrame, whole: Network) -> Iterator[Nudge]:
    """Less of what waiting is charged to, by the critical path: queues, budgets, disruptions, late suppliers."""
    total = float(causes["critical_seconds"].sum() or 0.0)
    if total <= 0:
        return
    charged = causes.group_by("cause", "entity_kind", "entity_id").agg(pl.col("critical_seconds").sum() / total)
    charged = charged.filter(pl.col("critical_seconds") >= LEAST_SHARE).sort(
        "critical_seconds", "cause", "entity_kind", "entity_id", descending=[True, False, False, False]
    )
    queues, spent = (
        charged.filter(pl.col("entity_kind") == kind, pl.col("cause") == cause)["entity_id"].head(ENTITIES_TRIED)
        for kind, cause in (("supplier", "capacity queue"), ("budget", "budget"))
    )
    yield from (_capacity(network, name, whole) for name in queues)
    yield from (_budget(name) for name in spent)
    late = charged.filter((pl.col("entity_kind") == "supplier") & pl.col("cause").is_in(OF_SUPPLIERS))
    suppliers = late.group_by("entity_id").agg(pl.col("critical_seconds").sum()).sort(
        "critical_seconds", "entity_id", descending=[True, False]
    )  # fmt: skip
    for supplier in suppliers["entity_id"].head(ENTITIES_TRIED):
        yield from map(_for_all, _second_source(network, supplier), _second_source(whole, supplier))


def _capacity(network: Network, supplier: str, whole: Network) -> Nudge:
    """One more line; of a sample, in which a supplier has fewer, as many more as that is in the whole."""
    has, of_all = (
        int(one["suppliers"].row(by_predicate=pl.col("supplier_id") == supplier, named=True)["lines"])
        for one in (network, whole)
    )
    more = max(1, round(of_all / has))
    return _for_all(_more_lines(supplier, has, 1), _more_lines(supplier, of_all, more))


def _more_lines(supplier: str, has: int, more: int) -> Nudge:
    title = f"{'One more line' if more == 1 else f'{more} more lines'} at {supplier} (it has {has})"
    change = Override("suppliers", "lines", {"supplier_id": supplier}, value=has + more)
    remark = f"The cost of the line{'' if more == 1 else 's'} is not in it."
    return Nudge("capacity", title, Scenario(f"capacity {supplier}", title, (change,)), source_id=supplier,
                 remark=remark)  # fmt: skip


def _budget(budget: str) -> Nudge:
    percent = round(100 * (MORE_BUDGET - 1))
    title = f"Raise the budget {budget} by {percent} %"
    scenario = Scenario(f"budget {budget}", title, (_of("budgets", "amount", MORE_BUDGET, budget_id=budget),))
    return Nudge("budget", title, scenario)


def _second_source(network: Network, supplier: str) -> Iterator[Nudge]:
    """Share the pieces of what this supplier sends with the next source in rank, where there is one."""
    rows = network["sourcing"].filter(pl.col("part_id").is_not_null())
    first = rows.filter((pl.col("source_id") == supplier) & (pl.col("rank") == 1)).select(POINT)
    several = rows.group_by(POINT).agg(pl.col("source_id").n_unique().alias("sources")).filter(pl.col("sources") > 1)
    one_by_one = network["stock"].filter(pl.col("sourcing_rule") == "first").select(POINT)
    both = first.unique(maintain_order=True).join(several, on=list(POINT), how="semi")
    chosen = both.join(one_by_one, on=list(POINT), how="semi")
    if chosen.is_empty():
        return
    overrides = tuple(
        Override("stock", "sourcing_rule", {"part_id": part, "place_id": place}, value="share")
        for part, place in chosen.rows()
    )
    title = f"Buy {chosen.height} stock points of {supplier} from their second source too, in equal shares"
    yield Nudge("second_source", title, Scenario(f"second source {supplier}", title, overrides), source_id=supplier)


def _moves(network: Network) -> Iterator[Nudge]:
    """Pieces from where more lies than the rule wants to where the same part is owed or gone."""
    stock = network["stock"].filter(pl.col("initial_stock").is_not_null())
    owed = network["opening_backorders"].group_by(POINT).agg(pl.col("quantity").sum().alias("owed"))
    wanted = pl.max_horizontal("reorder_point", "order_up_to").fill_null(0)
    rows = stock.join(owed, on=list(POINT), how="left").with_columns(
        pl.col("owed").fill_null(0), spare=pl.col("initial_stock") - wanted - 1
    )
    lacking = rows.filter((pl.col("initial_stock") - pl.col("owed") <= 0) & (wanted > 0))
    giving = rows.filter(pl.col("spare") > 0).sort("spare", "place_id", descending=[True, False])
    giving = giving.unique("part_id", keep="first", maintain_order=True)
    pairs = lacking.join(giving, on="part_id", suffix="_from").filter(pl.col("place_id") != pl.col("place_id_from"))
    pairs = pairs.sort("owed", "part_id", "place_id", descending=[True, False, False])
    pairs = pairs.unique("part_id", keep="first", maintain_order=True).head(MOVES_IN_A_LIST)
    if pairs.is_empty():
        return
    overrides = []
    for row in pairs.iter_rows(named=True):
        pieces = int(min(row["spare_from"], max(row["owed"], 1)))
        for place, new in (
            (row["place_id"], row["initial_stock"] + pieces),
            (row["place_id_from"], row["initial_stock_from"] - pieces),
        ):
            overrides.append(
                Override("stock", "initial_stock", {"part_id": row["part_id"], "place_id": place}, value=int(new))
            )
    title = f"Move pieces of {pairs.height} parts from where more lies than wanted to where they are missing"
    yield Nudge("move_stock", title, Scenario("move stock", title, tuple(overrides)),
                remark="The transport between the places is not in it.")  # fmt: skip


def _expedite(network: Network, expedites: pl.DataFrame) -> Nudge:
    """The open orders that were found worth hurrying."""
    chosen = expedites.sort("rank").head(ORDERS_IN_A_LIST)
    keys = (*POINT, "ordered_days_ago", *(column.name for column in ORDER_LINE))
    overrides = tuple(
        Override(
            "opening_orders", "due_in", {key: row[key] for key in keys if row[key] is not None},
            value=f"{row['sooner_day']:.2f} d",
        )
        for row in chosen.iter_rows(named=True)
    )  # fmt: skip
    fees = network["sourcing"].group_by(POINT).agg(pl.col("emergency_cost").max())
    cost = float(chosen.join(fees, on=list(POINT), how="left")["emergency_cost"].fill_null(0.0).sum())
    title = f"Expedite {chosen.height} open order{'' if chosen.height == 1 else 's'}"
    remark = "" if cost else "What hurrying costs is not known and not in it."
    return Nudge("expedite", title, Scenario("expedite", title, overrides), one_off_cost=cost or None, remark=remark)
