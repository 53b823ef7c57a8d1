"""The store: URLs, captures, articles with all their versions, and runs, in SQLite or PostgreSQL."""

from crawler.store.errors import SiteBusyError, StoreError
from crawler.store.frontier import Found, Frontier, Kind, Lease, Outcome, request_key
from crawler.store.removals import Missing, Reappeared, RemovalRule
from crawler.store.runs import Run
from crawler.store.saving import Change, Saved
from crawler.store.store import Store

__all__ = [
    "Change",
    "Found",
    "Frontier",
    "Kind",
    "Lease",
    "Missing",
    "Outcome",
    "Reappeared",
    "RemovalRule",
    "Run",
    "Saved",
    "SiteBusyError",
    "Store",
    "StoreError",
    "request_key",
]
