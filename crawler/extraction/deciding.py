"""The credits of a page, decided: of all readings of a field the most trusted one that makes sense."""

import re
from dataclasses import dataclass, field

from crawler.extraction.body import between
from crawler.extraction.document import Document
from crawler.extraction.names import is_outlet, is_unit
from crawler.extraction.published import choose_date
from crawler.extraction.readings import Reading, Readings, Trust
from crawler.extraction.titles import fold
from crawler.extraction.unlabelled_values import OWN_NAME

_DOCUMENT_PATH = re.compile(r"\d|\.s?html?$", re.ASCII)
_NEAR = 4
"""Lines behind the text that are still about it."""
_LINES_OF_NAMES = frozenset({"first-lines", "line-under-headline"})
_PERSON_PATH = re.compile(r"search|user|author|tag|member|profile|index\.s?html?$", re.IGNORECASE)


@dataclass(slots=True)
class Credits:
    """What a page says about an article apart from its text."""

    authors: list[str] = field(default_factory=list)
    """Persons or writing units."""
    byline: str | None = None
    """Raw text the authors were read from."""
    source: str | None = None
    """来源."""
    source_url: str | None = None
    """Absolute address behind the source, where it leads deeper than a home page."""
    editors: list[str] = field(default_factory=list)
    """责任编辑."""
    published: str | None = None
    """ISO 8601, +08:00."""
    published_raw: str | None = None
    """As printed."""
    published_precision: str | None = None
    """`second`, `minute` or `day`."""
    dateline: str | None = None
    """新华社北京1月6日电."""
    document_number: str | None = None
    """文号, where a label gives it."""
    keywords: list[str] = field(default_factory=list)
    """Keywords that a label gives."""
    summary: str | None = None
    """Abstract that a label gives."""
    drop: tuple[int, ...] = ()
    """Lines of the text that are byline, info or editor lines and no text."""
    evidence: dict[str, str] = field(default_factory=dict)
    """Field -> rule."""
    readings: Readings = field(default_factory=Readings, repr=False)
    """What all this was decided from."""

    @property
    def candidates(self) -> dict[str, list[tuple[int, str, str]]]:
        """Field -> every reading with trust, value and rule, best first; for tracing."""
        readings = self.readings
        dates = sorted(readings.dates, key=lambda w: -w.trust)
        return {
            "authors": [(r.trust, "、".join(r.value), r.rule) for r in _ranked(readings.authors)],
            "source": [(r.trust, r.value[0], r.rule) for r in _ranked(readings.sources)],
            "editors": [(r.trust, "、".join(r.value), r.rule) for r in _ranked(readings.editors)],
            "published": [(w.trust, w.found.iso, w.rule) for w in dates],
        }


def decide(document: Document, readings: Readings, title: str | None, stated_source: str | None) -> Credits:
    """Weigh the readings of a page.

    `title` is its headline, which no source is called; `stated_source` the source in its metas.
    """
    credits = Credits(readings=readings)
    editors = max(readings.editors, key=lambda r: r.trust, default=None)
    if editors:
        line = [
            r
            for r in readings.editors
            if r.trust >= editors.trust - 5 and 0 <= r.line - editors.line < (2 if editors.line >= 0 else 1)
        ]
        credits.editors = list(dict.fromkeys(name for reading in line for name in reading.value))
        credits.evidence["editors"] = editors.rule
    # Of two labels alike, the one with a person: 作者：江南网, and below 作者：张三.
    for reading in sorted(_ranked(readings.authors), key=lambda r: (-r.trust, is_outlet(r.value[0]))):
        # An author whom only a hidden line or the page's head names is the editor again, if he is one.
        if reading.trust < Trust.DATE_HIDDEN:
            known_editors = {name for other in readings.editors for name in other.value}
            if known_editors.issuperset(reading.value):
                continue
        credits.authors, credits.byline = _with_neighbours(reading, readings.authors), reading.raw.strip()
        credits.evidence["authors"] = reading.rule
        break
    for reading in _labelled_below(_ranked(readings.sources), readings.behind):
        unsaid = reading.trust <= Trust.HEAD and readings.empty_source
        if not unsaid and reading.value[0] != title:
            credits.source = reading.value[0]
            if stated_source and " " in credits.source:
                first = credits.source.split()[0]
                if fold(first) == fold(stated_source):
                    credits.source = first  # a second name stands beside the value
            credits.source_url = _address(document, reading.line, reading.value[0])
            credits.evidence["source"] = reading.rule
            break
    if credits.authors == [credits.source] and is_outlet(credits.source or ""):
        credits.authors, credits.byline = [], None  # an outlet in both places is the source
        credits.evidence.pop("authors", None)
    date = choose_date(readings.dates, document.url)
    if date:
        credits.published, credits.published_precision = date.found.iso, date.found.precision
        credits.published_raw = date.found.raw
        credits.evidence["published"] = date.rule
    for name, (value, rule) in readings.single.items():
        setattr(credits, name, value.split("\n") if name == "keywords" else value)
        credits.evidence[name] = rule
    return credits


def _with_neighbours(chosen: Reading, readings: list[Reading]) -> list[str]:
    """Return the names of a reading and of those that stand beside or below it: 记者：张三 通讯员：李四."""
    line = [
        r
        for r in readings
        if (r.trust == chosen.trust and r.line == chosen.line >= 0) or _continues(r, chosen)
    ] or [chosen]
    names = dict.fromkeys(name for reading in line for name in reading.value)
    people = [name for name in names if not (is_outlet(name) or is_unit(name))]
    return people if people and len(line) > 1 else list(names)


def _labelled_below(ranked: list[Reading], behind: int) -> list[Reading]:
    """Return the sources with the one first that is labelled so right at the end of the text, where that on
    top is but the site's own name beside the date."""
    if not ranked or not ranked[0].rule.endswith(OWN_NAME):
        return ranked
    below = [r for r in ranked[1:] if Trust.BEHIND <= r.trust <= Trust.LAST_LINE and r.line < behind + _NEAR]
    return below[:1] + ranked


def _continues(reading: Reading, chosen: Reading) -> bool:
    """Tell whether a reading is the next line of the same byline, with another label or with none as well."""
    if reading.line != chosen.line + 1 or chosen.line < 0:
        return False
    if reading.rule in _LINES_OF_NAMES and chosen.rule in _LINES_OF_NAMES:
        return reading.trust == chosen.trust or min(reading.trust, chosen.trust) >= Trust.LINE_OF_NAMES
    if reading.trust != chosen.trust:
        return False
    place, _, label = chosen.rule.rpartition(":")
    return bool(place) and reading.rule.startswith(f"{place}:") and not reading.rule.endswith(label)


def _ranked(readings: list[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda r: -r.trust) if len(readings) > 1 else readings


def _address(document: Document, index: int, source: str) -> str | None:
    """Return the address behind a source's name, where it leads deeper than a home page."""
    if index < 0 or not document.blocks[index].links:
        return None
    for link in between(document.links, index, index):
        if (text := link.text) and (text in source or source in text):
            address = document.absolute(link.href)
            path = address.split("/", 3)[3] if address and address.count("/") >= 3 else ""
            return address if _DOCUMENT_PATH.search(path) and not _PERSON_PATH.search(path) else None
    return None
