"""Continuous-time Markov chains: states found by following the moves, generator solved as it is.

Sources: Stewart 2009 (stationary law by a direct solve), Jensen 1953 (uniformisation for finite times).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, diags, eye
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu
from scipy.special import pdtrc

State = TypeVar("State", bound=Hashable)
Floats = NDArray[np.float64]
Moves = Callable[[State], Iterable[tuple[float, State]]]
"""Rate [1/h] and next state of everything that can happen in a state; a move may lead back to the state itself."""


@dataclass(frozen=True)
class MarkovChain(Generic[State]):
    """A chain on the states that can be reached from the first one."""

    states: tuple[State, ...]
    rates: csr_matrix
    """Rate from row to column [1/h]; nothing on the diagonal."""

    @classmethod
    def explore(cls, start: State, moves: Moves[State], *, most_states: int = 200_000) -> MarkovChain[State]:
        """Every state reachable from ``start``. ValueError beyond ``most_states``."""
        index: dict[State, int] = {start: 0}
        order = [start]
        rows: list[int] = []
        columns: list[int] = []
        rates: list[float] = []
        for row, state in enumerate(order):  # grows while it is read
            for rate, following in moves(state):
                if rate <= 0.0 or following == state:
                    continue
                if following not in index:
                    if len(order) == most_states:
                        raise ValueError(f"more than {most_states:,} states; use fewer assets, pieces or stages")
                    index[following] = len(order)
                    order.append(following)
                rows.append(row)
                columns.append(index[following])
                rates.append(rate)
        size = len(order)
        return cls(tuple(order), csr_matrix((rates, (rows, columns)), shape=(size, size)))

    @property
    def generator(self) -> csr_matrix:
        """Rates with the negative row sums on the diagonal."""
        return csr_matrix(self.rates - diags(np.asarray(self.rates.sum(axis=1)).ravel()))

    def stationary(self) -> Floats:
        """Long-run share of time in each state; states that are left for good get zero.

        ValueError when there is more than one set of states that is never left.
        """
        kept = self._closed_class()
        flow = self.generator[kept][:, kept].T.tocsc()
        shares = np.zeros(len(self.states))
        # the first state of the class gets weight one; its own balance follows from the others
        inner = splu(csc_matrix(flow[1:, 1:])).solve(-flow[1:, [0]].toarray().ravel()) if len(kept) > 1 else []
        shares[kept] = np.concatenate([[1.0], np.maximum(inner, 0.0)])
        whole: Floats = shares / shares.sum()
        return whole

    def _closed_class(self) -> NDArray[np.int64]:
        """Indices of the states that are visited again and again."""
        count, label = connected_components(self.rates, directed=True, connection="strong")
        rates = self.rates.tocoo()
        leaving = label[rates.row] != label[rates.col]
        closed = np.setdiff1d(np.arange(count), label[rates.row[leaving]])
        if len(closed) > 1:
            raise ValueError("the chain has more than one closed class of states")
        kept: NDArray[np.int64] = np.flatnonzero(label == closed[0])
        return kept

    def mean_over(self, horizon_h: float) -> Floats:
        """Expected share of [0, horizon] in each state, starting in the first.

        Uniformisation: with N ~ Poisson(q h), the share is the sum over n of P(N > n) / (q h) times step n's law.
        """
        fastest = float(np.asarray(self.rates.sum(axis=1)).max(initial=0.0)) * 1.0001
        law = np.zeros(len(self.states))
        law[0] = 1.0
        if fastest == 0.0 or horizon_h <= 0.0:
            return law
        step = (eye(len(law), format="csr") + self.generator / fastest).T.tocsr()
        load = fastest * horizon_h
        steps = int(load + 8.0 * np.sqrt(load) + 40.0)
        tails = pdtrc(np.arange(steps, dtype=np.float64), load) / load
        share = np.zeros(len(law))
        for tail in tails:
            share += tail * law
            law = step @ law
        whole: Floats = share / share.sum()
        return whole
