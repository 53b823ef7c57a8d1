"""The scheduler between a play engine and a real store."""

import contextlib
import contextvars
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request, Spider, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure

from crawler import recorder as recorders
from crawler import scheduler as schedulers
from crawler.scheduler import FrontierScheduler, LeaseMiddleware, read_request, write_request
from crawler.store import Store, StoreError, frontier

SITE = "example"
SETTINGS = {
    "SPIDER_MIDDLEWARES": {"crawler.scheduler.LeaseMiddleware": 20},
    "CONCURRENT_REQUESTS": 4,
}


class ExampleSpider(Spider):
    name = SITE

    def parse_list(self, response: Response, page: int = 1) -> None: ...

    def parse_article(self, response: Response) -> None: ...

    def failed(self, failure: Failure) -> None: ...


class Writer:
    """The thread in which transactions are made: at once, or when the test says so."""

    def __init__(self) -> None:
        self.commits = 0
        self.is_slow = False
        self._waiting: list[tuple[Future[Any], Callable[[], Any], Callable[[], None]]] = []

    def after_commit(self, work: Callable[[], Any], done: Callable[[], None]) -> Future[Any]:
        future: Future[Any] = Future()
        self._waiting.append((future, work, done))
        if not self.is_slow:
            self.work()
        return future

    def work(self, *, tell: bool = True) -> None:
        """Do what was asked for; from another thread without telling, since that is the event loop's part."""
        waiting, self._waiting = self._waiting, []
        for future, work, done in waiting:
            self.commits += 1
            try:
                future.set_result(work())
            except Exception as error:
                future.set_exception(error)
            if tell:
                done()


class Crawl:
    """One crawl of the example site: a scheduler, and an engine played by the test."""

    def __init__(self, path: Path, **settings: object) -> None:
        self.crawler = get_crawler(ExampleSpider, SETTINGS | settings)
        self.spider = ExampleSpider.from_crawler(self.crawler)
        self.in_progress: set[Request] = set()
        self.closed_for: list[str] = []
        self.crawler.engine = SimpleNamespace(  # type: ignore[assignment]
            _slot=SimpleNamespace(
                inprogress=self.in_progress, nextcall=SimpleNamespace(schedule=lambda: None)
            ),
            spider=self.spider,
            close_spider_async=self._close,
        )
        self.store = Store.open(path)
        self.run = self.store.start_run(SITE, command="crawl example")
        self.writer = Writer()
        self.hold = SimpleNamespace(
            store=self.store,
            run=self.run,
            site=SITE,
            failure=None,
            given_up=False,
            after_commit=self.writer.after_commit,
        )
        recorders.attach(self.crawler, self.hold)  # type: ignore[arg-type]
        self.scheduler = FrontierScheduler.from_crawler(self.crawler)
        self.scheduler.open(self.spider)

    async def _close(self, reason: str) -> None:
        self.closed_for.append(reason)

    def start(self, *requests: Request) -> None:
        for request in requests:
            self.scheduler.enqueue_request(request)

    def take(self, most: int = 100) -> list[Request]:
        """Let the engine take what the scheduler gives."""
        taken: list[Request] = []
        while len(taken) < most and (request := self.scheduler.next_request()):
            self.in_progress.add(request)
            taken.append(request)
        return taken

    def answer(
        self, request: Request, found: Iterable[Request] = (), status: int = 200, **headers: str
    ) -> Response:
        """A response arrives and its callback yields requests; the engine is not finished with it yet."""
        response = Response(request.url, status=status, headers=headers, request=request)
        self.crawler.signals.send_catch_log(
            signals.response_received, response=response, request=request, spider=self.spider
        )

        def scrape() -> None:
            LeaseMiddleware().process_spider_input(response)
            self.start(*found)

        contextvars.copy_context().run(scrape)
        return response

    def finish(
        self, request: Request, found: Iterable[Request] = (), status: int = 200, **headers: str
    ) -> Response:
        response = self.answer(request, found, status, **headers)
        self.in_progress.remove(request)
        return response

    def fail(self, request: Request, error: Exception) -> None:
        """A request ends without a response."""
        failure = Failure(error)
        failure.request = request  # type: ignore[attr-defined]
        assert request.errback is not None
        with contextlib.suppress(type(error)):
            contextvars.copy_context().run(request.errback, failure)
        self.in_progress.remove(request)

    def close(self) -> None:
        self.scheduler.close("finished")
        self.store.finish_run(self.run.id, outcome="finished", counts={})
        self.store.close()

    def kill(self) -> None:
        """The process dies: nothing is written any more."""
        self.store.close()


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[Callable[..., Crawl]]:
    opened: list[Crawl] = []

    def begin(**settings: object) -> Crawl:
        opened.append(Crawl(tmp_path / "dangjian.db", **settings))
        return opened[-1]

    yield begin
    for one in opened:
        one.store.close()


def url(number: int) -> str:
    return f"http://www.example.cn/news/html/?{number}.html"


def entry(crawl: Crawl) -> Request:
    return Request(
        "http://www.example.cn/list/", crawl.spider.parse_list, meta={"kind": "list"}, dont_filter=True
    )


def article(crawl: Crawl, number: int, **fields: Any) -> Request:
    meta = {"kind": "article", "section": "要闻"} | fields.pop("meta", {})
    return Request(url(number), crawl.spider.parse_article, meta=meta, **fields)


def outcomes(crawl: Crawl) -> dict[str, tuple[str, str | None]]:
    with crawl.store._database.read() as connection:
        rows = connection.exec_driver_sql("SELECT url, state, reason FROM url ORDER BY id")
        return {row.url: (row.state, row.reason) for row in rows}


def settle(crawl: Crawl) -> dict[str, tuple[str, str | None]]:
    crawl.scheduler.close("finished")
    return outcomes(crawl)


def test_a_url_is_in_the_database_before_it_is_requested(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(entry(one), article(one, 1))
    (first, *_) = one.take(1)
    assert first.url == "http://www.example.cn/list/"
    assert outcomes(one) == {first.url: ("leased", None), url(1): ("leased", None)}


def test_a_crawl_ends_when_everything_was_asked_for(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(entry(one))
    asked = []
    while one.scheduler.has_pending_requests() or one.in_progress:
        for request in one.take():
            asked.append(request.url)
            one.finish(
                request, [article(one, number) for number in range(20)] if "list" in request.url else ()
            )
    assert asked == ["http://www.example.cn/list/", *(url(number) for number in range(20))]
    assert {state for state, _ in settle(one).values()} == {"done"}


def test_a_url_found_twice_is_asked_for_once(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1), article(one, 1), Request("https://example.cn/news/html/?1.html#a"))
    (request,) = one.take()
    one.finish(request, [article(one, 1)])
    assert one.take() == []
    assert not one.scheduler.has_pending_requests()


def test_lists_are_asked_for_before_articles_and_new_ones_before_old(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(
        article(one, 1, meta={"listed": "2024-01-01"}),
        article(one, 2, meta={"listed": "2024-05-01"}),
        entry(one),
    )
    assert [request.url for request in one.take()] == ["http://www.example.cn/list/", url(2), url(1)]


def test_a_page_is_done_only_when_the_engine_has_finished_with_it(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1), article(one, 2))
    first, second = one.take()
    one.finish(first)
    one.answer(second)
    one.scheduler.next_request()
    one.kill()
    two = crawl()
    two.scheduler.has_pending_requests()
    assert outcomes(two)[url(2)] == ("queued", None)


def test_a_page_is_done_and_what_was_found_on_it_entered_at_once_or_not_at_all(
    crawl: Callable[..., Crawl], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("no")

    monkeypatch.setattr(recorders, "_schedule_coro", lambda coro: coro.close())
    one = crawl()
    one.start(entry(one))
    (request,) = one.take()
    one.finish(request, [article(one, 1), article(one, 2)])
    monkeypatch.setattr(frontier, "_finish", fail)
    one.scheduler.next_request()
    assert outcomes(one) == {"http://www.example.cn/list/": ("leased", None)}
    monkeypatch.undo()
    one.kill()
    two = crawl()
    two.scheduler.has_pending_requests()
    assert outcomes(two) == {"http://www.example.cn/list/": ("queued", None)}


def test_a_killed_crawl_goes_on_where_it_stopped(
    crawl: Callable[..., Crawl], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedulers, "MAX_WAIT", -1.0)
    asked: dict[str, int] = {}
    one = crawl()
    one.start(entry(one))
    for round_ in range(50):
        taken = one.take(3)
        for request in taken[:2]:
            asked[request.url] = asked.get(request.url, 0) + 1
            found = [article(one, number) for number in range(30)] if "list" in request.url else []
            one.finish(request, found)
        one.scheduler.next_request()
        if round_ and not one.scheduler.has_pending_requests() and not taken:
            break
        one.kill()
        one = crawl()
    assert set(asked) == {"http://www.example.cn/list/", *(url(number) for number in range(30))}
    assert {state for state, _ in settle(one).values()} == {"done"}


def test_a_resumed_request_is_what_it_was(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(
        Request(
            url(1),
            one.spider.parse_list,
            errback=one.spider.failed,
            method="POST",
            body="页=2".encode("gbk"),
            headers={"X-Requested-With": "XMLHttpRequest", "Accept": ["a", "b"]},
            cookies={"a": "b"},
            meta={"kind": "list", "section": "要闻", "depth": 2},
            cb_kwargs={"page": 2},
            priority=3,
        )
    )
    one.scheduler.close("shutdown")
    one.kill()
    two = crawl()
    (request,) = two.take()
    assert (request.method, request.body, request.priority) == ("POST", "页=2".encode("gbk"), 3)
    assert request.headers.getlist("Accept") == [b"a", b"b"]
    assert request.callback == two.spider.parse_list
    assert request.cb_kwargs == {"page": 2}
    assert request.cookies == {"a": "b"}
    assert (request.meta["section"], request.meta["depth"], request.meta["kind"]) == ("要闻", 2, "list")
    assert request.errback is not None and request.errback.original == two.spider.failed  # type: ignore[attr-defined]


def test_a_second_crawl_asks_for_lists_and_new_articles_only(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(entry(one))
    (request,) = one.take()
    one.finish(request, [article(one, number) for number in range(3)])
    for request in one.take():
        one.finish(request)
    one.close()
    two = crawl()
    two.start(entry(two))
    (request,) = two.take()
    two.finish(request, [article(two, number) for number in range(4)])
    assert [request.url for request in two.take()] == [url(3)]


def test_a_recheck_asks_for_known_articles_with_their_validators(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1))
    (request,) = one.take()
    assert "revisit" not in request.meta
    one.finish(request, **{"ETag": '"a"', "Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT"})
    one.close()
    two = crawl(DANGJIAN_RECHECK="all")
    (request,) = two.take()
    assert request.meta["revisit"]["etag"] == '"a"'
    assert request.meta["revisit"]["last_modified"] == "Sun, 01 Nov 2026 00:00:00 GMT"
    assert request.callback == two.spider.parse_article


def test_a_retry_and_a_redirect_belong_to_the_lease_they_come_from(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1))
    (request,) = one.take()
    retry = request.replace(dont_filter=True, meta=request.meta | {"retry_times": 1})
    one.start(retry)
    one.in_progress.remove(request)
    (again,) = one.take()
    assert again is retry
    redirect = retry.replace(url="http://www.example.cn/elsewhere")
    one.start(redirect)
    one.in_progress.remove(retry)
    assert outcomes(one) == {url(1): ("leased", None)}
    (moved,) = one.take()
    one.finish(moved)
    assert settle(one) == {url(1): ("done", None)}


def test_a_request_that_json_cannot_hold_keeps_its_page_from_being_done(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1))
    (request,) = one.take()
    part = Request(url(2), lambda response: None, cb_kwargs={"reading": object()}, dont_filter=True)
    one.finish(request, [part])
    (taken,) = one.take()
    assert taken is part
    one.finish(taken, status=404)
    assert settle(one) == {url(1): ("done", None)}


def test_a_page_waits_for_the_pages_that_follow_from_its_parts(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1))
    (request,) = one.take()
    one.finish(request, [Request(url(2), lambda response: None)])
    (second,) = one.take()
    one.finish(second, [Request(url(3), lambda response: None)])
    one.take()
    one.scheduler.next_request()
    one.kill()
    two = crawl()
    assert [request.url for request in two.take()] == [url(1)]


def test_requests_that_copy_the_meta_of_their_page_are_urls_of_their_own(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1))
    (request,) = one.take()
    one.finish(request, [Request(url(2), one.spider.parse_article, meta=dict(request.meta))])
    assert set(settle(one)) == {url(1), url(2)}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, ("done", None)),
        (304, ("done", None)),
        (404, ("failed", "HTTP 404")),
        (503, ("failed", "HTTP 503")),
    ],
)
def test_the_status_decides_what_became_of_a_page(
    crawl: Callable[..., Crawl], status: int, expected: tuple[str, str | None]
) -> None:
    one = crawl()
    one.start(article(one, 1))
    (request,) = one.take()
    one.finish(request, status=status)
    assert settle(one) == {url(1): expected}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimeoutError("slow"), ("failed", "TimeoutError")),
        (IgnoreRequest("robots.txt forbids it"), ("skipped", "robots.txt forbids it")),
    ],
)
@pytest.mark.parametrize("own_errback", [True, False])
def test_a_request_without_answer_keeps_its_reason(
    crawl: Callable[..., Crawl], error: Exception, expected: tuple[str, str], own_errback: bool
) -> None:
    one = crawl()
    one.start(article(one, 1, errback=one.spider.failed if own_errback else None))
    (request,) = one.take()
    one.fail(request, error)
    assert settle(one) == {url(1): expected}


def test_a_spider_can_say_what_became_of_a_page(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1))
    (request,) = one.take()
    one.scheduler.report(request, "failed", "soft 404")
    one.finish(request)
    assert settle(one) == {url(1): ("failed", "soft 404")}


@pytest.mark.parametrize("signal", [signals.spider_error, signals.item_error])
def test_a_page_that_could_not_be_worked_on_is_not_done(crawl: Callable[..., Crawl], signal: object) -> None:
    one = crawl()
    one.start(article(one, 1))
    (request,) = one.take()
    response = one.answer(request)
    one.crawler.signals.send_catch_log(
        signal, failure=Failure(KeyError("x")), response=response, spider=one.spider, item={}
    )
    one.in_progress.remove(request)
    state, reason = settle(one)[url(1)]
    assert state == "failed" and reason is not None and "KeyError" in reason


def test_closing_hands_back_what_was_not_asked_for(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(*(article(one, number) for number in range(30)))
    first = one.take(2)
    for request in first:
        one.finish(request)
    states = settle(one)
    assert sorted(state for state, _ in states.values()) == ["done"] * 2 + ["queued"] * 28


def test_captures_are_committed_before_a_lease_ends(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1))
    (request,) = one.take()
    before = one.writer.commits
    one.finish(request)
    one.scheduler.close("finished")
    assert one.writer.commits > before


def test_a_commit_that_failed_ends_no_lease_and_the_crawl(
    crawl: Callable[..., Crawl], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorders, "_schedule_coro", _run_to_end)
    one = crawl()
    one.start(article(one, 1))
    (request,) = one.take()
    one.finish(request, [article(one, 2)])
    one.hold.failure = StoreError("the disk is full")
    assert one.scheduler.next_request() is None
    assert not one.scheduler.has_pending_requests()
    assert one.closed_for == ["store_failed"]
    assert outcomes(one) == {url(1): ("leased", None)}


def test_a_stored_request_cannot_reach_for_anything_but_a_public_callback(
    crawl: Callable[..., Crawl],
) -> None:
    one = crawl()
    for name in ("_parse", "__init__", "name", "no_such", "os.system", 7):
        with pytest.raises(ValueError, match="callback"):
            read_request(url(1), f'{{"callback": {name!r}}}'.replace("'", '"'), one.spider)
    with pytest.raises(ValueError, match="JSON"):
        read_request(url(1), "[1]", one.spider)


def test_a_stored_request_that_makes_no_sense_is_a_failure_of_its_url_only(
    crawl: Callable[..., Crawl],
) -> None:
    one = crawl()
    one.start(article(one, 1), article(one, 2))
    one.close()
    two = crawl()
    with two.store._database.write() as connection:
        connection.exec_driver_sql(
            """UPDATE url SET request = '{"callback":"gone"}' WHERE url LIKE '%?1.html'"""
        )
    assert [request.url for request in two.take()] == [url(2)]
    assert settle(two)[url(1)][0] == "failed"


@pytest.mark.parametrize(
    "fields",
    [
        {"callback": print},
        {"meta": {"object": object()}},
        {"cb_kwargs": {"when": Path("/")}},
        {"meta": {"bytes": b"x"}},
        {"meta": {"nan": {1, 2}}},
    ],
)
def test_what_json_cannot_hold_is_told_apart(crawl: Callable[..., Crawl], fields: dict[str, Any]) -> None:
    assert write_request(Request(url(1), **fields), crawl().spider) is None


def test_without_a_run_it_is_a_memory_scheduler() -> None:
    queue = {"SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.ScrapyPriorityQueue"}  # asks for no engine
    crawler = get_crawler(ExampleSpider, SETTINGS | queue)
    scheduler = FrontierScheduler.from_crawler(crawler)
    scheduler.open(ExampleSpider())
    request = Request(url(1))
    assert scheduler.enqueue_request(request)
    assert scheduler.has_pending_requests()
    assert scheduler.next_request() is request
    assert not scheduler.has_pending_requests()


def test_it_refuses_to_run_without_its_middleware() -> None:
    with pytest.raises(ValueError, match="LeaseMiddleware"):
        FrontierScheduler.from_crawler(get_crawler(ExampleSpider))


# That a request stays in the engine's set until the pipelines have finished with its items is what the end of
# a lease rests on; nothing in Scrapy's documentation promises it.
ENGINE_FACT = """
import asyncio, sys
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

class Slow:
    @classmethod
    def from_crawler(cls, crawler):
        self = cls(); self.crawler = crawler; return self
    async def process_item(self, item):
        before = {request.url for request in self.crawler.engine._slot.inprogress}
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        print(item["url"] in before and item["url"] in {r.url for r in self.crawler.engine._slot.inprogress})
        return item

class Example(Spider):
    name = "example"
    custom_settings = {"ITEM_PIPELINES": {Slow: 1}, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}
    async def start(self):
        yield Request("data:text/html,1")
        yield Request("data:text/html,2")
    def parse(self, response):
        yield {"url": response.url}

process = AsyncCrawlerProcess()
process.crawl(Example)
process.start()
"""


def test_the_engine_holds_a_request_until_its_items_are_through_the_pipelines() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENGINE_FACT], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["True", "True"], done.stderr


def _run_to_end(coro: Any) -> None:
    with contextlib.suppress(StopIteration):
        coro.send(None)


def test_a_page_put_back_is_left_to_the_next_run(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1), article(one, 2))
    first, second = one.take()
    one.finish(second)
    response = one.answer(first)

    def scrape() -> None:
        LeaseMiddleware().process_spider_input(response)
        one.scheduler.put_back()

    contextvars.copy_context().run(scrape)
    one.in_progress.remove(first)
    assert settle(one) == {url(1): ("queued", None), url(2): ("done", None)}


def test_while_a_transaction_is_under_way_nothing_is_requested_and_nothing_is_over(
    crawl: Callable[..., Crawl],
) -> None:
    one = crawl()
    one.writer.is_slow = True
    one.start(article(one, 1))
    assert one.take() == []
    assert one.scheduler.has_pending_requests()
    assert outcomes(one) == {}
    one.writer.work()
    assert [request.url for request in one.take()] == [url(1)]


def test_what_is_found_and_finished_during_a_transaction_comes_with_the_next(
    crawl: Callable[..., Crawl],
) -> None:
    one = crawl()
    one.start(*(article(one, number) for number in range(4)))
    requests = one.take()
    one.writer.is_slow = True
    one.finish(requests[0], [article(one, 10)])
    assert one.take() == []
    for request in requests[1:]:
        one.finish(request, [article(one, 11)])
    assert one.take() == []
    one.writer.work()
    assert [request.url for request in one.take()] == [url(10)]
    one.writer.work()
    assert [request.url for request in one.take()] == [url(11)]
    assert {state for state, _ in list(outcomes(one).values())[:4]} == {"done"}


def test_a_crawl_that_ends_waits_for_the_transaction_under_way(crawl: Callable[..., Crawl]) -> None:
    one = crawl()
    one.start(article(one, 1))
    one.writer.is_slow = True
    assert one.take() == []
    thread = Thread(target=one.writer.work, kwargs={"tell": False})
    thread.start()
    one.writer.is_slow = False
    one.scheduler.close("finished")
    thread.join()
    assert outcomes(one) == {url(1): ("queued", None)}


def test_a_transaction_that_fails_ends_the_crawl(
    crawl: Callable[..., Crawl], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorders, "_schedule_coro", _run_to_end)
    one = crawl()
    one.writer.is_slow = True
    one.start(article(one, 1))
    assert one.take() == []
    one.hold.failure = StoreError("the disk is full")
    one.writer.work()
    recorders.give_up(one.crawler, "archive_failed", OSError("the disk is full"))  # what the first brings
    assert one.closed_for == ["store_failed"]
    assert one.hold.given_up
    assert one.take() == []
    assert not one.scheduler.has_pending_requests()


def test_found_urls_wait_in_memory_within_bounds(
    crawl: Callable[..., Crawl], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedulers, "MAX_FOUND", 10)
    one = crawl()
    one.start(entry(one))
    one.take()
    one.writer.is_slow = True
    one.start(*(article(one, number) for number in range(10)))  # begins a transaction
    thread = Thread(target=one.writer.work, kwargs={"tell": False})
    thread.start()
    one.writer.is_slow = False
    one.start(*(article(one, number) for number in range(10, 60)))
    thread.join()
    assert len(one.scheduler._found) < 40
    assert len(settle(one)) == 61
