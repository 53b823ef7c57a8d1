"""Nothing is read that was cut off or that the archive does not hold."""

from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.archive import ExchangeError
from crawler.extensions.warc import WarcArchive
from crawler.middlewares.whole import NotArchived, WholeMiddleware
from crawler.recorder import recorder_of
from crawler.sites import adhoc_site
from crawler.spiders.failures import reason_of_error
from crawler.spiders.loader import spider_for

URL = "http://a.example.cn/a/1.html"


def crawler_for(**settings: Any) -> Any:
    crawler = get_crawler(spider_for(adhoc_site("http://a.example.cn/list/")), settings)
    crawler.spider = crawler._create_spider()
    return crawler


def test_a_cut_response_is_asked_for_again_and_then_given_up() -> None:
    crawler = crawler_for(RETRY_TIMES=1)
    middleware = WholeMiddleware(crawler)
    cut = Response(URL, flags=["dataloss"])
    again = middleware.process_response(Request(URL), cut)
    assert isinstance(again, Request)
    with pytest.raises(ResponseDataLossError):
        middleware.process_response(again, cut)
    with pytest.raises(ResponseDataLossError):
        middleware.process_response(Request(URL, meta={"dont_retry": True}), cut)


def test_a_response_passes_where_nothing_is_archived() -> None:
    response = Response(URL)
    assert WholeMiddleware(crawler_for()).process_response(Request(URL), response) is response


def test_an_exchange_that_makes_no_sense_costs_its_page_and_no_more(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawler = crawler_for(DANGJIAN_DATA=str(tmp_path), DANGJIAN_CONTACT="")
    monkeypatch.setattr(WarcArchive, "_export_articles", lambda self: None)  # settings are frozen by now
    archive = WarcArchive(crawler)
    recorder = recorder_of(crawler)
    assert recorder is not None

    def refuse(exchange: Any) -> None:
        raise ExchangeError("the response has no status line")

    monkeypatch.setattr(recorder, "archive", refuse)
    request, response = Request(URL, meta={"capture": "of an earlier hop"}), Response(URL)
    archive.response_downloaded(response, request, crawler.spider)
    with pytest.raises(NotArchived) as refused:
        WholeMiddleware(crawler).process_response(request, response)
    recorder.close(outcome="done", counts={})
    assert reason_of_error(refused.value) == "broken/no HTTP exchange"
    assert not [key for key in crawler.stats.get_stats() if key.startswith("dangjian/errors/")]
