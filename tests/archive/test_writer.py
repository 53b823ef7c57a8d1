import gzip
import os
import re
import tracemalloc
import uuid
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.archive import (
    ArchiveError,
    Exchange,
    ExchangeError,
    PriorCapture,
    iter_responses,
    read_record,
    verify,
)

from .support import (
    REQUEST_HEAD,
    RESPONSE_HEAD,
    STARTED,
    URL,
    exchange,
    only_file,
    warcio_complaints,
    warcio_records,
    writer,
)

EMPTY_SHA1 = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"


def test_an_exchange_becomes_a_response_and_a_request_after_a_warcinfo_record(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange())
    path = only_file(tmp_path)
    assert path.name == pointer.file
    info, response, request = warcio_records(path)
    assert [info[0], response[0], request[0]] == ["warcinfo", "response", "request"]
    assert response[1]["WARC-Target-URI"] == request[1]["WARC-Target-URI"] == URL
    assert response[1]["WARC-Date"] == request[1]["WARC-Date"] == "2026-03-05T06:07:08.123456Z"
    assert response[1]["WARC-IP-Address"] == "192.0.2.7"
    assert response[1]["WARC-Record-ID"] == f"<{pointer.record_id}>"
    assert request[1]["WARC-Concurrent-To"] == f"<{pointer.record_id}>"
    assert response[1]["WARC-Warcinfo-ID"] == info[1]["WARC-Record-ID"]
    assert response[1]["WARC-Payload-Digest"] == pointer.payload_digest
    assert uuid.UUID(pointer.record_id.removeprefix("urn:uuid:"))
    assert warcio_complaints(path) == ""


def test_the_file_says_who_made_it_and_how(tmp_path: Path) -> None:
    with writer(
        tmp_path, user_agent="dangjian/0 (+https://example.org)", description="two\r\nlines: x"
    ) as archive:
        archive.write(exchange())
    kind, header, _, block = warcio_records(only_file(tmp_path))[0]
    fields = dict(line.split(": ", 1) for line in block.decode().splitlines())
    assert kind == "warcinfo"
    assert header["WARC-Filename"] == only_file(tmp_path).name
    assert fields["software"] == "dangjian/0"
    assert fields["operator"] == "A. Reader <reader@example.org>"
    assert fields["robots"] == "obey"
    assert fields["format"] == "WARC File Format 1.1"
    assert fields["conformsTo"].endswith("warc-1.1/")
    assert fields["http-header-user-agent"].startswith("dangjian/0")
    assert fields["description"] == "two lines: x"


def test_every_record_is_one_gzip_member_that_stands_where_the_pointer_says(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        pointers = [archive.write(exchange(response_body=b"x" * size)) for size in (0, 10, 100_000)]
    data = only_file(tmp_path).read_bytes()
    for pointer in pointers:
        assert pointer.length is not None
        record = gzip.decompress(data[pointer.offset : pointer.offset + pointer.length])
        assert record.startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")
        assert record.endswith(b"\r\n\r\n")
        assert record.count(b"WARC/1.1") == 1


def test_heads_and_body_are_stored_as_they_came(tmp_path: Path) -> None:
    head = (
        b"HTTP/1.1 403 \xb2\xbb\xd4\xca\xd0\xed\r\nset-cookie: a=1\r\nX-POWERED-BY: \xff\xfe\r\n"
        b"Set-Cookie: b=2\r\n"
        b"Content-Encoding: gzip\r\n\r\n"
    )
    body = gzip.compress(b"text")
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange(response_head=head, response_body=body))
        response = read_record(tmp_path, pointer)
    assert response.head == head
    assert response.body == body
    assert response.entity() == b"text"
    assert [name for name, _ in response.headers] == [
        "set-cookie",
        "X-POWERED-BY",
        "Set-Cookie",
        "Content-Encoding",
    ]
    assert warcio_complaints(only_file(tmp_path)) == ""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    response_head=st.binary(min_size=1, max_size=80).map(lambda raw: b"HTTP/1.1 200 " + raw)
    | st.just(RESPONSE_HEAD),
    request_head=st.binary(max_size=60),
    body=st.binary(max_size=2000),
    request_body=st.binary(max_size=50),
    path=st.text(max_size=30),
    decoded=st.booleans(),
)
def test_whatever_is_written_is_read_back_by_us_and_accepted_by_warcio(
    tmp_path_factory: pytest.TempPathFactory,
    response_head: bytes,
    request_head: bytes,
    body: bytes,
    request_body: bytes,
    path: str,
    decoded: bool,
) -> None:
    folder = tmp_path_factory.mktemp("warc")
    sent = Exchange(
        url=f"http://a.cn/{path}",
        started=STARTED,
        request_head=request_head,
        request_body=request_body,
        response_head=response_head,
        response_body=body,
        transfer_decoded=decoded,
    )
    with writer(folder) as archive:
        pointers = [archive.write(sent), archive.write(exchange())]
    for pointer, expected in zip(pointers, (sent, exchange()), strict=True):
        response = read_record(folder, pointer)
        assert response.body == expected.response_body
        assert response.status == 200
    assert [r.offset for r in iter_responses(only_file(folder))] == [p.offset for p in pointers]
    assert warcio_complaints(only_file(folder)) == ""
    assert verify(folder, pointers=pointers) == []


def test_a_large_body_is_stored_whole(tmp_path: Path) -> None:
    body = bytes(range(256)) * 20_000
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange(response_body=body))
        assert read_record(tmp_path, pointer).body == body
    assert warcio_complaints(only_file(tmp_path)) == ""
    assert verify(tmp_path, pointers=[pointer]) == []


def test_memory_does_not_grow_with_the_body(tmp_path: Path) -> None:
    body = os.urandom(30_000_000)
    with writer(tmp_path) as archive:
        archive.write(exchange())
        tracemalloc.start()
        try:
            archive.write(exchange(response_body=body))
            assert tracemalloc.get_traced_memory()[1] < 6_000_000
        finally:
            tracemalloc.stop()
    assert warcio_complaints(only_file(tmp_path)) == ""


@pytest.mark.parametrize("flood", [b"X-Flood: y\r\n" * 100_000, b"X-Flood: " + b"y" * 2_000_000 + b"\r\n"])
def test_a_flood_of_headers_is_cut_and_marked_and_the_page_kept(tmp_path: Path, flood: bytes) -> None:
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange(response_head=b"HTTP/1.1 200 OK\r\nA: b\r\n" + flood + b"\r\n"))
        response = read_record(tmp_path, pointer)
    assert (response.status, response.header("a"), response.truncated) == (200, "b", "length")
    assert len(response.head) < 300_000
    assert response.body == exchange().response_body
    assert warcio_complaints(only_file(tmp_path)) == ""
    assert verify(tmp_path, pointers=[pointer]) == []


def test_an_empty_body_has_a_payload_digest_too(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange(response_body=b""))
    assert pointer.payload_digest == EMPTY_SHA1
    assert warcio_complaints(only_file(tmp_path)) == ""


def test_a_body_without_its_chunks_is_read_by_warcio_even_where_it_looks_like_a_chunk(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"3\r\nabc\r\n0\r\n\r\nthis is not a chunked body"
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange(response_head=head, response_body=body))
        assert read_record(tmp_path, pointer).entity() == body
    record = warcio_records(only_file(tmp_path))[1]
    assert record[2].get_header("X-Crawler-Transfer-Encoding") == "chunked"
    assert record[2].get_header("Transfer-Encoding") is None
    assert record[3] == body


def test_a_body_with_its_chunks_is_kept_and_decoded_on_demand(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"4\r\ntext\r\n0\r\n\r\n"
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange(response_head=head, response_body=body, transfer_decoded=False))
        response = read_record(tmp_path, pointer)
    assert (response.body, response.entity()) == (body, b"text")
    assert warcio_complaints(only_file(tmp_path)) == ""


def test_http_2_is_told_in_the_record_header(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        archive.write(exchange(response_head=b"HTTP/2 200\r\nserver: x\r\n\r\n"))
    _, header, http, _ = warcio_records(only_file(tmp_path))[1]
    assert header["WARC-Protocol"] == "h2"
    assert (http.protocol, http.get_statuscode()) == ("HTTP/1.1", "200")


def test_nothing_in_an_exchange_can_break_out_of_its_field(tmp_path: Path) -> None:
    evil = "x\r\nWARC-Type: warcinfo\r\n\r\n"
    with writer(tmp_path, prefix="../../etc/a b", operator=evil, software=evil) as archive:
        pointer = archive.write(exchange(url=f"http://a.cn/{evil}", ip=evil, truncated=evil))
        assert read_record(tmp_path, pointer).truncated == "unspecified"
    path = only_file(tmp_path)
    assert re.fullmatch(r"etc-a-b-\d{14}-00000-[\w.-]+-\d+\.warc\.gz", path.name)
    assert [record[0] for record in warcio_records(path)] == ["warcinfo", "response", "request"]
    assert "WARC-IP-Address" not in warcio_records(path)[1][1]
    assert warcio_complaints(path) == ""


def test_a_cut_body_is_marked(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange(truncated="length"))
        assert read_record(tmp_path, pointer).truncated == "length"
    assert warcio_records(only_file(tmp_path))[1][1]["WARC-Truncated"] == "length"


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "ftp://a.cn/"},
        {"started": datetime(2026, 1, 1)},
        {"response_head": b""},
    ],
)
def test_an_exchange_that_makes_no_sense_is_refused_and_leaves_no_trace(
    tmp_path: Path, changes: dict
) -> None:
    with writer(tmp_path) as archive:
        before = archive.write(exchange())
        with pytest.raises(ExchangeError):
            archive.write(exchange(**changes))
        after = archive.write(exchange())
    assert [r.record_id for r in iter_responses(only_file(tmp_path))] == [before.record_id, after.record_id]


def test_dates_of_other_zones_are_written_in_utc(tmp_path: Path) -> None:
    local = STARTED.astimezone(timezone(timedelta(hours=8)))
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange(started=local))
        assert read_record(tmp_path, pointer).date == STARTED
    assert warcio_records(only_file(tmp_path))[1][1]["WARC-Date"] == "2026-03-05T06:07:08.123456Z"


def test_without_a_request_head_no_request_record_is_written(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        archive.write(exchange(request_head=b""))
    assert [record[0] for record in warcio_records(only_file(tmp_path))] == ["warcinfo", "response"]


def test_a_full_file_is_finished_and_the_next_begins_with_warcinfo(tmp_path: Path) -> None:
    with writer(tmp_path, max_bytes=2_000) as archive:
        pointers = [archive.write(exchange(url=f"{URL}{number}")) for number in range(6)]
        assert len({pointer.file for pointer in pointers}) > 1
        assert len(list(tmp_path.glob("*.warc.gz.open"))) == 1
    for path in tmp_path.glob("*.warc.gz"):
        assert warcio_records(path)[0][0] == "warcinfo"
        assert warcio_complaints(path) == ""
    assert verify(tmp_path, pointers=pointers) == []


def test_a_file_is_named_as_open_until_it_is_finished_and_readable_all_the_time(tmp_path: Path) -> None:
    archive = writer(tmp_path)
    pointer = archive.write(exchange())
    assert not list(tmp_path.glob("*.warc.gz"))
    assert read_record(tmp_path, pointer).url == URL
    archive.close()
    assert not list(tmp_path.glob("*.open"))
    assert read_record(tmp_path, pointer).url == URL


def test_two_writers_in_one_folder_never_share_a_file(tmp_path: Path) -> None:
    with writer(tmp_path) as one, writer(tmp_path) as other:
        pointers = [archive.write(exchange()) for archive in (one, other, one, other)]
    assert pointers[0].file != pointers[1].file
    assert verify(tmp_path, pointers=pointers) == []


def test_nothing_is_made_by_a_writer_that_writes_nothing(tmp_path: Path) -> None:
    with writer(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_a_writer_goes_on_in_a_new_file_after_it_was_closed(tmp_path: Path) -> None:
    archive = writer(tmp_path)
    pointers = [archive.write(exchange())]
    archive.close()
    pointers.append(archive.write(exchange()))
    archive.close()
    archive.close()
    assert len({pointer.file for pointer in pointers}) == 2
    assert verify(tmp_path, pointers=pointers) == []


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="cannot make the archive's folder"):
        writer(tmp_path / "file" / "warc")


def test_metadata_and_resource_records_are_written_and_indexed_as_the_field_does(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        response = archive.write(exchange())
        archive.write_metadata(URL, [("via", "http://a.cn/\r\nx: y")], concurrent_to=response)
        archive.write_resource("urn:dangjian:site:演示", b"key = 1", content_type="application/toml")
    path = only_file(tmp_path)
    metadata, resource = warcio_records(path)[3:]
    assert metadata[0] == "metadata"
    assert metadata[1]["WARC-Concurrent-To"] == f"<{response.record_id}>"
    assert metadata[3] == b"via: http://a.cn/ x: y\r\n"
    assert resource[1]["WARC-Target-URI"] == "urn:dangjian:site:%E6%BC%94%E7%A4%BA"
    assert resource[3] == b"key = 1"
    assert warcio_complaints(path) == ""
    assert verify(tmp_path) == []


class TestRevisits:
    prior = PriorCapture(
        url="http://a.cn/old",
        date=STARTED,
        record_id="urn:uuid:" + "0" * 36,
        payload_digest="sha1:" + "A" * 32,
    )

    def test_a_known_payload_is_left_out_and_referred_to(self, tmp_path: Path) -> None:
        asked = []

        def known(digest: str | None, url: str) -> PriorCapture | None:
            asked.append((digest, url))
            return replace(self.prior, payload_digest=digest)

        with writer(tmp_path, known_payloads=known) as archive:
            pointer = archive.write(exchange())
        kind, header, http, block = warcio_records(only_file(tmp_path))[1]
        assert asked == [(pointer.payload_digest, URL)]
        assert kind == "revisit"
        assert header["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        assert header["WARC-Refers-To"] == f"<{self.prior.record_id}>"
        assert header["WARC-Refers-To-Target-URI"] == "http://a.cn/old"
        assert header["WARC-Refers-To-Date"] == "2026-03-05T06:07:08.123456Z"
        assert header["WARC-Payload-Digest"] == pointer.payload_digest
        assert http.get_header("Set-Cookie") == "a=1"
        assert block == b""
        assert warcio_complaints(only_file(tmp_path)) == ""

    def test_a_caller_that_names_another_payload_is_not_believed(self, tmp_path: Path) -> None:
        with writer(tmp_path, known_payloads=lambda digest, url: self.prior) as archive:
            pointer = archive.write(exchange())
            assert read_record(tmp_path, pointer).body == exchange().response_body

    def test_what_the_caller_knows_cannot_break_out_of_its_field_either(self, tmp_path: Path) -> None:
        prior = replace(self.prior, payload_digest=None, record_id="x\r\nWARC-Type: warcinfo\r\n\r\n")
        with writer(tmp_path, known_payloads=lambda digest, url: prior) as archive:
            archive.write(exchange())
        kind, header, _, _ = warcio_records(only_file(tmp_path))[1]
        assert (kind, header["WARC-Refers-To"]) == ("revisit", "<x WARC-Type: warcinfo >")

    def test_a_304_refers_to_the_capture_it_confirms(self, tmp_path: Path) -> None:
        with writer(tmp_path, known_payloads=lambda digest, url: None if digest else self.prior) as archive:
            pointer = archive.write(
                exchange(response_head=b"HTTP/1.1 304 Not Modified\r\n\r\n", response_body=b"")
            )
        kind, header, http, _ = warcio_records(only_file(tmp_path))[1]
        assert kind == "revisit"
        assert header["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
        assert header["WARC-Payload-Digest"] == pointer.payload_digest == self.prior.payload_digest
        assert http.get_statuscode() == "304"

    def test_a_304_of_which_nothing_is_known_is_an_ordinary_response(self, tmp_path: Path) -> None:
        with writer(tmp_path, known_payloads=lambda digest, url: None) as archive:
            archive.write(exchange(response_head=b"HTTP/1.1 304 Not Modified\r\n\r\n", response_body=b""))
        assert warcio_records(only_file(tmp_path))[1][0] == "response"

    def test_empty_and_cut_bodies_are_never_revisits(self, tmp_path: Path) -> None:
        with writer(tmp_path, known_payloads=lambda digest, url: self.prior) as archive:
            archive.write(exchange(response_body=b""))
            archive.write(exchange(truncated="time"))
        kinds = [record[0] for record in warcio_records(only_file(tmp_path))]
        assert "revisit" not in kinds


def test_the_request_line_keeps_its_query(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        archive.write(exchange())
    request = warcio_records(only_file(tmp_path))[2]
    assert request[2].statusline == "/news/html/?411.html HTTP/1.1"
    assert request[2].protocol == "GET"
    assert REQUEST_HEAD.startswith(b"GET /news/html/?411.html")


def test_what_was_written_is_seen_on_the_disk_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[int, int]] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        fsync(descriptor)
        synced.append((os.fstat(descriptor).st_ino, os.fstat(descriptor).st_size))

    monkeypatch.setattr(os, "fsync", note)
    with writer(tmp_path) as archive:
        archive.sync()
        assert synced == []
        archive.write(exchange())
        archive.sync()
        (file,) = tmp_path.glob("*.open")
        assert synced[0] == (file.stat().st_ino, file.stat().st_size)
        assert [inode for inode, _ in synced[1:]] == [tmp_path.stat().st_ino]


def test_another_thread_may_see_to_it_while_files_are_finished(tmp_path: Path) -> None:
    errors: list[BaseException] = []
    over = Event()

    def sync() -> None:
        try:
            while not over.is_set():
                archive.sync()
        except BaseException as error:
            errors.append(error)

    with writer(tmp_path, max_bytes=3000) as archive:
        thread = Thread(target=sync)
        thread.start()
        for _ in range(60):
            archive.write(exchange())
        over.set()
        thread.join()
    assert errors == []
    assert verify(tmp_path) == []
