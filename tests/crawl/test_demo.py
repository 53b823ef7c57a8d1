"""The demo site, crawled from end to end: found, archived, read, stored and exported."""

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.archive import iter_responses, read_record, verify
from crawler.demo import DemoRequest, DemoSite
from crawler.demo.content import DemoArticle, load_site
from crawler.extraction import extract
from crawler.items import Article
from crawler.sites import load_site as load_site_file
from crawler.store import Store
from tests.crawl.running import Outcome, dangjian

TRAPS = {trap.kind: trap.id for trap in load_site().traps}


@dataclass(frozen=True)
class Crawl:
    """Two runs over the same unchanged site into the same data folder."""

    first: Outcome
    second: Outcome
    records: list[Article]
    """Articles of the first run's JSON Lines."""
    requests: list[DemoRequest]
    """Requests of the first run."""
    truths: dict[str, DemoArticle]
    """Address -> what the article says."""

    @property
    def data(self) -> Path:
        return self.first.data


@pytest.fixture(scope="module")
def crawl(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crawl")
    with DemoSite(port=0) as demo:
        file = folder / "demo.toml"
        file.write_text(load_site_file("demo").rebased(demo.url).to_toml(), encoding="utf-8")
        first = dangjian("crawl", str(file), "--json", data=folder / "data")
        requests = demo.requests
        lines = first.articles()
        second = dangjian("crawl", str(file), "--json", data=folder / "data")
        truths = {article.url: article for article in demo.articles}
    return Crawl(first, second, [Article.model_validate(line) for line in lines], requests, truths)


def number(url):
    return int(re.search(r"\d+", urlsplit(url).query or urlsplit(url).path)[0])


def test_both_runs_succeed(crawl):
    assert (crawl.first.code, crawl.second.code) == (0, 0), crawl.first.err + crawl.second.err


def test_every_article_is_found_once_and_nothing_else(crawl):
    assert Counter(record.url for record in crawl.records) == Counter(list(crawl.truths))


def test_no_address_is_asked_for_twice(crawl):
    pages = Counter(r.path for r in crawl.requests if r.method == "GET")
    assert [path for path, times in pages.items() if times > 1] == []
    articles = Counter(number(path) for path in pages if "/news/html/" in path)
    assert [one for one, times in articles.items() if times > 1] == []


def test_robots_txt_comes_first_and_its_folder_is_left_alone(crawl):
    assert crawl.requests[0].path == "/robots.txt"
    assert [r.path for r in crawl.requests if r.path.startswith(("/neibu/", "/admin/"))] == []


def test_the_crawler_says_who_it_is(crawl):
    assert all("dangjian" in r.headers["user-agent"].lower() for r in crawl.requests)


@pytest.mark.parametrize("kind", ["missing", "restricted", "external"])
def test_a_page_that_is_no_article_is_looked_at_and_not_stored(crawl, kind):
    assert f"/news/html/?{TRAPS[kind]}.html" in [r.path for r in crawl.requests]
    assert TRAPS[kind] not in [number(record.url) for record in crawl.records]


@pytest.mark.parametrize("field", ["title", "source", "published", "published_precision", "section"])
def test_every_article_has_its_own(crawl, field):
    assert {r.url: getattr(r, field) for r in crawl.records} == {
        url: getattr(truth, field) for url, truth in crawl.truths.items()
    }


def test_the_page_with_the_wrong_label_is_read_right(crawl):
    (record,) = [record for record in crawl.records if number(record.url) == 12]
    truth = crawl.truths[record.url]
    assert (record.title, record.authors, record.body) == (truth.title, truth.authors, truth.body)


@pytest.mark.parametrize("article", [151, 130])
def test_an_article_in_several_pages_is_one_record(crawl, article):
    (record,) = [record for record in crawl.records if number(record.url) == article]
    assert record.body == crawl.truths[record.url].body
    assert len(record.pages) == len(crawl.truths[record.url].pages)


def test_a_line_has_the_fields_in_the_order_of_the_model(crawl):
    for file in crawl.data.glob("articles/demo/*.jsonl"):
        for line in file.read_text("utf-8").splitlines():
            assert list(json.loads(line)) == list(Article.model_fields)
            assert "\\u" not in line


def test_a_record_says_where_it_comes_from(crawl):
    for record in crawl.records:
        assert (record.site, record.version, record.id is not None) == ("demo", 1, True)
        assert record.first_seen == record.fetched_at
        assert record.text_digest.startswith("sha256:")


def test_the_database_has_what_the_lines_have(crawl):
    with Store.open(crawl.data / "dangjian.db") as store:
        stored = {article.url: article for article in store.articles(site="demo")}
    assert stored == {record.url: record for record in crawl.records}


class TestArchive:
    def test_warcio_finds_nothing_wrong(self, crawl):
        files = [str(path) for path in sorted((crawl.data / "warc").glob("*.warc.gz"))]
        assert files
        check = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", "-v", *files],
            capture_output=True,
            text=True,
            check=False,
        )
        assert check.returncode == 0, check.stdout
        assert "digest pass" in check.stdout

    def test_our_own_check_finds_nothing_wrong(self, crawl):
        assert verify(crawl.data / "warc") == []

    def test_every_response_of_the_first_run_is_there_as_it_was_sent(self, crawl):
        kept = {}
        for file in sorted((crawl.data / "warc").glob("*.warc.gz")):
            for response in iter_responses(file):
                kept.setdefault(urlsplit(response.url)._replace(scheme="", netloc="").geturl(), response)
        for request in crawl.requests:
            if request.method == "GET":
                assert kept[request.path].status == request.status
                assert unchunked(kept[request.path]) == request.sent

    def test_a_record_s_pointer_leads_to_the_bytes_it_was_read_from(self, crawl):
        sent = {request.path: request.sent for request in crawl.requests}
        for record in crawl.records:
            response = read_record(crawl.data / "warc", record.warc)
            assert response.url == record.url
            assert response.body == sent[f"/news/html/?{number(record.url)}.html"]

    def test_a_pointer_is_the_place_of_one_gzip_member(self, crawl):
        pointer = crawl.records[0].warc
        with (crawl.data / "warc" / pointer.file).open("rb") as file:
            file.seek(pointer.offset)
            member = gzip.decompress(file.read(pointer.length))
        assert member.startswith(b"WARC/1.1\r\n")
        assert f"WARC-Record-ID: <{pointer.record_id}>".encode() in member

    def test_what_was_read_can_be_read_again_from_the_archive(self, crawl):
        for record in crawl.records:
            response = read_record(crawl.data / "warc", record.warc)
            again = extract(response.entity(), url=record.url, content_type=response.content_type)
            assert (again.title, again.authors) == (record.title, record.authors)
            assert record.body.startswith(again.body)


def unchunked(response):
    """The body as the demo wrote it, before it cut it into chunks."""
    if response.header("Transfer-Encoding") != "chunked":
        return response.body
    body = response.entity()
    return body if response.header("Content-Encoding") is None else gzip.compress(body, 6, mtime=0)


class TestSecondRun:
    def test_it_stores_nothing_new(self, crawl):
        found = crawl.second.summary()["articles"]
        assert (found["new"], found["changed"]) == (0, 0)
        with Store.open(crawl.data / "dangjian.db") as store:
            assert {article.version for article in store.articles(site="demo")} == {1}

    def test_the_summary_of_the_first_counts_what_was_done(self, crawl):
        summary = crawl.first.summary()
        assert summary["articles"] == {"new": len(crawl.truths), "changed": 0, "unchanged": 0}
        assert summary["archived"] == len(crawl.requests)
        assert summary["outcome"] == "done"


def test_the_built_in_demo_needs_nothing_but_its_name(tmp_path):
    outcome = dangjian("crawl", "demo", "--limit", "5", "--json", data=tmp_path / "data")
    assert outcome.code == 0, outcome.err
    assert len(outcome.articles()) == outcome.summary()["articles"]["new"] >= 5
