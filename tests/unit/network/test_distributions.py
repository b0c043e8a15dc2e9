"""Laws as people write them, what is refused, and the corners of single laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from spareverse.network.distributions import (
    HOURS,
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    KernelDensity,
    LogNormal,
    Mixture,
    Triangular,
    Truncated,
    Uniform,
    Weibull,
    parse,
)
from spareverse.network.distributions.text import EXAMPLES

READ: dict[str, Distribution] = {
    "30": Constant(30.0),
    "30 d": Constant(720.0),
    " 30d ": Constant(720.0),
    "1.5e2 h": Constant(150.0),
    ".5 year": Constant(4380.0),
    "2 weeks": Constant(336.0),
    "1 Month": Constant(730.0),
    "90 min": Constant(1.5),
    "constant(90) d": Constant(2160.0),
    "triangular(20, 30, 50) d": Triangular(480.0, 720.0, 1200.0),
    "Triangular(min=20, mode=30, max=50) days": Triangular(480.0, 720.0, 1200.0),
    "triangular(20 d, 30 d, 1200)": Triangular(480.0, 720.0, 1200.0),
    "exponential(mean=500)": Exponential(500.0),
    "exponential(2) month": Exponential(1460.0),
    "weibull(shape=2, scale=1000 h)": Weibull(2.0, 1000.0),
    "weibull(2, 1000)": Weibull(2.0, 1000.0),
    "weibull(shape=1, mean=10) d": Weibull(1.0, 240.0),
    "gamma(shape=2, mean=40)": Gamma(2.0, 20.0),
    "gamma(mean=40, cv=0.5)": Gamma(4.0, 10.0),
    "lognormal(median=5, sigma=1)": LogNormal(5.0, 1.0),
    "log-normal(5, 1)": LogNormal(5.0, 1.0),
    "uniform(5, 10) d": Uniform(120.0, 240.0),
    "empirical(3, 1, 2)": Empirical((1.0, 2.0, 3.0)),
    "mixture(0.8: triangular(20, 30, 50), 0.2: constant(90)) d": Mixture(
        (0.8, 0.2), (Triangular(480.0, 720.0, 1200.0), Constant(2160.0))
    ),
    "mixture(0.5: 3 d, 0.5: 7)": Mixture((0.5, 0.5), (Constant(72.0), Constant(7.0))),
    "kde(12, 15, 40; bandwidth=4)": KernelDensity((12.0, 15.0, 40.0), 4.0),
    "kernel_density(12, 15, 40; bandwidth=1 d)": KernelDensity((12.0, 15.0, 40.0), 24.0),
    "truncated(weibull(2, 40), 0, 100) d": Truncated(Weibull(2.0, 960.0), 0.0, 2400.0),
    "truncated(exponential(5), lower=2)": Truncated(Exponential(5.0), 2.0, math.inf),
    "truncated(exponential(5), upper=2)": Truncated(Exponential(5.0), 0.0, 2.0),
}


@pytest.mark.parametrize("text", READ)
def test_texts_mean_what_they_say(text: str) -> None:
    assert parse(text) == READ[text]


@pytest.mark.parametrize(("unit", "hours"), HOURS.items())
def test_the_unit_of_the_file_holds_where_none_is_written(unit: str, hours: float) -> None:
    assert parse("uniform(1, 2)", unit=unit).mean == pytest.approx(1.5 * hours)  # type: ignore[arg-type]
    assert parse("30 d", unit=unit) == Constant(720.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_that_messages_show_can_be_read(name: str) -> None:
    assert parse(EXAMPLES[name]).mean > 0.0


REFUSED = {
    "": "empty",
    "thirty": "in brackets",
    "-3 d": "negative, got -3",
    "uniform(-1, 3)": "negative, got -1",
    "inf": "0 or more, got inf",
    "1,5 d": "decimals with a point",
    "30 dayz": "did you mean 'day'",
    "30 parsecs": "Units: s, min, h, d, week, month, year",
    "30 d 5": "'5' is not expected after 'd'",
    "triangle(20, 30, 50)": "did you mean 'triangular'",
    "normal(3, 4)": "no law 'normal'",
    "triangular(50, 30, 20) d": r"triangular\(50, 30, 20\) has its maximum below its minimum",
    "triangular(20, 60, 50) d": r"triangular\(20, 60, 50\) has its mode outside",
    "triangular(5, 5, 5)": "has no width; write 5 alone",
    "triangular(20, 30)": r"give triangular\(minimum, mode, maximum\)",
    "triangular(20, 30, 40, 50)": "too many numbers",
    "triangular(20, 30, 50": "closing bracket is expected at the end",
    "triangular(20 30, 50)": "comma or a closing bracket",
    "triangular": "for instance triangular",
    "triangular(20, , 50)": "a number or a law is expected before ','",
    "triangular(20, uniform(1, 2), 50)": "a number is expected where uniform",
    "uniform(5, 3)": "maximum below its minimum",
    "uniform(5, 5)": "write 5 alone",
    "weibull(shape=0, scale=3)": "shape must be above 0",
    "weibull(shape=2 h, scale=3)": "without a unit",
    "weibull(shape=2, scale=0)": "scale > 0",
    "weibull(shape=2, shape=3)": "'shape' twice",
    "weibull(form=2, scale=3)": r"weibull\(shape, scale\) or weibull\(shape, mean\)",
    "gamma(mean=0, cv=1)": "scale > 0",
    "lognormal(mean=3, cv=0)": "cv must be above 0",
    "exponential(0)": "mean > 0",
    "exponential(rate=3)": r"exponential\(mean\)",
    "empirical()": "at least one value",
    "empirical(1, width=2)": "does not know 'width'",
    "kde(1, 2; bandwidth=0)": "bandwidth > 0",
    "kde(1, 2; bandwidth=1; bandwidth=2)": "'bandwidth' twice",
    "kde(3, 3)": "needs a bandwidth",
    "kde()": "needs a bandwidth|at least one point",
    "mixture(0.5: 3, 0.6: 4)": "add up to 1, got 0.5, 0.6",
    "mixture(0: 3, 1: 4)": "above 0",
    "mixture(3, 4)": "needs its weight",
    "mixture()": "needs its weight",
    "uniform(0.5: 3, 4)": "weights belong in a mixture",
    "truncated(uniform(1, 2), 5, 6)": "next to nothing between 5 and 6",
    "truncated(uniform(1, 2), 2, 1)": "not above its lower limit",
    "truncated(lower=2)": "needs a law",
    "truncated(uniform(1, 2), form=3)": "needs a law and its limits",
    "__import__('os')": "no law '__import__'|expected",
    "1e400 h": "0 or more",
    "truncated(" * 3000: "too deep",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40] or "empty")
def test_what_cannot_be_read_is_explained(text: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[text]) as refused:
        parse(text)
    assert str(refused.value).startswith("cannot read the duration ")


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="0123456789.,;:()=-+e xhdmixturetriangulargammakde", max_size=40))
def test_nonsense_is_refused_and_nothing_else(text: str) -> None:
    try:
        law = parse(text)
    except ValueError:
        return
    assert parse(law.text) == law


positive = st.floats(1e-3, 1e6)
shapes = st.floats(0.3, 20.0)
simple = st.one_of(
    st.builds(Constant, st.floats(0.0, 1e6)),
    st.builds(Exponential, positive),
    st.builds(Weibull, shapes, positive),
    st.builds(Gamma, shapes, positive),
    st.builds(LogNormal, positive, st.floats(0.01, 3.0)),
    st.builds(lambda a, b, c: Triangular(a, a + b, a + b + c), positive, positive, positive),
    st.builds(lambda a, b: Uniform(a, a + b), positive, positive),
    st.builds(Empirical, st.lists(positive, min_size=1, max_size=6).map(tuple)),
    st.builds(KernelDensity, st.lists(positive, min_size=1, max_size=6).map(tuple), positive),
)
weighted = st.lists(st.tuples(st.integers(1, 9), simple), min_size=1, max_size=4)
mixed = weighted.map(
    lambda parts: Mixture(tuple(w / sum(x for x, _ in parts) for w, _ in parts), tuple(law for _, law in parts))
)
laws = st.one_of(
    simple,
    mixed,
    st.builds(lambda law: Truncated(law, float(law.quantile(0.2)), float(law.quantile(0.9)) + 1.0), mixed),
)


@settings(max_examples=300, deadline=None)
@given(laws)
def test_every_law_reads_back(law: Distribution) -> None:
    assert parse(law.text) == law


@settings(max_examples=150, deadline=None)
@given(laws, st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_laws_keep_their_order(law: Distribution, p: float, q: float) -> None:
    p, q = sorted((p, q))
    x, y = (float(each) for each in law.quantile([p, q]))
    assert 0.0 <= x <= y
    assert float(law.cdf(x * (1.0 + 1e-12))) >= p - 1e-9
    assert law.variance >= -1e-9 * law.mean**2
    assert float(law.density(x)) >= 0.0
    assert float(law.cdf(x)) + float(law.survival(x)) == pytest.approx(1.0, abs=1e-9)


def test_against_scipy() -> None:
    pairs = [
        (Gamma(2.5, 4.0), stats.gamma(2.5, scale=4.0)),
        (LogNormal(5.0, 0.7), stats.lognorm(0.7, scale=5.0)),
        (Exponential(9.0), stats.expon(scale=9.0)),
        (Triangular(2.0, 3.0, 7.0), stats.triang(0.2, 2.0, 5.0)),
        (Uniform(2.0, 6.0), stats.uniform(2.0, 4.0)),
        (Weibull(1.7, 9.0), stats.weibull_min(1.7, scale=9.0)),
        (KernelDensity((3.0,), 2.0), stats.truncnorm(-1.5, np.inf, 3.0, 2.0)),
        (Truncated(KernelDensity((3.0,), 2.0), 1.0, 4.0), stats.truncnorm(-1.0, 0.5, 3.0, 2.0)),
    ]
    p = np.linspace(0.01, 0.99, 50)
    for ours, theirs in pairs:
        x = theirs.ppf(p)
        np.testing.assert_allclose(ours.quantile(p), x, rtol=1e-9)
        np.testing.assert_allclose(ours.cdf(x), p, rtol=1e-9)
        np.testing.assert_allclose(ours.density(x), theirs.pdf(x), rtol=1e-9)
        assert ours.mean == pytest.approx(theirs.mean(), rel=1e-9)
        assert ours.variance == pytest.approx(theirs.var(), rel=1e-7)


def test_atoms() -> None:
    law = parse("mixture(0.5: empirical(1, 1, 4), 0.25: 4, 0.25: uniform(2, 3))")
    assert dict(law.atoms) == pytest.approx({1.0: 1 / 3, 4.0: 0.25 + 1 / 6})
    assert dict(Truncated(law, 1.0, 3.0).atoms) == pytest.approx({1.0: (1 / 3) / (1 / 3 + 0.25)})
    assert float(Truncated(law, 1.0, 3.0).cdf(1.0)) == pytest.approx((1 / 3) / (1 / 3 + 0.25))
    assert Exponential(3.0).atoms == ()


def test_values_and_points_come_in_any_order() -> None:
    assert Empirical((3, 1, 2)) == Empirical((1.0, 2.0, 3.0))
    assert KernelDensity((3, 1, 2), 1.0) == KernelDensity((1.0, 2.0, 3.0), 1.0)
    np.testing.assert_array_equal(Empirical((3, 1, 2)).quantile([0.0, 1 / 3, 0.34, 1.0]), [1.0, 1.0, 2.0, 3.0])


def test_bandwidth_by_the_rule_of_thumb() -> None:
    points = tuple(float(x) for x in range(1, 33))
    spread = min(np.std(points, ddof=1), (24.25 - 8.75) / 1.34)
    law = parse(f"kde({', '.join(map(str, points))})")
    assert isinstance(law, KernelDensity)
    assert law.bandwidth == pytest.approx(0.9 * spread * 32**-0.2)


def test_rounded_weights_are_made_exact() -> None:
    law = Mixture((0.3333333, 0.6666667), (Constant(1.0), Constant(4.0)))
    assert math.fsum(law.weights) == 1.0
    assert law.mean == pytest.approx(3.0, abs=1e-6)


def test_memoryless_is_memoryless() -> None:
    cut = Truncated(Exponential(5.0), 7.0)
    assert cut.mean == pytest.approx(12.0)
    assert cut.variance == pytest.approx(25.0)


def test_far_quantiles() -> None:
    for law in (Exponential(2.0), Weibull(2.0, 3.0), Gamma(2.0, 3.0), LogNormal(2.0, 1.0), KernelDensity((2.0,), 1.0)):
        assert float(law.quantile(0.0)) == 0.0
        assert float(law.quantile(1.0)) == math.inf
        assert float(Mixture((0.5, 0.5), (Constant(5.0), law)).quantile(1.0)) == math.inf
    assert float(Truncated(Exponential(2.0), 1.0, 4.0).quantile(1.0)) == 4.0
