# ruff: noqa: E501 - a line of a page is easier to read unbroken
import pytest

from crawler.extraction import read_page
from crawler.extraction.paging import is_sibling
from tests.extraction.pages import PARAGRAPHS, page

BASE = "https://www.example.org"


def pages(url: str, *, behind: str = "", last: str = "", head: str = "") -> list[str]:
    return read_page(
        page(info="<p>来源：先锋报 2021-03-04</p>", behind=behind, last=last, head=head), url=BASE + url
    ).next_pages


def test_an_article_on_one_page_has_no_others():
    assert pages("/n1/2019/0615/c1013-311.html") == []


def test_numbers_in_brackets():
    pager = "<div class=zdfy><a href='c1013-311.html'>【1】</a><a href='c1013-311-2.html'>【2】</a><a href='/n1/2019/0615/c1013-311-3.html'>【3】</a></div>"
    assert pages("/n1/2019/0615/c1013-311.html", last=pager) == [
        f"{BASE}/n1/2019/0615/c1013-311-2.html",
        f"{BASE}/n1/2019/0615/c1013-311-3.html",
    ]


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("/2019-12/c_1125.htm", "c_1125_2.htm"),
        ("/a/content_123.htm", "content_123_2.htm"),
        ("/plus/123.html", "123_2.html"),
        ("/show.php?id=5", "show.php?id=5&page=2"),
    ],
)
def test_the_word_for_the_next_page_leads_one_page_on(url, href):
    found = pages(url, behind=f"<div class=pages><span>上一页</span> <a href='{href}'>下一页</a></div>")
    assert found == [f"{BASE}{url.rpartition('/')[0]}/{href}"]


@pytest.mark.parametrize(
    "link",
    ["<span>2</span>", "（２）", " \n 第2页", "\u200b2", "<b> </b>[2]", "<img src=2.gif alt=2>", "〔2〕"],
)
def test_a_page_number_is_known_however_it_is_written(link):
    assert pages("/a/1.html", last=f"<p><a href='1_2.html'>{link}</a></p>") == [f"{BASE}/a/1_2.html"]


def test_a_picture_may_lead_on():
    assert pages("/n1/c1-3.html", last="<p><a href='c1-3-2.html'><img src='/img/next_page.jpg'></a></p>") == [
        f"{BASE}/n1/c1-3-2.html"
    ]


@pytest.mark.parametrize(
    "call",
    [
        'createPageHTML(3, 0, "t2023_1", "html");',
        "createPageHTML_ZW(3,0,'t2023_1','html')",
        'createPageHTML("pager", 3, 0, "t2023_1", "html", 30);',
    ],
)
def test_a_script_pager_gives_all_pages(call):
    assert pages("/202301/t2023_1.html", behind=f"<script>{call}</script>") == [
        f"{BASE}/202301/t2023_1_1.html",
        f"{BASE}/202301/t2023_1_2.html",
    ]


def test_a_script_pager_on_a_later_page_gives_the_others():
    found = pages("/x/t1_1.html", behind='<script>createPageHTML(3, 1, "t1", "html");</script>')
    assert found == [f"{BASE}/x/t1.html", f"{BASE}/x/t1_2.html"]


def test_a_script_pager_of_one_page_or_of_a_list_gives_none():
    assert pages("/x/t1.html", behind='<script>createPageHTML(1, 0, "t1", "html");</script>') == []
    assert pages("/x/t1.html", behind='<script>createPageHTML(9, 0, "index", "html");</script>') == []


@pytest.mark.parametrize("count", ["countPage", "PageCount", "TOTALPAGES", "page_count"])
def test_a_page_count_in_a_script_gives_all_pages(count):
    script = f"<script>var currentPage = 0; var {count} = 3;</script>"
    assert pages("/x/t1.html", head=script) == [f"{BASE}/x/t1_1.html", f"{BASE}/x/t1_2.html"]


@pytest.mark.parametrize(
    "pager",
    [
        "<a href='/list_2.html'>下一页</a>",
        "<a href='/a/other_2.html'>2</a>",
        "<a href='//evil.example/a/1_2.html'>2</a>",
        "<a href='javascript:go(2)'>2</a>",
        "<a href='1.html#p2'>2</a>",
        "<a href='1_7.html'>2</a>",
        "<p>下一篇：<a href='/a/2.html'>2</a></p>",
    ],
)
def test_other_pagers_are_none_of_the_article(pager):
    assert pages("/a/1.html", behind=pager) == []


def test_numbers_that_never_end_are_bounded():
    pager = "".join(f"<a href='1_{n}.html'>{n}</a>" for n in range(1, 900))
    assert len(pages("/a/1.html", behind=pager)) <= 200


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ("https://a/x/1.html", "https://a/x/1_2.html", True),
        ("https://a/x/1_2.html", "https://a/x/1_3.html", True),
        ("https://a/x/1_2.html", "https://a/x/1.html", True),
        ("https://a/x/12.html", "https://a/x/13.html", False),
        ("https://a/x/c1-12345.html", "https://a/x/c1-12346.html", False),
        ("https://a/x/1.html", "https://b/x/1_2.html", False),
        ("https://a/x/?id=1", "https://a/x/?id=1&page=2", True),
        ("https://a/x/?id=1", "https://a/x/?id=2", False),
        ("https://a/x/1.html", "https://a/y/1_2.html", False),
    ],
)
def test_a_sibling_differs_by_its_page_number_only(own, other, expected):
    assert is_sibling(own, other) is expected


def test_the_text_of_a_first_page_is_read_without_its_pager():
    html = page(
        info="<p>来源：先锋报 2021-03-04</p>",
        last="<p><a href='1_2.html'>[2]</a> <a href='1_2.html'>下一页</a></p>",
    )
    found = read_page(html, url=f"{BASE}/a/1.html")
    assert found.article.body == "\n".join(PARAGRAPHS)
    assert found.next_pages == [f"{BASE}/a/1_2.html"]
