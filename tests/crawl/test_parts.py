"""The parts of a crawl one by one: politeness, identity, safety, outcomes, the reader's processes."""

import asyncio
import json
from io import BytesIO
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadTimeoutError, IgnoreRequest
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from crawler.extensions.progress import Progress
from crawler.extensions.summary import summarise
from crawler.items import Article
from crawler.middlewares.challenge import Challenged, ChallengeMiddleware
from crawler.middlewares.identity import IdentityMiddleware
from crawler.middlewares.politeness import PolitenessMiddleware, is_loopback
from crawler.pipelines.lines import ArticleLinesExporter
from crawler.reader import Reader, ReadingError
from crawler.sites import Politeness, Site, adhoc_site
from crawler.spiders.failures import reason_of_error, reason_of_status
from crawler.spiders.loader import spider_for
from crawler.spiders.phpweb import asks_for_pages, pages_told
from crawler.urls import is_public
from tests.crawl.running import article_page


def crawler_for(site: Site, **settings: Any) -> Any:
    crawler = get_crawler(spider_for(site), {"DANGJIAN_CONTACT": "", "USER_AGENT": "dangjian/9", **settings})
    crawler.spider = crawler.spidercls()
    return crawler


class TestPoliteness:
    def wanted(self, host: str, politeness: Politeness | None = None, **settings: Any) -> dict[str, Any]:
        site = adhoc_site(f"http://{host}/list/")
        if politeness:
            site = site.model_copy(update={"politeness": politeness})
        return PolitenessMiddleware(crawler_for(site, **settings))._wanted(host)

    def test_a_host_is_asked_once_a_second(self) -> None:
        assert self.wanted("a.cn") == {"delay": 1.0, "concurrency": 1, "jitter": 0.0}

    def test_loopback_is_not_held_back(self) -> None:
        assert self.wanted("127.0.0.1")["delay"] == 0
        assert self.wanted("127.0.0.1")["concurrency"] > 1

    def test_the_site_file_decides(self) -> None:
        assert self.wanted("a.cn", Politeness(delay=5, concurrency=2))["delay"] == 5
        assert self.wanted("127.0.0.1", Politeness(delay=5))["delay"] == 5

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "a.localhost"])
    def test_loopback_is_known(self, host: str) -> None:
        assert is_loopback(host)

    @pytest.mark.parametrize("host", ["localhost.cn", "128.0.0.1", "a.cn", ""])
    def test_other_hosts_are_no_loopback(self, host: str) -> None:
        assert not is_loopback(host)


class TestIdentity:
    def agent(self, **settings: Any) -> str:
        middleware = IdentityMiddleware(crawler_for(adhoc_site("http://a.cn/"), **settings))
        request = Request("http://a.cn/")
        middleware.own = True
        middleware.process_request(request)
        return request.headers["User-Agent"].decode()

    def test_it_names_the_program(self) -> None:
        assert self.agent() == "dangjian/9"

    def test_it_names_the_contact(self) -> None:
        assert self.agent(DANGJIAN_CONTACT="me@a.cn") == "dangjian/9 (+me@a.cn)"

    def test_a_contact_cannot_add_a_header(self) -> None:
        assert "\n" not in self.agent(DANGJIAN_CONTACT="me\r\nCookie: a")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
        *("::1", "fe80::1%eth0", "::ffff:127.0.0.1", "fd00::1", "224.0.0.1", "not an address", ""),
        *("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "0xa9fea9fe", "::", "::127.0.0.1"),
        *("64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:c0a8:1::", "ff02::1", "255.255.255.255"),
    ],
)
def test_private_addresses_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2400:3200::1", "::ffff:8.8.8.8", "134744072"])
def test_public_addresses_are_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Challenged("jiasule", 521), "blocked/gate jiasule"),
        (DownloadTimeoutError("slow"), "unreachable/timeout"),
        (DownloadConnectionRefusedError("no"), "unreachable/connection refused"),
        (IgnoreRequest("Filtered offsite request to 'b.cn'"), "refused/off the site"),
        (KeyError("x"), "broken/KeyError"),
    ],
)
def test_failures_have_reasons(error: Exception, reason: str) -> None:
    assert reason_of_error(error) == reason


def test_statuses_have_reasons() -> None:
    assert [reason_of_status(code) for code in (404, 403, 500)] == [
        "missing/HTTP 404",
        "blocked/HTTP 403",
        "broken/HTTP 500",
    ]


@pytest.mark.parametrize(
    ("stats", "outcome", "code"),
    [
        ({"dangjian/articles/new": 3, "dangjian/lists": 1}, "done", 0),
        ({"dangjian/articles/unchanged": 3, "dangjian/lists": 1}, "done", 0),
        ({"dangjian/lists": 1}, "nothing found", 3),
        ({"dangjian/lists": 1, "dangjian/links": 9}, "done", 0),
        (
            {"dangjian/lists": 1, "dangjian/links": 9, "dangjian/failed/missing/HTTP 404": 9},
            "nothing found",
            3,
        ),
        ({"dangjian/articles/new": 3, "dangjian/failed/missing/HTTP 404": 9}, "done", 0),
        (
            {"dangjian/articles/new": 3, "dangjian/failed/blocked/gate jiasule": 9},
            "blocked",
            4,
        ),
        (
            {"dangjian/articles/new": 3, "dangjian/entries_failed/unreachable/TLS": 1},
            "unreachable",
            4,
        ),
        ({"dangjian/articles/new": 3, "spider_exceptions/count": 1}, "errors", 1),
        ({"dangjian/articles/new": 3, "dangjian/errors/pipeline": 1}, "errors", 1),
        ({"dangjian/articles/new": 3, "feedexport/failed_count/FileFeedStorage": 1}, "errors", 1),
    ],
)
def test_the_outcome_follows_from_what_happened(stats: dict[str, int], outcome: str, code: int) -> None:
    summary = summarise(stats, site="x", reason="finished", recorder=None, seconds=1.0)
    assert (summary.outcome, summary.exit_code) == (outcome, code)


def test_progress_is_told_in_one_line() -> None:
    crawler = crawler_for(adhoc_site("http://a.cn/list/"), DANGJIAN_PROGRESS=True)
    crawler.stats = crawler.stats if crawler._stats else MemoryStatsCollector(crawler)
    stats = {"response_received_count": 7, "dangjian/articles/new": 4, "dangjian/articles/changed": 1}
    stats |= {"dangjian/failed/missing/HTTP 404": 2, "dangjian/bytes": 1_234_567}
    for key, value in stats.items():
        crawler.stats.set_value(key, value)
    assert Progress(crawler).line() == "a-cn: 7 pages, 5 articles, 2 not had, 1.2 MB"


def test_a_run_that_was_stopped_says_so() -> None:
    stats = {"dangjian/articles/new": 3}
    assert summarise(stats, site="x", reason="shutdown", recorder=None, seconds=1.0).exit_code == 130


def test_a_line_is_the_record_in_utf8() -> None:
    file = BytesIO()
    exporter = ArticleLinesExporter(file)
    exporter.export_item(Article(title="党建\u2028引领", body="第一段\n第二段"))
    (line,) = file.getvalue().split(b"\n")[:-1]
    assert "党建\u2028引领".encode() in line
    assert json.loads(line)["body"] == "第一段\n第二段"


def test_chosen_fields_are_left_to_scrapy() -> None:
    file = BytesIO()
    exporter = ArticleLinesExporter(file, fields_to_export=["title"], encoding="utf-8")
    exporter.export_item(Article(title="党建"))
    assert json.loads(file.getvalue()) == {"title": "党建"}


def test_small_stubs_are_stopped_and_pages_pass() -> None:
    from scrapy.http import HtmlResponse

    middleware = ChallengeMiddleware(crawler_for(adhoc_site("http://a.cn/")))
    request = Request("http://a.cn/")
    page = HtmlResponse("http://a.cn/", body=article_page(1).encode())
    assert middleware.process_response(request, page) is page
    with pytest.raises(Challenged):
        middleware.process_response(
            request, HtmlResponse("http://a.cn/", status=521, body=b"<script></script>")
        )


def test_phpweb_pages_are_asked_for_and_told() -> None:
    page = b"<script>var PDV_RP='../../';</script><div id='contentpages'></div><input id='newsid' value='12'>"
    asked = asks_for_pages(page, "http://a.cn/news/html/?12.html")
    assert asked == ("http://a.cn/news/post.php", b"act=contentpages&newsid=12")
    answer = b"<li id='p_0' class='pages'>1</li><li id='p_1201' class='pages'>2</li>"
    assert list(pages_told(answer, *asked)) == [
        ("http://a.cn/news/post.php", b"act=getcontent&newspageid=1201&newsid=12&RP=")
    ]
    assert asks_for_pages(b"<p>contentpages</p>", "http://a.cn/") is None


async def test_a_reader_that_is_closed_while_it_starts_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    reader = Reader(1)
    reader.start()
    warming = reader._warming
    reader.close()
    assert warming is not None
    await asyncio.wait([warming])
    await asyncio.sleep(0)
    assert caplog.messages == []


class Suicidal(Site):
    """Kills the process that unpickles it, as a page that crashes the parser would."""

    def __reduce__(self) -> Any:  # type: ignore[override]
        import os

        return os._exit, (1,)


async def test_a_page_that_kills_its_reader_is_lost_alone() -> None:
    reader = Reader(1)
    harmless = adhoc_site("http://a.cn/")
    deadly = Suicidal.model_validate(harmless.model_dump())
    page = article_page(3).encode()
    reader.start()
    while not reader._ready():
        await asyncio.sleep(0.01)
    try:
        jobs = [
            reader.read(
                page, url=f"http://a.cn/{n}.html", content_type=None, site=deadly if n == 2 else harmless
            )
            for n in range(5)
        ]
        results = await asyncio.gather(*jobs, return_exceptions=True)
    finally:
        reader.close()
    assert isinstance(results.pop(2), ReadingError)
    assert all(not isinstance(result, BaseException) and result.article for result in results)
