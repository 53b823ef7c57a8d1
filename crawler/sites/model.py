"""The site file: what is known of one site, as data. Every key that a file may hold is a field here, with
its meaning."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from crawler.items import Record
from crawler.sites.parts import (
    BASE,
    SELECTOR_FIELDS,
    Domain,
    Entrance,
    Expectations,
    Paging,
    Pattern,
    Politeness,
    Schedule,
    Section,
    Selector,
    Twin,
    Url,
    check_url,
    contradiction,
)
from crawler.sites.patterns import compile_pattern, matches
from crawler.sites.writing import toml_text
from crawler.urls import host_of


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
    verify_tls: bool = True
    """Certificates of https servers are checked; `false` takes pages from servers whose certificate has
    expired, is self-signed, of another host or of an unknown authority."""
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
                raise contradiction(f"is none of {', '.join(SELECTOR_FIELDS)}", "selectors", field)
        starts: list[tuple[str, int, str]] = []
        starts += [("sections", index, section.url) for index, section in enumerate(self.sections)]
        starts += [("entrances", index, entrance.url) for index, entrance in enumerate(self.entrances)]
        seen: set[str] = set()
        for table, index, url in starts:
            if url in seen:
                raise contradiction(f"{url} is listed twice", table, index, "url")
            seen.add(url)
            self._must_cover(url, table, index, "url")
        for index, url in enumerate(self.examples):
            self._must_cover(url, "examples", index)
        return self

    def _must_cover(self, url: str, *path: int | str) -> None:
        if not url.startswith(BASE) and not self.covers(url):
            raise contradiction(f"{url} is on none of the domains {', '.join(self.domains)}", *path)

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
        base = check_url(base_url).rstrip("/")
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
