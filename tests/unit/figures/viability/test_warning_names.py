"""Names beside the dots of the first warnings."""

from __future__ import annotations

import polars as pl

from spareverse.figures.viability.warnings import warning_scatter
from tests import fixtures_observation as made


def test_names_of_warnings_that_would_meet_are_left_out() -> None:
    rows = made.warnings().head(1).to_dicts()[0] | {"chance": 0.4, "expected_money": 100.0}
    near = [rows | {"warning_id": str(at), "rank": at + 1, "expected_money": 100.0 + at} for at in range(3)]
    far = [rows | {"warning_id": "far", "rank": 4, "expected_money": 3_000.0}]
    figure = warning_scatter(pl.DataFrame([*near, *far], schema=made.warnings().schema), "EUR")
    dots = [dot for one in figure.options["series"] for dot in one["data"] if isinstance(dot, dict)]
    assert [dot["name"].split(".")[0] for dot in dots if "label" in dot] == ["1", "4"]


def test_names_near_one_another_on_an_axis_from_zero_are_left_out() -> None:
    """700, 650 and 600 of 800 lie closer than a line of text."""
    row = made.warnings().head(1).to_dicts()[0] | {"chance": 0.99}
    near = [row | {"warning_id": str(at), "rank": at + 1, "expected_money": 700.0 - 20 * at} for at in range(3)]
    figure = warning_scatter(pl.DataFrame(near, schema=made.warnings().schema), "EUR")
    named = [dot for one in figure.options["series"] for dot in one["data"] if isinstance(dot, dict) and "label" in dot]
    assert len(named) == 1
