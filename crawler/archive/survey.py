"""Go through one WARC file from end to end: what it holds, what its index must say, and what is wrong with
it."""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from isal import igzip_lib

from crawler.archive.cdxj import REVISIT_MIME, Request, index_line
from crawler.archive.entity import dechunk
from crawler.archive.errors import ArchiveError
from crawler.archive.heads import parse_head, parse_status_line, split_head
from crawler.archive.members import DamagedError, InflateError, Record, open_warc, read_records
from crawler.archive.records import DECHUNKED_DIGEST

ProblemKind = Literal[
    "damaged", "torn", "record", "digest", "index", "pointer", "revisit", "unfinished", "missing"
]

_MEMBER_START = b"\x1f\x8b\x08"
_PIECE = 1 << 20
_WHOLE_BODY = 256 << 20
_DIGEST_SIZES = {"sha1": 20, "sha256": 32, "sha512": 64, "md5": 16}
_INDEXED = frozenset({"response", "revisit", "resource", "metadata"})
_REQUIRED = ("warc-type", "warc-record-id", "warc-date")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the archive."""

    file: str
    """Name of the file."""
    offset: int | None
    """Where in the file; None where the file as a whole is meant."""
    kind: ProblemKind
    """`torn`: the file ends inside a record. `damaged`: bytes that cannot be read, with more behind them.
    `record`: a record against the standard. `digest`: content that does not match its digest. `index`: a line
    that is missing, wrong or of nothing. `pointer`: a pointer of the caller's to no such record. `revisit`:
    one whose payload is not in the archive. `unfinished`: a file whose writer died. `missing`: a file that is
    named and not there."""
    message: str
    """What is wrong, in one line."""

    def __str__(self) -> str:
        where = self.file if self.offset is None else f"{self.file}: offset {self.offset}"
        return f"{where}: {self.message}"


@dataclass(slots=True)
class Survey:
    """What was found in one file, beside the lines that were yielded."""

    name: str
    """Its final name."""
    size: int = 0
    """Bytes that were looked at."""
    records: int = 0
    """Records that could be read."""
    problems: list[Problem] = field(default_factory=list)
    """What is wrong, in order."""
    torn_at: int | None = None
    """Where the last whole record ends, if torn bytes follow it."""
    revisits: list[tuple[int, str, str, str | None]] = field(default_factory=list)
    """Offset of each revisit record, address and date it refers to, payload digest."""

    def add(self, offset: int | None, kind: ProblemKind, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.name, offset, kind, message))


@dataclass(slots=True)
class _Facts:
    """What the index line of a record needs; kept until the request behind it has been seen."""

    record: Record
    mime: str | None
    status: int
    request: Request = (b"", b"")

    def line(self, name: str) -> str:
        record = self.record
        return index_line(
            record.target_uri,
            record.get("warc-date") or "",
            mime=self.mime,
            status=self.status,
            digest=record.get("warc-payload-digest"),
            dechunked=record.get(DECHUNKED_DIGEST.lower()),
            length=record.length,
            offset=record.offset,
            filename=name,
            request=self.request,
        )


def survey_file(path: Path, *, survey: Survey, digests: bool = True) -> Iterator[bytes]:
    """Yield the index lines that a WARC file must have, in the order of its records; fill in what was found.

    With `digests` every block and payload digest is computed again. Bytes that cannot be read are passed over
    up to the next gzip member that begins a record, so that one bad sector does not hide the rest. Memory
    stays flat. Raises ArchiveError where the file cannot be opened.
    """
    waiting: _Facts | None = None
    with open_warc(path) as file:
        for record in _records(file, survey):
            try:
                facts = _examine(record, survey, digests)
                record.close()
            except DamagedError:
                # It is raised again where the records are read, and noted there.
                continue
            survey.records += 1
            _check_shape(record, survey)
            if waiting is not None:
                concurrent = record.get("warc-concurrent-to") or ""
                if record.kind == "request" and waiting.record.record_id in concurrent:
                    waiting.request = facts.request
                yield waiting.line(survey.name).encode("utf-8")
                waiting = None
            indexed = record.kind in _INDEXED and record.get("content-type") != "application/warc-fields"
            if indexed and record.alone:
                waiting = facts
        survey.size = file.tell()
    if waiting is not None:
        yield waiting.line(survey.name).encode("utf-8")


def _records(file: BinaryIO, survey: Survey) -> Iterator[Record]:
    """Yield the records that can be read, noting the stretches that cannot.

    What is behind the last whole record is torn, however many beginnings of records are in it.
    """
    offset = 0
    damaged_from: int | None = None
    while True:
        first: int | None = None
        file.seek(offset)
        try:
            for record in read_records(file, name=survey.name, offset=offset):
                first = record.offset if first is None else first
                yield record
            return
        except DamagedError as error:
            if damaged_from is None or (first is not None and first < error.offset):
                damaged_from = error.offset
            following = next_member(file, error.offset + 1)
            if following is None:
                survey.problems = [p for p in survey.problems if p.offset is None or p.offset < damaged_from]
                survey.torn_at = damaged_from
                survey.add(damaged_from, "torn", f"{error.what}; no whole record follows")
                return
            survey.add(error.offset, "damaged", f"{error.what}; the next record is at offset {following}")
            offset = following
        except ArchiveError as error:
            survey.add(0, "damaged", str(error))
            return


def next_member(file: BinaryIO, start: int) -> int | None:
    """Return the offset of the first gzip member at or after `start` that begins a WARC record; None without
    one."""
    position = start
    kept = b""
    file.seek(start)
    while chunk := file.read(_PIECE):
        data = kept + chunk
        at = data.find(_MEMBER_START)
        while at >= 0:
            candidate = position - len(kept) + at
            if _begins_record(file, candidate):
                return candidate
            at = data.find(_MEMBER_START, at + 1)
        position += len(chunk)
        kept = data[-2:]
        file.seek(position)
    return None


def _begins_record(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    try:
        return inflater.decompress(file.read(4096), 16).startswith(b"WARC/")
    except InflateError:
        return False


def _check_shape(record: Record, survey: Survey) -> None:
    offset = record.offset
    for name in _REQUIRED:
        if not record.get(name):
            survey.add(offset, "record", f"a record without {name}")
    if not record.valid_length:
        survey.add(offset, "record", "a record without a valid Content-Length")
    elif record.trailing_garbage:
        survey.add(offset, "record", "the record does not end where its Content-Length says")
    if not record.alone:
        survey.add(offset, "record", "the record shares its gzip member with others: no offset leads to it")
    if offset == 0 and record.kind != "warcinfo":
        survey.add(offset, "record", "the file does not begin with a warcinfo record")


def _examine(record: Record, survey: Survey, digests: bool) -> _Facts:
    """Read a record's block, check its digests, and return what its index line needs."""
    http = (record.get("content-type") or "").startswith("application/http")
    first = record.read(min(record.content_length, _PIECE))
    head, body = split_head(first) if http else (b"", first)
    line, headers = parse_head(head)
    values = {name.lower(): value for name, value in reversed(headers)}
    if record.kind == "revisit":
        refers_to = record.get("warc-refers-to-target-uri") or record.target_uri
        date = record.get("warc-refers-to-date") or ""
        survey.revisits.append((record.offset, refers_to, date, record.get("warc-payload-digest")))
    if digests:
        chunked = "chunked" in values.get("transfer-encoding", "").lower()
        _check_digests(record, first, len(first) - len(body), chunked, survey)
    mime = values.get("content-type") if http else record.get("content-type")
    return _Facts(
        record,
        mime=REVISIT_MIME if record.kind == "revisit" else mime,
        status=parse_status_line(line)[1] if record.kind != "request" else 0,
        request=(head, body) if record.kind == "request" else (b"", b""),
    )


def _check_digests(record: Record, first: bytes, body_at: int, chunked: bool, survey: Survey) -> None:
    """Compute the digests of a record again, reading the rest of its block.

    The payload of a chunked message is, by the standard, the message without its chunks; many programs take
    the digest of the bytes with them. Either is right here.
    """
    block = _Digest(record.get("warc-block-digest"))
    dechunked = _Digest(record.get(DECHUNKED_DIGEST.lower()))
    # The payload digest of a revisit speaks of a payload that is not in it.
    payload = _Digest(record.get("warc-payload-digest") if record.kind != "revisit" else None)
    whole = [first[body_at:]] if chunked and record.content_length <= _WHOLE_BODY else None
    block.update(first)
    payload.update(first[body_at:])
    while piece := record.read(min(_PIECE, record.content_length)):
        block.update(piece)
        payload.update(piece)
        if whole is not None:
            whole.append(piece)
    if block.wrong:
        survey.add(record.offset, "digest", f"block does not match {block.text} ({record.target_uri})")
    plain = dechunk(b"".join(whole)) if whole is not None else None
    if payload.wrong and (plain is None or payload.wrong_for(plain)):
        survey.add(record.offset, "digest", f"payload does not match {payload.text} ({record.target_uri})")
    if plain is not None and dechunked.wrong_for(plain):
        survey.add(record.offset, "digest", f"payload without its chunks does not match {dechunked.text}")


class _Digest:
    """A digest as a record names it, beside the one computed; unknown algorithms are not judged."""

    def __init__(self, text: str | None) -> None:
        self.text = text or ""
        algorithm, _, value = self.text.partition(":")
        self._name = algorithm.lower().replace("-", "")
        self._expected = _raw_digest(value.strip(), _DIGEST_SIZES.get(self._name, 0))
        self._hash = hashlib.new(self._name, usedforsecurity=False) if self._name in _DIGEST_SIZES else None

    def update(self, data: bytes) -> None:
        if self._hash is not None:
            self._hash.update(data)

    @property
    def wrong(self) -> bool:
        return self._hash is not None and self._hash.digest() != self._expected

    def wrong_for(self, data: bytes) -> bool:
        """Whether data, instead of what was fed in, does not match."""
        if self._hash is None:
            return False
        return hashlib.new(self._name, data, usedforsecurity=False).digest() != self._expected


def _raw_digest(value: str, size: int) -> bytes:
    """Return a digest written in base 16 or base 32 as bytes; empty where it is neither."""
    try:
        if len(value) == 2 * size:
            return bytes.fromhex(value)
        return base64.b32decode(value + "=" * (-len(value) % 8), casefold=True)
    except (ValueError, binascii.Error):
        return b""
