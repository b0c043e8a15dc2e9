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
