"""Exchanges to archive, and other programs' opinion of the result."""

import contextlib
import io
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from crawler.archive import Exchange, WarcWriter

STARTED = datetime(2026, 3, 5, 6, 7, 8, 123456, tzinfo=UTC)
REQUEST_HEAD = b"GET /news/html/?411.html HTTP/1.1\r\nHost: www.example.cn\r\nUser-Agent: test\r\n\r\n"
RESPONSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gb2312\r\nSet-Cookie: a=1\r\n\r\n"
URL = "http://www.example.cn/news/html/?411.html"


def exchange(**changes: Any) -> Exchange:
    values: dict[str, Any] = {
        "url": URL,
        "started": STARTED,
        "ip": "192.0.2.7",
        "request_head": REQUEST_HEAD,
        "response_head": RESPONSE_HEAD,
        "response_body": "<p>党建工作</p>".encode("gb2312"),
    }
    return Exchange(**{**values, **changes})


def writer(folder: Path, **changes: Any) -> WarcWriter:
    values: dict[str, Any] = {
        "prefix": "demo",
        "software": "dangjian/0",
        "operator": "A. Reader <reader@example.org>",
    }
    return WarcWriter(folder, **{**values, **changes})


def only_file(folder: Path) -> Path:
    [path] = folder.glob("*.warc.gz")
    return path


def warcio_complaints(path: Path) -> str:
    """Return what `warcio check` says about a file; empty where it passes."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = Checker(Namespace(inputs=[str(path)], verbose=False)).process_all()
    return output.getvalue() + (f"exit {status}" if status else "")


def warcio_records(path: Path) -> list[tuple[str, dict[str, str], Any, bytes]]:
    """Return type, WARC header, HTTP headers and raw content of every record, as warcio reads them."""
    with path.open("rb") as file:
        return [
            (
                record.rec_type,
                dict(record.rec_headers.headers),
                record.http_headers,
                record.raw_stream.read(),
            )
            for record in ArchiveIterator(file)
        ]
