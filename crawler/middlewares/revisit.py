"""Conditional requests: a known article is asked for again only if it has changed (RFC 9110, section 13.1).

Articles only. A list that answers 304 would hide the links that an interrupted run never followed, and files
and pictures are not looked at again. The answer 304 becomes a `server-not-modified` revisit record in the
archive, and the article counts as seen and unchanged.
"""

from typing import TYPE_CHECKING, Self

from scrapy import Request

from crawler.recorder import recorder_of
from crawler.urls import article_id

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_CONDITIONS = {"etag": b"If-None-Match", "last_modified": b"If-Modified-Since"}
"""Validator in `meta["revisit"]` -> header that sends it back."""
_NOT_MODIFIED = 304


class UnaskedNotModifiedError(Exception):
    """A server answered 304 to a request without conditions: there is no page, and nothing it stands for."""


class RevisitMiddleware:
    """Sends back the validators that an article's page came with last time.

    Not where the store lacks the article, where it has several pages (the first says nothing of the others),
    or where a browser builds the page; and never after a redirect: the validators belong to the address that
    was asked for.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Put the conditions into a request that may have them."""
        if request.meta.get("redirect_urls"):
            for header in _CONDITIONS.values():
                request.headers.pop(header, None)
            return
        validators = request.meta.get("revisit") or {}
        if request.meta.get("kind") != "article" or request.method != "GET" or request.meta.get("playwright"):
            return
        if not any(validators.get(name) for name in _CONDITIONS) or not self._is_stored_whole(request.url):
            return
        for name, header in _CONDITIONS.items():
            if validators.get(name):
                request.headers[header] = validators[name]

    def process_response(self, request: Request, response: "Response") -> "Response":
        """Return the response. Raises UnaskedNotModifiedError."""
        if response.status == _NOT_MODIFIED and not any(
            header in request.headers for header in _CONDITIONS.values()
        ):
            raise UnaskedNotModifiedError(f"{response.url} answered 304 to a request without conditions")
        return response

    def _is_stored_whole(self, url: str) -> bool:
        """Tell whether the store has the article of an address, read from one page."""
        recorder = recorder_of(self.crawler)
        site = getattr(self.crawler.spider, "site", None)
        if recorder is None:
            return False
        article = recorder.store.article(article_id(site.main_address(url) if site is not None else url))
        return article is not None and not article.pages
