"""WARC 1.1: write exchanges, read them back, index, verify, repair and pack them. Knows bytes, no network."""

from crawler.archive.cdxj import IndexEntry, merge_index
from crawler.archive.errors import ArchiveError, EntityError, ExchangeError, write_refusal
from crawler.archive.exchange import Exchange, KnownPayloads, PriorCapture
from crawler.archive.index import ArchiveIndex
from crawler.archive.reader import ArchivedResponse, iter_responses, read_at, read_record
from crawler.archive.repair import Repair, recover, repair
from crawler.archive.survey import Problem
from crawler.archive.verify import verify
from crawler.archive.wacz import Pack, Page, pack
from crawler.archive.writer import WarcWriter

__all__ = [
    "ArchiveError",
    "ArchiveIndex",
    "ArchivedResponse",
    "EntityError",
    "Exchange",
    "ExchangeError",
    "IndexEntry",
    "KnownPayloads",
    "Pack",
    "Page",
    "PriorCapture",
    "Problem",
    "Repair",
    "WarcWriter",
    "iter_responses",
    "merge_index",
    "pack",
    "read_at",
    "read_record",
    "recover",
    "repair",
    "verify",
    "write_refusal",
]
