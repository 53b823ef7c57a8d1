"""How often a host is asked: the site file's delay, the host's own Crawl-delay, AutoThrottle."""

import ipaddress
import logging
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, signals
from scrapy.extensions.throttle import AutoThrottle
from scrapy.settings import SETTINGS_PRIORITIES

from crawler.sites import Politeness
from crawler.urls import host_of

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

LOOPBACK_CONCURRENCY = 16


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class PolitenessMiddleware:
    """Gives every host its own delay before the first request reaches it.

    In order of weight: what the user sets (`-s DOWNLOAD_DELAY=…`), the site file, 1 second. A host on
    loopback has no delay unless the site file asks for another than the usual one. A Crawl-delay in
    robots.txt raises the delay.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        settings = crawler.settings
        self.user_agent = settings.get("ROBOTSTXT_USER_AGENT") or settings["USER_AGENT"]
        self.max_crawl_delay = settings.getfloat("DANGJIAN_MAX_CRAWL_DELAY")
        project = SETTINGS_PRIORITIES["project"]
        self.chosen: dict[str, float] = {}
        if (settings.getpriority("DOWNLOAD_DELAY") or 0) > project:
            self.chosen["delay"] = settings.getfloat("DOWNLOAD_DELAY")
        if (settings.getpriority("CONCURRENT_REQUESTS_PER_DOMAIN") or 0) > project:
            self.chosen["concurrency"] = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        crawler.signals.connect(self.robots_parsed, signal=signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """See to it that the request's host has its delay."""
        self._slot_settings(request)

    def robots_parsed(self, robotparser: "RobotParser", request: Request) -> None:
        """Obey the Crawl-delay of a robots.txt that has just been read."""
        asked = robotparser.crawl_delay(self.user_agent)
        if not asked or asked != asked or asked <= 0:
            return
        delay = min(float(asked), self.max_crawl_delay)
        if delay < asked:
            logger.warning(
                "%s asks for a Crawl-delay of %g s; it is granted %g s", host_of(request.url), asked, delay
            )
        chosen = self._slot_settings(request)
        chosen["delay"] = max(chosen["delay"], delay)
        chosen["concurrency"] = 1
        slot = self.crawler.engine.downloader.slots.get(self.crawler.engine.downloader.get_slot_key(request))
        if slot is not None:
            slot.delay = max(slot.delay, delay)
            slot.concurrency = 1

    def _slot_settings(self, request: Request) -> dict[str, Any]:
        downloader = self.crawler.engine.downloader
        key = downloader.get_slot_key(request)
        known: dict[str, Any] | None = downloader.per_slot_settings.get(key)
        if known is None or "delay" not in known:
            known = downloader.per_slot_settings[key] = self._wanted(host_of(request.url)) | (known or {})
        return known

    def _wanted(self, host: str) -> dict[str, Any]:
        site = getattr(self.crawler.spider, "site", None)
        politeness = site.politeness if site is not None else Politeness()
        usual = Politeness()
        wanted: dict[str, Any] = {
            "delay": politeness.delay,
            "concurrency": politeness.concurrency,
            "jitter": 0.0,
        }
        if is_loopback(host):
            if politeness.delay == usual.delay:
                wanted["delay"] = 0.0
            if politeness.concurrency == usual.concurrency and not wanted["delay"]:
                wanted["concurrency"] = LOOPBACK_CONCURRENCY
        return wanted | self.chosen


class SlotThrottle(AutoThrottle):
    """Scrapy's AutoThrottle with a floor for every host: it never undercuts what a host was promised."""

    def _response_downloaded(self, response: "Response", request: Request, spider: "Spider") -> None:
        key, _ = self._get_slot(request, spider)
        chosen = self.crawler.engine.downloader.per_slot_settings.get(key or "", {})
        floor = chosen.get("delay", self._min_delay())
        if not floor:
            return
        self.target_concurrency = float(chosen.get("concurrency", 1))
        self.mindelay = floor
        self.maxdelay = max(floor, self._max_delay())
        super()._response_downloaded(response, request, spider)
