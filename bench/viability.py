"""The viability map of 1,000 parts at 40 places over three years: battery, coherence, the first answer, refined."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from measuring import Measurement, peak_memory_mb, run

FIRST_S, REFINED_S = 60.0, 300.0
BATTERY_REPLICATIONS, SCORES = 20, 24
IN_ALL = 10_000
"""Parts of the company, of which 1,000 are sampled."""


def measure(*, quick: bool) -> Iterator[Measurement]:
    parts = 1_000 if quick else IN_ALL
    for what, limit in (("battery", None), ("coherence", None), ("observe", FIRST_S), ("refined", REFINED_S)):
        if quick and what == "refined":
            continue
        found = _child(what, parts)
        told = [f"{found[name]:,} {name}" for name in ("runs", "events") if name in found]
        if "runs" in found:
            told.append(f"{1000 * found['cpu'] / found['runs']:.0f} ms of CPU a run")
        yield Measurement(
            CASES[what].format(parts=parts), found["seconds"], "s", "the limit we set" if limit else "", limit,
            cpu_seconds=found["cpu"], memory_mb=found["memory_mb"],
            remark=", ".join([*told, *([found["said"]] if "said" in found else [])]),
        )  # fmt: skip


CASES = {
    "battery": f"battery of 6, {BATTERY_REPLICATIONS} replications, 1,000 of {{parts:,}} parts",
    "coherence": f"coherence, {SCORES} replications, 1,000 of {{parts:,}} parts",
    "observe": "first answer with warnings and advice, {parts:,} parts",
    "refined": "the same, refined",
}


def _child(*arguments: object) -> dict[str, Any]:
    """Measured in a process of its own, for its memory."""
    found: dict[str, Any] = json.loads(
        run([sys.executable, __file__, *map(str, arguments)]).output.strip().splitlines()[-1]
    )
    return found


def _main(what: str, parts: str) -> dict[str, Any]:
    from spareverse.examples import world_network
    from spareverse.observer.coherence import coherence
    from spareverse.observer.homeostasis import homeostasis
    from spareverse.twin.twin import Twin

    small = world_network.network(parts=100)
    homeostasis(small, replications=2)
    network = world_network.network(parts=int(parts))
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        twin = Twin.create(Path(folder) / "company")
        twin.import_network(network)
        begin, cpu = time.perf_counter(), time.process_time()
        if what == "battery":
            held = homeostasis(network, replications=BATTERY_REPLICATIONS)
            found = {"runs": 6 * BATTERY_REPLICATIONS, "events": held.runs.events,
                     "said": f"index {held.index:.3f} [{held.low:.3f} to {held.high:.3f}]"}  # fmt: skip
        elif what == "coherence":
            row = coherence(network, replications=SCORES)["coherence"].row(0, named=True)
            said = "coherence {coherence:.3f} [{coherence_low:.3f} to {coherence_high:.3f}]".format(**row)
            found = {"runs": row["runs"], "events": row["events"], "said": said}
        else:
            now = twin.observe(thorough=what == "refined").now or {}
            found = {"said": ", ".join(
                "{} {:.3f} [{:.3f} to {:.3f}]".format(axis, *(now[f"{axis}{end}"] for end in ("", "_low", "_high")))
                for axis in ("coherence", "homeostasis")
            )}  # fmt: skip
        seconds, spent = time.perf_counter() - begin, time.process_time() - cpu
    return {**found, "seconds": seconds, "cpu": spent, "memory_mb": peak_memory_mb()}


if __name__ == "__main__":
    print(json.dumps(_main(*sys.argv[1:])))
