import gzip
import zlib
from pathlib import Path

import pytest

from crawler.archive import ArchiveError, ArchiveIndex, PriorCapture, merge_index, repair, verify
from crawler.archive.records import sha1_digest
from crawler.items import WarcPointer

from .support import RESPONSE_HEAD, STARTED, URL, exchange, only_file, writer


@pytest.fixture
def pointers(tmp_path: Path) -> list[WarcPointer]:
    with writer(tmp_path) as archive:
        return [
            archive.write(exchange(url=f"{URL}&{number}", response_body=b"%d" % number))
            for number in range(4)
        ]


def rewrite(folder: Path, old: bytes, new: bytes) -> None:
    """Change the content of the records without touching their digests, keeping one gzip member a record."""
    path = only_file(folder)
    data = path.read_bytes()
    out = b""
    while data:
        inflater = zlib.decompressobj(31)
        record = inflater.decompress(data)
        data = inflater.unused_data
        out += gzip.compress(record.replace(old, new))
    path.write_bytes(out)


def kinds(folder: Path, pointers: list[WarcPointer] | None = None) -> list[str]:
    return [problem.kind for problem in verify(folder, pointers=pointers or [])]


def test_a_sound_archive_has_no_problems(tmp_path: Path, pointers: list[WarcPointer]) -> None:
    seen: list[tuple[str, int]] = []
    assert verify(tmp_path, pointers=pointers, progress=lambda name, size: seen.append((name, size))) == []
    assert seen == [(only_file(tmp_path).name, only_file(tmp_path).stat().st_size)]


def test_changed_content_is_named_with_its_record(tmp_path: Path, pointers: list[WarcPointer]) -> None:
    rewrite(tmp_path, b"\r\n\r\n2\r\n\r\n", b"\r\n\r\n7\r\n\r\n")
    repair(tmp_path)
    first, second = verify(tmp_path)
    assert (first.kind, second.kind) == ("digest", "digest")
    assert "block does not match" in first.message
    assert "payload does not match" in second.message
    assert f"{URL}&2" in str(first)
    assert first.file == only_file(tmp_path).name
    assert first.offset is not None
    assert first.offset > 0


def test_a_wrong_content_length_is_named(tmp_path: Path, pointers: list[WarcPointer]) -> None:
    length = len(RESPONSE_HEAD) + 1
    rewrite(tmp_path, b"Content-Length: %d\r\n" % length, b"Content-Length: %d\r\n" % (length - 1))
    assert "record" in kinds(tmp_path)


def test_a_file_in_one_gzip_member_is_named(tmp_path: Path, pointers: list[WarcPointer]) -> None:
    path = only_file(tmp_path)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    assert "record" in kinds(tmp_path)


def test_a_missing_index_is_found_and_rebuilt(tmp_path: Path, pointers: list[WarcPointer]) -> None:
    [index] = tmp_path.glob("*.cdxj")
    before = index.read_bytes()
    index.unlink()
    assert kinds(tmp_path) == ["index"] * 4
    [step] = repair(tmp_path)
    assert "index written anew, 4 captures" in str(step)
    assert index.read_bytes() == before
    assert repair(tmp_path) == []


@pytest.mark.parametrize("merged", [False, True])
def test_wrong_lines_of_the_index_are_found_and_mended(
    tmp_path: Path, pointers: list[WarcPointer], merged: bool
) -> None:
    if merged:
        merge_index(tmp_path)
    [index] = tmp_path.glob("*.cdxj")
    lines = index.read_text().splitlines(keepends=True)
    lines[1] = lines[1].replace('"status": "200"', '"status": "404"')
    index.write_text("".join(lines[:3]))
    problems = verify(tmp_path)
    assert [problem.kind for problem in problems] == ["index"] * 3
    assert "a line of the index is wrong" in str(problems[-1])
    repair(tmp_path)
    assert verify(tmp_path, pointers=pointers) == []


def test_a_file_that_is_gone_is_named_and_leaves_the_index_at_repair(
    tmp_path: Path, pointers: list[WarcPointer]
) -> None:
    only_file(tmp_path).unlink()
    problems = verify(tmp_path, pointers=pointers[:1])
    assert [problem.kind for problem in problems] == ["missing", "pointer"]
    repair(tmp_path)
    assert verify(tmp_path) == []
    with ArchiveIndex(tmp_path) as index:
        assert list(index.entries()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"offset": 5}, "no"),
        ({"offset": 10**9}, "no record begins there"),
        ({"offset": -3}, "no record begins there"),
        ({"record_id": "urn:uuid:x"}, "not urn:uuid:x"),
        ({"payload_digest": "sha1:X"}, "not sha1:X"),
        ({"file": "other.warc.gz"}, "no such file"),
        ({"file": "../../etc/passwd"}, "no name of a file"),
    ],
)
def test_a_pointer_of_the_database_that_leads_nowhere_is_named(
    tmp_path: Path, pointers: list[WarcPointer], changes: dict[str, object], message: str
) -> None:
    wrong = pointers[1].model_copy(update=changes)
    [problem] = verify(tmp_path, pointers=[pointers[0], wrong, pointers[2]])
    assert problem.kind == "pointer"
    assert (problem.file, problem.offset) == (wrong.file, wrong.offset)
    assert message in problem.message


def test_a_pointer_without_record_id_is_checked_for_its_place_and_digest(
    tmp_path: Path, pointers: list[WarcPointer]
) -> None:
    known = pointers[1].model_copy(update={"record_id": ""})
    assert verify(tmp_path, pointers=[known]) == []
    assert kinds(tmp_path, [known.model_copy(update={"payload_digest": "sha1:X"})]) == ["pointer"]


def test_a_revisit_without_its_payload_is_named(tmp_path: Path) -> None:
    prior = PriorCapture(url="http://gone.cn/", date=STARTED)
    with writer(tmp_path, known_payloads=lambda digest, url: prior) as archive:
        pointer = archive.write(exchange())
    [problem] = verify(tmp_path)
    assert (problem.kind, problem.offset) == ("revisit", pointer.offset)
    assert "http://gone.cn/" in problem.message


def test_a_file_left_by_a_dead_process_is_named(tmp_path: Path, pointers: list[WarcPointer]) -> None:
    path = only_file(tmp_path)
    path.rename(path.with_name(path.name + ".open"))
    assert kinds(tmp_path, pointers) == ["unfinished"]
    repair(tmp_path)
    assert verify(tmp_path, pointers=pointers) == []


def test_chunked_payloads_may_be_digested_with_their_chunks_or_without(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"4\r\ntext\r\n0\r\n\r\n"
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange(response_head=head, response_body=body, transfer_decoded=False))
    assert verify(tmp_path) == []
    assert pointer.payload_digest is not None
    # Programs that follow the standard to the letter take the digest of `text`.
    rewrite(tmp_path, pointer.payload_digest.encode(), sha1_digest(b"text").encode())
    repair(tmp_path)
    assert verify(tmp_path) == []
    rewrite(tmp_path, sha1_digest(b"text").encode(), sha1_digest(b"other").encode())
    repair(tmp_path)
    assert kinds(tmp_path) == ["digest", "digest"], "with chunks and without"


def test_a_folder_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot read"):
        verify(tmp_path / "none")
