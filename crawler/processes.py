"""Processes beside this one that read pages: started clean, killed at once, never left behind."""

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
    if begin is not None:
        begin(*arguments)


def _end_with_parent() -> None:
    """End this process when its parent is dead: it holds both ends of its queue and would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
