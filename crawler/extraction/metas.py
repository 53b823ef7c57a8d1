"""What a page's head says about its article: government metas, those of the press, Open Graph, JSON-LD.

Metas are hints that the visible page is checked against, not the truth. Templates leave them empty, put
staff numbers into `author`, the time of rendering into `PubDate`, or the month into its minutes; attributes
hold tags and doubled entities.

Sources: 国办发〔2017〕47号《政府网站发展指引》 (SiteName … ContentSource), ogp.me, schema.org.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from crawler.extraction.dates import DateFound, find_dates, from_epoch
from crawler.extraction.document import Document, fold_space
from crawler.extraction.labels import segment
from crawler.extraction.names import is_account, is_no_source, is_person, read_names
from crawler.extraction.nodes import attribute

LONGEST_CONTENT = 2_000
"""Characters of a meta's content that are read."""
LONGEST_JSON = 200_000
"""A JSON-LD block longer than this is not read."""

_TAG = re.compile(r"<[^<>]{0,400}>")
_BREAK = re.compile(r"<(?:br|/p|/div|p|div)\b[^<>]{0,400}>", re.IGNORECASE)
_SPLIT_KEYWORDS = re.compile(r"[,，;；、|\s\u3000]+")

# In order of trust. `others` and `maketime` hold the time of rendering and are in no list.
_TITLES = ("articletitle", "og:title", "twitter:title", "contenttitle", "title", "dc.title")
_SOURCES = ("contentsource", "source", "article:source", "mediaid", "source_baidu", "contentsources")
_AUTHORS = ("author", "article:author", "og:article:author", "dc.creator", "authors", "reporter")
_PUBLISHED = (
    "firstpublishedtime", "article:published_time", "og:release_date", "datepublished", "pubdate",
    "publishdate", "publishtime", "pubtime", "weibo:article:create_at", "og:pubdate", "og:published_time",
    "parsely-pub-date", "og:time",
    "apub:time", "bytedance:published_time", "date", "dc.date", "dc.date.issued", "createdate", "releasedate",
)  # fmt: skip


# What the editing system of Founder (翔宇) writes into a comment in front of the text.
_PROPERTIES = b"<!--enpproperty"
_LONGEST_PROPERTIES = 3_000
_PROPERTY_DATE = re.compile(r"<(?:founder-)?date>([^<>]{8,30})</")
_PROPERTY_SOURCE = re.compile(r"<sourcename>([^<>]{2,40})</")


@dataclass(frozen=True, slots=True)
class Metas:
    """The metas of a page, cleaned. Absent is None or empty."""

    title: str | None = None
    """Headline, without site name only where the site keeps it out."""
    title_parts: tuple[str, ...] = ()
    """Its lines, where the attribute holds markup that breaks it (引题 and 主题)."""
    site_name: str | None = None
    """Name of the site."""
    column: str | None = None
    """Name of the column (栏目)."""
    source: str | None = None
    """来源."""
    authors: tuple[str, ...] = ()
    """Persons; never staff numbers or accounts."""
    author_text: str | None = None
    """The first author meta as it stands; may be an account."""
    published: tuple[tuple[str, DateFound], ...] = ()
    """Meta name and date, in order of trust."""
    summary: str | None = None
    """Description."""
    keywords: tuple[str, ...] = ()
    """Keywords."""
    evidence: dict[str, str] = field(default_factory=dict)
    """Field -> name of the meta it was read from."""


def clean(content: str) -> str:
    """Return the text of an attribute: entities resolved (doubled ones too), tags out, white space folded."""
    content = content[:LONGEST_CONTENT]
    if "&" in content:
        content = unescape(content)
    if "<" in content:
        content = _TAG.sub(" ", content)
    return fold_space(content)


def _lines(content: str) -> tuple[str, ...]:
    """Return the lines of an attribute that holds markup."""
    if "<" not in content and "&lt;" not in content:
        return ()
    broken = _BREAK.sub("\n", unescape(content[:LONGEST_CONTENT]))
    return tuple(line for line in (fold_space(_TAG.sub("", piece)) for piece in broken.split("\n")) if line)


def _first(document: Document, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    metas = document.metas
    for name in names:
        for content in metas.get(name, ()):
            text = clean(content)
            if text:
                yield name, text


def read_date(content: str) -> DateFound | None:
    """Return the date of a meta or an attribute, which may be a Unix time."""
    content = fold_space(content[:80])
    found = find_dates(content)
    return found[0] if found else from_epoch(content)


def _json_ld(document: Document) -> Iterator[dict[str, Any]]:
    """Yield the objects of the page's JSON-LD blocks, those of `@graph` and of lists too."""
    for script in document.declared("script"):
        # The type first: to ask a script for its text is to copy it.
        if "ld+json" not in (attribute(script, "type") or ""):
            continue
        text = script.text_lexbor()
        if not text or len(text) > LONGEST_JSON:
            continue
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        queue = value if isinstance(value, list) else [value]
        for item in queue[:50]:
            if isinstance(item, dict):
                yield item
                graph = item.get("@graph")
                if isinstance(graph, list):
                    yield from (part for part in graph[:50] if isinstance(part, dict))


def _named(value: Any) -> list[str]:
    """Return the names in an `author` of JSON-LD: a string, an object with `name`, or a list of these."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _named(value.get("name"))
    if isinstance(value, list):
        return [name for item in value[:20] for name in _named(item)]
    return []


def _people(text: str) -> list[str]:
    return [
        name for name in read_names(text, trusted=False).people if is_person(name) and not is_account(name)
    ]


def read_metas(document: Document) -> Metas:
    """Read the head of a page."""
    evidence: dict[str, str] = {}
    title = None
    parts: tuple[str, ...] = ()
    for name, text in _first(document, _TITLES):
        title, evidence["title"] = text, f"meta:{name}"
        parts = _lines(next(c for c in document.metas[name] if clean(c)))
        break
    source = None
    for name, text in _first(document, _SOURCES):
        named = next((s.value for s in segment(text) if s.role == "source"), text)
        if named and not is_no_source(named) and not is_account(named):
            source, evidence["source"] = named[:60], f"meta:{name}"
            break
    authors: list[str] = []
    for name, text in _first(document, _AUTHORS):
        authors = _people(text)
        if authors:
            evidence["authors"] = f"meta:{name}"
            break
    published = []
    metas = document.metas
    for name in _PUBLISHED:
        for content in metas.get(name, ()):
            found = read_date(content)
            if found:
                published.append((f"meta:{name}", found))
    for item in _json_ld(document):
        date = item.get("datePublished") or item.get("pubDate")
        found = read_date(date) if isinstance(date, str) else None
        if found:
            published.append(("json-ld:datePublished", found))
        headline = item.get("headline")
        if title is None and isinstance(headline, str) and headline.strip():
            title, evidence["title"] = clean(headline), "json-ld:headline"
        if not authors:
            authors = [person for name in _named(item.get("author")) for person in _people(name)]
            if authors:
                evidence["authors"] = "json-ld:author"
    at = document.data.find(_PROPERTIES)
    if at >= 0:
        properties = document.data[at : at + _LONGEST_PROPERTIES].decode("utf-8", "replace")
        stated = _PROPERTY_DATE.search(properties)
        found = read_date(stated[1]) if stated else None
        if found:
            published.append(("comment:enpproperty", found))
        named_source = _PROPERTY_SOURCE.search(properties)
        if source is None and named_source and not is_no_source(named_source[1]):
            source, evidence["source"] = named_source[1].strip(), "comment:enpproperty"
    summary = next((t for _, t in _first(document, ("description", "og:description"))), None)
    keywords = next((t for _, t in _first(document, ("keywords",))), "")
    return Metas(
        title=title,
        title_parts=parts,
        site_name=next(
            (t for _, t in _first(document, ("sitename", "og:site_name", "application-name"))), None
        ),
        column=next((t for _, t in _first(document, ("columnname",))), None),
        source=source,
        authors=tuple(dict.fromkeys(authors)),
        author_text=next((text for _, text in _first(document, ("author",))), None),
        published=tuple(published),
        summary=summary,
        keywords=tuple(dict.fromkeys(k for k in _SPLIT_KEYWORDS.split(keywords[:500]) if 1 < len(k) <= 30)),
        evidence=evidence,
    )
