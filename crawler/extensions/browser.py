"""Pages that only a browser can build (`browser = true` in a site file): scrapy-playwright beside our own.

Needs the extra `dangjian[browser]` and a Chromium. What such a page gives is the document as the browser has
built it, not what went over the wire; its response carries the header `X-Dangjian-Rendered` so that the
archive says so. No gate is passed: a browser is used only where a site file asks for one.
"""

import asyncio
import socket
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, DownloadTimeoutError, IgnoreRequest

from crawler.extensions.certificates import BadCertificate, are_checked
from crawler.extensions.wire import WireDownloadHandler
from crawler.urls import host_of, is_public

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

RENDERED = "X-Dangjian-Rendered"
"""Header of responses that a browser has built."""
_UNWANTED = frozenset({"image", "media", "font"})
_CONDITIONS = ("If-None-Match", "If-Modified-Since")


class BrowserDownloadHandler(WireDownloadHandler):
    """Gives requests with `playwright` in their meta to the browser, all others to the wire."""

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._allowed: dict[str, bool] = {}
        if crawler not in _browsers:  # one for http and https
            _browsers[crawler] = _browser(crawler)
            _browsers[crawler].abort_request = self._is_unwanted
        self._shared: Any = _browsers[crawler]
        self._context = {"ignore_https_errors": not are_checked(crawler)}

    async def download_request(self, request: "Request") -> "Response":
        """Download one request."""
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        from playwright.async_api import Error, TimeoutError

        for name in _CONDITIONS:  # "not modified" says nothing of what scripts will add
            request.headers.pop(name, None)
        request.meta["playwright_context_kwargs"] = self._context
        try:
            response: Response = await self._shared.download_request(request)
        except TimeoutError as error:
            raise DownloadTimeoutError(error.message) from error
        except Error as error:
            if "ERR_CERT_" in error.message:
                raise BadCertificate(host_of(request.url), "not valid") from error
            raise DownloadFailedError(error.message) from error
        site = getattr(self._crawler.spider, "site", None)
        if site is not None and not site.covers(response.url):
            raise IgnoreRequest(f"offsite: {request.url} leads to {response.url}")
        if len(response.body) > self._default_maxsize > 0:
            raise DownloadCancelledError(f"{request.url} is larger than {self._default_maxsize} bytes")
        response.headers[RENDERED] = "1"
        return response

    async def close(self) -> None:
        """Close the browser too."""
        shared = _browsers.pop(self._crawler, None)
        if shared is not None:
            await shared.close()
        await super().close()

    async def _is_unwanted(self, request: Any) -> bool:
        """Tell whether the browser must not ask for something: a picture, or a host in the user's network."""
        if request.resource_type in _UNWANTED:
            return True
        if not request.url.startswith(("http://", "https://")):
            return bool(request.url.startswith("file:"))
        return not await self._may_ask(host_of(request.url))

    async def _may_ask(self, host: str) -> bool:
        if host not in self._allowed:
            site = getattr(self._crawler.spider, "site", None)
            settings = self._crawler.settings
            if settings.getbool("DANGJIAN_ALLOW_PRIVATE") or (site is not None and site.allow_private):
                self._allowed[host] = True
            else:
                try:
                    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
                except OSError:
                    return False
                self._allowed[host] = all(is_public(str(address[4][0])) for address in found)
        return self._allowed[host]


_browsers: "WeakKeyDictionary[Crawler, Any]" = WeakKeyDictionary()


def _browser(crawler: "Crawler") -> Any:
    from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

    return ScrapyPlaywrightDownloadHandler.from_crawler(crawler)
