import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cdxj_indexer.main import CDXJIndexer
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive import ArchiveError, ArchiveIndex, Exchange, merge_index, read_at, read_record, verify
from crawler.archive import cdxj as cdxj_module
from crawler.archive.cdxj import parse_line, sorted_lines

from .support import STARTED, URL, exchange, only_file, warcio_complaints, writer

FORM = b"POST /list HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"


def indexed_by_others(path: Path) -> list[str]:
    """What cdxj-indexer says of a file, POST bodies in the keys, sorted."""
    out = io.StringIO()
    # The wacz package, once some test has imported it, adds warcinfo records to this list.
    CDXJIndexer.DEFAULT_RECORDS[:] = ["response", "revisit", "resource", "metadata"]
    CDXJIndexer(out, str(path), sort=True, post_append=True).process_all()
    return out.getvalue().splitlines()


def test_the_index_is_what_cdxj_indexer_makes_of_the_file(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        archive.write(exchange())
        archive.write(exchange(url="http://www.example.cn/B/?x=2&a=1", response_head=b"HTTP/1.0 404\r\n\r\n"))
        archive.write(
            exchange(url="http://a.cn/list", request_head=FORM, request_body=b"page=2&k=%E5%85%9A+x")
        )
        archive.write(exchange(url="http://a.cn/list?z=1", request_head=FORM, request_body=b"\xff\xfe"))
        archive.write_resource("urn:x:y", b"text", content_type="text/plain; charset=utf-8")
        archive.write_metadata(URL, [("a", "b")])
    [index] = tmp_path.glob("*.cdxj")
    ours = [
        (line.split(" ", 2)[:2], json.loads(line.split(" ", 2)[2])) for line in index.read_text().splitlines()
    ]
    theirs = [
        (line.split(" ", 2)[:2], json.loads(line.split(" ", 2)[2]))
        for line in indexed_by_others(only_file(tmp_path))
    ]
    for _, fields in theirs:
        fields.pop("requestBody", None), fields.pop("method", None)
    for _, fields in ours:
        fields.pop("requestBody", None), fields.pop("method", None)
    assert ours == theirs


def test_captures_are_found_by_every_way_of_writing_the_address_oldest_first(tmp_path: Path) -> None:
    days = [STARTED + timedelta(days=day) for day in (3, 1, 2)]
    with writer(tmp_path) as archive:
        for moment in days:
            archive.write(exchange(started=moment))
        archive.write(exchange(url="http://www.example.cn/news/html/?412.html"))
    with ArchiveIndex(tmp_path) as index:
        captures = index.captures("https://example.cn:443/news/html/?411.HTML#x")
        assert [entry.timestamp[:8] for entry in captures] == ["20260306", "20260307", "20260308"]
        assert index.captures("http://www.example.cn/news/html/?41") == []
        assert index.captures("no address at all") == []
        first = captures[0]
        assert (first.url, first.status, first.mime) == (URL, 200, "text/html")
        assert first.date == days[1].replace(microsecond=0)
        assert read_at(tmp_path, first.filename, first.offset).date == days[1]


def test_lookup_gives_the_capture_nearest_to_a_moment(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        for day in (0, 10, 20):
            archive.write(exchange(started=STARTED + timedelta(days=day)))
    with ArchiveIndex(tmp_path) as index:
        for day, nearest in ((-5, 0), (4, 0), (6, 10), (99, 20)):
            entry = index.lookup(URL, at=STARTED + timedelta(days=day))
            assert entry is not None
            assert entry.date == (STARTED + timedelta(days=nearest)).replace(microsecond=0)
        latest = index.lookup(URL)
        assert latest is not None
        assert latest.date.day == (STARTED + timedelta(days=20)).day
        assert index.lookup("http://a.cn/never") is None


def test_pages_fetched_by_post_are_told_apart(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        for page in (b"page=1", b"page=2"):
            archive.write(exchange(request_head=FORM, request_body=page, response_body=page))
    with ArchiveIndex(tmp_path) as index:
        assert index.captures(URL) == []
        [entry] = index.captures(URL, request=(FORM, b"page=2"))
        assert read_at(tmp_path, entry.filename, entry.offset).body == b"page=2"


def test_captures_in_a_file_still_being_written_are_found_after_a_flush(tmp_path: Path) -> None:
    with writer(tmp_path) as archive, ArchiveIndex(tmp_path) as index:
        archive.write(exchange())
        archive.flush()
        assert len(index.captures(URL)) == 1
        archive.flush(sync=True)
        archive.write(exchange())
        archive.close()
        assert len(index.captures(URL)) == 2


def test_an_index_that_is_open_sees_files_finished_and_merged_later(tmp_path: Path) -> None:
    with ArchiveIndex(tmp_path) as index:
        for count in range(1, 5):
            with writer(tmp_path) as archive:
                archive.write(exchange())
            assert len(index.captures(URL)) == count
            if count % 2:
                merge_index(tmp_path)
                assert len(index.captures(URL)) == count


def test_a_moment_without_time_zone_is_refused(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        archive.write(exchange())
    with ArchiveIndex(tmp_path) as index, pytest.raises(ArchiveError, match="time zone"):
        index.lookup(URL, at=datetime(2026, 1, 1))


def test_replay_tools_are_not_led_to_304_responses(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        archive.write(exchange())
        archive.write(exchange(response_head=b"HTTP/1.1 304 Not Modified\r\n\r\n", response_body=b""))
    with ArchiveIndex(tmp_path) as index:
        assert [entry.status for entry in index.captures(URL)] == [200, 304]
        [line] = index.replay_lines()
        assert b'"status": "200"' in line


class TestMerging:
    def test_merging_keeps_every_line_in_order(self, tmp_path: Path) -> None:
        pointers = []
        for run in range(4):
            with writer(tmp_path) as archive:
                pointers += [archive.write(exchange(url=f"{URL}&{run * 7 % 4}-{n}")) for n in range(3)]
        before = sorted(line for path in tmp_path.glob("*.cdxj") for line in path.read_bytes().splitlines())
        assert merge_index(tmp_path)
        assert [path.name for path in tmp_path.glob("*.cdxj")] == ["index.cdxj"]
        assert (tmp_path / "index.cdxj").read_bytes().splitlines() == before
        assert not merge_index(tmp_path), "nothing is left to merge"
        assert verify(tmp_path, pointers=pointers) == []

    def test_a_merge_that_was_killed_before_it_cleaned_up_changes_no_answer(self, tmp_path: Path) -> None:
        with writer(tmp_path) as archive:
            archive.write(exchange())
        [loose] = tmp_path.glob("*.cdxj")
        lines = loose.read_bytes()
        merge_index(tmp_path)
        loose.write_bytes(lines)
        with ArchiveIndex(tmp_path) as index:
            assert len(index.captures(URL)) == 1
            assert len(list(index.entries())) == 1
        assert verify(tmp_path) == []
        assert merge_index(tmp_path)
        assert (tmp_path / "index.cdxj").read_bytes() == lines

    def test_a_writer_merges_when_index_files_have_become_many(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cdxj_module, "_MERGE_AT", 3)
        for _ in range(5):
            with writer(tmp_path) as archive:
                archive.write(exchange())
        assert (tmp_path / "index.cdxj").exists()
        assert len(list(tmp_path.glob("*.cdxj"))) <= 3
        with ArchiveIndex(tmp_path) as index:
            assert len(index.captures(URL)) == 5


class TestKnownPayloads:
    def test_a_second_run_writes_revisits_of_what_has_not_changed(self, tmp_path: Path) -> None:
        with writer(tmp_path) as archive:
            first = archive.write(exchange())
            archive.write(exchange(url="http://a.cn/", response_body=b"old"))
        with ArchiveIndex(tmp_path) as index, writer(tmp_path, known_payloads=index.known_payload) as archive:
            same = archive.write(exchange(started=STARTED + timedelta(days=1)))
            archive.write(
                exchange(url="http://a.cn/", response_body=b"new", started=STARTED + timedelta(days=1))
            )
            not_modified = archive.write(
                exchange(response_head=b"HTTP/1.1 304 Not Modified\r\n\r\n", response_body=b"")
            )
        assert same.payload_digest == not_modified.payload_digest == first.payload_digest
        with ArchiveIndex(tmp_path) as index:
            mimes = [entry.mime for entry in index.captures(URL)]
            assert sorted(str(mime) for mime in mimes) == ["text/html", "warc/revisit", "warc/revisit"]
            assert [entry.mime for entry in index.captures("http://a.cn/")] == ["text/html", "text/html"]
            third = index.known_payload(first.payload_digest, URL)
            assert third is not None
            assert third.date == STARTED, "a revisit refers to the payload by its exact date"
            assert third.record_id == first.record_id
        assert verify(tmp_path, pointers=[first, same, not_modified]) == []

    def test_a_chunked_body_is_known_again_however_it_was_cut_into_chunks(self, tmp_path: Path) -> None:
        def chunked(*chunks: bytes) -> Exchange:
            body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            return exchange(response_head=head, response_body=body, transfer_decoded=False)

        with writer(tmp_path) as archive:
            first = archive.write(chunked(b"one ", b"text"))
        with ArchiveIndex(tmp_path) as index, writer(tmp_path, known_payloads=index.known_payload) as archive:
            again = archive.write(chunked(b"o", b"ne te", b"xt"))
            other = archive.write(chunked(b"another ", b"text"))
            plain = archive.write(exchange(response_body=b"one text"))
        responses = [read_record(tmp_path, pointer) for pointer in (first, again, other, plain)]
        assert [r.record_type for r in responses] == ["response", "revisit", "response", "response"]
        assert [r.entity() for r in responses] == [b"one text", b"one text", b"another text", b"one text"]
        assert again.payload_digest == first.payload_digest
        assert verify(tmp_path, pointers=[first, again, other, plain]) == []
        for path in tmp_path.glob("*.warc.gz"):
            assert warcio_complaints(path) == ""

    def test_a_payload_that_cannot_be_read_any_more_is_not_known(self, tmp_path: Path) -> None:
        with writer(tmp_path) as archive:
            first = archive.write(exchange())
        path = only_file(tmp_path)
        whole = path.read_bytes()
        with ArchiveIndex(tmp_path) as index:
            for broken in (whole[: first.offset], whole[: first.offset] + b"x" * 500, whole[10:]):
                path.write_bytes(broken)
                assert index.known_payload(first.payload_digest, URL) is None
            path.unlink()
            assert index.known_payload(first.payload_digest, URL) is None


def test_lines_of_other_programs_are_read_and_torn_ones_passed_over() -> None:
    line = b'cn,a)/ 20200101000000 {"url": "http://a.cn/", "offset": 3, "filename": "x", "status": "-"}\n'
    entry = parse_line(line)
    assert entry is not None
    assert (entry.offset, entry.length, entry.status, entry.digest) == (3, None, None, None)
    for torn in (line[:-10], b"", b"\xff\n", b"!meta 0 {}\n", b"a b []\n", b'a b {"offset": "x"}\n'):
        assert parse_line(torn) is None


@given(st.lists(st.binary(max_size=6).map(lambda text: text.replace(b"\n", b"") + b"\n")), st.integers(1, 20))
def test_sorting_in_pieces_is_sorting(lines: list[bytes], piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cdxj_module, "_SORT_CHUNK", piece)
        assert list(sorted_lines(lines)) == sorted(set(lines))
