"""Articles that are numbered without gaps (PHPWeb): which numbers no list has shown."""

from crawler.sites import Entrance
from crawler.urls import canonical_key

MAX_NUMBERS = 5000
"""Numbers that one run asks for."""
_SAMPLE = 7_777_777_777


class Numbers:
    """The numbers of the articles that a run has met, and those missing between them."""

    def __init__(self, entrance: Entrance) -> None:
        self.entrance = entrance
        self._before, _, self._behind = canonical_key(entrance.with_id(_SAMPLE)).partition(str(_SAMPLE))
        self._met: set[int] = set()

    def note(self, url: str) -> None:
        """Remember an article's number, given its main address; other addresses are passed over."""
        key = canonical_key(url)
        if key.startswith(self._before) and key.endswith(self._behind):
            number = key[len(self._before) : len(key) - len(self._behind)]
            if number.isascii() and number.isdigit() and len(number) < 10:
                self._met.add(int(number))

    def missing(self) -> list[int]:
        """Return the numbers between the lowest and the highest met that were not, highest first.

        At most `MAX_NUMBERS`; none where fewer than a tenth were met, because the numbers are then not the
        articles' own.
        """
        if not self._met:
            return []
        low, high = min(self._met), max(self._met)
        if len(self._met) * 10 < high - low:
            return []
        return [number for number in range(high, low, -1) if number not in self._met][:MAX_NUMBERS]
