"""The ways people write dates, told apart by their shape."""

from __future__ import annotations

from typing import Literal

import polars as pl

Order = Literal["day", "month"]
"""What comes first where a date is written with two numbers and a year."""
ORDERS: tuple[Order, Order] = ("day", "month")

EMPTY_TEXTS = ("n/a", "na", "#n/a", "#na", "null", "none", "nan", "nat", "-", "--", "?", "tbd", "open")
_ZERO_DATE = r"^0+([-/.]0+)*$|^99991231$|^9999-12-31$|^31[./-]12[./-]9999$|^12/31/9999$"
_TIME = (
    r"(?:T|\s+)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
CENTURY_PIVOT = 69
"""Two-digit years from here on belong to the twentieth century."""

_MONTHS = {
    1: "jan january januar jän jänner janvier janv gennaio gen enero ene",
    2: "feb february februar février fevrier févr fevr febbraio febrero",
    3: "mar march märz mrz maerz mär mars marzo",
    4: "apr april avril avr aprile abril abr",
    5: "may mai maggio mag mayo",
    6: "jun june juni juin giugno giu junio",
    7: "jul july juli juillet juil luglio lug julio",
    8: "aug august août aout agosto ago",
    9: "sep sept september septembre settembre set septiembre",
    10: "oct october oktober okt octobre ottobre ott octubre",
    11: "nov november novembre noviembre",
    12: "dec december dezember dez décembre decembre déc dicembre dic diciembre",
}
MONTH_NUMBER = {name: str(number) for number, names in _MONTHS.items() for name in names.split()}


def classified(texts: pl.Series) -> pl.DataFrame:
    """Every text with what it is: empty, family and label of its format, and its date under each reading.

    Columns: text, empty, family (null: not ambiguous), padded, label, fixed (the date, where it is certain),
    day, month (the date if that comes first).
    """
    text = pl.col("text")
    frame = texts.to_frame().with_columns(
        bare=text.str.strip_chars()
        .str.replace(r"^\pL{2,10}\.?,\s+", "")
        .str.replace(_TIME, "")
        .str.replace(r"^(\d{8})T?\d{6}$", "${1}"),
        empty=text.str.to_lowercase().is_in(EMPTY_TEXTS) | text.str.contains(_ZERO_DATE),
    )
    bare = pl.col("bare")
    frame = frame.with_columns(
        iso=bare.str.extract_groups(r"^(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})$"),
        compact=bare.str.extract_groups(r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$"),
        both=bare.str.extract_groups(r"^(?P<a>\d{1,2})(?P<s>[-/. ])\s?(?P<b>\d{1,2})[-/. ]\s?(?P<y>\d{4}|\d{2})$"),
        named=bare.str.extract_groups(
            r"^(?P<d>\d{1,2})(?:st|nd|rd|th|er)?\.?(?P<s>[-/ ]*)(?P<m>\pL{3,10})\.?[-/., ]*(?P<y>\d{4}|\d{2})$"
        ),
        named_first=bare.str.extract_groups(
            r"^(?P<m>\pL{3,10})\.?[-/ ]*(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/., ]+(?P<y>\d{4}|\d{2})$"
        ),
        serial=pl.when(bare.str.contains(r"^[2-7]\d{4}(\.\d+)?$")).then(bare),
    )

    def part(group: str, name: str) -> pl.Expr:
        return pl.col(group).struct.field(name)

    def month(group: str) -> pl.Expr:
        return part(group, "m").str.to_lowercase().replace_strict(MONTH_NUMBER, default=None)

    serial_date = pl.lit("1899-12-30").str.to_date() + pl.duration(days=pl.col("serial").cast(pl.Float64).floor())
    first, second, year = part("both", "a"), part("both", "b"), part("both", "y")
    short_year = year.str.len_chars() == 2
    separator = part("both", "s")
    padded = (first.str.len_chars() == 2) & (second.str.len_chars() == 2)
    return frame.select(
        "text",
        "empty",
        family=pl.when(first.is_not_null() & ~pl.col("empty")).then(
            pl.concat_str(separator, pl.when(short_year).then(pl.lit("yy")).otherwise(pl.lit("yyyy")))
        ),
        padded=padded,
        label=pl.coalesce(
            pl.concat_str(pl.lit("yyyy"), part("iso", "s"), pl.lit("mm"), part("iso", "s"), pl.lit("dd")),
            pl.when(part("compact", "y").is_not_null()).then(pl.lit("yyyymmdd")),
            _named_label("named"),
            pl.when(part("named_first", "m").is_not_null()).then(
                pl.concat_str(pl.lit("Mon d, "), _year_label(part("named_first", "y")))
            ),
            pl.when(pl.col("serial").is_not_null()).then(pl.lit("Excel serial number")),
        ),
        fixed=pl.when(~pl.col("empty")).then(
            pl.coalesce(
                _date(part("iso", "y"), part("iso", "m"), part("iso", "d")),
                _date(part("compact", "y"), part("compact", "m"), part("compact", "d")),
                _date(part("named", "y"), month("named"), part("named", "d")),
                _date(part("named_first", "y"), month("named_first"), part("named_first", "d")),
                serial_date,
            )
        ),
        day=_date(year, second, first),
        month=_date(year, first, second),
    )


def _date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    century = pl.when(year.cast(pl.Int32, strict=False) < CENTURY_PIVOT).then(pl.lit("20")).otherwise(pl.lit("19"))
    full = pl.when(year.str.len_chars() == 2).then(pl.concat_str(century, year)).otherwise(year)
    date = pl.concat_str(full, month, day, separator="-").str.to_date("%Y-%m-%d", strict=False)
    return pl.when(date.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)).then(date)


def _named_label(group: str) -> pl.Expr:
    separator = pl.col(group).struct.field("s")
    year = _year_label(pl.col(group).struct.field("y"))
    return pl.concat_str(pl.lit("d"), separator, pl.lit("Mon"), separator, year)


def _year_label(year: pl.Expr) -> pl.Expr:
    return pl.when(year.str.len_chars() == 2).then(pl.lit("yy")).when(year.is_not_null()).then(pl.lit("yyyy"))


def label_of(family: str, order: Order, *, padded: bool) -> str:
    """A family and its order as people write it, such as ``dd.mm.yyyy``."""
    separator, year = family[0], family[1:]
    day, month = ("dd", "mm") if padded else ("d", "m")
    first, second = (day, month) if order == "day" else (month, day)
    return f"{first}{separator}{second}{separator}{year}"


def order_of_format(pattern: str) -> tuple[str, Order] | None:
    """(family, order) that a written format such as ``dd.mm.yyyy`` or ``%m/%d/%y`` stands for; None = unambiguous."""
    text = pattern.strip()
    if text.lower() in ORDERS:
        return "*", "day" if text.lower() == "day" else "month"
    for code, letters in (("%d", "dd"), ("%m", "mm"), ("%Y", "yyyy"), ("%y", "yy"), ("%b", "Mon"), ("%B", "Mon")):
        text = text.replace(code, letters)
    text = text.lower()
    if "mon" in text or "mmm" in text or text.startswith("y") or "d" not in text or "m" not in text:
        return None
    separators = [character for character in text if character in "-/. "]
    if not separators:
        return None
    year = "yyyy" if "yyyy" in text else "yy"
    return f"{separators[0]}{year}", "day" if text.index("d") < text.index("m") else "month"
