"""Arguments of a tool: declared once, for the JSON schema that is shown and for the check of what is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from spareverse.errors import Problem, UsageError
from spareverse.network.spelling import did_you_mean

Kind = Literal["text", "integer", "number", "boolean", "texts", "rows"]
_JSON: Mapping[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "rows": {"type": "array", "items": {"type": "object"}},
}
LONGEST_TEXT = 400
MOST_ENTRIES = 50


@dataclass(frozen=True)
class Argument:
    """One argument of a tool; numbers lie within ``least`` and ``most``."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    fields: tuple[Argument, ...] = ()
    """Of ``rows``: what each row has."""

    def schema(self) -> dict[str, Any]:
        """As JSON schema."""
        found: dict[str, Any] = {**_JSON[self.kind], "description": self.meaning}
        if self.fields:
            found["items"] = object_schema(self.fields)
        if self.choices:
            (found["items"] if self.kind == "texts" else found)["enum"] = list(self.choices)
        limits = {"minimum": self.least, "maximum": self.most}
        found |= {name: limit for name, limit in limits.items() if limit is not None}
        if self.default is not None:
            found["default"] = self.default
        return found

    def checked(self, value: Any, problems: list[Problem]) -> Any:
        """The value as the tool takes it; what is wrong with it is added to ``problems``."""
        if self.kind in ("texts", "rows"):
            return self._entries(value, problems)
        if self.kind == "text":
            return self._text(value, problems)
        if self.kind == "boolean":
            return value if isinstance(value, bool) else self._refuse("true or false is wanted", value, problems)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            return self._refuse("a number is wanted", value, problems)
        if self.kind == "integer" and value != int(value):
            return self._refuse("a whole number is wanted", value, problems)
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            return self._refuse(f"it must lie within {self.least:g} and {self.most:g}", value, problems)
        return int(value) if self.kind == "integer" else float(value)

    def _text(self, value: Any, problems: list[Problem]) -> Any:
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            return self._refuse(f"a text of at most {LONGEST_TEXT} letters is wanted", value, problems)
        if self.choices and value not in self.choices:
            remedy = did_you_mean(value, self.choices).strip() or f"Use one of {', '.join(self.choices)}."
            return self._refuse("there is no such choice", value, problems, remedy)
        return value

    def _entries(self, value: Any, problems: list[Problem]) -> Any:
        if not isinstance(value, list | tuple) or len(value) > MOST_ENTRIES:
            return self._refuse(f"a list of at most {MOST_ENTRIES} entries is wanted", value, problems)
        if self.kind == "rows":
            return [checked_arguments(self.name, self.fields, row, problems) for row in value]
        one = Argument(self.name, "text", self.meaning, choices=self.choices)
        return [one.checked(entry, problems) for entry in value]

    def _refuse(self, reason: str, value: Any, problems: list[Problem], remedy: str = "") -> None:
        problems.append(Problem(f"{reason[0].upper()}{reason[1:]}.", remedy, column=self.name, value=str(value)[:100]))


def object_schema(declared: Sequence[Argument]) -> dict[str, Any]:
    """The JSON schema of an object with these entries and no others."""
    return {
        "type": "object",
        "properties": {each.name: each.schema() for each in declared},
        "required": [each.name for each in declared if each.required],
        "additionalProperties": False,
    }


def checked_arguments(
    tool: str, declared: Sequence[Argument], given: Any, problems: list[Problem] | None = None
) -> dict[str, Any]:
    """What is given, with the defaults of what is not; UsageError lists everything wrong with it.

    ``problems``: collect there instead of raising.
    """
    found: list[Problem] = [] if problems is None else problems
    names = [each.name for each in declared]
    if not isinstance(given, Mapping):
        found.append(Problem("Named arguments are wanted.", f"Known: {', '.join(names)}.", value=str(given)[:100]))
        given = {}
    for name in given:
        if name not in names:
            remedy = did_you_mean(str(name), names).strip() or f"Known: {', '.join(names) or 'none'}."
            found.append(Problem("There is no such argument.", remedy, column=str(name)[:100]))
    taken: dict[str, Any] = {}
    for each in declared:
        if given.get(each.name) is not None:
            taken[each.name] = each.checked(given[each.name], found)
        elif each.required:
            found.append(Problem("It is needed.", each.meaning + ".", column=each.name))
        elif each.default is not None:
            taken[each.name] = each.default
    if problems is None and found:
        raise UsageError(f"The tool {tool} cannot be called so.", found)
    return taken
