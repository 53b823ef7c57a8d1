"""What the crawl of a bare address learns, and the site file that comes of it."""

import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from crawler.extraction import layouts
from crawler.extraction.document import parse
from crawler.extraction.listing import Listing
from crawler.extraction.metas import read_metas
from crawler.items import Article
from crawler.sites import Paging, Section, Site, learned_site

ENOUGH = 3
"""Articles that a site file is written from at least."""
MAX_ARTICLES = 2000
"""Articles whose addresses are remembered."""
LONGEST_NAME = 30
"""Characters of a site's name."""
MAX_PAGES_LOOKED_AT = 5
"""Article pages on which the family is looked for."""

_TITLE_SEPARATOR = re.compile(r"\s*(?:[-_|－—–]+)\s*")


class Lesson:
    """Watches a crawl; `site` says at its end what was learned."""

    def __init__(self) -> None:
        self._articles: dict[str, None] = {}
        self._families: Counter[str] = Counter()
        self._names: Counter[str] = Counter()
        self._labels: Counter[str] = Counter()
        self._paging: Paging | None = None
        self._looked = 0

    def note_article(self, url: str, body: bytes, article: Article) -> None:
        """Note an article of the site."""
        if len(self._articles) >= MAX_ARTICLES:
            return
        self._articles[url] = None
        if article.section:
            self._labels[article.section] += 1
        if self._looked < MAX_PAGES_LOOKED_AT:
            self._looked += 1
            document = parse(body, url=url)
            layout = layouts.recognise(document)
            if layout is not layouts.GENERIC:
                self._families[layout.name] += 1
            tail = _TITLE_SEPARATOR.split(document.title_text)[1:][-1:]
            if name := read_metas(document).site_name or "".join(tail).strip():
                self._names[name[:LONGEST_NAME]] += 1

    def note_list(self, url: str, page: int, listing: Listing) -> None:
        """Note a page of the list; the first two say how it continues."""
        if page == 1:
            self._paging = paging_of(url, listing)

    def site(self, site: Site) -> Site | None:
        """Return the site with all that was learned; None where too few articles were seen."""
        if len(self._articles) < ENOUGH:
            return None
        twins = [twin for twin in site.twins if any(re.search(twin.pattern, url) for url in self._articles)]
        # Not model_copy: it would copy the patterns that the site has compiled, too.
        known = Site.model_validate(site.model_dump() | {"twins": twins})
        name, family = _commonest(self._names), _commonest(self._families)
        learned = learned_site(known, self._articles, name=name, family=family)
        label = _commonest(self._labels, share=0.6, total=len(self._articles))
        sections = [Section(label=section.label or label, url=section.url) for section in learned.sections]
        return learned.model_copy(update={"sections": sections, "paging": self._paging or learned.paging})


def paging_of(url: str, listing: Listing) -> Paging:
    """Return how a list continues, judged by its first page."""
    if listing.post_back is not None:
        return Paging(style="post")
    if listing.next_url is None:
        return Paging(style="whole")
    here, there = urlsplit(url), urlsplit(listing.next_url)
    if there.path == here.path or there.query:
        old = parse_qsl(here.query, keep_blank_values=True)
        keys = [key for key, value in parse_qsl(there.query) if value == "2" and (key, value) not in old]
        if len(keys) == 1 and there.path == here.path:
            return Paging(style="query", pattern=f"?{keys[0]}={{page}}")
        return Paging(style="query" if keys else "links")
    folder, _, file = there.path.rpartition("/")
    if folder != here.path.rpartition("/")[0]:
        return Paging(style="descending" if re.fullmatch(r"\d+\.\w+", file) else "links")
    stem = here.path.rpartition("/")[2].rpartition(".")[0]
    for number, mark in (("1", "{page0}"), ("2", "{page}")):
        places = [found.start() for found in re.finditer(rf"(?<!\d){number}(?!\d)", file)]
        if places:
            at = places[-1]
            before = file[:at]
            if stem and before.startswith(stem):
                before = "{stem}" + before[len(stem) :]
            return Paging(style="suffix", pattern=before + mark + file[at + 1 :])
    return Paging(style="links")


def _commonest(counts: Counter[str], *, share: float = 0.5, total: int = 0) -> str | None:
    if not counts:
        return None
    value, count = counts.most_common(1)[0]
    return value if count >= share * (total or counts.total()) else None
