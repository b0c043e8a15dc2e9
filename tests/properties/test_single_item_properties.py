"""What holds for every single item: optima beat their neighbours, costs rise with their prices, service with stock."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from spareverse.optimisation.single_item.demand_laws import DiscreteLaw, compound_poisson, from_chances, poisson
from spareverse.optimisation.single_item.eoq import cycle_cost, economic_order_quantity
from spareverse.optimisation.single_item.lot_sizing import wagner_whitin
from spareverse.optimisation.single_item.normal_reorder_point import NormalStock
from spareverse.optimisation.single_item.order_up_to import best_order_up_to, order_up_to_cost
from spareverse.optimisation.single_item.reorder_point import best_reorder_point, evaluate_reorder_point
from spareverse.optimisation.single_item.stock_cost import stock_cost

rates = st.floats(0.01, 20.0)
money = st.floats(0.1, 200.0)
SLACK = 1 + 1e-9
calm = settings(deadline=None, max_examples=60)
"""Without a deadline: the first example compiles the kernels."""


@st.composite
def laws(draw: st.DrawFn) -> DiscreteLaw:
    """Any law on a few values, or a (compound) Poisson one."""
    kind = draw(st.sampled_from(("values", "poisson", "compound")))
    if kind == "poisson":
        return poisson(draw(rates))
    weights = draw(st.dictionaries(st.integers(1, 30), st.integers(1, 9), min_size=1, max_size=5))
    sizes = from_chances({value: weight / sum(weights.values()) for value, weight in weights.items()})
    return sizes if kind == "values" else compound_poisson(draw(st.floats(0.01, 3.0)), sizes)


@calm
@given(laws(), money, money)
def test_stock_cost_is_convex_and_positive(law: DiscreteLaw, holding: float, stockout: float) -> None:
    costs = stock_cost(range(-5, law.last + 6), law, holding, stockout)
    assert costs.min() >= 0
    assert (costs[2:] - 2 * costs[1:-1] + costs[:-2]).min() >= -1e-9 * costs.max()


@calm
@given(laws(), rates, money, money, money)
def test_reorder_points_beat_their_neighbours(
    law: DiscreteLaw, rate: float, fixed: float, holding: float, stockout: float
) -> None:
    best = best_reorder_point(law, rate, fixed, holding, stockout)
    for r in range(best.reorder_point - 2, best.reorder_point + 3):
        for q in range(max(1, best.order_quantity - 2), best.order_quantity + 3):
            assert best.cost <= evaluate_reorder_point(r, q, law, rate).cost(fixed, holding, stockout) * SLACK


@calm
@given(laws(), rates, money, money, money)
def test_dearer_shortages_cost_more_and_protect_more(
    law: DiscreteLaw, rate: float, fixed: float, holding: float, stockout: float
) -> None:
    cheap = best_reorder_point(law, rate, fixed, holding, stockout)
    dear = best_reorder_point(law, rate, fixed, holding, 2 * stockout)
    assert dear.cost >= cheap.cost / SLACK
    short = [evaluate_reorder_point(p.reorder_point, p.order_quantity, law, rate) for p in (cheap, dear)]
    assert short[1].expected_backorders <= short[0].expected_backorders * SLACK + 1e-12


@calm
@given(laws(), rates, st.integers(-5, 30), st.integers(1, 20))
def test_service_grows_with_the_reorder_point(law: DiscreteLaw, rate: float, point: int, quantity: int) -> None:
    low, high = (evaluate_reorder_point(r, quantity, law, rate) for r in (point, point + 1))
    for name in ("fill_rate", "line_fill_rate", "ready_rate"):
        assert -1e-12 <= getattr(low, name) <= getattr(high, name) + 1e-12 <= 1 + 1e-11
    assert high.expected_backorders <= low.expected_backorders + 1e-12
    net = point + (quantity + 1) / 2
    assert abs(low.mean_on_hand - low.expected_backorders - (net - law.mean)) < 1e-8 * (1 + law.mean)


@calm
@given(laws(), money, money, money, st.integers(0, 3))
def test_order_up_to_beats_its_neighbours(
    demand: DiscreteLaw, fixed: float, holding: float, stockout: float, lead: int
) -> None:
    best = best_order_up_to(demand, fixed, holding, stockout, lead)
    for low in range(best.reorder_point - 2, best.reorder_point + 3):
        for high in range(max(low + 1, best.order_up_to - 2), best.order_up_to + 3):
            assert best.cost <= order_up_to_cost(low, high, demand, fixed, holding, stockout, lead) * SLACK
    dearer = best_order_up_to(demand, 2 * fixed, holding, stockout, lead)
    assert dearer.cost >= best.cost / SLACK


@calm
@given(rates, st.floats(0.0, 30.0), st.floats(0.0, 4.0), money, money, money)
def test_normal_optimum_beats_what_lies_around_it(
    mean: float, sd: float, lead: float, fixed: float, holding: float, stockout: float
) -> None:
    stock = NormalStock(mean, sd, lead, fixed, holding, stockout)
    best = stock.best()
    step = 0.02 * best.order_quantity
    for r in (-step, 0.0, step):
        for q in (-step, 0.0, step):
            assert best.cost <= stock.cost(best.reorder_point + r, best.order_quantity + q) * (1 + 1e-7)
    # Zheng (1992): the quantity of the deterministic model costs at most an eighth more
    assert stock.eoq_with_backorders().cost <= 1.1251 * best.cost


@calm
@given(rates, money, money, st.integers(1, 500), st.integers(1, 60))
def test_packs_beat_one_pack_more_or_less(rate: float, fixed: float, holding: float, least: int, pack: int) -> None:
    found = economic_order_quantity(fixed, holding, rate, least=least, pack=pack)
    assert found.quantity >= least
    assert abs(found.quantity / pack - round(found.quantity / pack)) < 1e-9
    assert found.cost <= cycle_cost(found.quantity + pack, fixed, holding, rate) * SLACK
    if found.quantity - pack >= least:
        assert found.cost <= cycle_cost(found.quantity - pack, fixed, holding, rate) * SLACK


@calm
@given(st.lists(st.integers(0, 100), min_size=1, max_size=12), money, st.floats(0.0, 5.0))
def test_lot_plans_meet_demand_and_beat_simple_ones(demand: list[int], fixed: float, holding: float) -> None:
    plan = wagner_whitin(demand, fixed, holding)
    assert sum(plan.orders) == sum(demand)
    stock = 0.0
    for ordered, pieces in zip(plan.orders, demand, strict=True):
        assert ordered == 0 or stock == 0
        stock += ordered - pieces
        assert stock >= 0
    each = fixed * sum(pieces > 0 for pieces in demand)
    first = next((t for t, pieces in enumerate(demand) if pieces), 0)
    once = fixed * (sum(demand) > 0) + holding * sum((t - first) * pieces for t, pieces in enumerate(demand))
    assert plan.cost <= min(each, once) * SLACK + 1e-9
