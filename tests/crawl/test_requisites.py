"""What a page needs is archived by the site file's choice, and nothing else."""

from pathlib import Path

import pytest
from scrapy.http import HtmlResponse, Response

from crawler.archive import ArchiveIndex
from crawler.items import Article, Attachment, Image
from crawler.sites import Site, adhoc_site
from crawler.spiders.requisites import MAX_REQUISITES, requisites_of, requisites_of_style
from tests.crawl.running import article_page, dangjian, list_page, site_file
from tests.support import PageServer, Served

URL = "http://www.example.cn/news/1.html"
PAGE = """
<html><head><base href="/news/">
<link rel="stylesheet" href="../css/main.css"><link rel="shortcut icon" href="/favicon.ico">
<link rel="alternate" href="/rss.xml"><link rel="canonical" href="/news/1.html">
<style>body { background: url( "/img/back.gif" ) }</style>
<script src="/js/size.js"></script><script src="https://count.example.net/c.js"></script></head>
<body background="/img/old.gif"><div style="background:url(/img/bar.png)"></div>
<img src="p/1.jpg#a" srcset="p/2.jpg 2x, /p/3.jpg 3x">
<img data-original="//pic.example.net/4.jpg" src="data:image/gif;base64,R0l">
<a href="/news/2.html">more</a><iframe src="/frame.html"></iframe></body></html>
"""


def page(body: str = PAGE) -> HtmlResponse:
    return HtmlResponse(URL, body=body.encode(), encoding="utf-8")


def site(choice: str, **changes: object) -> Site:
    return adhoc_site("http://www.example.cn/news/").model_copy(update={"requisites": choice, **changes})


ARTICLE = Article(
    url=URL,
    images=[Image(url="http://www.example.cn/news/p/1.jpg")],
    attachments=[Attachment(url="http://files.example.net/1.pdf", name="附件")],
)


def test_none_takes_nothing() -> None:
    assert requisites_of(page(), ARTICLE, site("none")) == []


def test_files_takes_what_the_article_offers_for_download() -> None:
    assert requisites_of(page(), ARTICLE, site("files")) == ["http://files.example.net/1.pdf"]


def test_all_takes_what_the_page_shows_and_no_scripts_of_others() -> None:
    base = "http://www.example.cn"
    assert set(requisites_of(page(), ARTICLE, site("all"))) == {
        "http://files.example.net/1.pdf",
        f"{base}/css/main.css",
        f"{base}/favicon.ico",
        f"{base}/img/back.gif",
        f"{base}/img/old.gif",
        f"{base}/img/bar.png",
        f"{base}/js/size.js",
        f"{base}/news/p/1.jpg",
        f"{base}/news/p/2.jpg",
        f"{base}/p/3.jpg",
        "http://pic.example.net/4.jpg",
    }


def test_what_the_site_file_denies_is_left() -> None:
    kept = requisites_of(page(), None, site("all", deny_urls=["/img/"]))
    assert not [url for url in kept if "/img/" in url]
    assert "http://www.example.cn/css/main.css" in kept


def test_one_page_cannot_ask_for_ever_more() -> None:
    many = "".join(f"<img src='/{number}.png'>" for number in range(2 * MAX_REQUISITES))
    assert len(requisites_of(page(many), None, site("all"))) == MAX_REQUISITES


@pytest.mark.parametrize("url", ["http://[", "javascript:alert(1)", "file:///etc/passwd", "ftp://a.cn/x", ""])
def test_addresses_that_are_none_are_left(url: str) -> None:
    assert requisites_of(page(f"<img src='{url}'>"), None, site("all")) in ([], [URL])


def test_a_style_names_pictures_fonts_and_styles() -> None:
    css = b"""@import "more.css"; @import url('/third.css');
    a { background: url(../img/a.png) no-repeat } @font-face { src: url("f.woff") format("woff") }
    b { background: url(data:image/png;base64,AAAA) }"""
    found = requisites_of_style(Response("http://www.example.cn/css/main.css", body=css), site("all"))
    assert found == [
        "http://www.example.cn/css/more.css",
        "http://www.example.cn/third.css",
        "http://www.example.cn/img/a.png",
        "http://www.example.cn/css/f.woff",
    ]


@pytest.mark.parametrize("hostile", [b"url(", b"url( ", b"@import ", b"url('"])
def test_hostile_styles_take_linear_time(hostile: bytes) -> None:
    for body in (hostile * 200_000, hostile + b" " * 1_000_000):
        assert requisites_of_style(Response("http://a.example.cn/a.css", body=body), site("all")) == []


def test_a_crawl_archives_them_once_and_counts_them_apart(tmp_path: Path) -> None:
    extra = '<link rel="stylesheet" href="/main.css"><img src="/gone.jpg"></head>'
    css = Served(b"p { background: url(/back.gif) }", headers=[("Content-Type", "text/css")])
    picture = Served(b"GIF89a", headers=[("Content-Type", "image/gif")])
    pages = {f"/a/{n}.html": article_page(n).replace("</head>", extra) for n in (1, 2)}
    pages |= {"/list/": list_page([1, 2]), "/main.css": css, "/back.gif": picture}
    with PageServer(pages) as server:
        file = site_file(tmp_path, server.url, body='requisites = "all"')
        first = dangjian("crawl", file, "--json", data=tmp_path / "data")
        dangjian("crawl", file, "--json", data=tmp_path / "data")
        assert [server.count(path) for path in ("/main.css", "/back.gif")] == [1, 1]
    assert first.code == 0
    assert first.summary()["articles"]["new"] == 2
    assert first.summary()["failures"] == {}
    assert first.summary()["requisites"] == 2
    with ArchiveIndex(tmp_path / "data" / "warc") as index:
        assert index.lookup(f"{server.url}/back.gif") is not None
