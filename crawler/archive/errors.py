"""What can go wrong in the archive."""

import errno
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class ArchiveError(Exception):
    """The archive cannot do what was asked; the message says which file, where, and why in one line."""


class ExchangeError(ArchiveError, ValueError):
    """An exchange cannot be told in WARC terms: no HTTP address, a date without time zone, no response
    head."""


class EntityError(ArchiveError):
    """A body cannot be decoded: unknown coding, or larger than the limit when decoded."""


def write_refusal(path: Path | str, error: OSError) -> str:
    """Say in one line that a file could not be written, and why: a full disk in the same words everywhere."""
    reason = f"no space left ({error.strerror})" if error.errno in _FULL else error.strerror
    return f"{path}: cannot write: {reason}"
