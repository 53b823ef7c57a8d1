"""What was read from a page before it is decided: every value with its place, rule and trust."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from crawler.extraction.dates import DateFound
from crawler.extraction.names import is_account, is_nobody


class Reading(NamedTuple):
    """A value of one field."""

    trust: int
    """The higher the better; see `Trust`."""
    value: tuple[str, ...]
    """Names; a source is one name."""
    raw: str
    """The text it was read from, as printed."""
    rule: str
    """What it was read by."""
    line: int
    """Index in `Document.blocks`; -1 for the head of the page."""


class DateWitness(NamedTuple):
    """A date that may be the day of publication."""

    trust: int
    """The higher the better; see `Trust`."""
    found: DateFound
    """The date."""
    rule: str
    """What it was read by."""


class Trust:
    """How far a place is trusted. Only the order counts, within one field."""

    LAYOUT_LINE = 101
    """The info line that a layout names."""
    INFO_LINE = 100
    """A visible info line around the headline or at the top of the text."""
    LINE_OF_NAMES = 85
    """A line between headline and text that holds names with a role word or a unit."""
    LAST_LINE = 62
    """A line of labels at the end of the text."""
    BEHIND = 60
    """A visible line behind the text."""
    ABOVE = 58
    """A line far above the headline."""
    FAR_BEHIND = 55
    """A line between the lists behind the text."""
    HIDDEN = 40
    """A line that a browser does not show."""
    HIDDEN_BEHIND = 35
    """The same, behind the text."""
    HEAD = 20
    """A meta or JSON-LD."""

    # Dates
    DATE_LAYOUT, DATE_LABELLED, DATE_ELEMENT, DATE_BESIDE, DATE_BEHIND = 90, 80, 74, 70, 60
    DATE_HIDDEN, DATE_META, DATE_SCRIPT, DATE_MODIFIED, DATE_GENERATED = 50, 40, 35, 30, 25


@dataclass(slots=True)
class Readings:
    """All readings of one page."""

    authors: list[Reading] = field(default_factory=list)
    sources: list[Reading] = field(default_factory=list)
    editors: list[Reading] = field(default_factory=list)
    dates: list[DateWitness] = field(default_factory=list)
    single: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Field of which the first value counts (`document_number`, `summary`, …) -> value, rule."""
    behind: int = 0
    """The line behind the text."""
    empty_source: bool = False
    """Whether a source label without value stands in the info line."""
    empty_author: bool = False
    """Whether an author's label without value does."""

    def author(self, trust: int, names: Iterable[str], raw: str, rule: str, index: int) -> None:
        """Note authors, accounts left out."""
        kept = tuple(dict.fromkeys(name for name in names if not is_account(name)))
        if kept:
            self.authors.append(Reading(trust, kept, raw, rule, index))

    def editor(self, trust: int, names: Iterable[str], raw: str, rule: str, index: int) -> None:
        """Note editors. The signs by which editors go count, words for nobody do not."""
        kept = tuple(dict.fromkeys(name for name in names if not is_nobody(name)))
        if kept:
            self.editors.append(Reading(trust, kept, raw, rule, index))

    def source(self, trust: int, name: str | None, raw: str, rule: str, index: int) -> None:
        """Note a source, if there is one."""
        if name:
            self.sources.append(Reading(trust, (name,), raw, rule, index))

    def date(self, trust: int, found: DateFound, rule: str) -> None:
        """Note a date."""
        self.dates.append(DateWitness(trust, found, rule))

    def first(self, name: str, value: str, rule: str) -> None:
        """Note a value of a field of which the first one counts."""
        self.single.setdefault(name, (value, rule))

    def count(self) -> int:
        """Return how many readings there are, to see whether a line added one."""
        return len(self.authors) + len(self.sources) + len(self.editors) + len(self.dates)
