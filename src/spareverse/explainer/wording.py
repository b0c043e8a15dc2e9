"""Writing a row's figures into a sentence while keeping the fact behind each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from spareverse.explainer.facts import TEXT, Fact, Narrative
from spareverse.explainer.grounding.names import quoted
from spareverse.figures import numbers


class Wording:
    """Writes columns of one row; each figure written becomes a fact with its source ``table.column``.

    An interval is written with the figure wherever the row has ``column_low`` and ``column_high``.
    """

    def __init__(
        self, row: Mapping[str, Any], table: str, currency: str = "", *, about: Mapping[str, str] | None = None,
        measures: Mapping[str, str] | None = None, periods: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """``about``: what the row is of; ``measures`` and ``periods`` of columns, as grounding knows them."""
        self._about = dict(about or {})
        self._measures, self._periods = dict(measures or {}), dict(periods or {})
        self._directions: dict[str, int] = {}
        self._row = dict(row)
        self._sources: dict[str, str] = {}
        self._table = table
        self._currency = currency
        self._facts: dict[str, Fact] = {}

    @property
    def currency(self) -> str:
        return self._currency

    def value(self, column: str) -> Any:
        """A figure of the row that decides what is said without being written; None where the row has none."""
        return self._row.get(column)

    def has(self, *columns: str) -> bool:
        """Whether the row knows all of them."""
        return all(self._known(self._row.get(column)) for column in columns)

    def pieces(self, column: str) -> str:
        """``16``: the sentence says what of."""
        return self._shown(column, numbers.pieces(self._number(column, "pieces")))

    def pieces_interval(self, column: str) -> str:
        """``16 pieces [12-21]``."""
        fact = self._keep(column, "pieces", limits=True)
        unit = "piece" if fact.value == 1 else "pieces"
        return self._shown(column, numbers.interval(_float(fact.value), fact.low, fact.high, unit))

    def percent(self, column: str) -> str:
        """``31 %``."""
        return self._shown(column, numbers.percent(self._number(column, "share")))

    def percent_interval(self, column: str) -> str:
        """``13 % [8-20]``."""
        fact = self._keep(column, "share", limits=True)
        return self._shown(column, numbers.percent_interval(_float(fact.value), fact.low, fact.high))

    def money(self, column: str, per: str = "") -> str:
        """``2.16 EUR/day``; the sign is left to the sentence."""
        unit = f"{self._currency}/{per}" if per else self._currency
        value = self._number(column, unit)
        return self._shown(column, numbers.money(None if value is None else abs(value), self._currency, per))

    def measured(self, column: str, unit: str = "") -> str:
        """``67,300 NOK [66,900-67,600]``: as many digits as the interval lets one know."""
        fact = self._keep(column, unit, limits=True)
        return self._shown(column, numbers.measured(_float(fact.value), fact.low, fact.high, unit))

    def availability(self, column: str) -> str:
        """``98.43 % [98.40-98.46]``; a target without limits is never rounded up to 100 %."""
        fact = self._keep(column, "share", limits=True)
        if fact.low is None and isinstance(fact.value, float):
            return self._shown(column, f"{numbers.digits(100.0 * fact.value, 4 if fact.value < 0.99 else 5)} %")
        return self._shown(column, numbers.measured(_float(fact.value), fact.low, fact.high, share=True))

    def days(self, column: str) -> str:
        """``65 days``."""
        value = self._number(column, "days")
        return self._shown(column, f"{numbers.digits(value)} {'day' if value == 1 else 'days'}")

    def number(self, column: str, significant: int = 3, unit: str = "") -> str:
        """A figure whose unit, if it has one, the sentence says."""
        return self._shown(column, numbers.digits(self._number(column, unit), significant))

    def count(self, column: str, singular: str, plural: str = "") -> str:
        """``11 cycles``."""
        unit = plural or singular + "s"
        return self._shown(column, numbers.count(self._number(column, unit), singular, plural))

    def whole(self, column: str) -> str:
        """A bare count."""
        return self._shown(column, numbers.whole(self._number(column, "")))

    def name(self, column: str, kind: str = "") -> str:
        """A name of the row as it is; in quotes where it could be read as something else."""
        value = str(self._row[column])
        self._facts[column] = Fact(column, value, kind, source=f"{self._table}.{column}")
        return quoted(value)

    def text(self, column: str) -> str:
        """A sentence of our own that the row brings along."""
        value = str(self._row[column])
        self._facts[column] = Fact(column, value, TEXT, source=f"{self._table}.{column}")
        return value

    def constant(self, column: str, value: float, unit: str, source: str) -> None:
        """A figure that a sentence says in words by itself: half of the lines, one in ten."""
        self._facts[column] = Fact(column, value, unit, source=source)

    def derive(self, column: str, value: float, source: str, *, direction: int = 0) -> None:
        """A figure worked out from the row, e.g. a product of two columns; ``source`` says how.

        ``direction``: of a difference, 1 for more, -1 for less.
        """
        self._row[column] = value
        self._sources[column] = source
        self._directions[column] = direction

    def narrative(self, *sentences: str) -> Narrative:
        """The sentences that are not empty, with every fact written so far."""
        return Narrative(tuple(sentence for sentence in sentences if sentence), tuple(self._facts.values()))

    def _keep(self, column: str, unit: str, *, limits: bool = False) -> Fact:
        value = self._row.get(column)
        low, high = (self._row.get(f"{column}_{side}") if limits else None for side in ("low", "high"))
        source = self._sources.get(column, f"{self._table}.{column}")
        before = self._facts.get(column)
        fact = Fact(
            column, value, unit, low, high, source, self._about, self._measures.get(column, ""),
            self._periods.get(column, ""), self._directions.get(column, 0), before.shown if before else "",
        )  # fmt: skip
        if limits or before is None or not before.unit:
            self._facts[column] = fact
        return fact

    def _shown(self, column: str, text: str) -> str:
        """Keeps the text that shows most of a figure."""
        if len(text) >= len(self._facts[column].shown):
            self._facts[column] = replace(self._facts[column], shown=text)
        return text

    def _number(self, column: str, unit: str) -> float | None:
        return _float(self._keep(column, unit).value)

    def _known(self, value: Any) -> bool:
        if isinstance(value, (int, float)):
            return numbers.known(value)
        return bool(value)


def _float(value: float | str | None) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
