"""Sections of a study file <-> plain values: kinds, units and limits checked, times in hours, every trouble told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from spareverse.errors import Problem
from spareverse.io.study_durations import duration_text, read_duration
from spareverse.io.study_schema import HOURS_PER, Key, Section
from spareverse.network.distributions import Constant, Distribution
from spareverse.network.spelling import did_you_mean

Values = dict[str, Any]
LARGEST = 1e15
"""No number of a study is larger; it would be a slip, and sums would lose their last digits."""
_DIGITS = 12
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def rounded(value: float) -> float:
    """A number to 12 digits, so that it survives a change of unit and back, and a workbook."""
    return float(f"{value:.{_DIGITS}g}")


def rounded_column(values: pl.Series) -> pl.Series:
    """The same for every number of a column."""
    digits = np.char.mod(f"%.{_DIGITS}g", values.to_numpy()).astype(float)
    return pl.Series(values.name, digits, nan_to_null=True)


class SectionReader:
    """Reads raw TOML values by the declared keys and collects what is wrong with them."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems

    def reject(self, path: str, reason: str, remedy: str = "", value: object = None) -> None:
        text = None if value is None else str(value)
        self.problems.append(Problem(reason, remedy, file=self.file, column=path, value=text))

    def document(self, raw: Mapping[str, Any], sections: Sequence[Section], also: Sequence[str] = ()) -> Values:
        """Every section of the file; ``also`` are names of the top level read elsewhere."""
        self._unknown(raw, "", [*(section.name for section in sections), *also])
        return {section.name: self._sections(section, raw, "") for section in sections if section.name in raw}

    def _sections(self, section: Section, raw: Mapping[str, Any], prefix: str) -> Any:
        value, path = raw[section.name], f"{prefix}{section.name}"
        if not section.repeated:
            if isinstance(value, Mapping):
                return self.section(section, value, path)
            self.reject(path, "It must be a section.", f"Write [{path}] and its keys below.", value)
            return {}
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.reject(path, "It must be a list of sections.", f"Write [[{path}]] for each of them.")
            return []
        return [self.section(section, item, f"{path}[{_label(item, i)}]") for i, item in enumerate(value, start=1)]

    def section(self, section: Section, raw: Mapping[str, Any], path: str) -> Values:
        """Field -> value of the keys given; those of nested sections under the section's name."""
        values: Values = {}
        accepted: set[str] = set()
        for key in section.keys:
            spellings = [name for name in _spellings(key) if name in raw]
            accepted.update(spellings)
            if len(spellings) > 1:
                self.reject(f"{path}.{spellings[1]}", f"It says the same as {spellings[0]}.", "Keep one of the two.")
            elif spellings:
                value = self._value(key, raw[spellings[0]], _unit(key, spellings[0]), f"{path}.{spellings[0]}")
                if value is not None:
                    values[key.target] = value
            elif key.required:
                self.reject(
                    f"{path}.{key.name}", "It is missing.", f"Add it: {key.meaning[0].lower()}{key.meaning[1:]}."
                )
        for nested in section.sections:
            if nested.name in raw:
                accepted.add(nested.name)
                values[f"[{nested.name}]"] = self._sections(nested, raw, f"{path}.")
        self._unknown({name: raw[name] for name in raw if name not in accepted}, f"{path}.", section.names)
        return values

    def _unknown(self, raw: Mapping[str, Any], prefix: str, known: Sequence[str]) -> None:
        for name in raw:
            if name not in known:
                hint = did_you_mean(name, list(known)).strip() or f"Known here: {', '.join(known)}."
                self.reject(f"{prefix}{name}", "There is no such key.", hint)

    def _value(self, key: Key, raw: Any, unit: str, path: str) -> Any:
        if key.kind == "text":
            return self._text(key, raw, path)
        if key.kind == "boolean":
            return raw if self._right(isinstance(raw, bool), raw, path, "true or false") else None
        if key.kind == "texts":
            right = isinstance(raw, list) and all(isinstance(item, str) for item in raw)
            if not self._right(right, raw, path, "texts in []"):
                return None
            texts = [self._text(key, item, path) for item in raw]
            return None if None in texts else texts
        if key.kind == "numbers":
            return self._numbers(key, raw, path)
        if key.kind == "duration":
            return self._duration(raw, unit, path)
        if key.kind == "span":
            hours = self._span(raw, unit, path)
            right = hours is not None and self._within(key, rounded(hours / HOURS_PER[key.unit]), path, raw)
            return hours if right else None
        number = self._number(raw, path, whole=key.kind == "integer")
        if number is None or not self._within(key, number, path, raw):
            return None
        return number if key.kind == "integer" else rounded(number * key.scale)

    def _right(self, right: bool, raw: Any, path: str, wanted: str) -> bool:
        if not right:
            self.reject(path, f"It must be {wanted}.", value=raw)
        return right

    def _text(self, key: Key, raw: Any, path: str) -> str | None:
        if not self._right(isinstance(raw, str), raw, path, 'a text in "quotation marks"'):
            return None
        text = " ".join(_CONTROLS.sub(" ", raw).split())
        if key.choices and text not in key.choices:
            hint = did_you_mean(text, list(key.choices))
            self.reject(path, f"It must be one of {', '.join(key.choices)}.{hint}", value=raw)
            return None
        if key.required and not text:
            self.reject(path, "It is empty.", "Write a text.")
            return None
        return text

    def _number(self, raw: Any, path: str, *, whole: bool) -> float | int | None:
        right = isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) <= LARGEST
        if not self._right(right and not (whole and isinstance(raw, float)), raw, path, f"a {'whole ' * whole}number"):
            return None
        return int(raw) if whole else rounded(float(raw))

    def _numbers(self, key: Key, raw: Any, path: str) -> tuple[float, ...] | None:
        if not isinstance(raw, list):
            self.reject(path, "It must be numbers in [].", value=raw)
            return None
        numbers = [self._number(item, f"{path}[{i}]", whole=False) for i, item in enumerate(raw, start=1)]
        if None in numbers or not all(
            self._within(key, number or 0.0, f"{path}[{i}]", number) for i, number in enumerate(numbers, start=1)
        ):
            return None
        if key.lengths and len(raw) not in key.lengths:
            wanted = " or ".join(str(length) for length in key.lengths if length)
            self.reject(path, f"It must hold {wanted} numbers, not {len(raw)}.", "Write one for each month.")
            return None
        return tuple(float(number or 0.0) for number in numbers)

    def _span(self, raw: Any, unit: str, path: str) -> float | None:
        span = self._duration(raw, unit, path)
        if span is None:
            return None
        if not isinstance(span, Constant):
            self.reject(
                path, "It must be a fixed length of time, not a distribution.", f"Write a number of {unit}.", raw
            )
            return None
        return rounded(span.value)

    def _duration(self, raw: Any, unit: str, path: str) -> Distribution | None:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            self.reject(path, "It must be a number or a text.", f"Write a number of {unit} or a distribution.", raw)
            return None
        try:
            return read_duration(str(raw), unit)
        except ValueError as error:
            self.reject(path, f"{str(error).rstrip('.')}.", "", raw)
            return None

    def _within(self, key: Key, number: float, path: str, raw: object) -> bool:
        limits = (
            (key.least is not None and number < key.least, f"at least {key.least:g}" if key.least is not None else ""),
            (key.most is not None and number > key.most, f"at most {key.most:g}" if key.most is not None else ""),
            (key.above is not None and number <= key.above, f"above {key.above:g}" if key.above is not None else ""),
            (key.below is not None and number >= key.below, f"below {key.below:g}" if key.below is not None else ""),
        )
        broken = [words for outside, words in limits if outside]
        if broken:
            percent = " Write a share: 0.95 for 95 %." if key.below == 1.0 or key.most == 1.0 else ""
            self.reject(path, f"It must be {broken[0]}.{percent}", value=raw)
        return not broken


def _label(item: Mapping[str, Any], number: int) -> str:
    name = item.get("name")
    return name if isinstance(name, str) and name else str(number)


def _spellings(key: Key) -> list[str]:
    if key.kind not in ("span", "duration"):
        return [key.name]
    return [key.name, *(name for unit in HOURS_PER if (name := f"{key.stem}_{unit}") != key.name)]


def _unit(key: Key, spelling: str) -> str:
    return spelling.removeprefix(f"{key.stem}_") if key.kind in ("span", "duration") else key.unit


def section_document(section: Section, values: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of one section as the file has them, without those that are as usual."""
    document: dict[str, Any] = {}
    for key in section.keys:
        value = values.get(key.target)
        if value is not None and (key.always or value != usual.get(key.target)):
            document[key.name] = _written(key, value)
    return document


def _written(key: Key, value: Any) -> Any:
    if key.kind == "duration":
        return duration_text(value, key.unit)
    if key.kind == "span":
        return _whole(rounded(value / HOURS_PER[key.unit]))
    if key.kind == "texts":
        return sorted(value) if isinstance(value, frozenset) else list(value)
    if key.kind == "numbers":
        return [_whole(number) for number in value]
    if key.kind == "number":
        return _whole(rounded(value / key.scale))
    return value


def _whole(number: float) -> float | int:
    return int(number) if number == int(number) and abs(number) < 1e15 else number
