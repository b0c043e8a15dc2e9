"""What a key and a section of a study file are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from spareverse.network.distributions import HOURS, Unit

KeyKind = Literal["text", "texts", "integer", "number", "numbers", "boolean", "span", "duration"]

UNITS: Mapping[str, Unit] = {"h": "h", "days": "d", "weeks": "week", "months": "month", "years": "year"}
"""Units a key of time may end in, and how distributions call them."""
HOURS_PER: Mapping[str, float] = {name: HOURS[unit] for name, unit in UNITS.items()}


@dataclass(frozen=True)
class Key:
    """One key: ``field`` is the attribute of the definition it fills, in hours where it is a time.

    A ``span`` is a fixed length of time, a ``duration`` may be a distribution; both may end in any unit of time.
    ``scale`` turns the file's unit into that of the field.
    """

    name: str
    kind: KeyKind
    meaning: str
    unit: str = ""
    field: str = ""
    default: str = ""
    """In words or as written, for people; the definition's own default holds."""
    required: bool = False
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None
    lengths: tuple[int, ...] = ()
    scale: float = 1.0
    always: bool = False
    """Whether it is written even where it is the default."""

    @property
    def target(self) -> str:
        return self.field or self.name

    @property
    def stem(self) -> str:
        """The name without its unit."""
        return self.name.removesuffix(f"_{self.unit}")


@dataclass(frozen=True)
class Section:
    """One ``[section]``, or one of many ``[[section]]`` where ``repeated``."""

    name: str
    meaning: str
    keys: tuple[Key, ...]
    sections: tuple[Section, ...] = ()
    repeated: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(key.name for key in self.keys) + tuple(section.name for section in self.sections)
