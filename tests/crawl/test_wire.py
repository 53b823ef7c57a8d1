"""What the archive holds of an exchange is what went over the wire."""

import gzip
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import iter_responses
from crawler.archive.reader import ArchivedResponse
from tests.crawl.running import Outcome, article_page, dangjian
from tests.support import Connection, Hostile, RawServer

PAGE = article_page(1).encode()
CHUNKED = b"400\r\n" + PAGE[:1024] + b"\r\n" + f"{len(PAGE) - 1024:X};note=1\r\n".encode() + PAGE[1024:]
CHUNKED += b"\r\n0\r\nX-Trailer: end\r\n\r\n"
GZIPPED = gzip.compress(PAGE)


def head(first: bytes, *lines: bytes) -> bytes:
    return b"\r\n".join((first, *lines)) + b"\r\n\r\n"


ODD_HEAD = head(
    b"HTTP/1.0 200 Ganz in Ordnung",
    b"SERVER: old",
    b"x-pOwered-By: PHP/5.2",
    b"Set-Cookie: a=1",
    b"set-cookie: b=2",
    b"Content-Type: text/html; charset=utf-8",
    b"X-Empty:",
    b"Content-Length: %d" % len(PAGE),
)
CHUNKED_HEAD = head(
    b"HTTP/1.1 200 OK", b"Content-type: text/html", b"Transfer-Encoding: chunked", b"Connection: close"
)
GZIP_HEAD = head(
    b"HTTP/1.1 200 OK",
    b"Content-Type: text/html",
    b"Content-Encoding: gzip",
    b"Content-Length: %d" % len(GZIPPED),
)
MOVED = (
    head(b"HTTP/1.1 302 Moved Temporarily", b"Location: /odd?412.html&a=%B5%B3", b"Content-Length: 5")
    + b"there"
)
ROBOTS = head(b"HTTP/1.1 200 Here You Are", b"Content-Type: text/plain", b"Content-Length: 26")
ROBOTS += b"User-agent: *\nDisallow: /n\n"
PDF = head(b"HTTP/1.1 200 OK", b"Content-Type: application/pdf", b"Content-Length: 9") + b"%PDF-1.4\n"
EARLY = head(b"HTTP/1.1 103 Early Hints", b"Link: </s.css>")
EARLY += b"HTTP/1.1 404 Nicht Da\nContent-Type: text/html\nContent-Length: 4\n\ngone"


class Wire:
    """One run of `dangjian fetch` against a server that sends exact bytes."""

    def __init__(self, folder: Path) -> None:
        self.asked: dict[str, bytes] = {}
        answers = {
            "/robots.txt": [ROBOTS],
            "/odd": [ODD_HEAD, PAGE],
            "/odd?412.html&a=%B5%B3": [ODD_HEAD, PAGE],
            "/chunked": [CHUNKED_HEAD, CHUNKED[:700], CHUNKED[700:]],
            "/gzip": [GZIP_HEAD, GZIPPED],
            "/moved": [MOVED],
            "/file.pdf": [PDF],
            "/gone": [EARLY],
        }
        with RawServer({path: self._noting(pieces) for path, pieces in answers.items()}) as server:
            self.base = server.url
            urls = [
                server.url + path for path in ("/odd", "/chunked", "/gzip", "/moved", "/file.pdf", "/gone")
            ]
            self.outcome: Outcome = dangjian("fetch", "--json", *urls, data=folder)
        self.files = sorted(folder.glob("warc/*.warc.gz"))
        self.records: dict[str, ArchivedResponse] = {
            record.url.removeprefix(self.base): record
            for file in self.files
            for record in iter_responses(file)
        }

    def _noting(self, pieces: list[bytes]) -> Hostile:
        def script(client: Connection) -> Iterable[bytes]:
            self.asked[client.path] = client.request
            return pieces

        return script


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Wire:
    return Wire(tmp_path_factory.mktemp("wire"))


def test_status_line_and_headers_keep_case_order_and_repetition(wire: Wire) -> None:
    assert wire.records["/odd"].head == ODD_HEAD
    assert wire.records["/odd"].body == PAGE


def test_chunk_framing_is_kept(wire: Wire) -> None:
    assert wire.records["/chunked"].head == CHUNKED_HEAD
    assert wire.records["/chunked"].body == CHUNKED


def test_content_coding_is_kept(wire: Wire) -> None:
    assert wire.records["/gzip"].head == GZIP_HEAD
    assert wire.records["/gzip"].body == GZIPPED


def test_redirects_errors_files_and_robots_are_archived(wire: Wire) -> None:
    assert wire.records["/moved"].head + wire.records["/moved"].body == MOVED
    assert wire.records["/odd?412.html&a=%B5%B3"].head == ODD_HEAD
    assert wire.records["/file.pdf"].body == b"%PDF-1.4\n"
    assert wire.records["/robots.txt"].reason == "Here You Are"


def test_the_final_head_is_kept_where_another_comes_before_it(wire: Wire) -> None:
    assert wire.records["/gone"].reason == "Nicht Da"
    assert wire.records["/gone"].body == b"gone"


def test_request_records_are_what_the_server_received(wire: Wire) -> None:
    for file in wire.files:
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, no_record_parse=True):
                if record.rec_type == "request":
                    path = record.rec_headers.get_header("WARC-Target-URI").removeprefix(wire.base)
                    assert record.raw_stream.read() == wire.asked[path]


def test_a_reading_points_to_its_own_response(wire: Wire) -> None:
    by_url = {article["url"].removeprefix(wire.base): article for article in wire.outcome.articles()}
    for path in ("/odd", "/chunked", "/gzip"):
        assert by_url[path]["warc"]["record_id"] == wire.records[path].record_id


def test_warcio_finds_nothing_wrong(wire: Wire) -> None:
    check = [sys.executable, "-m", "warcio.cli", "check", *map(str, wire.files)]
    assert subprocess.run(check, capture_output=True, timeout=60, check=False).returncode == 0


def test_pages_that_are_no_article_are_told_and_fail_the_verb(wire: Wire) -> None:
    assert "/gone: missing: HTTP 404" in wire.outcome.err
    assert wire.outcome.code != 0
