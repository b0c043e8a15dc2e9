"""Laws of the time to failure given by their shape alone: ``exponential``, ``weibull(shape=2)``."""

from __future__ import annotations

from spareverse.network.distributions import Distribution, Exponential, parse

_COMPLETIONS = (", mean=1)", ", scale=1)", ", median=1)")


def life_law(text: str | None, mean_h: float) -> Distribution:
    """The law of that shape with the given mean in hours; no text means exponential.

    A law that names its own scale, such as ``weibull(shape=2, scale=900 h)``, keeps its shape and is scaled to the
    mean. ValueError says what is wrong.
    """
    plain = (text or "exponential").strip()
    if plain == "exponential":
        return Exponential(mean_h)
    law = _of_any_scale(plain)
    if not law.mean > 0:
        raise ValueError(f"a life of 0 h cannot be scaled: {plain!r}")
    return law.scaled(mean_h / law.mean)


def _of_any_scale(text: str) -> Distribution:
    try:
        return parse(text)
    except ValueError as error:
        if text.endswith(")"):
            for completion in _COMPLETIONS:
                try:
                    return parse(f"{text[:-1]}{completion}")
                except ValueError:
                    continue
        raise error
