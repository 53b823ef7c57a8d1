"""Crawls that are killed, and crawls that come again."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.archive import verify
from crawler.demo.server import DemoSite
from crawler.sites import load_site
from crawler.store import Store
from tests.crawl.running import Outcome, command, dangjian

KILLS = int(os.environ.get("DANGJIAN_TEST_KILLS", "3"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    with DemoSite() as demo:
        file = tmp_path / "demo.toml"
        file.write_text(load_site("demo").rebased(demo.url).to_toml(), encoding="utf-8")
        yield str(file)


def captures_in(data: Path) -> int:
    try:
        with sqlite3.connect(f"file:{data / 'dangjian.db'}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM capture").fetchone()[0])
    except sqlite3.Error:
        return 0


def kill_a_crawl(site: str, data: Path) -> None:
    """Start a crawl and kill it when it has stored some captures more."""
    enough = captures_in(data) + random.randint(1, 60)
    environment = os.environ | {"DANGJIAN_DATA": str(data)}
    with subprocess.Popen(
        command("crawl", site), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as crawl:
        while crawl.poll() is None and captures_in(data) < enough:
            with contextlib.suppress(subprocess.TimeoutExpired):
                crawl.wait(0.01)
        crawl.send_signal(signal.SIGKILL)


def texts(data: Path) -> set[tuple[str, str | None, int | None]]:
    with Store.open(data / "dangjian.db") as store:
        return {(one.url, one.text_digest, one.version) for one in store.articles()}


def test_a_crawl_that_is_killed_again_and_again_ends_like_an_unbroken_one(site: str, tmp_path: Path) -> None:
    whole = dangjian("crawl", site, data=tmp_path / "whole")
    assert whole.code == 0
    data = tmp_path / "broken"
    for _ in range(KILLS):
        kill_a_crawl(site, data)
    last = dangjian("crawl", site, data=data)
    assert last.code == 0
    assert texts(data) == texts(tmp_path / "whole")
    lines = [line["url"] for line in Outcome(0, "", "", data).articles()]
    assert sorted(lines) == sorted(line["url"] for line in whole.articles())
    with sqlite3.connect(data / "dangjian.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_limited_crawl_is_taken_up_by_the_next(site: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = dangjian("crawl", site, "--limit", "5", "--json", data=data)
    assert first.summary()["articles"]["new"] == 5
    second = dangjian("crawl", site, "--json", data=data)
    with DemoSite() as demo:
        assert second.summary()["articles"]["new"] == len(demo.articles) - 5


def test_a_second_crawl_asks_for_little_and_a_recheck_for_everything(site: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    first, second, third = (
        dangjian("crawl", site, "--json", *options, data=data).summary()
        for options in ((), (), ("--recheck",))
    )
    assert second["pages"] < first["pages"] / 20
    assert second["exit_code"] == 0
    assert third["articles"]["unchanged"] == first["articles"]["new"]
    assert third["articles"]["new"] == third["articles"]["changed"] == 0
    assert verify(data / "warc") == []


def test_single_pages_are_fetched_without_the_rest_of_their_site(site: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    dangjian("crawl", site, "--limit", "5", data=data)
    url = Outcome(0, "", "", data).articles()[0]["url"]
    before = captures_in(data)
    assert dangjian("fetch", url, data=data).code == 0
    assert captures_in(data) - before < 5
