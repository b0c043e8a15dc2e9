"""The solver says nothing on stdout, whatever it finds."""

from __future__ import annotations

import os

import numpy as np
import pytest

from spareverse.optimisation.portfolio.solver import STDOUT, chosen_options, silent_solver

TALKATIVE = (31, 194, 229)
"""Seeds of choices at which HiGHS 1.12 prints a line that no option of it turns off."""


@pytest.mark.parametrize("seed", TALKATIVE)
def test_nothing_is_printed(seed: int, capfd: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(seed)
    items, each = random.integers(5, 40), random.integers(2, 8)
    row = np.repeat(np.arange(items), each)
    use = random.gamma(1.0, 1.0, (random.integers(1, 4), len(row)))
    gain = use[0] ** 0.5 * random.uniform(0.5, 1.0, len(row))
    rest = use.sum(axis=1) / each * random.uniform(0.5, 1.0)
    found = chosen_options(gain, use, row, rest, rest)
    assert found is not None
    chosen, bound = found
    assert np.bincount(row[chosen]).tolist() == [1] * int(items)
    assert (use[:, chosen].sum(axis=1) <= rest * (1 + 1e-6)).all()
    assert gain[chosen].sum() <= bound + 1e-9
    assert capfd.readouterr().out == ""


def test_stdout_is_given_back(capfd: pytest.CaptureFixture[str]) -> None:
    with silent_solver():
        os.write(STDOUT, b"lost")
    with pytest.raises(RuntimeError), silent_solver():
        raise RuntimeError
    os.write(STDOUT, b"said")
    assert capfd.readouterr().out == "said"
