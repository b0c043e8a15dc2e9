"""The example studies: readable without a remark that should not be there, and what their descriptions promise."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import polars as pl
import pytest

from spareverse.examples import STUDIES, package, platform, wind_farm
from spareverse.io.study_files import read_study
from spareverse.network.distributions import parse
from spareverse.network.study import Study


def read(name: str, folder: Path) -> Study:
    return read_study(STUDIES[name](folder)["study"])


@pytest.mark.parametrize("name", STUDIES)
def test_every_example_is_a_study(name: str, tmp_path: Path) -> None:
    files = STUDIES[name](tmp_path)
    assert all(path.parent == tmp_path for path in files.values())
    study = read_study(files["study"])
    assert study.name == name
    assert len(study.options) == 4
    assert study.target_availability is not None


def test_the_platform_in_the_file_is_the_platform_in_the_code(tmp_path: Path) -> None:
    found, wanted = read("el-thalji-2025", tmp_path), platform.study()
    assert found.lines.equals(wanted.lines)
    assert found.stock.equals(wanted.stock)
    for field in fields(Study):
        if field.name not in ("lines", "stock", "notes"):
            assert getattr(found, field.name) == getattr(wanted, field.name), field.name


def test_the_platform_has_the_published_inputs() -> None:
    for option in platform.study().options:
        published = platform.PUBLISHED[option.name]
        assert option.lead_time == parse(
            "triangular({lead_time_minimum_days}, {lead_time_mode_days}, {lead_time_maximum_days}) d".format(
                **published
            )
        )
        assert (option.policy.initial_stock, option.policy.reorder_point) == (
            published["initial_stock"],
            published["reorder_point"],
        )
        co2 = option.transport.co2_kg_per_tonne_km * option.transport.distance_km * 0.1
        assert co2 * published["global_shipments"] == pytest.approx(published["co2_kg"])
        assert option.transport.cost_per_shipment * published["global_shipments"] == published["transport_cost"]
        assert option.fee.per_month * 240 == published["fee_cost"]


def test_published_totals_are_sums_of_their_rows() -> None:
    for option in platform.study().options:
        published = platform.PUBLISHED[option.name]
        rows = ("transport_cost", "parts_cost", "holding_cost", "fee_cost")
        assert sum(published[row] for row in rows) == published["total_cost"]
        assert not option.fee.covers


def test_published_availability_is_the_share_of_hours_up() -> None:
    # the paper prints scenario 1 with two digits
    for published in platform.PUBLISHED.values():
        assert published["up_hours"] / platform.HORIZON_H == pytest.approx(published["availability"], abs=6e-4)


def test_the_package_is_what_it_promises(tmp_path: Path) -> None:
    study = read("package-500", tmp_path)
    lines = study.lines
    parts = lines.group_by("part_id").agg(pl.len(), pl.all().first())
    assert lines.height == 500
    assert lines["vendor"].n_unique() == 15
    assert 50 <= parts.filter(pl.col("len") > 1).height <= 75
    assert 0.28 <= parts["am_qualified"].mean() <= 0.4  # type: ignore[operator]
    assert set(lines["criticality"]) == {"low", "medium", "high"}
    assert 0.2 <= parts["record_hours"].is_not_null().mean() <= 0.4  # type: ignore[operator]
    assert lines["tag"].str.contains(r"^\d\d-[A-Z]+-\d{4}[AB]?$").all()
    assert lines["interchange_group"].drop_nulls().n_unique() >= 2
    for name in ("unit_price", "failures_per_year"):
        assert parts[name].mean() > 1.3 * parts[name].median(), name  # type: ignore[operator]


def test_the_package_is_the_same_for_the_same_seed() -> None:
    assert package.lines(7).equals(package.lines(7))
    assert not package.lines(7).equals(package.lines(8))


def test_the_wind_farm_is_what_it_promises(tmp_path: Path) -> None:
    study = read("wind-farm", tmp_path)
    assert study.lines["asset_id"].n_unique() == wind_farm.TURBINES == 60
    assert study.lines["part_id"].n_unique() == 6
    assert study.profile is not None
    assert study.access is not None
    assert len(study.profile.season) == len(study.economics.downtime_season) == len(study.access.open_mean_h) == 12
    winter, summer = study.access.closed_mean_h[0], study.access.closed_mean_h[6]
    assert winter > 3 * summer
