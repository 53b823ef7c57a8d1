"""Kills, full disks and other processes: what was committed stays, what was not leaves no trace."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import event

from crawler.store import Store, StoreError
from tests.store.pages import BODY, page

# Saves batches of three for ever, and says after each commit how many articles there must be.
SAVER = """
import sys
from crawler.store import Store
from tests.store.pages import page
store = Store.open(sys.argv[1])
number = int(sys.argv[2])
while True:
    pages = [page(number + offset, body="长文。" * 2000) for offset in range(3)]
    store.save([one for one, _ in pages], [two for _, two in pages])
    number += 3
    print(number, flush=True)
"""

# Finds, leases and finishes URLs for ever; says what it has finished.
WORKER = """
import sys
from crawler.store import Found, Outcome, Store
store = Store.open(sys.argv[1])
found = [Found(f"http://www.example.cn/a?{number}.html", kind="article") for number in range(3000)]
store.frontier.discover("example", found)
outcomes = []
while True:
    _, _, leases = store.frontier.turn("example", "r1", outcomes=outcomes, want=4)
    for outcome in outcomes:
        print(outcome.id, flush=True)
    outcomes = [Outcome(lease.id, "done", 200) for lease in leases]
"""

# Saves so many articles of its own site while others do the same.
NEIGHBOUR = """
import sys
from crawler.store import Found, Store
from tests.store.pages import page
store, site = Store.open(sys.argv[1]), sys.argv[2]
run = store.start_run(site, command="crawl")
for number in range(40):
    capture, article = page(url=f"http://{site}.cn/a?{number}.html")
    store.save([capture.model_copy(update={"site": site})], [article.model_copy(update={"site": site})])
    store.frontier.turn(site, run.id, found=[Found(f"http://{site}.cn/b?{number}")], want=1)
store.finish_run(run.id, outcome="finished", counts={})
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )


def kill_after_lines(process: subprocess.Popen[str], lines: int) -> list[str]:
    """Kill a process once it has printed so many lines; return every whole line it printed."""
    assert process.stdout is not None
    printed = [process.stdout.readline() for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    printed += process.stdout.readlines()
    process.wait(30)
    process.stdout.close()
    return [line.strip() for line in printed if line.endswith("\n")]


def test_a_kill_in_the_middle_of_saving_leaves_whole_batches_only(target: str) -> None:
    number = 0
    for _ in range(4):
        lines = kill_after_lines(start(SAVER, target, str(number)), random.randint(1, 6))
        with Store.open(target) as store:
            urls = [article.url for article in store.articles()]
            assert len(urls) % 3 == 0
            assert len(urls) >= int(lines[-1])
            assert urls == [page(one)[1].url for one in range(len(urls))]
            for url in urls[-6:]:
                assert len(store.captures(url)) == 1
        number = len(urls)
    if "://" not in target:
        assert sqlite3.connect(target).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_kill_in_the_middle_of_leasing_loses_no_url(target: str) -> None:
    done = {int(line) for line in kill_after_lines(start(WORKER, target), 50)}
    with Store.open(target) as store:
        counts = store.frontier.counts("example")
        assert counts["done"] >= len(done)
        assert sum(counts.values()) == 3000
        assert store.frontier.take_over("example") == 3000 - counts["done"]
        rest = store.frontier.lease("example", "r2", 3000)
        assert not done & {lease.id for lease in rest}
        assert len(rest) == 3000 - counts["done"]


def test_crawls_of_different_sites_share_the_store(target: str, store: Store) -> None:
    sites = ["one", "two", "three"]
    processes = [start(NEIGHBOUR, target, site) for site in sites]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    for site in sites:
        assert len(list(store.articles(site=site))) == 40
        assert sum(store.frontier.counts(site).values()) == 40
    assert {run.outcome for run in store.runs()} == {"finished"}


@pytest.fixture
def small_disk(tmp_path: Path) -> tuple[Store, Callable[[int], None]]:
    """A store, and what sets the most pages its file may have."""
    store = Store.open(tmp_path / "dangjian.db")
    limit = [0]

    @event.listens_for(store._database.engine, "begin")
    def bound(connection) -> None:  # type: ignore[no-untyped-def]
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit[0] or 1_000_000}")

    def set_limit(pages: int) -> None:
        limit[0] = pages

    return store, set_limit


def test_a_full_disk_is_a_clear_error_and_corrupts_nothing(
    small_disk: tuple[Store, Callable[[int], None]], tmp_path: Path
) -> None:
    store, set_limit = small_disk
    set_limit(120)
    saved = 0
    with pytest.raises(StoreError, match="the disk is full"):
        for number in range(1000):
            capture, article = page(number, body=BODY * 100)
            store.save([capture], [article])
            saved += 1
    assert saved > 0
    assert len(list(store.articles())) == saved
    assert store.captures(page(saved)[1].url) == []
    set_limit(0)
    capture, article = page(saved, body=BODY * 100)
    assert store.save([capture], [article])[0].change == "new"
    store.close()
    connection = sqlite3.connect(tmp_path / "dangjian.db")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_store_that_may_not_be_written_is_a_clear_error(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(StoreError, match=r"cannot be (made|written)|cannot make"):
        Store.open(tmp_path / "locked" / "dangjian.db")


@pytest.mark.parametrize("is_open", [True, False])
def test_a_store_that_may_not_be_written_can_be_read(
    is_open: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "dangjian.db"
    with ExitStack() as stack:
        store = Store.open(file)
        stack.callback(store.close)
        capture, article = page(1)
        (saved,) = store.save([capture], [article])
        if not is_open:
            stack.close()
        assert bool(list(tmp_path.glob("*-wal"))) == is_open
        before = sorted(tmp_path.iterdir())
        monkeypatch.setattr("crawler.store.database.os.access", lambda path, mode: False)
        with Store.open(file) as other:
            assert other.article(saved.article.id or "") == saved.article
            capture, article = page(2)
            with pytest.raises(StoreError, match="cannot be written"):
                other.save([capture], [article])
        assert sorted(tmp_path.iterdir()) == before


def test_texts_of_any_length_can_be_stored(store: Store) -> None:
    long = "党" * 20_000
    capture, article = page(title=long, source=long, section=long, url="http://www.example.cn/?" + long)
    (saved,) = store.save([capture], [article])
    assert store.save([capture], [article])[0].change == "unchanged"
    stored = store.article(saved.article.id or "")
    assert stored is not None and stored.title == long
