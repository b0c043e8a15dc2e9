"""A twin while it is being asked: what was read stays in memory, what was simulated without being kept too."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl

from spareverse.errors import NotFound
from spareverse.io.scenario_files import scenario_text
from spareverse.io.twin_folder import RunTables
from spareverse.jit import Cancel, Progress
from spareverse.network.plan_list import CHANGED, OPEN

if TYPE_CHECKING:
    from spareverse.network.scenario import Scenario
    from spareverse.twin import Analysis, Twin
    from spareverse.twin.analysis import PartResult
    from spareverse.twin.backtest import Backtest
    from spareverse.twin.built_network import BuiltNetwork
    from spareverse.twin.observation import Observation
    from spareverse.twin.plan import Plan
    from spareverse.twin.simulation import Simulation

REMEMBERED = 4
"""Runs of each kind that stay in memory."""


class LongWork(Exception):
    """A simulation is wanted that is not there yet, and this session is not to wait for it.

    ``kind`` and ``arguments`` are those of the job that makes it; asked again afterwards, the answer is at hand.
    """

    def __init__(self, kind: str, arguments: Mapping[str, Any], title: str) -> None:
        super().__init__(title)
        self.kind, self.arguments, self.title = kind, dict(arguments), title


class Session:
    """Reads of one twin, remembered.

    keep
        Whether simulations are kept in the twin; else they live as long as the session, and nothing is written.
    wait
        Whether simulations are run here; else ``LongWork`` says what is missing.
    """

    def __init__(self, twin: Twin, *, keep: bool = True, wait: bool = True) -> None:
        self.twin, self.keep, self.wait = twin, keep, wait
        self.progress: Progress | None = None
        self.cancel: Cancel | None = None
        self._runs: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._trials: dict[str, Simulation] = {}
        self._waiting: tuple[str, int, int] | None = None
        self._lock = Lock()

    @property
    def currency(self) -> str:
        return str(self.twin.folder.settings.currency)

    @property
    def name(self) -> str:
        return str(self.twin.folder.settings.name)

    def has(self, kind: str) -> bool:
        """Whether the twin keeps a run of a kind: analysis, plan, adopted, backtest, network, simulation,
        observation."""
        return bool(self.twin.folder.runs(kind)) or (kind == "simulation" and bool(self._trials))

    def analysis(self) -> Analysis:
        """The newest analysis; NotFound when there is none."""
        found: Analysis = self._newest("analysis", self.twin.analysis)
        return found

    def network(self) -> BuiltNetwork:
        found: BuiltNetwork = self._newest("network", self.twin.network)
        return found

    def plan(self, id: str = "") -> Plan:  # noqa: A002 -- the word users know
        """A plan by its id; else the plan of record, else the newest trial."""
        if id in ("", "adopted", "latest"):
            if not self.has("adopted") and not self.has("plan"):
                raise NotFound("This twin has no plan yet. `spareverse optimise` makes one.")
            kind = "plan" if id == "latest" or not self.has("adopted") else "adopted"
            newest: Plan = self._newest(kind, lambda run: self.twin.plan(run if run != "latest" else kind))
            return newest
        found: Plan = self._remembered("plan", id, self.twin.plan)
        return found

    def backtest(self) -> Backtest:
        found: Backtest = self._newest("backtest", self.twin.kept_backtest)
        return found

    def observation(self) -> Observation:
        """What the Observer found last; NotFound when it was not asked yet."""
        found: Observation = self._newest("observation", self.twin.observation)
        return found

    def observed(self) -> Observation:
        """The newest observation; made where there is none and this session may wait and write."""
        if self.has("observation"):
            return self.observation()
        if not self.wait:
            raise LongWork("observe", {}, "Observe the company")
        if self.keep:
            return self.twin.observe(progress=self.progress, cancel=self.cancel)
        return self.observation()

    def summary_before(self) -> dict[str, Any] | None:
        """Totals of the analysis before the newest; None where there is only one."""
        runs = self.twin.folder.runs("analysis")
        return dict(self.twin.folder.load_run("analysis", runs[1])[0]["summary"]) if len(runs) > 1 else None

    def simulation(self, id: str = "latest") -> Simulation:  # noqa: A002
        """A run by its id, also one of this session that was not kept; ``latest`` is the one made or asked last."""
        if id in self._trials:
            return self._trials[id]
        if id == "latest" and self._trials:
            return list(self._trials.values())[-1]
        found: Simulation = self._newest("simulation", self.twin.simulation, id)
        return found

    def simulate(self, scenarios: list[Scenario | str], options: dict[str, Any]) -> Simulation:
        """The network under scenarios; LongWork where it would have to be run and this session does not wait."""
        kept = self.twin.simulated_before(scenarios, **options)
        if kept is None and not self.wait:
            raise LongWork("simulate", _as_job(scenarios, options), _title(scenarios, options))
        run = self.twin.simulate(scenarios, **options, keep=self.keep, progress=self.progress, cancel=self.cancel)
        if kept is None and not self.keep:
            self._trials[run.id] = run
        return run

    def to_decide(self) -> int | None:
        """How many changes of the plan of record wait for a decision; None where none is adopted."""
        if not self.has("adopted"):
            return None
        plan, decisions = self.plan("adopted"), self.twin.folder.decisions().height
        if self._waiting is None or self._waiting[:2] != (plan.id, decisions):
            waits = int(plan.decided()["state"].is_in([OPEN, CHANGED]).sum())
            self._waiting = (plan.id, decisions, waits)
        return self._waiting[2]

    def parts(self) -> pl.LazyFrame:
        """Rows of PART_RESULTS of the newest analysis, read as far as they are asked for."""
        return lazily(self.analysis().tables, "parts")

    def ranked(self, columns: tuple[str, ...]) -> pl.DataFrame:
        """Columns of the parts of the newest analysis, all of them in memory, since they are ranked anew each time."""
        found: pl.DataFrame = self._newest(
            "analysis", lambda run: self.parts().select(columns).collect(), kept=f"parts by {len(columns)} columns"
        )
        return found

    def money(self) -> pl.DataFrame:
        """part_id and money_at_risk of the newest analysis, most first."""
        found: pl.DataFrame = self._newest(
            "analysis",
            lambda run: self.parts().select("part_id", "money_at_risk").collect().sort(
                "money_at_risk", descending=True, nulls_last=True, maintain_order=True
            ),
            kept="money at risk",
        )  # fmt: skip
        return found

    def part_ids(self) -> pl.Series:
        """Ids of the parts of the newest analysis, in the order of its rows; remembered."""
        ids: pl.Series = self._newest(
            "analysis", lambda run: self.parts().select("part_id").collect()["part_id"], kept="part ids"
        )
        return ids

    def place_ids(self) -> pl.Series:
        """Places of the newest analysis, each once; remembered."""
        ids: pl.Series = self._newest(
            "analysis",
            lambda run: self.parts().select(pl.col("place_id").unique()).collect()["place_id"],
            kept="places",
        )
        return ids

    def known_parts(self) -> pl.Series:
        """Ids of all parts of the newest analysis and of the network, each once; remembered."""
        ids = [pl.Series("part_id", [], pl.String)]
        if self.has("analysis"):
            ids.append(self.part_ids())
        if self.has("network"):
            ids.append(self.network().network["parts"]["part_id"])
        runs = "+".join(run for kind in ("analysis", "network") for run in self.twin.folder.runs(kind)[:1])
        known: pl.Series = self._remembered("known parts", runs, lambda _: pl.concat(ids).drop_nulls().unique())
        return known

    def known_parts_in_lower_case(self) -> pl.Series:
        """The same, entry by entry, as a question may spell them; remembered."""
        known = self.known_parts()
        runs = "+".join(run for kind in ("analysis", "network") for run in self.twin.folder.runs(kind)[:1])
        lower: pl.Series = self._remembered("parts in lower case", runs, lambda _: known.str.to_lowercase())
        return lower

    def from_record(self, name: str, make: Callable[[Session], pl.DataFrame]) -> pl.DataFrame:
        """A table made of the imports and the newest analysis; made again where either is another, else remembered."""
        runs = [*self.twin.folder.runs("analysis")[:1], *(one.import_id for one in self.twin.folder.live_imports())]
        found: pl.DataFrame = self._remembered(name, "+".join(runs), lambda _: make(self))
        return found

    def part(self, part_id: str, place_id: str = "") -> PartResult:
        """One part of the newest analysis, where it has most money at risk; NotFound when it is not there."""
        from spareverse.twin.analysis import PartResult

        analysis = self.analysis()
        at = (self.part_ids() == part_id).arg_true()
        # its rows only: the curves of all the others would take as long to read as everything else together
        rows = self.parts().slice(at[0], at[-1] - at[0] + 1) if len(at) else self.parts().head(0)
        rows = rows.filter(pl.col("part_id") == part_id)
        found = (rows.filter(pl.col("place_id") == place_id) if place_id else rows).collect()
        if found.is_empty():
            raise NotFound(f"There is no part {part_id!r}{f' at {place_id}' if place_id else ''} in the analysis.")
        row = found.sort("money_at_risk", descending=True, nulls_last=True).row(0, named=True)
        chosen = (pl.col("part_id") == part_id) & (pl.col("place_id").fill_null("") == row["place_id"])
        cycles = lazily(analysis.tables, "cycles").filter(chosen).collect()
        return PartResult(row, cycles, self.currency)

    def as_of(self) -> date:
        """Last day the newest analysis knows of."""
        return date.fromisoformat(str(self.analysis().document["as_of"])[:10])

    def _newest(self, kind: str, load: Callable[[str], Any], id: str = "latest", kept: str = "") -> Any:  # noqa: A002
        """The newest run of a kind, or what ``load`` makes of it; ``kept``: the name under which that is remembered."""
        runs = self.twin.folder.runs(kind)
        return self._remembered(kept or kind, runs[0] if id == "latest" and runs else id, load)

    def _remembered(self, kind: str, run: str, load: Callable[[str], Any]) -> Any:
        kind = "plan" if kind == "adopted" else kind
        with self._lock:
            known = (kind, run) in self._runs
        found = None if known else load(run)
        with self._lock:
            if not known:
                self._runs[kind, run] = found
                mine = [key for key in self._runs if key[0] == kind]
                if len(mine) > REMEMBERED:
                    del self._runs[mine[0]]
            self._runs.move_to_end((kind, run))
            return self._runs[kind, run]


def lazily(tables: Mapping[str, pl.DataFrame], name: str) -> pl.LazyFrame:
    """A table of a run, read only as far as it is asked for."""
    return tables.scan(name) if isinstance(tables, RunTables) else tables[name].lazy()


def _as_job(scenarios: list[Scenario | str], options: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of the job: JSON values, scenarios by name or by their file."""
    names = [one for one in scenarios if isinstance(one, str)]
    texts = [scenario_text(one) for one in scenarios if not isinstance(one, str)]
    wanted = {"scenarios": names, "texts": texts, **options}
    return {name: value for name, value in wanted.items() if value is not None and value != []}


def _title(scenarios: list[Scenario | str], options: Mapping[str, Any]) -> str:
    names = [one if isinstance(one, str) else one.title or one.name for one in scenarios]
    return f"Simulate {', '.join(names) or 'the network as it is'}, {options['replications']} runs"
