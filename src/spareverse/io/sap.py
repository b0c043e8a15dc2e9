"""SAP extracts of several tables -> one sheet of order lines, one of stock. Field names as in the mappings.

Goods receipts (EKBE) are netted against their reversals: a reversal takes back the latest receipts before it. A line
without receipts stays one open row; a line with several keeps one row per receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.io.date_formats import Order
from spareverse.io.dates import read_dates
from spareverse.io.numbers import read_numbers
from spareverse.io.sheets import DAMAGE, FILE, ROW, Sheet

_KEY = ["__order", "__item"]
_RECEIPT = ("101", "103", "105", "107", "109", "123")
_REVERSAL = ("102", "104", "106", "108", "110", "122", "124")
_FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "EKBE": ({"EBELN", "EBELP", "BUDAT"}, set()),
    "EKET": ({"EBELN", "EBELP", "EINDT"}, {"MATNR"}),
    "EKPO": ({"EBELN", "EBELP", "MATNR"}, {"BEDAT", "BUDAT"}),
    "EKKO": ({"EBELN", "BEDAT"}, {"EBELP"}),
}
"""Extract -> fields it has, fields it has not."""

Orders = Mapping[str, Mapping[str, Order]]


def extracts(sheets: list[Sheet]) -> dict[str, Sheet]:
    """Which sheet is which purchasing table; empty when they are no such extracts."""
    found: dict[str, Sheet] = {}
    for sheet in sheets:
        header = set(sheet.header)
        for name, (has, lacks) in _FIELDS.items():
            if name not in found and has <= header and not lacks & header:
                found[name] = sheet
                break
    return found if "EKPO" in found else {}


def join_purchases(found: Mapping[str, Sheet], orders: Orders) -> Sheet:
    """One row per receipt of every order item, with header, promise and state; orphans are marked as damaged."""
    if "EKKO" not in found:
        reason = "The order headers (EKKO: EBELN, LIFNR, BEDAT, WAERS) are missing, so no order date is known."
        raise InputRejected(reason, [Problem(reason, "Bring EKKO with EKPO.", file=found["EKPO"].file)])
    sign = _decimal_sign(found)
    items = _keyed(found["EKPO"])
    notices = [notice for sheet in found.values() for notice in sheet.notices]
    head = _keyed(found["EKKO"]).unique("__order", keep="last", maintain_order=True)
    head = head.select("__order", *(c for c in ("LIFNR", "BEDAT", "WAERS", "BSART") if c in head.columns))
    lines = items.join(head.drop(set(head.columns) & set(items.columns) - {"__order"}), on="__order", how="left",
                       maintain_order="left")  # fmt: skip
    ordered = lines.select(*_KEY, "BEDAT").unique(_KEY, keep="first")
    orphans: list[pl.DataFrame] = []
    if "EKET" in found:
        schedule, lost = _matched(found["EKET"], ordered)
        orphans.append(lost)
        lines = lines.join(_promises(found["EKET"].file, schedule, orders), on=_KEY, how="left", maintain_order="left")
    if "EKBE" in found:
        history, lost = _matched(found["EKBE"], ordered)
        orphans.append(lost)
        receipts, others = _receipts(found["EKBE"], history, orders, sign)
        if others:
            notices.append(f"{found['EKBE'].file}: {others:,} rows are no goods receipts and were left out.")
        lines = lines.join(receipts, on=_KEY, how="left", maintain_order="left")
    lines = _with_fields(lines, ("EINDT", "RECEIVED_ON", "RECEIVED_QUANTITY", "LOEKZ", "ELIKZ"))
    lines = lines.with_columns(
        STATUS=pl.when(pl.col("LOEKZ").is_not_null()).then(pl.lit("cancelled"))
        .when(pl.col("ELIKZ").is_not_null()).then(pl.lit("closed"))
    ).drop(_KEY)  # fmt: skip
    frame = pl.concat([lines, *(lost.drop(*_KEY, "BEDAT", strict=False) for lost in orphans)], how="diagonal")
    header = tuple(name for name in frame.columns if not name.startswith("__"))
    first = found["EKPO"]
    return replace(
        first, header=header, frame=frame.select(*header, FILE, ROW, DAMAGE), notices=tuple(notices), decimal=sign
    )


def add_up_stock(sheet: Sheet) -> Sheet:
    """Stock of all storage locations of a plant as one row; rows without a readable stock stay as they are."""
    key = ["MATNR", "WERKS"]
    texts = sheet.frame.select("LABST")
    stock = read_numbers(sheet.file, texts, titles={}, delimiter=sheet.delimiter, three_decimals=True).values["LABST"]
    frame = sheet.frame.select(*key, "LABST", FILE, ROW, DAMAGE).with_columns(__stock=stock)
    good = frame.filter(pl.col("__stock").is_not_null() & pl.col(DAMAGE).is_null())
    summed = good.group_by(key, maintain_order=True).agg(
        pl.col("__stock").sum().cast(pl.String).alias("LABST"), pl.col(FILE, ROW, DAMAGE).first()
    )
    rest = frame.filter(pl.col("__stock").is_null() | pl.col(DAMAGE).is_not_null()).select(summed.columns)
    notices = sheet.notices
    if summed.height < good.height:
        notices = (*notices, f"{good.height:,} storage locations were added up to {summed.height:,} rows by plant.")
    # the sums are written with a point, whatever the file uses
    frame = pl.concat([summed, rest])
    return replace(sheet, header=(*key, "LABST"), frame=frame, notices=notices, decimal=".")


def _keyed(sheet: Sheet) -> pl.DataFrame:
    """Rows with their order and item as join keys; leading zeros differ between extracts."""
    frame = sheet.frame.with_columns(__order=pl.col("EBELN").str.strip_chars_start("0"))
    if "EBELP" in frame.columns:
        frame = frame.with_columns(__item=pl.col("EBELP").str.strip_chars_start("0"))
    return frame


def _matched(sheet: Sheet, ordered: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that belong to an order item, with its order date; and the orphans, marked."""
    frame = _keyed(sheet)
    known = frame.join(ordered, on=_KEY, how="inner", maintain_order="left")
    lost = frame.join(ordered, on=_KEY, how="anti", maintain_order="left")
    return known, lost.with_columns(pl.lit("no order item (EKPO) belongs to this row").alias(DAMAGE))


def _promises(file: str, schedule: pl.DataFrame, orders: Orders) -> pl.DataFrame:
    """The last delivery date of the schedule of each item: the day the whole line is promised."""
    texts = schedule.select("BEDAT", "EINDT")
    dates = read_dates(file, texts, titles={}, events=[("BEDAT", "EINDT")], orders=orders)
    return schedule.with_columns(__day=dates.values["EINDT"]).group_by(_KEY, maintain_order=True).agg(
        EINDT=pl.coalesce(pl.col("__day").max().dt.to_string("%Y-%m-%d"), pl.col("EINDT").drop_nulls().first())
    )  # fmt: skip


def _receipts(sheet: Sheet, history: pl.DataFrame, orders: Orders, sign: str) -> tuple[pl.DataFrame, int]:
    """Net receipts by item and posting day, as text; and how many rows of the history are something else."""
    height = history.height
    if "VGABE" in history.columns:
        history = history.filter(pl.col("VGABE").str.strip_chars_start("0") == "1")
    history = _with_fields(history, ("BWART", "SHKZG", "MENGE"))
    history = history.with_columns(
        __sign=pl.when(pl.col("BWART").is_in(_RECEIPT)).then(1)
        .when(pl.col("BWART").is_in(_REVERSAL)).then(-1)
        .when(pl.col("BWART").is_null() & (pl.col("SHKZG") == "H")).then(-1)
        .when(pl.col("BWART").is_null()).then(1)
    ).filter(pl.col("__sign").is_not_null())  # fmt: skip
    texts = history.select("BEDAT", "BUDAT")
    dates = read_dates(sheet.file, texts, titles={}, events=[("BEDAT", "BUDAT")], orders=orders)
    sizes = read_numbers(sheet.file, history.select("MENGE"), titles={}, delimiter=sheet.delimiter, decimal=sign)
    history = history.with_columns(__day=dates.values["BUDAT"], __size=sizes.values["MENGE"].abs() * history["__sign"])
    readable = pl.col("__day").is_not_null() & pl.col("__size").is_not_null()
    net = _net(history.filter(readable).group_by(*_KEY, "__day").agg(pl.col("__size").sum()).sort(*_KEY, "__day"), sign)
    unreadable = history.filter(~readable).select(*_KEY, RECEIVED_ON=pl.col("BUDAT"), RECEIVED_QUANTITY=pl.col("MENGE"))
    return pl.concat([net, unreadable]), height - history.height


def _net(days: pl.DataFrame, sign: str) -> pl.DataFrame:
    """Receipts that stay when every reversal takes back the latest receipts before it.

    What is in for good after a day is the least of the balances from that day on.
    """
    balance = pl.col("__size").cum_sum().over(_KEY)
    for_good = pl.col("__balance").reverse().cum_min().reverse().over(_KEY).clip(lower_bound=0.0)
    stays = pl.col("__for_good") - pl.col("__for_good").shift(1, fill_value=0.0).over(_KEY)
    return (
        days.with_columns(__balance=balance)
        .with_columns(__for_good=for_good)
        .with_columns(__stays=stays)
        .filter(pl.col("__stays") > 0)
        .select(
            *_KEY,
            RECEIVED_ON=pl.col("__day").dt.to_string("%Y-%m-%d"),
            RECEIVED_QUANTITY=pl.col("__stays").cast(pl.String).str.replace(".", sign, literal=True),
        )
    )


def _decimal_sign(found: Mapping[str, Sheet]) -> str:
    """The one decimal sign of all extracts."""
    columns = [
        sheet.frame.select(pl.col(name).alias("number"))
        for sheet in found.values()
        for name in ("MENGE", "NETPR", "WEMNG")
        if name in sheet.frame.columns
    ]
    item = found["EKPO"]
    reading = read_numbers(
        item.file, pl.concat(columns), titles={"number": "MENGE"}, delimiter=item.delimiter, three_decimals=True
    )
    return reading.decimal


def _with_fields(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in names if name not in frame.columns)
