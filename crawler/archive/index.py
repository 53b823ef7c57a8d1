"""Look captures up in the index of an archive folder."""

import contextlib
import heapq
import mmap
import os
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.archive.cdxj import (
    DECHUNKED,
    REVISIT_MIME,
    IndexEntry,
    Request,
    method_key,
    parse_line,
    sorted_lines,
    timestamp_of,
    without_duplicates,
)
from crawler.archive.errors import ArchiveError, ExchangeError
from crawler.archive.exchange import PriorCapture
from crawler.archive.files import OPEN_SUFFIX, archive_file
from crawler.archive.heads import target_uri
from crawler.archive.members import open_warc, read_records
from crawler.archive.records import parse_warc_date
from crawler.archive.surt import surt

_SETTLED = 1_000_000_000
"""Nanoseconds after which a folder's time of change can be trusted to show every change."""


class _SortedFile:
    """A sorted index file, mapped into memory and searched by bisection."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else None

    def lines(self, start: bytes) -> Iterator[bytes]:
        """Yield the lines from the first that is not less than `start` on."""
        data = self._map
        if data is None:
            return
        low, high = 0, len(data)
        while low < high:
            middle = (low + high) // 2
            begin = data.rfind(b"\n", 0, middle) + 1
            end = data.find(b"\n", middle)
            end = len(data) if end < 0 else end + 1
            if data[begin:end] < start:
                low = end
            else:
                high = begin
        while low < len(data):
            end = data.find(b"\n", low)
            end = len(data) if end < 0 else end + 1
            yield data[low:end]
            low = end

    def close(self) -> None:
        if self._map is not None:
            self._map.close()


class ArchiveIndex:
    """Look captures up by address in an archive folder; a context manager.

    Sees files that are finished later, and, in everything but `known_payload`, also the journals of files
    still being written. Not safe to share between threads.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self._files: dict[str, tuple[int, _SortedFile]] = {}
        self._journals: list[Path] = []
        self._seen: int = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        for _, file in self._files.values():
            file.close()
        self._files.clear()
        self._seen = -1

    def captures(self, url: str, *, request: Request = (b"", b"")) -> list[IndexEntry]:
        """Return all captures of an address, oldest first.

        `request`, head and body as sent, tells captures by POST from those by GET; without it those by GET
        are meant. Raises ArchiveError where the folder cannot be read.
        """
        prefix = _key(url, request)
        lines = {line for file in self._sorted() for line in _with_prefix(file.lines(prefix), prefix)}
        for path in self._journals:
            lines.update(line for line in _lines_of(path) if line.startswith(prefix))
        return sorted(filter(None, map(parse_line, lines)), key=lambda entry: entry.place)

    def lookup(
        self, url: str, *, at: datetime | None = None, request: Request = (b"", b"")
    ) -> IndexEntry | None:
        """Return the capture of an address that is nearest to a moment, the latest without one; None without
        any."""
        captures = self.captures(url, request=request)
        if not captures:
            return None
        if at is None:
            return captures[-1]
        if at.tzinfo is None:
            raise ArchiveError(f"a moment to look up needs a time zone: {at.isoformat()}")
        return min(captures, key=lambda entry: abs(entry.date - at))

    def known_payload(self, digest: str | None, url: str) -> PriorCapture | None:
        """Return the latest capture of an address with a payload, of that digest where one is given.

        It is what WarcWriter takes as `known_payloads`; it looks in finished files only, which keeps it fast.
        """
        prefix = _key(url, (b"", b""))
        field = "dechunked" if digest and digest.startswith(DECHUNKED) else "digest"
        digest = digest.removeprefix(DECHUNKED) if digest else None
        wanted = digest.encode("ascii") if digest else b""
        best: IndexEntry | None = None
        for file in self._sorted():
            for line in _with_prefix(file.lines(prefix), prefix):
                entry = parse_line(line) if wanted in line else None
                if entry is None or entry.mime == REVISIT_MIME or not entry.digest:
                    continue
                fits = getattr(entry, field) == digest if digest else entry.status == 200
                if fits and (best is None or entry.place > best.place):
                    best = entry
        return None if best is None else self._prior(best)

    def _prior(self, entry: IndexEntry) -> PriorCapture | None:
        """Return what a revisit record must say of a capture, from its record: the index knows whole seconds
        only.

        None where the record cannot be read: the payload is then better stored once more.
        """
        try:
            with open_warc(archive_file(self.folder, entry.filename)) as file:
                file.seek(entry.offset)
                record = next(read_records(file, name=entry.filename, offset=entry.offset), None)
        except (ArchiveError, OSError):
            return None
        if record is None or record.get("warc-payload-digest") != entry.digest:
            return None
        try:
            date = parse_warc_date(record.get("warc-date") or "")
        except ValueError:
            return None
        return PriorCapture(
            url=record.target_uri, date=date, record_id=record.record_id, payload_digest=entry.digest
        )

    def original(self, url: str, date: str, digest: str | None) -> IndexEntry | None:
        """Return the capture that a revisit record refers to by address and WARC-Date; None where it is not
        here.

        Where none of that moment is found, one of the address with the same digest will do.
        """
        timestamp = timestamp_of(date)
        with_payload = [
            entry
            for entry in self.captures(url)
            if entry.mime != REVISIT_MIME and (digest is None or entry.digest == digest)
        ]
        exact = [entry for entry in with_payload if entry.timestamp == timestamp]
        return next(iter(exact or (with_payload if digest else [])), None)

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of the whole index in order. Raises ArchiveError where the folder cannot be
        read."""
        sources: list[Iterable[bytes]] = [file.lines(b"") for file in self._sorted()]
        sources += [sorted_lines(_lines_of(path)) for path in self._journals]
        yield from without_duplicates(heapq.merge(*sources))

    def replay_lines(self) -> Iterator[bytes]:
        """Yield the lines for a replay tool: all but those of 304 responses.

        pywb answers such a capture with an empty 304 page; without the line it gives the capture that was
        confirmed.
        """
        for line in self.lines():
            entry = parse_line(line)
            if entry is not None and entry.status != 304:
                yield line

    def entries(self) -> Iterator[IndexEntry]:
        """Yield the whole index in order. Raises ArchiveError where the folder cannot be read."""
        yield from filter(None, map(parse_line, self.lines()))

    def _sorted(self) -> list[_SortedFile]:
        """Return the sorted files, opened anew where the folder has changed."""
        try:
            changed = self.folder.stat().st_mtime_ns
            if changed != self._seen:
                self._open(changed)
        except OSError as error:
            raise ArchiveError(f"{self.folder}: cannot read the index: {error.strerror}") from error
        return [file for _, file in self._files.values()]

    def _open(self, changed: int) -> None:
        while not self._open_listed():
            # A file was merged between the listing and its opening: its lines are in a newer index.
            pass
        # A change in the same tick of the clock would not show; look again until the last one is old enough.
        self._seen = changed if time.time_ns() - changed > _SETTLED else -1

    def _open_listed(self) -> bool:
        """Open what the folder holds now and let go of what is gone; False where it has changed meanwhile."""
        with os.scandir(self.folder) as listing:
            items = [(item.name, item.inode()) for item in listing]
        self._journals = [self.folder / name for name, _ in items if name.endswith(f".cdxj{OPEN_SUFFIX}")]
        present = {name: inode for name, inode in items if name.endswith(".cdxj")}
        for name in [name for name, (inode, _) in self._files.items() if present.get(name) != inode]:
            self._files.pop(name)[1].close()
        try:
            for name, inode in present.items():
                if name not in self._files:
                    self._files[name] = (inode, _SortedFile(self.folder / name))
        except FileNotFoundError:
            return False
        return True


def _key(url: str, request: Request) -> bytes:
    """Return the key of an address with the space that follows it in a line."""
    with contextlib.suppress(ExchangeError):
        url = target_uri(url, any_scheme=True)
    return f"{surt(url + method_key(url, request)[0])} ".encode()


def _with_prefix(lines: Iterable[bytes], prefix: bytes) -> Iterator[bytes]:
    for line in lines:
        if not line.startswith(prefix):
            return
        yield line


def _lines_of(path: Path) -> Iterator[bytes]:
    """Yield the whole lines of a journal, which may be sorted away meanwhile."""
    try:
        with path.open("rb") as file:
            yield from (line for line in file if line.endswith(b"\n"))
    except FileNotFoundError:
        return
