"""What others did better than the plan is said, and nothing where they did not."""

from __future__ import annotations

import polars as pl

from spareverse.explainer.rivals import better_rivals
from tests import fixtures_plan as made


def test_nothing_is_said_where_the_plan_is_best() -> None:
    assert better_rivals(made.backtest_results(), made.backtest_equal(), "EUR") == ()


def test_less_stock_at_an_equal_fill_rate_is_said_and_whether_it_may_be_chance() -> None:
    croston = pl.col("policy") == "croston-normal"
    clear = croston & (pl.col("fill_rate") == 0.9)
    equal = made.backtest_equal().with_columns(
        *(
            pl.when(clear)
            .then(value)
            .when(croston & (pl.col("fill_rate") == 0.7))
            .then(value + 0.1)
            .otherwise(name)
            .alias(name)
            for name, value in (("ratio", 0.8), ("ratio_low", 0.72), ("ratio_high", 0.91))
        )
    )
    (said,) = better_rivals(made.backtest_results(), equal, "EUR")
    assert said == (
        "Croston and normal held less stock than the plan at 70 % and 90 % of the lines met at once: 0.80 [0.72-0.91] "
        "times as much at 90 %."
    )
    wide = equal.with_columns(pl.when(clear).then(1.1).otherwise("ratio_high").alias("ratio_high"))
    (said,) = better_rivals(made.backtest_results(), wide, "EUR")
    assert said.endswith("which may be chance.")


def test_less_cost_for_as_many_lines_is_said() -> None:
    cheap = pl.when(pl.col("policy") == "months-of-cover").then(pl.col("cost") * 0.2).otherwise("cost").alias("cost")
    (said,) = better_rivals(made.backtest_results().with_columns(cheap), made.backtest_equal(), "CHF")
    assert said.startswith("Months of cover would cost less than the plan where it meets as many lines, ")
    assert "CHF/year instead of" in said
