"""What the index of coherence has shown to be worth, and whether pages say that it is experimental."""

from __future__ import annotations

from dataclasses import dataclass

PROVEN = 0.5
"""Rank correlation that an index must reach beyond doubt."""


@dataclass(frozen=True)
class CoherenceValidity:
    """How coherence ranked drawn ways of paying by the cost that agents drift to when they try things for a year."""

    correlation: float
    """Spearman's rank correlation of coherence with low cost, and its 95 % limits."""
    low: float
    high: float
    settings: int

    @property
    def experimental(self) -> bool:
        """Whether the index has not proved itself: its correlation may be below ``PROVEN``."""
        return self.low < PROVEN

    @property
    def remark(self) -> str:
        """What was found, in words."""
        doubt = f": it may be below {PROVEN:g}. Read prices and externalities, not the index alone."
        return (
            f"Over {self.settings} drawn ways of paying, its rank correlation with low cost after a year of trying is"
            f" {self.correlation:.2f} [{self.low:.2f} to {self.high:.2f}]" + (doubt if self.experimental else ".")
        )


VALIDITY = CoherenceValidity(0.571, 0.313, 0.777, 50)
"""From docs/validation/coherence.json."""
