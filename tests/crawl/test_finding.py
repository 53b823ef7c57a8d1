"""What a crawl finds beside plain lists: entrances, days, circles, twins, sites that nobody described."""

import gzip
import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from crawler.sites import load_site
from crawler.store import Store
from tests.crawl.running import Outcome, article_page, dangjian, list_page, site_file
from tests.support import PageServer, Seen

XML = [("Content-Type", "application/xml")]
JSON = [("Content-Type", "application/json; charset=utf-8")]


def numbers(run: Outcome) -> list[int]:
    """Numbers of the articles `/a/N.html` that were exported, in order."""
    return sorted(int(record["url"].rsplit("/", 1)[1].partition(".")[0]) for record in run.articles())


def dated_article(number: int, day: str) -> str:
    return article_page(number).replace("2024年05月10日", day)


def dated_list(rows: list[tuple[int, str]], more: str = "") -> str:
    """A list whose rows have the days given."""
    page = list_page([number for number, _ in rows], more)
    for number, day in rows:
        page = page.replace(f"<span>2024-05-{number % 28 + 1:02}</span>", f"<span>{day}</span>", 1)
    return page


def crawl(server: PageServer, folder: Path, *options: str, entrances: str = "", body: str = "") -> Outcome:
    """Crawl the server by a site file without its list where there are entrances."""
    file = Path(site_file(folder, server.url, body=body))
    if entrances:
        text = file.read_text("utf-8").partition("[[sections]]")[0]
        file.write_text(text + entrances.replace("{server}", server.url), encoding="utf-8")
    return dangjian("crawl", str(file), "--json", *options, data=folder / "data")


class TestEntrances:
    def test_a_sitemap_index_leads_through_its_parts_packed_or_not(self, tmp_path: Path) -> None:
        with PageServer({f"/a/{n}.html": article_page(n) for n in range(1, 5)}) as server:

            def urls(*found: int) -> bytes:
                rows = "".join(f"<url><loc>{server.url}/a/{n}.html</loc></url>" for n in found)
                columns = f"<url><loc>{server.url}/list/</loc></url>"
                space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
                return f"<?xml version='1.0'?><urlset {space}>{columns}{rows}</urlset>".encode()

            parts = "".join(f"<sitemap><loc>{server.url}/{p}</loc></sitemap>" for p in ("1.xml", "2.xml.gz"))
            server.pages |= {
                "/sitemap.xml": (200, XML, f"<sitemapindex>{parts}</sitemapindex>".encode()),
                "/1.xml": (200, XML, urls(1, 2)),
                "/2.xml.gz": (200, [("Content-Type", "application/x-gzip")], gzip.compress(urls(3, 4))),
            }
            entrance = 'entrances = [{ kind = "sitemap", url = "{server}/sitemap.xml" }]\n'
            run = crawl(server, tmp_path, entrances=entrance)
            assert "/list/" not in server.paths
        assert (run.code, numbers(run)) == (0, [1, 2, 3, 4])

    def test_a_feed_and_its_next_page(self, tmp_path: Path) -> None:
        with PageServer({f"/a/{n}.html": article_page(n) for n in (1, 2, 3)}) as server:

            def feed(more: str, *found: int) -> bytes:
                items = "".join(
                    f"<item><title>见闻之{n}</title><link>{server.url}/a/{n}.html</link></item>"
                    for n in found
                )
                link = f'<atom:link rel="next" href="{more}"/>' if more else ""
                space = 'xmlns:atom="http://www.w3.org/2005/Atom"'
                return f"<rss {space}><channel>{link}{items}</channel></rss>".encode()

            server.pages |= {
                "/rss.xml": (200, XML, feed("/rss2.xml", 1, 2)),
                "/rss2.xml": (200, XML, feed("", 3)),
            }
            entrance = 'entrances = [{ kind = "rss", label = "时政", url = "{server}/rss.xml" }]\n'
            run = crawl(server, tmp_path, entrances=entrance)
        assert (run.code, numbers(run)) == (0, [1, 2, 3])
        assert {record["section"] for record in run.articles()} == {"时政"}

    def test_a_paged_jsonp_list_ends_where_it_repeats_itself(self, tmp_path: Path) -> None:
        with PageServer({f"/a/{n}.html": article_page(n) for n in range(1, 6)}) as server:

            def rows(*found: int) -> tuple[int, list[tuple[str, str]], bytes]:
                listed = [{"addr": f"/a/{n}.html", "name": f"见闻之{n}"} for n in found]
                data = {"hot": [{"addr": "/a/99.html"}], "data": {"list": listed}}
                return 200, JSON, f"callback({json.dumps(data)})".encode()

            server.pages |= {"/p1.js": rows(1, 2), "/p2.js": rows(3, 4), "/p3.js": rows(5), "/p4.js": rows(5)}
            server.pages |= {f"/p{n}.js": rows(5) for n in range(5, 30)}
            entrance = (
                '[[entrances]]\nkind = "jsonp"\nurl = "{server}/p{page}.js"\nrows = "data.list"\n'
                'link = "addr"\ntitle = "name"\n'
            )
            run = crawl(server, tmp_path, entrances=entrance)
            assert [path for path in server.paths if path.startswith("/p")] == [
                f"/p{n}.js" for n in (1, 2, 3, 4)
            ]
        assert (run.code, numbers(run)) == (0, [1, 2, 3, 4, 5])

    def test_a_newspaper_is_read_by_days_and_sheets(self, tmp_path: Path) -> None:
        def sheet(day: str, own: int, found: int) -> str:
            others = "".join(f"<a href='node_{n}.html'>第0{n}版：要闻</a>" for n in (1, 2))
            rows = f"<li><a href='/a/{found}.html'>基层党建见闻之{found}：把实事办到群众心坎上</a></li>"
            return (
                f"<html><head><meta charset='utf-8'><title>数字报-第0{own}版</title></head><body>"
                f"<a href='../02/node_1.html'>上一期</a>{others}<ul class='titles'>{rows}</ul>"
                "<div>版权所有</div></body></html>"
            )

        pages: dict[str, Any] = {
            f"/a/{n}.html": dated_article(n, f"2024-05-0{n // 10}") for n in (31, 32, 51, 52)
        }
        for day, first in (("03", 31), ("05", 51)):
            pages |= {f"/2024-05/{day}/node_{n}.html": sheet(day, n, first + n - 1) for n in (1, 2)}
        entrance = 'entrances = [{ kind = "days", url = "{server}/{year}-{month}/{day}/node_1.html" }]\n'
        with PageServer(pages) as server:
            run = crawl(
                server, tmp_path, "--since", "2024-05-03", "--until", "2024-05-05", entrances=entrance
            )
            days = {path[9:11] for path in server.paths if path.startswith("/2024-05/")}
        assert (run.code, numbers(run)) == (0, [31, 32, 51, 52])
        assert days == {"03", "04", "05"}

    def test_a_full_crawl_reads_the_sitemap_that_robots_txt_names(self, tmp_path: Path) -> None:
        pages: dict[str, Any] = {f"/a/{n}.html": article_page(n) for n in (1, 2, 3)}
        pages["/list/"] = list_page([1, 2])
        with PageServer(pages) as server:
            server.pages["/robots.txt"] = (200, [], f"User-agent: *\nSitemap: {server.url}/s.txt\n".encode())
            server.pages["/s.txt"] = (
                200,
                [("Content-Type", "text/plain")],
                f"{server.url}/a/3.html".encode(),
            )
            usual = crawl(server, tmp_path)
            assert "/s.txt" not in server.paths
            assert numbers(usual) == [1, 2]
            full = crawl(server, tmp_path, "--full")
        assert numbers(full) == [1, 2, 3]

    def test_a_full_crawl_asks_for_numbers_that_no_list_shows(self, tmp_path: Path) -> None:
        pages: dict[str, Any] = {f"/a/{n}.html": article_page(n) for n in (1, 2, 3, 5)}
        pages["/list/"] = list_page([1, 2, 5])
        with PageServer(pages) as server:
            body = f'entrances = [{{ kind = "ids", url = "{server.url}/a/{{id}}.html" }}]'
            run = crawl(server, tmp_path, "--full", body=body)
            assert server.count("/a/4.html") == 1
        assert (run.code, numbers(run)) == (0, [1, 2, 3, 5])
        assert run.summary()["failures"] == {}

    def test_the_rows_of_a_xinhua_list_stand_in_a_file_beside_it(self, tmp_path: Path) -> None:
        name, other = "0123456789abcdef" * 2, "fedcba9876543210" * 2
        rows = [{"title": f"见闻之{n}", "publishUrl": f"/a/{n}.html"} for n in range(1, 8)]
        page = list_page([1, 2]).replace(
            "<ul class='list'>",
            f"<div data='datasource:{other}'></div><ul class='list' data='datasource:{name}'>",
        )
        pages: dict[str, Any] = {f"/a/{n}.html": article_page(n) for n in range(1, 10)}
        hot = [{"title": "另一栏目的见闻", "publishUrl": "/a/9.html"}]
        pages |= {
            "/list/": page,
            f"/list/ds_{name}.json": (200, JSON, json.dumps({"datasource": rows}).encode()),
            f"/list/ds_{other}.json": (200, JSON, json.dumps({"datasource": hot}).encode()),
        }
        with PageServer(pages) as server:
            run = crawl(server, tmp_path)
        assert (run.code, numbers(run)) == (0, [1, 2, 3, 4, 5, 6, 7])


class TestRange:
    def pages(self) -> dict[str, Any]:
        """Three list pages, newest first, an old row pinned to the top of each, one row without a day."""
        days = {n: f"2024-06-{31 - n:02}" for n in range(1, 13)} | {50: "2019-01-01"}
        pages: dict[str, Any] = {f"/a/{n}.html": dated_article(n, day) for n, day in days.items()}
        for page in range(3):
            rows = [(50, days[50])] + [(n, days[n]) for n in range(page * 4 + 1, page * 4 + 5)]
            more = f"/list/{page + 1}.html" if page < 2 else ""
            text = dated_list(rows, more)
            pages["/list/" if not page else f"/list/{page}.html"] = (
                text.replace(f"<span>{days[2]}</span>", "") if not page else text
            )
        return pages

    def test_a_list_is_left_where_its_rows_are_older(self, tmp_path: Path) -> None:
        with PageServer(self.pages()) as server:
            run = crawl(server, tmp_path, "--since", "2024-06-26")
            assert "/list/1.html" in server.paths and "/list/2.html" not in server.paths
            assert "/a/50.html" not in server.paths
        assert (run.code, numbers(run)) == (0, [1, 2, 3, 4, 5])

    def test_rows_that_are_too_new_are_passed_over_and_fetched_when_wanted(self, tmp_path: Path) -> None:
        with PageServer(self.pages()) as server:
            early = crawl(server, tmp_path, "--until", "2024-06-21", "--since", "2024-01-01")
            # The row without a day was read to see, and is still there for the run that wants it.
            assert server.count("/a/2.html") == 1
            assert numbers(early) == [10, 11, 12]
            every = crawl(server, tmp_path)
        assert (early.code, every.code) == (0, 0)
        assert numbers(every) == [*range(1, 13), 50]

    @pytest.mark.parametrize(
        "wrong", [["--since", "yesterday"], ["--since", "2024-05-02", "--until", "2024-05-01"]]
    )
    def test_days_that_make_no_sense_are_refused(self, tmp_path: Path, wrong: list[str]) -> None:
        run = dangjian("crawl", "cpc71", *wrong, data=tmp_path / "data")
        assert (run.code, len(run.err.splitlines())) == (2, 1)


class TestNeverCaught:
    def test_a_pager_without_end_is_left(self, tmp_path: Path) -> None:
        def endless(seen: Seen) -> str:
            page = int(seen.path.partition("p=")[2] or 1)
            return list_page([1, 2, 3], more=f"/list/?p={page + 1}")

        with PageServer({f"/a/{n}.html": article_page(n) for n in (1, 2, 3)}) as server:
            server.pages |= dict.fromkeys(["/list/", *(f"/list/?p={n}" for n in range(2, 99))], endless)
            run = crawl(server, tmp_path)
            assert len([path for path in server.paths if path.startswith("/list/")]) <= 4
        assert (run.code, numbers(run)) == (0, [1, 2, 3])

    def test_one_document_under_many_addresses_is_asked_for_once(self, tmp_path: Path) -> None:
        forms = ["?id=7&c=1", "?c=1&id=7", ";jsessionid=AB12?id=7&c=1", "?id=7&c=1&spm=a.b", "?id=7&c=1#top"]
        rows = "".join(
            f"<li><a href='/a/v.html{form}'>基层党建见闻之七：把实事办到群众心坎上</a>2024-05-10</li>"
            for form in forms
        )
        with PageServer({"/list/": f"<html><meta charset='utf-8'><ul>{rows}</ul></html>"}) as server:
            server.pages |= {f"/a/v.html{form}".partition("#")[0]: article_page(7) for form in forms}
            file = Path(site_file(tmp_path, server.url))
            file.write_text(file.read_text("utf-8").replace("/a/\\\\d+\\\\.html$", "/a/v"), encoding="utf-8")
            run = dangjian("crawl", str(file), "--json", data=tmp_path / "data")
            assert len([path for path in server.paths if path.startswith("/a/")]) == 1
        assert run.summary()["articles"]["new"] == 1

    def test_redirects_in_a_circle_cost_one_article(self, tmp_path: Path) -> None:
        def to(path: str) -> tuple[int, list[tuple[str, str]], bytes]:
            return 302, [("Location", path)], b""

        pages: dict[str, Any] = {"/list/": list_page([1, 2, 3]), "/a/1.html": to("/b"), "/b": to("/a/1.html")}
        pages |= {f"/a/{n}.html": article_page(n) for n in (2, 3)}
        with PageServer(pages) as server:
            run = crawl(server, tmp_path)
            assert server.count("/b") == 1
        assert numbers(run) == [2, 3]
        assert run.summary()["failures"] == {"broken/redirect circle": 1}


class TestTwins:
    def test_a_mobile_page_and_its_desktop_twin_are_one_article_with_two_addresses(
        self, tmp_path: Path
    ) -> None:
        with PageServer({"/list/": list_page([1, 2])}) as server:
            own = f"<link rel='canonical' href='{server.url}/a/1.html'></head>"
            mobile = article_page(1).replace("</head>", own)
            server.pages |= {"/a/1.html": article_page(1), "/a/2.html": mobile}
            run = crawl(server, tmp_path)
            base = server.url
        assert (run.code, run.summary()["articles"]["new"]) == (0, 1)
        with Store.open(tmp_path / "data" / "dangjian.db") as store:
            assert store.article(run.articles()[0]["id"]) is not None
            assert set(store.addresses(run.articles()[0]["id"])) == {f"{base}/a/1.html", f"{base}/a/2.html"}

    def test_the_two_forms_of_a_phpweb_address_are_one_on_a_site_nobody_described(
        self, tmp_path: Path
    ) -> None:
        rows = "".join(
            f"<li><a href='../html/{mark}{n}.html'>基层党建见闻之{n}：把实事办到群众心坎上</a>"
            f"2024-05-1{n}</li>"
            for n in range(1, 7)
            for mark in ("?", "")
        )
        page = f"<html><head><meta charset='utf-8'><title>要闻</title></head><ul>{rows}</ul></html>"
        pages = {f"/news/html/{mark}{n}.html": article_page(n) for n in range(1, 7) for mark in ("?", "")}
        with PageServer(pages | {"/news/class/?118.html": page}) as server:
            file = tmp_path / "learned.toml"
            run = dangjian(
                "crawl",
                f"{server.url}/news/class/?118.html",
                "--json",
                "--save-site",
                str(file),
                data=tmp_path / "data",
            )
            forms = [f"{server.url}/news/html/{form}" for form in ("?3.html", "3.html", "index.php?id=3")]
        assert (run.code, run.summary()["articles"]["new"]) == (0, 6)
        assert run.summary()["pages"] <= 8
        learned = load_site(file)
        assert [learned.is_article(form) for form in forms] == [True] * 3
        assert len({learned.main_address(form) for form in forms}) == 1


class TestLearning:
    def pages(self) -> dict[str, Any]:
        pages: dict[str, Any] = {f"/djyw/202405/t20240510_{n}.html": article_page(n) for n in range(101, 131)}

        def listed(first: int, page: int) -> str:
            rows = "".join(
                f"<li><a href='./202405/t20240510_{n}.html'>基层党建见闻之{n}：把实事办到群众心坎上</a>"
                "<span>2024-05-10</span></li>"
                for n in range(first, first + 15)
            )
            script = f"<script>createPageHTML(2, {page}, 'index', 'html');</script>"
            return f"<html><head><meta charset='utf-8'></head><ul>{rows}</ul>{script}</html>"

        return pages | {"/djyw/": listed(101, 0), "/djyw/index_1.html": listed(116, 1)}

    def test_a_bare_address_ends_with_the_site_file_that_was_learned(self, tmp_path: Path) -> None:
        with PageServer(self.pages()) as server:
            file = tmp_path / "learned.toml"
            run = dangjian(
                "crawl", f"{server.url}/djyw/", "--json", "--save-site", str(file), data=tmp_path / "data"
            )
            site = load_site(file)
            again = dangjian("crawl", str(file), "--json", "--full", data=tmp_path / "again")
        assert (run.code, run.summary()["articles"]["new"]) == (0, 30)
        assert (site.name, site.paging.pattern) == ("试验站", "index_{page0}.html")
        assert all(site.is_article(record["url"]) for record in run.articles())
        assert not site.is_article(site.sections[0].url)
        assert (again.code, again.summary()["articles"]["new"]) == (0, 30)

    def test_without_saving_it_is_printed(self, tmp_path: Path) -> None:
        with PageServer(self.pages()) as server:
            run = dangjian("crawl", f"{server.url}/djyw/", data=tmp_path / "data")
        assert "article_urls = [" in run.out and "index_{page0}.html" in run.out

    def test_a_file_that_is_there_is_never_overwritten(self, tmp_path: Path) -> None:
        file = tmp_path / "mine.toml"
        file.write_text("mine", encoding="utf-8")
        run = dangjian("crawl", "http://127.0.0.1:1/djyw/", "--save-site", str(file), data=tmp_path / "data")
        assert (run.code, file.read_text("utf-8")) == (2, "mine")
        assert "exists already" in run.err

    def test_the_address_of_a_feed_is_a_list_too(self, tmp_path: Path) -> None:
        with PageServer({f"/a/{n}.html": article_page(n) for n in (1, 2, 3)}) as server:
            items = "".join(f"<item><link>{server.url}/a/{n}.html</link></item>" for n in (1, 2, 3))
            index = f"<sitemapindex><sitemap><loc>{server.url}/feed</loc></sitemap></sitemapindex>"
            server.pages["/feed"] = (200, XML, f"<rss><channel>{items}</channel></rss>".encode())
            server.pages["/index.xml"] = (200, XML, index.encode())
            run = dangjian("crawl", f"{server.url}/feed", "--json", data=tmp_path / "data")
            by_index = dangjian("crawl", f"{server.url}/index.xml", "--json", data=tmp_path / "index")
        assert (by_index.code, numbers(by_index)) == (0, [1, 2, 3])
        assert (run.code, numbers(run)) == (0, [1, 2, 3])


class TestGates:
    STUBS: ClassVar = {
        "jiasule": (521, [], b"<script>document.cookie='__jsl_clearance=1';location.href='/'</script>"),
        "ruishu": (412, [], b"<html><head><script src='/a.js' r='m'></script></head><body></body></html>"),
        "accepted": (202, [], b"<html><script>var $_ts={};</script></html>"),
        "aliyun": (405, [], b"<html><title>405</title><body>blocked</body></html>"),
        "forbidden": (403, [], b"<h1>Forbidden</h1>"),
        "wzws": (200, [], b"<html><script>var wzwschallenge='x';location.href='/WZWSREL/'</script></html>"),
    }

    def test_gates_are_counted_never_stored_and_the_run_says_blocked(self, tmp_path: Path) -> None:
        pages: dict[str, Any] = {
            f"/a/{n}.html": (status, [("Content-Type", "text/html"), *headers], body)
            for n, (status, headers, body) in enumerate(self.STUBS.values(), 1)
        }
        pages |= {"/list/": list_page([*range(1, 7)])}
        with PageServer(pages) as server:
            run = crawl(server, tmp_path, "-s", "RETRY_TIMES=0")
        failures = run.summary()["failures"]
        assert (run.code, run.summary()["outcome"]) == (4, "blocked")
        assert all(reason.startswith("blocked/") for reason in failures)
        assert sum(failures.values()) == len(self.STUBS)
        with Store.open(tmp_path / "data" / "dangjian.db") as store:
            assert list(store.articles(site="test")) == []
            assert [kept.outcome for kept in store.runs("test")] == ["blocked"]

    @pytest.mark.parametrize(
        ("status", "said"),
        [("gone", "does not answer any more"), ("blocked", "refuse programs"), ("script", "in the browser")],
    )
    def test_a_site_that_is_known_to_fail_says_so_before(
        self, tmp_path: Path, status: str, said: str
    ) -> None:
        with PageServer({"/list/": list_page([1]), "/a/1.html": article_page(1)}) as server:
            run = crawl(server, tmp_path, body=f'status = "{status}"')
        assert said in run.err
        assert run.code == 0


class TestTrees:
    def test_years_lead_to_issues_and_issues_to_articles(self, tmp_path: Path) -> None:
        def page(title: str, links: dict[str, str]) -> str:
            rows = "".join(f"<p><a href='{url}'>{text}</a></p>" for url, text in links.items())
            return (
                f"<html><head><meta charset='utf-8'><title>{title}</title></head>"
                f"<body><div class='list'>{rows}</div></body></html>"
            )

        # The address of the first issue looks like an article's.
        issues = {
            f"/a/{90 + n}.html" if n == 1 else f"/qs/2024-0{n}/1.htm": [n * 10 + k for k in range(1, 6)]
            for n in range(1, 7)
        }
        pages: dict[str, Any] = {
            url: page("目录", {f"/a/{n}.html": f"基层党建见闻之{n}：把实事办到群众心坎上" for n in found})
            for url, found in issues.items()
        }
        pages["/qs/2024.htm"] = page(
            "2024年", {url: f"《求是》2024年第{n}期" for n, url in enumerate(issues, 1)}
        )
        pages["/list/"] = page("期刊", {"/qs/2024.htm": "2024年", "/about.htm": "本刊简介"})
        pages |= {f"/a/{n}.html": article_page(n) for found in issues.values() for n in found}
        with PageServer(pages) as server:
            file = Path(site_file(tmp_path, server.url))
            file.write_text(file.read_text("utf-8") + 'kind = "tree"\n', encoding="utf-8")
            run = dangjian("crawl", str(file), "--json", data=tmp_path / "data")
            again = dangjian("crawl", str(file), "--json", data=tmp_path / "data")
            # The second time only the issues at both ends of the year are looked at.
            assert [server.count(url) for url in issues] == [2, 2, 1, 1, 2, 2]
        assert again.code == 0
        assert (run.code, numbers(run)) == (0, sorted(n for found in issues.values() for n in found))
