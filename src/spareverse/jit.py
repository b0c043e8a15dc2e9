"""The one place with Numba flags, the compile-cache key and the threads that run kernels.

Numba's own cache does not notice that a *called* function in another file changed. Therefore the
cache folder is named by a hash over every source file that holds kernels: any edit there starts a
fresh folder, and a stale result cannot come back.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
import numba.core.config as numba_config
import numba.np.linalg as numba_linalg

from spareverse.errors import Cancelled

P = ParamSpec("P")
R = TypeVar("R")

Progress = Callable[[float, str], None]
Cancel = Callable[[], bool]

KERNEL_PACKAGES = ("engine", "statistics", "history", "optimisation", "calibration", "examples")


def _load_array_functions() -> None:
    """Load Numba's array functions without SciPy's linear algebra, which no kernel uses and which takes as long again.

    They ask only whether it is there; a kernel that did use it would ask again when it is compiled.
    """
    ask = numba_linalg.ensure_blas
    numba_linalg.ensure_blas = lambda: None
    try:
        import_module("numba.np.arraymath")
    finally:
        numba_linalg.ensure_blas = ask


_load_array_functions()


def source_hash() -> str:
    """Hash of all sources that hold kernels, and of the Numba version that compiles them."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version_info[:2]}".encode())
    root = Path(__file__).parent
    sources = [root / "special.py", *(file for name in KERNEL_PACKAGES for file in sorted((root / name).rglob("*.py")))]
    for source in sources:
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Folder of the compiled kernels: the user's cache, else a private temporary folder."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "spareverse" / f"kernels-{source_hash()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="spareverse-kernels-"))
    return folder


if not os.environ.get("NUMBA_CACHE_DIR"):
    numba_config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function``: cached, without the interpreter lock, IEEE division, never fast-math."""
    compiled: Callable[P, R] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return compiled


def lean_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel that creates no array: its array arguments are not counted, which costs more than an event."""
    return _lean(function, inlined=False)


def inner_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a lean kernel that becomes part of its callers: for the steps of an event, some nanoseconds each."""
    return _lean(function, inlined=True)


def _lean(function: Callable[P, R], *, inlined: bool) -> Callable[P, R]:
    options: dict[str, Any] = {"_nrt": False, "forceinline": inlined, "no_cfunc_wrapper": True}
    compiled: Callable[P, R] = numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    return compiled


def is_compiled() -> bool:
    """Whether an earlier process has compiled kernels of this version already."""
    return any(Path(str(numba_config.CACHE_DIR)).rglob("*.nbc"))  # type: ignore[attr-defined]


def run_in_chunks(
    work: Callable[[int, int], object],
    count: int,
    *,
    chunk: int = 2048,
    progress: Callable[[float], None] | None = None,
    cancel: Cancel | None = None,
) -> None:
    """Call ``work(first, last)`` over ``range(count)`` on all cores; kernels release the lock.

    Each call must write only its own rows. Raises Cancelled between chunks.
    """
    bounds = [(first, min(first + chunk, count)) for first in range(0, count, chunk)]
    workers = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1), 64)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures = [pool.submit(work, first, last) for first, last in bounds]
        try:
            for done, future in enumerate(futures, start=1):
                future.result()
                if cancel is not None and cancel():
                    raise Cancelled("Stopped on request; nothing was saved.")
                if progress is not None:
                    progress(done / len(futures))
        finally:
            for future in futures:
                future.cancel()
