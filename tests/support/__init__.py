"""Servers for tests, on loopback: `PageServer` for well-behaved sites, `RawServer` for hostile ones.
`Run` is what the fixture `run` gives."""

from collections.abc import Callable

from tests.support.pages import HTML, PageServer, Seen, Served
from tests.support.raw import Connection, Hostile, RawServer, hostile

__all__ = ["HTML", "Connection", "Hostile", "PageServer", "RawServer", "Run", "Seen", "Served", "hostile"]

Run = Callable[..., tuple[int, str, str]]
"""The console command in this process: arguments -> exit code, output, errors."""
