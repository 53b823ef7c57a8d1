"""One run's hold on the archive and the database, which keeps their order: WARC record, then database, then
JSON line.

Every response is appended to the WARC the moment it arrives. What is known of it, and the articles read from
it, are gathered and committed together, at most `GROUP_ITEMS` articles or `GROUP_SECONDS` at a time: a commit
costs the same for one article as for fifty. Whoever hands in an article waits for the commit that holds it.
"""

import asyncio
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from crawler import __version__
from crawler.archive import Exchange, WarcWriter
from crawler.items import Article, Capture, WarcPointer
from crawler.store import Saved, Store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

GROUP_ITEMS = 50
GROUP_SECONDS = 0.05
_MOST_CAPTURES = 500
"""Captures without articles (lists, pictures) that may wait for a commit."""

logger = logging.getLogger(__name__)


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
    ) -> None:
        """Open the store, begin a run and make the archive ready.

        Raises StoreError, SiteBusyError or ArchiveError.
        """
        self.data = data
        self.site = site
        self.store = Store.open(data / "dangjian.db")
        try:
            self.run = self.store.start_run(site, command=command)
            self.warc = WarcWriter(
                data / "warc",
                prefix=site,
                software=f"dangjian/{__version__}",
                operator=operator,
                user_agent=user_agent,
            )
        except BaseException:
            self.store.close()
            raise
        self._captures: list[Capture] = []
        self._articles: list[tuple[list[Capture], Article, asyncio.Future[Saved]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self.failure: Exception | None = None
        """The first commit that failed, if any: the run cannot do its work any more."""

    @property
    def articles_file(self) -> Path:
        """Path of the JSON Lines file of this run."""
        return self.data / "articles" / self.site / f"{self.site}-{self.run.id}.jsonl"

    def archive(self, exchange: Exchange) -> WarcPointer:
        """Append an exchange to the archive. Raises ArchiveError where that fails."""
        return self.warc.write(exchange)

    def note(self, capture: Capture) -> None:
        """Have a capture committed with the next group."""
        self._captures.append(capture)
        if len(self._captures) >= _MOST_CAPTURES:
            self.commit()
        else:
            self._arm()

    async def save(self, captures: list[Capture], article: Article) -> Saved:
        """Store an article with the captures it was read from; returns when it is committed.

        Raises StoreError where the database refused.
        """
        future: asyncio.Future[Saved] = asyncio.get_running_loop().create_future()
        self._articles.append((captures, article, future))
        if len(self._articles) >= GROUP_ITEMS:
            self.commit()
        else:
            self._arm()
        return await future

    def commit(self) -> None:
        """Commit what has been gathered; those who wait for it learn of a failure."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        captures, self._captures = self._captures, []
        waiting, self._articles = self._articles, []
        if not captures and not waiting:
            return
        for own, _, _ in waiting:
            captures += own
        try:
            saved = self.store.save(captures, [article for _, article, _ in waiting], run=self.run.id)
        except Exception as error:
            self.failure = self.failure or error
            for _, _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, _, future), answer in zip(waiting, saved, strict=True):
            if not future.done():
                future.set_result(answer)

    def close(self, *, outcome: str, counts: dict[str, int]) -> None:
        """Commit the rest, finish the WARC file and the run, and close the store."""
        try:
            self.commit()
        finally:
            try:
                self.warc.close()
            finally:
                try:
                    self.store.finish_run(self.run.id, outcome=outcome, counts=counts)
                finally:
                    self.store.close()

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GROUP_SECONDS, self.commit)


_recorders: "WeakKeyDictionary[Crawler, Recorder]" = WeakKeyDictionary()


def attach(crawler: "Crawler", recorder: Recorder) -> None:
    """Give a crawler its recorder (done by extensions/warc.py)."""
    _recorders[crawler] = recorder


def recorder_of(crawler: "Crawler") -> Recorder | None:
    """Return the recorder of a crawler; None where it does not archive."""
    return _recorders.get(crawler)
