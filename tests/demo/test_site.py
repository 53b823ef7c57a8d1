"""Over HTTP, the demo site behaves like a real PHPWeb site, traps included."""

import gzip
import re
import socket
import subprocess
import sys

import pytest
from lxml import html

from crawler.demo import DemoSite, Entry, load_articles
from tests.demo.fetching import fetch

LIST = "/news/class/index.php?page={}&catid={}&myord=dtime&myshownums=&showtj=&showdate=&author=&key="


def tree(answer):
    return html.fromstring(answer.text)


def row_numbers(answer):
    """The numbers of the articles in the rows of a list page, in order."""
    return [
        int(re.search(r"\d+", href.rsplit("?", 1)[-1])[0])
        for href in tree(answer).xpath("//*[@id='queryul']//a/@href")
    ]


def walk(demo, path):
    """The row numbers of every page of a list, following 下一页."""
    pages = []
    while path:
        answer = fetch(demo, path)
        pages.append(row_numbers(answer))
        following = tree(answer).xpath("//*[@id='pages']//a[.='下一页']/@href")
        path = f"/news/class/{following[0]}" if following else ""
    return pages


class TestPages:
    def test_an_article_stands_in_its_plug_in_with_hidden_title_bars_around(self, demo):
        page = tree(fetch(demo, "/news/html/?126.html"))
        (plugin,) = page.xpath("//div[@class='pdv_class'][@title='文章正文']")
        assert re.fullmatch(r"pdv_\d+", plugin.get("id"))
        assert plugin.xpath("./div[starts-with(@id, 'spdv_')]/div[@class='pdv_border']")
        assert (
            plugin.xpath(".//*[@id='newscontent']/*[@class='newstitle']")[0].text
            == "岚江市委党校把讲台搬到乡亲们中间"
        )
        bars = page.xpath("//div[@class='pdv_border']/div[contains(@style, 'display:none')]")
        assert {bar.text_content().split()[0] for bar in bars} >= {
            "导航菜单",
            "全站搜索",
            "最新文章",
            "自定内容",
            "空白边框",
            "图片",
        }

    def test_every_page_has_menu_search_service_box_and_footer(self, demo):
        text = fetch(demo, "/news/html/?126.html").text
        for furniture in (
            "首页",
            "globalsearchform",
            "在线客服服务时间",
            "4000-071-071",
            "版权所有",
            "ICP备",
            "公网安备",
            "常年法律顾问",
        ):
            assert furniture in text

    def test_the_title_ends_in_the_name_of_the_site(self, demo):
        assert tree(fetch(demo, "/news/html/?103.html")).findtext(".//title") == "守井人老邱-岚江先锋网"

    def test_size_links_are_scripts(self, demo):
        assert '【<a  href="javascript:fontZoom(16)">大</a>】' in fetch(demo, "/news/html/?103.html").text

    def test_one_article_answers_at_three_addresses(self, demo):
        titles = {
            tree(fetch(demo, path)).findtext(".//title")
            for path in ("/news/html/?103.html", "/news/html/103.html", "/news/html/index.php?id=103")
        }
        assert titles == {"守井人老邱-岚江先锋网"}

    def test_an_empty_author_leaves_its_label(self, demo):
        assert "作者： &nbsp;&nbsp; 来源：岚江先锋网" in fetch(demo, "/news/html/?119.html").text

    def test_an_empty_source_is_printed_as_the_name_of_the_site(self, demo):
        assert "来源：岚江先锋网" in fetch(demo, "/news/html/?143.html").text

    def test_views_grow_with_every_visit_of_the_dynamic_page_only(self, demo):
        def views(path):
            return int(tree(fetch(demo, path)).xpath("//*[@id='cl']")[0].text)

        first = views("/news/html/?103.html")
        assert views("/news/html/?103.html") == first + 1
        assert views("/news/html/103.html") == views("/news/html/103.html")

    def test_the_old_page_is_gb18030_under_a_gb2312_label(self, demo):
        answer = fetch(demo, "/news/html/?12.html")
        assert answer.headers["Content-Type"] == "text/html; charset=gb2312"
        assert b"charset=gb2312" in answer.body
        with pytest.raises(UnicodeDecodeError):
            answer.body.decode("gb2312")
        assert "陶喆烜" in answer.body.decode("gb18030")

    def test_pictures_and_papers_are_real_files(self, demo):
        picture = fetch(demo, "/news/upload/guihua-lane.png")
        paper = fetch(demo, "/news/upload/public-notice-2025.pdf")
        assert picture.headers["Content-Type"] == "image/png"
        assert picture.body.startswith(b"\x89PNG\r\n\x1a\n")
        assert picture.body.endswith(b"IEND\xaeB`\x82")
        assert paper.headers["Content-Type"] == "application/pdf"
        assert paper.body.startswith(b"%PDF-1.4")
        assert paper.body.endswith(b"%%EOF\n")

    def test_every_file_an_article_names_is_there(self, demo):
        for article in demo.articles:
            for url, _ in [*article.images, *article.attachments]:
                assert fetch(demo, url.removeprefix(demo.url.rstrip("/"))).status == 200

    def test_text_is_compressed_for_clients_that_want_it(self, demo):
        answer = fetch(demo, "/news/html/103.html", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.body) == fetch(demo, "/news/html/103.html").body

    def test_the_front_page_sets_two_cookies(self, demo):
        assert len(fetch(demo, "/").headers.get_all("Set-Cookie")) == 2

    def test_unknown_paths_answer_404(self, demo):
        for path in ("/nothing", "/news/upload/none.png", "/news/upload/../site.toml"):
            assert fetch(demo, path).status == 404


class TestLists:
    def test_the_catch_all_list_leads_to_every_article_once(self, demo):
        rows = [number for page in walk(demo, "/news/class/") for number in page if number != 149]
        assert sorted(set(rows)) == sorted(rows)
        assert {article.id for article in demo.articles} - {149} < set(rows)

    def test_a_list_has_ten_rows_a_page_and_names_its_pages(self, demo):
        answer = fetch(demo, LIST.format(2, 0))
        assert len(row_numbers(answer)) == 11  # a pinned one comes on top
        assert re.search(r"共\d+条 每页10条 页次：2/7", answer.text)

    def test_a_column_lists_its_own_articles(self, demo):
        rows = {number for page in walk(demo, "/news/class/?3.html") for number in page}
        assert rows == {article.id for article in demo.articles if article.section == "理论园地"}

    def test_a_pinned_row_stands_first_on_every_page(self, demo):
        pages = walk(demo, "/news/class/")
        assert len(pages) == 7
        assert all(page[0] == 149 for page in pages)
        assert not any(149 in page[1:] for page in pages)

    def test_a_page_beyond_the_last_is_the_last(self, demo):
        assert row_numbers(fetch(demo, LIST.format(99, 1))) == row_numbers(fetch(demo, LIST.format(2, 1)))

    def test_more_rows_a_page_can_be_asked_for(self, demo):
        path = LIST.format(1, 0).replace("myshownums=", "myshownums=100")
        assert len(row_numbers(fetch(demo, path))) == len(demo.articles) + 4

    def test_a_day_and_a_word_can_be_asked_for(self, demo):
        assert row_numbers(fetch(demo, LIST.format(1, 0).replace("showdate=", "showdate=20250121"))) == [103]
        assert row_numbers(
            fetch(demo, LIST.format(1, 0).replace("key=", "key=%E5%AE%88%E4%BA%95%E4%BA%BA"))
        ) == [103]

    def test_nonsense_in_the_query_gives_a_list(self, demo):
        path = "/news/class/index.php?page=-3&catid=x&myshownums=99999999999999999999"
        assert fetch(demo, path).status == 200

    def test_lists_come_in_chunks(self, demo):
        assert fetch(demo, "/news/class/").headers["Transfer-Encoding"] == "chunked"

    def test_short_lists_cut_long_titles_and_keep_them_in_the_tooltip(self, demo):
        (anchor,) = tree(fetch(demo, "/")).xpath("//a[contains(@href, '?152.html')]")
        assert anchor.text.endswith("...")
        assert anchor.get("title") == "从“等着办”到“想着办”——青禾县机关作风一线观察"

    def test_hot_articles_are_linked_by_their_static_twins(self, demo):
        links = tree(fetch(demo, "/news/html/?103.html")).xpath("//*[@title='热点文章']//li/a/@href")
        assert links
        assert all(re.fullmatch(r"\.\./\.\./news/html/\d+\.html", link) for link in links)


class TestTraps:
    def test_an_unknown_number_is_a_soft_404(self, demo):
        for path in (
            "/news/html/?117.html",
            "/news/html/?99999.html",
            "/news/html/?.html",
            "/news/html/x.html",
        ):
            answer = fetch(demo, path)
            assert answer.status == 200
            assert tree(answer).xpath("//*[@class='securenotice']/p[1]/text()") == ["当前ID不存在或尚未发布"]

    def test_a_restricted_article_shows_a_notice(self, demo):
        answer = fetch(demo, "/news/html/?144.html")
        assert (answer.status, "阅读权限" in answer.text) == (200, True)

    def test_an_external_row_redirects_to_another_host(self, demo):
        answer = fetch(demo, "/news/html/?131.html")
        assert answer.status == 302
        assert answer.headers["Location"] == f"http://localhost:{demo.port}/external/131.html"

    def test_robots_forbids_a_folder_that_a_list_links_to(self, demo):
        assert "Disallow: /neibu/" in fetch(demo, "/robots.txt").text
        rows = [
            href
            for page in range(1, 8)
            for href in tree(fetch(demo, LIST.format(page, 0))).xpath("//*[@id='queryul']//a/@href")
        ]
        (forbidden,) = [href for href in rows if "/neibu/" in href]
        assert tree(fetch(demo, forbidden)).xpath("//*[@id='con']")


class TestContentPages:
    def test_the_page_itself_holds_only_the_first_part(self, demo):
        (article,) = [article for article in demo.articles if article.id == 130]
        page = tree(fetch(demo, "/news/html/?130.html"))
        text = page.xpath("//*[@id='con']")[0].text_content()
        assert article.pages[0].splitlines()[-1] in text
        assert article.pages[1].splitlines()[0] not in text
        assert page.xpath("//*[@id='contentpages']")[0].text_content() == ""

    def test_the_parts_are_fetched_by_post(self, demo):
        (article,) = [article for article in demo.articles if article.id == 130]
        listed = fetch(demo, "/news/post.php", method="POST", body="act=contentpages&newsid=130").text
        numbers = re.findall(r"<li id='p_(\d+)' class='pages'>", listed)
        assert numbers[0] == "0"
        parts = [
            fetch(
                demo,
                "/news/post.php",
                method="POST",
                body=f"act=getcontent&newspageid={number}&newsid=130&RP=/",
            ).text
            for number in numbers
        ]
        for part, truth in zip(parts, article.pages, strict=True):
            lines = [
                line.strip() for line in html.fromstring(f"<div>{part}</div>").text_content().splitlines()
            ]
            assert "\n".join(filter(None, lines)) == truth

    def test_an_article_in_one_part_has_one_entry(self, demo):
        listed = fetch(demo, "/news/post.php", method="POST", body="act=contentpages&newsid=103").text
        assert listed == "<li id='p_0' class='pages'>1</li>"

    @pytest.mark.parametrize(
        "body", ["", "act=getcontent", "act=getcontent&newsid=130&newspageid=7", "act=x&newsid=103"]
    )
    def test_nonsense_is_answered_with_nothing(self, demo, body):
        assert fetch(demo, "/news/post.php", method="POST", body=body).body == b""


class TestRevisits:
    @pytest.mark.parametrize("path", ["/news/html/103.html", "/news/html/?103.html"])
    @pytest.mark.parametrize(
        ("validator", "condition"), [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")]
    )
    def test_an_unchanged_article_answers_304(self, demo, path, validator, condition):
        first = fetch(demo, path)
        again = fetch(demo, path, headers={condition: first.headers[validator]})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])

    def test_an_edited_article_answers_anew(self, demo):
        first = fetch(demo, "/news/html/103.html")
        demo.edit(103, "老邱换了一只手电。\n井还是那九口。\n第三段也改了。")
        for condition, validator in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
            again = fetch(demo, "/news/html/103.html", headers={condition: first.headers[validator]})
            assert (again.status, "老邱换了一只手电。" in again.text) == (200, True)
        assert {a.id: a.body for a in demo.articles}[103].startswith("老邱换了一只手电。\n")

    def test_a_date_that_cannot_be_read_is_no_condition(self, demo):
        assert fetch(demo, "/news/html/103.html", headers={"If-Modified-Since": "yesterday"}).status == 200

    def test_a_removed_article_leaves_the_lists_and_becomes_a_soft_404(self, demo):
        demo.remove(103)
        assert "当前ID不存在" in fetch(demo, "/news/html/?103.html").text
        assert 103 not in {number for page in walk(demo, "/news/class/") for number in page}
        assert 103 not in {article.id for article in demo.articles}

    def test_a_published_article_comes_first(self, demo):
        entry = Entry(
            id=200,
            title="新来的一篇",
            published="2026-07-01T08:00:00",
            column=1,
            section="党建要闻",
            body="甲。\n乙。",
        )
        demo.publish(entry)
        assert row_numbers(fetch(demo, "/news/class/"))[:2] == [149, 200]
        assert demo.articles[0].title == "新来的一篇"


class TestServer:
    def test_it_listens_on_loopback_only(self, demo):
        assert demo.url == f"http://127.0.0.1:{demo.port}/"

    def test_it_keeps_connections_and_logs_requests(self, demo):
        with socket.create_connection(("127.0.0.1", demo.port), timeout=20) as client:
            for _ in range(2):
                client.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\nX-Test: 1\r\n\r\n")
                assert b"HTTP/1.1 200 OK" in client.recv(65_536)
        assert [(r.method, r.path, r.status, r.headers["x-test"]) for r in demo.requests] == [
            ("GET", "/robots.txt", 200, "1")
        ] * 2

    def test_head_has_no_body(self, demo):
        answer = fetch(demo, "/news/html/103.html", method="HEAD")
        assert int(answer.headers["Content-Length"]) > 1000
        assert answer.body == b""

    def test_what_it_shows_can_be_chosen(self):
        chosen = load_articles()[:3]
        gone, changed, kept = (entry.id for entry in chosen)
        with DemoSite(
            port=0,
            articles=chosen,
            removed={gone},
            edited={changed: "只剩一句。"},
            robots="User-agent: *\n",
            traps=False,
        ) as demo:
            assert [article.id for article in demo.articles] == [changed, kept]
            assert demo.articles[0].body == "只剩一句。"
            assert walk(demo, "/news/class/") == [[changed, kept]]
            assert fetch(demo, "/robots.txt").text == "User-agent: *\n"

    def test_without_a_port_two_sites_run_side_by_side(self):
        with DemoSite() as first, DemoSite() as second:
            assert first.port != second.port
            assert fetch(second, "/robots.txt").status == 200

    def test_starting_twice_is_starting_once(self, demo):
        port = demo.port
        assert demo.start().port == port

    def test_closing_frees_the_port_at_once(self):
        with DemoSite(port=0) as demo:
            port = demo.port
            fetch(demo, "/")
        with DemoSite(port=port) as again:
            assert fetch(again, "/").status == 200

    def test_a_taken_port_is_an_error(self, demo):
        with pytest.raises(OSError, match="in use"):
            DemoSite(port=demo.port).start()

    def test_a_form_that_is_too_long_is_refused(self, demo):
        with socket.create_connection(("127.0.0.1", demo.port), timeout=20) as client:
            client.sendall(b"POST /news/post.php HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
            assert b" 413 " in client.recv(200)


def test_by_hand_it_prints_its_address():
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.demo", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert re.match(r"http://127\.0\.0\.1:\d+/ ", process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


def test_by_hand_a_taken_port_is_told_in_one_line(demo):
    result = subprocess.run(
        [sys.executable, "-m", "crawler.demo", "--port", str(demo.port)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert re.fullmatch(rf"cannot serve on port {demo.port}: .*\n", result.stderr)
