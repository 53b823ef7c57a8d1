"""Read archived articles of our own again: the first page from its capture, further pages from the archive.

An article in several pages is stitched as in the crawl: today's reading of each page says which pages follow,
and each is taken from the archive as it was nearest to the time of the first.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from crawler.archive import ArchivedResponse, ArchiveError, ArchiveIndex, read_at, read_record
from crawler.extraction import Page, read_page
from crawler.items import Article, Capture
from crawler.items import read_record as read_article
from crawler.pipelines.stitching import completed, stitched
from crawler.reader import MAX_PARTS, Reading
from crawler.sites import Site, SiteError, find_site, load_site
from crawler.spiders.phpweb import Form, asks_for_pages, pages_told, whole_page
from crawler.urls import host_of

_USABLE = (200, 304)
_POST_HEAD = b"POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
_KEPT = ("id", "version", "first_seen", "fetched_at")
"""Fields that a new reading does not decide."""
COMPARED = tuple(
    name
    for name in Article.model_fields
    if name not in {*_KEPT, "url", "site", "warc", "text_digest", "evidence", "extractor"}
)
"""Fields whose change is told."""

State = Literal["same", "better", "read", "no article"]


@dataclass(frozen=True, slots=True)
class Job:
    """One capture to be read again."""

    capture: Capture
    record: str | None = None
    """The article record that was read from it, as JSON; None where none was."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a capture says today."""

    state: State
    """`same` and `better` (differing from the record), `read` where there was no record, `no article`."""
    article: Article | None = None
    """Today's reading, where it is to be stored."""
    changes: dict[str, str] = field(default_factory=dict)
    """Field -> `changed`, `filled` or `emptied`."""
    reason: str | None = None
    """Of `no article`: what the page is."""


class Rereader:
    """The task of reading captures of one archive again; can be sent to other processes.

    `sites` are site files of the user's own, by key; others are found by their key, else by address.
    """

    def __init__(self, folder: Path, sites: Mapping[str, Site] | None = None) -> None:
        self._folder = folder
        self._sites = dict(sites or {})
        self._index: ArchiveIndex | None = None

    def __getstate__(self) -> dict[str, object]:
        """Leave the open index out."""
        return {**self.__dict__, "_index": None}

    def __call__(self, job: Job) -> Answer:
        """Read one capture again. Raises ArchiveError or EntityError where it cannot be had."""
        if job.capture.warc is None:
            raise ArchiveError("it was not archived")
        if self._index is None:
            self._index = ArchiveIndex(self._folder)
        response = read_record(self._folder, job.capture.warc, index=self._index)
        site = self._sites.get(job.capture.site) or _site(job.capture.site, host_of(job.capture.url))
        old = read_article(job.record) if job.record is not None else None
        entity = response.entity()
        page = _read(entity, response, job.capture.url, site)
        if page.kind != "article" or page.article is None:
            return Answer("no article", reason=page.kind)
        article = completed(stitched(self._whole(job.capture, entity, page, site)), job.capture, site)
        if not article.body and not article.title:
            return Answer("no article", reason="no text")
        return Answer("read", article) if old is None else _compared(old, article)

    def _whole(self, capture: Capture, entity: bytes, page: Page, site: Site | None) -> Reading:
        """Return the pages of an article: the first, and what of the others the archive has."""
        reading = Reading([capture], [page], [capture.url])
        at = datetime.fromisoformat(capture.fetched_at)
        title = page.article.title if page.article is not None else None
        known: set[tuple[str, bytes]] = {(capture.url, b"")}
        waiting = deque(_further(page, entity, capture.url))
        while waiting and len(reading.pages) < MAX_PARTS:
            url, form = waiting.popleft()
            if (url, form) in known or (site is not None and (not site.covers(url) or site.denies(url))):
                continue
            known.add((url, form))
            part = self._nearest(url, form, at)
            if part is None:
                continue
            body = part.entity()
            if form.startswith(b"act=contentpages"):
                waiting.extend(pages_told(body, url, form))
                continue
            if form.startswith(b"act=getcontent"):
                body = whole_page(body, title)
            read = _read(body, part, url, site)
            if read.article is not None:
                reading.pages.append(read)
                reading.urls.append(url + (f"#{form.decode('latin-1')}" if form else ""))
                if not form:
                    waiting.extend(_further(read, body, url))
        return reading

    def _nearest(self, url: str, form: bytes, at: datetime) -> ArchivedResponse | None:
        """Return the response to a request that is nearest to a moment; None where there is none."""
        assert self._index is not None
        request = (_POST_HEAD, form) if form else (b"", b"")
        captures = [one for one in self._index.captures(url, request=request) if one.status in _USABLE]
        for entry in sorted(captures, key=lambda one: abs(one.date - at)):
            try:
                return read_at(self._folder, entry.filename, entry.offset, index=self._index)
            except ArchiveError:
                continue  # damaged, or the payload of a revisit is gone: another capture may do
        return None


def _read(entity: bytes, response: ArchivedResponse, url: str, site: Site | None) -> Page:
    return read_page(entity, url=url, content_type=response.content_type, site=site)


def _further(page: Page, entity: bytes, url: str) -> Iterator[Form]:
    """Yield the requests for an article's further pages that one of its pages names."""
    yield from ((further, b"") for further in page.next_pages)
    if form := asks_for_pages(entity, url):
        yield form


@lru_cache(maxsize=1000)
def _site(key: str, host: str) -> Site | None:
    """Return the site file that a capture was crawled with, or one for its host."""
    return _built_in(key) or (find_site(f"http://{host}/") if host else None)


@lru_cache(maxsize=1000)
def _built_in(key: str) -> Site | None:
    try:
        return load_site(key)
    except SiteError:
        return None


def _compared(old: Article, new: Article) -> Answer:
    for name in _KEPT:
        setattr(new, name, getattr(old, name))
    if old == new:
        return Answer("same")
    changes = {}
    for name in COMPARED:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            changes[name] = "changed" if before and after else "filled" if after else "emptied"
    if not changes and old.evidence == new.evidence and old.extractor == new.extractor:
        return Answer("same")
    return Answer("better" if changes else "same", new, changes)
