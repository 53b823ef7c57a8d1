"""Write exchanges into WARC files that stay whole whatever happens.

Why the files are written the way they are:

* Each exchange goes to the operating system in one append, so that a killed process leaves at worst one torn
  member at the end of one file. No record is buffered in the process: what `write` has returned survives its
  death.
* A file is named `….warc.gz.open` until it is finished. Its writer holds a lock on it, so that `recover` can
  tell a file left behind by a dead process from one that is being written, and other tools leave it alone by
  its name.
* Every file is new (`O_EXCL`); no run appends to a file of another, and two writers never share one.
* fsync is done when a file is finished and on `sync`, not for every record: it costs milliseconds. Who
  remembers a record for good calls `sync` before (`crawler/recorder.py`: before each commit); `recover`
  keeps every whole record that a power cut has left.
"""

import os
import re
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.archive import records
from crawler.archive.cdxj import DECHUNKED, REVISIT_MIME, index_line, merge_when_many
from crawler.archive.compose import (
    Told,
    plain_ip,
    record_member,
    request_record,
    response_record,
    revisit_record,
    told_by,
)
from crawler.archive.errors import ArchiveError
from crawler.archive.exchange import Exchange, KnownPayloads, PriorCapture
from crawler.archive.growing import GrowingFile
from crawler.archive.heads import (
    target_uri,
)
from crawler.archive.repair import Repair, recover
from crawler.items import WarcPointer

_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
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
        self._file: GrowingFile | None = None
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
        told = told_by(exchange)
        prior = self._prior(exchange, told)
        digest = told.digest if prior is None else prior.payload_digest or told.digest
        record_id = records.new_record_id()
        file = self._ready()
        common = (
            ("WARC-Date", told.date),
            ("WARC-Target-URI", told.uri),
            ("WARC-IP-Address", plain_ip(exchange.ip)),
            ("WARC-Warcinfo-ID", f"<{file.warcinfo_id}>"),
        )
        if prior is None:
            response = response_record(exchange, told, record_id, common)
        else:
            response = revisit_record(told, prior, digest, record_id, common)
        request = request_record(exchange, record_id, common)
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
        offset, length = file.append([record_member(kind, record_id, content_type, fields, [block])])
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

    def sync(self) -> None:
        """See on the disk what `write` has returned so far; the one method for other threads too.

        Raises ArchiveError.
        """
        file = self._file
        if file is not None:
            file.sync()

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

    def _prior(self, exchange: Exchange, told: Told) -> PriorCapture | None:
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

    def _ready(self) -> GrowingFile:
        """Return the file to append to, a new one where none is open or the last is full."""
        if self._file is not None and (self._file.broken or self._file.size >= self.max_bytes):
            self._finish()
        if self._file is None:
            self._file = self._begin()
        return self._file

    def _begin(self) -> GrowingFile:
        for _ in range(_TRIES):
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
            name = f"{self.prefix}-{stamp}-{self._serial:05d}-{self._host}-{os.getpid()}.warc.gz"
            self._serial += 1
            file = GrowingFile.create(self.folder, name)
            if file is None:
                continue
            fields = (("WARC-Date", records.warc_date(datetime.now(UTC))), ("WARC-Filename", name))
            member = record_member(
                "warcinfo", file.warcinfo_id, "application/warc-fields", fields, [self._warcinfo]
            )
            try:
                file.append([member])
            except BaseException:
                file.discard()
                raise
            return file
        raise ArchiveError(f"{self.folder}: no free name for a new WARC file")
