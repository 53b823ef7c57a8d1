import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls import article_id, canonical_key, display_url, host_of


@pytest.mark.parametrize(
    "twin",
    [
        "https://a.example/news/1.html",
        "http://www.a.example/news/1.html",
        "http://A.EXAMPLE:80/news/1.html#top",
        "https://a.example:443/news/1.html?utm_source=weixin",
        "http://a.example/news/1.html;jsessionid=8F3A",
        "  http://a.example/news/1.html  ",
    ],
)
def test_ways_of_writing_one_address_have_one_key(twin):
    assert canonical_key(twin) == "a.example/news/1.html"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/news/html/?411.html", "http://a.example/news/html/?412.html"),
        ("http://a.example/show?id=1", "http://a.example/show?id=2"),
        ("http://a.example/list?page=1&type=2", "http://a.example/list?page=2&type=2"),
        ("http://a.example:8080/", "http://a.example/"),
        ("http://a.example/A.html", "http://a.example/a.html"),
        ("http://a.example/x?from=list", "http://a.example/x"),
    ],
)
def test_addresses_of_different_documents_have_different_keys(one, other):
    assert canonical_key(one) != canonical_key(other)


def test_a_query_without_an_equals_sign_is_kept_as_it_is():
    assert canonical_key("http://a.example/news/html/?411.html") == "a.example/news/html/?411.html"


def test_a_folder_and_its_index_file_are_one_document():
    assert canonical_key("http://a.example/djyw/index.html") == canonical_key("http://a.example/djyw/")


def test_a_numbered_index_file_is_another_page_of_the_list():
    assert canonical_key("http://a.example/djyw/index_1.html") != canonical_key("http://a.example/djyw/")


def test_escaped_and_plain_chinese_are_one_address():
    assert canonical_key("http://a.example/党建/1.html") == canonical_key(
        "http://a.example/%E5%85%9A%E5%BB%BA/1.html"
    )


def test_an_id_is_sixteen_hex_digits_and_equal_for_twins():
    first = article_id("http://www.a.example/1.html")
    assert first == article_id("https://a.example/1.html#x")
    assert len(first) == 16
    assert int(first, 16) >= 0


@given(st.text())
def test_no_text_from_outside_makes_an_address_reader_raise(text):
    canonical_key(text)
    article_id(text)
    host_of(text)
    display_url(text)


@given(st.from_regex(r"https?://[a-z]{1,10}\.example/[a-z0-9/?=&.%]{0,30}", fullmatch=True))
def test_the_key_of_a_key_is_the_key(url):
    key = canonical_key(url)
    assert canonical_key(f"http://{key}") == key


def test_escaped_chinese_is_shown_as_a_person_reads_it():
    assert display_url("http://a.example/%E5%85%9A%E5%BB%BA") == "http://a.example/党建"
    assert display_url("http://a.example/%FF") == "http://a.example/%FF"
