"""Write exchanges into WARC files that stay whole whatever happens.

Why the files are written the way they are:

* Each exchange goes to the operating system in one append, so that a killed process leaves at worst one torn
  member at the end of one file. No record is buffered in the process: what `write` has returned survives its
  death.
* A file is named `….warc.gz.open` until it is finished. Its writer holds a lock on it, so that `recover` can
  tell a file left behind by a dead process from one that is being written, and other tools leave it alone by
  its name.
* Every file is new (`O_EXCL`); no run appends to a file of another, and two writers never share one.
* fsync is done when a file is finished and on `flush(sync=True)`, not for every record: it costs
  milliseconds, and losing power is answered by `recover`, which keeps every whole record.
"""

import errno
import ipaddress
import os
import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.archive import records
from crawler.archive.cdxj import DECHUNKED, REVISIT_MIME, Journal, index_line, merge_when_many
from crawler.archive.entity import dechunk
from crawler.archive.errors import ArchiveError
from crawler.archive.exchange import Exchange, KnownPayloads, PriorCapture
from crawler.archive.files import OPEN_SUFFIX, lock_file, sync_folder
from crawler.archive.heads import (
    cut_head,
    parse_head,
    parse_status_line,
    request_head,
    response_head,
    target_uri,
)
from crawler.archive.repair import Repair, recover
from crawler.items import WarcPointer

_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_TRUNCATED = frozenset({"length", "time", "disconnect", "unspecified"})
_TRIES = 1000


class WarcWriter:
    """Write exchanges to WARC 1.1 files in a folder; a context manager.

    Not safe to share between threads. Two writers, in one process or in many, may work in one folder.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        prefix: str,
        software: str,
        operator: str | None = None,
        max_bytes: int = 1_000_000_000,
        user_agent: str | None = None,
        robots: str | None = "obey",
        description: str | None = None,
        known_payloads: KnownPayloads | None = None,
    ) -> None:
        """Make the folder and finish what dead processes left in it; no file is made before the first write.

        `prefix` begins the file names: the site's key. `software`, `operator` (name and contact),
        `user_agent`, `robots` (the policy kept) and `description` are told in each file's warcinfo record. A
        file that has reached `max_bytes` is finished and the next one begun. `known_payloads` finds the
        capture a revisit record refers to.

        Raises ArchiveError where the folder cannot be made or written.
        """
        self.folder = Path(folder)
        self.prefix = _NAME.sub("-", prefix).strip(".-") or "warc"
        self.max_bytes = max_bytes
        self._warcinfo = records.warc_fields(
            (
                ("software", software),
                ("format", "WARC File Format 1.1"),
                ("conformsTo", records.CONFORMS_TO),
                ("operator", operator),
                ("http-header-user-agent", user_agent),
                ("robots", robots),
                ("hostname", socket.gethostname()),
                ("isPartOf", prefix),
                ("description", description),
            )
        )
        self._host = _NAME.sub("-", socket.gethostname()) or "host"
        self._known_payloads = known_payloads
        self._serial = 0
        self._file: _OpenFile | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(
                f"{self.folder}: cannot make the archive's folder: {error.strerror}"
            ) from error
        self.recovered: list[Repair] = recover(self.folder)
        """What was done about files that dead processes had left."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, exchange: Exchange) -> WarcPointer:
        """Append an exchange and return where its response stands.

        Writes a response record, or a revisit record where the payload is known, and a request record that
        names it. When this returns, both have been handed to the operating system.

        Raises ExchangeError, with nothing written, where the exchange makes no sense, and ArchiveError where
        the system refuses (full disk, …); the file then ends with its last whole record, and the next write
        may succeed.
        """
        told = _told(exchange)
        prior = self._prior(exchange, told)
        digest = told.digest if prior is None else prior.payload_digest or told.digest
        record_id = records.new_record_id()
        file = self._ready()
        common = (
            ("WARC-Date", told.date),
            ("WARC-Target-URI", told.uri),
            ("WARC-IP-Address", _ip(exchange.ip)),
            ("WARC-Warcinfo-ID", f"<{file.warcinfo_id}>"),
        )
        if prior is None:
            response = _response(exchange, told, record_id, common)
        else:
            response = _revisit(told, prior, digest, record_id, common)
        request = _request(exchange, record_id, common)
        offset, length = file.append([response, request] if request else [response])
        file.journal.add(
            index_line(
                told.uri,
                told.date,
                mime=REVISIT_MIME if prior else told.mime,
                status=told.status,
                digest=digest,
                dechunked=None if prior else told.dechunked,
                length=length,
                offset=offset,
                filename=file.name,
                request=(exchange.request_head, exchange.request_body),
            )
        )
        return WarcPointer(
            file=file.name, offset=offset, length=length, record_id=record_id, payload_digest=digest
        )

    def write_resource(
        self, url: str, body: bytes, *, content_type: str, date: datetime | None = None
    ) -> WarcPointer:
        """Append a resource record: something that was had without an HTTP exchange, under an address of our
        choice.

        `url` is any URI (`urn:…`, `metadata:…`, http). Errors as in `write`.
        """
        return self._write_other("resource", url, body, content_type, date, None)

    def write_metadata(
        self,
        url: str,
        content: Sequence[tuple[str, str]] | bytes,
        *,
        content_type: str = "application/warc-fields",
        date: datetime | None = None,
        concurrent_to: WarcPointer | None = None,
    ) -> WarcPointer:
        """Append a metadata record about an address: name and value pairs, or bytes of any content type.

        `concurrent_to` is the response it belongs to. Errors as in `write`.
        """
        block = content if isinstance(content, bytes) else records.warc_fields(content)
        return self._write_other("metadata", url, block, content_type, date, concurrent_to)

    def _write_other(
        self,
        kind: str,
        url: str,
        block: bytes,
        content_type: str,
        date: datetime | None,
        concurrent_to: WarcPointer | None,
    ) -> WarcPointer:
        uri = target_uri(url, any_scheme=True)
        moment = records.warc_date(date or datetime.now(UTC))
        digest = records.sha1_digest(block)
        record_id = records.new_record_id()
        file = self._ready()
        fields = (
            ("WARC-Date", moment),
            ("WARC-Target-URI", uri),
            ("WARC-Warcinfo-ID", f"<{file.warcinfo_id}>"),
            ("WARC-Concurrent-To", f"<{concurrent_to.record_id}>" if concurrent_to else None),
            ("WARC-Payload-Digest", digest),
        )
        content_type = records.one_line(content_type)
        offset, length = file.append([_record(kind, record_id, content_type, fields, [block])])
        if content_type != "application/warc-fields":
            file.journal.add(
                index_line(
                    uri,
                    moment,
                    mime=content_type,
                    status=0,
                    digest=digest,
                    length=length,
                    offset=offset,
                    filename=file.name,
                )
            )
        return WarcPointer(
            file=file.name, offset=offset, length=length, record_id=record_id, payload_digest=digest
        )

    def flush(self, *, sync: bool = False) -> None:
        """Hand everything to the operating system; with `sync`, also see it on the disk (some milliseconds).

        Records are with the operating system as soon as they are written; this is for the index beside them.
        Raises ArchiveError where the disk is full or broken.
        """
        if self._file is not None:
            self._file.flush(sync=sync)

    def close(self) -> None:
        """Finish the file that is open: see it on the disk, sort its index, give it its final name.

        Another write begins a new file. Raises ArchiveError as `flush` does; the records are safe even then.
        """
        if self._file is not None:
            self._finish()
            merge_when_many(self.folder)

    def _finish(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        if file.broken:
            file.abandon()
        else:
            file.finish()

    def _prior(self, exchange: Exchange, told: "_Told") -> PriorCapture | None:
        """Ask for the capture that this response repeats.

        Nothing is gained for an empty body, and a body that was cut repeats nothing.
        """
        if self._known_payloads is None or exchange.truncated:
            return None
        if not exchange.response_body:
            prior = self._known_payloads(None, told.uri) if told.status == 304 else None
            return prior if prior is not None and prior.payload_digest else None
        prior = self._known_payloads(told.digest, told.uri)
        if prior is not None and prior.payload_digest not in {None, told.digest}:
            return None  # a mistaken caller must not cost the payload
        if prior is None and told.dechunked is not None:
            prior = self._known_payloads(f"{DECHUNKED}{told.dechunked}", told.uri)
        return prior

    def _ready(self) -> "_OpenFile":
        """Return the file to append to, a new one where none is open or the last is full."""
        if self._file is not None and (self._file.broken or self._file.size >= self.max_bytes):
            self._finish()
        if self._file is None:
            self._file = self._begin()
        return self._file

    def _begin(self) -> "_OpenFile":
        for _ in range(_TRIES):
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
            name = f"{self.prefix}-{stamp}-{self._serial:05d}-{self._host}-{os.getpid()}.warc.gz"
            self._serial += 1
            file = _OpenFile.create(self.folder, name)
            if file is None:
                continue
            fields = (("WARC-Date", records.warc_date(datetime.now(UTC))), ("WARC-Filename", name))
            member = _record(
                "warcinfo", file.warcinfo_id, "application/warc-fields", fields, [self._warcinfo]
            )
            try:
                file.append([member])
            except BaseException:
                file.discard()
                raise
            return file
        raise ArchiveError(f"{self.folder}: no free name for a new WARC file")


class _OpenFile:
    """One WARC file while it grows: a locked descriptor, the size of its whole records, and its index."""

    def __init__(self, path: Path, name: str, descriptor: int) -> None:
        self.path = path
        self.name = name
        self.size = 0
        self.broken = False
        self.warcinfo_id = records.new_record_id()
        self.journal = Journal(path.with_name(name))
        self._descriptor = descriptor

    @classmethod
    def create(cls, folder: Path, name: str) -> "_OpenFile | None":
        """Make and lock a new file; None where the name is taken, also by `recover` in the moment between."""
        path = folder / f"{name}{OPEN_SUFFIX}"
        if (folder / name).exists():
            return None
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            return None
        except OSError as error:
            raise _refused(path, error) from error
        if lock_file(descriptor, path):
            return cls(path, name, descriptor)
        os.close(descriptor)
        return None

    def append(self, members: Iterable[Iterable[bytes]]) -> tuple[int, int]:
        """Append records; return offset and length of the first. All or nothing: cut back on any failure."""
        start = self.size
        position = start
        first_length = 0
        pending: list[bytes] = []
        pending_size = 0
        try:
            for index, member in enumerate(members):
                for piece in member:
                    pending.append(piece)
                    pending_size += len(piece)
                    position += len(piece)
                    if pending_size >= 1 << 20:
                        self._write_all(b"".join(pending))
                        pending, pending_size = [], 0
                if index == 0:
                    first_length = position - start
            self._write_all(b"".join(pending))
        except BaseException as error:
            self._cut_back(start)
            if isinstance(error, OSError):
                raise _refused(self.path, error) from error
            raise
        self.size = position
        return start, first_length

    def _write_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[_write(self._descriptor, view) :]

    def _cut_back(self, size: int) -> None:
        """Take the torn record off; should even that fail, the file is left to `recover`, which does the
        same."""
        try:
            os.ftruncate(self._descriptor, size)
            os.lseek(self._descriptor, size, os.SEEK_SET)
        except OSError:
            self.broken = True

    def flush(self, *, sync: bool) -> None:
        try:
            self.journal.flush()
            if sync:
                os.fsync(self._descriptor)
        except OSError as error:
            raise _refused(self.path, error) from error

    def finish(self) -> None:
        try:
            os.fsync(self._descriptor)
            self.journal.finish()
            self.path.rename(self.path.with_name(self.name))
            sync_folder(self.path.parent)
        except OSError as error:
            raise _refused(self.path, error) from error
        finally:
            os.close(self._descriptor)

    def abandon(self) -> None:
        """Leave the file to `recover`."""
        os.close(self._descriptor)

    def discard(self) -> None:
        """Remove a file that holds no whole record."""
        self.path.unlink(missing_ok=True)
        os.close(self._descriptor)


def _write(descriptor: int, data: memoryview) -> int:
    """Write to the file; a seam for tests of a full disk."""
    return os.write(descriptor, data)


@dataclass(frozen=True, slots=True)
class _Told:
    """What an exchange says, in WARC terms."""

    uri: str
    date: str
    head: bytes
    flooded: bool
    protocol: str | None
    status: int
    mime: str | None
    digest: str
    dechunked: str | None
    """Digest of the body without the chunks it still has; None where it has none."""


def _told(exchange: Exchange) -> _Told:
    """Read an exchange. Raises ExchangeError where it makes no sense."""
    head, protocol = response_head(exchange.response_head, transfer_decoded=exchange.transfer_decoded)
    head, flooded = cut_head(head)
    first_line, headers = parse_head(head)
    values = {name.lower(): value for name, value in reversed(headers)}
    chunked = not exchange.transfer_decoded and "chunked" in values.get("transfer-encoding", "").lower()
    return _Told(
        uri=target_uri(exchange.url),
        date=records.warc_date(exchange.started),
        head=head,
        flooded=flooded,
        protocol=protocol,
        status=parse_status_line(first_line)[1],
        mime=values.get("content-type"),
        digest=records.sha1_digest(exchange.response_body),
        dechunked=records.sha1_digest(dechunk(exchange.response_body)) if chunked else None,
    )


def _response(exchange: Exchange, told: _Told, record_id: str, common: records.Fields) -> Iterable[bytes]:
    truncated = exchange.truncated or ("length" if told.flooded else None)
    fields = (
        *common,
        ("WARC-Protocol", told.protocol),
        ("WARC-Payload-Digest", told.digest),
        (records.DECHUNKED_DIGEST, told.dechunked),
        ("WARC-Truncated", truncated if truncated in _TRUNCATED or truncated is None else "unspecified"),
    )
    block = [told.head, exchange.response_body]
    return _record("response", record_id, "application/http; msgtype=response", fields, block)


def _revisit(
    told: _Told, prior: PriorCapture, digest: str, record_id: str, common: records.Fields
) -> Iterable[bytes]:
    profile = records.REVISIT_NOT_MODIFIED if told.status == 304 else records.REVISIT_IDENTICAL
    fields = (
        *common,
        ("WARC-Protocol", told.protocol),
        ("WARC-Profile", profile),
        ("WARC-Refers-To", f"<{prior.record_id}>" if prior.record_id else None),
        ("WARC-Refers-To-Target-URI", target_uri(prior.url)),
        ("WARC-Refers-To-Date", records.warc_date(prior.date)),
        ("WARC-Payload-Digest", digest),
        ("WARC-Truncated", "length" if told.flooded else None),
    )
    return _record("revisit", record_id, "application/http; msgtype=response", fields, [told.head])


def _request(exchange: Exchange, response_id: str, common: records.Fields) -> Iterable[bytes] | None:
    """Return the request record that belongs to a response; None where the request is not known."""
    head, _ = cut_head(request_head(exchange.request_head))
    if not head:
        return None
    body = exchange.request_body
    fields = (
        *common,
        ("WARC-Concurrent-To", f"<{response_id}>"),
        ("WARC-Payload-Digest", records.sha1_digest(body) if body else None),
    )
    record_id = records.new_record_id()
    return _record("request", record_id, "application/http; msgtype=request", fields, [head, body])


def _record(
    kind: str, record_id: str, content_type: str, fields: records.Fields, block: Sequence[bytes]
) -> Iterable[bytes]:
    header = records.header_block(
        (
            ("WARC-Type", kind),
            ("WARC-Record-ID", f"<{record_id}>"),
            *fields,
            ("WARC-Block-Digest", records.sha1_digest(*block)),
            ("Content-Type", content_type),
            ("Content-Length", str(sum(map(len, block)))),
        )
    )
    return records.gzip_member(header, block)


@lru_cache(maxsize=1024)
def _ip(address: str | None) -> str | None:
    """Return an IP address in its plain form, None for anything else."""
    try:
        return str(ipaddress.ip_address(address)) if address else None
    except ValueError:
        return None


def _refused(path: Path, error: OSError) -> ArchiveError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    reason = f"no space left ({error.strerror})" if full else error.strerror
    return ArchiveError(f"{path}: cannot write: {reason}")
