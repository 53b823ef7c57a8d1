"""Lists that are no pages: sitemaps (sitemaps.org 0.9), RSS 2.0 and 1.0, Atom (RFC 4287), JSON and JSONP.

All are read as data from strangers: sizes are bounded before and after unpacking, no entity is expanded, no
external file is opened, and what is broken is read as far as it goes.
"""

import re
import zlib
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urldefrag, urljoin

from lxml import etree

from crawler.extraction import dates, records
from crawler.extraction.charset import to_utf8
from crawler.extraction.document import fold_space
from crawler.extraction.listing import Link, Listing, each_once
from crawler.extraction.lists import read_list

MAX_BYTES: Final = 52_428_800
"""Size at which a file is cut, unpacked: what sitemaps.org allows a sitemap."""
MAX_ENTRIES: Final = 50_000
"""Entries that are read of one file: the same protocol's limit."""

MAX_DATA_LISTS: Final = 20
"""Data files of one list page."""

_GZIP: Final = b"\x1f\x8b"
_ENTITY: Final = re.compile(rb"<!ENTITY", re.IGNORECASE)
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]{0,300}>")
_DATA_SOURCE: Final = re.compile(rb"""\bdata\s*=\s*["']datasource:([0-9a-f]{32})\b""")


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap or a sitemap index names."""

    links: list[Link] = field(default_factory=list)
    """Pages; the text is empty unless it is a news sitemap, the date is that of `lastmod` or of the news."""
    sitemaps: list[str] = field(default_factory=list)
    """Addresses of further sitemaps (of an index)."""


def unpacked(data: bytes) -> bytes:
    """Return the content of a gzip file as far as `MAX_BYTES`; other data as they are, cut likewise."""
    if not data.startswith(_GZIP):
        return data[:MAX_BYTES]
    engine = zlib.decompressobj(wbits=31)
    try:
        return engine.decompress(data, MAX_BYTES)
    except zlib.error:
        return b""


def read_sitemap(data: bytes, *, url: str) -> Sitemap:
    """Read a sitemap, a sitemap index or a text file of addresses, gzip or plain. Never raises."""
    data = unpacked(data)
    root = _xml(data)
    if root is None:
        lines = _characters(data).splitlines() if b"<" not in data[:200] else []
        links = [Link(found, "") for line in lines[:MAX_ENTRIES] if (found := _address(url, line))]
        return Sitemap(each_once(links))
    links, sitemaps = [], []
    for entry in root.iter("{*}url", "{*}sitemap"):
        found = _address(url, _text(entry, "loc"))
        if not found:
            continue
        if etree.QName(entry).localname == "sitemap":
            sitemaps.append(found)
        else:
            day = _day(_text(entry, "publication_date")) or _day(_text(entry, "lastmod"))
            links.append(Link(found, _text(entry, "title"), day))
        if len(links) + len(sitemaps) >= MAX_ENTRIES:
            break
    return Sitemap(each_once(links), list(dict.fromkeys(sitemaps)))


def read_feed(data: bytes, *, url: str) -> Listing:
    """Read an RSS or Atom feed; a file that is neither gives a listing without links. Never raises."""
    root = _xml(unpacked(data))
    if root is None:
        return Listing()
    links: list[Link] = []
    for entry in root.iter("{*}item", "{*}entry"):
        found = _address(url, _feed_address(entry))
        if found:
            printed = [_text(entry, name) for name in ("pubDate", "published", "date", "issued", "updated")]
            day = next((day for day in map(_day, printed) if day), None)
            links.append(Link(found, fold_space(_TAG.sub("", _text(entry, "title"))), day))
        if len(links) >= MAX_ENTRIES:
            break
    return Listing(each_once(links), _feed_next(root, url))


def read_json(data: bytes | str, *, url: str) -> Listing:
    """Read a list given as JSON, JSONP or a script that assigns an array. Never raises."""
    text = data if isinstance(data, str) else _characters(unpacked(data))
    return Listing(records.links_in_json(text, url))


def read_rows(
    data: bytes, *, url: str, rows: str = "", link: str = "", title: str = "", published: str = ""
) -> Listing:
    """Read a list given as JSON or JSONP of which is known where the rows stand and what their keys are.

    `rows` is a path of keys joined by dots (a number picks from an array); `link`, `title` and `published`
    are keys of a row. Where they find nothing, the whole answer is searched as `read_json` does. Never
    raises.
    """
    text = _characters(unpacked(data))
    known = records.links_in_rows(text, url, rows=rows, link=link, title=title, published=published)
    return Listing(known or records.links_in_json(text, url))


def data_lists(html: bytes, *, url: str) -> list[str]:
    """Return the addresses of the data files that hold the rows of a Xinhua list page, in its order.

    An element says `data="datasource:<32 hex digits>"`; the file beside the page is `ds_<the same>.json`.
    """
    names = dict.fromkeys(name.decode() for name in _DATA_SOURCE.findall(html))
    found = (_address(url, f"ds_{name}.json") for name in list(names)[:MAX_DATA_LISTS])
    return [address for address in found if address]


def sitemaps_named(robots: bytes, *, url: str) -> list[str]:
    """Return the sitemaps that a robots.txt names (sitemaps.org, "Specifying the Sitemap location")."""
    lines = robots[:500_000].decode("utf-8", "replace").splitlines()
    named = (line.partition(":")[2] for line in lines if line.strip().lower().startswith("sitemap:"))
    found = (_address(url, address) for address in named)
    return list(dict.fromkeys(address for address in found if address))


def read_entrance(data: bytes, *, url: str, content_type: str = "") -> Listing:
    """Read a list whatever form it has: page, feed, sitemap, JSON. The data decide before `content_type`.

    Further sitemaps of an index are links without text.
    """
    data = unpacked(data)
    head = data[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        if re.search(rb"<(?:rss|feed|rdf:RDF)\b", head):
            return read_feed(data, url=url)
        if re.search(rb"<(?:urlset|sitemapindex)\b", head):
            sitemap = read_sitemap(data, url=url)
            return Listing([*sitemap.links, *(Link(address, "") for address in sitemap.sitemaps)])
        return read_list(data, url=url)
    if (
        "json" in content_type
        or "javascript" in content_type
        or re.match(rb"[\[{]|[\w$.]{1,80}\s*[(=]", head)
    ):
        return read_json(data, url=url)
    return read_list(data, url=url)


def _characters(data: bytes) -> str:
    return to_utf8(data, None)[0].decode("utf-8", "replace")


def _xml(data: bytes) -> etree._Element | None:
    """Return the root of an XML file, or None. A document type with entities is taken out before."""
    if _ENTITY.search(data[:100_000]):
        data = _DOCTYPE.sub(b"", data)
        if _ENTITY.search(data):
            return None
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        recover=True,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except (etree.LxmlError, ValueError):
        return None
    return root


def _text(entry: etree._Element, name: str) -> str:
    element = next(entry.iter(f"{{*}}{name}"), None)
    return fold_space("".join(element.itertext(with_tail=False))) if element is not None else ""


def _feed_address(entry: etree._Element) -> str:
    for link in entry.iterchildren("{*}link"):
        href = link.get("href")
        if href and (link.get("rel") or "alternate") == "alternate":
            return href
        if link.text and link.text.strip():
            return link.text
    guid = next(entry.iterchildren("{*}guid"), None)
    if guid is not None and guid.get("isPermaLink", "true") != "false":
        return guid.text or ""
    return ""


def _feed_next(root: etree._Element, base: str) -> str | None:
    """Return the next page of a paged feed (RFC 5005)."""
    for link in root.iter("{http://www.w3.org/2005/Atom}link"):
        if link.get("rel") == "next":
            return _address(base, link.get("href") or "")
    return None


def _address(base: str, address: str) -> str | None:
    try:
        url = urldefrag(urljoin(base, address.strip()))[0]
    except ValueError:
        return None
    return url if address.strip() and url.lower().startswith(("http://", "https://")) else None


def _day(text: str) -> str | None:
    """Return the day of a date in ISO 8601, RFC 5322 or as Chinese feeds print it, in Chinese time."""
    found = dates.find_dates(text[:100])
    if found:
        return found[0].day
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return (moment.astimezone(dates.CHINA) if moment.tzinfo else moment).date().isoformat()
    except (ValueError, OverflowError):
        return None
