"""What ``reproduce airbus-removals`` prints: lives, what ignoring parts of the data changes, forecasts, scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spareverse.cli import screen

Document = dict[str, Any]


def reproduce(data: Path, seed: int | None, *, as_json: bool) -> None:
    """Forecast the removals of the workbook ``data`` and print what came of it."""
    from spareverse.reproduction import airbus_removals

    with screen.progress() as progress:
        result = airbus_removals.run(data, seed=seed or 0, progress=progress)
    if as_json:
        screen.document(result)
        return
    _data(result)
    _lives(result)
    _forecasts(result)
    _scores(result)
    _readings(result)


def _data(result: Document) -> None:
    rows = [(name.replace("_", " "), _text(value)) for name, value in result["data"].items()]
    screen.table(result["title"], ("what", "number"), rows, right=("number",))


def _text(value: object) -> str:
    return f"{len(value)} (named {', '.join(map(str, value))})" if isinstance(value, list) else screen.shown(value)


def _limits(figure: Document, digits: int) -> str:
    """``1.31 [1.24-1.38]``"""
    value, low, high = (f"{figure[key]:,.{digits}f}" for key in ("value", "low", "high"))
    return f"{value} [{low}-{high}]"


def _lives(result: Document) -> None:
    columns = ("life", "shape", "scale, h", "mean, h", "failures", "at work", "left-truncated")
    rows = [
        (fit["way"], *_figures(fit), fit["failures"], fit["at_work"], fit["left_truncated"]) for fit in result["fits"]
    ]
    title = f"Weibull lives; 95 % limits at the dispersion of quarterly counts, {result['dispersion']:.1f}"
    screen.table(title, columns, rows, right=columns[1:])
    laws = [(one["name"], f"{one['log_likelihood']:,.1f}", f"{one['aicc']:,.1f}") for one in result["alternatives"]]
    screen.table(
        "Other laws of the same lives", ("law", "log-likelihood", "AICc"), laws, right=("log-likelihood", "AICc")
    )


def _figures(fit: Document) -> tuple[str, str, str]:
    return _limits(fit["shape"], 2), _limits(fit["scale"], 0), _limits(fit["mean"], 0)


def _forecasts(result: Document) -> None:
    columns = ("quarter", "airline", "method", "forecast", "80 %", "95 %", "removed")
    rows = [
        (
            row["quarter"],
            row["customer"],
            row["method"],
            f"{row['mean']:.1f}",
            f"{row['low_80']}-{row['high_80']}",
            f"{row['low_95']}-{row['high_95']}",
            row["actual"],
        )
        for row in result["forecasts"]
        if row["tested"]
    ]
    screen.table("Forecasts made at the beginning of each quarter", columns, rows, right=columns[3:])


def _scores(result: Document) -> None:
    columns = ("method", "quarters", "score 80 %", "score 95 %", "CRPS", "error", "in 80 %", "in 95 %")
    for tested, which in ((True, "the last quarters"), (False, "the quarters before, as a further check")):
        rows = [
            (
                row["method"],
                row["quarters"],
                *(f"{row[key]:.1f}" for key in ("score_80", "score_95", "crps", "mean_error")),
                *(f"{row[f'inside_{share}']} of {row['quarters']}" for share in (80, 95)),
            )
            for row in result["scores"]
            if row["tested"] == tested
        ]
        screen.table(f"Mean interval scores over {which} (small is good)", columns, rows, right=columns[1:])


def _readings(result: Document) -> None:
    columns = ("reading", "shape", "scale, h", "mean, h", "forecasts", "score 95 %")
    rows = [
        (row["reading"], *_figures(row), ", ".join(f"{x:.0f}" for x in row["forecasts"]), f"{row['score_95']:.1f}")
        for row in result["sensitivity"]
    ]
    screen.table("The same with the workbook read in other ways", columns, rows, right=columns[1:])
