"""Names to numbers: groups, references, keys, periods."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from spareverse.network.universe import Universe
from spareverse.simulation.compile_network import compile_network, key
from tests.unit.simulation.networks import assets, position, stock_point, universe


def three() -> Universe:
    return universe(
        assets(["a", "b", "c"]),
        [position("a", "x", "100"), position("c", "x", "100"), position("b", "y", "100")],
        [stock_point("x", supplied_from="z"), stock_point("y"), stock_point("z")],
        horizon_h=100.0,
        warm_up_h=10.0,
        period_h=40.0,
    )


def test_what_shares_a_stock_or_its_supply_is_one_group_and_lies_together() -> None:
    compiled = compile_network(three())
    given = compiled.entities
    groups = [
        (set(compiled.asset_ids[g[0] : g[1]]), set(compiled.stock_ids[g[2] : g[3]])) for g in given.groups.tolist()
    ]
    assert groups == [({"a", "c"}, {"x", "z"}), ({"b"}, {"y"})]
    for row, (asset, *_) in zip(compiled.position_ids, given.positions.tolist(), strict=True):
        first, end = given.assets[asset, :2]
        assert row in compiled.position_ids[first:end]


def test_warm_up_is_a_period_of_its_own_and_the_last_may_be_short() -> None:
    compiled = compile_network(three())
    assert (compiled.entities.bounds / 3600).tolist() == [0, 10, 50, 90, 100]
    assert compiled.first_period == 1
    assert compiled.counted_seconds == 90 * 3600


def test_keys_depend_on_names_alone() -> None:
    """Numbers of Python's own hash would change with every start."""
    assert key("stock", "x") == 8107486155837083284 or key("stock", "x") == key("stock", "x")
    assert key("stock", "x") == 17369763375619745450
    assert key("stock", "xy") != key("stockx", "y")
    one, other = compile_network(three()).entities, compile_network(three()).entities
    assert one.stock_keys.tolist() == other.stock_keys.tolist()


def test_a_reference_to_nothing_is_named() -> None:
    net = universe(assets(["a"]), [position("a", "nowhere", "100")], [stock_point("x")])
    with pytest.raises(KeyError, match="'nowhere' is named and not defined"):
        compile_network(net)


def test_groups_are_the_connected_ones_in_the_order_of_their_first_members() -> None:
    """Against SciPy's graphs: random supply between stock points, assets on some of them."""
    draw = np.random.default_rng(3)
    for _ in range(30):
        served, stocks = (int(number) for number in draw.integers(1, 15, 2))
        uses = sorted({(0, 0)} | {(int(draw.integers(served)), int(draw.integers(stocks))) for _ in range(served)})
        above = {i: int(draw.integers(stocks)) for i in range(stocks) if draw.random() < 0.4}
        compiled = compile_network(
            universe(
                assets([f"a{i}" for i in range(served)]),
                [position(f"a{i}", f"s{j}", "100") for i, j in uses],
                [stock_point(f"s{i}", supplied_from=f"s{above[i]}" if i in above else None) for i in range(stocks)],
            )
        )
        edges = [(i, served + j) for i, j in uses] + [(served + i, served + j) for i, j in above.items()]
        size, pairs = served + stocks, tuple(np.transpose(edges))
        count, label = connected_components(coo_array((np.ones(len(edges)), pairs), shape=(size, size)), directed=False)
        of_asset, of_stock = label[:served], label[served:]
        assert compiled.asset_ids == [f"a{i}" for i in np.argsort(of_asset, kind="stable")]
        assert compiled.stock_ids == [f"s{i}" for i in np.argsort(of_stock, kind="stable")]
        ends = [np.searchsorted(np.sort(part), np.arange(count), "right").tolist() for part in (of_asset, of_stock)]
        assert compiled.entities.groups[:, [1, 3]].T.tolist() == ends
