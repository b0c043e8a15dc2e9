"""Area 7: run lengths of CUSUM and EWMA charts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from spareverse.reproduction.case_inputs import CaseInputs
from spareverse.statistics.monitors.count_run_length import count_chances, count_cusum_run_length
from spareverse.statistics.monitors.run_length import cusum_run_length, ewma_run_length

Answer = dict[str, Any]
_WEIGHTS = ("lambda", "lambda_", "weight", "l")
_LIMITS = ("h", "limit", "c", "L")


def answer(case: CaseInputs) -> Answer:
    """Mean run length at each shift (or mean of the counts), or at the one that is given.

    A chart with a weight is an EWMA, its limit in asymptotic standard deviations; one with k a CUSUM. Head starts are
    in the units of the sum.
    """
    run_length = _ewma(case) if any(case.has(name) for name in _WEIGHTS) else _cusum(case)
    name = next((name for name in ("shift", "shifts", "mu", "delta", "means") if case.has(name)), None)
    shifts = case.given[name] if name else 0.0
    found = [run_length(float(shift)) for shift in shifts] if isinstance(shifts, list) else run_length(float(shifts))
    return {"arl": found, "arl_printed": found}


def _ewma(case: CaseInputs) -> Callable[[float], float]:
    weight, limit = _first(case, _WEIGHTS), _first(case, _LIMITS)
    start, two_sided = _headstart(case, limit), _two_sided(case, default=True)
    reflected_at = case.number("zr", 0.0)
    return lambda shift: ewma_run_length(
        weight, limit, shift, start=start, two_sided=two_sided, reflected_at=reflected_at, sd=case.number("sigma", 1.0)
    )


def _cusum(case: CaseInputs) -> Callable[[float], float]:
    k, limit = case.number("k"), _first(case, _LIMITS)
    headstart, two_sided = _headstart(case, limit), _two_sided(case, default=False)
    if "poisson" in case.words or "binomial" in case.words:
        if two_sided:
            raise ValueError("charts of counts are one-sided; ask for each side")
        upward = str(case.given.get("direction", "up")).lower() != "down"
        mean, dispersion = case.number("demand_mean", 0.0), case.number("dispersion", 1.0)

        def of_counts(shift: float) -> float:
            chances = count_chances(mean + shift, dispersion)
            return count_cusum_run_length(chances, k, limit, headstart=headstart, upward=upward)

        return of_counts
    sd = case.number("sigma", 1.0)
    return lambda shift: cusum_run_length(k, limit, shift, headstart=headstart, sd=sd, two_sided=two_sided)


def _first(case: CaseInputs, names: tuple[str, ...]) -> float:
    return case.number(next((name for name in names if case.has(name)), names[0]))


def _headstart(case: CaseInputs, limit: float) -> float:
    """A number, or words such as 'h/2' or '50 %' of the limit."""
    for name in ("headstart", "head_start", "hs", "fir"):
        given = case.given.get(name)
        if isinstance(given, str):
            figures = [float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", given)]
            if "%" in given and figures:
                return limit * figures[0] / 100.0
            if "/" in given and figures:
                return limit / figures[-1]
            raise ValueError(f"the head start {given!r} is no number and no share of the limit")
        if given is not None:
            return float(given)
    return 0.0


def _two_sided(case: CaseInputs, *, default: bool) -> bool:
    given = case.given.get("sided")
    return default if given is None else str(given).lower() in ("two", "2", "both")
