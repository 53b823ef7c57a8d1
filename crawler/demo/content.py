"""The texts of the demo site: what stands in `content/`, and what a perfect reader would read from it."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field

from crawler.items import Record

CHINA_TIME = timezone(timedelta(hours=8))
PAGE_BREAK = "====="

BlockKind = Literal[
    "paragraph", "heading", "item", "row", "image", "byline", "signature", "attachment", "furniture"
]
_MARKS: dict[str, BlockKind] = {
    "## ": "heading",
    "- ": "item",
    "| ": "row",
    "! ": "image",
    "@ ": "byline",
    "> ": "signature",
    "+ ": "attachment",
    "~ ": "furniture",
}
_READ_AS_TEXT = {"paragraph", "heading", "item", "row", "signature", "attachment"}


@dataclass(frozen=True)
class Block:
    """One line of a body in `content/`.

    A line's first two or three characters say what it is: `## ` a heading, `- ` an item, `| ` a table row,
    `! ` a picture (`! file | caption`), `@ ` a byline printed above the text, `> ` a signature at the right,
    `+ ` an attachment (`+ file | name`), `~ ` furniture printed inside the article's container that is none
    of its text.
    """

    kind: BlockKind
    text: str

    @property
    def parts(self) -> list[str]:
        """The cells of a row, or file and caption of a picture or an attachment."""
        return [part.strip() for part in self.text.rstrip("| ").split("|")]

    @property
    def reading(self) -> str:
        """The line as a reader should find it in `Article.body`; empty where it is no text of the article."""
        if self.kind not in _READ_AS_TEXT:
            return ""
        if self.kind == "row":
            return " ".join(self.parts)
        text = self.parts[1] if self.kind == "attachment" else self.text
        return text.replace("**", "")


class Entry(Record):
    """One article as it stands in `content/columns/*.toml`."""

    id: int
    """Number in the CMS, as in `/news/html/?118.html`."""
    title: str
    """主题."""
    kicker: str | None = None
    """引题, printed above the title."""
    subtitle: str | None = None
    """副题, printed below the title."""
    authors: list[str] = Field(default_factory=list)
    """Who wrote it, in truth."""
    author_label: str | None = None
    """What the info line prints after 作者, where that is not the authors joined by a blank."""
    source: str | None = None
    """来源; where empty the CMS prints the site's name."""
    source_label: str | None = None
    """What the info line prints after 来源, where that is not the source as it is."""
    published: datetime
    """Local time of publication."""
    dateline: str | None = None
    """Agency, place and day at the head of the text."""
    editors: list[str] = Field(default_factory=list)
    """责任编辑, in truth."""
    editor_line: str | None = None
    """The last line that names them, as printed."""
    memo: str | None = None
    """Abstract printed in a box above the text."""
    tags: list[str] = Field(default_factory=list)
    """Keywords in the page's head and below its text."""
    paste: Literal["p", "nbsp", "br", "div", "word"] = "p"
    """How its editor's word processor left the paragraphs."""
    template: Literal["standard", "old"] = "standard"
    """`old` is PHPWeb 1.x: labelled GB2312, time without seconds."""
    pinned: bool = False
    """Stands first on every page of the lists it is in (置顶)."""
    download: str | None = None
    """`file | name` of the file in the CMS's own download field."""
    share_bar: bool = False
    """A third party's share bar was injected into the text."""
    body: str
    """One block a line, see `Block`; a line `=====` begins a new page."""
    section: str = ""
    """Label of its column; filled on loading."""
    column: int = 0
    """Number of its column; filled on loading."""

    @property
    def content_pages(self) -> list[list[Block]]:
        """The body's blocks, page by page."""
        pages: list[list[Block]] = [[]]
        for line in filter(None, map(str.strip, self.body.splitlines())):
            if line == PAGE_BREAK:
                pages.append([])
            else:
                pages[-1].append(_block(line))
        return pages


class Column(Record):
    """A column (栏目) of the demo site."""

    id: int
    """Number in the CMS, as in `/news/class/?3.html`."""
    label: str
    """Name in the menu and in the breadcrumb."""


class Trap(Record):
    """A row of a list that leads to no article."""

    kind: Literal["external", "restricted", "missing", "disallowed"]
    """Redirects to another site; needs a reading permission; was unpublished; robots.txt forbids it."""
    id: int
    """Number in the CMS."""
    column: int
    """Column that lists it."""
    title: str
    """Text of the row."""
    published: datetime
    """Local time that sorts and dates the row."""


class SimplePage(Record):
    """A page of the site that is no news: `/page/html/?FILE`."""

    file: str
    """End of its address."""
    title: str
    """Headline."""
    text: str
    """Text in one paragraph."""


class SiteTexts(Record):
    """Everything on the pages of the demo that belongs to the site and not to an article."""

    name: str
    """Name, as in every `<title>`."""
    motto: str
    """Words below the name in the banner."""
    host_line: str
    """主办 line in the footer."""
    copyright: str
    """First line of the footer."""
    contact: str
    """Second line of the footer."""
    icp: str
    """备案 number."""
    police: str
    """公安备案 number."""
    counsel: str
    """常年法律顾问 line."""
    service_hours: str
    """Hours in the customer-service box."""
    hotline: str
    """Number in the customer-service box."""
    hotline_text: str
    """What the box says below the number."""
    keywords: str
    """Meta keywords of pages that have none of their own."""
    description: str
    """Meta description of pages that have none of their own."""
    account: str
    """Name of the CMS account that posts (发布人)."""
    robots: str
    """robots.txt."""
    missing_notice: str
    """Text of the soft 404."""
    restricted_notice: str
    """Text of the reading-permission notice."""
    outside_title: str
    """Headline of the page on another site that an external row leads to."""
    outside_text: str
    """Text of that page."""
    forbidden_text: str
    """Text of the page that robots.txt forbids."""
    pages: list[SimplePage]
    """Pages that are no news."""
    page_size: int
    """Rows on a list page."""
    columns: list[Column]
    """In the order of the menu."""
    traps: list[Trap]
    """Rows of lists that lead to no article."""


@dataclass(frozen=True)
class DemoArticle:
    """The truth about one article of the demo: what reading it must give, in the terms of `Article`."""

    id: int
    url: str
    twin_url: str
    title: str
    kicker: str | None
    subtitle: str | None
    authors: list[str]
    source: str
    published: str
    published_precision: str
    dateline: str | None
    editors: list[str]
    section: str
    body: str
    pages: list[str]
    """The text of each content page; one element where the article has one page."""
    images: list[tuple[str, str | None]]
    """Address and caption."""
    attachments: list[tuple[str, str]]
    """Address and name."""


def _block(line: str) -> Block:
    for mark, kind in _MARKS.items():
        if line.startswith(mark):
            return Block(kind, line.removeprefix(mark).strip())
    return Block("paragraph", line)


def reading(blocks: Iterable[Block]) -> str:
    """Return the text of blocks as it should stand in `Article.body`."""
    return "\n".join(text for block in blocks if (text := block.reading))


@cache
def load_site() -> SiteTexts:
    """Return the texts of `content/site.toml`."""
    return SiteTexts.model_validate(tomllib.loads(_content("site.toml")))


@cache
def load_articles() -> tuple[Entry, ...]:
    """Return every article of `content/columns/`, newest first."""
    return tuple(sorted(_entries(), key=lambda entry: (entry.published, entry.id), reverse=True))


def _entries() -> Iterator[Entry]:
    columns = {column.id: column.label for column in load_site().columns}
    for path in (files("crawler.demo") / "content" / "columns").iterdir():
        if not path.name.endswith(".toml"):
            continue
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for raw in data["article"]:
            yield Entry.model_validate({**raw, "column": data["column"], "section": columns[data["column"]]})


def _content(name: str) -> str:
    return (files("crawler.demo") / "content" / name).read_text(encoding="utf-8")
