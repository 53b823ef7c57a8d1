"""Servers for tests, on loopback: `PageServer` for well-behaved sites, `RawServer` for hostile ones."""

from tests.support.pages import HTML, PageServer, Seen, Served
from tests.support.raw import Connection, Hostile, RawServer, hostile

__all__ = ["HTML", "Connection", "Hostile", "PageServer", "RawServer", "Seen", "Served", "hostile"]
