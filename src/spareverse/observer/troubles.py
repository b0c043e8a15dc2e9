"""Alarms of what may be one trouble taken together: a supplier with his lanes and parts, a part with its demand.

Alarms of one subject are one trouble where they point the same way. A subject's trouble is evidence of the trouble of
what it belongs to (a lane's and a part's of the supplier's, a part's of its category's, a category's of the company's)
where both changed the same way within half a year of one another; of demand only where the part did not change much
more than the whole, for that would be a trouble of its own. This sorts the list; it does not prove a cause.
"""

from __future__ import annotations

import polars as pl

from spareverse.history.history import History
from spareverse.network.observer_tables import ALARMS, TROUBLES
from spareverse.observer.demand_alarms import COMPANY
from spareverse.observer.series_alarms import NETWORK

NEAR_DAYS = 183.0
MUCH_MORE = 2.0
"""Times the change of the whole, on a logarithmic scale."""
KINDS = ("company", "network", "category", "supplier", "place", "lane", "part")
"""The widest first."""
_PLURALS = {"company": "company", "network": "network", "category": "categories"}
_SUPPLY = ("lead time", "lateness", "spread of lead times")
_SCATTER = ("dispersion", "spread of lead times")
_SUBJECT = ["family", "subject_kind", "subject_id", "place"]
_UNIT = [*_SUBJECT, "way"]
_SURE = ["q_value", "p_value", *ALARMS.identity]
_BELONGS = dict.fromkeys((*_SUBJECT, "of_kind", "of"), pl.String)
_EPSILON = 0.05


def belonging(history: History) -> pl.DataFrame:
    """What belongs to what in a record: columns family, subject_kind, subject_id, place, of_kind, of."""
    window = history.window
    lines = history.lines.filter(
        pl.col("flag").is_null() & pl.col("ordered_on").is_between(window.since, window.until, closed="left")
    ).select("part_id", "place_id", "supplier_id").drop_nulls("supplier_id")  # fmt: skip
    counted = lines.group_by("part_id", "place_id", "supplier_id").len().sort("len", "supplier_id", descending=True)
    main = counted.unique(["part_id", "place_id"], keep="first", maintain_order=True)
    categories = history.items.select("part_id", "place_id", "category")
    known = categories.drop_nulls("category").unique("category", maintain_order=True)
    found = [
        _belongs(counted.unique(["supplier_id", "place_id"], maintain_order=True), "supply", "lane", "supplier_id",
                 "supplier", pl.col("supplier_id")),
        _belongs(main, "supply", "part", "part_id", "supplier", pl.col("supplier_id")),
        _belongs(categories.drop_nulls("category"), "demand", "part", "part_id", "category", pl.col("category")),
        _belongs(categories, "demand", "part", "part_id", "company", pl.lit(COMPANY)),
    ]  # fmt: skip
    for family in ("demand", "concentration"):
        none = known.with_columns(place_id=pl.lit(None, pl.String))
        found.append(_belongs(none, family, "category", "category", "company", pl.lit(COMPANY)))
    return pl.concat(found)


def belonging_of_run(alarms: pl.DataFrame) -> pl.DataFrame:
    """The same of a simulated run: every place belongs to the network."""
    places = alarms.filter(pl.col("subject_kind") == "place").select("subject_id").unique(maintain_order=True)
    none = places.with_columns(place_id=pl.lit(None, pl.String))
    return pl.concat(
        [_belongs(none, family, "place", "subject_id", "network", pl.lit(NETWORK)) for family in ("demand", "run")]
    )


def _belongs(rows: pl.DataFrame, family: str, kind: str, column: str, of_kind: str, of: pl.Expr) -> pl.DataFrame:
    return rows.select(
        pl.lit(family).alias("family"), pl.lit(kind).alias("subject_kind"), pl.col(column).alias("subject_id"),
        pl.col("place_id").fill_null("").alias("place"), pl.lit(of_kind).alias("of_kind"), of.alias("of"),
    ).cast(_BELONGS)  # type: ignore[arg-type]  # fmt: skip


def troubles(alarms: pl.DataFrame, belongs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(alarms with the number of their trouble, TROUBLES), the surest trouble first.

    alarms
        Schema ALARMS.
    belongs
        As ``belonging`` or ``belonging_of_run`` make it.
    """
    if alarms.is_empty():
        return alarms, TROUBLES.empty()
    rows = _ways(alarms.sort(_SURE, nulls_last=True))
    units = rows.unique(_UNIT, keep="first", maintain_order=True).with_row_index("group").cast({"group": pl.Int64})
    top = _tops(units, belongs)
    rows = rows.join(units.select(*_UNIT, "group"), on=_UNIT, maintain_order="left")
    rows = rows.join(top, on="group", maintain_order="left").with_columns(
        trouble=pl.col("top").rank("dense").cast(pl.Int64)
    )
    found = _table(rows)
    return rows.select(ALARMS.names), found


def _ways(alarms: pl.DataFrame) -> pl.DataFrame:
    """Alarms with family, place, way (direction, of scatter that of what scatters), moment and size of the change."""
    stream = pl.col("stream")
    family = (
        pl.when(stream.is_in(_SUPPLY)).then(pl.lit("supply"))
        .when(stream.is_in(["demand", "dispersion"])).then(pl.lit("demand"))
        .when(stream.str.starts_with("concentration")).then(pl.lit("concentration"))
        .otherwise(pl.lit("run"))
    )  # fmt: skip
    rows = alarms.with_columns(
        family=family, place=pl.col("place_id").fill_null(""),
        moment=pl.coalesce(pl.col("since").to_physical().cast(pl.Float64), "since_day"),
        size=((pl.col("after") + _EPSILON) / (pl.col("before") + _EPSILON)).log(),
    )  # fmt: skip
    level = pl.col("direction").filter(~stream.is_in(_SCATTER)).first().over(_SUBJECT)
    own = pl.when(stream.is_in(_SCATTER)).then(pl.coalesce(level, "direction")).otherwise(pl.col("direction"))
    # stock falls where waiting grows
    return rows.with_columns(way=pl.when(pl.col("family") == "run").then(pl.lit("")).otherwise(own.fill_null("")))


def _tops(units: pl.DataFrame, belongs: pl.DataFrame) -> pl.DataFrame:
    """Columns group, top: the widest unit it is evidence of, itself where there is none."""
    wider = units.select(
        "family", "way", pl.col("subject_kind").alias("of_kind"), pl.col("subject_id").alias("of"),
        pl.col("group").alias("above"), pl.col("moment").alias("then"), pl.col("size").alias("whole"),
    )  # fmt: skip
    near = (pl.col("moment") - pl.col("then")).abs() <= NEAR_DAYS
    alike = (pl.col("family") != "demand") | (pl.col("size").abs() <= MUCH_MORE * pl.col("whole").abs()).fill_null(True)
    above = (
        units.join(belongs, on=_SUBJECT, maintain_order="left_right")
        .join(wider, on=["family", "way", "of_kind", "of"], maintain_order="left_right")
        .filter(near & alike)
        .unique("group", keep="first", maintain_order=True)
        .select("group", "above")
    )
    top = units.select("group", pl.col("group").alias("top"))
    # a part, its category, the company
    for _ in range(2):
        step = above.rename({"group": "top"})
        top = top.join(step, on="top", how="left", maintain_order="left").select(
            "group", pl.coalesce("above", "top").alias("top")
        )
    return top


def _table(rows: pl.DataFrame) -> pl.DataFrame:
    """TROUBLES of alarms with their numbers and units, sorted by how sure they are."""
    head = rows.filter(pl.col("group") == pl.col("top")).unique("trouble", keep="first", maintain_order=True)
    first = rows.filter(pl.col("group") == pl.col("top")).group_by("trouble", maintain_order=True).agg(
        pl.col("raised", "raised_day").min()
    )  # fmt: skip
    every = rows.group_by("trouble", maintain_order=True).agg(
        pl.col("q_value").min(), pl.len().alias("alarms"),
        pl.col("raised").max().alias("last"), pl.col("raised_day").max().alias("last_day"),
    )  # fmt: skip
    subjects = rows.unique(["trouble", "subject_kind", "subject_id", "place"], maintain_order=True)
    counted = {
        (trouble, kind): count
        for trouble, kind, count in subjects.group_by("trouble", "subject_kind", maintain_order=True).len().iter_rows()
    }
    streams = dict(rows.group_by("trouble", maintain_order=True).agg(pl.col("stream").unique().sort()).iter_rows())
    texts = {
        trouble: f"{', '.join(names)}: " + ", ".join(
            f"{count} {kind if count == 1 else _PLURALS.get(kind, kind + 's')}"
            for kind in KINDS if (count := counted.get((trouble, kind)))
        )
        for trouble, names in streams.items()
    }  # fmt: skip
    return (
        head.drop("raised", "raised_day", "q_value").join(first, on="trouble").join(every, on="trouble")
        .with_columns(evidence=pl.col("trouble").replace_strict(texts, return_dtype=pl.String))
        .sort("trouble").select(pl.col(name).cast(kind) for name, kind in TROUBLES.schema.items())
    )  # fmt: skip
