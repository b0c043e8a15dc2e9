"""The use cases: open a twin, import, analyse, roll, decide; load and run a warehouse study."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spareverse.twin.analysis import Analysis, PartResult
    from spareverse.twin.twin import Twin
    from spareverse.twin.warehouse_study import Study, StudyResult

    create = Twin.create
    open = Twin.open

_HOME = {
    "Analysis": "analysis",
    "PartResult": "analysis",
    "Study": "warehouse_study",
    "StudyResult": "warehouse_study",
    "Twin": "twin",
}
__all__ = ["Analysis", "PartResult", "Study", "StudyResult", "Twin", "create", "open"]


def __getattr__(name: str) -> Any:
    """Load what is asked for only: a study need not wait for the analysis of histories, nor the other way round."""
    if name in ("create", "open"):
        return getattr(import_module("spareverse.twin.twin").Twin, name)
    if name in _HOME:
        return getattr(import_module(f"spareverse.twin.{_HOME[name]}"), name)
    raise AttributeError(f"module 'spareverse.twin' has no attribute {name!r}")
