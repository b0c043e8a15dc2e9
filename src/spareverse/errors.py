"""Every exception the product raises.

SpareverseError                  something the user can act on; carries the problems found
├── UsageError                   the call itself is wrong                      (exit 2, HTTP 400)
├── NotFound                     a part, analysis or twin that is not there    (exit 1, HTTP 404)
├── InputRejected                a file cannot be trusted as a whole           (exit 1, HTTP 422)
│   ├── AmbiguousDates           dates can be read two ways; the user decides  (exit 1, HTTP 422)
│   └── AbsentPeriods            absent months: no demand, or not known        (exit 1, HTTP 422)
├── NotEnoughData                a figure was asked for that the data cannot carry (exit 1, HTTP 422)
├── TwinBusy                     another import or analysis is writing         (exit 1, HTTP 409)
├── StorageFailed                disk full, folder not writable                (exit 1, HTTP 507)
└── Cancelled                    the user stopped the work                     (exit 1, HTTP 409)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: where it is, what it is, and what to do about it."""

    reason: str
    remedy: str = ""
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = ", ".join(
            text
            for text in (
                self.file,
                f"row {self.row}" if self.row is not None else None,
                f"column {self.column!r}" if self.column else None,
                f"value {self.value!r}" if self.value is not None else None,
            )
            if text
        )
        return f"{place + ': ' if place else ''}{self.reason}{' ' + self.remedy if self.remedy else ''}"


class SpareverseError(Exception):
    """Base of all errors; ``problems`` lists every trouble found, not only the first."""

    kind: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.problems = list(problems or [])

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.problems)

    def document(self) -> dict[str, Any]:
        """The error as every ``--json`` output and REST answer shows it."""
        problems = [asdict(problem) for problem in self.problems]
        return {"error": {"kind": self.kind, "message": self.message, "problems": problems}}


class UsageError(SpareverseError):
    kind = "usage"
    exit_code = 2
    http_status = 400


class NotFound(SpareverseError):
    kind = "not_found"
    http_status = 404


class InputRejected(SpareverseError):
    kind = "input_rejected"
    http_status = 422


class AmbiguousDates(InputRejected):
    kind = "ambiguous_dates"


class AbsentPeriods(InputRejected):
    kind = "absent_periods"


class NotEnoughData(SpareverseError):
    kind = "not_enough_data"
    http_status = 422


class TwinBusy(SpareverseError):
    kind = "twin_busy"
    http_status = 409


class StorageFailed(SpareverseError):
    kind = "storage_failed"
    http_status = 507


class Cancelled(SpareverseError):
    kind = "cancelled"
    http_status = 409
