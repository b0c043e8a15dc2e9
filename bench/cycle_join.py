"""Sales inside each purchase cycle, three years at the case size: 96,000 cycles, 585,000 sales lines."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from measuring import Measurement, timed

from spareverse.history.cycles import safety_cover, sales_by_item, sum_inside

DAYS = 1_096


def measure(*, quick: bool) -> Iterator[Measurement]:
    cycles, sales, items = (9_600, 58_500, 2_000) if quick else (96_000, 585_000, 20_000)
    lines, demand, end = _history(cycles, sales, items)
    starts, day, total = sales_by_item(demand, items)
    item, start, stop = (
        lines["item"].to_numpy(),
        lines["ordered_on"].to_physical().to_numpy().astype(np.int64),
        end.to_physical().to_numpy().astype(np.int64),
    )
    cover, count = np.empty(cycles), np.empty(cycles, dtype=np.int64)
    library = _compile()
    pointers = [_pointer(array) for array in (item, start, stop, starts, day, total, cover, count)]
    seconds, cpu, _ = timed(lambda: sum_inside(item, start, stop, starts, day, total, cover, count), repeat=20)
    c_seconds, _, _ = timed(lambda: library.sum_inside(ctypes.c_int64(cycles), *pointers), repeat=20)
    yield Measurement(
        "loop over sorted sales", seconds * 1e3, "ms", "the same loop in C", c_seconds * 1e3, cpu_seconds=cpu
    )

    ours, cpu, (cover, count) = timed(lambda: safety_cover(lines, demand, items, end), repeat=5)
    sale_item = demand["item"].to_numpy()
    sale_day = demand["ordered_on"].to_physical().to_numpy().astype(np.int64)
    first = min(int(sale_day.min()), int(start.min()))
    shifted = (start - first, stop - first, sale_day - first, demand["quantity"].to_numpy())
    c_cover, c_count = np.empty(cycles), np.empty(cycles, dtype=np.int64)

    def in_c() -> tuple[Any, Any]:
        library.join(
            ctypes.c_int64(cycles),
            *map(_pointer, (item, *shifted[:2])),
            ctypes.c_int64(sales),
            *map(_pointer, (sale_item, *shifted[2:])),
            ctypes.c_int64(items),
            ctypes.c_int64(DAYS + 1_000),
            _pointer(c_cover),
            _pointer(c_count),
        )
        return c_cover, c_count

    peers: dict[str, Callable[[], tuple[Any, Any]]] = {
        "C, counting sort and loop": in_c,
        "Polars join_asof": lambda: _polars(lines, demand, end),
        "DuckDB 'asof' join": lambda: _duckdb(lines, demand, end),
        "pandas merge and group": lambda: _pandas(lines, demand, end),
    }
    for name, peer in peers.items():
        theirs, _, answer = timed(peer, repeat=2)
        same = np.allclose(answer[0], cover) and np.array_equal(answer[1], count)
        remark = "" if same else "DIFFERENT ANSWER"
        yield Measurement("whole join", ours * 1e3, "ms", name, theirs * 1e3, cpu_seconds=cpu, remark=remark)


def _history(cycles: int, sales: int, items: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    random = np.random.default_rng(2023)
    weight = random.gamma(0.4, 1.0, items)
    chance = weight / weight.sum()
    day = (np.datetime64("2020-03-01") + random.integers(0, DAYS, cycles)).astype("datetime64[D]")
    lead_time = np.ceil(random.weibull(2.12, cycles) * 81.79).astype(np.int64)
    lines = pl.DataFrame({"item": random.choice(items, cycles, p=chance), "ordered_on": day})
    demand = pl.DataFrame(
        {
            "item": random.choice(items, sales, p=chance),
            "ordered_on": (np.datetime64("2020-03-01") + random.integers(0, DAYS, sales)).astype("datetime64[D]"),
            "quantity": random.geometric(0.41, sales).astype(np.float64),
        }
    )
    return lines, demand, pl.Series("end", day + lead_time)


def _compile() -> ctypes.CDLL:
    folder = Path(tempfile.mkdtemp())
    source, library = Path(__file__).with_suffix(".c"), folder / "cycle_join.so"
    subprocess.run(["gcc", "-O3", "-march=native", "-shared", "-fPIC", source, "-o", library], check=True)
    loaded = ctypes.CDLL(str(library))
    loaded.sum_inside.restype = loaded.join.restype = None
    return loaded


def _pointer(array: np.ndarray[Any, Any]) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def _polars(lines: pl.DataFrame, demand: pl.DataFrame, end: pl.Series) -> tuple[Any, Any]:
    day = pl.duration(days=1)
    running = (
        demand.group_by("item", "ordered_on")
        .agg(pl.col("quantity").sum(), pl.len().alias("lines"))
        .sort("item", "ordered_on")
        .with_columns(
            pl.col("quantity").cum_sum().over("item").alias("total"), pl.col("lines").cum_sum().over("item").alias("n")
        )
        .sort("ordered_on")
        .select("item", "ordered_on", "total", "n")
    )
    sides = []
    for bound in (lines["ordered_on"], end):
        keys = pl.DataFrame({"row": range(len(lines)), "item": lines["item"], "at": bound}).with_columns(
            pl.col("at") - day
        )
        sides.append(
            keys.sort("at")
            .join_asof(running, left_on="at", right_on="ordered_on", by="item", check_sortedness=False)
            .sort("row")
            .select(pl.col("total").fill_null(0.0), pl.col("n").fill_null(0))
        )
    start, stop = sides
    return (stop["total"] - start["total"]).to_numpy(), (stop["n"].cast(int) - start["n"].cast(int)).to_numpy()


def _duckdb(lines: pl.DataFrame, demand: pl.DataFrame, end: pl.Series) -> tuple[Any, Any]:
    import duckdb

    base = duckdb.connect()
    base.register("cycle", _frame(lines.with_columns(end.alias("until")).with_row_index("row")))
    base.register("sale", _frame(demand))
    found = base.execute(
        """
        with running as (
            select item, ordered_on, sum(sum(quantity)) over w as total, sum(count(*)) over w as n
            from sale group by item, ordered_on window w as (partition by item order by ordered_on)
        ), a as (select row, total, n from cycle asof left join running r
                 on cycle.item = r.item and cycle.ordered_on > r.ordered_on),
           b as (select row, total, n from cycle asof left join running r
                 on cycle.item = r.item and cycle.until > r.ordered_on)
        select coalesce(b.total, 0) - coalesce(a.total, 0) as cover, coalesce(b.n, 0) - coalesce(a.n, 0) as n
        from a join b using (row) order by row
        """
    ).fetchnumpy()
    return found["cover"], found["n"]


def _pandas(lines: pl.DataFrame, demand: pl.DataFrame, end: pl.Series) -> tuple[Any, Any]:
    cycle, sale = _frame(lines.with_columns(end.alias("end"))), _frame(demand.rename({"ordered_on": "sold_on"}))
    both = cycle.reset_index().merge(sale, on="item")
    inside = both[(both["sold_on"] >= both["ordered_on"]) & (both["sold_on"] < both["end"])]
    grouped = inside.groupby("index")["quantity"].agg(["sum", "size"]).reindex(range(len(cycle)), fill_value=0)
    return grouped["sum"].to_numpy(), grouped["size"].to_numpy()


def _frame(table: pl.DataFrame) -> Any:
    """As pandas, without needing Arrow's own package."""
    import pandas as pd

    return pd.DataFrame({name: table[name].to_numpy() for name in table.columns})
