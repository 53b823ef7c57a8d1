"""An archive and its database, as two runs of a crawl leave them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.archive import Exchange
from crawler.items import Article, Capture, WarcPointer
from crawler.recorder import Recorder
from crawler.urls import article_id

URL = "http://www.example.cn/news/html/?411.html"
FIRST = datetime(2024, 5, 10, 8, 0, tzinfo=UTC)
BODY = "<h1>党建见闻</h1><p>第一次看到的正文。</p>".encode("gb18030")
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gb2312\r\nETag: "1"\r\n\r\n'
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'


def look(data: Path, at: datetime, *, head: bytes = HEAD, body: bytes = BODY, url: str = URL) -> WarcPointer:
    """One run that fetches one page and stores its article; returns where its capture stands."""
    recorder = Recorder(data, "demo", command="test")
    pointer = recorder.archive(
        Exchange(
            url=url,
            started=at,
            request_head=b"GET /news/html/?411.html HTTP/1.1\r\nHost: www.example.cn\r\n\r\n",
            response_head=head,
            response_body=body,
        )
    )
    fetched_at = f"{at + timedelta(seconds=1):%Y-%m-%dT%H:%M:%S.000000Z}"
    status = int(head.split()[1])
    recorder.note(Capture(url=url, status=status, fetched_at=fetched_at, site="demo", warc=pointer))
    if status == 200:
        article = Article(id=article_id(url), url=url, site="demo", title="党建见闻", body=f"正文 {at.day}")
        article.fetched_at, article.warc = fetched_at, pointer
        recorder.store.save([], [article], run=recorder.run.id)
    recorder.commit()
    recorder.close(outcome="done", counts={})
    return pointer


@pytest.fixture
def pointers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[WarcPointer]:
    """Pointers of four captures of one page, in `tmp_path/data`: new, unchanged, 304, changed."""
    monkeypatch.setattr(Recorder, "_arm", lambda self: None)  # no event loop here; `commit` writes
    data = tmp_path / "data"
    data.mkdir()
    return [
        look(data, FIRST),
        look(data, FIRST + timedelta(days=1)),
        look(data, FIRST + timedelta(days=2), head=NOT_MODIFIED, body=b""),
        look(data, FIRST + timedelta(days=3), body=BODY + b"<p>more</p>"),
    ]
