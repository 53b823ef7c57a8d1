import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sites import adhoc_site, parse_site
from crawler.sites.learning import address_patterns, learned_site
from crawler.sites.patterns import compile_pattern


@pytest.mark.parametrize(
    ("paths", "pattern"),
    [
        (
            ["djyw/202403/t20240305_123.html", "djyw/202404/t20240406_99.html"],
            r"/djyw/\d{6}/t\d{8}_\d+\.html$",
        ),
        (["a/202403/t20240305_123.html", "b/202404/t20240406_99.html"], r"/[\w-]+/\d{6}/t\d{8}_\d+\.html$"),
        (["news/html/?411.html", "news/html/?5.html"], r"/news/html/\?\d+\.html$"),
        (["info/1004/12345.htm", "info/1025/12.htm"], r"/info/\d+/\d+\.htm$"),
        (
            ["2022/0325/c39060a2510676/page.htm", "2021/1231/c1a2/page.htm"],
            r"/\d{4}/\d+/c\d+a\d+/page\.htm$",
        ),
        ([f"20240509/{'3d6e' * 8}/c.html", f"20240510/{'ffe4' * 8}/c.html"], r"/\d{8}/[0-9a-f]{32}/c\.html$"),
        (["show.aspx?id=12&cid=3", "show.aspx?id=9&cid=4"], r"/show\.aspx\?id=\d+&cid=\d+$"),
    ],
)
def test_the_shape_of_article_addresses_is_learned(paths, pattern):
    assert address_patterns(f"http://a.cn/{path}" for path in paths) == [pattern]


def test_the_commonest_shape_comes_first_and_rare_ones_are_left_out():
    urls = [f"http://a.cn/info/1/{n}.htm" for n in range(60)] + [
        f"http://a.cn/art/{n}.html" for n in range(20)
    ]
    assert address_patterns([*urls, "http://a.cn/zt/5/x.shtml"]) == [
        r"/info/\d+/\d+\.htm$",
        r"/art/\d+\.html$",
    ]


def test_pages_without_a_number_are_no_shape():
    assert address_patterns(["http://a.cn/about.html", "http://a.cn/lxwm/"]) == []


def test_a_learned_site_knows_its_articles_and_is_a_valid_file():
    found = [f"http://dj.example.edu.cn/info/1004/{n}.htm" for n in (12345, 12346, 7)]
    site = learned_site(
        adhoc_site("http://dj.example.edu.cn/djyw.htm"), found, name="某大学党建网", family="vsb"
    )
    assert all(site.is_article(url) for url in found)
    assert site.is_article("http://dj.example.edu.cn/info/1004/99999.htm")
    assert not site.is_article("http://dj.example.edu.cn/djyw/17.htm")
    assert (site.name, site.family, site.examples) == ("某大学党建网", "vsb", found[:1])
    assert parse_site(site.to_toml(), file="x.toml") == site


def test_a_pattern_that_fits_the_list_itself_is_not_learned():
    list_url = "http://a.example.cn/list/12.html"
    site = learned_site(adhoc_site(list_url), ["http://a.example.cn/list/99.html"])
    assert site.article_urls == []


def test_articles_on_other_hosts_teach_nothing():
    site = learned_site(adhoc_site("http://a.example.cn/"), ["http://b.example.cn/info/1/2.htm"])
    assert (site.article_urls, site.examples) == ([], [])


paths = st.lists(st.text(alphabet="abT0129._-?&=(+[\\", min_size=1, max_size=12), min_size=1, max_size=4)


@given(st.lists(paths, min_size=1, max_size=8))
def test_learned_patterns_are_valid_and_fit_what_they_were_learned_from(rows):
    urls = ["http://a.cn/" + "/".join(row) for row in rows]
    for pattern in address_patterns(urls):
        compile_pattern(pattern)
        assert any(re.search(pattern, url) for url in urls)
