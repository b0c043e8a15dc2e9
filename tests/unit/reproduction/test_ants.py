"""The experiment of adaptive sourcing: one environment for real, the page from figures made up."""

from __future__ import annotations

import numpy as np
import pytest

from spareverse.network.network_checks import check_network
from spareverse.reproduction import ants
from spareverse.reproduction.ants import Cell, Paired


@pytest.mark.parametrize("capacity", ants.CAPACITIES)
def test_the_network_would_be_let_in(capacity: str) -> None:
    for outages in ants.OUTAGES:
        assert check_network(ants.network(capacity, outages).tables) == []


def test_one_environment() -> None:
    found = ants.cell("tight", "none", 3, 5)
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert set(found.against_mix) == set(ants.RULES)
    against_matched = found.against_mix[ants.ADAPTIVE].mean - found.against_mix[ants.MATCHED].mean
    assert found.against_matched.mean == pytest.approx(against_matched)


def test_limits_are_students() -> None:
    found = Paired.of(np.array([1.0, 2.0, 3.0]))
    assert (found.mean, found.high) == pytest.approx((2.0, 2.0 + 4.302653 / 3**0.5))


def test_findings_go_by_the_limits() -> None:
    saves, costs, open_ = Paired(-5.0, -8.0, -2.0), Paired(5.0, 2.0, 8.0), Paired(-1.0, -3.0, 1.0)
    all_of_it = {"x": 1.0}
    cells = [
        Cell("ample", "none", 9.0, {ants.CHEAPEST: saves, ants.ADAPTIVE: costs, ants.MATCHED: open_}, open_, all_of_it),
        Cell("tight", "long", 9.0, {ants.CHEAPEST: costs, ants.ADAPTIVE: open_, ants.MATCHED: open_}, saves, all_of_it),
    ]  # fmt: skip
    page = ants.page({"replications": 7, "seed": 1, "cells": cells})
    assert "cheaper than the fixed mix: nowhere that these runs could tell." in page
    assert "dearer than the fixed mix: ample capacity, outages none." in page
    assert "Adapting itself, beyond the mix, saves: tight capacity, outages long." in page
    assert "| -5.0 [-8.0 to -2.0] |" in page
    assert max(map(len, page.splitlines())) < 200
