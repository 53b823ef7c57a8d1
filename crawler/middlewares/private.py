"""No page on the public web may lead the crawl into the user's own network."""

from typing import TYPE_CHECKING, Any, Self, cast
from urllib.request import getproxies

from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.utils.defer import maybe_deferred_to_future

from crawler.urls import host_of, ip_address_of, is_public

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class PrivateAddress(IgnoreRequest):
    """An address leads to loopback, to a private network or to no host at all."""


async def resolve(host: str) -> str:
    """Return the address of a host, by the resolver (and from the cache) that connections use."""
    from twisted.internet import reactor

    return str(await maybe_deferred_to_future(cast("Any", reactor).resolve(host)))


class PrivateAddressMiddleware:
    """Refuses requests to private addresses, unless the site file allows them or the user named that very
    host.

    A name is resolved before the request is made, and Scrapy's DNS cache keeps the connection to the address
    that was looked at. Behind a proxy, which resolves names itself, only literal addresses can be judged.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self.allow_all = crawler.settings.getbool("DANGJIAN_ALLOW_PRIVATE")
        self.resolves = not getproxies()
        self.verdicts: dict[str, str | None] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise PrivateAddress where the request's host is not for us, CannotResolveHostError where nobody
        knows it."""
        if self.allow_all:
            return
        host = host_of(request.url)
        if host not in self.verdicts:
            self.verdicts[host] = await self._judge(host)
        verdict = self.verdicts[host]
        if verdict is not None:
            raise PrivateAddress(verdict)

    async def _judge(self, host: str) -> str | None:
        """Return why a host must not be asked, or None."""
        site = getattr(self.crawler.spider, "site", None)
        if site is not None and (site.allow_private or host in self._named_by_user()):
            return None
        if ip_address_of(host):
            return None if is_public(host) else f"{host} is a private address"
        if not self.resolves:
            return None
        try:
            address = await resolve(host)
        except Exception as error:
            # Not left to the download, whose own question might be answered otherwise.
            raise CannotResolveHostError(f"{host} has no address") from error
        if is_public(address):
            return None
        return f"{host} leads to the private address {address} (allow_private in its site file permits that)"

    def _named_by_user(self) -> set[str]:
        """Return the hosts of the crawl's entrances that are private by the look of their name."""
        site = getattr(self.crawler.spider, "site", None)
        entrances = [section.url for section in site.sections] if site is not None else []
        hosts = {host_of(url) for url in entrances}
        return {host for host in hosts if ip_address_of(host) or "." not in host}
