"""Known articles are asked for with conditions, and what comes of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import verify
from crawler.demo.server import DemoSite
from crawler.items import Article
from crawler.middlewares.revisit import RevisitMiddleware, UnaskedNotModifiedError
from crawler.recorder import attach
from crawler.sites import adhoc_site, load_site
from crawler.spiders.failures import reason_of_error
from crawler.spiders.loader import spider_for
from crawler.store import Store
from tests.crawl.running import Outcome, article_page, dangjian, list_page, site_file
from tests.support import PageServer, Seen, Served

URL = "http://a.example.cn/a/1.html"
VALIDATORS = {"etag": '"v1"', "last_modified": "Wed, 01 May 2024 08:00:00 GMT", "last_fetched": "2024"}


def middleware(article: Article | None) -> RevisitMiddleware:
    crawler = get_crawler(spider_for(adhoc_site("http://a.example.cn/list/")))
    crawler.spider = crawler._create_spider()
    attach(crawler, SimpleNamespace(store=SimpleNamespace(article=lambda id: article)))  # type: ignore[arg-type]
    return RevisitMiddleware(crawler)


def conditions(request: Request, article: Article | None = Article(url=URL)) -> dict[str, str]:  # noqa: B008
    middleware(article).process_request(request)
    return {
        name.decode(): values[0].decode()
        for name, values in request.headers.items()
        if name.startswith(b"If-")
    }


def known(**meta: Any) -> Request:
    return Request(URL, meta={"kind": "article", "revisit": VALIDATORS, **meta})


def test_a_known_article_is_asked_for_with_its_validators() -> None:
    assert conditions(known()) == {"If-None-Match": '"v1"', "If-Modified-Since": VALIDATORS["last_modified"]}


@pytest.mark.parametrize(
    ("request_", "article"),
    [
        (known(kind="list"), Article(url=URL)),
        (known(kind="file"), Article(url=URL)),
        (known(playwright=True), Article(url=URL)),
        (known(revisit={"etag": None, "last_modified": None}), Article(url=URL)),
        (known(), None),
        (known(), Article(url=URL, pages=[URL, URL + "?2"])),
        (Request(URL, meta={"kind": "article"}), Article(url=URL)),
    ],
    ids=["list", "file", "browser", "no validators", "not stored", "several pages", "first visit"],
)
def test_nothing_else_is_asked_for_with_conditions(request_: Request, article: Article | None) -> None:
    assert conditions(request_, article) == {}


def test_validators_do_not_go_along_with_a_redirect() -> None:
    request = known(redirect_urls=[URL])
    request.headers["If-None-Match"] = '"v1"'
    assert conditions(request) == {}


def test_a_304_that_nobody_asked_for_is_a_failure() -> None:
    answer = Response(URL, status=304)
    with pytest.raises(UnaskedNotModifiedError) as raised:
        middleware(None).process_response(Request(URL), answer)
    assert reason_of_error(raised.value) == "broken/HTTP 304"
    asked = Request(URL, headers={"If-None-Match": '"v1"'})
    assert middleware(None).process_response(asked, answer) is answer


@pytest.fixture(scope="module")
def rechecked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Outcome, Outcome, DemoSite, int]]:
    """The unchanged demo, crawled and rechecked; how many requests the first crawl made."""
    folder = tmp_path_factory.mktemp("revisit")
    with DemoSite(port=0) as demo:
        file = folder / "demo.toml"
        file.write_text(load_site("demo").rebased(demo.url).to_toml(), encoding="utf-8")
        first = dangjian("crawl", str(file), "--json", data=folder / "data")
        asked = len(demo.requests)
        second = dangjian("crawl", str(file), "--json", "--recheck", data=folder / "data")
        yield first, second, demo, asked


def test_a_recheck_of_an_unchanged_site_gets_304s(
    rechecked: tuple[Outcome, Outcome, DemoSite, int],
) -> None:
    first, second, demo, asked = rechecked
    unmodified = [request for request in demo.requests[asked:] if request.status == 304]
    several = [one for one in first.articles() if one["pages"]]
    assert len(several) == 2
    assert len(unmodified) >= len(demo.articles) - len(several)
    assert second.code == 0
    assert second.summary()["failures"] == first.summary()["failures"]
    assert second.summary()["articles"] == {"new": 0, "changed": 0, "unchanged": len(demo.articles)}


def test_a_304_is_a_revisit_record_of_the_capture_it_confirms(
    rechecked: tuple[Outcome, Outcome, DemoSite, int],
) -> None:
    data = rechecked[1].data
    profiles = set()
    for path in (data / "warc").glob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.http_headers is not None and record.http_headers.statusline.startswith("304"):
                    assert record.rec_type == "revisit"
                    assert record.rec_headers.get_header("WARC-Refers-To-Target-URI")
                    profiles.add(record.rec_headers.get_header("WARC-Profile"))
    assert profiles == {"http://netpreserve.org/warc/1.1/revisit/server-not-modified"}
    assert verify(data / "warc") == []


def test_a_304_counts_as_a_look_that_found_the_article(
    rechecked: tuple[Outcome, Outcome, DemoSite, int],
) -> None:
    data = rechecked[1].data
    with Store.open(data / "dangjian.db") as store:
        urls = {one.url for one in store.articles() if 304 in {c.status for c in store.captures(one.url)}}
        assert len(urls) >= 60
        assert store.missing_articles() == []


def changing(state: dict[str, Any]) -> Callable[[Seen], Served]:
    """An article with an ETag; whatever else `state` says stands in its place."""

    def answer(seen: Seen) -> Served:
        tag = f'"{state["tag"]}"'
        if seen.headers.get("if-none-match") == tag:
            return Served(b"", 304, [("ETag", tag)])
        return Served(
            state["body"].encode(), 200, [("Content-Type", "text/html; charset=utf-8"), ("ETag", tag)]
        )

    return answer


def test_a_changed_page_comes_whole_and_makes_a_version(tmp_path: Path) -> None:
    state = {"tag": 1, "body": article_page(1)}
    with PageServer({"/list/": list_page([1]), "/a/1.html": changing(state)}) as server:
        site = site_file(tmp_path, server.url)
        dangjian("crawl", site, data=tmp_path / "data")
        state |= {"tag": 2, "body": article_page(1, paragraphs=6)}
        second = dangjian("crawl", site, "--recheck", "--json", data=tmp_path / "data")
    assert second.summary()["articles"] == {"new": 0, "changed": 1, "unchanged": 0}


def test_what_stood_in_an_articles_place_is_not_confirmed_by_a_304(tmp_path: Path) -> None:
    state = {"tag": 1, "body": article_page(1)}
    with PageServer({"/list/": list_page([1]), "/a/1.html": changing(state)}) as server:
        site = site_file(tmp_path, server.url)
        dangjian("crawl", site, data=tmp_path / "data")
        state |= {"tag": 2, "body": "<html><body><p>您访问的页面不存在或已删除！</p></body></html>"}
        for _ in range(2):
            again = dangjian("crawl", site, "--recheck", "--json", data=tmp_path / "data")
            assert again.summary()["articles"]["unchanged"] == 0
        assert [seen.headers.get("if-none-match") for seen in server.requests if "/a/" in seen.path] == [
            None,
            '"1"',
            None,
        ]


def test_the_site_file_says_when_articles_are_looked_at_again(tmp_path: Path) -> None:
    with PageServer({"/list/": list_page([1]), "/a/1.html": article_page(1)}) as server:
        site = site_file(tmp_path, server.url)
        with Path(site).open("a", encoding="utf-8") as file:
            file.write("\n[schedule]\nrecheck_days = [0.01]\n")  # sooner than a look may come early
        for times in (1, 2):
            dangjian("crawl", site, data=tmp_path / "data")
            assert server.count("/a/1.html") == times
