"""What recommendations do and what came of them: by the declared names of verdicts."""

from __future__ import annotations

import polars as pl

from spareverse.figures.viability.effects import VERDICT_COLOURS, recommendation_forest
from spareverse.network.observer_tables import ADVICE_VERDICTS
from spareverse.network.reply_tables import FOLLOW_UP_VERDICTS
from tests import fixtures_observation as made


def test_verdicts_go_by_their_declared_names() -> None:
    assert set(VERDICT_COLOURS) <= set(FOLLOW_UP_VERDICTS)
    rows = made.tables()["recommendations"]
    assert recommendation_forest(rows, "EUR").drawn
    assert not recommendation_forest(rows.with_columns(verdict=pl.lit(ADVICE_VERDICTS[1])), "EUR").drawn
