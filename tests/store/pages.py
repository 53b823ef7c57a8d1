"""Captures and articles to store."""

import uuid
from typing import Any

from crawler.items import Article, Capture, WarcPointer

BODY = "社会组织面大量广，党建工作任务重。\n要把党的组织建起来。\n（作者系市社会组织党委委员）"


def page(number: int = 1, *, day: int = 1, hour: int = 8, **fields: Any) -> tuple[Capture, Article]:
    """A capture of article `number` on a day of November 2026, and what was read from it."""
    url = fields.pop("url", f"http://www.example.cn/news/html/?{number}.html")
    at = f"2026-11-{day:02}T{hour:02}:00:00Z"
    warc = WarcPointer(
        file="example-1.warc.gz",
        offset=number * 1000,
        length=900,
        record_id=uuid.uuid4().urn,
        payload_digest="sha1:AAAA",
    )
    capture = Capture(url=url, status=200, fetched_at=at, site="example", section="要闻", warc=warc)
    article = Article(
        url=url,
        site="example",
        section="要闻",
        title=f"第{number}篇：基层党建工作",
        authors=["高明"],
        source="示例先锋网",
        published="2021-03-23T09:51:52+08:00",
        published_precision="second",
        body=BODY,
        body_html="<p>社会组织面大量广，党建工作任务重。</p>",
        keywords=["党建"],
        fetched_at=at,
        warc=warc,
        evidence={"title": "h1"},
        extractor="dangjian 0.1.0",
    )
    return capture, article.model_copy(update=fields)


def answer(status: int, number: int = 1, *, day: int = 1, hour: int = 8) -> Capture:
    """A response that brought no article."""
    capture, _ = page(number, day=day, hour=hour)
    return capture.model_copy(update={"status": status})
