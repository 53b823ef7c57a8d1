"""The index of the archive: CDXJ lines, one for each capture.

A line is `<SURT key> <14-digit UTC timestamp> <JSON>`, the form of pywb, cdxj-indexer and WACZ. While a WARC
file grows, its lines are appended to a journal beside it (`….cdxj.open`); when it is finished the journal is
sorted (`….cdxj`); sorted files are merged into one `index.cdxj` when they have become many. The index can be
rebuilt from the WARC files at any time.
"""

import base64
import heapq
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote_plus

from crawler.archive.surt import surt

OPEN_SUFFIX = ".open"
INDEX_NAME = "index.cdxj"

_BUFFER = 1 << 16
_SORT_CHUNK = 32 << 20
_MAX_POST_KEY = 4096
_MIME_END = re.compile(r"[;\s,]")
_NO_TOKEN = re.compile(r"[^\x21-\x7e]+")


def journal_path(warc: Path) -> Path:
    """Return the path of the sorted index file that belongs to a WARC file."""
    name = warc.name.removesuffix(OPEN_SUFFIX).removesuffix(".gz").removesuffix(".warc")
    return warc.with_name(f"{name}.cdxj")


def index_line(
    url: str,
    date: str,
    *,
    mime: str | None,
    status: int,
    digest: str | None,
    length: int,
    offset: int,
    filename: str,
    request: tuple[bytes, bytes] = (b"", b""),
) -> str:
    """Return the CDXJ line, with line feed, of one record.

    `date` is its WARC-Date, `request` head and body of what was sent: the body of a POST is part of the key,
    as pywb and ReplayWeb do it, so that pages fetched by POST to one address can be told apart on replay.
    """
    fields: dict[str, str] = {"url": url}
    if mime and (mime := _NO_TOKEN.sub("", _MIME_END.split(mime.strip(), maxsplit=1)[0])):
        fields["mime"] = mime[:100]
    if status:
        fields["status"] = str(status)
    if digest:
        fields["digest"] = digest
    fields.update(length=str(length), offset=str(offset), filename=filename)
    key_url = url
    method = request[0].partition(b" ")[0].decode("ascii", "replace")
    if method in {"POST", "PUT"}:
        body = _request_key(request[0], request[1])
        key_url += f"{'&' if '?' in url else '?'}__wb_method={method}" + (f"&{body}" if body else "")
        fields.update(method=method, requestBody=body)
    timestamp = re.sub(r"\D", "", date)[:14]
    return f"{surt(key_url)} {timestamp} {json.dumps(fields, ensure_ascii=True)}\n"


def _request_key(head: bytes, body: bytes) -> str:
    """Return a request body as part of a query."""
    if not body:
        return ""
    if b"application/x-www-form-urlencoded" in head.lower():
        try:
            return unquote_plus(body.decode("utf-8"))[:_MAX_POST_KEY]
        except UnicodeDecodeError:
            pass
    return f"__wb_post_data={base64.b64encode(body[:_MAX_POST_KEY]).decode('ascii')}"[:_MAX_POST_KEY]


class Journal:
    """The index lines of one WARC file while it grows."""

    def __init__(self, warc: Path) -> None:
        self.path = journal_path(warc)
        self._open_path = self.path.with_name(self.path.name + OPEN_SUFFIX)
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
        with self._open_path.open("ab", buffering=0) as file:
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
        if self._open_path.exists():
            with self._open_path.open("rb") as file:
                write_lines(self.path, sorted_lines(file))
            self._open_path.unlink()


def sorted_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines in byte order, without duplicates, using bounded memory."""
    chunks: list[Iterable[bytes]] = []
    chunk: list[bytes] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line)
        if size > _SORT_CHUNK:
            spill = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the last reference, after the merge
            spill.writelines(sorted(chunk))
            spill.seek(0)
            chunks.append(spill)
            chunk, size = [], 0
    chunk.sort()
    last = b""
    for line in heapq.merge(*chunks, chunk) if chunks else chunk:
        if line != last:
            yield line
        last = line


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write a file that is either there in full or not at all. Raises OSError."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
