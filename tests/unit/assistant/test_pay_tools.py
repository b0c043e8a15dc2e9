"""What other pay changes: coherence and its price beside today's, service and cost where all follow it."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from spareverse.assistant.answers import explain
from spareverse.assistant.pay_tools import pay
from spareverse.assistant.session import Session
from spareverse.errors import NotFound
from spareverse.explainer.grounding import check
from spareverse.io.scenario_files import scenario_text, write_scenario
from spareverse.network.observer_tables import VIABILITY
from spareverse.network.scenario import Override, Scenario
from spareverse.twin.twin import Twin
from tests import fixtures_observation as observations

THEN, NOW = 'With "all-for-all"', "2,350 EUR/day [2,290-2,410]"


def paid_otherwise(folder: Path, to: Path) -> Session:
    """The observed world with a kept scenario of pay, a point of the map that was weighed."""
    path = shutil.copytree(folder, to / "chain")
    twin = Twin.open(path)
    # written beside those kept: this network names no agents, who are then those that every company has
    scenario = Scenario("all-for-all", "All for all", (Override("agents", "enterprise_share", value=1.0),))
    write_scenario(scenario, path / "scenarios" / "all-for-all.toml")
    tables = observations.tables()
    points = tables["viability"].to_dicts()
    (now,) = (row for row in points if row["kind"] == "now")
    now |= {**observations.around("price", 148.0, 20.0), **observations.around("cost_drift", 2348.0, 60.0)}
    now |= observations.around("fill_drift", 0.76, 0.01)
    then = now | {"point": "all-for-all", "kind": "scenario", **observations.around("coherence", 0.96, 0.03)}
    then |= {**observations.around("price", 12.0, 9.0), **observations.around("cost_drift", 2212.0, 60.0)}
    then |= observations.around("fill_drift", 0.83, 0.01)
    tables["viability"] = pl.DataFrame([*points, then], schema=VIABILITY.schema)
    twin.folder.save_run("observation", observations.document(scenarios=[scenario_text(scenario)]), tables)
    return Session(Twin.open(path), keep=False)


@pytest.mark.parametrize(
    "question",
    ["What would change if all were paid for the enterprise?", "What if all-for-all?",
     "If everybody shared the company goal, what would it save?"],
)  # fmt: skip
def test_other_pay_is_told_with_coherence_and_its_price_now_and_after(
    observed_folder: Path, tmp_path: Path, question: str
) -> None:
    answer = explain(paid_otherwise(observed_folder, tmp_path), question)
    assert [str(step.call) for step in answer.steps] == ["pay(scenario='all-for-all')"]
    assert answer.sentences()[:5] == (
        f"Today structural coherence is 0.82 [0.78-0.86], of at most 1. {THEN} it rises to 0.96 [0.93-0.99].",
        f"Today the price of misalignment is 150 EUR/day [130-170]. {THEN} it is 12 EUR/day [3-21].",
        f"Where all follow their pay of today, the enterprise costs {NOW}. {THEN} that is 2,210 EUR/day [2,150-2,270].",
        "That saves 140 EUR/day [50-220].",
        f"The fill rate there is 76.0 % [75.0-77.0] with the pay of today. {THEN} it is 83.0 % [82.0-84.0].",
    )
    for level in ("plain", "expert"):
        assert not check(" ".join(answer.sentences(level)), list(answer.facts), expert=level == "expert")


@pytest.mark.parametrize(
    "question",
    ["How much would we save if planners were paid for the whole?", "Should I change how my planners are paid?",
     "Would it help to pay planners otherwise?"],
)  # fmt: skip
def test_other_pay_of_an_agent_that_is_named_is_told_of_that_agent_first(
    observed_folder: Path, tmp_path: Path, question: str
) -> None:
    answer = explain(paid_otherwise(observed_folder, tmp_path), question)
    assert [str(step.call) for step in answer.steps] == [
        "pay(agent='planner')", "pay(scenario='all-for-all')", "incentives()",
    ]  # fmt: skip
    assert "planner" in answer.sentences()[0]
    assert "That saves 140 EUR/day [50-220]." in answer.sentences()
    assert not check(" ".join(answer.sentences()), list(answer.facts))


def test_pay_that_no_scenario_has_is_not_answered_by_something_else(observed_folder: Path, tmp_path: Path) -> None:
    answer = explain(paid_otherwise(observed_folder, tmp_path), "What if planners were paid for service?")
    assert not answer.answered
    assert "I cannot try that pay." in answer.understood
    assert "all-for-all" in answer.understood


def test_pay_changed_since_it_was_observed_is_weighed_anew(observed_folder: Path, tmp_path: Path) -> None:
    session = paid_otherwise(observed_folder, tmp_path)
    half = Scenario("all-for-all", "All for all", (Override("agents", "enterprise_share", value=0.5),))
    write_scenario(half, Path(session.twin.folder.path) / "scenarios" / "all-for-all.toml")
    with pytest.raises(NotFound, match="was not observed yet"):
        pay(session, "all-for-all")


def test_pay_that_could_not_be_weighed_is_not_ordered_again(observed_folder: Path, tmp_path: Path) -> None:
    session = paid_otherwise(observed_folder, tmp_path)
    folder = session.twin.folder
    document, tables = folder.load_run("observation")
    unknown = [pl.lit(None, pl.Float64).alias(name) for name in VIABILITY.names if name.startswith(("coher", "price"))]
    folder.save_run("observation", document, {**tables, "viability": tables["viability"].with_columns(unknown)})
    with pytest.raises(NotFound, match="no coherence of it"):
        pay(Session(session.twin, wait=False), "all-for-all")
