"""Words: narratives, the check of a text, questions understood and answered by the grammar alone."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from measuring import Measurement, run, spareverse, timed

NARRATIVE_S, GRAMMAR_S = 0.05, 0.2
QUESTIONS = (
    "Why is part {part} at risk?", "Which parts are most at risk?", "Which suppliers are late most often?",
    "How late is supplier {supplier}?", "What if I keep 14 pieces of part {part}?", "Which orders are overdue?",
    "What share of our stock has not moved for two years?", "Are we improving?", "Where do we stand?",
)  # fmt: skip


def measure(*, quick: bool) -> Iterator[Measurement]:
    from spareverse.explainer.grounding import check
    from spareverse.reproduction.grounding_cases import facts, narratives

    seconds, cpu, told = timed(lambda: [narratives(expert=expert) for expert in (False, True)])
    texts = [(case, one) for each in told for case, one in each.items()]
    yield _limited(f"{len(texts)} narratives, mean of one", seconds / len(texts), cpu / len(texts), NARRATIVE_S)
    known = {case: facts(case) for case, _ in texts}
    checks = [_warm(lambda case=case, one=one: check(" ".join(one.sentences), known[case])) for case, one in texts]
    yield Measurement("a text checked, slowest of these", max(checks), "s")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "company"
        run(spareverse("demo", path, "--parts", 300 if quick else 30_000, "--no-serve", "--json"))
        yield from _questions(path)


def _questions(path: Path) -> Iterator[Measurement]:
    from spareverse.assistant.answers import explain
    from spareverse.assistant.questions import understand
    from spareverse.assistant.session import Session
    from spareverse.twin.twin import Twin

    session = Session(Twin.open(path))
    parts = session.twin.analysis().parts.sort("money_at_risk", descending=True)
    names = {"part": parts["part_id"][0], "supplier": parts["supplier_id"].drop_nulls()[0]}
    asked = [question.format(**names) for question in QUESTIONS]
    first = _once(lambda: understand(session, asked[0]))
    yield Measurement(f"first question understood, {parts.height:,} parts", first, "s", remark="names are read once")
    understood = {question: _warm(lambda question=question: understand(session, question)) for question in asked}
    yield _limited(f"{len(asked)} questions, slowest understood", max(understood.values()), None, GRAMMAR_S)
    answered = {question: _warm(lambda question=question: explain(session, question)) for question in asked}
    slowest = max(answered, key=answered.__getitem__)
    yield _limited("the same, slowest answered and checked", answered[slowest], None, GRAMMAR_S, slowest)


def _limited(case: str, seconds: float, cpu: float | None, limit: float, remark: str = "") -> Measurement:
    return Measurement(case, seconds, "s", "the limit we set", limit, cpu_seconds=cpu, remark=remark)


def _warm(work: Callable[[], Any]) -> float:
    """Seconds of the second call: what a session keeps is read once."""
    work()
    return _once(work)


def _once(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
