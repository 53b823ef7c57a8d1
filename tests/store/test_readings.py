"""What is to be read again, and what reading again must not do."""

from crawler.store import Store
from tests.store.pages import answer, page


def test_every_capture_with_a_record_is_given_with_it(store: Store) -> None:
    for day, body in ((1, "旧文。"), (2, "新文。"), (3, "新文。")):
        capture, article = page(day=day, body=body)
        store.save([capture], [article])
    found = [(capture.fetched_at[8:10], "旧文" in record) for capture, record in store.readings()]
    assert found == [("01", True), ("02", False)]
    assert [c.fetched_at[8:10] for c, _ in store.readings(since="2026-11-02")] == ["02"]
    assert list(store.readings(site="other")) == []


def test_a_look_with_another_payload_is_unread_and_one_with_the_same_is_not(store: Store) -> None:
    capture, article = page(day=1)
    store.save([capture], [article])
    same, _ = page(day=2)
    other, _ = page(day=3)
    assert other.warc is not None
    other.warc.payload_digest = "sha1:BBBB"
    store.save([same, other, answer(404, day=4)], [])
    assert [one.fetched_at for one in store.unread()] == [other.fetched_at]


def test_a_page_that_is_no_articles_is_never_unread(store: Store) -> None:
    capture, _ = page(day=1, url="http://www.example.cn/list/")
    store.save([capture], [])
    assert list(store.unread()) == []


def test_an_old_capture_that_is_stored_late_does_not_bring_an_article_back(store: Store) -> None:
    capture, article = page(day=1)
    store.save([capture], [article])
    late, reading = page(day=2)
    for day in (4, 11, 18):
        store.save([answer(404, day=day)], [])
    (saved,) = store.save([late], [reading])
    assert not saved.reappeared
    assert len(store.removed()) == 1
    assert store.reappeared() == []


def test_an_article_that_came_back_is_listed_until_it_goes_again(store: Store) -> None:
    capture, article = page(day=1)
    identity = store.save([capture], [article])[0].article.id or ""
    for day in (2, 9, 16):
        store.save([answer(404, day=day)], [])
    state = store.missing_state(identity)
    assert state is not None and state.removed == "2026-11-16T08:00:00Z"
    capture, article = page(day=20)
    store.save([capture], [article])
    assert store.missing_state(identity) is None
    (back,) = store.reappeared(since="2026-11-20")
    assert (back.article_id, back.at) == (identity, "2026-11-20T08:00:00Z")
    assert store.reappeared(since="2026-11-21") == store.reappeared(site="other") == []


def test_an_article_is_found_by_every_address_it_was_seen_at(store: Store) -> None:
    capture, article = page(day=1)
    identity = store.save([capture], [article])[0].article.id
    assert store.id_of("https://example.cn/news/html/?1.html") == identity
    assert store.id_of("https://example.cn/news/html/?2.html") is None
