"""Rows that a page gives as data and not as links: arrays in scripts, JSON, JSONP and the records of Hanweb.

Data are parsed or searched with patterns; no script is run. Which key is the headline, the address or the
day is told by `vocabulary/records.toml`.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urldefrag, urljoin

import lxml.html
from lxml import etree

from crawler.extraction import dates
from crawler.extraction.document import fold_space
from crawler.extraction.labels import vocabulary
from crawler.extraction.listing import Link, each_once

MAX_RECORDS: Final = 20_000
"""Rows that are read of one answer."""
MAX_CHARACTERS: Final = 20_000_000
"""Characters of an answer that are looked at."""
MAX_DEPTH: Final = 30
"""Levels of nested data that are searched for rows."""

_WORDS: Final = vocabulary("records")
_URL_KEYS: Final = tuple(_WORDS["url"])
_TITLE_KEYS: Final = tuple(_WORDS["title"])
_DATE_KEYS: Final = tuple(_WORDS["date"])
_OBJECT: Final = re.compile(r"\{[^{}]{10,6000}\}")
_STRING: Final = r"\"((?:[^\"\\\n]|\\.){0,2000})\"|'((?:[^'\\\n]|\\.){0,2000})'"
_PAIR: Final = re.compile(rf"['\"]?([A-Za-z_]\w{{0,40}})['\"]?\s*:\s*(?:{_STRING}|(\d{{1,17}}))")
_WRAPPER: Final = re.compile(
    r"\s*+(?:/\*.{0,200}?\*/\s*+)?(?:[\w$.\[\]\"']{1,80}\s*+(?:\(|=(?!=))\s*+)?(?=[\[{])", re.DOTALL
)
_RECORD: Final = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL)
_NEXT_GROUP: Final = re.compile(r"<nextgroup>\s*<!\[CDATA\[.{0,200}?href=[\"']?([^\"'\s>]{1,500})", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]{0,300}>")
_KEPT_ESCAPES: Final = {"n": " ", "t": " ", "r": " "}


def links_in_json(text: str, base: str) -> list[Link]:
    """Return the rows of a JSON or JSONP answer, or of a file that assigns an array to a variable.

    Searched is the whole structure; every object with a headline and an address is a row. Text that is no
    JSON (single quotes, bare keys) is searched with patterns.
    """
    try:
        value = _decoded(text)
    except (ValueError, RecursionError):
        return links_in_script(text, base)
    return each_once([link for record in _objects(value) if (link := _link(record, base))][:MAX_RECORDS])


def links_in_rows(
    text: str, base: str, *, rows: str = "", link: str = "", title: str = "", published: str = ""
) -> list[Link]:
    """Return the rows of a JSON or JSONP answer whose place and keys are known; none if they are not there.

    `rows` is a path of keys joined by dots, empty for the answer itself; of the keys only `link` is needed.
    """
    try:
        value = _decoded(text)
    except (ValueError, RecursionError):
        return []
    for key in filter(None, rows.split(".")):
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and len(key) < 6 and int(key) < len(value):
            value = value[int(key)]
        else:
            return []
    if not link or not isinstance(value, list):
        return []
    found: list[Link] = []
    for record in value[:MAX_RECORDS]:
        if isinstance(record, dict) and (url := _absolute(base, _first(record, (link.lower(),)))):
            shown = fold_space(_TAG.sub("", _first(record, (title.lower(),))))
            found.append(Link(url, shown, _day(_first(record, (published.lower(),)))))
    return each_once([one for one in found if one.url != base])


def _decoded(text: str) -> Any:
    """Return the value of JSON, JSONP or an assignment. Raises ValueError or RecursionError."""
    text = text[:MAX_CHARACTERS].removeprefix("\ufeff")
    wrapper = _WRAPPER.match(text)
    return json.JSONDecoder().raw_decode(text, wrapper.end() if wrapper else 0)[0]


def links_in_script(text: str, base: str) -> list[Link]:
    """Return the rows among the object literals of a script."""
    links: list[Link] = []
    for match in _OBJECT.finditer(text[:MAX_CHARACTERS]):
        record: dict[str, Any] = {}
        for pair in _PAIR.finditer(match[0]):
            text_value = pair[2] if pair[2] is not None else pair[3]
            record.setdefault(pair[1], pair[4] if text_value is None else _unescaped(text_value))
        link = _link(record, base)
        if link:
            links.append(link)
            if len(links) >= MAX_RECORDS:
                break
    return each_once(links)


def links_in_datastore(text: str, base: str) -> tuple[list[Link], str | None]:
    """Return the rows of a Hanweb `<datastore>`, in a page or as an answer, and the address of the next."""
    links: list[Link] = []
    for match in _RECORD.finditer(text[:MAX_CHARACTERS]):
        try:
            row = lxml.html.fragment_fromstring(match[1], create_parent="div")
        except (etree.LxmlError, ValueError):
            continue
        anchors = [a for a in row.iter("a") if a.get("href")]
        if not anchors:
            continue
        best = max(anchors, key=lambda a: len(a.text_content()))
        url = _absolute(base, best.get("href") or "")
        if url:
            shown = fold_space(best.get("title") or best.text_content())
            found = dates.find_dates(fold_space(" ".join(row.itertext()))[:500].replace(shown, " "))
            links.append(Link(url, shown, found[-1].day if found else None))
        if len(links) >= MAX_RECORDS:
            break
    following = _NEXT_GROUP.search(text)
    return each_once(links), _absolute(base, following[1].replace("&amp;", "&")) if following else None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield all objects of a structure in the order in which they stand, as deep as `MAX_DEPTH`."""
    pending: list[tuple[Any, int]] = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        inner: list[Any] = []
        if isinstance(item, dict):
            yield item
            inner = list(item.values())
        elif isinstance(item, list):
            inner = item
        if depth < MAX_DEPTH:
            pending.extend((one, depth + 1) for one in reversed(inner) if isinstance(one, (dict, list)))


def _first(record: dict[str, Any], keys: tuple[str, ...]) -> str:
    lower = {key.lower(): value for key, value in record.items() if isinstance(key, str)}
    for key in keys:
        value = lower.get(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _link(record: dict[str, Any], base: str) -> Link | None:
    title = fold_space(_TAG.sub("", _first(record, _TITLE_KEYS)))
    address = _first(record, _URL_KEYS)
    if len(title) < 2 or not re.search(r"[/.?]", address):
        return None
    url = _absolute(base, address)
    return Link(url, title, _day(_first(record, _DATE_KEYS))) if url else None


def _absolute(base: str, address: str) -> str | None:
    try:
        url = urldefrag(urljoin(base, address.strip()))[0]
    except ValueError:
        return None
    return url if url.lower().startswith(("http://", "https://")) else None


def _day(value: str) -> str | None:
    found = dates.find_dates(value[:100])
    if found:
        return found[0].day
    moment = dates.from_epoch(value)
    return moment.day if moment else None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _KEPT_ESCAPES.get(m[2], m[2]), text)
