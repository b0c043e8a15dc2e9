"""The maintained solver HiGHS: one option for each item, most gain within all limits, and nothing on stdout."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

SECONDS = 3.0
ACCURACY = 1e-6
"""The solver keeps constraints to this share of their limits."""
STDOUT = 1
_alone = Lock()


def chosen_options(
    gain: Floats, use: Floats, row: Integers, rest: Floats, size: Floats
) -> tuple[Booleans, float] | None:
    """Which options are taken, one per ``row``, and the bound on the gain that the solver proves; None: none fit.

    use: [limits, options], at most ``rest`` of each; ``size``: what each limit is measured against.
    """
    one = csr_array((np.ones(len(row)), (row, np.arange(len(row)))))
    scaled = 1.0 / size
    top = max(float(np.ptp(gain)), 1e-300)
    with silent_solver():
        solved = milp(
            -gain / top,
            integrality=np.ones(len(gain)),
            bounds=Bounds(0.0, 1.0),
            constraints=[
                LinearConstraint(one, 1.0, 1.0),
                LinearConstraint(csr_array(use * scaled[:, None]), -np.inf, rest * scaled),
            ],
            options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
        )
    if solved.x is None:
        return None
    bound = solved.mip_dual_bound if solved.mip_dual_bound is not None else -np.inf
    return solved.x > 0.5, -float(bound) * top


@contextmanager
def silent_solver() -> Iterator[None]:
    """What compiled code prints meanwhile is dropped: HiGHS has a message that no option of it turns off.

    It would stand in the middle of a JSON document on stdout. Plans are made in a process of their own or by a command,
    which prints nothing itself before they are done.
    """
    with _alone:
        try:
            kept = os.dup(STDOUT)
        except OSError:  # a program without stdout
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            _flush()
            os.dup2(nowhere, STDOUT)
            yield
        finally:
            _flush()
            os.dup2(kept, STDOUT)
            os.close(nowhere)
            os.close(kept)


def _flush() -> None:
    """Empty the buffers of the C library, where printed text waits."""
    library = ctypes.CDLL(None if os.name == "posix" else "ucrtbase")
    library.fflush(None)
