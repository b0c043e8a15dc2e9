"""The option recommended for each part, all of them together: simulated as one option, beside those of the study.

Parts are ranked one by one, as if each alone paid its share of the fees. The package that follows from it is another
matter: it pays the fee and investment of every option it uses, and its parts stop the same assets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from spareverse.network.study import Option, Study
from spareverse.network.study_answers import BEST_OPTIONS, PART_BY_PART
from spareverse.network.study_tables import MEASURES, OPTION_RESULTS
from spareverse.optimisation.warehouse.estimates import columns, mean_estimate
from spareverse.optimisation.warehouse.recommendation import recommended
from spareverse.optimisation.warehouse.runs import Run, Simulate, by_replication, estimated, option_names

MIXTURE = "recommended for each part"


def recommended_options(study: Study, lines: pl.DataFrame, answers: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """``part_id, option, verdict`` of each stocked part: the cheapest option that reaches the target of availability.

    Without a target the answer of the study counts, else the cheapest by the means; the most available where no option
    reaches the target. ``verdict`` is that of the answer, where the two are one.
    """
    best = answers.get("best_options", BEST_OPTIONS.empty()).filter(pl.col("part_id").fill_null("") != "")
    best = best.select("part_id", "best_option", "verdict")
    cost = pl.col("supply_cost").fill_null(0.0) + pl.col("downtime_cost").fill_null(0.0)
    own = pl.col("follows").fill_null(pl.col("option")) == pl.col("option")
    chosen = (
        lines.filter(own.any().over("part_id").not_() | own)
        .join(best, on="part_id", how="left", maintain_order="left")
        .with_columns(__missed=target_missed(study), __named=pl.col("option") == pl.col("best_option"), __cost=cost)
        .with_columns(__short=pl.when("__missed").then(-pl.col("availability")).otherwise(0.0))
        .sort("__missed", "__short", pl.col("__named").not_().fill_null(value=True), "__cost", maintain_order=True)
        .unique("part_id", keep="first", maintain_order=True)
    )
    return chosen.select("part_id", "option", verdict=pl.when("__named").then("verdict").fill_null(""))


def target_of(study: Study) -> pl.Expr:
    """Target of availability of a row's ``option``: the study's, else the option's own; null: none."""
    common = study.target_availability
    targets = {each.name: each.target_availability if common is None else common for each in study.options}
    return pl.col("option").replace_strict(targets, default=None, return_dtype=pl.Float64)


def target_missed(study: Study) -> pl.Expr:
    """Whether a row's availability is below the target of its option."""
    return (pl.col("availability") < target_of(study)).fill_null(value=False)


def part_by_part(
    run: Run, answers: Mapping[str, pl.DataFrame], simulate: Simulate, *, replications: int
) -> pl.DataFrame:
    """Schema PART_BY_PART: every measure of the mixture, and what it is more than under the recommended option.

    Common random numbers, so that differences are paired. Empty where one option is the best for every part.

    answers
        ``best_options`` of the run.
    """
    study, mixed = run.study, mixture(run, answers)
    if len(set(mixed.follows.values())) < 2:
        return PART_BY_PART.empty()
    varied = replace(study, options=(*study.options, mixed))
    found = simulate(varied, replications=replications, seed=run.seed, only=(mixed.name,))
    against = recommended(run)
    rows = []
    for measure, (_, unit) in MEASURES.items():
        ours = by_replication(found, measure, [mixed.name])[:, 0]
        theirs = by_replication(run, measure, [against])[: len(ours), 0]
        row = {
            "measure": measure,
            "unit": study.currency if unit == "currency" else unit,
            **columns("value", estimated(found, measure, mixed.name)),
            "against": against,
            **columns("difference", mean_estimate(ours - theirs)),
            "followed": _followed(study, mixed),
            "replications": len(ours),
        }
        rows.append(row)
    return pl.DataFrame(rows, schema=PART_BY_PART.schema)


def mixture(run: Run, answers: Mapping[str, pl.DataFrame]) -> Option:
    """An option under which each part follows the one recommended for it; nothing of it is its own."""
    chosen = recommended_options(run.study, run.tables["line_results"], answers)
    name = MIXTURE
    while name in option_names(run):
        name += "*"
    return Option(name, "hybrid", follows=dict(chosen.select("part_id", "option").iter_rows()))


def _followed(study: Study, mixed: Option) -> str:
    """The options of the mixture in words, with the number of parts of each."""
    names, counts = np.unique(list(mixed.follows.values()), return_counts=True)
    count = dict(zip(names.tolist(), counts.tolist(), strict=True))
    return ", ".join(
        f"{each.title or each.name} ({count[each.name]:,})" for each in study.options if each.name in count
    )


def with_mixture(
    study: Study, options: pl.DataFrame, answers: Mapping[str, pl.DataFrame]
) -> tuple[tuple[Option, ...], pl.DataFrame]:
    """Options and their results (OPTION_RESULTS) with the mixture as one option more, where it was simulated."""
    found = answers.get("part_by_part", PART_BY_PART.empty())
    if found.is_empty():
        return study.options, options
    own = found.select(
        "measure", "unit", option=pl.lit(MIXTURE), mean="value", low="value_low", high="value_high",
        run_low=pl.lit(None, pl.Float64), run_high=pl.lit(None, pl.Float64),
    )  # fmt: skip
    both = pl.concat([options, own.select(OPTION_RESULTS.names).cast(dict(OPTION_RESULTS.schema))])  # type: ignore[arg-type]
    return (*study.options, Option(MIXTURE, "hybrid", title=MIXTURE.capitalize())), both
