"""The further pages of an article, from an archive: stitched as in the crawl.

Today's reading of each page says which pages follow, and each is taken as it was nearest to the time of the
first.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from crawler.archive import ArchivedResponse, ArchiveError, ArchiveIndex, read_at
from crawler.extraction import Page, read_page
from crawler.items import Capture
from crawler.reader import MAX_PARTS, Reading
from crawler.sites import Site
from crawler.spiders.phpweb import Form, asks_for_pages, pages_told, whole_page

_USABLE = (200, 304)
_POST_HEAD = b"POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"


class Parts:
    """Finds and reads the pages of articles in one archive folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = ArchiveIndex(folder)

    def whole(self, capture: Capture, entity: bytes, page: Page, site: Site | None) -> Reading:
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
            read = read_response(body, part, url, site)
            if read.article is not None:
                reading.pages.append(read)
                reading.urls.append(url + (f"#{form.decode('latin-1')}" if form else ""))
                if not form:
                    waiting.extend(_further(read, body, url))
        return reading

    def _nearest(self, url: str, form: bytes, at: datetime) -> ArchivedResponse | None:
        """Return the response to a request that is nearest to a moment; None where there is none."""
        request = (_POST_HEAD, form) if form else (b"", b"")
        captures = [one for one in self.index.captures(url, request=request) if one.status in _USABLE]
        for entry in sorted(captures, key=lambda one: abs(one.date - at)):
            try:
                return read_at(self.folder, entry.filename, entry.offset, index=self.index)
            except ArchiveError:
                continue  # damaged, or the payload of a revisit is gone: another capture may do
        return None


def read_response(entity: bytes, response: ArchivedResponse, url: str, site: Site | None) -> Page:
    """Read an archived page, whose entity has been decoded."""
    return read_page(entity, url=url, content_type=response.content_type, site=site)


def _further(page: Page, entity: bytes, url: str) -> Iterator[Form]:
    """Yield the requests for an article's further pages that one of its pages names."""
    yield from ((further, b"") for further in page.next_pages)
    if form := asks_for_pages(entity, url):
        yield form
