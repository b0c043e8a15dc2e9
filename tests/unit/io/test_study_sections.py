"""The study file: kinds, units and limits of its keys, options that make sense, everything reported at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spareverse.io.study_files import read_study
from spareverse.io.study_keys import SECTIONS
from spareverse.io.study_schema import Key, Section
from spareverse.network.distributions import Constant, Triangular
from spareverse.network.study import HOURS_PER_YEAR, Study
from tests.unit.io.study_cases import LINE, POLICY, document, option, problems_of, refused, study_of, written


def test_times_are_read_in_the_unit_of_their_key(tmp_path: Path) -> None:
    study = study_of(
        tmp_path,
        study={"name": "s", "horizon_months": 24, "warm_up_days": "2 weeks", "period_years": 0.5},
        option=[option(lead_time_weeks=2), option("far", lead_time_days="triangular(20, 30, 50)"),
                option("near", lead_time_days="36 h")],
    )  # fmt: skip
    assert (study.horizon_h, study.warm_up_h, study.period_h) == (2 * HOURS_PER_YEAR, 336.0, 4380.0)
    lead_times = [each.lead_time for each in study.options]
    assert lead_times == [Constant(336.0), Triangular(480.0, 720.0, 1200.0), Constant(36.0)]


def test_what_cannot_be_read_is_not_said_to_be_missing_too(tmp_path: Path) -> None:
    bad = option(lead_time_days="triangular(20, 60, 50)", policy=POLICY | {"reorder_point": -4})
    problems = problems_of(tmp_path, option=[bad])
    assert sorted(str(problem.column).rpartition(".")[2] for problem in problems) == ["lead_time_days", "reorder_point"]


def test_defaults_are_those_of_the_definition(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    usual = Study("small", study.lines, study.options)
    for name in ("currency", "horizon_h", "warm_up_h", "period_h", "emergency", "economics", "profile", "access"):
        assert getattr(study, name) == getattr(usual, name), name


def test_every_section_arrives(tmp_path: Path) -> None:
    months = [1.0] * 11 + [2.0]
    study = study_of(
        tmp_path,
        economics={"discount_rate": 0.07, "co2_price_per_tonne": 120, "downtime_season": months},
        seasons={"failure_factors": months},
        campaign=[{"start_months": 3, "end_months": 6, "factor": 2}],
        bursts={"gap_days": 100, "length_days": 10, "factor": 4},
        access={"visit_interval_days": 91, "open_mean_h": [40], "closed_mean_h": months, "must_fit": True},
        target={"availability": 0.95},
    )
    assert study.economics.co2_price_per_kg == 0.12
    assert study.profile is not None
    assert study.profile.season == tuple(months)
    assert study.profile.campaigns == ((2190.0, 4380.0, 2.0),)
    assert (study.profile.burst_gap_h, study.profile.burst_length_h, study.profile.burst_factor) == (2400.0, 240.0, 4.0)
    assert study.access is not None
    assert (study.access.visit_interval_h, study.access.open_mean_h) == (2184.0, (40.0,))
    assert study.target_availability == 0.95


def test_sub_tables_of_an_option_arrive(tmp_path: Path) -> None:
    study = study_of(
        tmp_path,
        option=[
            option(
                "central", central={**POLICY, "reorder_point": 4}, shelf_life_months=12,
                transfer={"time_days": 2, "mode": "hgv", "distance_km": 100},
                fee={"per_month": 5, "pay_per_use": 2, "covers": ["holding"], "escalation_per_year": 0.02},
                transport={"mode": "rail", "distance_km": 900, "well_to_tank": True},
                expedite={"lead_time_days": 3, "price": 50},
                holding={"cost_per_piece_h": 1, "share_of_price_per_year": 0.2},
            )
        ],
    )  # fmt: skip
    (found,) = study.options
    assert found.central is not None
    assert (found.policy.reorder_point, found.central.reorder_point) == (1, 4)
    assert (found.transfer, found.expedite_lead_time) == (Constant(48.0), Constant(72.0))
    assert found.transfer_transport.co2_kg_per_tonne_km == 0.10163
    assert found.transport.co2_kg_per_tonne_km == pytest.approx(0.02779 + 0.00691)
    assert "well-to-tank" in found.transport.co2_source
    assert found.fee.covers == frozenset({"holding"})
    assert (found.holding_per_piece_h, found.holding_rate_per_year, found.shelf_life_h) == (1.0, 0.2, 8760.0)


@pytest.mark.parametrize(
    ("policy", "initial"),
    [
        ({"reorder_point": 2, "order_quantity": 3}, 5),
        ({"kind": "order_up_to", "reorder_point": 1, "order_up_to": 4}, 4),
        ({"kind": "base_stock", "order_up_to": 3}, 3),
        ({"kind": "on_demand"}, 0),
    ],
)
def test_stock_starts_full_unless_said(tmp_path: Path, policy: dict[str, Any], initial: int) -> None:
    study = study_of(tmp_path, option=[option(policy=policy)])
    assert study.options[0].policy.initial_stock == initial


def test_a_factor_given_wins_over_the_mode(tmp_path: Path) -> None:
    transport = {"mode": "supply_vessel", "distance_km": 10, "co2_kg_per_tonne_km": 0.4, "co2_source": "operator"}
    found = study_of(tmp_path, option=[option(transport=transport)]).options[0].transport
    assert (found.co2_kg_per_tonne_km, found.co2_source, found.mode) == (0.4, "operator", "supply_vessel")


# changed sections -> key path and words of the one problem they make
IMPOSSIBLE: dict[str, tuple[dict[str, Any], str, str]] = {
    "negative time": ({"study": {"name": "s", "horizon_years": -1}}, "study.horizon_years", "negative"),
    "negative lead time": ({"option": [option(lead_time_days="-3 d")]}, "option[shelf].lead_time_days", "negative"),
    "max below min": ({"option": [option(lead_time_days="triangular(50, 30, 20)")]}, "option[shelf].lead_time_days",
                      "below"),
    "mode outside": ({"option": [option(lead_time_days="triangular(20, 60, 50)")]}, "option[shelf].lead_time_days",
                     "mode outside"),
    "unknown unit": ({"option": [option(lead_time_days="30 dayz")]}, "option[shelf].lead_time_days", "unit"),
    "span as distribution": ({"study": {"name": "s", "horizon_years": "uniform(1, 2)"}}, "study.horizon_years",
                             "fixed"),
    "unknown key": ({"study": {"name": "s", "horizn_years": 2}}, "study.horizn_years", "no such key"),
    "unknown section": ({"economy": {}}, "economy", "no such key"),
    "twice": ({"study": {"name": "s", "horizon_years": 2, "horizon_h": 9}}, "study.horizon_h", "same"),
    "text for number": ({"economics": {"discount_rate": "7 %"}}, "economics.discount_rate", "number"),
    "percent for share": ({"economics": {"discount_rate": 7}}, "economics.discount_rate", "0.95 for 95"),
    "eleven months": ({"seasons": {"failure_factors": [1] * 11}}, "seasons.failure_factors", "12 numbers"),
    "target of one": ({"target": {"availability": 1}}, "target.availability", "below 1"),
    "target of zero": ({"target": {"availability": 0}}, "target.availability", "above 0"),
    "unknown choice": ({"study": {"name": "s", "emergency": "own_peice"}}, "study.emergency", "'own_piece'"),
    "whole number": ({"option": [option(policy={**POLICY, "reorder_point": 1.5})]},
                     "option[shelf].policy.reorder_point", "whole number"),
    "point without batch": ({"option": [option(policy={"reorder_point": 1})]}, "option[shelf].policy.order_quantity",
                            "no batch"),
    "point at level": ({"option": [option(policy={"kind": "order_up_to", "reorder_point": 3, "order_up_to": 3})]},
                       "option[shelf].policy.reorder_point", "not below"),
    "no review": ({"option": [option(policy={"kind": "periodic", "reorder_point": 1, "order_up_to": 3})]},
                  "option[shelf].policy.review_interval_days", "no interval"),
    "stock on demand": ({"option": [option(policy={"kind": "on_demand", "initial_stock": 3})]},
                        "option[shelf].policy.initial_stock", "keeps no stock"),
    "no policy": ({"option": [{"name": "shelf", "warehouse": "physical"}]}, "option[shelf].policy", "keeps stock"),
    "no transfer": ({"option": [option(central=POLICY)]}, "option[shelf].transfer", "no transfer"),
    "no mode": ({"option": [option(transport={"distance_km": 5})]}, "option[shelf].transport.distance_km", "no mode"),
    "unknown mode": ({"option": [option(transport={"mode": "lorry"})]}, "option[shelf].transport.mode", "emission"),
    "unknown fallback": ({"option": [option(), option("x", "digital", qualified_only=True, fallback="shelv")]},
                         "option[x].fallback", "no such option"),
    "circle": ({"option": [option("a", "digital", qualified_only=True, fallback="b", policy={"kind": "on_demand"}),
                           option("b", "digital", qualified_only=True, fallback="a", policy={"kind": "on_demand"})]},
               "option[a].fallback", "circle"),
    "same name": ({"option": [option(), option()]}, "option[shelf].name", "same name"),
    "no option": ({"option": None}, "option", "no option"),
    "no digital lead time": ({"line": [{**LINE, "digital_lead_time": ""}]}, "option[printed].lead_time_days",
                             "digital lead time"),
    "neither fee nor price": ({"line": [{**LINE, "unit_price": ""}], "option": [option("x", "digital")]},
                              "option[x].unit_price", "a price or a fee"),
    "not qualified": ({"line": [{**LINE, "am_qualified": False}],
                       "option": [option(), option("x", "digital", qualified_only=True)]},
                      "option[x].fallback", "do not qualify"),
    "half the weather": ({"access": {"open_mean_h": [3]}}, "access.closed_mean_h", "without it"),
    "campaign backwards": ({"campaign": [{"start_months": 5, "end_months": 4, "factor": 1}]},
                           "campaign[1].end_months", "ends before"),
    "long period": ({"study": {"name": "s", "horizon_years": 1, "period_months": 24}}, "study.period_months", "longer"),
    "nothing fails": ({"line": [{**LINE, "failures_per_year": 0}]}, "study.lines", "ever fails"),
    "a thousand years": ({"study": {"name": "s", "horizon_years": 1000}}, "study.horizon_years", "longer than"),
    "not a number": ({"economics": {"discount_rate": float("nan")}}, "economics.discount_rate", "number"),
    "lines that are no lines": ({"line": [{"price": 1}]}, "line[1].tag", "missing"),
    "section as value": ({"economics": 3}, "economics", "must be a section"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_impossible_is_named_with_its_key(tmp_path: Path, name: str) -> None:
    changes, key, words = IMPOSSIBLE[name]
    found = [problem for problem in problems_of(tmp_path, **changes) if problem.column == key]
    assert found, [str(problem) for problem in problems_of(tmp_path, **changes)]
    assert any(words in f"{problem.reason} {problem.remedy}" for problem in found), [str(p) for p in found]
    assert all(problem.file == "study.toml" for problem in found)


def test_all_troubles_come_in_one_report(tmp_path: Path) -> None:
    several = ("negative time", "target of one", "eleven months", "point without batch")
    changes = {key: value for name in several for key, value in IMPOSSIBLE[name][0].items()}
    line = {**LINE, "unit_price": -5, "criticality": "hgih"}
    found = {problem.column for problem in problems_of(tmp_path, **changes, line=[line])}
    assert {IMPOSSIBLE[name][1] for name in several} <= found
    assert {"line[1].unit_price", "line[1].criticality"} <= found


@pytest.mark.parametrize("content", ["", "[study", "name = 1", "\x00", "[study]\nname = 'x'\nlines = 'absent.xlsx'"])
def test_a_broken_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(content)
    assert refused(path)


@pytest.mark.parametrize("name", ["../package.csv", "/etc/passwd", "C:\\package.csv"])
def test_nothing_outside_the_folder_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "package.csv").write_text("tag,part_id\nP-1,A\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    content = document(line=None, study={"name": "s", "lines": name})
    (problem,) = (p for p in refused(written(inside, content)) if p.column == "study.lines")
    assert "not in the folder" in problem.reason


def test_a_folder_stands_for_its_study_file(tmp_path: Path) -> None:
    written(tmp_path, document())
    assert read_study(tmp_path).name == "small"


def test_every_key_has_a_meaning_and_no_name_twice() -> None:
    def keys(section: Section) -> list[Key]:
        assert len(set(section.names)) == len(section.names)
        return [*section.keys, *(key for nested in section.sections for key in keys(nested))]

    for key in (key for section in SECTIONS for key in keys(section)):
        assert key.meaning[0].isupper()
        assert not key.meaning.endswith(".")
        if key.kind in ("span", "duration"):
            assert key.name == f"{key.stem}_{key.unit}"


@pytest.mark.parametrize(
    ("sections", "column"),
    [
        ({"study": {"name": "s", "horizon_years": 2, "warm_up_years": 2}}, "study.warm_up_years"),
        ({"study": {"name": "s", "horizon_years": 2, "period_months": 0.001}}, "study.period_months"),
        ({"bursts": {"gap_days": 1e-6, "length_days": 10, "factor": 4}}, "bursts.gap_days"),
        ({"access": {"open_mean_h": [1e-6], "closed_mean_h": [0.5]}}, "access.open_mean_h"),
        ({"option": [option(policy={"kind": "periodic", "order_up_to": 3, "review_interval_days": 1e-9})]},
         "option[shelf].policy.review_interval_days"),
        ({"option": [option(shelf_life_months=1e-9)]}, "option[shelf].shelf_life_months"),
        ({"option": [option(lead_time_days="weibull(shape=0.001, scale=1)")]}, "option[shelf].lead_time_days"),
        ({"line": [LINE | {"shelf_life_months": 1e-9}]}, "line[1].shelf_life_months"),
        ({"line": [LINE | {"life": "weibull(shape=0.001)"}]}, "line[1].life"),
    ],
)  # fmt: skip
def test_times_that_a_run_could_not_bear_are_refused(tmp_path: Path, sections: dict[str, Any], column: str) -> None:
    assert column in {problem.column for problem in problems_of(tmp_path, **sections)}


def test_controls_in_names_are_white_space(tmp_path: Path) -> None:
    study = study_of(tmp_path, line=[LINE | {"part_id": "P\x1f1", "tag": "T\x001"}], option=[option("a\x1f\x00b")])
    assert study.lines.select("tag", "part_id").row(0) == ("T 1", "P 1")
    assert study.options[0].name == "a b"
