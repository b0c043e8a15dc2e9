"""Incomplete gamma function and its inverse as kernels (Abramowitz & Stegun 1964, sections 6.5 and 26.4)."""

from __future__ import annotations

import math

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
    """Standard normal quantile: a rational start (A&S 26.2.23), polished by two Halley steps on erfc."""
    tail = min(probability, 1.0 - probability)
    if tail <= 0.0:
        return -math.inf if probability <= 0.0 else math.inf
    t = math.sqrt(-2.0 * math.log(tail))
    x = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (
        1.0 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t
    )
    for _ in range(3):
        error = 0.5 * math.erfc(x / math.sqrt(2.0)) - tail
        step = error * math.sqrt(2.0 * math.pi) * math.exp(0.5 * x * x)
        x += step / (1.0 - 0.5 * x * step)
    return -x if probability < 0.5 else x
