from collections.abc import Callable

import pytest

from crawler.items import Attachment, Image, Newspaper
from crawler.store import Store, StoreError, saving
from crawler.urls import article_id
from tests.store.pages import BODY, answer, page


def test_a_first_capture_is_a_new_article_with_id_version_and_times(store: Store) -> None:
    capture, article = page()
    (saved,) = store.save([capture], [article])
    assert saved.change == "new"
    assert saved.article.id == article_id(article.url)
    assert (saved.article.version, saved.article.first_seen) == (1, "2026-11-01T08:00:00Z")
    assert saved.article.text_digest is not None
    assert store.article(saved.article.id) == saved.article


def test_every_field_of_the_record_comes_back(store: Store) -> None:
    capture, article = page(
        kicker="引题",
        subtitle="副题",
        byline="作者：高明",
        editors=["李编"],
        canonical_url="http://www.example.cn/news/html/?1.html",
        source_url="http://people.example/1",
        published_raw="2021-03-23 09:51:52",
        dateline="新华社北京1月6日电",
        summary="摘要",
        images=[Image(url="http://www.example.cn/1.jpg", caption="图为现场")],
        attachments=[Attachment(url="http://www.example.cn/1.doc", name="附件")],
        pages=["http://www.example.cn/news/html/?1.html", "http://www.example.cn/news/html/?1_2.html"],
        newspaper=Newspaper(name="人民日报", date="2024-05-10", page="4"),
        document_number="中办发〔2024〕5号",
        language="zh-Hans",
    )
    (saved,) = store.save([capture], [article])
    own = {"id", "version", "first_seen", "text_digest"}
    assert saved.article.model_dump(exclude=own) == article.model_dump(exclude=own)
    assert store.article(saved.article.id or "") == saved.article


def test_the_same_batch_twice_counts_once(store: Store) -> None:
    capture, article = page()
    first = store.save([capture], [article])
    second = store.save([capture], [article])
    assert [one.change for one in second] == ["unchanged"]
    assert second[0].article == first[0].article
    assert len(store.captures(article.url)) == 1
    assert len(store.versions(first[0].article.id or "")) == 1


def test_a_changed_text_is_a_new_version_and_the_old_one_stays(store: Store) -> None:
    store.save(*_lists(page(day=1)))
    (saved,) = store.save(*_lists(page(day=2, body=BODY + "\n补记一段。")))
    assert (saved.change, saved.fields) == ("changed", ("body",))
    assert (saved.article.version, saved.article.first_seen) == (2, "2026-11-01T08:00:00Z")
    old, new = store.versions(saved.article.id or "")
    assert (old.version, old.body, new.version, new.body) == (1, BODY, 2, BODY + "\n补记一段。")
    assert store.article(saved.article.id or "", version=1) == old
    assert store.article(saved.article.id or "") == new


def test_an_unchanged_text_keeps_version_and_time_of_the_version(store: Store) -> None:
    (first,) = store.save(*_lists(page(day=1)))
    (again,) = store.save(*_lists(page(day=9, keywords=["别的"], images=[])))
    assert again.change == "unchanged"
    assert again.article == first.article
    assert len(store.captures(first.article.url)) == 2


def test_a_text_that_returns_to_what_it_was_is_a_third_version(store: Store) -> None:
    for day, body in ((1, BODY), (2, "删改过的。"), (3, BODY)):
        (saved,) = store.save(*_lists(page(day=day, body=body)))
    assert saved.article.version == 3


def test_an_article_twice_in_one_batch_is_new_and_then_changed(store: Store) -> None:
    captures, articles = zip(
        page(day=1), page(day=2, title="改过的标题"), page(day=3, title="改过的标题"), strict=True
    )
    saved = store.save(captures, articles)
    assert [one.change for one in saved] == ["new", "changed", "unchanged"]
    assert [one.version for one in store.versions(saved[0].article.id or "")] == [1, 2]
    assert store.article(saved[0].article.id or "") == saved[1].article


def test_answers_stand_in_the_order_of_the_articles(store: Store) -> None:
    store.save(*_lists(page(2)))
    pages = [page(3, day=2), page(2, day=2), page(1, day=2)]
    saved = store.save([one for one, _ in pages], [two for _, two in pages])
    assert [(one.change, one.article.url) for one in saved] == [
        ("new", pages[0][1].url),
        ("unchanged", pages[1][1].url),
        ("new", pages[2][1].url),
    ]


def test_an_article_keeps_all_ways_its_address_was_written(store: Store) -> None:
    first, second = "http://www.example.cn/a?1.html", "https://example.cn/a?1.html"
    (saved,) = store.save(*_lists(page(url=first)))
    (again,) = store.save(*_lists(page(url=second, day=2)))
    assert again.change == "unchanged"
    assert store.addresses(saved.article.id or "") == [first, second]


@pytest.mark.parametrize("named_first", [True, False])
@pytest.mark.parametrize("together", [True, False])
def test_a_page_that_names_another_address_and_has_its_text_is_that_article(
    store: Store, named_first: bool, together: bool
) -> None:
    main = page(url="http://www.example.cn/a/1.html", day=1)
    copy = page(url="http://m.example.cn/a/1.html", canonical_url="http://www.example.cn/a/1.html", day=2)
    order = [copy, main] if named_first else [main, copy]
    if together:
        store.save([one for one, _ in order], [two for _, two in order])
    else:
        for one in order:
            store.save(*_lists(one))
    (only,) = store.articles()
    assert sorted(store.addresses(only.id or "")) == [copy[1].url, main[1].url]


def test_pages_that_all_name_the_home_page_stay_apart(store: Store) -> None:
    home = "http://www.example.cn/"
    store.save(*_lists(page(1, canonical_url=home)))
    store.save(*_lists(page(2, canonical_url=home)))
    assert len(list(store.articles())) == 2


def test_an_old_copy_at_a_second_address_is_no_change(store: Store) -> None:
    main, mobile = "http://www.example.cn/a/1.html", "http://m.example.cn/a/1.html"
    store.save(*_lists(page(url=main, day=1)))
    store.save(*_lists(page(url=mobile, canonical_url=main, day=1, hour=9)))
    store.save(*_lists(page(url=main, day=2, body="新的一稿。")))
    (saved,) = store.save(*_lists(page(url=mobile, canonical_url=main, day=3)))
    assert (saved.change, saved.article.version) == ("unchanged", 2)


def test_an_old_capture_that_arrives_late_does_not_become_the_current_text(store: Store) -> None:
    store.save(*_lists(page(day=5, body="今天的文字。")))
    (late,) = store.save(*_lists(page(day=1, body="从前的文字。")))
    assert late.change == "changed"
    current = store.article(late.article.id or "")
    assert current is not None and current.body == "今天的文字。"
    assert current.first_seen == "2026-11-01T08:00:00Z"
    assert [one.body for one in store.versions(late.article.id or "")] == ["从前的文字。", "今天的文字。"]
    (again,) = store.save(*_lists(page(day=1, body="从前的文字。")))
    assert again.change == "unchanged"


def test_an_article_whose_capture_was_committed_before_it_still_counts(store: Store) -> None:
    store.save(*_lists(page(day=1)))
    capture, article = page(day=2, title="另一个标题")
    store.save([capture], [])
    assert store.save([capture], [article])[0].change == "changed"


def test_a_batch_that_fails_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise StoreError("no")

    monkeypatch.setattr(saving, "write_record", fail)
    with pytest.raises(StoreError):
        store.save(*_lists(page()))
    monkeypatch.undo()
    assert list(store.articles()) == []
    assert store.captures(page()[1].url) == []


def test_strings_that_utf8_cannot_write_do_not_stop_a_batch(store: Store) -> None:
    capture, article = page(
        title="坏\ud800字\x00符", url="http://www.example.cn/\udcff?1.html", body="甲\x00乙\ud800"
    )
    (saved,) = store.save([capture], [article])
    assert saved.change == "new"
    stored = store.article(saved.article.id or "")
    assert stored is not None and stored.body.startswith("甲")
    assert store.save([capture], [article])[0].change == "unchanged"


def test_a_record_of_a_later_release_is_read_without_what_is_unknown() -> None:
    _, article = page()
    text = article.model_dump_json()[:-1] + ',"new_field":1}'
    assert saving.read_record(text) == article


def test_articles_are_read_by_site_time_and_run(store: Store) -> None:
    run = store.start_run("example", command="crawl example")
    for number in range(1, 4):
        store.save(*_lists(page(number, day=number)))
    store.finish_run(run.id, outcome="finished", counts={})
    other = store.start_run("other", command="crawl other")
    store.save(*_lists(page(9, day=9, site="other")), run=other.id)
    titles = [one.title for one in store.articles()]
    assert [title[1] for title in titles if title] == ["1", "2", "3", "9"]
    assert [one.site for one in store.articles(site="other")] == ["other"]
    assert len(list(store.articles(since="2026-11-02"))) == 3
    assert len(list(store.articles(run=run.id))) == 3


def test_reading_many_articles_misses_none_and_repeats_none(store: Store) -> None:
    pages = [page(number) for number in range(450)]
    store.save([one for one, _ in pages], [two for _, two in pages])
    assert [one.url for one in store.articles()] == [two.url for _, two in pages]


def test_a_better_reading_replaces_the_old_one_without_a_new_version(store: Store) -> None:
    capture, article = page()
    (saved,) = store.save([capture], [article])
    better = article.model_copy(
        update={"authors": ["高明", "李华"], "editors": ["王编"], "extractor": "dangjian 0.2.0"}
    )
    (answer_,) = store.reread([better])
    assert answer_ is not None and answer_.fields == ("authors", "editors")
    (only,) = store.versions(saved.article.id or "")
    assert (only.version, only.authors, only.fetched_at) == (1, ["高明", "李华"], article.fetched_at)
    (again,) = store.save(*_lists(page(day=3, authors=["高明", "李华"])))
    assert again.change == "unchanged"
    assert store.reread([page()[1]]) == [None]


def test_a_page_that_was_not_modified_was_seen(open_store: Callable[..., Store]) -> None:
    store = open_store()
    store.save(*_lists(page(day=1)))
    store.save([answer(304, day=8)], [])
    assert [one.status for one in store.captures(page()[1].url)] == [200, 304]


def _lists(pair: tuple[object, object]) -> tuple[list, list]:  # type: ignore[type-arg]
    return [pair[0]], [pair[1]]
