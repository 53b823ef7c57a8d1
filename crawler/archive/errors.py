"""What can go wrong in the archive."""


class ArchiveError(Exception):
    """The archive cannot do what was asked; the message says which file, where, and why in one line."""


class ExchangeError(ArchiveError, ValueError):
    """An exchange cannot be told in WARC terms: no HTTP address, a date without time zone, no response
    head."""


class EntityError(ArchiveError):
    """A body cannot be decoded: unknown coding, or larger than the limit when decoded."""
