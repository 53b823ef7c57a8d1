"""The parts of finding one by one: days, circles, issues, numbers, entrances, what a list teaches."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.entrances import data_lists, read_rows, sitemaps_named
from crawler.extraction.listing import Listing, PostBack
from crawler.sites import Entrance, adhoc_site
from crawler.spiders.daterange import DateRange
from crawler.spiders.entrances import is_data, read_data_list, read_offer
from crawler.spiders.issues import days_of, sheets, steps
from crawler.spiders.learning import paging_of
from crawler.spiders.numbers import Numbers
from crawler.spiders.walks import MAX_BARREN, Walks

DAYS = st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(date.isoformat)


class TestDays:
    MAY = DateRange.of("2024-05-01", date(2024, 5, 31))

    @pytest.mark.parametrize("day", ["2024-05-01", "2024-05-31T23:59:00+08:00", None, ""])
    def test_both_ends_and_the_unknown_belong_to_a_range(self, day: str | None) -> None:
        assert self.MAY.holds(day)

    @pytest.mark.parametrize("day", ["2024-04-30", "2024-06-01"])
    def test_other_days_do_not(self, day: str) -> None:
        assert not self.MAY.holds(day)

    def test_an_open_range_holds_everything_and_is_left_by_nothing(self) -> None:
        assert not DateRange()
        assert DateRange().holds("1949-10-01")
        assert not DateRange().is_left_by(["1949-10-01"])

    @pytest.mark.parametrize(
        ("days", "left"),
        [
            (["2024-04-03", "2024-04-02"], True),
            (["2024-05-03", "2024-04-02"], True),
            (["2019-01-01", "2018-01-01", "2024-05-09", "2024-05-08", "2024-05-07"], False),
            (["2024-12-31", "2024-04-03", "2024-04-02", "2024-04-01"], True),
            (["2024-04-03", None, None, None], False),
            ([None, None], False),
            ([], False),
            (["2023-01-01", "2023-02-01", "2023-03-01"], False),
            (["2024-06-01", "2024-06-02", "2024-06-03"], True),
        ],
        ids=[
            "all older", "half older", "old pinned", "new pinned", "undated below", "undated", "empty",
            "oldest first, before", "oldest first, behind",
        ],
    )  # fmt: skip
    def test_a_list_is_left_by_its_lower_rows(self, days: list[str | None], left: bool) -> None:
        assert self.MAY.is_left_by(days) is left

    @given(st.lists(DAYS, min_size=4, max_size=40), DAYS)
    def test_no_wanted_row_lies_behind_the_page_that_ends_a_sorted_list(
        self, days: list[str], since: str
    ) -> None:
        ordered = sorted(days, reverse=True)
        wanted = DateRange.of(since, None)
        for at in range(2, len(ordered) + 1):
            if wanted.is_left_by(ordered[:at]):
                assert not [day for day in ordered[at:] if wanted.holds(day)]

    @pytest.mark.parametrize(
        "days", [("2024-13-01", None), ("yesterday", None), ("2024-05-02", "2024-05-01")]
    )
    def test_nonsense_is_refused(self, days: tuple[str, str | None]) -> None:
        with pytest.raises(ValueError):
            DateRange.of(*days)


class TestWalks:
    def test_pages_without_news_end_a_list(self) -> None:
        walks = Walks()
        assert walks.goes_on("http://a.cn/list/", ["http://a.cn/1.html"])
        turns = [walks.goes_on("http://a.cn/list/", ["http://a.cn/1.html"]) for _ in range(MAX_BARREN)]
        assert turns == [True] * (MAX_BARREN - 1) + [False]

    def test_a_new_row_starts_the_count_again(self) -> None:
        walks = Walks()
        for number in range(20):
            walks.goes_on("x", ["http://a.cn/pinned.html"])
            assert walks.goes_on("x", [f"http://a.cn/{number}.html"])

    def test_lists_do_not_share_their_rows(self) -> None:
        walks = Walks()
        for first in ("x", "y"):
            walks.goes_on(first, ["http://a.cn/1.html"])
            assert not walks.is_barren(first)


class TestIssues:
    PAPER = Entrance(kind="days", url="http://a.cn/{year}-{month}/{day}/node_01.html")

    def days(self, entrance: Entrance, *, full: bool = False, **wanted: str) -> list[str]:
        found = days_of(
            entrance,
            DateRange.of(wanted.get("since"), wanted.get("until")),
            today=date(2024, 5, 10),
            full=full,
        )
        return [day.isoformat() for day in found]

    def test_usually_it_is_the_last_week(self) -> None:
        assert self.days(self.PAPER)[::6] == ["2024-05-10", "2024-05-04"]

    def test_a_range_is_filled_newest_first_and_never_beyond_today(self) -> None:
        assert self.days(self.PAPER, since="2024-05-09", until="2024-06-30") == ["2024-05-10", "2024-05-09"]

    def test_the_file_s_own_days_bound_it(self) -> None:
        old = self.PAPER.model_copy(update={"since": date(2024, 3, 1), "until": date(2024, 3, 3)})
        assert self.days(old) == []
        assert self.days(old, full=True) == ["2024-03-03", "2024-03-02", "2024-03-01"]
        assert self.days(old, since="2024-03-02") == ["2024-03-03", "2024-03-02"]

    def test_without_a_first_day_a_full_crawl_has_no_beginning(self) -> None:
        with pytest.raises(ValueError, match="--since"):
            self.days(self.PAPER, full=True)

    def test_sheets_stand_beside_each_other_and_say_so(self) -> None:
        page = (
            "<a href='node_2.htm'>第02版：要闻</a><a href=./node_3.htm>A03版</a><a href='node_1.htm'>01版</a>"
            "<a href='../19/node_1.htm'>上一版</a><a href='content_77.htm'>头版头条</a>"
            "<a href='node_9.htm'>下一页</a><a href='node_8.htm'>版权所有</a>"
        ).encode()
        assert sheets(page, "http://a.cn/2026-05/20/node_1.htm") == [
            "http://a.cn/2026-05/20/node_2.htm",
            "http://a.cn/2026-05/20/node_3.htm",
        ]
        assert sheets(page, "http://a.cn/list/") == []

    @given(st.binary(max_size=300))
    def test_any_bytes_are_a_page(self, body: bytes) -> None:
        assert sheets(b"<a href='node_2.htm'>\xe7\x89\x88</a>" + body, "http://a.cn/node_1.htm")


class TestNumbers:
    def test_gaps_are_told_highest_first(self) -> None:
        numbers = Numbers(Entrance(kind="ids", url="http://www.a.cn/news/html/?{id}.html"))
        for number in (3, 7, 5):
            numbers.note(f"http://a.cn/news/html/?{number}.html")
        numbers.note("http://a.cn/news/class/?900.html")
        numbers.note("http://a.cn/news/html/?x.html")
        assert numbers.missing() == [6, 4]

    def test_numbers_that_are_not_the_articles_own_are_left_alone(self) -> None:
        numbers = Numbers(Entrance(kind="ids", url="http://a.cn/{id}.html"))
        for number in (1, 1_000_000):
            numbers.note(f"http://a.cn/{number}.html")
        assert numbers.missing() == []
        assert Numbers(Entrance(kind="ids", url="http://a.cn/{id}.html")).missing() == []


class TestEntrances:
    def test_rows_are_found_where_the_file_says(self) -> None:
        body = b'cb({"data":{"list":[{"u":"/1.html","t":"\xe5\x85\x9a","d":"2024-05-10 08:00"},{"u":""},7]}})'
        (link,) = read_rows(
            body, url="http://a.cn/x.js", rows="data.list", link="u", title="t", published="d"
        ).links
        assert (link.url, link.text, link.date) == ("http://a.cn/1.html", "党", "2024-05-10")

    def test_rows_that_are_not_there_are_looked_for(self) -> None:
        body = '[{"title": "党建见闻", "url": "/1.html"}]'.encode()
        assert len(read_rows(body, url="http://a.cn/x.json", rows="data.list", link="u").links) == 1

    @given(st.binary(max_size=200))
    def test_no_bytes_raise(self, body: bytes) -> None:
        for kind in ("sitemap", "rss", "json", "jsonp"):
            read_offer(Entrance(kind=kind, url="http://a.cn/x"), body, url="http://a.cn/x")
        is_data(body)

    def test_robots_txt_names_sitemaps_in_any_case(self) -> None:
        robots = (
            b"User-agent: *\r\nDisallow: /x\r\nSITEMAP: http://a.cn/s.xml\r\n sitemap:/t.xml.gz\nSitemap:"
        )
        assert sitemaps_named(robots, url="http://a.cn/robots.txt") == [
            "http://a.cn/s.xml",
            "http://a.cn/t.xml.gz",
        ]

    def test_a_data_list_of_another_block_is_left_aside(self) -> None:
        body = '[{"title": "党建见闻", "url": "/1.html"}]'.encode()
        url = "http://a.cn/ds_0.json"
        assert read_data_list(body, url=url, among=["http://a.cn/2.html"]).links == []
        assert len(read_data_list(body, url=url, among=["http://a.cn/1.html"]).links) == 1
        assert len(read_data_list(body, url=url, among=[]).links) == 1

    def test_data_lists_are_named_by_the_page(self) -> None:
        page = b'<div data="datasource:%s" datatype="ds">' % (b"0a" * 16)
        assert data_lists(page, url="http://a.cn/dj/index.html") == [f"http://a.cn/dj/ds_{'0a' * 16}.json"]

    @pytest.mark.parametrize(
        ("body", "answer"),
        [
            (b"<?xml version='1.0'?>\n<rss>", True),
            (b"\xef\xbb\xbf{}", True),
            (b"callback([1])", True),
            (b"\x1f\x8b\x08", True),
            (b"<!DOCTYPE html><html>", False),
            (b"<?xml version='1.0'?><!DOCTYPE html><html>", False),
            (b"", False),
        ],
    )
    def test_data_are_told_from_pages(self, body: bytes, answer: bool) -> None:
        assert is_data(body) is answer


@pytest.mark.parametrize(
    ("first", "following", "style", "pattern"),
    [
        ("http://a.cn/djyw/", "http://a.cn/djyw/index_1.html", "suffix", "index_{page0}.html"),
        ("http://a.cn/djyw/index.shtml", "http://a.cn/djyw/index_2.shtml", "suffix", "{stem}_{page}.shtml"),
        ("http://a.cn/1004/list.htm", "http://a.cn/1004/list2.htm", "suffix", "{stem}{page}.htm"),
        ("http://a.cn/djyw.htm", "http://a.cn/djyw/17.htm", "descending", None),
        ("http://a.cn/list?cid=2", "http://a.cn/list?cid=2&page=2", "query", "?page={page}"),
        ("http://a.cn/djyw/", "http://a.cn/other/place.html", "links", None),
        ("http://a.cn/djyw/", None, "whole", None),
    ],
)
def test_the_first_page_of_a_list_teaches_its_paging(
    first: str, following: str | None, style: str, pattern: str | None
) -> None:
    paging = paging_of(first, Listing(next_url=following))
    assert (paging.style, paging.pattern) == (style, pattern)
    if pattern:
        assert paging.address(first, 2) == following


def test_a_form_teaches_paging_by_post() -> None:
    assert paging_of("http://a.cn/l.aspx", Listing(post_back=PostBack("http://a.cn/l.aspx"))).style == "post"


def test_twins_known_by_their_look_have_one_main_address() -> None:
    site = adhoc_site("http://a.cn/news/class/?118.html")
    forms = ["?12.html", "12.html", "index.php?id=12"]
    assert {site.main_address(f"http://a.cn/news/html/{form}") for form in forms} == {
        "http://a.cn/news/html/12.html"
    }
    assert site.main_address("http://a.cn/BIG5/n1/2024/c1-2.html") == "http://a.cn/n1/2024/c1-2.html"


@pytest.mark.parametrize(
    "text",
    ["2024年", "2024", "《求是》2024年第1期", "第十二期", "2024年第12期（总第811期）", "<b>第3期</b>目录"],
)
def test_years_and_issues_are_known_by_their_words(text: str) -> None:
    assert steps(f"<a href='/x.htm'>{text}</a>".encode("gb18030"), "http://a.cn/") == ["http://a.cn/x.htm"]


@pytest.mark.parametrize(
    "text", ["2024年新年贺词", "第一期主题教育总结", "党的二十大", "更多", "1", "目录", ""]
)
def test_headlines_with_a_year_or_number_are_no_issues(text: str) -> None:
    assert steps(f"<a href='/x.htm'>{text}</a>".encode(), "http://a.cn/") == []
