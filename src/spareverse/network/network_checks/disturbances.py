"""Disturbances that hit something, in the time of the run, by a factor that disturbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from spareverse.network.components import TARGET_KINDS
from spareverse.network.network_checks.draft import Draft, meant
from spareverse.network.network_checks.supply import supply_of
from spareverse.network.schema import FILE, ROW

EVERYTHING = "*"
TARGETS: Mapping[str, tuple[str, ...]] = {
    "outage": ("suppliers",),
    "capacity_loss": ("suppliers", "links"),
    "lead_time_stretch": ("suppliers", "links"),
    "demand_surge": ("places", "customers", "parts"),
    "link_closure": ("links",),
    "quality_hold": ("suppliers", "links", "places", "parts"),
}
"""What each kind concerns; of parts it is the group (category)."""
_FACTORS: Mapping[str, tuple[float, float, str]] = {
    "capacity_loss": (0.0, 1.0, "the share of capacity left, between 0 and 1"),
    "lead_time_stretch": (1.0, 1_000.0, "how many times longer it takes, above 1"),
    "demand_surge": (0.0, 1_000.0, "how many times the demand, above 0"),
}
_kind = pl.col("kind")


def disturbances_hit_something(draft: Draft) -> None:
    """The target is there, and is one that this kind can hit."""
    for kind, tables in TARGETS.items():
        if draft.misread.intersection(tables):
            continue
        known = pl.concat([_targets(draft, table) for table in tables])
        of_kind = draft["disturbances"].filter(_kind == kind, pl.col("target_id") != EVERYTHING)
        missed = of_kind.join(known, on="target_id", how="anti", maintain_order="left")
        if missed.is_empty():
            continue
        what = " nor a ".join(_SINGULAR[table] for table in tables)
        names = known["target_id"].unique(maintain_order=True)
        hints = {name: meant(name, names) for name in missed["target_id"].unique()}
        words = pl.lit(f"There is no such target of {kind}: it is {'neither' if len(tables) > 1 else 'not'} a {what}.")
        words = words + pl.col("target_id").replace_strict(hints, return_dtype=pl.String)
        draft.report(missed, "target_id", words, f"Name one, or {EVERYTHING} for all.")


def disturbances_hit_one_thing(draft: Draft) -> None:
    """A name that several components have is told apart by ``target_kind``, which fits the kind and the name."""
    for kind, tables in TARGETS.items():
        if draft.misread.intersection(tables):
            continue
        known = pl.concat([_targets(draft, table) for table in tables])
        having = known.group_by("target_id", maintain_order=True).agg(pl.col("having").unique(maintain_order=True))
        rows = (
            draft["disturbances"].filter(_kind == kind).join(having, on="target_id", how="inner", maintain_order="left")
        )
        named = pl.col("having").list
        bare = rows.filter(pl.col("target_kind").is_null(), named.len() > 1)
        if kind == "demand_surge":
            bare = bare.filter(~pl.col("target_id").is_in(_one_demand(draft, bare).implode()))
        words = pl.format("Both a {} have this name: which of them is meant is not said.", named.join(" and a "))
        remedy = f"Write in target_kind which is meant: {' or '.join(KIND_OF[table] for table in tables)}."
        draft.report(bare, "target_id", words, remedy)
        other = rows.filter(pl.col("target_kind").is_not_null(), ~named.contains(pl.col("target_kind")))
        words = pl.format("The target is a {}.", named.join(" and a "))
        draft.report(other, "target_kind", words, "Write that, or leave it empty where the name is that of one thing.")
    everything = pl.col("target_kind").is_not_null() & (pl.col("target_id") == EVERYTHING)
    reason = f"The target {EVERYTHING} is everything that the kind can hit."
    draft.reject("disturbances", everything, "target_kind", reason, "Leave it empty.")


def _one_demand(draft: Draft, rows: pl.DataFrame) -> pl.Series:
    """Names of which one meaning has all the demand of the others: a platform, say, which is its own customer."""
    streams = _streams(draft)
    one = []
    for target, having in rows.select("target_id", "having").unique().iter_rows():
        hits = [streams[kind].eq_missing(target) for kind in having]
        whole = streams.select(pl.any_horizontal(hits)).to_series().sum()
        if any(hit.sum() == whole for hit in hits):
            one.append(target)
    return pl.Series(one, dtype=pl.String)


KIND_OF: Mapping[str, str] = dict(
    zip(("suppliers", "links", "places", "customers", "parts"), TARGET_KINDS, strict=True)
)
"""Table -> how ``target_kind`` calls what it lists; of parts it is the group."""
_SINGULAR = {
    "suppliers": "supplier", "links": "link", "places": "place", "customers": "customer", "parts": "group of parts",
}  # fmt: skip


def _targets(draft: Draft, table: str) -> pl.DataFrame:
    """Names that can be hit: ``target_id``, and ``having``, what has it."""
    names = draft["parts"]["category"] if table == "parts" else draft.names(table)
    unique = names.drop_nulls().unique(maintain_order=True).alias("target_id")
    return unique.to_frame().with_columns(having=pl.lit(KIND_OF[table]))


def disturbances_are_scheduled_or_random(draft: Draft) -> None:
    """Each has a day to start on, or a mean time between: not both, not neither."""
    start, every = pl.col("start_day"), pl.col("every_days")
    both = start.is_not_null() & every.is_not_null()
    reason = "It has a day to start on and a mean time between."
    draft.reject(
        "disturbances", both, "every_days", reason, "Keep start_day for one on that day, every_days for random."
    )
    neither = start.is_null() & every.is_null()
    draft.reject("disturbances", neither, "start_day", "It never happens.", "Give start_day or every_days.")


def disturbances_fall_into_the_run(draft: Draft) -> None:
    """A scheduled one begins before the run ends."""
    run = draft["settings"].select((pl.col("warm_up_days") + pl.col("horizon_days")).max()).item()
    if run is not None:
        reason = f"It begins after the end of the run of {run:g} days."
        draft.reject("disturbances", pl.col("start_day") >= run, "start_day", reason, "Write a day of the run.")


def disturbances_have_their_factor(draft: Draft) -> None:
    """Kinds that change a speed or a rate say by how much; the others do not."""
    factor = pl.col("factor")
    for kind, (above, most, words) in _FACTORS.items():
        missing = (_kind == kind) & factor.is_null()
        draft.reject("disturbances", missing, "factor", f"A {kind} needs its factor.", f"Write {words}.")
        outside = (_kind == kind) & ((factor <= above) | (factor > most))
        draft.reject("disturbances", outside, "factor", f"No {kind} has this factor.", f"Write {words}.")
    unused = draft["disturbances"].filter(~_kind.is_in(list(_FACTORS)), factor.is_not_null())
    draft.doubt(unused, "a factor is not used by this kind of disturbance.")


def random_disturbances_do_not_meet(draft: Draft) -> None:
    """Of random disturbances that change the same speed, gate or rate, one works on a target."""
    random = draft["disturbances"].filter(pl.col("every_days").is_not_null(), pl.col("target_id").is_not_null())
    clashes = [random.clear()]
    for kinds, things in _ONE_PROFILE:
        alike = random.filter(_kind.is_in(kinds))
        if alike.height > 1:
            clashes.append(_meeting(alike, things(draft)))
    reason = "Another random disturbance changes the same speed, gate or rate of the same target."
    remedy = "Give one of them a start_day, make them one, or aim them at different targets."
    draft.report(pl.concat(clashes).unique([FILE, ROW]).sort(ROW), "target_id", reason, remedy)


def _suppliers(draft: Draft) -> pl.DataFrame:
    return draft.names("suppliers").alias("supplier").to_frame()


def _links(draft: Draft) -> pl.DataFrame:
    return draft.names("links").alias("link").to_frame()


def _streams(draft: Draft) -> pl.DataFrame:
    """What demand can be aimed at by: its place, its customer, the group of its part."""
    groups = draft["parts"].select("part_id", "category").unique("part_id")
    asked = [draft[name].select("part_id", "place_id", "customer_id") for name in _ASKING]
    rows = pl.concat(asked).join(groups, on="part_id", how="left")
    return rows.select(place="place_id", customer="customer_id", group="category").unique()


def _goods(draft: Draft) -> pl.DataFrame:
    """What goods can be aimed at by: who sends them (no supplier is a place), their link, the group of the part."""
    groups = draft["parts"].select("part_id", "category").unique("part_id")
    ends = ("source_id", "place_id")
    between = draft["links"].select("link_id", source_id="from_id", place_id="to_id").unique(ends)
    rows = supply_of(draft).join(between, on=ends, how="left", suffix="_between").join(groups, on="part_id", how="left")
    link = pl.coalesce("link_id", "link_id_between")
    return rows.select(supplier="source_id", place="source_id", link=link, group="category").unique()


_ASKING = ("demands", "demand_traces", "opening_backorders")
_ONE_PROFILE: tuple[tuple[tuple[str, ...], Callable[[Draft], pl.DataFrame]], ...] = (
    (("outage", "capacity_loss"), _suppliers), (("outage", "lead_time_stretch"), _suppliers),
    (("capacity_loss",), _links), (("lead_time_stretch",), _links), (("link_closure",), _links),
    (("demand_surge",), _streams), (("quality_hold",), _goods),
)  # fmt: skip
"""Kinds that change one and the same speed, gate or rate, and of what."""


def _meeting(random: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    """Disturbances that meet an earlier one; ``things`` has a row per target and a column per kind of name."""
    met = pl.repeat(value=False, n=things.height, eager=True)
    later = []
    for target, kind in random.select("target_id", "target_kind").iter_rows():
        hit = pl.repeat(target == EVERYTHING, things.height, eager=True)
        for column in things.columns:
            if kind in (None, column):
                hit |= things[column].eq_missing(target)
        later.append((hit & met).any())
        met |= hit
    return random.filter(pl.Series(later))


def losses_have_a_capacity(draft: Draft) -> None:
    """Doubt: capacity lost by a supplier whose capacity has no limits."""
    endless = draft["suppliers"].filter(pl.col("lines").is_null())["supplier_id"].drop_nulls()
    lost = draft["disturbances"].filter(
        _kind == "capacity_loss", pl.col("target_id").is_in(endless.implode()),
        pl.col("target_kind").fill_null("supplier") == "supplier",
    )  # fmt: skip
    draft.doubt(lost, "the supplier has no lines, so a loss of capacity changes nothing.")
