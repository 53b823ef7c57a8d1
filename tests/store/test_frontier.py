from collections.abc import Callable

import pytest

from crawler.store import Found, Outcome, Store, frontier, request_key
from crawler.store.clock import moment
from crawler.store.frontier import next_look
from tests.store.pages import page

SITE = "example"


class Clock:
    """The store's clock, set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.text = "2026-11-01T08:00:00Z"
        monkeypatch.setattr(frontier, "now", lambda: moment(self.text))

    def set(self, day: int, hour: int = 8) -> None:
        self.text = f"2026-11-{day:02}T{hour:02}:00:00Z"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def url(number: int) -> str:
    return f"http://www.example.cn/news/html/?{number}.html"


def article(number: int, **fields: object) -> Found:
    return Found(url(number), kind="article", **fields)  # type: ignore[arg-type]


def do_all(
    store: Store, run: str, state: str = "done", status: int | None = 200, **fields: object
) -> list[str]:
    """Lease everything that is queued and finish it; return the addresses."""
    leases = store.frontier.lease(SITE, run, 1000)
    store.frontier.finish(Outcome(one.id, state, status, **fields) for one in leases)  # type: ignore[arg-type]
    return [one.url for one in leases]


def test_a_url_is_queued_once_however_its_address_is_written(store: Store) -> None:
    ways = [
        "http://www.example.cn/a?1.html",
        "https://example.cn/a?1.html#top",
        "http://example.cn:80/a?1.html",
    ]
    assert store.frontier.discover(SITE, [Found(one) for one in ways]) == 1
    assert store.frontier.discover(SITE, [Found(ways[1])]) == 0
    assert [one.url for one in store.frontier.lease(SITE, "r1", 10)] == [ways[0]]


def test_a_post_is_another_request_than_a_get_and_than_another_post() -> None:
    keys = {
        request_key(url(1)),
        request_key(url(1), "POST", b"page=2"),
        request_key(url(1), "POST", b"page=3"),
    }
    assert len(keys) == 3


def test_sites_do_not_share_urls(store: Store) -> None:
    assert store.frontier.discover("one", [article(1)]) == 1
    assert store.frontier.discover("two", [article(1)]) == 1


def test_lists_come_first_then_priority_then_the_newest_day_then_the_order_of_finding(store: Store) -> None:
    store.frontier.discover(
        SITE,
        [
            article(1),
            article(2),
            article(3, listed="2024-05-09"),
            article(4, listed="2024-05-10"),
            article(5, priority=7),
            Found("http://www.example.cn/list/", kind="list", priority=-5),
        ],
    )
    order = [one.url for one in store.frontier.lease(SITE, "r1", 4) + store.frontier.lease(SITE, "r1", 9)]
    assert order == ["http://www.example.cn/list/", url(5), url(4), url(3), url(1), url(2)]


def test_a_lease_is_given_once_and_comes_back_when_it_runs_out(store: Store, clock: Clock) -> None:
    store.frontier.discover(SITE, [article(1)])
    (lease,) = store.frontier.lease(SITE, "r1", 10, seconds=3600)
    assert store.frontier.lease(SITE, "r2", 10) == []
    clock.set(1, hour=10)
    (again,) = store.frontier.lease(SITE, "r2", 10)
    assert again.id == lease.id


def test_what_a_dead_run_had_in_hand_is_queued_by_the_next(store: Store) -> None:
    store.frontier.discover(SITE, [article(number) for number in range(5)])
    taken = store.frontier.lease(SITE, "r1", 3)
    store.frontier.finish([Outcome(taken[0].id, "done", 200)])
    assert store.frontier.counts(SITE) == {"queued": 2, "leased": 2, "done": 1}
    assert store.frontier.take_over(SITE) == 4
    assert store.frontier.counts(SITE) == {"queued": 4, "done": 1}


def test_a_lease_handed_back_is_queued_untouched(store: Store) -> None:
    store.frontier.discover(SITE, [article(1, request='{"method":"POST"}', section="要闻")])
    (lease,) = store.frontier.lease(SITE, "r1", 1)
    store.frontier.finish([Outcome(lease.id, "queued")])
    assert store.frontier.lease(SITE, "r1", 1) == [lease]
    assert (lease.request, lease.section, lease.kind) == ('{"method":"POST"}', "要闻", "article")


def test_found_finished_and_leased_in_one_step(store: Store) -> None:
    store.frontier.discover(SITE, [Found("http://www.example.cn/list/", kind="list")])
    (first,) = store.frontier.turn(SITE, "r1", want=5).leases
    queued, _, leases = store.frontier.turn(
        SITE, "r1", found=[article(1), article(2)], outcomes=[Outcome(first.id, "done", 200)], want=5
    )
    assert (queued, [one.url for one in leases]) == (2, [url(1), url(2)])


def test_a_list_is_fetched_once_a_run_and_an_article_once_until_it_is_due(store: Store, clock: Clock) -> None:
    both = [Found("http://www.example.cn/list/", kind="list"), article(1)]
    assert store.frontier.discover(SITE, both, run="r1") == 2
    do_all(store, "r1")
    assert store.frontier.discover(SITE, both, run="r1") == 0
    assert store.frontier.discover(SITE, both, run="r2") == 1
    assert do_all(store, "r2") == ["http://www.example.cn/list/"]
    clock.set(3)
    assert store.frontier.discover(SITE, both, run="r3") == 2


def test_a_url_asked_for_again_is_queued_although_it_is_done(store: Store) -> None:
    store.frontier.discover(SITE, [article(1)], run="r1")
    do_all(store, "r1")
    assert store.frontier.discover(SITE, [article(1, again=True)], run="r1") == 1


@pytest.mark.parametrize(("recheck", "expected"), [("due", 1), ("all", 2), ("none", 0)])
def test_a_run_begins_with_the_known_articles_that_are_due(
    store: Store, clock: Clock, recheck: str, expected: int
) -> None:
    store.frontier.discover(SITE, [article(1)])
    do_all(store, "r1")
    clock.set(4)
    store.frontier.discover(SITE, [article(2), Found("http://www.example.cn/list/", kind="list")])
    do_all(store, "r2")
    assert store.frontier.take_over(SITE, recheck=recheck) == expected  # type: ignore[arg-type]


def test_a_daily_crawl_looks_again_at_what_it_fetched_late_on_the_day_before(
    store: Store, clock: Clock
) -> None:
    clock.set(1, hour=9)
    store.frontier.discover(SITE, [article(1)])
    do_all(store, "r1")
    clock.set(2, hour=8)
    assert store.frontier.take_over(SITE) == 1


def test_looks_get_rarer_with_the_age_of_the_text() -> None:
    at, changed, days = "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", []
    for _ in range(8):
        at = next_look(changed, at)
        days.append((moment(at) - moment(changed)).days)
    assert days == [1, 3, 7, 30, 90, 365, 730, 1095]


def test_a_look_that_came_late_is_not_followed_by_another_at_once() -> None:
    assert next_look("2026-01-01T00:00:00Z", "2026-01-07T23:00:00Z") == "2026-01-08T23:00:00Z"


def test_a_site_may_have_a_schedule_of_its_own(open_store: Callable[..., Store], clock: Clock) -> None:
    store = open_store(recheck_days=(10,))
    store.frontier.discover(SITE, [article(1)])
    do_all(store, "r1")
    clock.set(9)
    assert store.frontier.take_over(SITE) == 0
    clock.set(11)
    assert store.frontier.take_over(SITE) == 1


def test_a_change_of_the_article_brings_the_next_look_near_again(store: Store, clock: Clock) -> None:
    capture, item = page(1, day=1)
    store.save([capture], [item])
    store.frontier.discover(SITE, [article(1)])
    do_all(store, "r1")
    clock.set(20)
    store.frontier.take_over(SITE)
    capture, item = page(1, day=20, title="改过的标题")
    store.save([capture], [item])
    do_all(store, "r2")
    clock.set(21)
    assert store.frontier.take_over(SITE) == 1


def test_validators_are_kept_for_the_next_look_and_survive_a_304(store: Store) -> None:
    store.frontier.discover(SITE, [article(1)])
    do_all(store, "r1", etag='"a"', last_modified="Sun, 01 Nov 2026 00:00:00 GMT")
    for _ in range(2):
        store.frontier.take_over(SITE, recheck="all")
        (lease,) = store.frontier.lease(SITE, "r2", 1)
        assert (lease.etag, lease.last_modified) == ('"a"', "Sun, 01 Nov 2026 00:00:00 GMT")
        store.frontier.finish([Outcome(lease.id, "done", 304)])
    store.frontier.take_over(SITE, recheck="all")
    do_all(store, "r3")
    store.frontier.take_over(SITE, recheck="all")
    (lease,) = store.frontier.lease(SITE, "r4", 1)
    assert (lease.etag, lease.last_modified) == (None, None)


def test_a_failure_is_tried_again_at_growing_distances_and_then_given_up(store: Store, clock: Clock) -> None:
    store.frontier.discover(SITE, [article(1)])
    waits = []
    for _ in range(20):
        if not do_all(store, "r", "failed", None, reason="timeout"):
            break
        start = moment(clock.text)
        for hours in range(24 * 40):
            clock.text = f"{start.replace(tzinfo=None).isoformat()}Z"
            clock.text = frontier.later(clock.text, seconds=3600 * hours)
            if store.frontier.take_over(SITE) if hours in (0, 1, 24, 72, 168, 720) else 0:
                waits.append(hours)
                break
    assert waits == [0, 1, 24, 72, 168, 720, 720, 720]
    assert store.frontier.counts(SITE) == {"failed": 1}


def test_a_list_that_failed_is_tried_by_the_next_run_at_once(store: Store) -> None:
    entry = Found("http://www.example.cn/list/", kind="list")
    for run in ("r1", "r2", "r3"):
        assert store.frontier.discover(SITE, [entry], run=run) == 1
        do_all(store, run, "failed", None, reason="timeout")


def test_an_address_that_was_never_an_article_and_is_gone_rests_for_a_month(
    store: Store, clock: Clock
) -> None:
    store.frontier.discover(SITE, [article(1)])
    do_all(store, "r1", "failed", 404)
    clock.set(29)
    assert store.frontier.take_over(SITE) == 0
    clock.text = "2026-12-02T08:00:00Z"
    assert store.frontier.take_over(SITE) == 1


def test_an_article_that_is_gone_is_looked_for_within_the_window(store: Store, clock: Clock) -> None:
    capture, item = page(1, day=1)
    store.save([capture], [item])
    store.frontier.discover(SITE, [article(1)])
    clock.set(2)
    store.save([capture.model_copy(update={"status": 404, "fetched_at": clock.text, "warc": None})], [])
    do_all(store, "r1", "failed", 404)
    assert store.frontier.counts(SITE) == {"done": 1}
    clock.set(9)
    assert store.frontier.take_over(SITE) == 1


def test_what_was_skipped_is_considered_again_by_another_run(store: Store) -> None:
    store.frontier.discover(SITE, [article(1)], run="r1")
    do_all(store, "r1", "skipped", None, reason="robots.txt")
    assert store.frontier.discover(SITE, [article(1)], run="r1") == 0
    assert store.frontier.discover(SITE, [article(1)], run="r2") == 1


def run_of(store: Store, *numbers: int, complete: bool, state: str = "done") -> None:
    """A whole run that finds these articles on a list."""
    run = store.start_run(SITE, command="crawl")
    found = [Found("http://www.example.cn/list/", kind="list"), *(article(number) for number in numbers)]
    store.frontier.discover(SITE, found, run=run.id)
    do_all(store, run.id, state)
    store.finish_run(run.id, outcome="done", counts={}, complete=complete)


def test_known_is_what_had_been_found_when_a_run_was_last_complete(store: Store) -> None:
    assert store.frontier.known(SITE, [url(1)]) == set()
    run_of(store, 1, 2, complete=True)
    https = url(1).replace("http://www.", "https://")
    assert store.frontier.known(SITE, [https, url(2), url(3)]) == {https, url(2)}
    run_of(store, 3, complete=False)
    assert store.frontier.known(SITE, [url(2), url(3)]) == {url(2)}
    run_of(store, 4, complete=True)
    assert store.frontier.known(SITE, [url(3), url(4)]) == {url(3), url(4)}
    assert store.frontier.known("other", [url(3)]) == set()


def test_what_a_killed_run_found_is_not_known(open_store: Callable[..., Store]) -> None:
    store = open_store()
    run = store.start_run(SITE, command="crawl")
    store.frontier.discover(SITE, [article(1)], run=run.id)
    do_all(store, run.id)
    store.close()
    store = open_store()
    store.start_run(SITE, command="crawl")
    assert store.frontier.known(SITE, [url(1)]) == set()


def test_a_run_that_missed_a_list_or_left_urls_is_not_complete(store: Store) -> None:
    run_of(store, 1, complete=True, state="failed")
    assert store.frontier.known(SITE, [url(1)]) == set()
    run = store.start_run(SITE, command="crawl")
    store.frontier.discover(SITE, [article(2)], run=run.id)
    store.finish_run(run.id, outcome="done", counts={}, complete=True)
    assert store.frontier.known(SITE, [url(1), url(2)]) == set()
    assert [one.complete for one in store.runs(SITE)] == [False, False]


def test_a_page_whose_kind_is_learned_later_takes_it(store: Store) -> None:
    store.frontier.discover(SITE, [Found(url(1))])
    store.frontier.discover(SITE, [article(1)])
    assert store.frontier.lease(SITE, "r1", 1)[0].kind == "article"


def test_a_turn_tells_how_many_known_articles_were_met_again(store: Store) -> None:
    store.frontier.turn(SITE, "r1", found=[article(1), article(2)])
    do_all(store, "r1")
    assert store.frontier.turn(SITE, "r1", found=[article(1)]).known == 0
    assert store.frontier.turn(SITE, "r2", found=[article(1), article(2), article(3)])[:2] == (1, 2)
