"""Whether a list brings anything more: pagers that never end, that go round, or that show the same rows."""

from collections.abc import Iterable

from crawler.spiders.recent import Recent
from crawler.urls import canonical_key

MAX_BARREN = 3
"""Pages in a row without a row that earlier pages of the list have not had; then the list is left."""


class Walks:
    """What was seen of each list in this run, by the address of its first page."""

    def __init__(self) -> None:
        self._rows = Recent()
        self._barren: dict[str, int] = {}

    def goes_on(self, first: str, links: Iterable[str]) -> bool:
        """Note a page of the list that begins at `first`; False where its next page is not worth a look.

        Pages may repeat pinned rows, or lose a few rows to each other while the site publishes: one page
        without news is no end yet.
        """
        fresh = [self._rows.note((first, canonical_key(link))) for link in links]
        if any(fresh):
            self._barren.pop(first, None)
            return True
        self._barren[first] = self._barren.get(first, 0) + 1
        return self._barren[first] < MAX_BARREN

    def is_barren(self, first: str) -> bool:
        """Tell whether the last page noted brought no new row."""
        return self._barren.get(first, 0) > 0
