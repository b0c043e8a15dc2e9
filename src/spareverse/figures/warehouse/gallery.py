"""Every figure of a study by its name, for results, pages, REST and the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from spareverse.errors import NotFound, Problem
from spareverse.figures.figure import Figure
from spareverse.figures.warehouse.comparison import Comparison
from spareverse.figures.warehouse.downtime import downtime_cost
from spareverse.figures.warehouse.histograms import availability_histogram, lead_time_histogram, wait_histogram
from spareverse.figures.warehouse.money import cumulative_cost, fee_chart
from spareverse.figures.warehouse.options import cost_by_kind, option_comparison
from spareverse.figures.warehouse.package import package_overview
from spareverse.figures.warehouse.pareto import pareto
from spareverse.figures.warehouse.risk_matrix import risk_matrix
from spareverse.figures.warehouse.seasons import seasons
from spareverse.figures.warehouse.sensitivity import sobol, tornado
from spareverse.figures.warehouse.stock import stock_against_time
from spareverse.network.study import Study
from spareverse.network.study_answers import STUDY_ANSWERS
from spareverse.network.study_tables import LINE_RESULTS, STUDY_RESULTS
from spareverse.optimisation.warehouse.downtime_switches import common_cost
from spareverse.optimisation.warehouse.part_by_part import recommended_options, with_mixture

SECTIONS: dict[str, tuple[str, ...]] = {
    "The options beside one another": ("options", "costs"),
    "Through the year": ("seasons",),
    "Money": ("cumulative", "fees", "downtime"),
    "What single runs live through": ("availability", "lead-times", "waits", "stock"),
    "What the answer hangs on": ("tornado", "sobol"),
    "The choice": ("pareto", "risk-matrix", "package"),
}
"""Figures by question, in the order of reading."""
NAMES = tuple(name for names in SECTIONS.values() for name in names)


@dataclass(frozen=True)
class Gallery:
    """The figures of one run. ``tables`` (STUDY_RESULTS) and ``answers`` (STUDY_ANSWERS) by name; missing = empty."""

    study: Study
    tables: Mapping[str, pl.DataFrame]
    answers: Mapping[str, pl.DataFrame]

    @cached_property
    def comparison(self) -> Comparison:
        return Comparison.of(self.study)

    @cached_property
    def compared(self) -> tuple[Comparison, pl.DataFrame]:
        """The options and their results, and beside them what is recommended for each part, where it was simulated."""
        options, results = with_mixture(self.study, self._result("options"), self.answers)
        return Comparison.of(replace(self.study, options=options)), results

    def figure(
        self,
        name: str,
        *,
        option: str | None = None,
        against: str | None = None,
        measure: str = "total_cost",
        part_id: str | None = None,
    ) -> Figure:
        """One figure; NotFound for another name.

        ``option`` and ``measure``: of tornado and sobol (None: the best option). ``against``: of fees. ``part_id``: of
        stock.
        """
        who = self.comparison
        beside, results = self.compared
        chosen = option or self._best()
        drawings: dict[str, Callable[[], Figure]] = {
            "options": lambda: option_comparison(results, beside, self._result("differences")),
            "costs": lambda: cost_by_kind(results, beside),
            "cumulative": lambda: cumulative_cost(self._result("periods"), who),
            "fees": lambda: fee_chart(self._answer("fee_chart"), self._answer("break_even"), who, against=against),
            "downtime": lambda: downtime_cost(self._answer("downtime_switches"), who, today=common_cost(self.study)),
            "seasons": lambda: seasons(self._result("periods"), self.study, who),
            "availability": lambda: availability_histogram(self._result("replications"), who),
            "lead-times": lambda: lead_time_histogram(self._result("events"), who),
            "waits": lambda: wait_histogram(self._result("events"), who),
            "stock": lambda: stock_against_time(self._result("events"), self._result("line_results"), who, part_id),
            "tornado": lambda: tornado(self._answer("tornado"), who, chosen, measure),
            "sobol": lambda: sobol(self._answer("global_sensitivity"), who, chosen, measure),
            "pareto": lambda: pareto(self._answer("pareto"), who),
            "risk-matrix": lambda: risk_matrix(self._answer("risk_matrix"), who),
            "package": lambda: package_overview(*self._recommended(), beside, results),
        }
        if name not in drawings:
            problem = Problem("unknown figure", f"Use one of {', '.join(NAMES)}.", value=name)
            raise NotFound(f"There is no figure {name!r} of a study.", [problem])
        return drawings[name]()

    def all(self) -> dict[str, Figure]:
        """Every figure that has something to show."""
        drawn = {name: self.figure(name) for name in NAMES}
        return {name: figure for name, figure in drawn.items() if figure.drawn}

    def sections(self) -> dict[str, list[Figure]]:
        """The same by question, without questions that nothing answers."""
        drawn = self.all()
        found = {title: [drawn[name] for name in names if name in drawn] for title, names in SECTIONS.items()}
        return {title: figures for title, figures in found.items() if figures}

    def _best(self) -> str:
        best = self._answer("best_options")
        whole = best.filter(pl.col("part_id").fill_null("") == "")["best_option"].drop_nulls()
        return str(whole[0]) if len(whole) else self.study.options[0].name

    def _recommended(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The option recommended for each part, and the results of every part under every option."""
        lines = LINE_RESULTS.completed(self._result("line_results"))
        return recommended_options(self.study, lines, self.answers), lines

    def _result(self, name: str) -> pl.DataFrame:
        found = self.tables.get(name)
        return STUDY_RESULTS[name].empty() if found is None else found

    def _answer(self, name: str) -> pl.DataFrame:
        found = self.answers.get(name)
        return STUDY_ANSWERS[name].empty() if found is None else found
