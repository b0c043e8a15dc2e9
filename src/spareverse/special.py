"""Special functions: the incomplete gamma function and its inverse as kernels, the quantiles of normal and Student.

Abramowitz & Stegun 1964, sections 6.1, 6.5, 26.4, 26.5 and 26.7.
"""

from __future__ import annotations

import math
from functools import lru_cache

from spareverse.jit import kernel


@kernel
def gamma_cdf(shape: float, x: float) -> float:
    """P(G <= x) for G ~ Gamma(shape, 1); power series below the mean, continued fraction above."""
    if x <= 0.0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1.0:
        term = 1.0 / shape
        total = term
        k = shape
        for _ in range(2000):
            k += 1.0
            term *= x / k
            total += term
            if term < total * 1e-16:
                break
        return min(1.0, front * total)
    tiny = 1e-300
    b = x + 1.0 - shape
    c = 1.0 / tiny
    d = 1.0 / b
    fraction = d
    for i in range(1, 2000):
        a = -i * (i - shape)
        b += 2.0
        d = a * d + b
        if abs(d) < tiny:
            d = tiny
        c = b + a / c
        if abs(c) < tiny:
            c = tiny
        d = 1.0 / d
        step = d * c
        fraction *= step
        if abs(step - 1.0) < 1e-15:
            break
    return max(0.0, 1.0 - front * fraction)


@kernel
def wilson_hilferty(shape: float, x: float) -> float:
    """P(G <= x) to three digits for shapes of 25 and more (Wilson & Hilferty 1931)."""
    if x <= 0.0:
        return 0.0
    z = ((x / shape) ** (1.0 / 3.0) - 1.0 + 1.0 / (9.0 * shape)) * 3.0 * math.sqrt(shape)
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


@kernel
def gamma_quantile(shape: float, probability: float) -> float:
    """Smallest x with P(G <= x) >= probability; bracketed Newton from the Wilson-Hilferty start."""
    if probability <= 0.0:
        return 0.0
    z = normal_quantile(probability)
    cube = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))
    x = shape * cube * cube * cube
    if shape < 1.0 or cube <= 0.0:
        x = math.exp((math.log(probability) + math.lgamma(shape + 1.0)) / shape)
    low = 0.0
    high = math.inf
    for _ in range(100):
        error = gamma_cdf(shape, x) - probability
        if error > 0.0:
            high = x
        else:
            low = x
        density = math.exp((shape - 1.0) * math.log(max(x, 1e-300)) - x - math.lgamma(shape))
        new = x - error / density if density > 0.0 else x
        if not (low < new < high):
            new = 2.0 * x + 1e-12 if math.isinf(high) else 0.5 * (low + high)
        if abs(new - x) <= 1e-12 * x:
            return new
        x = new
    return x


@kernel
def normal_quantile(probability: float) -> float:
    """Standard normal quantile to 16 digits: three rational functions (Wichura 1988, algorithm AS 241)."""
    if probability <= 0.0:
        return -math.inf
    if probability >= 1.0:
        return math.inf
    q = probability - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        above = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                    + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
                    + 133.14166789178437745) * r + 3.387132872796366608)  # fmt: skip
        below = (((((((5226.495278852854561 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                    + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
                    + 42.313330701600911252) * r + 1.0)  # fmt: skip
        return q * above / below
    r = math.sqrt(-math.log(min(probability, 1.0 - probability)))
    if r <= 5.0:
        r -= 1.6
        above = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                    + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
                    + 4.6303378461565452959) * r + 1.42343711074968357734)  # fmt: skip
        below = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                    + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
                    + 2.05319162663775882187) * r + 1.0)  # fmt: skip
    else:
        r -= 5.0
        above = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.2426609473880784386e-3) * r
                    + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
                    + 5.4637849111641143699) * r + 6.6579046435011037772)  # fmt: skip
        below = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                    + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
                    + 0.59983220655588793769) * r + 1.0)  # fmt: skip
    return -above / below if q < 0.0 else above / below


@lru_cache(maxsize=1024)
def student_quantile(degrees: int, probability: float) -> float:
    """Quantile of Student's t to 12 digits, at 0.975 to 14, for probabilities from 0.001 to 0.999; else ValueError.

    Plain Python, so that a confidence interval waits neither for SciPy nor for a compiled kernel. With x the squared
    sine of atan(t / sqrt(degrees)), P(0 < T < t) is a series in x without differences; Newton's steps from 0 rise to
    the quantile, as the distribution function is concave there.
    """
    if degrees < 1 or not 0.001 <= probability <= 0.999:
        raise ValueError(f"no quantile of {probability} with {degrees} degrees of freedom")
    wanted = abs(probability - 0.5)
    if degrees == 1:
        t = math.tan(math.pi * wanted)
    elif degrees == 2:
        t = wanted / math.sqrt(0.5 * (0.5 - wanted) * (0.5 + wanted))
    else:
        t = _student_root(degrees, wanted)
    return math.copysign(t, probability - 0.5)


def _student_root(degrees: int, wanted: float) -> float:
    """The t with P(0 < T < t) = wanted."""
    front = _half_step_of_gamma(0.5 * degrees) / math.sqrt(math.pi * degrees)
    t = 0.0
    for _ in range(60):
        square = t * t / degrees
        density = front * math.exp(-0.5 * (degrees + 1) * math.log1p(square))
        x = square / (1.0 + square)
        term = total = 1.0
        k = 0
        while term > 1e-17 * total:
            term *= x * (degrees + 1 + 2 * k) / (3 + 2 * k)
            total += term
            k += 1
        step = (wanted - density * t * total) / density
        t += step
        if abs(step) <= 1e-15 * t:
            break
    return t


def _half_step_of_gamma(x: float) -> float:
    """Gamma(x + 1/2) / Gamma(x); far out by the series in 1/x."""
    if x < 100.0:
        return math.gamma(x + 0.5) / math.gamma(x)
    r = 1.0 / x
    return math.sqrt(x) * (1.0 + r * (-1 / 8 + r * (1 / 128 + r * (5 / 1024 + r * (-21 / 32768 - r * 399 / 262144)))))
