"""Small sites in the manner of each CMS family: a list in its way of paging, articles in its markup.

Shapes stand in the TOML files beside this one; the texts are those of the demo site.
"""

import hashlib
import posixpath
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qs

from crawler.demo import Entry, load_articles
from crawler.demo.content import reading
from crawler.demo.markup import body_html
from tests.demo.known_wrong import KNOWN_WRONG
from tests.support.pages import Answer, PageServer, Seen, Served

ROWS = 10
FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))


@dataclass(frozen=True)
class Truth:
    """What a crawl must find at an address."""

    path: str
    title: str
    authors: list[str]
    """Empty where the family's pages do not name them."""
    body: str
    day: str | None
    """Day of publication, where the pages print the articles' own."""


class FamilySite:
    """One family's site: `pages` for a `PageServer`, `start` to crawl from, `truths` to compare with."""

    def __init__(self, name: str, count: int = 23) -> None:
        self.name = name
        self._shape: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        self._entries = _plain_entries()[:count]
        rows = ROWS if self._shape["further"] else count
        self._groups = [self._entries[at : at + rows] for at in range(0, count, rows)]

    @property
    def start(self) -> str:
        """Path of the list's first page."""
        return str(self._shape["first"])

    @property
    def truths(self) -> list[Truth]:
        """Every article, newest first."""
        return [
            Truth(
                self._fill("article", **_fields(entry)),
                entry.title,
                list(entry.authors) if "${authors}" in self._shape["article_html"] else [],
                reading(entry.content_pages[0]),
                f"{entry.published:%Y-%m-%d}" if self.name != "founder" else None,
            )
            for entry in self._entries
        ]

    def server(self) -> PageServer:
        """A server with all pages of the site."""
        return PageServer(dict(self._pages()))

    def _pages(self) -> Iterator[tuple[str, Any]]:
        lists = {number: self._list(number) for number in range(1, len(self._groups) + 1)}
        if key := self._shape.get("post_key"):
            yield self.start, lambda seen: self._by_form(seen, key, lists)
        else:
            for number, page in lists.items():
                yield self._path(number), page
        for entry in self._entries:
            yield from self._article(entry)

    def _article(self, entry: Entry) -> Iterator[tuple[str, Any]]:
        """The pages of an article: two for the first one in a family that knows articles in several pages."""
        fields = _fields(entry)
        blocks = entry.content_pages[0]
        paths = [self._fill("article", **fields)]
        pagers = [""]
        bodies = [blocks]
        if "part" in self._shape and entry is self._entries[0]:
            paths.append(self._fill("part", **fields, part=2))
            pagers = [Template(pager).substitute(fields) for pager in self._shape["parts"]]
            bodies = [blocks[:3], blocks[3:]]
        for path, pager, body in zip(paths, pagers, bodies, strict=True):
            html = self._fill("article_html", **fields, body=body_html(body, entry.paste), pager=pager)
            yield path, self._answer(html)

    def _by_form(self, seen: Seen, key: str, lists: dict[int, Answer]) -> Answer:
        """Answer a form that is posted back to its own page; a state that is not its page's is an error."""
        if seen.method == "GET":
            return lists[1]
        values = {name: value[0] for name, value in parse_qs(seen.body.decode()).items()}
        number = int(values.get(key) or 1)
        if values.get("__VIEWSTATE") != f"state-of-page-{number - 1}":
            return Served(b"Invalid viewstate", 500)
        return lists.get(number, lists[1])

    def _list(self, page: int) -> Answer:
        pages = len(self._groups)
        path = self._path(page)
        up = "../" * (path.count("/") - 1)
        rows = "\n".join(
            self._fill("row", **_fields(entry), index=index, up=up)
            for index, entry in enumerate(self._groups[page - 1])
        )
        numbers = [
            f"<b>{number}</b>" if number == page else self._fill("number", page=number)
            for number in range(1, pages + 1)
            if number > 1 or page == 1
        ]
        following = ""
        if page < pages:
            href = posixpath.relpath(self._path(page + 1), posixpath.dirname(path))
            following = self._fill("next", href=escape(href), next_page=page + 1)
        return self._answer(
            self._fill(
                "list_html",
                rows=rows,
                numbers=" ".join(numbers),
                next=following,
                page=page,
                page0=page - 1,
                pages=pages,
                up=up,
            )
        )

    def _path(self, page: int) -> str:
        if page == 1:
            return self.start
        down = len(self._groups) - page + 1
        return self._fill("further", page=page, page0=page - 1, down=down)

    def _answer(self, html: str) -> Answer:
        data = html.lstrip().encode(self._shape["charset"], "xmlcharrefreplace")
        return Served(data, 200, [("Content-Type", "text/html")])

    def _fill(self, key: str, **values: object) -> str:
        return Template(self._shape[key]).substitute(values)


def _plain_entries() -> list[Entry]:
    """Articles of the demo whose difficulty does not lie in the text itself."""
    return [
        entry
        for entry in load_articles()
        if entry.id not in KNOWN_WRONG
        and entry.authors
        and all(len(author) <= 4 for author in entry.authors)
        and entry.author_label is None
        and entry.template == "standard"
        and len(entry.content_pages) == 1
        and not any(block.kind in {"row", "byline", "attachment"} for block in entry.content_pages[0])
    ]


def _fields(entry: Entry) -> dict[str, object]:
    at = entry.published
    return {
        "id": entry.id,
        "hash": hashlib.md5(entry.title.encode(), usedforsecurity=False).hexdigest(),
        "title": escape(entry.title),
        "cut": escape(entry.title if len(entry.title) <= 20 else entry.title[:19] + "..."),
        "authors": " ".join(entry.authors),
        "source": entry.source or "岚江先锋网",
        "date": f"{at:%Y-%m-%d}",
        "date_cn": f"{at.year}年{at:%m}月{at:%d}日",
        "month_day": f"{at:%m-%d}",
        "time": f"{at:%H:%M}",
        "yyyy": f"{at:%Y}",
        "mm": f"{at:%m}",
        "dd": f"{at:%d}",
        "m": at.month,
        "d": at.day,
    }
