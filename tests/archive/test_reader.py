import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive import ArchiveError, PriorCapture, iter_responses, read_at, read_record
from crawler.items import WarcPointer

from .support import STARTED, URL, exchange, only_file, writer


def foreign_warc(*, compress: bool = True, count: int = 3) -> bytes:
    """A WARC file as another program (warcio) writes it, with DNS and metadata records in it."""
    out = io.BytesIO()
    warc = WARCWriter(out, gzip=compress)
    warc.write_record(warc.create_warcinfo_record("x.warc.gz", {"software": "other/1"}))
    for number in range(count):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        url = f"http://b.cn/{number}"
        warc.write_record(
            warc.create_warc_record(
                "dns:b.cn", "response", payload=io.BytesIO(b"b.cn A 1"), warc_content_type="text/dns"
            )
        )
        warc.write_record(
            warc.create_warc_record(
                url, "response", payload=io.BytesIO(b"page %d" % number), http_headers=headers
            )
        )
        warc.write_record(warc.create_warc_record(url, "metadata", payload=io.BytesIO(b"a: b")))
    return out.getvalue()


def urls_and_bodies(path: Path) -> list[tuple[str, bytes]]:
    return [(response.url, response.body) for response in iter_responses(path)]


THREE = [(f"http://b.cn/{number}", b"page %d" % number) for number in range(3)]


def test_other_programs_files_are_read_compressed_and_not(tmp_path: Path) -> None:
    for name, compress in (("a.warc.gz", True), ("a.warc", False)):
        path = tmp_path / name
        path.write_bytes(foreign_warc(compress=compress))
        assert urls_and_bodies(path) == THREE


def test_only_wanted_addresses_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(foreign_warc())
    wanted = [response.url for response in iter_responses(path, wanted=lambda url: url.endswith("1"))]
    assert wanted == ["http://b.cn/1"]


def test_offsets_of_responses_lead_back_to_them(tmp_path: Path) -> None:
    for name, compress in (("a.warc.gz", True), ("a.warc", False)):
        path = tmp_path / name
        path.write_bytes(foreign_warc(compress=compress))
        for response in iter_responses(path):
            assert response.offset is not None
            assert read_at(tmp_path, name, response.offset).body == response.body


def test_a_file_compressed_in_one_piece_is_read_though_no_offset_leads_into_it(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(foreign_warc(compress=False)))
    assert urls_and_bodies(path) == THREE
    assert all(response.offset is None for response in iter_responses(path))


@pytest.mark.parametrize("size", [1, 7, 100, 333])
def test_a_file_whose_members_split_its_records_is_read(tmp_path: Path, size: int) -> None:
    plain = foreign_warc(compress=False)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(gzip.compress(plain[at : at + size]) for at in range(0, len(plain), size)))
    assert urls_and_bodies(path) == THREE


def test_a_stream_that_cannot_seek_and_gives_few_bytes_at_a_time_is_read() -> None:
    class Trickle(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self.rest = data

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            piece, self.rest = self.rest[:3], self.rest[3:]
            return piece

    for compress in (True, False):
        responses = iter_responses(Trickle(foreign_warc(compress=compress)))
        assert [(response.url, response.body) for response in responses] == THREE


def test_the_way_common_crawl_and_old_wget_write_is_understood(tmp_path: Path) -> None:
    body = b"HTTP/1.1 200\r\nX-Crawler-Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"
    header = (
        b"WARC/1.0\r\nwarc-type: Response\r\nWARC-Target-URI: <http://b.cn/>\r\n"
        b"WARC-Date: 2019-01-02T03:04:05Z\r\n"
        b"WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http;msgtype=response\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    path = tmp_path / "cc.warc.gz"
    path.write_bytes(gzip.compress(header + body + b"\r\n\r\n"))
    [response] = iter_responses(path)
    assert (response.url, response.status, response.reason) == ("http://b.cn/", 200, "")
    assert response.entity() == b"ok"
    assert response.date == datetime(2019, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert response.record_id == "urn:uuid:1"


def test_a_wrong_content_length_does_not_hide_the_records_behind_it(tmp_path: Path) -> None:
    plain = foreign_warc(compress=False).replace(b"page 0", b"page 0 and more than was said")
    path = tmp_path / "a.warc"
    path.write_bytes(plain)
    assert urls_and_bodies(path) == THREE


@pytest.mark.parametrize("compress", [True, False])
def test_a_torn_file_gives_its_whole_responses_and_then_an_error(tmp_path: Path, compress: bool) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(foreign_warc(compress=compress)[:-30])
    seen = []
    with pytest.raises(ArchiveError, match=r"a\.warc\.gz: offset \d+: the file ends inside"):
        seen.extend((response.url, response.body) for response in iter_responses(path))
    assert seen == THREE


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>", "no WARC file"),
        (b"\x00" * 100, "no WARC file"),
        (b"\x28\xb5\x2f\xfd....", "zstd"),
        (b"\x1f\x8bnot gzip", "damaged gzip member"),
        (gzip.compress(b"filedesc://a.arc 0.0.0.0 20190102030405 text/plain 76\n", mtime=0), "no WARC file"),
    ],
)
def test_what_is_no_warc_file_is_a_clear_error(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=message):
        list(iter_responses(path))


def test_an_empty_file_holds_nothing_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"")
    assert list(iter_responses(tmp_path / "a.warc.gz")) == []
    with pytest.raises(ArchiveError, match="cannot read: No such file"):
        list(iter_responses(tmp_path / "b.warc.gz"))


def test_an_endless_record_header_is_an_error_and_not_a_full_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"WARC/1.1\r\n" + b"X: y\r\n" * 300_000)
    with pytest.raises(ArchiveError, match="endless record header"):
        list(iter_responses(path))


def test_a_body_beyond_the_limit_is_cut_and_marked(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        archive.write(exchange(response_body=b"x" * 10_000))
        archive.write(exchange())
    large, small = iter_responses(only_file(tmp_path), max_body=500)
    assert large.truncated == "length"
    assert len(large.head + large.body) == 500
    assert large.length is not None
    assert small.truncated is None


class TestPointers:
    @pytest.fixture
    def pointer(self, tmp_path: Path) -> WarcPointer:
        with writer(tmp_path) as archive:
            archive.write(exchange(response_body=b"first"))
            return archive.write(exchange(response_body=b"second"))

    def test_a_pointer_gives_the_response(self, tmp_path: Path, pointer: WarcPointer) -> None:
        response = read_record(tmp_path, pointer)
        assert (response.url, response.status, response.reason) == (URL, 200, "OK")
        assert (response.protocol, response.ip, response.date) == ("HTTP/1.1", "192.0.2.7", STARTED)
        assert response.body == b"second"
        assert response.content_type == "text/html; charset=gb2312"
        assert response.header("SET-COOKIE") == "a=1"
        assert response.payload_digest == pointer.payload_digest
        assert (response.file, response.offset, response.length) == (
            pointer.file,
            pointer.offset,
            pointer.length,
        )

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"offset": 1}, "begin"),
            ({"offset": -1}, "not within the file"),
            ({"offset": 10**12}, "not within the file"),
            ({"offset": 0}, "no response but a warcinfo record"),
            ({"record_id": "urn:uuid:other"}, "stands where urn:uuid:other should"),
            ({"file": "gone.warc.gz"}, "no such file"),
            ({"file": "../x.warc.gz"}, "no name of a file in the archive"),
            ({"file": "/etc/passwd"}, "no name of a file in the archive"),
            ({"file": ""}, "no name of a file in the archive"),
        ],
    )
    def test_a_pointer_to_nothing_is_a_clear_error(
        self, tmp_path: Path, pointer: WarcPointer, changes: dict[str, object], message: str
    ) -> None:
        with pytest.raises(ArchiveError, match=message):
            read_record(tmp_path, pointer.model_copy(update=changes))


class TestRevisits:
    def test_a_revisit_gives_the_payload_it_refers_to(self, tmp_path: Path) -> None:
        with writer(tmp_path) as archive:
            first = archive.write(
                exchange(response_body=b"same", response_head=b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\n")
            )
        prior = PriorCapture(url=URL, date=STARTED, record_id=first.record_id)
        later = STARTED.replace(year=2027)
        with writer(tmp_path, known_payloads=lambda digest, url: prior) as archive:
            second = archive.write(
                exchange(
                    started=later, response_body=b"same", response_head=b"HTTP/1.1 200 OK\r\nA: 2\r\n\r\n"
                )
            )
            response = read_record(tmp_path, second)
        assert response.record_type == "revisit"
        assert response.body == b"same"
        assert response.header("a") == "2"
        assert response.date == later
        assert response.original is not None
        assert response.original.record_id == first.record_id

    def test_a_304_is_decoded_by_the_headers_of_the_capture_it_confirms(self, tmp_path: Path) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/html\r\n\r\n"
        with writer(tmp_path) as archive:
            first = archive.write(exchange(response_head=head, response_body=gzip.compress(b"text")))
        prior = PriorCapture(url=URL, date=STARTED, payload_digest=first.payload_digest)
        with writer(tmp_path, known_payloads=lambda digest, url: prior) as archive:
            second = archive.write(
                exchange(response_head=b"HTTP/1.1 304 Not Modified\r\n\r\n", response_body=b"")
            )
        response = read_record(tmp_path, second)
        assert (response.status, response.content_type, response.entity()) == (304, "text/html", b"text")

    def test_a_revisit_whose_payload_is_lost_is_a_clear_error_unless_not_resolved(
        self, tmp_path: Path
    ) -> None:
        prior = PriorCapture(url="http://gone.cn/", date=STARTED)
        with writer(tmp_path, known_payloads=lambda digest, url: prior) as archive:
            pointer = archive.write(exchange())
        with pytest.raises(ArchiveError, match="payload is not in the archive"):
            read_record(tmp_path, pointer)
        assert read_record(tmp_path, pointer, resolve=False).body == b""

    def test_revisits_are_yielded_only_when_asked_for(self, tmp_path: Path) -> None:
        prior = PriorCapture(url=URL, date=STARTED)
        with writer(tmp_path, known_payloads=lambda digest, url: prior) as archive:
            archive.write(exchange())
        assert list(iter_responses(only_file(tmp_path))) == []
        assert [r.record_type for r in iter_responses(only_file(tmp_path), revisits=True)] == ["revisit"]
