"""Tells the user what the run is doing: one live line on a terminal, now and then a plain line elsewhere."""

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, Self

from rich.status import Status
from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.console import make_console

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

LIVE_SECONDS = 0.25
PLAIN_SECONDS = 10.0


class Progress:
    """Reports to stderr, so that output on stdout stays clean."""

    def __init__(self, crawler: "Crawler") -> None:
        if not crawler.settings.getbool("DANGJIAN_PROGRESS") or crawler.settings.getbool("KEEP_ALIVE"):
            raise NotConfigured
        self.crawler = crawler
        self.console = make_console(sys.stderr)
        self.status: Status | None = None
        self.task: asyncio.Task[None] | None = None
        self.last = ""
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    def spider_opened(self) -> None:
        """Begin to report."""
        if self.console.is_terminal:
            self.status = Status(self.line(), console=self.console, spinner="dots")
            self.status.start()
            # The live line redirects sys.stderr, so that a log message appears above it; the handler has to
            # follow.
            for handler in logging.getLogger().handlers:
                if isinstance(handler, logging.StreamHandler) and not isinstance(
                    handler, logging.FileHandler
                ):
                    handler.setStream(sys.stderr)
        self.task = asyncio.get_running_loop().create_task(self._report())

    def spider_closed(self) -> None:
        """Stop."""
        if self.task is not None:
            self.task.cancel()
        if self.status is not None:
            self.status.stop()
            for handler in logging.getLogger().handlers:
                if isinstance(handler, logging.StreamHandler) and not isinstance(
                    handler, logging.FileHandler
                ):
                    handler.setStream(sys.__stderr__)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(LIVE_SECONDS if self.status else PLAIN_SECONDS)
            line = self.line()
            if self.status is not None:
                self.status.update(line)
            elif line != self.last:
                self.console.print(line, soft_wrap=True)
            self.last = line

    def line(self) -> str:
        """Return the state of the run in one line."""
        get = self.crawler.stats.get_value
        new, changed = get("dangjian/articles/new", 0), get("dangjian/articles/changed", 0)
        unchanged = get("dangjian/articles/unchanged", 0)
        failed = sum(
            number
            for key, number in self.crawler.stats.get_stats().items()
            if key.startswith("dangjian/failed/")
        )
        name = self.crawler.spider.name if self.crawler.spider else ""
        parts = [f"{get('response_received_count', 0)} pages", f"{new + changed} articles"]
        if unchanged:
            parts.append(f"{unchanged} unchanged")
        if failed:
            parts.append(f"{failed} not had")
        if get("dangjian/bytes", 0):
            parts.append(f"{get('dangjian/bytes') / 1e6:.1f} MB")
        return f"{name}: {', '.join(parts)}"
