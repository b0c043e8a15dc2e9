"""Numbers as written: digits, shares, intervals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spareverse.figures import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (2.1567, "2.16"),
        (0.9996, "1"),
        (12_345.6, "12,346"),
        (99.96, "100"),
        (0.001234, "0.00123"),
        (-3.14159, "-3.14"),
        (None, numbers.EMPTY),
        (math.nan, numbers.EMPTY),
    ],
)
def test_three_digits_are_enough(value: float | None, text: str) -> None:
    assert numbers.digits(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.133, "13 %"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.0042, "0.4 %"),
        (0.0001, "<0.1 %"),
        (0.9999, ">99.9 %"),
        (0.995, "99.5 %"),
        (None, numbers.EMPTY),
    ],
)
def test_shares_never_round_to_certainty(share: float | None, text: str) -> None:
    assert numbers.percent(share) == text


def test_intervals_stand_behind_the_figure() -> None:
    assert numbers.interval(16, 12, 21, "pieces") == "16 pieces [12-21]"
    assert numbers.percent_interval(0.13, 0.08, 0.2) == "13 % [8-20]"
    assert numbers.percent_interval(0.09, -0.18, 0.36) == "9 % [-18 to 36]"
    assert numbers.percent_interval(0.13, None, 0.2) == "13 %"
    assert numbers.money(2.1567, "EUR", "day") == "2.16 EUR/day"
    assert numbers.money(0.0289, "EUR", "day") == "0.029 EUR/day"
    assert numbers.money(1312.5, "NOK", "month") == "1,312.50 NOK/month"
    assert numbers.money(1312.4837, "NOK") == "1,312 NOK"
    assert numbers.count(1, "cycle") == "1 cycle"
    assert numbers.count(11, "cycle") == "11 cycles"


@given(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
def test_digits_stay_within_half_a_unit_of_the_third_digit(value: float) -> None:
    shown = float(numbers.digits(value).replace(",", ""))
    assert (
        abs(shown - value) <= max(0.5, 0) if abs(value) >= 1000 else abs(shown - value) <= 0.00501 * abs(value) + 1e-300
    )


def test_time_over_which_sums_are_told_is_in_years_where_it_is_whole_ones() -> None:
    assert [numbers.span(days) for days in (365.0, 730.0, 90.0, 1.0)] == ["1 year", "2 years", "90 days", "1 day"]
