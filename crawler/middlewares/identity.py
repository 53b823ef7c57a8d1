"""Who asks: `dangjian/<version> (+contact)`."""

from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.settings import SETTINGS_PRIORITIES

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class IdentityMiddleware:
    """Sets the User-Agent: the project's name and version and the contact of whoever runs the crawl.

    The contact is the site file's, else the user's (`--contact`, `DANGJIAN_CONTACT`). A USER_AGENT that the
    user sets is left as it is.
    """

    def __init__(self, crawler: "Crawler") -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.agent: str = settings["USER_AGENT"]
        self.contact: str | None = settings["DANGJIAN_CONTACT"]
        self.own = (settings.getpriority("USER_AGENT") or 0) <= SETTINGS_PRIORITIES["project"]

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Put the User-Agent into a request that has none."""
        request.headers.setdefault(b"User-Agent", self.user_agent())

    def user_agent(self) -> str:
        """Return the value of the header."""
        site = getattr(self.crawler.spider, "site", None)
        contact = (site.politeness.contact if site is not None else None) or self.contact
        if not self.own or not contact:
            return self.agent
        plain = "".join(c for c in contact if c.isascii() and c.isprintable())
        return f"{self.agent} (+{plain})" if plain else self.agent
