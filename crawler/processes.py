"""Processes beside this one that read pages: started clean, killed at once, never left behind."""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from threading import Thread
from typing import Any


def new_pool(
    processes: int, begin: Callable[..., object] | None = None, *arguments: Any
) -> ProcessPoolExecutor:
    """Return a pool whose processes call `begin(*arguments)` when they start."""
    # Not fork: a child would inherit open databases, and the locks of other threads as they are.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(
        processes, mp_context=context, initializer=_start, initargs=(begin, *arguments)
    )


def kill_pool(pool: ProcessPoolExecutor) -> None:
    """End a pool at once; what was under way in it is lost."""
    for process in list((pool._processes or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


def _start(begin: Callable[..., object] | None, *arguments: Any) -> None:
    # Ctrl-C is for the parent, which ends its processes itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _keep_memory()
    if begin is not None:
        begin(*arguments)


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Numbers of options in glibc's `malloc.h`."""
_KEPT = 64_000_000
_MAPPED = 32_000_000


def _keep_memory() -> None:
    """Have glibc keep, up to a bound, what a page has freed for the next one.

    A page takes some megabytes and frees them all. Handing them back to the system each time cost ninety page
    faults a page, a tenth of the time. Other C libraries are left as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, _KEPT)
        mallopt(_MMAP_THRESHOLD, _MAPPED)


def _end_with_parent() -> None:
    """End this process when its parent is dead: it holds both ends of its queue and would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
