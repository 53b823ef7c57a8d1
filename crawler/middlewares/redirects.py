"""Redirects within the rules: bounded, without Referer, each hop archived and judged like a request."""

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class RedirectLoop(IgnoreRequest):
    """A redirect leads back to an address that this very chain has left."""


class OffsiteRedirect(IgnoreRequest):
    """A redirect leads away from the site."""


class BadRedirect(IgnoreRequest):
    """A redirect leads to what is no address, or none that is fetched."""


class RedirectsMiddleware(RedirectMiddleware):
    """Scrapy's redirects, without the search for a Referer, and with an end to circles."""

    def process_response(  # type: ignore[override]  # the spider is no argument any more
        self, request: "Request", response: "Response"
    ) -> "Request | Response":
        """Return the response, or the request for where it leads. Raises IgnoreRequest."""
        try:
            return super().process_response(request, response)
        except ValueError as error:
            raise BadRedirect(f"{request.url} redirects to no address: {error}") from None

    def handle_referer(self, request: "Request", response: "Response") -> None:
        """Leave Referer out."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """Do not warn that there is no Referer: that is chosen."""

    def _redirect(self, redirected: "Request", request: "Request", reason: object) -> "Request":
        left = request.meta.get("redirect_urls", [])
        if redirected.url in left or redirected.url == request.url:
            raise RedirectLoop(f"{request.url} redirects to {redirected.url} in a circle")
        site = getattr(self.crawler.spider, "site", None)
        bound = not (request.meta.get("robots") or request.meta.get("allow_offsite"))
        if site is not None and bound and not site.covers(redirected.url):
            raise OffsiteRedirect(f"{request.url} redirects to {redirected.url}")
        # The archive's answer belongs to the hop that got it.
        redirected.meta.pop("capture", None)
        return super()._redirect(redirected, request, reason)
