"""robots.txt, obeyed from the first request on.

Scrapy 2.14 to 2.19 lets the first burst of requests to a host pass unchecked: all that wait for robots.txt
share one Deferred, and from the second on they get None from it, which means "everything is allowed". Here
each request waits on an event until the host's rules are known. What is allowed where there are no rules
follows RFC 9309, section 2.3.1: everything if the server says that there is no such file (4xx), nothing if it
cannot be reached or fails (5xx).
"""

import asyncio
import logging
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

MAX_ROBOTS_BYTES = 512 * 1024
"""What is read of a robots.txt; RFC 9309 asks for at least 500 KiB."""
_CLIENT_ERRORS = range(400, 500)
_TOO_MANY_REQUESTS = 429


class RobotsDisallowed(IgnoreRequest):
    """robots.txt forbids an address."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be read, so that nothing of the host may be fetched; its cause says why."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Asks a host's robots.txt before anything else is asked of that host."""

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._rules: dict[str, RobotParser | None] = {}
        self._unreachable: dict[str, Exception] = {}
        self._asked: dict[str, asyncio.Event] = {}

    async def robot_parser(self, request: Request) -> "RobotParser | None":
        """Return the rules for a request's host, or None where there are none; the first caller fetches them.

        Raises RobotsUnreachable.
        """
        url = urlparse_cached(request)
        origin = f"{url.scheme}://{url.netloc}"
        if origin not in self._asked:
            asked = self._asked[origin] = asyncio.Event()
            try:
                await self._ask(origin, request)
            finally:
                asked.set()
        else:
            await self._asked[origin].wait()
        if origin in self._unreachable:
            error = self._unreachable[origin]
            raise RobotsUnreachable(f"robots.txt of {origin} cannot be read ({_words(error)})") from error
        return self._rules.get(origin)

    def process_request_2(self, rp: "RobotParser | None", request: Request) -> None:
        """Raise RobotsDisallowed where the rules forbid a request."""
        agent = self._robotstxt_useragent or self._default_useragent
        if rp is not None and not rp.allowed(request.url, agent):
            self._stats.inc_value("robotstxt/forbidden")
            raise RobotsDisallowed(f"robots.txt forbids {request.url}")

    async def _ask(self, origin: str, request: Request) -> None:
        question = Request(
            f"{origin}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True, "robots": True},
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(question)
        except Exception as error:
            # Whatever failed, the answer is unknown, and unknown means no.
            self._unreachable[origin] = error.with_traceback(None)
            logger.info("robots.txt of %s cannot be read: %s", origin, _words(error))
            return
        await self._understand(response, origin, request)

    async def _understand(self, response: "Response", origin: str, request: Request) -> None:
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status in _CLIENT_ERRORS and response.status != _TOO_MANY_REQUESTS:
            self._rules[origin] = None
            return
        if response.status >= 500 or response.status == _TOO_MANY_REQUESTS:
            self._unreachable[origin] = IgnoreRequest(f"HTTP {response.status}")
            return
        rules = build_from_crawler(self._parserimpl, self.crawler, response.body[:MAX_ROBOTS_BYTES])
        self._rules[origin] = rules
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=rules, request=request
        )


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
