"""Distributions of a network's tables as rows of the engine's float memory; each text is read once."""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.engine import sampling
from spareverse.engine.memory import Whole
from spareverse.engine.sampling import LAW_SIZE
from spareverse.network.distributions import Distribution
from spareverse.simulation.compile_distributions import compile_distributions
from spareverse.simulation.laws import read_law

DAY = 86_400
HOUR = 3_600
Floats = NDArray[np.float64]
LawUnit = Literal["d", "pieces"]


class LawTable:
    """Laws met so far: exponential ones by their mean, all others by their text."""

    def __init__(self) -> None:
        self._laws: list[Distribution] = []
        self._number: dict[tuple[str, str], int] = {}
        self._means = np.zeros(0)

    def numbers(self, texts: pl.Series, unit: LawUnit = "d") -> Whole:
        """Number of the law of each text; -1 where there is none. Numbers without a unit are days, or pieces."""
        unique = texts.unique().drop_nulls()
        number = {text: self._read(text, unit) for text in unique}
        if not number:
            return np.full(len(texts), -1, np.int64)
        found = texts.replace_strict(list(number), list(number.values()), default=-1, return_dtype=pl.Int64)
        return found.fill_null(-1).to_numpy().astype(np.int64)

    def _read(self, text: str, unit: LawUnit) -> int:
        if (text, unit) not in self._number:
            # engine laws are in seconds, compiled from hours: a piece is one second there
            law = read_law(text, "d") if unit == "d" else read_law(text, "h").scaled(1.0 / HOUR)
            self._number[text, unit] = len(self._laws)
            self._laws.append(law)
        return self._number[text, unit]

    def mean_seconds(self, numbers: Whole) -> Floats:
        """Mean of each law; 0 where there is none."""
        means = np.array([law.mean for law in self._laws] or [0.0]) * HOUR
        return np.where(numbers < 0, 0.0, means[np.maximum(numbers, 0)])

    def set_exponentials(self, mean_seconds: Floats) -> Whole:
        """Exponential laws with these means: returns which of them each is; to be called once."""
        self._means, which = np.unique(mean_seconds, return_inverse=True)
        return which.astype(np.int64)

    def rows(self, numbers: Whole) -> Whole:
        """Where laws by text begin in the float memory."""
        return np.where(numbers < 0, -1, (len(self._means) + numbers) * LAW_SIZE)

    def memory(self) -> Floats:
        """The float memory: exponential laws first, then those by text."""
        exponentials = np.zeros((len(self._means), LAW_SIZE))
        exponentials[:, sampling.KIND] = sampling.EXPONENTIAL
        exponentials[:, sampling.A] = self._means
        exponentials[:, sampling.SPAN] = 1.0
        return np.concatenate([exponentials.ravel(), compile_distributions(self._laws, exponentials.size)])
