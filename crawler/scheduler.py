"""A Scrapy scheduler over the store's frontier: durable, deduplicating, flat in memory, safe from kills.

Every URL is written to the frontier before it is requested, and leased to the run in small portions. A lease
ends only when the engine has finished with the request: its callback has run to its end, the items it gave
have passed the pipelines (the store's pipeline returns after its commit), and the URLs found on the page are
entered in the same transaction. What a dead run had in hand is queued again when the site's next run begins.

A retry or a redirect belongs to the lease of the request it comes from. So does a request that cannot be
written as JSON (a callback that is no method of the spider, objects in `meta` or `cb_kwargs`): it stays in
memory, and the page that it was found on is not done before it. Both need `LeaseMiddleware`:

    SCHEDULER = "crawler.scheduler.FrontierScheduler"
    SPIDER_MIDDLEWARES = {"crawler.scheduler.LeaseMiddleware": 20}

What requests say in `meta`:

* `kind`: `list`, `article`, `file` or `page` (the default; `list` for start requests). Articles and files
  stay done until they are due, the others are fetched once a run. Lists go first.
* `section`, `listed`: label of the list, and the day (`YYYY-MM-DD`) printed beside the link.
* `lease`: set here, the number of the lease.
* `revisit`: set here where the URL was fetched before: `etag`, `last_modified`, `last_fetched` of that time.

Setting `DANGJIAN_RECHECK`: which known articles a run looks at again, `due` (default), `all` or `none`.
"""

import base64
import heapq
import itertools
import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

from scrapy import Request, signals
from scrapy.core.scheduler import BaseScheduler, Scheduler
from scrapy.exceptions import IgnoreRequest

from crawler.recorder import give_up, recorder_of
from crawler.store import Found, Kind, Lease, Outcome, Store, StoreError, request_key

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)

KINDS = ("list", "article", "file", "page")
MAX_FOUND = 1000
"""URLs that may wait in memory to be entered; four times as many while others are being entered."""
MAX_WAIT = 0.5
"""Seconds that a finished page may wait for the end of its lease to be written."""
_OWN_META = ("lease", "lease_part", "revisit", "download_latency", "is_start_request")
_MIDDLEWARE = "crawler.scheduler.LeaseMiddleware"

_page_at_work: ContextVar[int | None] = ContextVar("page_at_work", default=None)
"""Lease of the page whose callback or errback runs in this task, and in those that take on its output."""


class Hold(Protocol):
    """What the scheduler needs of the run (see `crawler.recorder.Recorder`)."""

    store: Store
    site: str
    failure: Exception | None

    def after_commit(self, work: Callable[[], "_Turn"], done: Callable[[], None]) -> "Future[_Turn]":
        """Write what waits for a commit and then do the work, beside the event loop, in which `done` is then
        called. `done` may be left out where the work is done on return."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a transaction of the frontier came to."""

    found: int
    """URLs that were handed in; of these"""
    queued: int
    """so many wait to be requested now, and"""
    known: int
    """so many are known and not due."""
    want: int
    """Leases that were asked for."""
    leases: list[Lease]


@dataclass(slots=True)
class _Work:
    """One leased URL while the engine works on it."""

    lease: Lease
    current: Request | None = None
    """The request for the URL itself: the one made here, then what a retry or a redirect made of it."""
    live: int = 0
    """Requests of this lease that are in the window or in the engine."""
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    verdict: tuple[Literal["done", "failed", "skipped", "queued"], str | None] | None = None
    """State and reason, where something else than the HTTP status decides."""


class FrontierScheduler(BaseScheduler):
    """The frontier as a scheduler; see the module's text.

    Where there is no run to write to (`recorder_of` gives None), it is Scrapy's memory scheduler.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._spider: Spider
        self._window_size = 2 * crawler.settings.getint("CONCURRENT_REQUESTS")
        self._memory: Scheduler | None = None
        self._hold: Hold | None = None
        self._run = ""
        self._found: dict[str, Found] = {}
        self._outcomes: list[Outcome] = []
        self._window: list[tuple[int, int, Request, int | None]] = []
        self._order = itertools.count()
        self._work: dict[int, _Work] = {}
        self._live_keys: dict[str, int] = {}
        self._started: dict[Request, int | None] = {}
        self._more = False
        self._turning: Future[_Turn] | None = None
        """The transaction that is under way, if any."""
        self._stopped = False
        self._last_turn = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does.

        Raises:
            ValueError: `LeaseMiddleware` is not enabled.
        """
        if _MIDDLEWARE not in (str(name) for name in crawler.settings.getwithbase("SPIDER_MIDDLEWARES")):
            raise ValueError(f"FrontierScheduler needs {_MIDDLEWARE} in SPIDER_MIDDLEWARES")
        scheduler = cls(crawler)
        crawler.signals.connect(scheduler._on_response, signals.response_received)
        crawler.signals.connect(scheduler._on_spider_error, signals.spider_error)
        crawler.signals.connect(scheduler._on_item_error, signals.item_error)
        return scheduler

    def open(self, spider: "Spider") -> "Deferred[None] | None":
        """Remember the spider; the frontier is opened with the first request, when the run has begun."""
        self._spider = spider
        return None

    def has_pending_requests(self) -> bool:
        """Tell whether there is anything left to request."""
        if not self._is_ready():
            assert self._memory is not None
            return self._memory.has_pending_requests()
        return bool(self._window or self._found or self._more or self._turning) and not self._stopped

    def enqueue_request(self, request: Request) -> bool:
        """Take a request; it is requested after it has been written."""
        if not self._is_ready():
            assert self._memory is not None
            return self._memory.enqueue_request(request)
        self._count("scheduler/enqueued")
        page = _page_at_work.get()
        lease = request.meta.get("lease")
        if lease in self._work and lease != page:
            self._push(request, lease)  # a middleware of the downloader made it: a retry or a redirect
            return True
        request.meta.pop("lease", None)  # a callback copied the meta of its response
        key = request_key(request.url, request.method, request.body)
        if request.dont_filter and key in self._live_keys:
            self._push(request, self._live_keys[key])
            return True
        text = write_request(request, self._spider)
        if text is None:
            self._count("scheduler/unserializable")
            request.meta["lease_part"] = True
            self._push(request, page if page in self._work else None)
            return True
        known = self._found.get(key)
        if known is None or (request.dont_filter and not known.again):
            self._found[key] = _found_of(request, key, text)
        else:
            self._count("dupefilter/filtered")
        if len(self._found) >= 4 * MAX_FOUND:
            self._wait()
        if len(self._found) >= MAX_FOUND:
            self._turn(want=0)
        return True

    def next_request(self) -> Request | None:
        """Give out the next request, once it is leased."""
        if not self._is_ready():
            assert self._memory is not None
            return self._memory.next_request()
        if self._stopped:
            return None
        self._settle()
        waiting = bool(self._found or self._outcomes)
        if (self._found and not self._window) or (self._more and len(self._window) <= self._window_size // 4):
            self._turn(want=self._window_size - len(self._window))
        elif waiting and time.monotonic() - self._last_turn > MAX_WAIT:
            self._turn(want=0)
        if not self._window:
            return None
        _, _, request, number = heapq.heappop(self._window)
        self._started[request] = number
        self._count("scheduler/dequeued")
        return request

    def close(self, reason: str) -> "Deferred[None] | None":
        """End the leases of what is finished and hand the rest back."""
        if self._memory is not None:
            return self._memory.close(reason)
        if self._hold is None:
            return None
        self._wait()
        self._settle()
        self._window.clear()
        self._outcomes += [Outcome(number, "queued") for number in self._work]
        self._work.clear()
        self._turn(want=0)
        self._wait()
        return None

    def report(
        self, request: Request, state: Literal["done", "failed", "skipped"], reason: str | None = None
    ) -> None:
        """Say what became of a request whose HTTP status does not tell: a soft 404, a gate, a shell."""
        work = self._work_of(request)
        if work is not None:
            work.verdict = (state, reason)

    def put_back(self) -> None:
        """Leave the page whose callback is running to the next run: it was fetched, but is not wanted now."""
        work = self._work.get(_page_at_work.get() or -1)
        if work is not None:
            work.verdict = ("queued", None)

    def _is_ready(self) -> bool:
        """Take over the site's frontier on first use; False where there is no run, and memory serves."""
        if self._hold is not None:
            return True
        if self._memory is not None:
            return False
        recorder = recorder_of(self._crawler)
        if recorder is None:
            self._memory = Scheduler.from_crawler(self._crawler)
            self._memory.open(self._spider)
            return False
        self._hold = recorder
        self._run = recorder.run.id
        recheck = self._crawler.settings.get("DANGJIAN_RECHECK", "due")
        try:
            self._more = recorder.store.frontier.take_over(recorder.site, recheck=recheck) > 0
        except StoreError as error:
            self._stop(error)
        return True

    def _push(self, request: Request, number: int | None) -> None:
        if number is not None:
            work = self._work[number]
            work.live += 1
            request.meta["lease"] = number
            if not request.meta.get("lease_part"):
                work.current = request
            if not isinstance(request.errback, _Errback):
                request.errback = _Errback(self, request.errback)
        rank = request.priority + (1_000_000 if request.meta.get("kind") == "list" else 0)
        heapq.heappush(self._window, (-rank, next(self._order), request, number))

    def _settle(self) -> None:
        """Note which requests the engine has finished with."""
        if not self._started:
            return
        engine = self._crawler.engine
        slot = engine._slot if engine is not None else None
        in_progress: set[Request] = slot.inprogress if slot is not None else set()
        for request in self._started.keys() - in_progress:
            number = self._started.pop(request)
            if number is None:
                continue
            work = self._work[number]
            work.live -= 1
            if work.live == 0:
                del self._work[number]
                self._live_keys.pop(work.lease.key, None)
                self._outcomes.append(_outcome_of(work))

    def _turn(self, *, want: int) -> None:
        """Write what was found and finished, and lease the next portion, all in one transaction.

        The crawl goes on meanwhile; what it finds and finishes in that time waits for the next transaction.
        """
        if self._turning is not None:
            return
        assert self._hold is not None
        hold, found, outcomes = self._hold, list(self._found.values()), self._outcomes
        self._found, self._outcomes = {}, []
        self._last_turn = time.monotonic()

        def work() -> _Turn:
            if hold.failure is not None:
                raise StoreError(str(hold.failure)) from hold.failure
            queued, known, leases = hold.store.frontier.turn(
                hold.site, self._run, found=found, outcomes=outcomes, want=want
            )
            return _Turn(len(found), queued, known, want, leases)

        # Captures of lists are committed by the clock; a lease must not end before them.
        self._turning = hold.after_commit(work, self._take_turn)
        self._take_turn()

    def _take_turn(self) -> None:
        """Go on with what the transaction brought, if it is over."""
        turning = self._turning
        if turning is None or not turning.done():
            return
        self._turning = None
        try:
            turn = turning.result()
        except Exception as error:  # whatever it is: what the transaction was to write is lost to this run
            self._stop(error)
            return
        self._count("dupefilter/filtered", turn.found - turn.queued)
        self._count("dangjian/known", turn.known)
        self._more = (self._more or turn.queued > 0) if len(turn.leases) == turn.want else False
        for lease in turn.leases:
            if lease.id not in self._work:
                self._start(lease)
        engine = self._crawler.engine
        if engine is not None and engine._slot is not None:
            engine._slot.nextcall.schedule()

    def _wait(self) -> None:
        """Return when no transaction is under way."""
        if self._turning is not None:
            wait([self._turning])
            self._take_turn()

    def _start(self, lease: Lease) -> None:
        try:
            request = read_request(lease.url, lease.request, self._spider)
        except (ValueError, TypeError, KeyError) as error:
            logger.error("The frontier's request for %s cannot be made: %s", lease.url, error)
            self._outcomes.append(Outcome(lease.id, "failed", reason=f"bad request: {error}"[:200]))
            return
        if lease.kind != "page":
            request.meta["kind"] = lease.kind
        if lease.last_fetched:
            request.meta["revisit"] = {
                "etag": lease.etag,
                "last_modified": lease.last_modified,
                "last_fetched": lease.last_fetched,
            }
        self._work[lease.id] = _Work(lease)
        self._live_keys[lease.key] = lease.id
        self._push(request, lease.id)

    def _stop(self, error: Exception) -> None:
        """Give up, and lease nothing more: without the store nothing that is fetched can be kept."""
        if self._stopped:
            return
        self._stopped = True
        if self._hold is not None and self._hold.failure is None:
            self._hold.failure = error
        give_up(self._crawler, "store_failed", error)

    def _work_of(self, request: Request | None) -> _Work | None:
        return self._work.get(request.meta.get("lease", -1)) if request is not None else None

    def _on_response(self, response: "Response", request: Request) -> None:
        work = self._work_of(request)
        # A further page that belongs to the lease says nothing of the page itself.
        if work is not None and request is work.current:
            work.status = response.status
            if response.status in (200, 304):  # validators of an error page or a redirect are not the page's
                work.etag = _header(response, "ETag")
                work.last_modified = _header(response, "Last-Modified")

    def _on_spider_error(self, failure: "Failure", response: "Response | Failure | None") -> None:
        work = self._work_of(getattr(response, "request", None))
        if work is not None:
            work.verdict = ("failed", f"error in the spider: {type(failure.value).__name__}")

    def _on_item_error(self, response: "Response | Failure | None", failure: "Failure") -> None:
        work = self._work_of(getattr(response, "request", None))
        if work is not None:
            work.verdict = ("failed", f"error in a pipeline: {type(failure.value).__name__}")

    def note_failure(self, failure: "Failure") -> None:
        """Note why a request got no answer."""
        request: Request | None = getattr(failure, "request", None)
        work = self._work_of(request)
        if work is None or request is None or work.verdict is not None:
            return
        error = failure.value
        if isinstance(error, IgnoreRequest) and not hasattr(error, "gate"):
            if work.status is None:  # with a status it is HttpError: the status says more
                work.verdict = ("skipped", str(error) or type(error).__name__)
        else:
            work.verdict = ("failed", type(error).__name__)

    def _count(self, name: str, number: int = 1) -> None:
        if number and self._crawler.stats is not None:
            self._crawler.stats.inc_value(name, number)


class _Errback:
    """An errback that tells the scheduler first, then does what the request's own would have done."""

    def __init__(self, scheduler: FrontierScheduler, original: Callable[["Failure"], Any] | None) -> None:
        self._scheduler = scheduler
        self.original = original

    def __call__(self, failure: "Failure") -> Any:
        self._scheduler.note_failure(failure)
        _page_at_work.set(failure.request.meta.get("lease"))  # type: ignore[attr-defined]  # Scrapy adds it
        if self.original is None:
            return failure.raiseException()
        return self.original(failure)


class LeaseMiddleware:
    """Spider middleware that lets the scheduler know which page a request was found on."""

    def process_spider_input(self, response: "Response") -> None:
        """Remember the page for the task that runs its callback and for the tasks that take on its output."""
        _page_at_work.set(response.meta.get("lease"))


def _outcome_of(work: _Work) -> Outcome:
    number, status = work.lease.id, work.status
    if work.verdict is not None:
        # Without validators: a 304 must never stand for something that was not read.
        state, reason = work.verdict
        return Outcome(number, state, status, reason)
    if status is None:
        return Outcome(number, "failed", reason="no answer")
    if status < 400:
        return Outcome(number, "done", status, None, work.etag, work.last_modified)
    return Outcome(number, "failed", status, f"HTTP {status}")


def _found_of(request: Request, key: str, text: str) -> Found:
    kind: Kind = "list" if request.meta.get("is_start_request") else "page"
    if request.meta.get("kind") in KINDS:
        kind = request.meta["kind"]
    return Found(
        url=request.url,
        kind=kind,
        section=_text_or_none(request.meta.get("section")),
        priority=request.priority,
        listed=_text_or_none(request.meta.get("listed")) or "",
        request=text,
        key=key,
        again=request.dont_filter,
    )


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _header(response: "Response", name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1")[:1000] if value else None


def write_request(request: Request, spider: "Spider") -> str | None:
    """Write a request, its address left out, as JSON; None where it holds what JSON cannot.

    Never pickle: write access to the database must not be the power to run code.
    """
    try:
        fields: dict[str, Any] = {
            "callback": _method_name(request.callback, spider),
            "errback": _method_name(request.errback, spider),
            "method": request.method if request.method != "GET" else None,
            "headers": {
                name.decode("latin-1"): [value.decode("latin-1") for value in values]
                for name, values in request.headers.items()
            }
            if request._headers
            else None,
            "body": base64.b64encode(request.body).decode("ascii") if request.body else None,
            "cookies": request.cookies if request._cookies else None,
            "meta": {name: value for name, value in request.meta.items() if name not in _OWN_META},
            "cb_kwargs": request.cb_kwargs if request._cb_kwargs else None,
            "encoding": request.encoding if request.encoding != "utf-8" else None,
            "priority": request.priority,
            "dont_filter": request.dont_filter,
            "flags": request.flags if request._flags else None,
        }
        return json.dumps({name: value for name, value in fields.items() if value}, separators=(",", ":"))
    except (TypeError, ValueError, UnicodeDecodeError):
        return None


def read_request(url: str, text: str | None, spider: "Spider") -> Request:
    """Make a request from what `write_request` wrote.

    Raises:
        ValueError: it names a callback that the spider does not have, or is no request.
    """
    fields = json.loads(text) if text else {}
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    return Request(
        url,
        callback=_method(fields.get("callback"), spider),
        errback=_method(fields.get("errback"), spider),
        method=fields.get("method", "GET"),
        headers=fields.get("headers"),
        body=base64.b64decode(fields["body"]) if "body" in fields else None,
        cookies=fields.get("cookies"),
        meta=fields.get("meta"),
        encoding=fields.get("encoding", "utf-8"),
        priority=fields.get("priority", 0),
        dont_filter=fields.get("dont_filter", False),
        flags=fields.get("flags"),
        cb_kwargs=fields.get("cb_kwargs"),
    )


def _method_name(function: Callable[..., Any] | None, spider: "Spider") -> str | None:
    if isinstance(function, _Errback):
        function = function.original
    if function is None:
        return None
    name = getattr(function, "__name__", "")
    if getattr(function, "__self__", None) is not spider or _method(name, spider) != function:
        raise ValueError(f"{function} is not a public method of the spider")
    return name


def _method(name: object, spider: "Spider") -> Callable[..., Any] | None:
    if name is None:
        return None
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
        raise ValueError(f"{name!r} is not the name of a callback")
    method = getattr(spider, name, None)
    if not callable(method):
        raise ValueError(f"the spider has no callback {name!r}")
    return method  # type: ignore[no-any-return]  # getattr gives Any
