"""WARC 1.1: write exchanges, read them back, index, verify, repair and pack them. Knows bytes, no network."""

from crawler.archive.errors import ArchiveError, EntityError, ExchangeError
from crawler.archive.exchange import Exchange, KnownPayloads, PriorCapture
from crawler.archive.reader import ArchivedResponse, iter_responses, read_record
from crawler.archive.writer import WarcWriter

__all__ = [
    "ArchiveError",
    "ArchivedResponse",
    "EntityError",
    "Exchange",
    "ExchangeError",
    "KnownPayloads",
    "PriorCapture",
    "WarcWriter",
    "iter_responses",
    "read_record",
]
