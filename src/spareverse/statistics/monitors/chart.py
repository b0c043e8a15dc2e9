"""What a chart says of each stream it watched, whatever it is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Charts:
    """What the charts of one monitor and direction found, one entry per watched stream.

    Moments are periods of counts, observations of measured streams counted within their stream; NEVER for none.
    """

    stream: Integers
    """Which streams were watched."""
    statistic: Floats
    """Highest value: of counts in events, of scores in their standard deviations."""
    limit: Floats
    """In the units of the statistic."""
    run_length: Floats
    """Periods (observations) between false alarms.

    Of counts the watched time over the predicted chance of a false alarm in it; inf: no course of events could alarm.
    Such charts remain: who is left out may not depend on the reference, or the others raise too many alarms."""
    p_value: Floats
    """1 where the limit was not reached."""
    since: Integers
    """When the climb to the highest value began."""
    raised: Integers
    """When that climb reached the limit."""
    first_raised: Integers
    """When the limit was reached for the first time: what somebody who looks every day sees."""
