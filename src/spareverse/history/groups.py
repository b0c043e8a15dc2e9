"""Groups of parts that lend one another strength, from fine to coarse.

A part leans on the finest group that is large enough. Groups are made of what is known beforehand (supplier,
category, whether the part is bought at all), never of the counts they are to explain: a prior fitted to parts
chosen by their own demand would use the same data twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

EVERYTHING = "all parts"


@dataclass(frozen=True)
class Groups:
    """The group each part leans on, and the members of every group in use.

    A group's members are all parts that carry its label, also those that lean on a finer group: a row of
    ``member`` (part number) and ``member_group`` per membership.
    """

    number: Integers
    labels: list[str]
    member: Integers
    member_group: Integers

    def __len__(self) -> int:
        return len(self.labels)

    def label_of_part(self) -> pl.Series:
        return pl.Series(self.labels, dtype=pl.String).gather(self.number)


def choose_groups(levels: list[pl.Series], weight: Floats, least: float) -> Groups:
    """Give every part the first level (finest first) whose group has at least ``least`` in ``weight``.

    Each level is a label per part, empty where unknown. All parts together are the coarsest group.
    """
    count = len(weight)
    number = np.zeros(count, dtype=np.int64)
    labels = [EVERYTHING]
    member = [np.arange(count, dtype=np.int64)]
    member_group = [np.zeros(count, dtype=np.int64)]
    for level in reversed(levels):
        frame = pl.DataFrame({"label": level, "weight": weight})
        large = (
            frame.filter(pl.col("label") != "")
            .group_by("label")
            .agg(pl.col("weight").sum())
            .filter(pl.col("weight") >= least)
            .sort("label")
            .with_row_index("position")
        )
        position = (
            frame.join(large.select("label", "position"), on="label", how="left", maintain_order="left")["position"]
            .cast(pl.Int64)
            .fill_null(-1)
            .to_numpy()
        )
        chosen = np.flatnonzero(position >= 0)
        number[chosen] = position[chosen] + len(labels)
        member.append(chosen)
        member_group.append(position[chosen] + len(labels))
        labels.extend(large["label"].to_list())
    return Groups(number, labels, np.concatenate(member), np.concatenate(member_group))
