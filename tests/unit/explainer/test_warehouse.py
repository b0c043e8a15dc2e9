"""A study in sentences: the decision first, every number traced, noise called noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding import check
from spareverse.explainer.warehouse import decision
from spareverse.figures import numbers
from spareverse.network.study import Fee, Option, Study
from spareverse.network.study_answers import NOT_ENOUGH, STUDY_ANSWERS
from spareverse.network.study_tables import STUDY_LINES, STUDY_RESULTS

PUBLISHED = {
    "1 physical": (0.87, 1_345_124.0, 3.0, 2_680.0),
    "2 digital": (0.719, 706_500.0, 0.0, 0.0),
    "3 enhanced": (0.984, 2_005_577.0, 7.5, 1_020.0),
    "4 hybrid": (0.985, 2_020_943.0, 4.0, 0.0),
}
SWITCHES = (("2 digital", 1, None, 24.1), ("1 physical", 2, 24.1, 33.1), ("3 enhanced", 3, 33.1, 68.6))


@pytest.fixture
def study() -> Study:
    fees = {"2 digital": 1312.5, "4 hybrid": 2625.0}
    options = tuple(Option(name, "physical", fee=Fee(per_month=fees.get(name, 0.0))) for name in PUBLISHED)
    return Study("platform", STUDY_LINES.empty(), options, currency="NOK")


@pytest.fixture
def tables() -> dict[str, pl.DataFrame]:
    """The published figures, with limits of half a per cent around them."""
    measures = ("availability", "total_cost", "unused_pieces", "co2_kg", "downtime_cost", "unused_value")
    rows: list[dict[str, Any]] = []
    for option, values in PUBLISHED.items():
        named = dict(zip(measures, (*values, 0.0, 1_500.0 * values[2]), strict=True))
        rows += [
            {"option": option, "measure": name, "mean": x, "low": 0.995 * x, "high": 1.005 * x, "unit": ""}
            for name, x in named.items()
        ]
    frames = {name: table.empty() for name, table in STUDY_RESULTS.items()}
    frames["options"] = pl.DataFrame(rows, schema_overrides={"mean": pl.Float64}).select(
        pl.col(name) if name in rows[0] else pl.lit(None, pl.Float64).alias(name)
        for name in STUDY_RESULTS["options"].names
    )
    runs = [{"option": option, "replication": r} for option in PUBLISHED for r in range(200)]
    frames["replications"] = pl.DataFrame(runs)
    return frames


@pytest.fixture
def answers() -> dict[str, pl.DataFrame]:
    frames = {name: table.empty() for name, table in STUDY_ANSWERS.items()}
    best = {
        "part_id": "", "best_option": "2 digital", "total_cost": 706_500.0, "availability": 0.719,
        "runner_up": "1 physical", "saving": 638_624.0, "saving_low": 630_000.0, "saving_high": 647_000.0,
        "most_available": "4 hybrid", "verdict": "clear",
    }  # fmt: skip
    frames["best_options"] = _frame("best_options", [best])
    last = ("4 hybrid", 4, 68.6, None)
    frames["downtime_switches"] = _frame(
        "downtime_switches",
        [
            {"option": option, "rank": rank, "from_cost": low, "to_cost": high, "verdict": "clear"}
            | {f"from_cost_{side}": low * by if low else None for side, by in (("low", 0.97), ("high", 1.03))}
            for option, rank, low, high in (*SWITCHES, last)
        ],
    )
    frames["break_even"] = _frame(
        "break_even",
        [
            {"option": "2 digital", "against": "1 physical", "part_id": "", "lever": "fee_per_month",
             "includes_downtime": False, "today": 1312.5, "value": 3973.0, "value_low": 3937.0, "value_high": 4009.0,
             "verdict": "cheaper"},
            {"option": "4 hybrid", "against": "1 physical", "part_id": "", "lever": "fee_per_month",
             "includes_downtime": False, "today": 2625.0, "verdict": "never"},
        ],
    )  # fmt: skip
    return frames


def _frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    table = STUDY_ANSWERS[name]
    return pl.DataFrame([{column: row.get(column) for column in table.names} for row in rows], schema=table.schema)


def test_without_a_cost_of_down_time_the_switches_are_the_decision(
    study: Study, tables: dict[str, pl.DataFrame], answers: dict[str, pl.DataFrame]
) -> None:
    told = decision(study, tables, answers)
    edges = [numbers.measured(at, 0.97 * at, 1.03 * at, "NOK/h") for at in (24.1, 33.1, 68.6)]
    assert told.headline == (
        f"What an hour down costs decides: 2 digital is cheapest below {edges[0]}, 1 physical up to {edges[1]}, "
        f"3 enhanced up to {edges[2]}, 4 hybrid above."
    )
    assert check(told.text, told.facts) == []
    fee = numbers.measured(3973.0, 3937.0, 4009.0, "NOK/month")
    assert f"The subscription of 2 digital pays up to {fee} against 1 physical" in told.text
    assert "4 hybrid would cost more than 1 physical even without its fee" in told.text
    assert "whichever piece comes first" in told.text
    assert "CO2 under 1 physical and 0 kg under" in told.text


def test_with_a_cost_of_down_time_the_cheapest_is_named_and_the_switches_follow(
    study: Study, tables: dict[str, pl.DataFrame], answers: dict[str, pl.DataFrame]
) -> None:
    priced = pl.when(pl.col("measure") == "downtime_cost").then(50_000.0).otherwise(pl.col("mean"))
    told = decision(study, {**tables, "options": tables["options"].with_columns(mean=priced)}, answers)
    assert told.headline.startswith(
        "2 digital is the cheapest of 4 options: 706,000 NOK [703,000-710,000] over 20 years"
    )
    assert "What an hour down costs decides" in told.text
    assert check(told.text, told.facts) == []


def test_a_lead_within_the_noise_is_not_called_a_lead(
    study: Study, tables: dict[str, pl.DataFrame], answers: dict[str, pl.DataFrame]
) -> None:
    noisy = answers["best_options"].with_columns(verdict=pl.lit(NOT_ENOUGH))
    text = decision(study, tables, {**answers, "best_options": noisy}).text
    assert "not clear of noise: run more replications" in text
    assert "the next cheapest" not in text


def test_more_availability_is_told_only_where_it_is_clear_of_noise(
    study: Study, tables: dict[str, pl.DataFrame], answers: dict[str, pl.DataFrame]
) -> None:
    pair = {"option": "4 hybrid", "against": "2 digital", "measure": "availability", "mean": 0.266, "high": 0.28}

    def told(low: float) -> str:
        row = {**pair, "low": low, "variance_ratio": 2.0}
        declared = STUDY_RESULTS["differences"]
        frame = pl.DataFrame([{name: row[name] for name in declared.names}], schema=declared.schema)
        return decision(study, {**tables, "differences": frame}, answers).text

    assert "4 hybrid works more of the time" in told(0.25)
    assert "works more of the time" not in told(-0.01)


def test_the_target_is_met_only_by_the_whole_interval(
    study: Study, tables: dict[str, pl.DataFrame], answers: dict[str, pl.DataFrame]
) -> None:
    def told(target: float) -> str:
        narrative = decision(replace(study, target_availability=target), tables, answers)
        assert check(narrative.text, narrative.facts) == []
        return narrative.text

    assert "The target of 97 % is reached by 3 enhanced and 4 hybrid." in told(0.97)
    assert "No option reaches the target of 98.2 %" in told(0.982), "both means lie above it, the intervals do not"


def test_one_option_alone_is_not_called_the_best(study: Study, tables: dict[str, pl.DataFrame]) -> None:
    empty = {name: table.empty() for name, table in STUDY_ANSWERS.items()}
    assert "nothing to compare" in decision(study, tables, empty).headline


def test_what_is_rounded_is_rounded_right_and_coarse_rounding_is_said() -> None:
    sure = (Fact("cost", 2_016_123.4, "NOK"),)
    assert check("2,016,100 NOK", sure) == []
    assert check("2,017,000 NOK", sure)
    assert check("2,100,000 NOK", sure)
    assert check("about 2,000,000 NOK", sure) == []


def test_the_cheapest_that_reaches_the_target_is_recommended_and_the_cheapest_named(
    study: Study, tables: dict[str, pl.DataFrame], answers: dict[str, pl.DataFrame]
) -> None:
    chosen = {"fact_id": "recommended_option", "about": "3 enhanced", "text": "3 enhanced", "verdict": "clear"}
    made = {**answers, "recommendation": _frame("recommendation", [chosen])}
    told = decision(replace(study, target_availability=0.97), tables, made)
    assert "Recommended: 3 enhanced, the cheapest that reaches the target of 97 %; 2 digital misses it" in told.text
    assert check(told.text, told.facts) == []
    cheapest = {**made, "recommendation": _frame("recommendation", [{**chosen, "text": "2 digital"}])}
    assert "Recommended: 2 digital, the cheapest." in decision(study, tables, cheapest).text
    assert "no option reaches" in decision(replace(study, target_availability=0.999), tables, cheapest).text
