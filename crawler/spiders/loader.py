"""Makes one spider a site file, so that `scrapy list` and `scrapy crawl KEY` know every site."""

from collections.abc import Iterable
from typing import Self

from scrapy import Request, Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.sites import Site, SiteError, all_sites, find_site, load_site
from crawler.spiders.learning import Lesson
from crawler.spiders.site import SiteSpider


def spider_for(site: Site, lesson: Lesson | None = None) -> type[SiteSpider]:
    """Return a spider class that crawls a site; its name is the site's key. `lesson` watches the crawl."""
    members = {"name": site.key, "site": site, "lesson": lesson, "__module__": __name__}
    return type(f"SiteSpider_{site.key}", (SiteSpider,), members)


class SiteSpiderLoader(SpiderLoader):
    """Scrapy's loader, to which every site file is a spider too; a module here goes before a file."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        for name, spider in list(self._spiders.items()):
            if issubclass(spider, SiteSpider) and not hasattr(spider, "site"):
                del self._spiders[name]  # a base class without a site

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Build from settings, as Scrapy does."""
        return cls(settings)

    def load(self, spider_name: str) -> type[Spider]:
        """Return the spider of a name: one with code of its own, or a site's. Raises KeyError."""
        if spider_name in self._spiders:
            return self._spiders[spider_name]
        try:
            return spider_for(load_site(spider_name))
        except SiteError as error:
            raise KeyError(str(error)) from None

    def has_code(self, name: str) -> bool:
        """Tell whether a spider of this name has code of its own."""
        return name in self._spiders

    def list(self) -> list[str]:
        """Return the names of all spiders."""
        return sorted({*self._spiders, *(site.key for site in all_sites())})

    def find_by_request(self, request: Request) -> Iterable[str]:  # type: ignore[override]  # any iterable does
        """Return the names of the spiders that crawl an address."""
        site = find_site(request.url)
        return [*super().find_by_request(request), *([site.key] if site else [])]
