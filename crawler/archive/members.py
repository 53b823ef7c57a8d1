"""Read WARC records, ours and anybody's, with exact positions and bounded memory.

Understands one gzip member a record, many records in one member, members that split a record, and files that
are not compressed. Only what is asked for is held in memory.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from isal import igzip_lib

from crawler.archive.errors import ArchiveError
from crawler.archive.heads import decode_line

GZIP_MAGIC = b"\x1f\x8b"

# isal's stubs declare its exception as an instance.
InflateError = cast("type[Exception]", igzip_lib.IsalError)

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_READ = 1 << 16
_INFLATE = 1 << 20
_MAX_HEADER = 1 << 20
_VERSION = re.compile(rb"WARC/\d\.\d+\s*$")
_LENGTH = re.compile(r"\d{1,15}$", re.ASCII)


class DamagedError(ArchiveError):
    """A file does not go on as a WARC file from a certain byte on."""

    def __init__(self, name: str, offset: int, what: str, *, torn: bool = False) -> None:
        super().__init__(f"{name}: offset {offset}: {what}")
        self.name = name
        self.offset = offset
        """Start of the gzip member, or of the record in a file that is not compressed, that cannot be
        read."""
        self.what = what
        self.torn = torn
        """Whether the file ends too early, as it does when its writer was killed."""


class Source:
    """The bytes of a WARC file, inflated, in a buffer that never spans two gzip members."""

    def __init__(self, file: BinaryIO, *, name: str = "", offset: int = 0) -> None:
        self.name = name
        self._file = file
        self._read_to = offset
        first = file.read(_READ)
        self._read_to += len(first)
        self.gzip = first.startswith(GZIP_MAGIC)
        if first.startswith(_ZSTD_MAGIC):
            raise ArchiveError(f"{name}: WARC files compressed with zstd are not supported")
        self.member = offset
        """Offset of the gzip member that the buffer's bytes come from."""
        self.inflated = 0
        """How many bytes of that member have been put into the buffer."""
        self._inflater: igzip_lib.IgzipDecompressor | None = None
        self.failure: DamagedError | None = None
        self._ahead = first if self.gzip else b""
        self.data = b"" if self.gzip else first
        self.at = 0

    @property
    def position(self) -> int:
        """Offset in the file of the next byte; of its member's start in a gzip file."""
        return self.member if self.gzip else self._read_to - (len(self.data) - self.at)

    @property
    def at_member_start(self) -> bool:
        """Whether the next byte is the first of its gzip member; always true without gzip."""
        return not self.gzip or (self.at == 0 and self.inflated == len(self.data))

    def fill(self) -> bool:
        """Put the next bytes into the drained buffer; False at the end of the file. Raises DamagedError."""
        if self.failure is not None:
            raise self.failure
        self.data, self.at = b"", 0
        if not self.gzip:
            self.data = self._file.read(_READ)
            self._read_to += len(self.data)
            return bool(self.data)
        while True:
            inflater = self._inflater
            if inflater is None or inflater.eof:
                chunk = (inflater.unused_data if inflater else self._ahead) or self._more()
                if not chunk:
                    self.member = self._read_to
                    return False
                self.member = self._read_to - len(chunk)
                self.inflated = 0
                inflater = self._inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
                if not (chunk.startswith(GZIP_MAGIC) or chunk == GZIP_MAGIC[:1]):
                    raise DamagedError(self.name, self.member, "no gzip member begins here")
            elif inflater.needs_input:
                chunk = self._more()
                if not chunk:
                    raise DamagedError(
                        self.name, self.member, "the file ends inside a gzip member", torn=True
                    )
            else:
                chunk = b""
            try:
                self.data = inflater.decompress(chunk, _INFLATE)
            except InflateError as error:
                raise DamagedError(self.name, self.member, f"damaged gzip member ({error})") from error
            if self.data:
                self.inflated += len(self.data)
                return True

    def peek(self) -> bool:
        """Whether there is a next byte. What keeps it from being read is raised by the next `fill`."""
        try:
            return self.at < len(self.data) or self.fill()
        except DamagedError as error:
            self.failure = error
            return False

    def _more(self) -> bytes:
        chunk = self._file.read(_READ)
        self._read_to += len(chunk)
        return chunk

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, less only at the end of the file."""
        if len(self.data) - self.at >= size:
            piece = self.data[self.at : self.at + size]
            self.at += size
            return piece
        pieces = []
        while size > 0:
            if self.at >= len(self.data) and not self.fill():
                break
            piece = self.data[self.at : self.at + size]
            self.at += len(piece)
            size -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def line(self, limit: int) -> bytes:
        """Return the next line with its line feed; without one at the end of the file or where it is too
        long."""
        pieces = []
        while limit > 0:
            if self.at >= len(self.data) and not self.fill():
                break
            end = self.data.find(b"\n", self.at, self.at + limit) + 1
            piece = self.data[self.at : end or self.at + limit]
            self.at += len(piece)
            limit -= len(piece)
            pieces.append(piece)
            if end:
                break
        return b"".join(pieces)


class Record:
    """One WARC record while its file is being read; valid until the next one is asked for."""

    def __init__(self, source: Source, offset: int, fields: list[tuple[str, str]], *, alone: bool) -> None:
        self._source = source
        self.offset = offset
        """Offset of its gzip member, or of itself in a file that is not compressed."""
        self.fields = fields
        """Its header fields in order."""
        self._values = {name.lower(): value for name, value in reversed(fields)}
        self.alone = alone
        """Whether it can be read at its offset: it begins a gzip member, and, once closed, also ends it."""
        self.length: int | None = None
        """Length in the file, once closed; None where it shares its gzip member."""
        self.trailing_garbage = False
        """Whether something else than a record end followed: its Content-Length is wrong."""
        length = self.get("content-length") or ""
        self.valid_length = bool(_LENGTH.match(length))
        self.content_length = int(length) if self.valid_length else 0
        self._left = self.content_length
        self._closed = False

    def get(self, name: str) -> str | None:
        """Return the first value of a header field, by its name in lower case."""
        return self._values.get(name)

    @property
    def kind(self) -> str:
        """WARC-Type in lower case."""
        return (self.get("warc-type") or "").lower()

    @property
    def record_id(self) -> str:
        """WARC-Record-ID without angle brackets."""
        return (self.get("warc-record-id") or "").strip("<> ")

    @property
    def target_uri(self) -> str:
        """WARC-Target-URI; without the angle brackets that old versions of wget put there."""
        uri = self.get("warc-target-uri") or ""
        return uri[1:-1] if uri.startswith("<") and uri.endswith(">") else uri

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` further bytes of the block, all that are left where it is negative."""
        wanted = self._left if size < 0 else min(size, self._left)
        piece = self._source.read(wanted)
        if len(piece) < wanted:
            raise DamagedError(self._source.name, self.offset, "the file ends inside a record", torn=True)
        self._left -= wanted
        return piece

    def close(self) -> None:
        """Skip what is left of the record and find out where it ends. Raises DamagedError."""
        if self._closed:
            return
        while self._left:
            self.read(_INFLATE)
        self._closed = True
        source = self._source
        ending = source.read(4) if source.peek() else b""
        if ending != b"\r\n\r\n":
            self.trailing_garbage = True
            source.at -= min(len(ending), source.at)
        if not source.gzip:
            self.length = source.position - self.offset
        elif source.at < len(source.data) or (source.peek() and not source.at_member_start):
            self.alone = False
        elif source.failure is not None and source.failure.offset == self.offset:
            raise source.failure
        elif self.alone:
            self.length = source.position - self.offset


def read_records(file: BinaryIO, *, name: str = "", offset: int = 0) -> Iterator[Record]:
    """Yield the records of a WARC file that is open at `offset`, the start of a record.

    Each is closed before the next is yielded. Between records anything that does not begin one is skipped,
    and told in the record's `trailing_garbage`. Raises DamagedError, after all records before it, where the
    file cannot be read further, and ArchiveError for what is no WARC file at all.
    """
    source = Source(file, name=name, offset=offset)
    record: Record | None = None
    while (start := _next_start(source, record)) is not None:
        record = _parse(source, *start)
        yield record
        record.close()


def _next_start(source: Source, before: Record | None) -> tuple[int, bool, bytes] | None:
    """Return position, alignment and version line of the next record; None at the end of the file."""
    while True:
        if source.at >= len(source.data) and not source.fill():
            return None
        position, aligned = source.position, source.at_member_start
        line = source.line(_MAX_HEADER)
        if _VERSION.match(line):
            return position, aligned, line
        if line.strip():
            if before is None:
                raise ArchiveError(f"{source.name}: no WARC file: it begins with {line[:40]!r}")
            before.trailing_garbage = True


def _parse(source: Source, offset: int, aligned: bool, version: bytes) -> Record:
    sound = _sound_fields(source)
    if sound is not None:
        return Record(source, offset, sound, alone=aligned)
    fields: list[tuple[str, str]] = []
    left = _MAX_HEADER
    while True:
        line = source.line(left)
        left -= len(line)
        if not line.endswith(b"\n"):
            what = "the file ends inside a record header" if left > 0 else "endless record header"
            raise DamagedError(source.name, offset, what, torn=left > 0)
        text = decode_line(line)
        if text[0] in " \t" and fields and text.strip():
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {text.strip()}")
            continue
        text = text.strip()
        if not text:
            return Record(source, offset, fields, alone=aligned)
        name, colon, value = text.partition(":")
        if colon:
            fields.append((name.rstrip(), value.lstrip()))


def _sound_fields(source: Source) -> list[tuple[str, str]] | None:
    """Return the fields of a header that is as the standard wants it and stands in the buffer as a whole.

    None, and nothing read, where it must be read line by line; line by line is half the time of opening a
    record.
    """
    end = source.data.find(b"\r\n\r\n", source.at, source.at + _MAX_HEADER)
    block = source.data[source.at : end]
    if end < 0 or not block.isascii() or block.count(b"\n") != block.count(b"\r\n"):
        return None
    fields: list[tuple[str, str]] = []
    for line in block.decode("ascii").split("\r\n"):
        text = line.strip()
        if not text or line[0] in " \t":  # an earlier end, or the rest of the field before
            return None
        name, colon, value = text.partition(":")
        if colon:
            fields.append((name.rstrip(), value.lstrip()))
    source.at = end + 4
    return fields


def open_warc(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a WARC file to read. Raises ArchiveError with a clear word where that cannot be done."""
    try:
        return Path(path).open("rb", buffering=0)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot read: {error.strerror}") from error
