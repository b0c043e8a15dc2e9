"""What the record says of an item besides its orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from spareverse.history.history import prepare
from spareverse.history.item_master import prices_paid
from spareverse.history.window import Window
from tests.company import tables


def test_prices_paid_are_the_same_to_the_bit_in_any_order_of_lines() -> None:
    random = np.random.default_rng(5)
    bought = [
        {"part_id": f"P-{number % 3}", "order_id": f"O-{number}", "line": "1", "ordered_on": number % 300,
         "quantity": float(random.geometric(0.1)), "unit_cost": round(float(random.lognormal(4.0, 2.0)), 2)}
        for number in range(3000)
    ]  # fmt: skip
    history = prepare(tables(purchases=bought), Window(date(2021, 1, 1), date(2022, 1, 1), date(2022, 1, 1)))
    found = prices_paid(history).sort("item")
    assert found.height == 3
    for seed in range(5):
        again = replace(history, lines=history.lines.sample(fraction=1.0, shuffle=True, seed=seed))
        assert prices_paid(again).sort("item").equals(found)
