"""The days a crawl is asked for (`--since`, `--until`), and when a list has left them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Self


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `since` to `until`, both included; None where that side is open.

    Days of rows and of articles are text, `YYYY-MM-DD` with or without a time behind it; None where nothing
    is printed.
    """

    since: str | None = None
    until: str | None = None

    @classmethod
    def of(cls, since: str | date | None, until: str | date | None) -> Self:
        """Build from days or `YYYY-MM-DD`; an empty text is an open side. Raises ValueError."""
        first, last = (_day(value) for value in (since, until))
        if first and last and first > last:
            raise ValueError(f"{first} is later than {last}")
        return cls(first, last)

    def __bool__(self) -> bool:
        """Whether there is a limit at all."""
        return bool(self.since or self.until)

    def holds(self, day: str | None) -> bool:
        """Tell whether something of that day is asked for; what has no day may be."""
        return not day or not (self.is_before(day) or (self.until and day[:10] > self.until))

    def is_before(self, day: str | None) -> bool:
        """Tell whether a day is too early."""
        return bool(day and self.since and day[:10] < self.since)

    def is_left_by(self, days: Sequence[str | None]) -> bool:
        """Tell whether a list has nothing more to offer behind a page with these rows.

        Judged by the lower half of the rows, so that neither old nor new rows pinned to the top matter. A
        list that begins with its oldest rows is left at the other end of the range.
        """
        end = self.until if _ascends(days) else self.since
        below = [day[:10] for day in days[len(days) // 2 :] if day]
        if not end or not below:
            return False
        return all(day > end for day in below) if end == self.until else all(day < end for day in below)


def _ascends(days: Sequence[str | None]) -> bool:
    steps = [(one, other) for one, other in pairwise(day for day in days if day) if one != other]
    return sum(one < other for one, other in steps) * 2 > len(steps)


def _day(value: str | date | None) -> str | None:
    if not value:
        return None
    return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()
