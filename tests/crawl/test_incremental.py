"""A second crawl of an unchanged site asks for what its lists need, and stores nothing."""

from pathlib import Path

import pytest

from crawler.spiders.recent import Recent
from crawler.spiders.walks import MAX_BARREN, Walks
from tests.crawl.running import article_page, dangjian, list_page, site_file
from tests.support import PageServer

ROWS = 20


def pages_of(articles: int) -> dict[str, str]:
    """A site whose list has `ROWS` articles a page."""
    pages = {f"/a/{number}.html": article_page(number) for number in range(1, articles + 1)}
    last = articles // ROWS
    for page in range(1, last + 1):
        path = "/list/" if page == 1 else f"/list/{page}.html"
        more = f"/list/{page + 1}.html" if page < last else ""
        numbers = range(articles - (page - 1) * ROWS, articles - page * ROWS, -1)
        pages[path] = list_page([*numbers], more)
    return pages


@pytest.mark.parametrize("articles", [200, pytest.param(2000, marks=pytest.mark.soak)])
def test_a_second_crawl_of_an_unchanged_site_makes_hardly_a_request(tmp_path: Path, articles: int) -> None:
    data = tmp_path / "data"
    with PageServer(pages_of(articles)) as server:
        site = site_file(tmp_path, server.url)
        first = dangjian("crawl", site, "--json", data=data)
        assert first.summary()["articles"]["new"] == articles
        asked = len(server.requests)
        assert asked >= articles
        second = dangjian("crawl", site, data=data)
        assert len(server.requests) - asked <= asked * 0.03
        assert server.paths[asked:] == ["/robots.txt", "/list/"]
    assert second.code == 0
    assert "done, nothing new" in second.out
    assert "0 new, 0 changed" in second.out
    assert len(second.articles()) == articles
    assert len(list(data.glob("articles/*/*.jsonl"))) == 1


def test_what_was_met_lately_is_remembered_in_a_memory_that_does_not_grow() -> None:
    recent = Recent(100)
    for number in range(10_000):
        assert recent.note(f"http://a.cn/{number}")
        assert len(recent) <= 200
        assert not recent.note(f"http://a.cn/{max(0, number - 49)}")


def test_a_list_is_left_when_its_pages_bring_nothing_new() -> None:
    walks = Walks()
    assert walks.goes_on("http://a.cn/1/", ["http://a.cn/a.html"])
    # The same row in another list is new there.
    assert walks.goes_on("http://a.cn/2/", ["http://a.cn/a.html"])
    assert not walks.is_barren("http://a.cn/2/")
    told = [walks.goes_on("http://a.cn/1/", ["http://a.cn/a.html"]) for _ in range(MAX_BARREN)]
    assert told == [True] * (MAX_BARREN - 1) + [False]
    assert walks.is_barren("http://a.cn/1/")
