"""An expected answer beside ours, figure by figure, each within the tolerance that its case states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

AGREES, DIFFERS, NOT_OFFERED = "agrees", "differs", "not offered yet"
_KINDS = ("rel", "abs")
_GENERAL = ("exact", "analytic", "printed")
"""Prefixes of tolerances that are of no figure in particular; those of simulations are left aside."""


@dataclass(frozen=True)
class Figure:
    """One figure, or one list of figures, of a case."""

    name: str
    expected: Any
    got: Any
    tolerance: str
    verdict: str


def compare(expected: Mapping[str, Any], got: Mapping[str, Any], tolerance: Mapping[str, Any]) -> list[Figure]:
    """Every figure of ``expected`` in its order; one that ``got`` does not hold is not offered."""
    figures = []
    for path, value in _leaves(expected):
        ours = _at(got, path)
        margin, allowed = _allowed(path, expected, tolerance)
        if ours is None:
            verdict = NOT_OFFERED
        else:
            ours = _rounded_as(value, ours) if path[-1].endswith("rounded") else ours
            # what is printed says no more than its digits
            printed = path[-1].endswith("printed")
            verdict = AGREES if _close(value, ours, allowed, printed=printed) else DIFFERS
        figures.append(Figure(".".join(path), value, ours, margin, verdict))
    return figures


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _leaves(entry, (*path, str(key)))
    elif isinstance(value, list) and any(isinstance(entry, Mapping) for entry in value):
        for number, entry in enumerate(value):
            yield from _leaves(entry, (*path, str(number)))
    else:
        yield path, value


def _at(value: Any, path: Sequence[str]) -> Any:
    for key in path:
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, Sequence) and not isinstance(value, str) and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _allowed(
    path: tuple[str, ...], expected: Mapping[str, Any], tolerance: Mapping[str, Any]
) -> tuple[str, tuple[str, float]]:
    """(words, (kind, size)) of the tolerance nearest in name to the figure; without any, equality to 1e-9."""
    for name in reversed(path):
        if tolerance.get(name) == "exact":
            return "exact", ("abs", 0.0)
        for kind in _KINDS:
            if (size := tolerance.get(f"{name}_{kind}")) is not None:
                return f"{kind} {size:g}", (kind, size)
    for key, size in tolerance.items():
        about, _, kind = key.rpartition("_")
        if (
            kind in _KINDS
            and about
            and about.split("_")[0] not in ("simulation", *_GENERAL[1:])
            and _means(about, path)
        ):
            return f"{kind} {size:g}", (kind, size)
    coarse = f"{path[-1]}_exact" in expected or path[-1].endswith("_printed")
    prefixes = ("printed", "", "exact", "analytic") if coarse else ("exact", "", "analytic", "printed")
    for prefix in prefixes:
        for kind in _KINDS:
            if (size := tolerance.get(f"{prefix}_{kind}" if prefix else kind)) is not None:
                return f"{kind} {size:g}", (kind, size)
    return "exact", ("rel", 1e-9)


def _means(about: str, path: tuple[str, ...]) -> bool:
    """Whether a tolerance's name speaks of the figure: each of its words, or letters such as rQ, stands in the path."""
    words = {word for name in path for word in name.split("_")} | set(path)
    rest = about
    for name in path[:-1]:
        rest = rest.removeprefix(f"{name}_")
    if len(path[-1]) == 1 and rest != about:
        return path[-1] in rest
    return set(about.split("_")) <= words


def _close(expected: Any, got: Any, allowed: tuple[str, float], *, printed: bool = False) -> bool:
    if isinstance(expected, list):
        return isinstance(got, Sequence) and len(got) == len(expected) and all(
            _close(one, other, allowed, printed=printed) for one, other in zip(expected, got, strict=True)
        )  # fmt: skip
    if isinstance(expected, bool | str) or expected is None:
        return bool(expected == got)
    if not isinstance(got, int | float) or isinstance(got, bool):
        return False
    if printed and abs(got - expected) <= 0.5 * 10.0 ** -_digits(expected) * (1.0 + 1e-9):
        return True
    kind, size = allowed
    # the slack is that of adding up floats, far below every tolerance
    if kind == "abs":
        return bool(abs(got - expected) <= size + 1e-12 * max(1.0, abs(expected)))
    return math.isclose(got, expected, rel_tol=size * (1.0 + 1e-9), abs_tol=1e-300)


def _rounded_as(expected: Any, got: Any) -> Any:
    """Ours with as many digits as were printed."""
    if isinstance(expected, list) and isinstance(got, Sequence):
        return [_rounded_as(one, other) for one, other in zip(expected, got, strict=False)]
    if isinstance(expected, float) and isinstance(got, float):
        return round(got, _digits(expected))
    return got


def _digits(printed: float) -> int:
    """Digits after the point."""
    exponent = Decimal(repr(printed)).normalize().as_tuple().exponent
    return max(0, -int(exponent))
