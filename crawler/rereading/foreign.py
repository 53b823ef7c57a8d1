"""Read the article pages in anybody's WARC files, Common Crawl's too.

The files are gone through once, and pages are read as they come. What cannot be told from a page alone is
left to the end, when all files are known: articles in several pages, pages that may be the further ones of
such, and revisit records, whose payload stands elsewhere.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from crawler.archive import ArchivedResponse, ArchiveError, iter_responses, read_at
from crawler.extraction.paging import is_sibling
from crawler.items import Article, Capture, WarcPointer
from crawler.pipelines.stitching import completed, stitched
from crawler.reader import Reading
from crawler.rereading.parts import Parts, read_response
from crawler.rereading.shelf import Shelf, original_name
from crawler.rereading.workers import Workers, WorkFailure
from crawler.sites import Site, find_site
from crawler.urls import canonical_key, host_of

_OK = 200
_PAGE_TYPES = ("html", "xml", "text/plain", "octet-stream")
_LOST = "revisit without its original"


@dataclass(frozen=True, slots=True)
class ForeignPage:
    """A page from a WARC file, on its way to be read by itself."""

    response: ArchivedResponse
    link: str
    """Name of the file on the shelf."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands that is read when all files are known."""

    link: str
    offset: int
    url: str
    is_revisit: bool = False


@dataclass(frozen=True, slots=True)
class ForeignAnswer:
    """What a page is."""

    kind: str
    article: Article | None = None
    """The article, where there is text."""
    urls: list[str] = field(default_factory=list)
    """Addresses of its pages, of those that were put together."""
    goes_on: bool = False
    """Whether the page names further ones."""


class ForeignReader:
    """The task of reading such pages; can be sent to other processes. `site` is used for all pages."""

    def __init__(self, folder: Path, site: Site | None = None) -> None:
        """`folder` is the shelf's."""
        self._folder = folder
        self._site = site
        self._parts: Parts | None = None

    def __getstate__(self) -> dict[str, object]:
        """Leave the open index out."""
        return {**self.__dict__, "_parts": None}

    def __call__(self, job: ForeignPage | Place) -> ForeignAnswer:
        """Read a page by itself, or from its place with its further pages.

        Raises EntityError where the body cannot be decoded, ArchiveError where a place cannot be read.
        """
        if isinstance(job, ForeignPage):
            return self._read(job.response, None)
        parts = self._parts = self._parts or Parts(self._folder)
        try:
            response = read_at(self._folder, job.link, job.offset, index=parts.index)
        except ArchiveError:
            if job.is_revisit:
                return ForeignAnswer(_LOST)
            raise
        return self._read(response, parts)

    def _read(self, response: ArchivedResponse, parts: Parts | None) -> ForeignAnswer:
        site = self._site or _site_at(host_of(response.url))
        entity = response.entity()
        page = read_response(entity, response, response.url, site)
        if page.kind != "article" or page.article is None:
            return ForeignAnswer(page.kind)
        capture = _capture(response, site)
        if parts is None:
            reading = Reading([capture], [page], [response.url])
        else:
            reading = parts.whole(capture, entity, page, site)
        article = completed(stitched(reading), capture, site)
        article.site = article.site or None
        if not article.body and not article.title:
            return ForeignAnswer("no text")
        return ForeignAnswer("article", article, reading.urls, goes_on=bool(page.next_pages))


def _capture(response: ArchivedResponse, site: Site | None) -> Capture:
    pointer = None
    if response.offset is not None:
        pointer = WarcPointer(
            file=response.file,
            offset=response.offset,
            length=response.length,
            record_id=response.record_id,
            payload_digest=response.payload_digest,
        )
    return Capture(
        url=response.url,
        status=response.status,
        fetched_at=response.date.isoformat(timespec="seconds").replace("+00:00", "Z"),
        site=site.key if site is not None else "",
        warc=pointer,
    )


class ForeignFiles:
    """Goes through WARC files for their articles, and counts what it meets.

    Args:
        files: the WARC files, compressed or not.
        site: only pages of this site; by default of every site there is a file for.
        any_host: pages of every host, also such that there is no file for.
        processes: how many read; 0: this one.
    """

    def __init__(
        self, files: Sequence[Path], *, site: Site | None = None, any_host: bool = False, processes: int = 0
    ) -> None:
        self._files = files
        self._site = site
        self._any_host = any_host
        self._processes = processes
        self.kinds: Counter[str] = Counter()
        """Kind of page -> pages that were read."""
        self.skipped: Counter[str] = Counter()
        """Why -> pages that were left out: `other address`, `status`, `type`, …"""
        self.failed: Counter[str] = Counter()
        """Error -> pages that could not be read."""
        self.broken: list[str] = []
        """What was wrong with files that could not be read to their end."""
        self._later: list[Place] = []
        self._links: set[str] = set()
        self._used: set[str] = set()
        """Keys of the further pages of articles that were put together."""

    def articles(self) -> Iterator[Article]:
        """Yield the articles: those in one page as they come, the others at the end."""
        with ExitStack() as stack:
            shelf = stack.enter_context(Shelf(self._files))
            reader = ForeignReader(shelf.folder, self._site)
            pages: Workers[ForeignPage, ForeignAnswer] = Workers(reader, self._processes)
            for page, answer in pages.map(self._pages(shelf)):
                if isinstance(answer, ForeignAnswer) and self._must_wait(page, answer):
                    assert page.response.offset is not None
                    self._later.append(Place(page.link, page.response.offset, page.response.url))
                else:
                    yield from self._taken(answer)
            if not self._later:
                return
            shelf.finish()
            # First pages first: whatever they use up is no article of its own.
            for numbered in (False, True):
                places = [place for place in self._later if is_sibling("", place.url) == numbered]
                again: Workers[Place, ForeignAnswer] = Workers(reader, self._processes)
                for place, answer in again.map(self._unused(places)):
                    if canonical_key(place.url) not in self._used:
                        yield from self._taken(answer)

    def _must_wait(self, page: ForeignPage, answer: ForeignAnswer) -> bool:
        """Tell whether other pages must be known before it can be said what article a page is."""
        if answer.article is None or page.response.offset is None:
            return False
        return answer.goes_on or is_sibling("", page.response.url)

    def _unused(self, places: list[Place]) -> Iterator[Place]:
        for place in sorted(places, key=lambda one: (len(one.url), one.url)):
            if canonical_key(place.url) not in self._used:
                yield place

    def _taken(self, answer: ForeignAnswer | WorkFailure) -> Iterator[Article]:
        if isinstance(answer, WorkFailure):
            self.failed[answer.reason.partition(":")[0]] += 1
        elif answer.kind == _LOST:
            self.skipped[_LOST] += 1
        else:
            self.kinds[answer.kind] += 1
            self._used.update(canonical_key(url) for url in answer.urls[1:])
            if answer.article is not None:
                if answer.article.warc is not None:
                    name = answer.article.warc.file
                    answer.article.warc.file = original_name(name) if name in self._links else name
                yield answer.article

    def _pages(self, shelf: Shelf) -> Iterator[ForeignPage]:
        """Yield the pages that may be articles; enter in the shelf's index what may be wanted again."""
        self._links = set(shelf.links.values())
        for file in self._files:
            try:
                for response in iter_responses(file, wanted=self._is_covered, revisits=True):
                    page = self._page(shelf, shelf.links[file], response)
                    if page is not None:
                        yield page
            except ArchiveError as error:
                self.broken.append(str(error))  # the other files are read all the same

    def _page(self, shelf: Shelf, link: str, response: ArchivedResponse) -> ForeignPage | None:
        is_revisit = response.record_type == "revisit"
        kind = (response.content_type or "html").lower()
        is_page = is_revisit or (response.status == _OK and any(part in kind for part in _PAGE_TYPES))
        if is_page:
            shelf.note(link, response)
        if not self._may_be_article(response.url):
            self.skipped["other address"] += 1
        elif not is_page:
            self.skipped["status" if response.status != _OK else "type"] += 1
        elif not is_revisit:
            return ForeignPage(response, link)
        elif response.offset is not None:
            self._later.append(Place(link, response.offset, response.url, is_revisit=True))
        return None

    def _is_covered(self, url: str) -> bool:
        if self._site is not None:
            covered = self._site.covers(url)
        else:
            covered = self._any_host or _site_at(host_of(url)) is not None
        if not covered:
            self.skipped["other address"] += 1
        return covered

    def _may_be_article(self, url: str) -> bool:
        site = self._site or _site_at(host_of(url))
        if site is None:
            return self._any_host
        # Where a file has no patterns (None) the page decides.
        return site.is_article(url) is not False


@lru_cache(maxsize=10_000)
def _site_at(host: str) -> Site | None:
    return find_site(f"http://{host}/") if host else None
