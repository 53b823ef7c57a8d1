"""Work spread over processes, in order, with bounded memory; what kills its process costs one job."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from crawler.processes import kill_pool, new_pool

Job = TypeVar("Job")
Result = TypeVar("Result")

PORTION = 32
"""Jobs that go to a process at a time: handing over costs the same for one as for thirty-two."""
_AHEAD = 4
"""Portions per process that wait or are under way."""
JOB_SECONDS = 30.0
"""Time after which a job that is done by itself is given up."""
PORTION_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class WorkFailure:
    """Why a job has no result."""

    reason: str


class Workers(Generic[Job, Result]):
    """A number of processes for one task; with none, the work is done in this process.

    The task goes to every process once (pickle). What it raises becomes a `WorkFailure`.
    """

    def __init__(self, task: Callable[[Job], Result], processes: int) -> None:
        self._task = task
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    def map(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Result | WorkFailure]]:
        """Yield every job with its result, in the order of the jobs.

        A job that kills its process or never ends is tried once more by itself, and then given up; the
        others are not harmed. The processes end with the iterator.
        """
        jobs = iter(jobs)
        # Processes take a second to start: not for a handful of pages.
        first = list(islice(jobs, PORTION if self._processes else None)) if self._processes else []
        following = next(jobs, _NOTHING) if self._processes else _NOTHING
        if not self._processes or following is _NOTHING:
            for job in first or jobs:
                yield job, _guarded(self._task, job)
            return
        try:
            yield from self._spread(_chain(first, following, jobs))
        finally:
            self._drop()

    def _spread(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Result | WorkFailure]]:
        waiting: deque[tuple[list[Job], Future[list[Result | WorkFailure]]]] = deque()
        more = True
        while more or waiting:
            while more and len(waiting) < self._processes * _AHEAD:
                portion = list(islice(jobs, PORTION))
                more = len(portion) == PORTION
                if portion:
                    waiting.append((portion, self._submit(portion)))
            if not waiting:
                return
            portion, future = waiting.popleft()
            try:
                results = future.result(timeout=PORTION_SECONDS)
            except (BrokenProcessPool, TimeoutError):
                # All that was under way is lost with the pool; the portion to blame is found in its turn.
                self._drop()
                results = list(self._one_by_one(portion))
                waiting = deque((other, self._submit(other)) for other, _ in waiting)
            yield from zip(portion, results, strict=True)

    def _submit(self, portion: list[Job]) -> "Future[list[Result | WorkFailure]]":
        if self._pool is None:
            self._pool = new_pool(self._processes, _begin, self._task)
        try:
            return self._pool.submit(_do_all, portion)
        except BrokenProcessPool as error:
            broken: Future[list[Result | WorkFailure]] = Future()
            broken.set_exception(error)
            return broken

    def _one_by_one(self, portion: list[Job]) -> Iterator[Result | WorkFailure]:
        """Yield the results of jobs that share a process with no other while they are done."""
        pool: ProcessPoolExecutor | None = None
        try:
            for job in portion:
                try:
                    pool = pool or _started_pool(self._task)
                    yield pool.submit(_do_all, [job]).result(timeout=JOB_SECONDS)[0]
                    continue
                except BrokenProcessPool:
                    yield WorkFailure("the process that read it died")
                except TimeoutError:
                    yield WorkFailure(f"reading took more than {JOB_SECONDS:g} s")
                if pool is not None:
                    kill_pool(pool)
                    pool = None
        finally:
            if pool is not None:
                kill_pool(pool)

    def _drop(self) -> None:
        if self._pool is not None:
            kill_pool(self._pool)
            self._pool = None


class _Nothing:
    """No further job."""


_NOTHING = _Nothing()


def _chain(first: list[Job], following: "Job | _Nothing", rest: Iterator[Job]) -> Iterator[Job]:
    yield from first
    if not isinstance(following, _Nothing):
        yield following
    yield from rest


def _started_pool(task: Callable[[Any], Any]) -> ProcessPoolExecutor:
    """Return a pool of one process that is up, so that a job's time is its own and not that of the start.

    Raises BrokenProcessPool or TimeoutError where it does not come up.
    """
    pool = new_pool(1, _begin, task)
    try:
        pool.submit(_do_all, []).result(timeout=PORTION_SECONDS)
    except BaseException:
        kill_pool(pool)
        raise
    return pool


_task: Callable[[Any], Any] | None = None
"""In a process of the pool: what it does."""


def _begin(task: Callable[[Any], Any]) -> None:
    global _task  # noqa: PLW0603  # a process has no other place for what all its jobs share
    _task = task


def _do_all(portion: list[Any]) -> list[Any]:
    assert _task is not None
    return [_guarded(_task, job) for job in portion]


def _guarded(task: Callable[[Job], Result], job: Job) -> Result | WorkFailure:
    try:
        return task(job)
    except Exception as error:
        return WorkFailure(f"{type(error).__name__}: {error}"[:300])
