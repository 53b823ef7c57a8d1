"""Articles that go away, and what a crawl that looks for them makes of it."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.demo import DemoSite
from crawler.demo.content import load_articles
from crawler.sites import load_site
from crawler.spiders.failures import absence
from crawler.store import Store
from tests.crawl.running import Outcome, article_page, dangjian, list_page, site_file
from tests.support import PageServer, Served

SOFT_404 = "<html><body><p>您访问的页面不存在或已删除！</p></body></html>"
LOGIN = "<html><body><p>对不起，本内容设置了阅读权限，您无权访问当前内容</p></body></html>"
HTML = [("Content-Type", "text/html; charset=utf-8")]


def redirect(target: str) -> Served:
    return Served(b"", 302, [("Location", target), *HTML])


IN_ITS_PLACE = {
    1: (SOFT_404, "soft 404"),
    2: (LOGIN, "restricted"),
    3: (redirect("/"), "redirected to home"),
    4: (redirect("/list/"), "redirected to a list"),
    5: (Served(b"gone", 410, HTML), "gone"),
    6: (Served(b"nothing", 404, HTML), "not found"),
    7: (redirect("/404.html"), "redirected to an error page"),
    8: (Served(b"no", 401, HTML), "restricted"),
    9: (Served(b"trouble", 500, HTML), None),
    10: (Served(b"forbidden", 403, HTML), None),
    11: (article_page(11), None),
}


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store after one crawl of eleven articles and one look at what stands in their places."""
    folder = tmp_path_factory.mktemp("removals")
    numbers = list(IN_ITS_PLACE)
    pages = {f"/a/{n}.html": article_page(n) for n in numbers}
    with PageServer({"/list/": list_page(numbers), "/": list_page(numbers), **pages}) as server:
        site = site_file(folder, server.url)
        dangjian("crawl", site, data=folder / "data")
        server.pages |= {f"/a/{n}.html": answer for n, (answer, _) in IN_ITS_PLACE.items()}
        dangjian("crawl", site, "--recheck", "-s", "RETRY_TIMES=0", data=folder / "data")
    with Store.open(folder / "data" / "dangjian.db") as store:
        yield store


@pytest.mark.parametrize("number", IN_ITS_PLACE)
def test_a_look_says_what_stands_in_an_articles_place(looked: Store, number: int) -> None:
    missing = {one.url.rpartition("/")[2]: one for one in looked.missing_articles()}
    found = missing.get(f"{number}.html")
    assert (found.reason if found else None) == IN_ITS_PLACE[number][1]
    assert found is None or found.looks == 1


def test_nothing_is_removed_by_one_look_and_all_texts_stay(looked: Store) -> None:
    assert looked.removed() == []
    assert len(list(looked.articles())) == len(IN_ITS_PLACE)


@pytest.mark.parametrize(
    ("kind", "status", "came", "expected"),
    [
        ("challenge", 200, "http://a.cn/1.html", None),
        ("shell", 200, "http://a.cn/1.html", None),
        ("list", 200, "http://a.cn/1.html", None),
        ("portal", 200, "http://a.cn/index.html", "redirected to home"),
        ("soft-404", 200, "http://a.cn/404.html", "soft 404"),
        (None, 404, "http://a.cn/1.html", None),
        (None, 503, "http://a.cn/1.html", None),
        (None, 451, "http://a.cn/1.html", "restricted"),
    ],
)
def test_only_what_speaks_of_the_article_counts(
    kind: str | None, status: int, came: str, expected: str | None
) -> None:
    assert absence(kind, status, asked="http://a.cn/1.html", came=came) == expected


@dataclass(frozen=True)
class Life:
    """Four runs over the demo: all there; one edited and one removed; confirmed; back again."""

    runs: list[Outcome]
    removed: str
    edited: str

    @property
    def data(self) -> Path:
        return self.runs[0].data


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    folder = tmp_path_factory.mktemp("life")
    data, runs = folder / "data", []
    with DemoSite(port=0, articles=load_articles()[:16], traps=False) as demo:
        file = folder / "demo.toml"
        file.write_text(load_site("demo").rebased(demo.url).to_toml(), encoding="utf-8")
        gone, edited = demo.articles[3], demo.articles[5]

        def crawl() -> None:
            runs.append(dangjian("crawl", str(file), "--recheck", "--json", data=data))

        crawl()
        demo.remove(gone.id)
        demo.edit(edited.id, "会议研究了新的办法。全体党员参加了学习。大家一致表示赞同。")
        crawl()
        with sqlite3.connect(data / "dangjian.db") as database:
            database.execute(
                "UPDATE article SET missing_looks = 2, missing_since = '2026-01-01T00:00:00Z', "
                "missing_last = '2026-01-09T00:00:00Z' WHERE missing_since IS NOT NULL"
            )
        database.close()
        crawl()
        demo.publish(next(entry for entry in load_articles() if entry.id == gone.id))
        crawl()
    return Life(runs, gone.url, edited.url)


def test_a_run_tells_what_is_no_longer_there(life: Life) -> None:
    assert [run.summary()["gone"] for run in life.runs] == [
        {"removed": 0, "missing": 0, "reappeared": 0},
        {"removed": 0, "missing": 1, "reappeared": 0},
        {"removed": 1, "missing": 0, "reappeared": 0},
        {"removed": 0, "missing": 0, "reappeared": 1},
    ]
    assert [run.code for run in life.runs] == [0, 0, 0, 0]


def test_the_article_that_came_back_is_the_one_that_was_removed(life: Life) -> None:
    listed = dangjian("removed", "--json", data=life.data)
    (state,) = [json.loads(line) for line in listed.out.splitlines()]
    assert (state["state"], state["url"]) == ("reappeared", life.removed)


def test_an_edit_is_a_version_and_the_rest_is_unchanged(life: Life) -> None:
    assert [run.summary()["articles"]["changed"] for run in life.runs] == [0, 1, 0, 0]
    with Store.open(life.data / "dangjian.db") as store:
        identity = store.id_of(life.edited)
        assert identity is not None
        old, new = store.versions(identity)
    assert old.body != new.body and "会议研究了新的办法。" in new.body
