"""Lists that are no pages."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction import entrances
from crawler.extraction.entrances import read_entrance, read_feed, read_json, read_sitemap, unpacked
from crawler.extraction.listing import Link

URL = "http://www.example.gov.cn/list/"
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>http://www.example.gov.cn/a/1.html</loc><lastmod>2021-03-20T01:00:00+08:00</lastmod></url>
<url><loc> /a/2.html </loc><news:news><news:publication_date>2021-03-19</news:publication_date>
<news:title>机关工委举办培训班</news:title></news:news></url>
<url><loc>ftp://www.example.gov.cn/a/3.html</loc></url>
<url><loc>http://www.example.gov.cn/a/1.html</loc></url>
</urlset>""".encode()
PAGES = [
    Link("http://www.example.gov.cn/a/1.html", "", "2021-03-20"),
    Link("http://www.example.gov.cn/a/2.html", "机关工委举办培训班", "2021-03-19"),
]


def test_a_sitemap_names_each_page_once_with_its_day() -> None:
    assert read_sitemap(SITEMAP, url=URL).links == PAGES


def test_a_packed_sitemap_is_unpacked() -> None:
    assert read_sitemap(gzip.compress(SITEMAP), url=URL).links == PAGES


def test_an_index_names_further_sitemaps() -> None:
    index = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in ("s1.xml.gz", "/s2.xml"))
    sitemap = read_sitemap(f"<sitemapindex>{index}</sitemapindex>".encode(), url=URL)
    assert sitemap.sitemaps == [URL + "s1.xml.gz", "http://www.example.gov.cn/s2.xml"]
    assert sitemap.links == []


def test_a_sitemap_may_be_lines_of_text() -> None:
    assert [
        link.url for link in read_sitemap(b"http://e.cn/1.html\r\n\r\nhttp://e.cn/2.html\n", url=URL).links
    ] == [
        "http://e.cn/1.html",
        "http://e.cn/2.html",
    ]


def test_a_packed_file_grows_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrances, "MAX_BYTES", 1_000)
    assert len(unpacked(gzip.compress(b" " * 1_000_000))) == 1_000


def test_a_torn_file_is_read_as_far_as_it_goes() -> None:
    assert read_sitemap(SITEMAP[:330], url=URL).links[:1] == PAGES[:1]
    assert unpacked(b"\x1f\x8b torn") == b""


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!ENTITY a "12345678"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY % a SYSTEM "http://127.0.0.1:9/"> %a;]>',
    ],
)
def test_entities_are_neither_opened_nor_expanded(declared: str) -> None:
    item = "<item><title>&a;&b;</title><link>/1.html</link></item>"
    feed = f"<?xml version='1.0'?>{declared}<rss><channel>{item}</channel></rss>"
    assert {link.text for link in read_feed(feed.encode(), url=URL).links} <= {"&a;&b;"}


RSS = """<rss version="2.0"><channel><title>时政</title>
<item><title><![CDATA[机关工委<b>举办</b>培训班]]></title><link>http://e.cn/1.html</link>
<pubDate>Sat, 20 Mar 2021 23:30:00 GMT</pubDate></item>
<item><title>老党员话初心</title><guid>http://e.cn/2.html</guid><pubDate>2021-03-19 08:00:00</pubDate></item>
<item><title>没有地址</title><guid isPermaLink="false">77</guid></item>
</channel></rss>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_rss_is_read_with_days_in_chinese_time(charset: str) -> None:
    feed = f'<?xml version="1.0" encoding="{charset}"?>{RSS}'.encode(charset)
    assert read_feed(feed, url=URL).links == [
        Link("http://e.cn/1.html", "机关工委举办培训班", "2021-03-21"),
        Link("http://e.cn/2.html", "老党员话初心", "2021-03-19"),
    ]


def test_atom_is_read_with_its_next_page() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="?page=2"/>
    <entry><title>老党员话初心</title><link rel="edit" href="/edit/1"/><link href="/1.html"/>
    <updated>2021-03-20T10:00:00+08:00</updated></entry></feed>""".encode()
    listing = read_feed(feed, url=URL)
    assert listing.links == [Link("http://www.example.gov.cn/1.html", "老党员话初心", "2021-03-20")]
    assert listing.next_url == URL + "?page=2"


ROW = {"title": "老党员话初心", "url": "../a/1.html", "date": "2021-03-20 08:00:00"}
EXPECTED = [Link("http://www.example.gov.cn/a/1.html", "老党员话初心", "2021-03-20")]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([ROW]),
        json.dumps({"data": {"total": 1, "list": [ROW]}}),
        f"callback({json.dumps(ROW)});",
        f"var rollData = [{json.dumps(ROW)}];",
        "﻿" + json.dumps([ROW], ensure_ascii=False),
        "[{title:'老党员话初心', url:'../a/1.html', date:'2021-03-20'}]",
        json.dumps([{"TITLE": "<em>老党员</em>话初心", "URL": "../a/1.html", "DOCRELPUBTIME": "2021-03-20"}]),
        json.dumps([{"showTitle": "老党员话初心", "publishUrl": "../a/1.html", "publishTime": "2021-03-20"}]),
        json.dumps([{"title": "老党员话初心", "url": "/a/1.html", "createTime": 1616198400000}]),
        json.dumps(
            [
                {
                    "title": "老党员话初心",
                    "url": "/a/9.html",
                    "external_link": "/a/1.html",
                    "pub_date": "2021-03-20",
                }
            ]
        ),
    ],
)
def test_rows_given_as_data_are_read(text: str) -> None:
    assert read_json(text, url=URL).links == EXPECTED


def test_objects_without_headline_or_address_are_no_rows() -> None:
    assert (
        read_json(
            json.dumps({"title": "目录", "items": [{"title": "无地址"}, {"url": "/x.html"}]}), url=URL
        ).links
        == []
    )


def test_deep_data_are_read_in_bounded_depth() -> None:
    assert read_json("[" * 100_000, url=URL).links == []


@pytest.mark.parametrize(
    "data",
    [
        json.dumps([ROW]).encode(),
        b"cb(" + json.dumps([ROW]).encode() + b")",
        "<rss><channel><item><title>老党员话初心</title><link>/a/1.html</link><pubDate>2021-03-20</pubDate></item></channel></rss>".encode(),
    ],
)
def test_the_form_of_a_list_is_told_by_its_data(data: bytes) -> None:
    assert read_entrance(data, url=URL).links == EXPECTED


def test_a_page_is_an_entrance_too() -> None:
    rows = "".join(
        f"<li><a href='/info/1/{n}00.htm'>第{n}期机关党建工作动态</a><span>2021-03-0{n}</span></li>"
        for n in range(1, 6)
    )
    assert len(read_entrance(f"<!DOCTYPE html><ul>{rows}</ul>".encode(), url=URL).links) == 5


@settings(max_examples=60)
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda t: f"<rss><item><link>{t}</link></item></rss>".encode())
)
def test_nothing_makes_reading_fail(data: bytes) -> None:
    read_entrance(data, url=URL)
    read_sitemap(data, url=URL)
    read_feed(data, url="")
    read_json(data, url=URL)
