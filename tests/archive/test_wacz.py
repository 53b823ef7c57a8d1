import gzip
import io
import json
import zipfile
from argparse import Namespace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.archive import ArchiveError, ArchiveIndex, Page, iter_responses, merge_index, pack

from .support import STARTED, URL, exchange, only_file, writer

PAGES = [
    Page(url=URL, date=STARTED, title="党建工作要点", text="正文"),
    Page(url="http://www.example.cn/", date=STARTED + timedelta(days=1)),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with writer(tmp_path / "warc") as archive:
        archive.write(exchange())
        for number in range(700):
            archive.write(
                exchange(
                    url=f"http://www.example.cn/{number}", request_head=b"", response_body=b"%d" % number
                )
            )
    return tmp_path / "warc"


def valid(path: Path) -> bool:
    """What `wacz validate` says."""
    # Its data-package framework takes seconds to load; nothing else here should wait for it.
    from wacz.main import validate_wacz

    return validate_wacz(Namespace(file=str(path), verify_auth=False, verifier_url=None)) == 0


def test_a_pack_is_valid_to_the_wacz_package(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "demo.wacz"
    packed = pack(
        folder, target, software="dangjian/0", pages=PAGES, title="演示站", description="Made by a test"
    )
    assert valid(target)
    assert packed.path == target
    assert packed.files == [only_file(folder).name]
    assert (packed.captures, packed.pages, packed.size) == (701, 2, target.stat().st_size)
    with zipfile.ZipFile(target) as archive:
        package = json.loads(archive.read("datapackage.json"))
        assert (package["wacz_version"], package["title"]) == ("1.1.1", "演示站")
        for info in archive.infolist():
            if info.filename.startswith("archive/") or info.filename.endswith(".gz"):
                assert info.compress_type == zipfile.ZIP_STORED
        lines = archive.read("pages/pages.jsonl").decode().splitlines()
    assert json.loads(lines[0])["format"] == "json-pages-1.0"
    assert json.loads(lines[1]) == {
        "id": "page-1",
        "url": URL,
        "ts": "2026-03-05T06:07:08Z",
        "title": "党建工作要点",
        "text": "正文",
    }


def test_each_block_of_the_index_stands_where_the_index_of_blocks_says(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "demo.wacz", software="x")
    with zipfile.ZipFile(tmp_path / "demo.wacz") as archive:
        blocks = archive.read("indexes/index.idx").decode().splitlines()
        data = archive.read("indexes/index.cdx.gz")
        warc = archive.read(f"archive/{only_file(folder).name}")
    assert blocks[0].startswith("!meta 0 ")
    assert len(blocks) == 4
    lines: list[bytes] = []
    for block in blocks[1:]:
        key, timestamp, text = block.split(" ", 2)
        place = json.loads(text)
        inside = gzip.decompress(data[place["offset"] : place["offset"] + place["length"]]).splitlines()
        assert inside[0].decode().startswith(f"{key} {timestamp} ")
        lines += inside
    assert lines == sorted(lines)
    with ArchiveIndex(folder) as index:
        assert lines == [line.rstrip(b"\n") for line in index.lines()]
    assert next(r.url for r in iter_responses(io.BytesIO(warc))) == URL


def test_only_the_chosen_files_are_packed_with_those_that_hold_their_payloads(tmp_path: Path) -> None:
    folder = tmp_path / "warc"
    with writer(folder) as archive:
        first = archive.write(exchange())
    with writer(folder) as archive:
        other = archive.write(exchange(url="http://a.cn/", response_body=b"other"))
    with ArchiveIndex(folder) as index, writer(folder, known_payloads=index.known_payload) as archive:
        revisit = archive.write(exchange())
    merge_index(folder)
    alone = pack(folder, tmp_path / "a.wacz", software="x", files=[other.file])
    both = pack(folder, tmp_path / "b.wacz", software="x", files=[revisit.file])
    assert alone.files == [other.file]
    assert alone.captures == 1
    assert both.files == sorted([first.file, revisit.file])
    assert valid(tmp_path / "b.wacz")


def test_a_file_still_being_written_is_not_packed(folder: Path, tmp_path: Path) -> None:
    archive = writer(folder)
    pointer = archive.write(exchange())
    assert pointer.file not in pack(folder, tmp_path / "a.wacz", software="x").files
    with pytest.raises(ArchiveError, match="no finished WARC file of that name"):
        pack(folder, tmp_path / "b.wacz", software="x", files=[pointer.file])
    archive.close()


def test_what_cannot_be_packed_is_a_clear_error_and_leaves_an_older_pack_alone(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArchiveError, match="no finished WARC file"):
        pack(tmp_path / "empty", tmp_path / "a.wacz", software="x")
    with writer(tmp_path / "warc") as archive:
        archive.write(exchange())
    with pytest.raises(ArchiveError, match="cannot pack"):
        pack(tmp_path / "warc", tmp_path / "no" / "folder.wacz", software="x")

    def pages() -> object:
        yield PAGES[0]
        raise OSError(28, "No space left on device")

    (tmp_path / "a.wacz").write_bytes(b"older")
    with pytest.raises(ArchiveError, match="No space left"):
        pack(tmp_path / "warc", tmp_path / "a.wacz", software="x", pages=pages())  # type: ignore[arg-type]
    assert (tmp_path / "a.wacz").read_bytes() == b"older"
    assert not list(tmp_path.glob("*.part"))
