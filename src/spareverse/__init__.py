"""Spareverse: a living digital twin of a spare parts enterprise.

>>> import spareverse as sv
>>> twin = sv.create("acme")                                     # doctest: +SKIP
>>> twin.import_orders(purchases="po.xlsx", sales="so.csv")      # doctest: +SKIP
>>> result = twin.analyse(since="2020-01-01")                    # doctest: +SKIP
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spareverse.twin import Analysis, Twin, create, open
    from spareverse.twin.warehouse_study import Study

    __version__: str

# Polars may let threads add up parts of a group and join these as they come: the last digit of a sum of fractions then
# differs from run to run, of the same rows in the same order. Without that, equal inputs give equal bits.
os.environ.setdefault("POLARS_NO_PARTITION", "1")

__all__ = ["Analysis", "Study", "Twin", "__version__", "create", "open"]


def __getattr__(name: str) -> Any:
    """Load the twin, and with it Polars and NumPy, only when it is used (PEP 562)."""
    if name == "__version__":
        from importlib import metadata

        return metadata.version("spareverse")
    if name == "Study":
        return import_module("spareverse.twin.warehouse_study").Study
    if name in __all__:
        return getattr(import_module("spareverse.twin"), name)
    raise AttributeError(f"module 'spareverse' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
