from datetime import date

import pytest
from pydantic import ValidationError

from crawler.sites import Entrance, Paging, Section, adhoc_site, load_site, parse_site
from crawler.sites.parts import SELECTOR_FIELDS
from tests.sites.support import site

ARTICLE = "http://www.linhai.example.cn/djyw/202403/t20240305_12345.html"


def test_an_article_is_known_by_its_address():
    assert site().is_article(ARTICLE) is True
    assert site().is_article("http://www.linhai.example.cn/djyw/index_1.html") is False


def test_an_article_on_another_host_is_none_of_the_site():
    assert site().is_article(ARTICLE.replace("linhai.example.cn", "linhai.example.com")) is False
    assert site().is_article(ARTICLE.replace("linhai", "notlinhai")) is False


def test_without_patterns_the_address_does_not_say_whether_it_is_an_article():
    assert site(article_urls=[]).is_article(ARTICLE) is None


def test_a_denied_address_is_no_article():
    assert site(deny_urls=["/djyw/"]).is_article(ARTICLE) is False


def test_a_domain_stands_for_its_subdomains_and_no_other_host():
    assert site().covers("http://linhai.example.cn/")
    assert site().covers("https://m.LINHAI.example.cn/a")
    assert not site().covers("http://evil-linhai.example.cn/")
    assert not site().covers("http://linhai.example.cn.evil.com/")
    assert not site().covers("mailto:a@linhai.example.cn")


def test_twins_lead_to_one_main_address():
    twin = {"pattern": r"(/t\d{8}_\d+)_m\.html$", "address": r"\1.html"}
    mobile = ARTICLE.replace(".html", "_m.html")
    assert site(twins=[twin]).main_address(mobile) == ARTICLE
    assert site(twins=[twin]).main_address(ARTICLE) == ARTICLE
    assert site(twins=[twin]).is_article(mobile) is True
    assert site().is_article(mobile) is False


def test_static_dynamic_and_script_form_of_a_phpweb_article_are_one():
    cpc71 = load_site("cpc71")
    forms = ["?411.html", "411.html", "index.php?id=411"]
    assert {cpc71.main_address(f"http://www.cpc71.org.cn/news/html/{form}") for form in forms} == {
        "http://www.cpc71.org.cn/news/html/?411.html"
    }


@pytest.mark.parametrize(
    ("first", "pattern", "second"),
    [
        ("http://a.cn/GB/64093/index.html", "index{page}.html", "http://a.cn/GB/64093/index2.html"),
        ("http://a.cn/djyw/", "index_{page0}.shtml", "http://a.cn/djyw/index_1.shtml"),
        ("http://a.cn/node_11941.htm", "{stem}_{page}.htm", "http://a.cn/node_11941_2.htm"),
        ("http://a.cn/List/?Id=236&page=1", "?page={page}", "http://a.cn/List/?Id=236&page=2"),
        ("http://a.cn/List/?Id=236", "?page={page}", "http://a.cn/List/?Id=236&page=2"),
        (
            "http://a.cn/news/class/",
            "index.php?page={page}&catid=0",
            "http://a.cn/news/class/index.php?page=2&catid=0",
        ),
    ],
)
def test_paging_makes_the_address_of_the_second_page(first, pattern, second):
    assert Paging(pattern=pattern).address(first, 2) == second
    assert Paging(pattern=pattern).address(first, 1) == first


def test_paging_without_a_pattern_does_not_guess():
    assert Paging(style="links").address("http://a.cn/djyw/", 2) is None


@pytest.mark.parametrize(
    ("url", "further", "other"),
    [
        ("http://www.a.cn/djyw/index.html", "http://a.cn/djyw/index_2.html", "http://a.cn/dsxx/index_2.html"),
        ("http://a.cn/djyw.htm", "http://a.cn/djyw/17.htm", "http://a.cn/tzgg/17.htm"),
        ("http://a.cn/node_11941.htm", "http://a.cn/node_11941_2.htm", "http://a.cn/node_22417.htm"),
        ("http://a.cn/", "http://a.cn/index_2.html", "http://b.cn/index_2.html"),
    ],
)
def test_a_section_knows_its_further_pages_by_their_path(url, further, other):
    assert Section(url=url).holds(further)
    assert not Section(url=url).holds(other)


def test_the_narrowest_section_of_an_address_wins():
    sections = [
        {"label": label, "url": f"http://linhai.example.cn/{path}"}
        for label, path in [("甲", "a/"), ("乙", "a/b/")]
    ]
    assert site(sections=sections).section_of("http://linhai.example.cn/a/b/index_2.html").label == "乙"
    assert site(sections=sections).section_of("http://linhai.example.cn/c/") is None


def test_an_entrance_by_days_knows_its_range():
    entrance = Entrance(
        kind="days",
        url="http://a.cn/{year}{month}/{day}/node_01.html",
        since=date(2024, 12, 1),
        until=date(2025, 1, 31),
    )
    assert entrance.on_day(date(2025, 1, 6)) == "http://a.cn/202501/06/node_01.html"
    assert entrance.on_day(date(2024, 11, 30)) is None
    assert entrance.on_day(date(2025, 2, 1)) is None


def test_an_entrance_fills_in_nothing_but_its_own_placeholders():
    entrance = Entrance(kind="json", url="http://a.cn/{page}?q={x}&o={0.__class__}")
    assert entrance.on_page(3) == "http://a.cn/3?q={x}&o={0.__class__}"
    assert Entrance(kind="ids", url="http://a.cn/?{id}.html").with_id(411) == "http://a.cn/?411.html"


def test_a_site_moves_to_another_host():
    moved = site(politeness={"delay": 3}).rebased("http://127.0.0.1:8000/")
    assert moved.domains == ["127.0.0.1"]
    assert moved.sections[0].url == "http://127.0.0.1:8000/djyw/index.html"
    assert moved.allow_private
    assert moved.politeness.delay == 3
    assert moved.is_article("http://127.0.0.1:8000/djyw/202403/t20240305_12345.html")


def test_base_stands_for_a_host_that_is_known_later():
    template = site(
        domains=["127.0.0.1"],
        sections=[{"url": "{base}/news/class/"}],
        examples=["{base}/t/202403/t20240305_1.html"],
    )
    assert template.is_relocatable
    assert template.rebased("http://localhost:9").sections[0].url == "http://localhost:9/news/class/"


def test_moving_to_a_public_host_allows_no_private_addresses():
    assert not site().rebased("http://mirror.example.org").allow_private


@pytest.mark.parametrize("key", ["cpc71", "people_tenants", "prov_names_only", "weixin", "ccdi"])
def test_every_kind_of_site_can_be_moved(key):
    moved = load_site(key).rebased("http://127.0.0.1:8000")
    assert all(
        url.startswith("http://127.0.0.1:8000/")
        for url in [*(s.url for s in moved.sections), *moved.examples]
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "Lin Hai"},
        {"key": "../linhai"},
        {"domains": []},
        {"domains": ["http://linhai.example.cn"]},
        {"domains": ["LINHAI.example.cn"]},
        {"sections": [{"url": "http://elsewhere.example.cn/"}]},
        {"sections": [{"url": "file:///etc/passwd"}]},
        {"sections": [{"url": "http://linhai.example.cn/a b"}]},
        {"sections": [{"url": "http://linhai.example.cn:99999/"}]},
        {"sections": [{"url": "http://linhai.example.cn/"}, {"url": "http://linhai.example.cn/"}]},
        {"article_urls": ["("]},
        {"twins": [{"pattern": "a(b)", "address": r"\2"}]},
        {"selectors": {"titel": ["h1"]}},
        {"selectors": {"title": ["div > h1"]}},
        {"politeness": {"delay": -1}},
        {"politeness": {"window": "25:00-06:00"}},
        {"schedule": {"recheck_days": []}},
        {"expectations": {"fields": ["tittle"]}},
        {"requisites": "some"},
        {"status": "dead"},
    ],
)
def test_a_wrong_value_is_refused(changes):
    with pytest.raises(ValidationError):
        site(**changes)


def test_selectors_speak_the_words_of_the_layouts():
    from crawler.extraction.layouts import Layout

    assert set(SELECTOR_FIELDS) - {"list"} <= set(Layout.__dataclass_fields__)


def test_a_bare_list_address_becomes_a_site():
    site = adhoc_site("https://www.dangban.example.edu.cn/djyw.htm#top")
    assert site.key == "dangban-example-edu-cn"
    assert site.domains == ["dangban.example.edu.cn"]
    assert [section.url for section in site.sections] == ["https://www.dangban.example.edu.cn/djyw.htm"]
    assert site.is_article("https://dangban.example.edu.cn/info/1004/12345.htm") is None
    assert site.is_article("https://elsewhere.example.edu.cn/info/1004/12345.htm") is False


@pytest.mark.parametrize(
    "url", ["", "djyw.htm", "ftp://a.cn/", "javascript:void(0)", "http://", "file:///etc/passwd"]
)
def test_what_is_no_web_address_becomes_no_site(url):
    with pytest.raises(ValueError):
        adhoc_site(url)


def test_an_adhoc_site_can_be_saved_and_loaded():
    site = adhoc_site("http://127.0.0.1:8000/djyw/")
    assert parse_site(site.to_toml(), file="x.toml") == site
