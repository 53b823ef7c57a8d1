"""Read archived articles of our own again: the first page from its capture, further ones from the archive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from crawler.archive import ArchiveError, read_record
from crawler.items import Article, Capture
from crawler.items import read_record as read_article
from crawler.pipelines.stitching import completed, stitched
from crawler.rereading.parts import Parts, read_response
from crawler.sites import Site, SiteError, find_site, load_site
from crawler.urls import host_of

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
        self._parts: Parts | None = None

    def __getstate__(self) -> dict[str, object]:
        """Leave the open index out."""
        return {**self.__dict__, "_parts": None}

    def __call__(self, job: Job) -> Answer:
        """Read one capture again. Raises ArchiveError or EntityError where it cannot be had."""
        if job.capture.warc is None:
            raise ArchiveError("it was not archived")
        parts = self._parts = self._parts or Parts(self._folder)
        response = read_record(self._folder, job.capture.warc, index=parts.index)
        site = self._sites.get(job.capture.site) or _site(job.capture.site, host_of(job.capture.url))
        old = read_article(job.record) if job.record is not None else None
        entity = response.entity()
        page = read_response(entity, response, job.capture.url, site)
        if page.kind != "article" or page.article is None:
            return Answer("no article", reason=page.kind)
        article = completed(stitched(parts.whole(job.capture, entity, page, site)), job.capture, site)
        if not article.body and not article.title:
            return Answer("no article", reason="no text")
        return Answer("read", article) if old is None else _compared(old, article)


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
