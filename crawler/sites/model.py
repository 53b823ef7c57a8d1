"""The site file: what is known of one site, as data. Every key that a file may hold is a field here, with
its meaning."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from pydantic import AfterValidator, Field, model_validator

from crawler.items import Record
from crawler.sites.patterns import compile_pattern, matches
from crawler.sites.writing import toml_text
from crawler.urls import host_of

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


def _check_url(url: str) -> str:
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


Url = Annotated[str, AfterValidator(_check_url)]
Domain = Annotated[str, AfterValidator(_check_domain)]
Pattern = Annotated[str, AfterValidator(_check_pattern)]
Selector = Annotated[str, AfterValidator(_check_selector)]


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


class Site(Record):
    """One site, or a group of hosts that share one system, as its file describes it."""

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    """Name of the site on the command line, in file names and in records; the file is `<key>.toml`."""
    name: str = Field(min_length=1, max_length=200)
    """Name of the site in Chinese."""
    operator: str | None = None
    """Who runs it. Absent where nobody knows."""
    domains: list[Domain] = Field(min_length=1)
    """Host names that belong to the site; each stands for its sub-domains too."""
    status: Literal["active", "gone", "blocked", "script"] = "active"
    """`active`: a plain crawl is worth trying; `gone`: no longer answers; `blocked`: refuses programs;
    `script`: its pages are built in the browser, so that a plain crawl finds nothing. A crawl says so
    before it starts."""
    family: str | None = None
    """CMS family, as the layouts of the extraction name it; absent where the site has a system of its own."""
    encoding: str | None = None
    """Encoding to be expected. A hint only: what each page says and what its bytes show come first."""
    sections: list[Section] = Field(default_factory=list)
    """Where a crawl begins."""
    entrances: list[Entrance] = Field(default_factory=list)
    """Machine-readable ways to articles beside the sections."""
    paging: Paging = Field(default_factory=Paging)
    """How the lists continue."""
    article_urls: list[Pattern] = Field(default_factory=list)
    """Regular expressions of article addresses, looked for anywhere in the address. Empty: the page
    decides."""
    deny_urls: list[Pattern] = Field(default_factory=list)
    """Regular expressions of addresses that are never requested."""
    twins: list[Twin] = Field(default_factory=list)
    """Second addresses of the same article, and how the main address is made from them."""
    examples: list[Url] = Field(default_factory=list)
    """Addresses in the shape of this site's articles; the numbers in them may be invented. Each must be an
    article address by `article_urls`, and no list address may be one."""
    selectors: dict[str, list[Selector]] = Field(default_factory=dict)
    """Hints for reading: field, in the layouts' words (title, kicker, subtitle, info, author, source, date,
    editor, body, summary, breadcrumb, remove, list) -> selectors, the best first: `#id`, `.class`, `tag`,
    `tag#id` or `tag.class`; several with blanks between, each inside the one before it."""
    politeness: Politeness = Field(default_factory=Politeness)
    """How gently the site is visited."""
    schedule: Schedule = Field(default_factory=Schedule)
    """How often it is visited."""
    expectations: Expectations = Field(default_factory=Expectations)
    """What a healthy crawl brings."""
    requisites: Literal["none", "files", "all"] = "none"
    """What is archived beside the pages: nothing, the files they offer for download, or these with
    pictures, styles and scripts."""
    browser: bool = False
    """The site needs a browser (`dangjian[browser]`) to show its articles."""
    allow_private: bool = False
    """Requests to loopback and private addresses are allowed."""
    confidence: Literal["high", "medium-high", "medium", "low-medium", "low"] = "medium"
    """How far the facts in this file can be trusted."""
    witnesses: list[str] = Field(default_factory=list)
    """What the facts rest on: saved pages, crawlers that worked, the source of the CMS, with years."""
    notes: str | None = None
    """What a person must know who crawls this site or repairs this file."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for field in self.selectors:
            if field not in SELECTOR_FIELDS:
                raise ValueError(f"selectors: {field!r} is none of {', '.join(SELECTOR_FIELDS)}")
        starts = [section.url for section in self.sections] + [entrance.url for entrance in self.entrances]
        for url in (*starts, *self.examples):
            if not url.startswith(BASE) and not self.covers(url):
                raise ValueError(f"{url} is on none of the domains {', '.join(self.domains)}")
        seen: set[str] = set()
        for url in starts:
            if url in seen:
                raise ValueError(f"{url} is listed twice")
            seen.add(url)
        return self

    @property
    def is_relocatable(self) -> bool:
        """Whether its addresses hold `{base}`, to be replaced by `rebased` when its host is known."""
        return any(start.url.startswith(BASE) for start in self.sections)

    def covers(self, url: str) -> bool:
        """Tell whether an address is on one of the site's domains or their sub-domains."""
        host = host_of(url)
        return any(host == domain or host.endswith(f".{domain}") for domain in self.domains)

    def is_article(self, url: str) -> bool | None:
        """Tell whether an address is an article of this site; None where the file has no patterns to say."""
        if not self.covers(url) or self.denies(url):
            return False
        if not self._article_patterns:
            return None
        main = self.main_address(url)
        return any(matches(pattern, main) for pattern in self._article_patterns)

    def denies(self, url: str) -> bool:
        """Tell whether the file forbids to request an address."""
        return any(matches(pattern, url) for pattern in self._deny_patterns)

    def main_address(self, url: str) -> str:
        """Return the main address of an article from any of its twins; other addresses come back as they
        are."""
        for pattern, twin in zip(self._twin_patterns, self.twins, strict=True):
            if matches(pattern, url):
                return pattern.sub(twin.address, url, count=1)
        return url

    def section_of(self, url: str) -> Section | None:
        """Return the section whose list an address belongs to; the one with the longest column where
        several do."""
        held = [section for section in self.sections if section.holds(url)]
        return max(held, key=lambda section: len(section.column), default=None)

    def rebased(self, base_url: str) -> "Site":
        """Return the same site on another host: for the demo, for mirrors and for tests on loopback.

        `{base}` in addresses, or scheme and host where an address has its own, become `base_url`, and its
        host becomes the only domain. Requests to private addresses are allowed where the new host is
        loopback.
        """
        base = _check_url(base_url).rstrip("/")
        host = host_of(base)

        def moved(url: str) -> str:
            if url.startswith(BASE):
                return base + url.removeprefix(BASE)
            parts = urlsplit(url)
            return base + url.removeprefix(f"{parts.scheme}://{parts.netloc}")

        def once(starts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
            # Hosts of one group may have equal paths.
            return list({start["url"]: start for start in starts}.values())

        return Site.model_validate(
            self.model_dump()
            | {
                "domains": [host],
                "sections": once(
                    section.model_dump() | {"url": moved(section.url)} for section in self.sections
                ),
                "entrances": once(item.model_dump() | {"url": moved(item.url)} for item in self.entrances),
                "examples": [moved(url) for url in self.examples],
                "allow_private": self.allow_private or host == "localhost" or host.startswith("127."),
            }
        )

    def to_toml(self) -> str:
        """Return the text of the site's file, without the keys that have their usual value."""
        return toml_text(self.model_dump(exclude_defaults=True))

    @cached_property
    def _article_patterns(self) -> list[re.Pattern[str]]:
        return [compile_pattern(pattern) for pattern in self.article_urls]

    @cached_property
    def _deny_patterns(self) -> list[re.Pattern[str]]:
        return [compile_pattern(pattern) for pattern in self.deny_urls]

    @cached_property
    def _twin_patterns(self) -> list[re.Pattern[str]]:
        return [compile_pattern(twin.pattern) for twin in self.twins]
