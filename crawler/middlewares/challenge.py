"""Anti-bot gates: a stub in a page's place is counted as what it is, and neither retried nor read."""

from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.extraction.challenges import recognise_challenge

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


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
        gate = recognise_challenge(response.status, response.headers, response.body)
        if gate is not None:
            raise Challenged(gate, response.status)
        return response
