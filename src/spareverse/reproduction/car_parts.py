"""The public car parts (2,674 parts, 51 months): plans made from months 1 to 39, scored on the last 12.

The last 12 months are for one look. A score is therefore written to a record with its day and version, and a file with
a record is scored again only when asked, which the record then says.

Not in the data and assumed: one price for all parts, constant lead times of 1, 2 and 3 months, one piece an order.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

import spareverse
from spareverse.errors import Problem, UsageError
from spareverse.jit import Progress
from spareverse.optimisation.costs import CostFile, CostParameters
from spareverse.twin.planning import Proved, prove_plan
from spareverse.twin.twin import Twin
from spareverse.twin.wish import Wish

FIT_MONTHS = 39
TUNING_MONTHS = 27
"""Fit of a rehearsal, scored on months 28 to 39: the last 12 are not read."""
LEAD_TIMES = (1, 2, 3)
"""[months]"""
MONTH_DAYS = 365.25 / 12.0
UNIT_COST = 10.0
FILL_RATE = 0.9
RECORD = "car-parts-score.json"


def run(
    data: Path,
    *,
    record: Path | None = None,
    again: bool = False,
    rehearse: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Plan, prove and record.

    record
        File of earlier scores, default ``car-parts-score.json`` beside the data.
    again
        Score although this file has been scored before.
    rehearse
        Fit to month 27 and score months 28 to 39: nothing is recorded and the last 12 months are never read.

    UsageError when the data has been scored and ``again`` is not given.
    """
    kept = record or data.with_name(RECORD)
    digest = hashlib.sha256(data.read_bytes()).hexdigest()
    earlier = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() and not rehearse else []
    scored = [entry for entry in earlier if entry["sha256"] == digest]
    if scored and not again:
        raise UsageError(
            f"The last 12 months were scored on {scored[-1]['scored_at']} by version {scored[-1]['version']}.",
            [Problem("a test set is for one look", "Give --again to score once more; the record will say so.")],
        )
    months, fit = (FIT_MONTHS, TUNING_MONTHS) if rehearse else (FIT_MONTHS + 12, FIT_MONTHS)
    say = progress or (lambda _fraction, _what: None)
    with tempfile.TemporaryDirectory() as folder:
        twin = Twin.create(Path(folder) / "twin", name="car parts")
        twin.import_orders(demand=_first_months(data, months, Path(folder)), answers={"missing_periods": "missing"})
        tables = twin.tables()
    # one piece an order: without a price nothing is known of what an order costs
    costs = CostFile(CostParameters(carrying_rate=0.25, early_factor=1.0, stock_out_factor=26.1, ordering_cost=0.0))
    begin = date(1998 + fit // 12, fit % 12 + 1, 1)
    results = []
    for number, lead in enumerate(LEAD_TIMES):
        proved = prove_plan(
            tables,
            Wish(fill_rate=FILL_RATE, lead_time_days=lead * MONTH_DAYS, unit_cost=UNIT_COST),
            costs=costs,
            fit_until=begin,
            progress=lambda share, what, number=number, lead=lead: say(  # type: ignore[misc]
                (number + share) / len(LEAD_TIMES), f"Lead time {lead} months: {what}"
            ),
        )
        results.append({"lead_time_months": lead, **_result(proved)})
    document = {
        "data": data.name,
        "sha256": digest,
        "scored_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": spareverse.__version__,
        "fitted_to_months": f"1 to {fit}",
        "scored_on_months": f"{fit + 1} to {months}",
        "look": 0 if rehearse else len(scored) + 1,
        "assumed": f"one price ({UNIT_COST:g}), constant lead times of 1, 2 and 3 months, one piece an order",
        "results": results,
    }
    if not rehearse:
        kept.write_text(json.dumps([*earlier, document], indent=1), encoding="utf-8")
    return document


def _first_months(data: Path, months: int, folder: Path) -> Path:
    """A copy of the file with no more than these months."""
    frame = pl.read_csv(data, infer_schema_length=0)
    if len(frame.columns) < months + 1:
        raise UsageError(f"{data.name} has {len(frame.columns) - 1} months; {months} are needed.")
    copy = folder / "carparts.csv"
    frame.select(frame.columns[: months + 1]).rename({frame.columns[0]: "part_id"}).write_csv(copy)
    return copy


def _result(proved: Proved) -> dict[str, Any]:
    """Verdicts by class, curves of all contenders, stock at equal fill rate, and how demand moved."""
    proof, planned = proved.proof, proved.planned
    whole = proof.results.filter((pl.col("policy") == "plan") & pl.col("chosen") & (pl.col("group") == "all")).row(
        0, named=True
    )
    known = planned.data.known_steps.sum()
    before = float(planned.data.event_pieces.sum()) / known
    seen = len(planned.data) * proved.later.steps - int((proved.later.gap_until - proved.later.gap_from).sum())
    after = float(proved.later.event_pieces.sum()) / max(seen, 1)
    return {
        "verdict": whole["verdict"],
        "cause": proof.cause,
        "pieces_a_part_and_month": {"fitted": before, "scored": after, "change": after / before - 1.0},
        "classes": proof.results.filter((pl.col("policy") == "plan") & pl.col("chosen")).to_dicts(),
        "curves": proof.results.filter(pl.col("group") == "all").to_dicts(),
        "equal": proof.equal.to_dicts(),
        "models": dict(planned.models.table["model"].value_counts(sort=True).rows()),
    }
