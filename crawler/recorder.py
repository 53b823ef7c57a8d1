"""One run's hold on the archive and the database, which keeps their order: WARC record, then database, then
JSON line.

Every response is appended to the WARC the moment it arrives. What is known of it, and the articles read from
it, are gathered and committed together, in a thread, at most `GROUP_ITEMS` articles or `GROUP_SECONDS` at a
time: a commit costs the same for one article as for fifty. Whoever hands in an article waits for the commit
that holds it.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from scrapy.utils.defer import _schedule_coro

from crawler import __version__
from crawler.archive import ArchiveError, ArchiveIndex, Exchange, WarcWriter
from crawler.items import Article, Capture, WarcPointer
from crawler.recovery import complete_lines, see_on_disk, whole_lines
from crawler.store import RemovalRule, Saved, Store, StoreError
from crawler.store.frontier import RECHECK_DAYS

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

GROUP_ITEMS = 50
GROUP_SECONDS = 0.05
_MOST_CAPTURES = 500
"""Captures without articles (lists, pictures) that may wait for a commit."""

logger = logging.getLogger(__name__)

_Result = TypeVar("_Result")


def data_folder(value: str | os.PathLike[str]) -> Path:
    """Return the data folder, made if need be. Raises OSError, its text fit for the user."""
    folder = Path(value).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"the data folder {folder} cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OSError(f"the data folder {folder} cannot be written")
    return folder


class Recorder:
    """Archive and store of one run."""

    def __init__(
        self,
        data: Path,
        site: str,
        *,
        command: str,
        operator: str | None = None,
        user_agent: str | None = None,
        recheck_days: Sequence[float] = RECHECK_DAYS,
        removal_rule: RemovalRule = RemovalRule(),  # noqa: B008  # frozen
    ) -> None:
        """Open the store, begin a run and make the archive ready.

        `recheck_days` and `removal_rule` are the site's; see `Store.open`.

        Raises StoreError, SiteBusyError or ArchiveError.
        """
        self.data = data
        self.site = site
        self.store = Store.open(data / "dangjian.db", recheck_days=recheck_days, removal_rule=removal_rule)
        self._index = ArchiveIndex(data / "warc")
        try:
            self.run = self.store.start_run(site, command=command)
            for dead in self.run.unfinished:
                complete_lines(self.store, dead, self._lines_of(dead))
            self.warc = WarcWriter(
                data / "warc",
                prefix=site,
                software=f"dangjian/{__version__}",
                operator=operator,
                user_agent=user_agent,
                known_payloads=self._index.known_payload,
            )
        except BaseException:
            self.store.close()
            raise
        self._captures: list[Capture] = []
        self._articles: list[_Waiting] = []
        self._missed: list[_Miss] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Future[list[Saved] | Exception] | None = None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recorder")
        self._lock = threading.Lock()
        self._lines = 0
        """Articles that were new or changed: as many lines must there be."""
        self.given_up = False
        self.failure: Exception | None = None
        """The first commit that failed, if any: the run cannot do its work any more."""

    @property
    def articles_file(self) -> Path:
        """Path of the JSON Lines file of this run."""
        return self._lines_of(self.run.id)

    def _lines_of(self, run_id: str) -> Path:
        return self.data / "articles" / self.site / f"{self.site}-{run_id}.jsonl"

    def archive(self, exchange: Exchange) -> WarcPointer:
        """Append an exchange to the archive; one whose payload an earlier run has archived becomes a revisit.

        Raises ExchangeError where this exchange makes no sense, and ArchiveError where the archive fails.
        """
        return self.warc.write(exchange)

    def note(self, capture: Capture) -> None:
        """Have a capture committed with the next group."""
        self._captures.append(capture)
        self._arm()

    def miss(self, url: str, reason: str, at: str) -> None:
        """Have it noted with the next group that something else stood in an article's place.

        `reason` and `at` are those of `Store.missing`; an address that is no article's is passed over.
        """
        self._missed.append((url, reason, at))
        self._arm()

    async def save(self, captures: list[Capture], article: Article) -> Saved:
        """Store an article with the captures it was read from; returns when it is committed.

        Raises StoreError where the database refused.
        """
        future: asyncio.Future[Saved] = asyncio.get_running_loop().create_future()
        self._articles.append((captures, article, future))
        self._arm()
        return await future

    def commit(self) -> None:
        """Commit now, and return when it is done; those who wait for an article learn of a failure."""
        batch = self._take()
        # Also where there is nothing to do: a group that is being written belongs to what the caller means.
        answers = self._write(batch)
        _tell(batch, answers)

    def after_commit(self, work: Callable[[], _Result], done: Callable[[], None]) -> Future[_Result]:
        """Commit what has gathered and then do some work, in the writer's thread; call `done` in this one.

        For work that must not be seen before what was handed in so far.
        """
        loop = asyncio.get_running_loop()
        batch = self._take()

        def both() -> _Result:
            answers = self._write(batch)
            if batch:
                loop.call_soon_threadsafe(_tell, batch, answers)
            return work()

        future = self._writer.submit(both)
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(done))
        return future

    def _arm(self) -> None:
        """See to it that a commit comes, soon or at once. While one is under way the next group gathers."""
        if self._writing is not None:
            return
        if len(self._articles) >= GROUP_ITEMS or len(self._captures) >= _MOST_CAPTURES:
            self._begin()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GROUP_SECONDS, self._begin)

    def _begin(self) -> None:
        batch = self._take()
        if batch:
            # A commit waits for the disk; the crawl goes on meanwhile.
            self._writing = asyncio.get_running_loop().run_in_executor(self._writer, self._write, batch)
            self._writing.add_done_callback(lambda done: self._written(batch, done.result()))

    def _written(self, batch: "_Batch", answers: list[Saved] | Exception) -> None:
        self._writing = None
        _tell(batch, answers)
        if self._articles or self._captures or self._missed:
            self._arm()

    def _take(self) -> "_Batch":
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch = _Batch(self._captures, self._articles, self._missed)
        self._captures, self._articles, self._missed = [], [], []
        return batch

    def _write(self, batch: "_Batch") -> list[Saved] | Exception:
        with self._lock:
            if not batch:
                return []
            captures = [*batch.captures, *(capture for own, _, _ in batch.articles for capture in own)]
            try:
                # Else a power cut could leave articles in the database whose pages are nowhere, and which no
                # run would fetch again.
                self.warc.sync()
                answers = self.store.save(
                    captures, [article for _, article, _ in batch.articles], run=self.run.id
                )
                for url, reason, at in batch.missed:
                    self.store.missing(url, reason=reason, at=at)
                self._lines += sum(saved.change != "unchanged" for saved in answers)
                return answers
            except Exception as error:
                self.failure = self.failure or error
                return error

    def close(self, *, outcome: str, counts: dict[str, int], complete: bool = False) -> None:
        """Commit the rest, finish the WARC file and the run, and close the store.

        A run whose lines cannot be completed is not finished: the next one takes it up like a killed one.

        Raises StoreError, ArchiveError, or OSError where the JSON Lines cannot be written.
        """
        try:
            self.commit()
            self._writer.shutdown()
        finally:
            try:
                self._index.close()
                self.warc.close()
            finally:
                try:
                    if whole_lines(self.articles_file) != self._lines:
                        complete_lines(self.store, self.run.id, self.articles_file)
                    see_on_disk(self.articles_file)
                    self.store.finish_run(self.run.id, outcome=outcome, counts=counts, complete=complete)
                finally:
                    self.store.close()


@dataclass(slots=True)
class _Batch:
    """What one commit holds."""

    captures: list[Capture]
    articles: list["_Waiting"]
    missed: list["_Miss"]

    def __bool__(self) -> bool:
        return bool(self.captures or self.articles or self.missed)


_Miss = tuple[str, str, str]
"""Address that was asked for, what was there instead, and when."""
_Waiting = tuple[list[Capture], Article, "asyncio.Future[Saved]"]


def _tell(batch: _Batch, answers: list[Saved] | Exception) -> None:
    """Give those who wait for their article what became of it."""
    for place, (_, _, future) in enumerate(batch.articles):
        if future.done():
            continue
        if isinstance(answers, Exception):
            future.set_exception(answers)
        else:
            future.set_result(answers[place])


_recorders: "WeakKeyDictionary[Crawler, Recorder]" = WeakKeyDictionary()


def attach(crawler: "Crawler", recorder: Recorder) -> None:
    """Give a crawler its recorder (done by extensions/warc.py)."""
    _recorders[crawler] = recorder


def give_up(crawler: "Crawler", reason: str, error: Exception) -> None:
    """End a crawl that cannot keep what it fetches; the first cause is told, and those it brings are not."""
    recorder = recorder_of(crawler)
    if recorder is not None:
        if recorder.given_up:
            return
        recorder.given_up = True
    known = isinstance(error, ArchiveError | StoreError | OSError)
    logger.error("%s", error, exc_info=None if known else error)
    engine = crawler.engine
    if engine is not None and engine.spider is not None:
        _schedule_coro(engine.close_spider_async(reason=reason))


def recorder_of(crawler: "Crawler") -> Recorder | None:
    """Return the recorder of a crawler; None where it does not archive."""
    return _recorders.get(crawler)
