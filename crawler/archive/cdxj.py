"""The index of the archive: CDXJ lines, one for each capture.

A line is `<SURT key> <14-digit UTC timestamp> <JSON>`, the form of pywb, cdxj-indexer and WACZ. While a WARC
file grows, its lines are appended to a journal beside it (`….cdxj.open`); when it is finished the journal is
sorted (`….cdxj`); sorted files are merged into one `index.cdxj` when they have become many. So writing costs
an append, a lookup is a binary search in few files, and nothing is lost when a process dies: the index can be
rebuilt from the WARC files at any time.
"""

import base64
import heapq
import json
import mmap
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote_plus

from crawler.archive.errors import ArchiveError, ExchangeError
from crawler.archive.exchange import PriorCapture
from crawler.archive.files import (
    INDEX_NAME,
    OPEN_SUFFIX,
    archive_file,
    index_lock,
    index_path,
    journal_path,
    sync_folder,
    write_whole,
)
from crawler.archive.heads import target_uri
from crawler.archive.members import open_warc, read_records
from crawler.archive.records import parse_warc_date
from crawler.archive.surt import surt

REVISIT_MIME = "warc/revisit"
DECHUNKED = "dechunked:"
"""Before a digest: that of a body without the chunks it is stored with."""

_BUFFER = 1 << 16
_SORT_CHUNK = 32 << 20
_MAX_POST_KEY = 4096
_MAX_POST_BODY = 1 << 16
_MIME_END = re.compile(r"[;\s,]")
_NO_TOKEN = re.compile(r"[^\x21-\x7e]+")
_DIGITS = re.compile(r"\D")
# So many sorted files beside the merged index before a writer that closes merges them.
_MERGE_AT = 32
_SETTLED = 1_000_000_000

Request = tuple[bytes, bytes]
"""Head and body of a request."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One line of the index: a capture and where it stands."""

    key: str
    """SURT key of its address."""
    timestamp: str
    """When, in UTC: `YYYYMMDDhhmmss`."""
    filename: str
    """Name of the WARC file."""
    offset: int
    """Offset of the record in the file."""
    length: int | None
    """Length of its gzip member."""
    url: str
    """Address as captured."""
    mime: str | None
    """Media type; `warc/revisit` for a revisit record."""
    status: int | None
    """HTTP status code."""
    digest: str | None
    """WARC-Payload-Digest."""
    dechunked: str | None = None
    """Digest of the body without the chunks it is stored with; None where it is stored without."""

    @property
    def date(self) -> datetime:
        """The timestamp as a moment."""
        return datetime.strptime(self.timestamp.ljust(14, "0")[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    @property
    def place(self) -> tuple[str, str, int]:
        """Timestamp, file and offset: the order of captures in time."""
        return self.timestamp, self.filename, self.offset


def index_line(
    url: str,
    date: str,
    *,
    mime: str | None,
    status: int,
    digest: str | None,
    length: int | None,
    offset: int,
    filename: str,
    dechunked: str | None = None,
    request: Request = (b"", b""),
) -> str:
    """Return the CDXJ line, with line feed, of one record; `date` is its WARC-Date.

    Fields without a value are left out, as `status` of a record that is no HTTP response (0).
    """
    fields: dict[str, str] = {"url": url}
    if mime and (mime := _NO_TOKEN.sub("", _MIME_END.split(mime.strip(), maxsplit=1)[0])):
        fields["mime"] = mime[:100]
    if status:
        fields["status"] = str(status)
    if digest:
        fields["digest"] = digest
    if dechunked:
        fields["dechunked"] = dechunked
    if length is not None:
        fields["length"] = str(length)
    fields["offset"] = str(offset)
    fields["filename"] = filename
    suffix, extra = _method_key(url, request)
    fields.update(extra)
    return f"{surt(url + suffix)} {_DIGITS.sub('', date)[:14]} {json.dumps(fields, ensure_ascii=True)}\n"


def _method_key(url: str, request: Request) -> tuple[str, dict[str, str]]:
    """Return what a POST or PUT adds to the address before it becomes a key, and the fields that tell it.

    As pywb and ReplayWeb do it, so that pages fetched by POST from one address can be told apart on replay.
    """
    head, body = request[0], request[1][:_MAX_POST_BODY]
    method = head.partition(b" ")[0].decode("ascii", "replace")
    if method not in {"POST", "PUT"}:
        return "", {}
    text = ""
    if body:
        text = f"__wb_post_data={base64.b64encode(body[:_MAX_POST_KEY]).decode('ascii')}"
        if b"application/x-www-form-urlencoded" in head.lower():
            with suppress(UnicodeDecodeError):
                text = unquote_plus(body.decode("utf-8"))
        text = text[:_MAX_POST_KEY]
    suffix = f"{'&' if '?' in url else '?'}__wb_method={method}" + (f"&{text}" if text else "")
    return suffix, {"method": method, "requestBody": text}


def parse_line(line: bytes) -> IndexEntry | None:
    """Read a CDXJ line, ours or another program's; None for what is none (a header line, torn bytes)."""
    try:
        key, timestamp, text = line.decode("utf-8").split(" ", 2)
        fields = json.loads(text)
        return IndexEntry(
            key=key,
            timestamp=timestamp,
            filename=str(fields["filename"]),
            offset=int(fields["offset"]),
            length=int(fields["length"]) if "length" in fields else None,
            url=str(fields["url"]),
            mime=fields.get("mime"),
            status=int(fields["status"]) if str(fields.get("status", "")).isdecimal() else None,
            digest=fields.get("digest"),
            dechunked=fields.get("dechunked"),
        )
    except (ValueError, KeyError, TypeError):
        return None


class Journal:
    """The index lines of one WARC file while it grows."""

    def __init__(self, warc: Path) -> None:
        self._final = index_path(warc)
        self._path = journal_path(warc)
        self._lines: list[str] = []
        self._buffered = 0

    def add(self, line: str) -> None:
        """Take a line; it reaches the file at the latest with the next `flush`. Never fails."""
        self._lines.append(line)
        self._buffered += len(line)
        if self._buffered > _BUFFER:
            try:
                self.flush()
            except OSError:
                # The record is safe and the line is kept; `flush` and `finish` will tell, should it last.
                self._buffered = 0

    def flush(self) -> None:
        """Append the lines to the journal: all or none. Raises OSError."""
        if not self._lines:
            return
        with self._path.open("ab", buffering=0) as file:
            start = file.seek(0, os.SEEK_END)
            view = memoryview("".join(self._lines).encode("utf-8"))
            try:
                while view:
                    view = view[file.write(view) :]
            except BaseException:
                file.truncate(start)
                raise
        self._lines.clear()
        self._buffered = 0

    def finish(self) -> None:
        """Sort the journal into its final file. Raises OSError; what is missing then can be rebuilt."""
        self.flush()
        if self._path.exists():
            with self._path.open("rb") as file:
                write_whole(self._final, sorted_lines(file))
            self._path.unlink()


def sorted_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines in byte order, without duplicates, using bounded memory."""
    with ExitStack() as stack:
        chunks: list[Iterable[bytes]] = []
        chunk: list[bytes] = []
        size = 0
        for line in lines:
            chunk.append(line)
            size += len(line)
            if size > _SORT_CHUNK:
                spill = stack.enter_context(tempfile.TemporaryFile())
                spill.writelines(sorted(chunk))
                spill.seek(0)
                chunks.append(spill)
                chunk, size = [], 0
        chunk.sort()
        yield from _without_duplicates(heapq.merge(*chunks, chunk) if chunks else chunk)


def _without_duplicates(lines: Iterable[bytes]) -> Iterator[bytes]:
    last = b""
    for line in lines:
        if line != last:
            yield line
        last = line


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
        timestamp = _DIGITS.sub("", date)[:14]
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
        yield from _without_duplicates(heapq.merge(*sources))

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
    with suppress(ExchangeError):
        url = target_uri(url, any_scheme=True)
    return f"{surt(url + _method_key(url, request)[0])} ".encode()


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


def merge_index(folder: str | os.PathLike[str], *, at_least: int = 1, wait: bool = True) -> bool:
    """Merge the sorted index files of a folder into `index.cdxj`; True where that was done.

    Nothing is done for less than `at_least` of them, or, without `wait`, while another process merges. Killed
    in the middle it leaves lines in both places, which lookups and the next merge fold into one. Raises
    ArchiveError.
    """
    folder = Path(folder)
    index = folder / INDEX_NAME
    try:
        with index_lock(folder, wait=wait) as held:
            loose = sorted(path for path in folder.glob("*.cdxj") if path.name != INDEX_NAME) if held else []
            if len(loose) < max(at_least, 1):
                return False
            with ExitStack() as stack:
                sources = [
                    stack.enter_context(path.open("rb"))
                    for path in [*loose, *([index] if index.exists() else [])]
                ]
                write_whole(index, _without_duplicates(heapq.merge(*sources)))
            sync_folder(folder)
            for path in loose:
                path.unlink()
            return True
    except OSError as error:
        raise ArchiveError(f"{index}: cannot merge the index: {error.strerror}") from error


def merge_when_many(folder: Path) -> None:
    """Merge the index where its files have become many; a failure is left to the next time."""
    if sum(1 for _ in folder.glob("*.cdxj")) <= _MERGE_AT:
        return
    with suppress(ArchiveError):
        merge_index(folder, at_least=_MERGE_AT, wait=False)
