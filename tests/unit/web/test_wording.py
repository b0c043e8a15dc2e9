"""Numbers as a planner reads them."""

from __future__ import annotations

from spareverse.cli import screen
from spareverse.web.pages.wording import money, number, unbroken


def test_nothing_has_no_sign() -> None:
    assert [number(-0.0), number(-0.04, 1), number(-0.4), number(-0.06, 1)] == ["0", "0.0", "0", "-0.1"]
    assert [money(-0.001), money(0.0), money(-12.34), money(None)] == ["0.00", "0", "-12.3", "–"]
    assert [screen.shown(-0.0), screen.money(-0.001), screen.money(-0.5)] == ["0", "0.00", "-0.50"]
    assert [screen.level(-1.0), screen.level(4.0), screen.level(None)] == ["none", "4", "-"]


def test_no_line_ends_between_a_number_and_its_unit() -> None:
    assert unbroken("90 % of 461 parts, 144,312 EUR [1-2]") == "90\xa0% of 461 parts, 144,312\xa0EUR [1-2]"
