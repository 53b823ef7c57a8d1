import pytest
from hypothesis import given
from hypothesis import strategies as st
from surt import surt as reference

from crawler.archive.surt import surt

ADDRESSES = [
    "http://www.example.cn/",
    "http://www.example.cn",
    "https://www2.example.cn:443/A/B/",
    "http://example.cn:8080/news/html/?411.html",
    "http://example.cn/news/class/?page=2&Page=1&a",
    "http://example.cn/a//b/./c/../d.html",
    "http://example.cn/a/../../b",
    "http://example.cn/%E5%85%9A%e5%bb%ba/?q=%25%34%31%20x",
    "http://example.cn/党建?k=学习",
    "http://党建.中国/",
    "http://user:pass@Example.CN:80/x?",
    "http://example.cn/x;jsessionid=0123456789abcdef0123456789abcdef",
    "http://example.cn/x?a=1&jsessionid=0123456789abcdef0123456789ABCDEF&b=2",
    "http://example.cn/x?PHPSESSID=0123456789abcdef0123456789abcdef",
    "http://example.cn/x?ASPSESSIONIDAAAABBBB=ABCDEFGHIJKLMNOPABCDEFGH",
    "http://example.cn/x?sid=9682993c8daa2c5497996114facdc805&x=y",
    "http://example.cn/x?CFID=1169580&CFTOKEN=48630702",
    "http://example.cn/(a(4hqa0555fwsecu455xqckv45)s(4hqa0555fwsecu455xqckv45))/news.aspx",
    "http://example.cn/(4hqa0555fwsecu455xqckv45)/news.aspx?x=1",
    "http://example.cn/a b\tc?d e",
    "http://example.cn/?a=b=c&a==&=&&",
    "http://example.cn/?__wb_method=POST&id=3&page=2",
    "http://192.0.2.7/x",
    "http://example.cn./x",
    "urn:dangjian:site:demo",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_keys_are_those_of_the_reference_implementation(url: str) -> None:
    assert surt(url) == reference(url)


PLAIN = st.text(alphabet="abcXYZ019/.?&=%-_~+:@!$'()*,;|党", max_size=25)


@given(PLAIN)
def test_keys_of_ordinary_paths_and_queries_are_those_of_the_reference_implementation(rest: str) -> None:
    url = f"http://www.example.cn/{rest}"
    assert surt(url) == reference(url)


@given(st.text(max_size=60))
def test_any_text_gives_a_key_without_white_space(text: str) -> None:
    for url in (text, f"http://{text}", f"http://a.cn/{text}"):
        key = surt(url)
        assert key.isascii()
        assert key.split() in ([key], [])


def test_an_address_escaped_over_and_over_costs_little() -> None:
    assert len(surt("http://a.cn/" + "%25" * 10_000 + "41")) < 100_000
