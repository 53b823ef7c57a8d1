"""Crawls from the command line against servers on loopback: what is fetched, kept, exported and said."""

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import read_record, verify
from crawler.demo import DemoSite
from crawler.items import Article, WarcPointer
from crawler.store import Store
from tests.crawl.running import Outcome, article_page, dangjian, list_page, site_file
from tests.support import PageServer, Seen


@pytest.fixture(scope="module")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Outcome, DemoSite]:
    """The demo site, crawled twice into one folder through a site file, and the server's own account."""
    folder = tmp_path_factory.mktemp("demo")
    with DemoSite(port=0) as demo:
        from crawler.sites import load_site

        file = folder / "demo.toml"
        file.write_text(load_site("demo").rebased(demo.url).to_toml(), encoding="utf-8")
        first = dangjian("crawl", str(file), "--json", "-O", str(folder / "own.jsonl"), data=folder / "data")
        second = dangjian("crawl", str(file), "--json", data=folder / "data")
        yield first, second, demo


def test_every_article_is_found_once_and_no_others(demo_run: tuple[Outcome, Outcome, DemoSite]) -> None:
    first, _, demo = demo_run
    lines = [json.loads(line) for line in (first.data.parent / "own.jsonl").read_text("utf-8").splitlines()]
    assert sorted(line["url"] for line in lines) == sorted(article.url for article in demo.articles)
    assert first.code == 0
    assert first.summary()["articles"] == {"new": len(demo.articles), "changed": 0, "unchanged": 0}


def test_a_second_crawl_exports_nothing_and_succeeds(demo_run: tuple[Outcome, Outcome, DemoSite]) -> None:
    first, second, _ = demo_run
    assert second.code == 0
    assert second.summary()["articles"]["new"] == second.summary()["articles"]["changed"] == 0
    assert "articles" not in second.summary()["files"]
    assert len(second.articles()) == first.summary()["articles"]["new"]


def test_lines_are_records_in_the_models_order(demo_run: tuple[Outcome, Outcome, DemoSite]) -> None:
    first, _, _ = demo_run
    own = (first.data.parent / "own.jsonl").read_bytes()
    assert b"\\u" not in own
    for line in own.splitlines():
        assert list(json.loads(line)) == list(Article.model_fields)
        Article.model_validate_json(line)


def test_the_store_says_what_the_lines_say(demo_run: tuple[Outcome, Outcome, DemoSite]) -> None:
    first, second, _ = demo_run
    with Store.open(first.data / "dangjian.db") as store:
        for line in first.articles():
            assert store.article(line["id"]) == Article.model_validate(line)
        outcomes = [run.outcome for run in store.runs("demo")]
    assert outcomes == ["done", "done"]
    assert second.code == 0


def test_every_article_points_to_its_record(demo_run: tuple[Outcome, Outcome, DemoSite]) -> None:
    first, _, _ = demo_run
    for line in first.articles():
        record = read_record(first.data / "warc", WarcPointer.model_validate(line["warc"]))
        assert record.url == line["url"]
        assert record.status == 200
    assert verify(first.data / "warc") == []


def test_the_disallowed_folder_is_not_asked_for(demo_run: tuple[Outcome, Outcome, DemoSite]) -> None:
    first, _, demo = demo_run
    paths = [request.path for request in demo.requests]
    assert paths[0] == "/robots.txt"
    assert not [path for path in paths if path.startswith(("/neibu/", "/admin/"))]
    assert first.summary()["failures"]["blocked/robots.txt"] == 1


def test_show_prints_an_article(demo_run: tuple[Outcome, Outcome, DemoSite]) -> None:
    first, _, _ = demo_run
    line = first.articles()[0]
    assert line["body"].splitlines()[0] in dangjian("show", line["id"], data=first.data).out
    assert json.loads(dangjian("show", line["url"], "--json", data=first.data).out) == line


def test_robots_rules_hold_from_the_first_request_on(tmp_path: Path) -> None:
    pages = {f"/no/{number}/": list_page([1]) for number in range(6)}
    with PageServer(pages | {"/robots.txt": (200, [], b"User-agent: *\nDisallow: /no/\n")}) as server:
        more = "".join(f'[[sections]]\nlabel = "栏{n}"\nurl = "{server.url}/no/{n}/"\n' for n in range(6))
        file = site_file(tmp_path, server.url, body=more)
        Path(file).write_text(Path(file).read_text("utf-8").replace("/list/", "/no/list/"), encoding="utf-8")
        run = dangjian("crawl", file, "--json", data=tmp_path / "data")
        assert server.paths == ["/robots.txt"]
    assert run.code == 4
    assert run.summary()["failures"] == {"blocked/robots.txt": 7}


def test_nothing_is_fetched_where_robots_txt_fails(tmp_path: Path) -> None:
    with PageServer({"/robots.txt": (500, [], b"oops"), "/list/": list_page([1])}) as server:
        run = dangjian("crawl", site_file(tmp_path, server.url), "--json", data=tmp_path / "data")
        assert set(server.paths) == {"/robots.txt"}
    assert run.code == 4
    assert run.summary()["failures"] == {"unreachable/robots.txt unreadable": 1}


def test_crawl_delay_is_kept_between_requests(tmp_path: Path) -> None:
    times: list[float] = []

    def page(text: str) -> object:
        def answer(seen: Seen) -> str:
            times.append(time.monotonic())
            return text

        return answer

    pages = {f"/a/{number}.html": page(article_page(number)) for number in (1, 2, 3)}
    robots = (200, [], b"User-agent: dangjian\nCrawl-delay: 0.4\n")
    with PageServer(pages | {"/list/": page(list_page([1, 2, 3])), "/robots.txt": robots}) as server:
        run = dangjian("crawl", site_file(tmp_path, server.url), data=tmp_path / "data")
    assert run.code == 0
    assert len(times) == 4
    assert all(later - earlier > 0.35 for earlier, later in pairwise(times))


def test_lists_are_followed_and_the_limit_ends_the_run(tmp_path: Path) -> None:
    pages = {f"/a/{number}.html": article_page(number) for number in range(1, 31)}
    pages["/list/"] = list_page(list(range(1, 16)), more="/list/index_1.html")
    pages["/list/index_1.html"] = list_page(list(range(16, 31)))
    with PageServer(pages) as server:
        file = site_file(tmp_path, server.url)
        few = dangjian("crawl", file, "--json", "--limit", "5", data=tmp_path / "few")
        every = dangjian("crawl", file, "--json", data=tmp_path / "every")
    assert (few.code, few.summary()["articles"]["new"], len(few.articles())) == (0, 5, 5)
    assert (every.code, every.summary()["articles"]["new"], every.summary()["lists"]) == (0, 30, 2)
    assert {article["section"] for article in every.articles()} == {"要闻"}


def test_the_identity_carries_the_contact(tmp_path: Path) -> None:
    with PageServer({"/list/": list_page([1]), "/a/1.html": article_page(1)}) as server:
        dangjian(
            "crawl",
            site_file(tmp_path, server.url),
            "--contact",
            "mailto:me@example.org",
            data=tmp_path / "data",
        )
        agents = {request.headers["user-agent"] for request in server.requests}
        assert not [request for request in server.requests if "cookie" in request.headers]
    assert len(agents) == 1
    assert agents.pop().endswith(" (+mailto:me@example.org)")


def test_a_public_page_does_not_lead_into_the_private_network(tmp_path: Path) -> None:
    with PageServer() as inner, PageServer() as server:
        other = inner.url.replace("127.0.0.1", "127.0.0.2")
        server.pages["/list/"] = list_page([1, 2])
        server.pages["/a/1.html"] = (302, [("Location", f"{other}/a/9.html")], b"")
        server.pages["/a/2.html"] = article_page(2)
        file = Path(site_file(tmp_path, server.url))
        text = file.read_text("utf-8").replace("allow_private = true\n", "")
        file.write_text(text.replace('["127.0.0.1"]', '["127.0.0.1", "127.0.0.2"]'), encoding="utf-8")
        run = dangjian("crawl", str(file), "--json", data=tmp_path / "data")
        assert inner.paths == []
    assert run.summary()["failures"] == {"refused/private address": 1}
    assert run.summary()["articles"]["new"] == 1


def test_gates_and_missing_pages_are_counted_and_not_stored(tmp_path: Path) -> None:
    stub = "<html><body><script>document.cookie=a;location.reload()</script></body></html>"
    pages = {f"/a/{number}.html": article_page(number) for number in (1, 2, 3, 4)}
    pages |= {
        "/list/": list_page([1, 2, 3, 4, 5, 6]),
        "/a/5.html": (521, [("Content-Type", "text/html")], stub.encode()),
    }
    with PageServer(pages) as server:
        run = dangjian("crawl", site_file(tmp_path, server.url), "--json", data=tmp_path / "data")
    failures = run.summary()["failures"]
    assert [name for name in failures if name.startswith("blocked/gate ")]
    assert failures["missing/HTTP 404"] == 1
    assert run.summary()["articles"]["new"] == 4
    with (next((tmp_path / "data" / "warc").glob("*.warc.gz"))).open("rb") as stream:
        kinds = [
            record.http_headers.get_statuscode()
            for record in ArchiveIterator(stream)
            if record.rec_type == "response"
        ]
    assert "521" in kinds and "404" in kinds


@pytest.mark.parametrize(
    ("pages", "code", "outcome"),
    [
        (
            {"/list/": "<html><title>要闻</title><body><p>本栏目暂无内容</p></body></html>"},
            3,
            "nothing found",
        ),
        ({}, 4, "unreachable"),
        (
            {"/list/": (403, [("Content-Type", "text/html")], b"<h1>Forbidden</h1>")},
            4,
            "blocked",
        ),
    ],
    ids=["empty list", "no list", "refused"],
)
def test_the_exit_code_says_how_it_went(
    tmp_path: Path, pages: dict[str, object], code: int, outcome: str
) -> None:
    with PageServer(pages) as server:
        run = dangjian("crawl", site_file(tmp_path, server.url), "--json", data=tmp_path / "data")
    assert (run.code, run.summary()["outcome"]) == (code, outcome)


def test_an_unreachable_host_is_told(tmp_path: Path) -> None:
    with PageServer() as server:
        gone = server.url
    run = dangjian("crawl", f"{gone}/list/", "-s", "RETRY_TIMES=0", data=tmp_path / "data")
    assert run.code == 4
    assert "unreachable" in run.out
    assert "Traceback" not in run.err + run.out


SPIDER_ERRORS = {
    "callback": "async def parse_list(self, response, start, page):",
    "start": "async def start(self):",
}


@pytest.mark.parametrize("where", SPIDER_ERRORS)
def test_an_error_in_a_spider_fails_the_run(tmp_path: Path, where: str) -> None:
    module = tmp_path / "own_spiders.py"
    with PageServer({"/list/": list_page([1])}) as server:
        file = site_file(tmp_path, server.url)
        module.write_text(
            "from crawler.sites import load_site\nfrom crawler.spiders.site import SiteSpider\n\n\n"
            f"class Own(SiteSpider):\n    name = 'own'\n    site = load_site({file!r})\n\n"
            f"    {SPIDER_ERRORS[where]}\n        raise ValueError('spoilt')\n        yield\n",
            encoding="utf-8",
        )
        run = dangjian(
            "crawl",
            "own",
            "--json",
            "-s",
            "SPIDER_MODULES=own_spiders",
            data=tmp_path / "data",
            env={"PYTHONPATH": str(tmp_path)},
        )
    assert (run.code, run.summary()["outcome"]) == (1, "errors")


def test_a_bare_list_address_is_enough(tmp_path: Path) -> None:
    numbers = list(range(1, 13))
    pages = {f"/a/{number}.html": article_page(number) for number in numbers} | {"/list/": list_page(numbers)}
    with PageServer(pages) as server:
        run = dangjian("crawl", f"{server.url}/list/", "--json", data=tmp_path / "data")
        assert sorted(article["url"] for article in run.articles()) == sorted(
            f"{server.url}/a/{n}.html" for n in numbers
        )
    assert run.code == 0


def test_a_spider_of_ones_own_may_yield_captures(tmp_path: Path) -> None:
    module = tmp_path / "capture_spiders.py"
    with PageServer({"/a/1.html": article_page(1)}) as server:
        module.write_text(
            "import scrapy\n\n\nclass Own(scrapy.Spider):\n    name = 'own'\n"
            f"    start_urls = ['{server.url}/a/1.html']\n\n"
            "    def parse(self, response):\n"
            "        yield response.meta['capture'].model_copy(update={'body': response.body})\n",
            encoding="utf-8",
        )
        run = dangjian(
            "crawl",
            "own",
            *("-s", "SPIDER_MODULES=capture_spiders", "-s", "DANGJIAN_ALLOW_PRIVATE=1"),
            data=tmp_path / "data",
            env={"PYTHONPATH": str(tmp_path)},
        )
    assert run.code == 0
    (article,) = run.articles()
    assert (article["site"], article["source"]) == ("own", "试验日报")
