import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeadersParser

from crawler.archive.errors import ExchangeError
from crawler.archive.heads import (
    clean_head,
    parse_head,
    parse_status_line,
    request_head,
    response_head,
    split_head,
    target_uri,
)

HOSTILE = st.binary(max_size=60) | st.lists(
    st.sampled_from(
        [
            b"\r\n",
            b"\n",
            b"\r",
            b" ",
            b"\t",
            b"\x0b",
            b"\x85",
            b"\xe3\x80\x80",
            b"A: b",
            b"HTTP/1.1 200 OK",
            b":",
            b"\xff",
        ]
    ),
    max_size=14,
).map(b"".join)


def test_a_sound_head_is_kept_byte_for_byte() -> None:
    head = b"HTTP/1.1 200 \xb3\xc9\xb9\xa6\r\nSet-Cookie: a=1\r\nset-cookie:b=2\r\nX:\r\n folded \xff\r\n\r\n"
    assert clean_head(head) == head


def test_lines_injected_after_an_empty_line_stay_header_lines() -> None:
    head = b"HTTP/1.1 200 OK\r\nX: a\r\n\r\n<script>: 1\r\n\r\n"
    assert clean_head(head) == b"HTTP/1.1 200 OK\r\nX: a\r\n<script>: 1\r\n\r\n"


def test_bare_line_feeds_and_bare_carriage_returns_are_mended() -> None:
    assert clean_head(b"HTTP/1.0 200 OK\nA: b\rc\n\n") == b"HTTP/1.0 200 OK\r\nA: b c\r\n\r\n"


def test_an_empty_head_stays_empty() -> None:
    assert clean_head(b"") == b""
    assert clean_head(b"\r\n \r\n\r\n") == b""


@given(HOSTILE)
def test_every_reader_ends_a_cleaned_head_at_its_last_byte(raw: bytes) -> None:
    class Stream:
        def __init__(self, data: bytes) -> None:
            self.data = data

        def readline(self) -> bytes:
            end = self.data.find(b"\n") + 1 or len(self.data)
            line, self.data = self.data[:end], self.data[end:]
            return line

    head = clean_head(raw)
    if not head:
        return
    assert split_head(head + b"body\r\n\r\nmore") == (head, b"body\r\n\r\nmore")
    stream = Stream(head + b"body")
    StatusAndHeadersParser([], verify=False).parse(stream)
    assert stream.data == b"body"
    assert clean_head(head) == head


def test_the_transfer_coding_that_the_client_took_off_is_masked_in_its_own_letter_case() -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-Encoding : chunked\r\nX-Transfer-Encoding: y\r\n\r\n"
    written, protocol = response_head(head, transfer_decoded=True)
    assert written == head.replace(b"transfer-E", b"X-Crawler-transfer-E", 1)
    assert protocol is None


def test_a_transfer_coding_that_is_still_on_the_body_stays_named() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert response_head(head, transfer_decoded=False)[0] == head


@pytest.mark.parametrize(
    ("line", "written", "protocol"),
    [
        (b"HTTP/2 200", b"HTTP/1.1 200 ", "h2"),
        (b"HTTP/2 404 ", b"HTTP/1.1 404 ", "h2"),
        (b"HTTP/2.0 200 OK", b"HTTP/1.1 200 OK", "h2"),
        (b"HTTP/3 200", b"HTTP/1.1 200 ", "h3"),
        (b"HTTP/1.0 200 OK", b"HTTP/1.0 200 OK", None),
        (b"HTTP/1.1 200", b"HTTP/1.1 200", None),
        (b"HTTP/1.1 200 ", b"HTTP/1.1 200 ", None),
        (b"ICY 200 OK", b"ICY 200 OK", None),
    ],
)
def test_status_lines_are_kept_but_for_protocols_that_the_format_does_not_know(
    line: bytes, written: bytes, protocol: str | None
) -> None:
    head, told = response_head(line + b"\r\nA: b\r\n\r\n", transfer_decoded=True)
    assert (head, told) == (written + b"\r\nA: b\r\n\r\n", protocol)


def test_a_request_over_http_2_is_written_as_http_1() -> None:
    assert request_head(b"GET /a HTTP/2\r\nHost: b\r\n\r\n") == b"GET /a HTTP/1.1\r\nHost: b\r\n\r\n"


def test_a_response_without_status_line_is_refused() -> None:
    with pytest.raises(ExchangeError, match="no status line"):
        response_head(b"\r\n\r\n", transfer_decoded=True)


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ("HTTP/1.1 200 OK", ("HTTP/1.1", 200, "OK")),
        ("HTTP/1.0 404", ("HTTP/1.0", 404, "")),
        ("HTTP/1.1 521 Web server is down", ("HTTP/1.1", 521, "Web server is down")),
        ("hello", ("", 0, "")),
        ("HTTP/1.1 2000 x", ("", 0, "")),
        ("", ("", 0, "")),
    ],
)
def test_status_lines_are_understood(line: str, parsed: tuple[str, int, str]) -> None:
    assert parse_status_line(line) == parsed


def test_headers_are_parsed_in_order_with_case_repeats_and_folds() -> None:
    head = b"HTTP/1.1 200 OK\r\nB: 1\r\na:2\r\nB: \xe5\x85\x9a\r\n more\r\nbroken\r\nC: \xff\r\n\r\n"
    assert parse_head(head) == (
        "HTTP/1.1 200 OK",
        [("B", "1"), ("a", "2"), ("B", "党 more"), ("C", "ÿ")],
    )


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("http://a.cn/x?411.html", "http://a.cn/x?411.html"),
        ("HTTP://A.cn/x", "http://A.cn/x"),
        ("http://a.cn/x#top", "http://a.cn/x"),
        ("http://a.cn/a b\r\nWARC-Type: evil", "http://a.cn/a%20b%0D%0AWARC-Type:%20evil"),
        ("http://a.cn/党", "http://a.cn/%E5%85%9A"),
        ("http://a.cn/%E5%85%9A?q=%zz|{}", "http://a.cn/%E5%85%9A?q=%zz|{}"),
        ("http://a.cn/\ud800", "http://a.cn/%ED%A0%80"),
        (" https://a.cn/\n", "https://a.cn/"),
    ],
)
def test_addresses_become_uris_that_fit_on_a_line(url: str, uri: str) -> None:
    assert target_uri(url) == uri


@pytest.mark.parametrize(
    "url", ["", "a.cn", "ftp://a.cn/", "http:", "http:///x", "javascript:1", "file:///etc", "http://["]
)
def test_what_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(ExchangeError, match="no http or https address"):
        target_uri(url)


@given(st.text(max_size=40))
def test_any_text_in_an_address_gives_one_printable_word(text: str) -> None:
    uri = target_uri(f"http://a.cn/{text}")
    assert uri.isascii()
    assert uri.isprintable()
    assert " " not in uri


def test_an_address_beyond_all_measure_is_refused() -> None:
    with pytest.raises(ExchangeError, match="address of"):
        target_uri("http://a.cn/" + "x" * 300_000)


def test_a_block_without_an_end_of_head_is_split_within_bounds() -> None:
    assert split_head(b"HTTP/1.1 200 OK") == (b"HTTP/1.1 200 OK", b"")
    endless = b"line\n" * 300_000
    assert split_head(endless) == (b"", endless)
