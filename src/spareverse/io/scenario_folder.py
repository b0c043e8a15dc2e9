"""The scenarios a twin keeps: one TOML file each, named as the scenario is."""

from __future__ import annotations

import re
from pathlib import Path

from spareverse.errors import InputRejected, NotFound, Problem
from spareverse.io.scenario_files import read_scenario, write_scenario
from spareverse.io.storage import storage_errors
from spareverse.network.scenario import Scenario
from spareverse.network.spelling import did_you_mean

FOLDER = "scenarios"
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,58}[A-Za-z0-9])?")
RESERVED = frozenset({"as it is"})
"""The network without any scenario is called so in every result."""


class ScenarioFolder:
    """Scenarios by name. Files that people put there themselves count as well."""

    def __init__(self, twin: Path) -> None:
        self.path = twin / FOLDER

    def names(self) -> list[str]:
        """In the order of the alphabet."""
        found = self.path.glob("*.toml") if self.path.is_dir() else ()
        return sorted((file.stem for file in found if _NAME.fullmatch(file.stem)), key=str.lower)

    def all(self) -> tuple[Scenario, ...]:
        """Every scenario; InputRejected where a file of the folder cannot be read."""
        return tuple(self.read(name) for name in self.names())

    def read(self, name: str) -> Scenario:
        """One scenario; NotFound where there is none of that name, InputRejected where its file is wrong."""
        scenario = read_scenario(self.file(name))
        if scenario.name != name:
            reason = f"The scenario in {name}.toml calls itself {scenario.name!r}."
            raise InputRejected(reason, [Problem(reason, "Name file and scenario alike.", f"{name}.toml")])
        return scenario

    def text(self, name: str) -> str:
        """The file as it stands, right or wrong."""
        return self.file(name).read_text(encoding="utf-8-sig")

    def file(self, name: str) -> Path:
        """Where a scenario lies; NotFound where there is none of that name."""
        if name not in self.names():
            hint = did_you_mean(name, self.names()).strip()
            known = f"There are: {', '.join(self.names())}." if self.names() else "This twin has no scenarios yet."
            raise NotFound(f"There is no scenario {name!r}. {hint or known}")
        return self.path / f"{name}.toml"

    def save(self, scenario: Scenario) -> Path:
        """Write a scenario, in place of one of the same name; returns its file."""
        check_name(scenario.name)
        with storage_errors(self.path):
            self.path.mkdir(exist_ok=True)
            return write_scenario(scenario, self.path / f"{scenario.name}.toml")

    def delete(self, name: str) -> None:
        """NotFound where there is none of that name."""
        file = self.file(name)
        with storage_errors(self.path):
            file.unlink()


def check_name(name: str) -> None:
    """InputRejected for a name that cannot be a file everywhere, or that means the network without a scenario."""
    if name.lower() in RESERVED:
        reason, remedy = f"{name!r} is the network without any scenario.", "Name the scenario otherwise."
    elif not _NAME.fullmatch(name):
        reason = "A scenario is named by letters, digits, spaces, points, dashes and underscores, 60 at most."
        remedy = "Keep words for people in its title."
    else:
        return
    raise InputRejected(reason, [Problem(reason, remedy, column="scenario.name", value=name)])
