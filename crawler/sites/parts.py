"""The parts of a site file: sections, entrances, paging, manners, expectations, and the values in them."""

import re
from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from crawler.items import Record
from crawler.sites.patterns import compile_pattern

BASE = "{base}"
"""Stands for scheme and host in the addresses of a site whose host is known at run time only; see
`Site.rebased`."""

SELECTOR_FIELDS = (
    "title", "kicker", "subtitle", "info", "author", "source", "date", "editor", "body", "summary",
    "breadcrumb", "remove", "list",
)  # fmt: skip
"""What the selectors of a site file may name, in the words of the layouts (`crawler/extraction/layouts/`):
`info` is the line that holds date, source and author in one string, `remove` is what is cut out of the
body, `list` is the element around the rows of a list page."""


def check_url(url: str) -> str:
    """Return a web address, or one that begins with `{base}/`, as it is. Raises ValueError for others."""
    if url.startswith(f"{BASE}/"):
        return url
    try:
        parts = urlsplit(url)
        port_is_bad = parts.port is not None and not 0 < parts.port < 65536
    except ValueError as error:
        raise ValueError(f"{url!r} is no address: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port_is_bad:
        raise ValueError(f"{url!r} is no http or https address")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError(f"{url!r} holds white space or control characters")
    return url


def _check_domain(domain: str) -> str:
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", domain) or ".." in domain:
        raise ValueError(f"{domain!r} is no lower-case host name without scheme, port or path")
    return domain


def _check_pattern(pattern: str) -> str:
    try:
        compile_pattern(pattern)
    except ValueError as error:
        raise ValueError(f"'{pattern}' {error}") from None
    return pattern


def _check_selector(selector: str) -> str:
    for simple in selector.split(" "):
        if not re.fullmatch(r"[a-z][a-z0-9-]*(?:[#.][\w-]+)?|[#.][\w-]+", simple):
            raise ValueError(f"{selector!r}: {simple!r} is none of tag, #id, .class, tag#id and tag.class")
    return selector


Url = Annotated[str, AfterValidator(check_url)]
Domain = Annotated[str, AfterValidator(_check_domain)]
Pattern = Annotated[str, AfterValidator(_check_pattern)]
Selector = Annotated[str, AfterValidator(_check_selector)]


def contradiction(what: str, *path: int | str) -> PydanticCustomError:
    """Return the error for a value that is wrong only beside others; `path` is where it stands."""
    return PydanticCustomError("contradiction", "{what}", {"what": what, "path": path})


class Section(Record):
    """A page of the site from which articles are found: a column (栏目), a home page, a tree of issues."""

    label: str | None = Field(default=None, min_length=1)
    """Name of the column in Chinese, as the site prints it; it becomes the article's `section` where the
    article itself names none. Absent where nobody has noted it, and for home pages, which are no column."""
    url: Url
    """Address of the first page of the list."""
    kind: Literal["list", "home", "tree"] = "list"
    """`list`: rows that link to articles, in pages; `home`: a front page with links to articles and
    columns, no pages; `tree`: years or issues that link to further lists, which link to articles (求是,
    magazines)."""

    @property
    def title(self) -> str:
        """The label, or the path where there is none: what a person is shown."""
        return self.label or urlsplit(self.url).path or "/"

    @property
    def column(self) -> str:
        """The part of the address that all pages of this list share, without scheme.

        `/dj/index.shtml` gives `/dj/`, `/djyw.htm` gives `/djyw` (VSB continues it as `/djyw/17.htm`).
        """
        parts = urlsplit(self.url)
        path = re.sub(r"(?<=/)(?:index|list|default|main)\d*\.\w+$", "", parts.path or "/")
        return parts.netloc.removeprefix("www.") + re.sub(r"[.]\w+$", "", path)

    def holds(self, url: str) -> bool:
        """Tell whether an address looks like a further page of this list, judged by its path."""
        parts = urlsplit(url)
        return f"{parts.netloc.removeprefix('www.')}{parts.path or '/'}".startswith(self.column)


class Entrance(Record):
    """A machine-readable way to articles beside the list pages."""

    kind: Literal["sitemap", "rss", "json", "jsonp", "days", "ids"]
    """`sitemap`: sitemap.xml or an index of them; `rss`: RSS or Atom; `json`, `jsonp`: a list as data;
    `days`: one index page a day (e-papers); `ids`: articles numbered without gaps, for checking
    completeness."""
    url: Url
    """Address. `{year}`, `{month}`, `{day}` stand for the day (two digits for month and day), `{page}` for
    the page counted from 1, `{id}` for the number of an article."""
    label: str | None = None
    """Column in Chinese that these articles belong to."""
    rows: str | None = None
    """json, jsonp: where the rows stand, as keys joined by dots: `data.list`. Empty: the document is the
    list."""
    link: str | None = None
    """json, jsonp: key of a row that holds the article's address."""
    title: str | None = None
    """json, jsonp: key of a row that holds the headline."""
    published: str | None = None
    """json, jsonp: key of a row that holds the time of publication."""

    since: date | None = None
    """days: first day that stands under such an address."""
    until: date | None = None
    """days: last day that stands under such an address."""

    def on_day(self, day: date) -> str | None:
        """Return the address for a day; None where the day is outside `since` and `until`."""
        if (self.since and day < self.since) or (self.until and day > self.until):
            return None
        return self._filled(year=f"{day.year:04}", month=f"{day.month:02}", day=f"{day.day:02}")

    def on_page(self, page: int) -> str:
        """Return the address of a page, counted from 1."""
        return self._filled(page=str(page))

    def with_id(self, number: int) -> str:
        """Return the address of the article with a number."""
        return self._filled(id=str(number))

    def _filled(self, **values: str) -> str:
        # Not str.format: addresses may hold other braces, and a site file must not reach into objects.
        return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), self.url)


class Paging(Record):
    """How the lists of the site continue. It is a hint: the next page that a list itself names comes
    first."""

    style: Literal[
        "links", "suffix", "descending", "query", "script", "post", "whole", "days", "tree", "unknown"
    ] = "unknown"
    """`links`: anchors only; `suffix`: numbered files; `descending`: numbered files that count down (VSB);
    `query`: a query key; `script`: data that a script loads; `post`: forms (ASP.NET); `whole`: the list is
    in one page; `days`: one index a day; `tree`: years and issues; `unknown`: nobody has looked."""
    pattern: str | None = None
    """Address of a further page, relative to the list: `{page}` is its number from 1, `{page0}` the same
    less one. `index{page}.html` (人民网), `index_{page0}.html` (TRS), `{stem}_{page}.htm` (`{stem}` is the
    list's file name without extension), `?page={page}` (keys that are set in the list's own query)."""
    max_pages: int | None = Field(default=None, ge=1, le=100_000)
    """Pages of a list that are read at most, where the site announces more than it has."""

    def address(self, list_url: str, page: int) -> str | None:
        """Return the address of a page of a list, counted from 1; None where the pattern does not say."""
        if page <= 1:
            return list_url
        if not self.pattern:
            return None
        parts = urlsplit(list_url)
        file = parts.path.rsplit("/", 1)[-1]
        values = {"page": str(page), "page0": str(page - 1), "stem": file.rsplit(".", 1)[0]}
        filled = re.sub(r"\{(page0?|stem)\}", lambda match: values[match[1]], self.pattern)
        if not filled.startswith("?"):
            return urljoin(list_url, filled)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        query.update(parse_qsl(filled[1:], keep_blank_values=True))
        return parts._replace(query=urlencode(query)).geturl()


class Twin(Record):
    """A second address under which the site shows the same article (mobile, BIG5, static and dynamic
    form)."""

    pattern: Pattern
    """Regular expression of the second address."""
    address: str
    """The main address: what the matched part is replaced by; `\\1` is the first group."""

    @model_validator(mode="after")
    def _names_groups_that_exist(self) -> Self:
        try:
            #  A replacement is only parsed when it is used: an empty alternative makes every pattern match
            # once.
            re.sub(f"{self.pattern}|$", self.address, "", count=1)
        except (re.error, IndexError) as error:
            raise ValueError(f"address {self.address!r}: {error}") from None
        return self


class Politeness(Record):
    """How gently the site is visited."""

    delay: float = Field(default=1.0, ge=0, le=3600)
    """Seconds between two requests to one host."""
    concurrency: int = Field(default=1, ge=1, le=16)
    """Requests to one host at the same time."""
    window: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")
    """Hours of the day, Beijing time, in which scheduled crawls may run: `22:00-06:00`. Absent: any time."""
    contact: str | None = None
    """Address or page for the user agent of this site's requests, where it differs from the user's own."""


class Schedule(Record):
    """How often scheduled crawls look at the site."""

    every_hours: float = Field(default=24, gt=0, le=8784)
    """Hours between two crawls of its lists."""
    full_every_days: int | None = Field(default=None, ge=1, le=3660)
    """Days between two crawls that walk every list to its end. Absent: only when asked for."""
    recheck_days: list[Annotated[float, Field(gt=0, le=3660)]] = Field(
        default_factory=lambda: [1.0, 3.0, 7.0, 30.0, 90.0, 365.0], min_length=1
    )
    """Age in days at which a known article is looked at again for changes; the last one repeats."""
    removed_after_looks: int = Field(default=3, ge=1, le=100)
    """How many looks in a row must find an article gone before it is marked removed …"""
    removed_after_days: float = Field(default=14, ge=0, le=3660)
    """… and how many days must lie between the first of them and the last."""


FilledField = Literal[
    "title", "published", "body", "source", "authors", "editors", "section", "document_number", "newspaper"
]


def _usual_fields() -> list[FilledField]:
    return ["title", "published", "body"]


class Expectations(Record):
    """What a healthy crawl of the site brings; less raises an alarm."""

    articles_per_week: float | None = Field(default=None, ge=0)
    """New articles in seven days, at least. Absent: no expectation."""
    fields: list[FilledField] = Field(default_factory=_usual_fields)
    """Fields of the article record that must be filled."""
    fill_rate: float = Field(default=0.9, gt=0, le=1)
    """Share of the articles in which each of these fields must be filled."""
