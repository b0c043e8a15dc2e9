"""The product form against a solve of the generator, and its limits."""

from __future__ import annotations

import pytest

from spareverse.optimisation.spares.finite_population import MachineRepair, repairmen_for_ever
from spareverse.optimisation.spares.markov import MarkovChain
from spareverse.optimisation.spares.single_asset import one_for_one


@pytest.mark.parametrize(
    "model",
    [MachineRepair(1, 0, 1, 10.0, 8.0), MachineRepair(4, 2, 2, 30.0, 11.0), MachineRepair(9, 3, 12, 500.0, 40.0)],
)
def test_birth_and_death_agree_with_the_generator(model: MachineRepair) -> None:
    pieces = model.positions + model.spares

    def moves(failed: int) -> list[tuple[float, int]]:
        up = min(model.positions, pieces - failed) / model.mtbf
        down = min(failed, model.repairers) / model.mttr
        return [(up, failed + 1), (down, failed - 1)]

    chain = MarkovChain.explore(0, moves)
    chance = dict(zip(chain.states, chain.stationary(), strict=True))
    assert [chance[n] for n in range(pieces + 1)] == pytest.approx(list(model.probabilities), abs=1e-13)


def test_k_of_n_and_means() -> None:
    model = MachineRepair(3, 1, 1, 100.0, 10.0)
    p = model.probabilities
    assert model.at_least(2) == pytest.approx(p[0] + p[1] + p[2])
    assert model.at_least(0) == pytest.approx(1.0)
    assert model.at_least(5) == 0.0
    assert model.mean_operating == pytest.approx(3 * (p[0] + p[1]) + 2 * p[2] + p[3])


def test_one_machine_with_an_order_per_failure_is_erlangs_loss() -> None:
    for spares in range(6):
        model = repairmen_for_ever(1, spares, 700.0, 1_900.0)
        assert model.availability == pytest.approx(one_for_one(spares, 700.0, 1_900.0), rel=1e-12)


def test_impossible_models_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        MachineRepair(0, 1, 1, 1.0, 1.0)
