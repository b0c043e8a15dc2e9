"""What was found about the rows of a file: which do not apply, which cannot be read, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from spareverse.io.sheets import ROW

Kind = Literal["not applicable", "unreadable"]
_SCHEMA = {
    "index": pl.UInt32,
    "kind": pl.String,
    "column": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "remedy": pl.String,
}


@dataclass
class Findings:
    """Findings in the order they were made; the first one about a row decides what becomes of it."""

    rows: int
    _found: list[pl.DataFrame] = field(default_factory=list)

    def add(
        self,
        kind: Kind,
        mask: pl.Series,
        reason: str | pl.Series,
        *,
        column: str | None = None,
        value: pl.Series | None = None,
        remedy: str = "",
    ) -> None:
        """Every row where ``mask`` holds gets this finding."""
        index = mask.fill_null(value=False).arg_true()
        if not len(index):
            return
        self._found.append(
            pl.DataFrame({"index": index}).select(
                pl.col("index").cast(pl.UInt32),
                kind=pl.lit(kind),
                column=pl.lit(column, pl.String),
                value=value.gather(index) if value is not None else pl.lit(None, pl.String),
                reason=reason.gather(index) if isinstance(reason, pl.Series) else pl.lit(reason),
                remedy=pl.lit(remedy),
            )
        )

    def clean(self) -> pl.Series:
        """Rows without any finding."""
        mask = pl.repeat(True, self.rows, eager=True)
        if self._found:
            index = pl.concat([frame["index"] for frame in self._found]).unique()
            mask = mask.scatter(index, False)
        return mask

    def verdicts(self) -> pl.DataFrame:
        """One row per row found wanting: index, the first kind and reason, and all troubles of the same kind joined."""
        if not self._found:
            return pl.DataFrame(schema={**_SCHEMA, "first_reason": pl.String})
        found = pl.concat(self._found).with_columns(first=pl.col("kind").first().over("index"))
        same = found.filter(pl.col("kind") == pl.col("first")).drop("first")
        same = same.with_columns(first_reason=pl.col("reason").first().over("index"))
        # most rows have one finding: joining texts row by row is left to the few with more
        single = ~pl.col("index").is_duplicated()
        joined = (
            same.filter(~single)
            .group_by("index", maintain_order=True)
            .agg(
                pl.col("kind").first(),
                *(pl.col(name).drop_nulls().unique(maintain_order=True).str.join("; ") for name in ("column", "value")),
                pl.col("reason").unique(maintain_order=True).str.join("; "),
                pl.col("remedy").unique(maintain_order=True).str.join(" "),
                pl.col("first_reason").first(),
            )
        )
        return pl.concat([same.filter(single), joined]).sort("index")


def quarantine_rows(verdicts: pl.DataFrame, raw: pl.DataFrame, file_column: str, table: str) -> pl.DataFrame:
    """The unreadable rows with their raw cells as JSON text."""
    unreadable = verdicts.filter(pl.col("kind") == "unreadable")
    rows = raw[unreadable["index"]]
    cells = [name for name in raw.columns if not name.startswith("__")]
    record = rows.select(pl.struct(cells).struct.json_encode()).to_series() if cells else rows[file_column]
    return unreadable.select(
        pl.lit("").alias("import_id"),
        rows[file_column].alias("file"),
        pl.lit(table).alias("table"),
        rows[ROW].alias("row"),
        *(pl.col(name).replace("", None) for name in ("column", "value")),
        "reason",
        "remedy",
        record.alias("record"),
    )
