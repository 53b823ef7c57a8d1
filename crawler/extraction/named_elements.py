"""Elements that templates name for a field (`<span class="source">`, `<i id="pubtime">`), and a layout's."""

import re
from collections.abc import Iterator

from crawler.extraction.dates import find_dates
from crawler.extraction.document import Box, Document, text_of
from crawler.extraction.labels import fold_width, has_label, segment, vocabulary
from crawler.extraction.layouts import Layout
from crawler.extraction.names import is_outlet, is_unit, read_names, without_asides
from crawler.extraction.readings import Readings, Trust
from crawler.extraction.sources import clean_source

_ELEMENTS: dict[str, list[str]] = vocabulary("elements")
_ROLES = ("author", "source", "date", "editor")
_EDITOR_WORD = re.compile(r"^\s*[\[(【]?(?:责任|值班|本版|本期)?编辑[\s|丨/]{1,3}")
_LONGEST = 160
"""Characters of a named element that may be a field's; a longer one is a piece of the page."""


class NamedElements:
    """Reads such elements of one page into its readings."""

    def __init__(self, document: Document, layout: Layout, readings: Readings, behind: int) -> None:
        """`behind` is the line behind the text."""
        self.document, self.layout, self.readings = document, layout, readings
        self.behind = behind

    def read(self, low: int, high: int, body: set[int]) -> None:
        """Read the elements between two lines that do not begin in the body, those of the layout first."""
        for role in _ROLES:
            for box, named in self._boxes(role, low, high):
                if named or box.start not in body:
                    text = text_of(box.element)
                    if 2 <= len(text) <= _LONGEST:
                        self._element(role, box, text, named)

    def _boxes(self, role: str, low: int, high: int) -> Iterator[tuple[Box, bool]]:
        """Yield elements that may hold a field, and whether the layout names them."""
        chosen: tuple[str, ...] = getattr(self.layout, role)
        for box in self.document.find(*chosen)[:2] if chosen else ():
            if box.start <= high:
                yield box, True
        index = self.document.index
        for selector in filter(index.__contains__, _ELEMENTS[role]):
            for box in index[selector][:3]:
                if low <= box.start <= high and box.end - box.start <= 3:
                    yield box, False

    def _element(self, role: str, box: Box, text: str, named: bool) -> None:
        """Read an element by what its name says it holds; an info line in it is read as such elsewhere."""
        rule = f"{'layout' if named else 'element'}:{role}"
        if role == "date":
            self._date_element(box, text, named, rule)
            return
        labelled = [part for part in segment(text) if part.role] if has_label(text) else []
        if any(part.role not in (role, "noise", "published") for part in labelled):
            return
        value = next((part.value for part in labelled if part.role == role), "" if labelled else text)
        trust = 45 if box.hidden else 95 if named else 90
        index = min(box.start, len(self.document.blocks) - 1)
        if role == "source":
            source = clean_source(value)
            if source and (named or is_outlet(source) or is_unit(source)):
                self.readings.source(trust - (0 if labelled else 8), source, value, rule, index)
            return
        if role == "editor":
            value = without_asides(_EDITOR_WORD.sub("", fold_width(value)))  # 编辑 方敏 校对 何佳
        names = read_names(value, trusted=bool(labelled) or named)
        if names.people and (names.complete or names.role):
            note = self.readings.author if role == "author" else self.readings.editor
            note(trust - 2, names.people, text, rule, index)

    def _date_element(self, box: Box, text: str, named: bool, rule: str) -> None:
        found = next(iter(find_dates(text)), None)
        if found is None:
            return
        labelled = segment(text) if has_label(text) else []
        if any(part.role in ("other_date", "modified") and part.value for part in labelled):
            trust = Trust.DATE_MODIFIED
        elif box.hidden:
            trust = Trust.DATE_HIDDEN
        elif named:
            trust = Trust.DATE_LAYOUT
        else:
            trust = Trust.DATE_ELEMENT if box.start < self.behind else Trust.DATE_BEHIND - 8
        self.readings.date(trust, found, rule)
