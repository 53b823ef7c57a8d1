"""Running a spider from a verb: checks before, errors as one line, exit code after."""

import os
import sys
from contextlib import suppress
from typing import Any

from scrapy.crawler import Crawler, CrawlerProcessBase
from scrapy.settings import Settings

from crawler.archive import ArchiveError
from crawler.commands.options import usage_error
from crawler.recorder import data_folder
from crawler.store import StoreError

EXIT_CODE = "dangjian/exit_code"
"""Key of Scrapy's statistics under which extensions/summary.py leaves the exit code."""
_FAILED = 1
_INTERRUPTED = 130


def check_data_folder(settings: Settings) -> None:
    """Raise UsageError where the data folder cannot be used."""
    try:
        data_folder(settings["DANGJIAN_DATA"])
    except OSError as error:
        raise usage_error(str(error)) from None


def run_spider(
    process: CrawlerProcessBase, crawler: Crawler, spider_arguments: dict[str, Any], *, program: str
) -> int:
    """Crawl to the end and return the exit code.

    An error on the way to the first request (a database of a newer release, a second crawl of the same site)
    is printed as one line.
    """
    failures: list[BaseException] = []
    crawling: Any = process.crawl(crawler, **spider_arguments)

    def finished(task: Any) -> None:
        if not task.cancelled() and task.exception() is not None:
            failures.append(task.exception())

    if hasattr(crawling, "add_done_callback"):
        crawling.add_done_callback(finished)
    else:
        crawling.addErrback(lambda failure: failures.append(failure.value))
    # Scrapy would wait for the running requests after a second signal too.
    process._signal_kill = _end_at_once  # type: ignore[assignment]  # a plain function in its place
    process.start()
    for failure in failures:
        if not isinstance(failure, StoreError | ArchiveError | OSError):
            raise failure
        print(f"{program}: {failure}", file=sys.stderr)
    if failures or process.bootstrap_failed:
        return _FAILED
    return int(crawler.stats.get_value(EXIT_CODE, _FAILED))


def _end_at_once(signum: int, frame: object) -> None:
    """End this process without tidying up, which archive, store and lines are made to bear."""
    with suppress(OSError):
        show_cursor = b"\x1b[?25h" if os.isatty(2) else b""  # the progress line hides it
        os.write(2, show_cursor + b"stopped at once; the next crawl of the site takes this one up\n")
    os._exit(_INTERRUPTED)
