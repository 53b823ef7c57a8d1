"""No page on the public web may lead the crawl into the user's own network."""

import ipaddress
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.request import getproxies

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import maybe_deferred_to_future

from crawler.urls import host_of, is_public

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class PrivateAddress(IgnoreRequest):
    """An address leads to loopback, to a private network or to no host at all."""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


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
        """Raise PrivateAddress where the request's host is not for us."""
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
        if _is_address(host):
            return None if is_public(host) else f"{host} is a private address"
        if not self.resolves:
            return None
        from twisted.internet import reactor

        try:
            address = str(await maybe_deferred_to_future(cast("Any", reactor).resolve(host)))
        except Exception:
            return None  # the download will fail for the same reason, and tell it
        if is_public(address):
            return None
        return f"{host} leads to the private address {address} (allow_private in its site file permits that)"

    def _named_by_user(self) -> set[str]:
        """Return the hosts of the crawl's entrances that are private by the look of their name."""
        site = getattr(self.crawler.spider, "site", None)
        entrances = [section.url for section in site.sections] if site is not None else []
        hosts = {host_of(url) for url in entrances}
        return {host for host in hosts if _is_address(host) or "." not in host}
