"""What ``reproduce grounding`` prints: wrong texts caught by class, right texts refused."""

from __future__ import annotations

from spareverse.cli import screen


def reproduce(seed: int | None, *, as_json: bool) -> None:
    """Check right texts and wrong ones made of them, and print how many are caught and refused."""
    from spareverse.reproduction import grounding

    with screen.progress() as progress:
        result = grounding.run(seed=grounding.SEED if seed is None else seed, progress=progress)
    if as_json:
        screen.document(result)
        return
    heads = grounding.columns()
    title = f"Wrong texts that are refused, up to {result['mutants']} of each class and set, seed {result['seed']}"
    screen.table(title, heads, grounding.rows(result), right=heads[1:])
    for each in result["sets"]:
        for one in each["refused"]:
            faults = ", ".join(f"{text} ({kind})" for text, kind in one["faults"])
            screen.say(f"* right but refused, {each['set']}: {one['text']} [{faults}]")
