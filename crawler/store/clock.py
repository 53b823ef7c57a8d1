"""Times of the store: UTC as ISO 8601 text of one fixed width, so that text order is time order."""

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """Return the present time in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(moment: datetime) -> str:
    """Write an aware time as `2026-11-22T13:05:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Read an ISO 8601 time or day; one without offset counts as UTC.

    Raises:
        ValueError: the text is no such time.
    """
    value = datetime.fromisoformat(text)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def later(text: str, *, days: float = 0, seconds: float = 0) -> str:
    """Return the time that lies so much after the given one."""
    return stamp(moment(text) + timedelta(days=days, seconds=seconds))
