"""Laws of lead-time demand against closed forms, brute force and Monte Carlo of the same posterior."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from spareverse.statistics.demand_models.occurrence import CERTAIN, Occurrence
from spareverse.statistics.demand_models.order_sizes import OrderSizes
from spareverse.statistics.demand_models.random_sums import LOGARITHMIC, POISSON
from spareverse.statistics.lead_time_demand import LeadTimeDemand, Pieces, lead_time_laws

YEAR = 365.25


def sizes_of(own: list[list[float]], group: dict[float, float], concentration: float = 2.0) -> OrderSizes:
    flat = np.array([size for item in own for size in item])
    starts = np.concatenate([[0], np.cumsum([len(item) for item in own])]).astype(np.int64)
    return OrderSizes(
        flat,
        np.ones(len(flat)),
        starts,
        np.zeros(len(own), dtype=np.int64),
        np.array(list(group), dtype=float),
        np.array(list(group.values())),
        np.array([0, len(group)]),
        np.array([concentration]),
    )


def single(mean: list[float], strength: list[float], periodic: bool = False) -> Occurrence:
    return Occurrence(np.ones((len(mean), 1)), np.array(mean)[:, None], np.array(strength)[:, None], periodic)


def laws(occurrence: Occurrence, sizes: OrderSizes, lead: float | list[float], **options: object) -> LeadTimeDemand:
    nodes = np.tile(np.atleast_1d(lead).astype(float), (len(occurrence), 1))
    return lead_time_laws(occurrence, sizes, nodes, np.full(nodes.shape[1], 1 / nodes.shape[1]), YEAR, **options)  # type: ignore[arg-type]


def test_single_pieces_at_a_gamma_rate_are_negative_binomial() -> None:
    law = laws(single([0.05], [1.7]), sizes_of([[]], {1.0: 1.0}), 60.0)
    exact = stats.nbinom(1.7, 1.7 / (1.7 + 3.0))
    x = np.arange(law.mass.shape[1])
    assert law.step[0] == 1.0
    assert np.allclose(law.mass[0], exact.pmf(x), atol=1e-6)
    # a line tells of a busy item: the shape of its rate is one more
    seen = stats.nbinom(2.7, 1.7 / (1.7 + 3.0))
    assert np.allclose(law.before_line[0], seen.pmf(x), atol=1e-6)
    assert np.allclose(law.with_line[0, 1:], seen.pmf(x[:-1]), atol=1e-6)
    assert law.mean[0] == pytest.approx(3.0)
    assert law.lines_a_year[0] == pytest.approx(0.05 * YEAR)


def test_compound_demand_by_brute_force() -> None:
    size = {1.0: 0.5, 2.0: 0.3, 5.0: 0.2}
    law = laws(single([0.3], [4.0], True), sizes_of([[]], size), 3.0)
    laws_of = []
    for alpha in (1.2, 2.2):
        chance = stats.betabinom.pmf(np.arange(4), 3, alpha, 2.8)
        exact = np.zeros(law.mass.shape[1] + 5)
        for n in range(4):
            for combination in itertools.product(size, repeat=n):
                exact[int(sum(combination))] += chance[n] * np.prod([size[one] for one in combination])
        laws_of.append(exact)
    assert np.allclose(law.mass[0], laws_of[0][:-5], atol=1e-7)
    assert np.allclose(law.before_line[0], laws_of[1][:-5], atol=1e-7)
    with_line = sum(
        share * np.concatenate([np.zeros(int(j)), laws_of[1]])[: law.mass.shape[1]] for j, share in size.items()
    )
    assert np.allclose(law.with_line[0], with_line, atol=1e-7)


def test_own_sizes_lean_on_the_group() -> None:
    sizes = sizes_of([[4.0, 4.0, 4.0], []], {1.0: 1.0}, concentration=1.0)
    law = laws(single([1e-3, 1e-3], [CERTAIN, CERTAIN]), sizes, 1.0)
    assert law.with_line[0, 4] == pytest.approx(0.75, abs=2e-3)
    assert law.with_line[1, 1] == pytest.approx(1.0, abs=2e-3)
    assert np.allclose(law.line_mean, [3.25, 1.0])


def test_logarithmic_pieces_make_a_negative_binomial_sum_and_poisson_ones_a_neyman_sum() -> None:
    shape, parameter = 2.5, 0.6
    kinds = Pieces(np.array([LOGARITHMIC, POISSON], dtype=np.int8), np.array([parameter, 1.5]))
    events = single([-shape * np.log1p(-parameter), 2.0], [CERTAIN, CERTAIN])
    law = laws(events, sizes_of([[], []], {1.0: 1.0}), 1.0, pieces=kinds)
    x = np.arange(law.mass.shape[1])
    assert np.allclose(law.mass[0], stats.nbinom.pmf(x, shape, 1 - parameter), atol=1e-6)
    neyman = sum(stats.poisson.pmf(n, 2.0) * stats.poisson.pmf(x, 1.5 * n) for n in range(40))
    assert np.allclose(law.mass[1], neyman, atol=1e-6)


def test_monte_carlo_of_the_same_posterior() -> None:
    random = np.random.default_rng(3)
    occurrence = Occurrence(np.array([[0.5, 0.3]]), np.array([[0.02, 0.2]]), np.array([[1.5, 6.0]]), False)
    sizes = sizes_of([[2.0, 3.0]], {1.0: 0.6, 10.0: 0.4}, concentration=3.0)
    leads = [10.0, 25.0, 60.0]
    law = laws(occurrence, sizes, leads)
    draws = 60_000
    rate = np.concatenate([occurrence.sample(random) for _ in range(draws)])
    count = random.poisson(rate * np.array(leads)[random.integers(0, 3, draws)])
    drawn = sizes.sample(np.zeros(int(count.sum()), dtype=np.int64), random)
    demand = np.bincount(np.repeat(np.arange(draws), count), drawn, draws)
    for x in (0, 1, 3, 10, 20, 40):
        share = (demand <= x).mean()
        # four standard errors
        assert law.mass[0, : x + 1].sum() == pytest.approx(share, abs=4 * np.sqrt(0.25 / draws))
        seen = np.average(demand <= x, weights=rate)
        error = np.sqrt((rate**2 * ((demand <= x) - seen) ** 2).sum()) / rate.sum()
        assert law.before_line[0, : x + 1].sum() == pytest.approx(seen, abs=4 * error + 1e-4)
    assert law.mean[0] == pytest.approx(demand.mean(), rel=0.03)


def test_a_coarse_grid_keeps_the_mean() -> None:
    law = laws(single([3.0], [20.0]), sizes_of([[]], {1.0: 0.5, 7.0: 0.5}), 60.0, points=64)
    assert law.step[0] > 1.0
    on_grid = (law.mass[0] * np.arange(64)).sum() * law.step[0]
    assert on_grid == pytest.approx(law.mean[0], rel=0.01)
    assert law.mean[0] == pytest.approx(720.0)


@settings(max_examples=40, deadline=None)
@given(
    mean=st.floats(1e-4, 0.5),
    strength=st.floats(0.3, 50.0),
    lead=st.floats(1.0, 60.0),
    longer=st.floats(1.0, 30.0),
    size=st.integers(1, 6),
)
def test_more_lead_time_is_more_demand(mean: float, strength: float, lead: float, longer: float, size: int) -> None:
    sizes = sizes_of([[], []], {1.0: 0.5, float(size): 0.5} if size > 1 else {1.0: 1.0})
    nodes = np.array([[lead], [lead + longer]])
    law = lead_time_laws(single([mean, mean], [strength, strength]), sizes, nodes, np.ones(1), YEAR, points=256)
    assert (law.mass.sum(axis=1) <= 1.0 + 1e-5).all()
    if law.step[0] == law.step[1]:
        below = np.cumsum(law.mass.astype(float), axis=1)
        assert (below[1] <= below[0] + 1e-5).all()
    laws_of = (law.with_line, law.before_line, law.mass)
    least, seen, most = (np.cumsum(each.astype(float), axis=1) for each in laws_of)
    assert (least <= seen + 1e-5).all()
    assert (seen <= most + 1e-5).all()


def test_alike_items_share_one_law_and_others_do_not() -> None:
    sizes = sizes_of([[], [], [2.0], []], {1.0: 1.0})
    law = laws(single([0.1, 0.1, 0.1, 0.2], [2.0, 2.0, 2.0, 2.0]), sizes, 10.0)
    assert np.array_equal(law.mass[0], law.mass[1])
    assert not np.array_equal(law.mass[0], law.mass[2])
    assert not np.array_equal(law.mass[0], law.mass[3])
    part = laws(single([0.1], [2.0]), sizes, 10.0, items=np.array([2]), points=law.mass.shape[1])
    assert np.array_equal(part.mass[0], law.mass[2])
