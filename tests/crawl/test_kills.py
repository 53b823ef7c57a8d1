"""Crawls that are killed at any moment and taken up again leave what an unbroken crawl leaves."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import read_record, verify
from crawler.demo.server import DemoSite
from crawler.sites import load_site
from crawler.store import Store
from tests.crawl.running import Outcome, command, dangjian

Measure = Callable[[], int]


@pytest.fixture(scope="module")
def demo_site() -> Iterator[DemoSite]:
    with DemoSite(port=0) as running:
        yield running


@pytest.fixture(scope="module")
def site(demo_site: DemoSite, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A site file for the demo."""
    file = tmp_path_factory.mktemp("kills") / "demo.toml"
    file.write_text(load_site("demo").rebased(demo_site.url).to_toml(), encoding="utf-8")
    return str(file)


@pytest.fixture(scope="module")
def unbroken(site: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A crawl that nobody killed."""
    outcome = dangjian("crawl", site, data=tmp_path_factory.mktemp("unbroken"))
    assert outcome.code == 0
    return outcome


def count(data: Path, table: str) -> int:
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"file:{data / 'dangjian.db'}?mode=ro", uri=True)) as connection,
    ):
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return 0


def size(folder: Path, pattern: str) -> int:
    total = 0
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):  # renamed meanwhile
            total += path.stat().st_size
    return total


def moments(data: Path, demo: DemoSite, rng: random.Random) -> tuple[Measure, int]:
    """What to watch of a crawl, and by how much it grows until the crawl is killed."""
    return rng.choice(
        [
            (lambda: len(demo.requests), rng.randint(0, 40)),
            (lambda: count(data, "capture"), rng.randint(1, 30)),
            (lambda: count(data, "run"), 1),
            (lambda: count(data, "url"), rng.randint(1, 60)),
            (lambda: size(data, "warc/*.warc.gz*"), rng.randint(1, 100_000)),
            (lambda: size(data, "articles/*/*.jsonl"), rng.randint(1, 100_000)),
        ]
    )


def kill(site: str, data: Path, measure: Measure, more: int, *, start: Sequence[str] = ()) -> None:
    """Start a crawl and kill it, with its readers, when what is measured has grown."""
    enough = measure() + more
    with subprocess.Popen(
        start or command("crawl", site),
        env=os.environ | {"DANGJIAN_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as crawl:
        while crawl.poll() is None and measure() < enough:
            with suppress(subprocess.TimeoutExpired):
                crawl.wait(0.002)
        crawl.send_signal(signal.SIGKILL)


def texts(data: Path) -> set[tuple[object, ...]]:
    with Store.open(data / "dangjian.db") as store:
        return {(one.url, one.title, one.text_digest, one.version, *one.pages) for one in store.articles()}


def records_read_by_warcio(warc: Path) -> int:
    """Read every record, with its digests, in a reader that is not ours."""
    records = 0
    for path in sorted(warc.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()
                records += 1
    return records


def assert_like_unbroken(data: Path, unbroken: Outcome) -> None:
    assert texts(data) == texts(unbroken.data)
    files = sorted(data.glob("articles/*/*.jsonl"))
    assert all(file.read_bytes().endswith(b"\n") for file in files)
    lines = [json.loads(line) for file in files for line in file.read_bytes().splitlines()]
    assert sorted(line["url"] for line in lines) == sorted(line["url"] for line in unbroken.articles())
    with Store.open(data / "dangjian.db") as store:
        pointers = list(store.pointers())
        assert all(store.article(line["id"]) is not None for line in lines)
    assert verify(data / "warc", pointers=pointers) == []
    assert list(data.glob("warc/*.open")) == []
    assert records_read_by_warcio(data / "warc") >= len(pointers) > 0
    assert all(read_record(data / "warc", pointer).status for pointer in pointers)
    with closing(sqlite3.connect(data / "dangjian.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        states = dict(connection.execute("SELECT state, count(*) FROM url GROUP BY state"))
    assert not states.keys() & {"queued", "leased"}


def kill_and_resume(
    site: str, data: Path, demo: DemoSite, unbroken: Outcome, *, seed: int, kills: int
) -> None:
    rng = random.Random(seed)
    for _ in range(kills):
        kill(site, data, *moments(data, demo, rng))
    last = dangjian("crawl", site, data=data)
    assert (last.code, last.err) == (0, "")
    assert_like_unbroken(data, unbroken)


def test_a_crawl_that_is_killed_again_and_again_ends_like_an_unbroken_one(
    site: str, demo_site: DemoSite, unbroken: Outcome, tmp_path: Path
) -> None:
    kill_and_resume(site, tmp_path, demo_site, unbroken, seed=5, kills=5)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(6))
def test_thirty_kills_lose_nothing(
    site: str, demo_site: DemoSite, unbroken: Outcome, tmp_path: Path, seed: int
) -> None:
    kill_and_resume(site, tmp_path, demo_site, unbroken, seed=100 + seed, kills=5)


# Runs the console command and writes down how much of which file is known to be on the disk.
WITH_NOTES = """
import os, sys
notes = open(sys.argv[1], "ab", buffering=0)
fsync = os.fsync
def noting(descriptor):
    before = os.fstat(descriptor)
    fsync(descriptor)
    notes.write(b"%d %d\\n" % (before.st_ino, before.st_size))
os.fsync = noting
from crawler.cli import main
main(["dangjian", *sys.argv[2:]])
"""


def cut_power(data: Path, notes: Path, *, zeros: bool) -> int:
    """Take from the files what no fsync has seen on the disk; return how many bytes.

    Some file systems leave the length of a file and zeros where its end was. The database stays as it is: its
    own syncs are SQLite's business, and the worst for the others is that it has kept everything.
    """
    safe: dict[int, int] = {}
    for line in notes.read_text().splitlines():
        inode, length = map(int, line.split())
        safe[inode] = max(length, safe.get(inode, 0))
    lost = 0
    for path in [*data.glob("warc/*"), *data.glob("articles/*/*")]:
        stat = path.stat()
        kept = safe.get(stat.st_ino)
        if kept is None:
            path.unlink()  # its name, too, may be gone
            lost += stat.st_size
        elif kept < stat.st_size:
            os.truncate(path, kept)
            if zeros:
                os.truncate(path, stat.st_size)
            lost += stat.st_size - kept
    return lost


@pytest.mark.parametrize("zeros", [False, True])
def test_a_power_cut_leaves_no_article_without_its_page(
    site: str, demo_site: DemoSite, unbroken: Outcome, tmp_path: Path, zeros: bool
) -> None:
    notes, data = tmp_path / "notes", tmp_path / "data"
    start = [sys.executable, "-c", WITH_NOTES, str(notes), "crawl", site]
    lost = 0
    for cuts, more in enumerate((8, 25, 9, 11, 13, 15)):
        # Now and then all is on the disk at the very moment: then it is cut again.
        if cuts >= 2 and lost:
            break
        kill(site, data, lambda: count(data, "capture"), more, start=start)
        lost += cut_power(data, notes, zeros=zeros)
    assert lost > 0
    last = dangjian("crawl", site, data=data)
    assert last.code == 0
    assert_like_unbroken(data, unbroken)
