"""Archives every response as it came: pages, redirects, errors, robots.txt, files."""

import logging
import shlex
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured

from crawler.archive import Exchange, ExchangeError
from crawler.extensions.wire import Wire, wire_of
from crawler.items import Capture, WarcPointer
from crawler.recorder import Recorder, attach, data_folder, give_up
from crawler.sites import Site
from crawler.store import RemovalRule

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

CAPTURE = "capture"
"""Key of `request.meta` under which a response's `Capture` is found, without the body."""

_CUT = {"dataloss": "disconnect", "download_stopped": "length"}
"""Scrapy's flag of a response whose body was cut -> what WARC-Truncated says of it."""


class WarcArchive:
    """Opens the run's archive and store, and writes every response to them before anything else sees it.

    The signal `response_downloaded` comes before content decoding, for each attempt and each hop of a
    redirect. The `Capture` of a response, with the place of its record, is left in `request.meta["capture"]`.
    """

    def __init__(self, crawler: "Crawler") -> None:
        settings = crawler.settings
        # `scrapy shell` and `scrapy view` keep the engine alive without crawling.
        if settings.getbool("KEEP_ALIVE"):
            raise NotConfigured
        self.crawler = crawler
        spider = crawler.spider
        self.site: str = getattr(getattr(spider, "site", None), "key", "") or getattr(spider, "name", "")
        self.recorder = Recorder(
            data_folder(settings["DANGJIAN_DATA"]),
            self.site,
            command=shlex.join(["dangjian", *sys.argv[1:]]),
            operator=settings["DANGJIAN_CONTACT"] or None,
            **_schedule_of(spider),
        )
        attach(crawler, self.recorder)
        self._export_articles()
        crawler.signals.connect(self.response_downloaded, signal=signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    def _export_articles(self) -> None:
        """Add the run's JSON Lines file to whatever feeds the user has."""
        settings = self.crawler.settings
        file = str(self.recorder.articles_file).replace("%", "%%")  # a feed's address is a template
        feeds = {file: {"format": "jsonlines", "encoding": "utf-8", "overwrite": False, "store_empty": False}}
        settings.set("FEEDS", feeds | dict(settings.getdict("FEEDS")), priority="cmdline")

    def response_downloaded(self, response: "Response", request: Request, spider: "Spider") -> None:
        """Archive a response and leave its capture with the request."""
        request.meta.pop(CAPTURE, None)
        if not response.url.startswith(("http://", "https://")):
            return
        stats = self.crawler.stats
        try:
            if self.recorder.failure is not None:
                raise self.recorder.failure
            pointer = self.recorder.archive(_exchange(response, request))
            capture = self._capture(response, request, pointer)
            self.recorder.note(capture)
        except ExchangeError as error:
            # Nothing was written; middlewares/whole.py lets the response go no further.
            logger.warning("%s could not be archived: %s", response.url, error)
            return
        except Exception as error:
            # A signal's errors are only logged, and a crawl that cannot archive has no right to go on.
            stats.inc_value("dangjian/errors/archive")
            give_up(self.crawler, "archive_failed", error)
            return
        request.meta[CAPTURE] = capture
        stats.inc_value("dangjian/archived")
        stats.inc_value("dangjian/bytes", len(response.body))

    def _capture(self, response: "Response", request: Request, pointer: WarcPointer) -> Capture:
        def header(name: str) -> str | None:
            value = response.headers.get(name)
            return value.decode("latin-1") if value else None

        return Capture(
            url=response.url,
            status=response.status,
            fetched_at=datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            site=self.site,
            section=request.meta.get("section"),
            content_type=header("Content-Type"),
            etag=header("ETag"),
            last_modified=header("Last-Modified"),
            warc=pointer,
        )


def _schedule_of(spider: "Spider | None") -> dict[str, Any]:
    """Return when a site's known articles are looked at again, and when they count as removed."""
    site = getattr(spider, "site", None)
    if not isinstance(site, Site):
        return {}
    schedule = site.schedule
    rule = RemovalRule(looks=schedule.removed_after_looks, days=schedule.removed_after_days)
    return {"recheck_days": schedule.recheck_days, "removal_rule": rule}


def _exchange(response: "Response", request: Request) -> Exchange:
    wire = wire_of(response) or _reconstructed(response, request)
    framed = wire.framed_body
    return Exchange(
        url=response.url,
        started=wire.started,
        ip=str(response.ip_address) if response.ip_address else None,
        request_head=wire.request_head,
        request_body=request.body,
        response_head=wire.response_head,
        response_body=response.body if framed is None else framed,
        transfer_decoded=framed is None,
        truncated=next((why for flag, why in _CUT.items() if flag in response.flags), None),
    )


def _reconstructed(response: "Response", request: Request) -> Wire:
    """Rebuild what another download handler (a browser, HTTP/2) did not keep."""
    lines = [f"HTTP/1.1 {response.status} ".encode()]
    lines += [name + b": " + value for name, values in response.headers.items() for value in values]
    target = "/" + response.url.partition("://")[2].partition("/")[2].partition("#")[0]
    asked = [f"{request.method} {target} HTTP/1.1".encode()]
    asked += [name + b": " + value for name, values in request.headers.items() for value in values]
    return Wire(
        started=datetime.now(UTC),
        request_head=b"\r\n".join(asked) + b"\r\n\r\n",
        response_head=b"\r\n".join(lines) + b"\r\n\r\n",
    )
