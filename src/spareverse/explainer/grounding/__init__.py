"""Grounding: every number, name, period and direction in a text traces to a fact, or the text is refused."""

from __future__ import annotations

from spareverse.explainer.grounding.check import Fault, check

__all__ = ["Fault", "check"]
