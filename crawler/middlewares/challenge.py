"""Anti-bot gates: a stub in a page's place is counted as what it is, and neither retried nor read."""

from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.extraction.challenges import recognise_challenge

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


MAX_STUB_BYTES = 30_000
"""A page that is larger than this and came with status 200 is no stub."""
_OK = 200


class Challenged(IgnoreRequest):
    """A gate answered in the site's place."""

    def __init__(self, gate: str, status: int) -> None:
        super().__init__(f"{gate} (HTTP {status})")
        self.gate = gate
        self.status = status


class ChallengeMiddleware:
    """Stops responses of anti-bot gates. They have been archived by then like any other."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    def process_response(self, request: Request, response: "Response") -> "Response":
        """Return the response, or raise Challenged."""
        if request.meta.get("robots"):
            return response  # a gate before robots.txt is its middleware's to judge
        if response.status == _OK and len(response.body) > MAX_STUB_BYTES:
            return response  # the reading will tell; looking here would cost every page half a millisecond
        gate = recognise_challenge(response.status, response.headers, response.body)
        if gate is not None:
            raise Challenged(gate, response.status)
        return response
