"""Anti-bot gates, and the pages that only look like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.challenges import recognise_challenge, visible_characters

ARTICLE = (
    "<html><head><title>支部开展主题党日活动</title></head><body><h1>支部开展主题党日活动</h1>"
    + "<p>六月三日，机关第一党支部组织全体党员参观烈士陵园，重温入党誓词，并在现场上了一堂生动的党课。</p>"
    * 15
    + "</body></html>"
)


@pytest.mark.parametrize(
    ("status", "headers", "body", "gate"),
    [
        (521, {}, "", "jiasule"),
        (
            521,
            {},
            "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+'1';location.href=location.pathname</script>",
            "jiasule",
        ),
        (200, {}, '<script>go({"bts":["1","2"],"chars":"abc","ct":"0f","ha":"sha1"})</script>', "jiasule"),
        (412, {}, "<html><head><meta id='x' content='ab' r='m'></head><body></body></html>", "ruishu"),
        (202, {}, "<script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=7;</script>", "ruishu"),
        (202, {}, "<html><script src='/a.js'></script></html>", "ruishu"),
        (
            200,
            {},
            "<script>var HOY_TR='a',HBB_HC='b';document.cookie=HOY_TR+'='+HBB_HC;location.reload()</script>",
            "cookie-script",
        ),
        (
            200,
            {},
            "<script>var a='__tst_status';document.cookie=a+'=1;EO_Bot_Ssid=2';location.reload()</script>",
            "edgeone",
        ),
        (200, {}, "<script>var arg1='0A';setCookie('acw_sc__v2', unsbox(arg1))</script>", "aliyun"),
        (405, {}, "<html><body>很抱歉，您的请求被拦截</body></html>", "aliyun"),
        (200, {"WZWS-RAY": "114-1"}, ARTICLE, "wzws"),
        (403, {"cf-mitigated": "challenge"}, "<title>Just a moment...</title>", "cloudflare"),
        (
            503,
            {"Server": "cloudflare"},
            "<script src='/cdn-cgi/challenge-platform/h/b.js'></script>",
            "cloudflare",
        ),
        (200, {}, "<title>安全验证</title><p>请完成安全验证后继续访问</p>", "captcha"),
        (200, {}, "<p>访问过于频繁，请稍后再试</p>", "rate-limit"),
        (429, {}, "", "rate-limit"),
        (403, {}, "<h1>403 Forbidden</h1><hr>nginx", "forbidden"),
        (403, {}, "<p>您的访问被阻断，事件编号 123</p>", "firewall"),
    ],
)
def test_a_gate_is_named(status: int, headers: dict[str, str], body: str, gate: str) -> None:
    assert recognise_challenge(status, headers, body.encode()) == gate


@pytest.mark.parametrize("status", [200, 301, 404, 410, 500, 502, 503])
def test_a_plain_answer_is_no_challenge(status: int) -> None:
    assert recognise_challenge(status, {"Server": "nginx"}, b"<h1>not here</h1>") is None


def test_a_page_with_text_is_none_though_the_gate_left_its_script_in_it() -> None:
    page = ARTICLE.replace("<body>", "<body><script>$_ts=window['$_ts'];$_ts.nsd=1;acw_sc__v2</script>")
    assert recognise_challenge(200, {}, page.encode()) is None
    assert recognise_challenge(200, {}, page.encode("gb18030")) is None


def test_cloudflare_says_with_521_that_the_site_is_down() -> None:
    assert recognise_challenge(521, {"Server": "cloudflare"}, b"<h1>Web server is down</h1>") is None


def test_the_sentence_of_a_gate_is_found_in_gb18030_too() -> None:
    assert recognise_challenge(200, None, "<p>请完成安全验证</p>".encode("gb18030")) == "captcha"


def test_headers_may_be_bytes_and_lists_in_any_case() -> None:
    assert recognise_challenge(200, {b"Cf-Mitigated": [b"Challenge"]}, ARTICLE.encode()) == "cloudflare"


def test_a_stored_page_is_judged_without_status_and_headers() -> None:
    assert recognise_challenge(None, None, b'<script>go({"bts":[1]})</script>') == "jiasule"
    assert recognise_challenge(None, None, ARTICLE) is None


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_scripts_styles_and_comments_are_not_seen(charset: str) -> None:
    page = "<style>p{}</style><!-- 注释 --><script>var a='<p>文字</p>';</script><p>党建要闻</p>&nbsp;"
    assert 3 <= visible_characters(page.encode(charset)) <= 5


@pytest.mark.parametrize("unit", [b"<!-- >", b"<!-- ><p>", b"<!--", b"<script><", b"<title", b"> "])
def test_a_hostile_body_is_counted_to_its_end(unit: bytes) -> None:
    body = unit * (190_000 // len(unit))
    assert visible_characters("<p>党建要闻</p>".encode() + body) >= 4


def test_text_behind_a_comment_that_never_closes_is_seen() -> None:
    assert visible_characters(b"<!-- a --><p>one</p><!-- <p>two</p>") == 6


@given(
    st.integers(100, 599) | st.none(),
    st.dictionaries(st.text() | st.binary(), st.text() | st.binary()),
    st.binary(),
)
def test_nothing_makes_recognition_fail(
    status: int | None, headers: dict[str | bytes, str | bytes], body: bytes
) -> None:
    answer = recognise_challenge(status, headers, body)
    assert answer is None or answer
