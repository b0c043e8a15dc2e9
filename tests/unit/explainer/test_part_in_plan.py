"""One part in the plan, in words, where the plan buys it no more."""

from __future__ import annotations

import pytest

from spareverse.explainer.plan import part_in_plan
from spareverse.optimisation.portfolio.plan_rows import ENDED, REPLACED
from tests import fixtures_plan as made


@pytest.mark.parametrize("reason", [ENDED, REPLACED])
def test_a_part_that_is_bought_no_more_is_not_called_bought_on_demand(reason: str) -> None:
    row = {**made.plan().to_dicts()[1], "reason": reason}
    told = part_in_plan(row, "EUR")
    assert told.text == f"The plan buys this part no more. {reason}"
