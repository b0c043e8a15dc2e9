"""The incentives in words: what it costs that each follows its own pay, who works against whom, where pay leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from spareverse.explainer.facts import MOVER, Narrative
from spareverse.explainer.narratives.telling import Row, Telling

Tables = Mapping[str, pl.DataFrame]
ENTERPRISE = "enterprise"
MOST_PAIRS = 4


def incentives_narrative(tables: Tables, currency: str, *, expert: bool = False) -> Narrative:
    """Of the Observer's tables coherence and externalities, at the narrower box around today."""
    index = tables["coherence"].sort("rho").row(0, named=True)
    first = Telling("incentives", "coherence", expert)
    first.change(index, "price", f"{currency}/day", measure="price")
    first.say("means.price" if first.clear("price") > 0 else "means.aligned")
    pairs = tables["externalities"].filter(
        pl.col("rho") == index["rho"], pl.col("clear") == "yes", pl.col("mover") != pl.col("on")
    )
    found = [*_hurt_enterprise(pairs, currency, expert=expert), *_conflicts(pairs, expert=expert)]
    last = Telling("incentives", "coherence", expert)
    last.estimate(index, "coherence", measure="coherence")
    last.put("one", 1, measure="scale", source="coherence: the greatest an index can be")
    last.put("replications", index["replications"], "runs", measure="replications")
    if not found:
        last.say("why.none")
    last.say("sure.index")
    told = [first.narrative(), *(_apart(each, number) for number, each in enumerate(found, 1)), last.narrative()]
    return Narrative(
        tuple(sentence for each in told for sentence in each.sentences),
        tuple(fact for each in told for fact in each.facts),
    )


def _apart(told: Narrative, number: int) -> Narrative:
    """The same with ids of its own."""
    return replace(told, facts=tuple(replace(fact, id=f"pair{number}.{fact.id}") for fact in told.facts))


def _hurt_enterprise(pairs: pl.DataFrame, currency: str, *, expert: bool) -> list[Narrative]:
    """Agents whose own move raises the cost of the enterprise, the dearest first."""
    own = pairs.filter(pl.col("on") == ENTERPRISE, pl.col("change") > 0).sort("change", descending=True)
    return [_harm(row, currency, expert=expert) for row in own.iter_rows(named=True)]


def _harm(row: Row, currency: str, *, expert: bool) -> Narrative:
    tell = Telling("incentives", "externalities", expert, {"agent": str(row["mover"])})
    tell.put("mover", row["mover"], "agent", source="externalities.mover")
    tell.change(row, "change", f"{currency}/day", measure="total_cost")
    tell.say("why.enterprise")
    return tell.narrative()


def _conflicts(pairs: pl.DataFrame, *, expert: bool) -> list[Narrative]:
    """Pairs of agents of which one works against the other's pay, the worst first."""
    against = pairs.filter(pl.col("on") != ENTERPRISE, pl.col("share_of_range") < 0).sort(
        "share_of_range", "mover", "on"
    )
    return [_pair(row, expert=expert) for row in against.head(MOST_PAIRS).iter_rows(named=True)]


def _pair(row: Row, *, expert: bool) -> Narrative:
    tell = Telling("incentives", "externalities", expert, {"agent": str(row["on"])})
    about = {"agent": str(row["on"]), MOVER: str(row["mover"])}
    tell.put("mover", row["mover"], "agent", source="externalities.mover")
    tell.put("on", row["on"], "agent", source="externalities.on")
    tell.put("loss", -row["share_of_range"], "share", measure="pay", about=about, direction=-1,
             source="-externalities.share_of_range")  # fmt: skip
    tell.say("why.pair")
    return tell.narrative()
