from collections.abc import Callable

from crawler.store import RemovalRule, Store
from tests.store.pages import answer, page


def gone(store: Store, day: int, hour: int = 8, status: int = 404) -> None:
    store.save([answer(status, day=day, hour=hour)], [])


def stored(store: Store) -> str:
    capture, article = page(day=1)
    return store.save([capture], [article])[0].article.id or ""


def test_three_looks_over_two_weeks_make_a_removal(store: Store) -> None:
    identity = stored(store)
    gone(store, 2)
    gone(store, 9)
    assert store.removed() == []
    (missing,) = store.missing_articles()
    assert (missing.article_id, missing.looks, missing.since) == (identity, 2, "2026-11-02T08:00:00Z")
    gone(store, 16, status=410)
    (removed,) = store.removed(since="2026-11-16")
    assert (removed.article_id, removed.removed, removed.reason) == (identity, "2026-11-16T08:00:00Z", "gone")
    assert store.missing_articles() == []
    assert store.removed(since="2026-11-17") == []
    assert store.removed(site="other") == []


def test_text_and_captures_of_a_removed_article_stay(store: Store) -> None:
    identity = stored(store)
    for day in (2, 9, 16):
        gone(store, day)
    article = store.article(identity)
    assert article is not None and article.body
    assert [one.status for one in store.captures(article.url)] == [200, 404, 404, 404]


def test_many_looks_within_two_weeks_are_no_removal(store: Store) -> None:
    stored(store)
    for day in range(2, 15):
        gone(store, day)
    assert store.removed() == []


def test_looks_right_after_one_another_count_once(store: Store) -> None:
    stored(store)
    gone(store, 2, hour=8)
    gone(store, 2, hour=9)
    gone(store, 17, hour=8)
    gone(store, 17, hour=9)
    assert store.removed() == []
    assert [one.looks for one in store.missing_articles()] == [2]


def test_an_article_that_is_seen_in_between_starts_anew(store: Store) -> None:
    stored(store)
    gone(store, 2)
    gone(store, 9)
    capture, article = page(day=10)
    assert not store.save([capture], [article])[0].reappeared
    gone(store, 17)
    assert store.removed() == []
    assert [one.looks for one in store.missing_articles()] == [1]


def test_a_page_not_modified_is_there(store: Store) -> None:
    stored(store)
    gone(store, 2)
    store.save([answer(304, day=3)], [])
    assert store.missing_articles() == []


def test_a_removed_article_that_comes_back_is_noticed_once(store: Store) -> None:
    stored(store)
    for day in (2, 9, 16):
        gone(store, day)
    capture, article = page(day=20)
    (saved,) = store.save([capture], [article])
    assert (saved.change, saved.reappeared) == ("unchanged", True)
    assert store.removed() == []
    assert not store.save([capture], [article])[0].reappeared


def test_something_else_in_its_place_counts_with_its_reason(store: Store) -> None:
    stored(store)
    url = page()[1].url
    for day, reason in ((2, "soft 404"), (9, "redirected to home"), (16, "restricted")):
        missing = store.missing(url, reason=reason, at=f"2026-11-{day:02}T08:00:00Z")
    assert missing is not None and missing.removed == "2026-11-16T08:00:00Z"
    assert [one.reason for one in store.removed()] == ["restricted"]


def test_an_address_that_is_no_article_cannot_be_missing(store: Store) -> None:
    assert store.missing("http://www.example.cn/other", reason="soft 404") is None
    gone(store, 2)
    assert store.missing_articles() == []


def test_the_rule_can_be_another(open_store: Callable[..., Store]) -> None:
    store = open_store(removal_rule=RemovalRule(looks=1, days=0))
    stored(store)
    gone(store, 2)
    assert len(store.removed()) == 1
