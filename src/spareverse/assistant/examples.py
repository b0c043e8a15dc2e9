"""Questions that can be asked of this twin, with its own names."""

from __future__ import annotations

import polars as pl

from spareverse.assistant.session import Session
from spareverse.assistant.study_tools import study_names

MOST = 12


def example_questions(session: Session) -> list[str]:
    """A handful of questions that the grammar answers here, one of each kind where the twin can."""
    found = []
    if session.has("analysis"):
        columns = ("part_id", "supplier_id", "optimal_cover")
        worst = session.parts().select(*columns, "money_at_risk").top_k(1, by="money_at_risk").select(columns).collect()
        for part, supplier, cover in worst.rows():
            found += [f"Why is part {quoted(part)} at risk?", "Which parts are most at risk?"]
            found += [f"What if I keep {cover:.0f} pieces of part {quoted(part)}?"] if cover is not None else []
            found += [f"How late is supplier {quoted(supplier)}?"] if supplier else []
        found.append("Which orders are overdue?")
    if session.has("plan"):
        found += ["What if the stock budget is 10 % lower?", "Compare the plan with today's rule."]
    if session.has("network"):
        found += _of_network(session)
    if session.has("observation"):
        foreseen = "warnings" in session.observation().tables
        found += ["What is coming?", "What should we do?"] if foreseen else []
        found.append("Are we viable?")
    if study_names(session):
        found.append("Which warehouse option does the study recommend?")
    return list(dict.fromkeys(found))[:MOST] or ["Where do we stand?"]


def _of_network(session: Session) -> list[str]:
    network = session.network().network
    found = []
    suppliers = network["suppliers"].filter(pl.col("supplier_id") != "")
    if suppliers.height:
        used = network["sourcing"].group_by("source_id").len().sort("len", "source_id", descending=[True, False])
        names = [name for name in used["source_id"].to_list() if name in suppliers["supplier_id"]]
        name = names[0] if names else str(suppliers["supplier_id"][0])
        found.append(f"What if supplier {quoted(name)} stops for six weeks?")
    kept = session.twin.scenario_names()
    if kept:
        found.append(f"Compare scenario {quoted(kept[0])} with the network as it is.")
    if session.has("simulation"):
        found += ["Why did customers wait?", "When was service worst?", "What would help most, without which cause?"]
    return found


def quoted(name: str) -> str:
    """A name as a question holds it: in quotes where it has blanks."""
    return f'"{name}"' if " " in name else name
