"""Crawls that come again."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.archive import verify
from crawler.demo.server import DemoSite
from crawler.sites import load_site
from tests.crawl.running import Outcome, dangjian


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
    again = dangjian("fetch", url, "--json", data=data)
    assert (again.code, [json.loads(line)["url"] for line in again.out.splitlines()]) == (0, [url])
    assert captures_in(data) - before < 5
