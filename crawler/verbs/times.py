"""Points in time as options give them."""

import argparse
import re
from datetime import UTC, date, datetime

_TIMESTAMP = re.compile(r"\d{4}(?:\d\d){0,5}", re.ASCII)
_EARLIEST = "00000101000000"


def moment(text: str) -> datetime:
    """Read a point in time, in UTC: ISO 8601, or a timestamp of 4 to 14 digits as replay addresses have.

    Without time zone it is UTC.

    Raises argparse.ArgumentTypeError, so that it can be the type of an option.
    """
    try:
        if _TIMESTAMP.fullmatch(text):
            whole = text + _EARLIEST[len(text) :]
            return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # a time zone may lead out of the calendar
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time; write 2024-05-10, 2024-05-10T08:00 or 20240510080000"
        ) from None


def since(text: str) -> str:
    """Read a day or time in the form in which the store compares times; the type of an option.

    In UTC and without the Z, which sorts behind the fractions of the same second.
    Raises argparse.ArgumentTypeError for what is none.
    """
    return moment(text).replace(tzinfo=None).isoformat(timespec="seconds")


def day(text: str) -> date:
    """Read a day; the type of an option. Raises argparse.ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write 2024-05-10") from None
