"""Reads pages for the crawl: here, or in processes beside it.

A page costs more to read than to fetch and to archive together, and a hostile page may cost far more.
Processes beside the crawl use a second core, and take a page's harm (endless work, a crash of the parser)
with them.
"""

import asyncio
import logging
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from crawler.extraction import Page, read_list, read_page
from crawler.items import Capture
from crawler.processes import kill_pool, new_pool
from crawler.sites import Site

BUSY_PAGES = 100
BUSY_SECONDS = 5.0
"""So many pages in such a time make it worth while to start processes for reading."""
PAGE_SECONDS = 30.0
"""Time after which a page that is read in a process of its own is given up."""
MAX_PARTS = 60
"""Pages of one article that are read at most."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Reading:
    """The pages of one article as read, on their way to become its record: what a spider yields."""

    captures: list[Capture]
    """The archived responses, in the order of the article's pages."""
    pages: list[Page]
    """What was read from each."""
    urls: list[str]
    """Address of each; where a page was asked for by POST, with the form behind a `#`."""


class ReadingError(Exception):
    """A page could not be read within bounds."""


class Reader:
    """Reads pages in this process, and in up to `processes` others once pages come quickly.

    A crawl that keeps to a page a second never starts another process.
    """

    def __init__(self, processes: int = 0) -> None:
        self.processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._warming: asyncio.Future[None] | None = None
        self._recent: deque[float] = deque(maxlen=BUSY_PAGES)
        self._one_at_a_time = asyncio.Lock()

    async def read(
        self,
        body: bytes,
        *,
        url: str,
        content_type: str | None,
        site: Site | None = None,
        as_list: bool = False,
    ) -> Page:
        """Return what is read from a page; with `as_list`, its links too where it was not taken for a list.

        Raises ReadingError where the process that read it died or took too long.
        """
        job = (body, url, content_type, site, as_list)
        if not self._ready():
            return _read(*job)
        pool = self._pool
        assert pool is not None
        try:
            return await _run(pool, job)
        except BrokenProcessPool:
            # Some page killed its process, and all that waited there fail with it. Each is read again by
            # itself, so that only the one to blame is lost.
            self._drop(pool)
            return await self._read_alone(job)
        except TimeoutError:
            self._drop(pool)
            raise ReadingError(f"{url}: reading took more than {PAGE_SECONDS:g} s") from None

    def _ready(self) -> bool:
        """Tell whether other processes can read; start them when pages come quickly."""
        if not self.processes:
            return False
        if self._pool is None:
            now = time.monotonic()
            self._recent.append(now)
            if len(self._recent) < BUSY_PAGES or now - self._recent[0] > BUSY_SECONDS:
                return False
            self.start()
        return self._warming is None

    def start(self) -> None:
        """Start the processes; until they are there, pages are read here."""
        self._pool = pool = new_pool(self.processes)
        self._warming = asyncio.get_running_loop().run_in_executor(pool, _warm_up)
        self._warming.add_done_callback(self._started)

    def _started(self, done: "asyncio.Future[None]") -> None:
        self._warming = None
        failed = done.cancelled() or done.exception() is not None
        if failed and self._pool is not None:  # else it was closed meanwhile
            # A program without `if __name__ == "__main__"` cannot have such processes.
            logger.warning("No process for reading pages could be started; they are read in the crawl itself")
            self.processes = 0

    async def _read_alone(self, job: "_Job") -> Page:
        async with self._one_at_a_time:
            pool = new_pool(1)
            try:
                return await _run(pool, job)
            except (BrokenProcessPool, TimeoutError):
                raise ReadingError(f"{job[1]}: the process that read it died") from None
            finally:
                kill_pool(pool)

    def close(self) -> None:
        """Stop the processes."""
        if self._pool is not None:
            self._drop(self._pool)
        self.processes = 0

    def _drop(self, pool: ProcessPoolExecutor) -> None:
        if self._pool is pool:
            self._pool = None
        kill_pool(pool)


_Job = tuple[bytes, str, str | None, Site | None, bool]


def _warm_up() -> None:
    """Do nothing: a process that has done it is up and has imported this module, and all that reads pages."""


async def _run(pool: ProcessPoolExecutor, job: _Job) -> Page:
    future = asyncio.get_running_loop().run_in_executor(pool, _read, *job)
    return await asyncio.wait_for(future, PAGE_SECONDS)


def _read(body: bytes, url: str, content_type: str | None, site: Site | None, as_list: bool) -> Page:
    page = read_page(body, url=url, content_type=content_type, site=site)
    if as_list and page.listing is None:
        page.listing = read_list(body, url=url)
    return page
