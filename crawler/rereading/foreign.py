"""Read the article pages in anybody's WARC files, Common Crawl's too."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crawler.archive import ArchivedResponse, iter_responses
from crawler.extraction import read_page
from crawler.items import Article, Capture, WarcPointer
from crawler.pipelines.stitching import completed
from crawler.sites import Site, find_site, load_site
from crawler.urls import host_of

_OK = 200
_PAGE_TYPES = ("html", "xml", "text/plain", "octet-stream")


@dataclass(frozen=True, slots=True)
class ForeignPage:
    """A page from a WARC file, on its way to be read."""

    response: ArchivedResponse
    site: str | None
    """Key of the site file, where there is one."""


class ForeignReader:
    """The task of reading such pages; can be sent to other processes. `site` is used for all pages."""

    def __init__(self, site: Site | None = None) -> None:
        self._site = site

    def __call__(self, page: ForeignPage) -> tuple[str, Article | None]:
        """Return what a page is, and its article. Raises EntityError where the body cannot be decoded."""
        response = page.response
        site = self._site or (_load(page.site) if page.site else None)
        read = read_page(response.entity(), url=response.url, content_type=response.content_type, site=site)
        article = read.article
        if read.kind != "article" or article is None or not (article.body or article.title):
            return read.kind, None
        pointer = None
        if response.offset is not None:
            pointer = WarcPointer(
                file=response.file,
                offset=response.offset,
                length=response.length,
                record_id=response.record_id,
                payload_digest=response.payload_digest,
            )
        capture = Capture(
            url=response.url,
            status=response.status,
            fetched_at=response.date.isoformat(timespec="seconds").replace("+00:00", "Z"),
            site=site.key if site is not None else "",
            warc=pointer,
        )
        completed(article, capture, site)
        article.site = article.site or None
        return read.kind, article


def pages_of(
    path: Path, *, site: Site | None = None, any_host: bool = False, skipped: Counter[str] | None = None
) -> Iterator[ForeignPage]:
    """Yield the pages in a WARC file that may be articles.

    Args:
        path: the file, compressed or not.
        site: only pages of this site; by default of every site there is a file for.
        any_host: pages of every host, also such that there is no file for.
        skipped: counts what was left out: `other address`, `status`, `type`.

    Raises:
        ArchiveError: the file cannot be read further; what came before was whole.
    """
    left_out = Counter[str]() if skipped is None else skipped
    wanted = _chooser(site, any_host)

    def is_wanted(url: str) -> bool:
        if wanted(url):
            return True
        left_out["other address"] += 1
        return False

    for response in iter_responses(path, wanted=is_wanted):
        kind = (response.content_type or "html").lower()
        if response.status != _OK:
            left_out["status"] += 1
        elif not any(part in kind for part in _PAGE_TYPES):
            left_out["type"] += 1
        else:
            found = site or _site_at(host_of(response.url))
            yield ForeignPage(response, found.key if found is not None else None)


def _chooser(site: Site | None, any_host: bool) -> Callable[[str], bool]:
    def is_wanted(url: str) -> bool:
        found = site or _site_at(host_of(url))
        if found is None:
            return any_host
        # Where a file has no patterns (None) the page decides.
        return found.is_article(url) is not False

    return is_wanted


@lru_cache(maxsize=10_000)
def _site_at(host: str) -> Site | None:
    return find_site(f"http://{host}/") if host else None


@lru_cache(maxsize=1000)
def _load(key: str) -> Site:
    return load_site(key)
