"""Articles that a page keeps as data in a script and shows by script: `window.__INITIAL_STATE__ = {…}`.

The data are read as JSON and never run. Of all objects in them the one with the longest string of HTML is the
article; its other members, or those of the objects around it, give headline, date, outlet, author and editor.
They are written into the page, which is then read like any other.
"""

import json
import re
from collections.abc import Iterator
from html import escape
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

from crawler.extraction.document import Document, reread
from crawler.extraction.labels import vocabulary
from crawler.extraction.markup import mend
from crawler.extraction.titles import fold

LONGEST_STATE: Final = 2_000_000
"""Characters of a script that are read."""
MOST_STATES: Final = 10
"""Objects that a script gives to variables, of which the data are read."""
MOST_VALUES: Final = 50_000
"""Values of the data that are looked at."""
LEAST_TEXT: Final = 80
"""Characters without tags that an article's HTML holds at least."""

_ASSIGNED = re.compile(r"(?:=|\()\s{0,4}(?=\{)")
_UNDEFINED = re.compile(r"(?<=[:,\[])\s?undefined(?=\s?[,}\]])")
_ENCODED = re.compile(r"^\s*[\"']?%7[bB]")
_TAG = re.compile(r"<[^<>]{1,2000}>")
_PARAGRAPH = re.compile(r"<(?:p|br|div|section)\b", re.IGNORECASE)

_BODY = re.compile(rb"<body\b[^<>]{0,2000}>", re.IGNORECASE)
_SIGNS = ("<p", "\\u003cp", "\\u003Cp", "<div", "%3Cp", "<br", "\\u003Cdiv", "\\u003cdiv")
"""What scripts hold that hold HTML."""

_KEYS = {field: tuple(names) for field, names in vocabulary("states").items()}
_TITLES, _DATES, _SOURCES = _KEYS["titles"], _KEYS["dates"], _KEYS["sources"]
_AUTHORS, _EDITORS, _NAMED = _KEYS["authors"], _KEYS["editors"], _KEYS["named"]

_SENTENCE: Final = 40
_TEXT = "\x00"
"""Key of the HTML itself, which no object has."""
_Object = dict[str, Any]


def laid_open(document: Document, shown: int = 0) -> Document | None:
    """Return the page with the article that one of its scripts holds laid open; None where none does.

    `shown` is the number of characters of text that the page shows anyway: one that shows a sentence may hold
    data of other articles, so that its title must be that of the data.
    """
    best: tuple[int, list[_Object]] | None = None
    for script in document.scripts:
        if len(script) > LONGEST_STATE or not any(sign in script for sign in _SIGNS):
            continue
        for data in _states(script):
            found = _article(data)
            if found and (best is None or found[0] > best[0]):
                best = found
    if best is None or (
        shown >= _SENTENCE and fold(_first(best[1], _TITLES)) not in fold(document.title_text)
    ):
        return None
    article = _written_out(best[1], document.title_text).encode("utf-8", "replace")
    body = _BODY.search(document.data)
    at = body.end() if body else len(document.data)
    return reread(document, mend(document.data[:at] + article + document.data[at:]))


def _states(script: str) -> Iterator[Any]:
    """Yield the data that a script consists of or gives to a variable."""
    if _ENCODED.match(script):
        script = unquote(script.strip().strip("\"'"))
    decoder = json.JSONDecoder()
    text = script.lstrip()
    starts = [0]
    if not text.startswith(("{", "[")):
        starts = [match.end() for match in islice(_ASSIGNED.finditer(text), MOST_STATES)]
    done = 0
    for start in starts:
        if start < done:
            continue
        try:
            data, done = decoder.raw_decode(text, start)
        except RecursionError:
            continue
        except ValueError:
            if "undefined" not in text:
                continue
            try:
                data, _ = decoder.raw_decode(_UNDEFINED.sub("null", text[start:]))
            except (ValueError, RecursionError):
                continue
        yield data


def _article(data: Any) -> tuple[int, list[_Object]] | None:
    """Return the length of the longest HTML in some data, and the objects around it, the innermost first."""
    best: tuple[int, list[_Object]] | None = None
    waiting: list[tuple[Any, list[_Object]]] = [(data, [])]
    for _ in range(MOST_VALUES):
        if not waiting:
            break
        value, around = waiting.pop()
        if isinstance(value, dict):
            inner = [value, *around[:5]]
            waiting += [(member, inner) for member in value.values() if isinstance(member, dict | list | str)]
        elif isinstance(value, list):
            waiting += [(member, around) for member in value if isinstance(member, dict | list | str)]
        elif around and len(value) > LEAST_TEXT and _PARAGRAPH.search(value):
            size = len("".join(_TAG.sub("", value).split()))
            if size >= LEAST_TEXT and (best is None or size > best[0]):
                best = size, [{_TEXT: value}, *around]
    return best


def _written_out(objects: list[_Object], title: str) -> str:
    """Return headline, info line, text and editor line of an article; `title` is the page's own."""
    headline = _first(objects, _TITLES) or title
    labelled = (("", _DATES), ("来源：", _SOURCES), ("作者：", _AUTHORS))
    values = [(label, _first(objects[:4], names)) for label, names in labelled]
    info = "　".join(f"{label}{escape(value)}" for label, value in values if value)
    editor = _first(objects[:4], _EDITORS)
    return (
        f"<div><h1>{escape(headline)}</h1><div>{info}</div><div>{objects[0][_TEXT]}</div>"
        f"<div>{f'责任编辑：{escape(editor)}' if editor else ''}</div></div>"
    )


def _first(objects: list[_Object], names: tuple[str, ...]) -> str:
    """Return the first value of a member with one of some names, looked for from the innermost object on."""
    for around in objects:
        members = {key.lower(): value for key, value in around.items()}
        for name in names:
            value = members.get(name)
            if isinstance(value, dict):
                value = next((value[key] for key in _NAMED if isinstance(value.get(key), str)), None)
            if isinstance(value, str) and 1 < len(value.strip()) <= 150 and "<" not in value:
                return value.strip()
    return ""
