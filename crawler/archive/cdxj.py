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
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote_plus

from crawler.archive.errors import ArchiveError
from crawler.archive.files import (
    INDEX_NAME,
    index_lock,
    index_path,
    journal_path,
    sync_folder,
    write_whole,
)
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
    suffix, extra = method_key(url, request)
    fields.update(extra)
    return f"{surt(url + suffix)} {timestamp_of(date)} {json.dumps(fields, ensure_ascii=True)}\n"


def timestamp_of(date: str) -> str:
    """Return a WARC-Date as a CDXJ timestamp: `YYYYMMDDhhmmss`."""
    return _DIGITS.sub("", date)[:14]


def method_key(url: str, request: Request) -> tuple[str, dict[str, str]]:
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
        yield from without_duplicates(heapq.merge(*chunks, chunk) if chunks else chunk)


def without_duplicates(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield sorted lines, equal ones once."""
    last = b""
    for line in lines:
        if line != last:
            yield line
        last = line


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
                write_whole(index, without_duplicates(heapq.merge(*sources)))
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
