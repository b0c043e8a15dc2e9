"""Why a plan holds what it holds, in one sentence."""

from __future__ import annotations

import polars as pl
import pytest

from spareverse.optimisation.portfolio.plan_rows import _reason


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (1 / 450, "; the plan pays up to 462 EUR."),
        (1 / 3_550, "; a limit asks for it, else the plan pays up to 462 EUR."),
    ],
)
def test_a_step_dearer_than_the_plan_pays_is_there_for_a_limit(gain: float, said: str) -> None:
    row = pl.DataFrame(
        {
            "gain_per_money": [gain],
            "margin": [1 / 462],
            "stocked": [True],
            "reorder_point": [3.0],
            "floor": [-1],
            "enters_at": [1.0],
            "ended": [False],
            "superseded": [False],
            "decided": [False],
        }
    )
    assert row.select(_reason("lines", "EUR")).item().endswith(said)
