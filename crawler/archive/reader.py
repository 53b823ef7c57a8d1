"""Read archived responses back: by pointer, or streaming over whole files, ours and anybody's."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from crawler.archive.entity import MAX_ENTITY, decode_entity
from crawler.archive.errors import ArchiveError
from crawler.archive.files import OPEN_SUFFIX, archive_file
from crawler.archive.heads import HeaderLines, parse_head, parse_status_line, split_head
from crawler.archive.index import ArchiveIndex
from crawler.archive.members import Record, open_warc, read_records
from crawler.archive.records import parse_warc_date
from crawler.items import WarcPointer

MAX_BODY = 256 << 20
"""Bytes of a body that are read into memory unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class ArchivedResponse:
    """One HTTP response as it stands in an archive."""

    url: str
    """Address it was captured from."""
    date: datetime
    """When, in UTC."""
    status: int
    """HTTP status code; 0 where the status line is not understood."""
    reason: str
    """Reason phrase as sent, often empty."""
    protocol: str
    """`HTTP/1.1` or what the status line says."""
    headers: HeaderLines
    """Header lines as name and value, in order, with their letter case, repeated ones repeated."""
    head: bytes = field(repr=False)
    """Status line and headers as archived."""
    body: bytes = field(repr=False)
    """The payload as archived: not content-decoded; of a revisit, the payload it refers to where that was
    found."""
    record_type: str = "response"
    """`response` or `revisit`."""
    record_id: str = ""
    """WARC-Record-ID, `urn:uuid:…` without angle brackets."""
    payload_digest: str | None = None
    """WARC-Payload-Digest as archived."""
    ip: str | None = None
    """WARC-IP-Address."""
    truncated: str | None = None
    """WARC-Truncated, or `length` where the reader's own limit cut the body."""
    refers_to: tuple[str, str] | None = None
    """Of a revisit: address and WARC-Date of the capture that holds the payload."""
    original: "ArchivedResponse | None" = field(default=None, repr=False)
    """Of a revisit that was resolved: the capture that the body comes from."""
    file: str = ""
    """Name of the file it was read from."""
    offset: int | None = None
    """Where to read it again; None where the file does not allow that (many records in one gzip member)."""
    length: int | None = None
    """Length of its gzip member, where known."""

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever its letter case."""
        name = name.lower()
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def content_type(self) -> str | None:
        """Value of the Content-Type header; of a 304, which has none, that of the capture it confirms."""
        own = self.header("content-type")
        return self.original.content_type if own is None and self.original is not None else own

    def entity(self, *, max_bytes: int = MAX_ENTITY) -> bytes:
        """Return the body after transfer and content decoding: what a browser would show.

        Raises EntityError where it would be larger than `max_bytes`, or needs a coding that is not installed.
        """
        # The headers of a 304 do not speak of the body; those of the capture it confirms do.
        headers = self.original.headers if self.original is not None else self.headers
        return decode_entity(headers, self.body, max_bytes=max_bytes)


def read_record(
    folder: str | os.PathLike[str],
    pointer: WarcPointer,
    *,
    resolve: bool = True,
    index: ArchiveIndex | None = None,
    max_body: int = MAX_BODY,
) -> ArchivedResponse:
    """Return the response that a pointer names, from a finished file or one that is still being written.

    A revisit record gets the payload it refers to, unless `resolve` is off; `index` spares opening the
    folder's index for each. Raises ArchiveError where the file is missing or damaged, another record stands
    there, or the payload of a revisit is not in the archive.
    """
    response = read_at(folder, pointer.file, pointer.offset, resolve=resolve, index=index, max_body=max_body)
    if pointer.record_id and response.record_id != pointer.record_id:
        raise ArchiveError(
            f"{pointer.file}: offset {pointer.offset}: record {response.record_id} stands where "
            f"{pointer.record_id} should"
        )
    return response


def read_at(
    folder: str | os.PathLike[str],
    name: str,
    offset: int,
    *,
    resolve: bool = True,
    index: ArchiveIndex | None = None,
    max_body: int = MAX_BODY,
) -> ArchivedResponse:
    """Return the response whose record begins at an offset of a file in the archive: what the index points
    to.

    `resolve`, `index` and errors as in `read_record`.
    """
    path = archive_file(folder, name)
    with open_warc(path) as file:
        if not 0 <= offset < os.fstat(file.fileno()).st_size:
            raise ArchiveError(f"{name}: offset {offset}: not within the file")
        file.seek(offset)
        record = next(read_records(file, name=name, offset=offset), None)
        if record is None or record.offset != offset:
            raise ArchiveError(f"{name}: offset {offset}: no record begins here")
        response = to_response(record, name, max_body)
    if response is None:
        raise ArchiveError(f"{name}: offset {offset}: no response but a {record.kind} record")
    if not resolve or response.refers_to is None:
        return response
    if index is not None:
        return _resolve(folder, response, index, max_body)
    with ArchiveIndex(folder) as own_index:
        return _resolve(folder, response, own_index, max_body)


def _resolve(
    folder: str | os.PathLike[str], response: ArchivedResponse, index: ArchiveIndex, max_body: int
) -> ArchivedResponse:
    """Return a revisit with the payload it refers to."""
    url, date = response.refers_to or ("", "")
    entry = index.original(url, date, response.payload_digest)
    if entry is None:
        raise ArchiveError(
            f"{response.file}: offset {response.offset}: the payload is not in the archive ({url}, {date})"
        )
    original = read_at(folder, entry.filename, entry.offset, resolve=False, max_body=max_body)
    return replace(response, body=original.body, truncated=original.truncated, original=original)


def iter_responses(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    wanted: Callable[[str], bool] | None = None,
    revisits: bool = False,
    max_body: int = MAX_BODY,
) -> Iterator[ArchivedResponse]:
    """Yield the HTTP responses of one WARC file, ours or anybody's, compressed in any way or not at all.

    `wanted` is asked for each address, and what it refuses is skipped unread. `revisits` adds revisit
    records, whose bodies stand elsewhere. Bodies beyond `max_body` are cut and marked. Memory holds one
    response. Raises ArchiveError where the file cannot be read further; what came before is whole.
    """
    if not isinstance(source, (str, os.PathLike)):
        name = str(getattr(source, "name", ""))
        yield from _responses(source, name, wanted, revisits, max_body)
        return
    with open_warc(source) as file:
        name = Path(source).name.removesuffix(OPEN_SUFFIX)
        yield from _responses(file, name, wanted, revisits, max_body)


def _responses(
    file: BinaryIO, name: str, wanted: Callable[[str], bool] | None, revisits: bool, max_body: int
) -> Iterator[ArchivedResponse]:
    kinds = {"response", "revisit"} if revisits else {"response"}
    for record in read_records(file, name=name):
        if record.kind in kinds and (wanted is None or wanted(record.target_uri)):
            response = to_response(record, name, max_body)
            if response is not None:
                yield response


def to_response(record: Record, name: str, max_body: int) -> ArchivedResponse | None:
    """Return the HTTP response in a record; None where there is none (a DNS answer, a request)."""
    kind = record.kind
    url = record.target_uri
    if kind not in {"response", "revisit"} or not url[:8].lower().startswith(("http://", "https://")):
        return None
    block = record.read(min(record.content_length, max_body))
    cut = record.content_length > max_body
    record.close()
    head, body = split_head(block)
    first_line, headers = parse_head(head)
    protocol, status, reason = parse_status_line(first_line)
    try:
        date = parse_warc_date(record.get("warc-date") or "")
    except ValueError:
        date = datetime.fromtimestamp(0, UTC)
    refers_to = None
    if kind == "revisit":
        refers_to = (record.get("warc-refers-to-target-uri") or url, record.get("warc-refers-to-date") or "")
    return ArchivedResponse(
        url=url,
        date=date,
        status=status,
        reason=reason,
        protocol=protocol,
        headers=headers,
        head=head,
        body=body,
        record_type=kind,
        record_id=record.record_id,
        payload_digest=record.get("warc-payload-digest"),
        ip=record.get("warc-ip-address"),
        truncated="length" if cut else record.get("warc-truncated"),
        refers_to=refers_to,
        file=name,
        offset=record.offset if record.alone else None,
        length=record.length,
    )
