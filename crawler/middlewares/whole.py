"""Only what arrived whole and stands in the archive is read."""

from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError

from crawler.recorder import recorder_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class NotArchived(IgnoreRequest):
    """A response could not be archived, so that nothing may be told from it."""


class WholeMiddleware:
    """Stops responses that were cut off, after asking again, and those that the archive could not take.

    Scrapy would drop a cut response before the archive sees it (`DOWNLOAD_FAIL_ON_DATALOSS`); what came
    through is evidence, and is kept as such.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    def process_response(self, request: "Request", response: "Response") -> "Response | Request":
        """Return the response, or the request to send again. Raises ResponseDataLossError or NotArchived."""
        if "dataloss" in response.flags:
            again = None
            if not request.meta.get("dont_retry") and self.crawler.spider is not None:
                again = get_retry_request(
                    request,
                    spider=self.crawler.spider,
                    reason=ResponseDataLossError,
                )
            if again is None:
                raise ResponseDataLossError(f"{response.url}: the connection was lost before the end")
            return again
        if recorder_of(self.crawler) is not None and "capture" not in request.meta:
            raise NotArchived(f"{response.url} is not in the archive")
        return response
