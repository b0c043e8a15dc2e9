"""Area 2, intermittent demand: forecasts and demand classes of one series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spareverse.reproduction.case_inputs import CaseInputs
from spareverse.statistics.forecasting import aggregation, classes, croston, smoothing

Answer = dict[str, Any]


def answer(case: CaseInputs) -> Answer:
    """Every forecast with the constants given (0.1 where none is; TSB 0.2 for sizes), and the class."""
    values = np.array([np.nan if value is None else value for value in case.given["series"]], dtype=np.float64)
    starts = np.array([0, len(values)])
    plain = _first(case, 0.1, "alpha")
    size = _first(case, plain, "croston_alpha", "alpha_size", "alpha_z")
    interval = _first(case, size, "alpha_interval", "alpha_time", "alpha_p")
    forecasts: dict[str, Callable[[], Any]] = {
        "croston": lambda: croston.croston(values, starts, size, interval).rate,
        "sba": lambda: (
            croston.sba(values, starts, _first(case, size, "sba_alpha"), _first(case, interval, "sba_alpha")).rate
        ),
        "tsb": lambda: (
            croston.tsb(
                values,
                starts,
                _first(case, 0.2 if plain == 0.1 else plain, "tsb_alpha_d", "alpha_d"),
                _first(case, plain, "tsb_alpha_p", "alpha_p"),
            ).rate
        ),
        "croston_optimized": lambda: (
            croston.croston(
                values,
                starts,
                smoothing.best_constants(values, starts, "sizes"),
                smoothing.best_constants(values, starts, "intervals"),
            ).rate
        ),
        "adida": lambda: aggregation.adida(values, starts),
        "imapa": lambda: aggregation.imapa(values, starts),
        "ses": lambda: smoothing.exponential_smoothing(values, starts, plain),
    }
    found: Answer = {name: float(make()[0]) for name, make in forecasts.items()}
    method = str(case.given.get("method", "croston")).lower().replace("-", "_").replace("crostonsba", "sba")
    if method in found:
        found["forecast"] = found[method]
    return found | _classes(values, starts)


def _classes(values: Any, starts: Any) -> Answer:
    kind = classes.demand_classes(values, starts)
    label = str(kind.label[0])
    return {
        "adi_mean_interval": float(kind.adi[0]),
        "adi": float(kind.adi[0]),
        "adi_periods_per_demand": float(kind.adi_periods[0]),
        "cv2_sample": float(kind.cv2[0]),
        "cv2": float(kind.cv2[0]),
        "cv2_population": float(kind.cv2_population[0]),
        "class_": label,
        "class": label,
    }


def _first(case: CaseInputs, default: float, *names: str) -> float:
    return next((case.number(name) for name in names if case.has(name)), default)
