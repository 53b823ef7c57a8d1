import json
from pathlib import Path

import pytest

from crawler.recovery import complete_lines
from crawler.store import Store
from tests.store.pages import page


@pytest.fixture
def killed(tmp_path: Path) -> tuple[Store, str, list[bytes]]:
    """A store in which a run put three articles, the run, and the lines it should have written."""
    store = Store.open(tmp_path / "dangjian.db")
    run = store.start_run("example", command="crawl example")
    pages = [page(number) for number in range(3)]
    saved = store.save([one for one, _ in pages], [two for _, two in pages])
    return store, run.id, [one.article.model_dump_json().encode() + b"\n" for one in saved]


def test_articles_without_a_line_get_one(killed: tuple[Store, str, list[bytes]], tmp_path: Path) -> None:
    store, run, lines = killed
    path = tmp_path / "articles" / "example.jsonl"
    assert complete_lines(store, run, path) == 3
    assert path.read_bytes() == b"".join(lines)
    assert complete_lines(store, run, path) == 0


@pytest.mark.parametrize("length", [1, 50, -1])
def test_a_torn_line_is_cut_and_written_whole(
    killed: tuple[Store, str, list[bytes]], tmp_path: Path, length: int
) -> None:
    store, run, lines = killed
    path = tmp_path / "example.jsonl"
    path.write_bytes(lines[0] + lines[1][:length])
    assert complete_lines(store, run, path) == 2
    assert path.read_bytes() == b"".join(lines)


def test_what_follows_a_hole_is_written_again(killed: tuple[Store, str, list[bytes]], tmp_path: Path) -> None:
    store, run, lines = killed
    path = tmp_path / "example.jsonl"
    path.write_bytes(lines[0] + b"\x00" * 4096 + b"\n" + lines[2])
    complete_lines(store, run, path)
    assert [json.loads(line)["url"] for line in path.read_bytes().splitlines()] == [
        json.loads(line)["url"] for line in lines
    ]


def test_a_run_that_stored_nothing_gets_no_file(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "dangjian.db")
    assert complete_lines(store, "20261101T080000-0000", tmp_path / "none.jsonl") == 0
    assert not (tmp_path / "none.jsonl").exists()
