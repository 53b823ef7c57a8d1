import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.charset import to_utf8

TEXT = "<p>支部建在连上，这是我们的经验。大家在会上说了很多，也记下了不少。</p>"
TRADITIONAL = "<p>這是我們的經驗，大家在會上說了很多，也記下了不少。</p>"


def decoded(raw: bytes, content_type: str | None = None) -> str:
    return to_utf8(raw, content_type)[0].decode()


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_a_page_without_label_is_decoded_by_what_its_bytes_say(codec):
    assert decoded(TEXT.encode(codec)) == TEXT


def test_big5_without_label_is_told_from_gb():
    assert decoded(TRADITIONAL.encode("big5")) == TRADITIONAL


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_outweighs_every_label_and_is_no_text(mark, codec):
    raw = mark + ('<meta charset="gb2312">' + TEXT).encode(codec)
    assert decoded(raw, "text/html; charset=big5").endswith(TEXT)
    assert "\ufeff" not in decoded(raw)


def test_a_gb2312_label_means_gb18030():
    rare = "<p>镕基同志，喆与㐀。这是大家的看法，我们都同意。</p>"
    raw = b'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">' + rare.encode("gb18030")
    assert decoded(raw).endswith(rare)


def test_a_gb2312_label_on_utf8_bytes_is_not_believed():
    raw = b'<meta charset="gb2312">' + TEXT.encode()
    assert decoded(raw, "text/html; charset=gbk").endswith(TEXT)


def test_a_utf8_label_on_gb_bytes_is_not_believed():
    raw = b'<meta charset="utf-8">' + TEXT.encode("gb18030")
    assert decoded(raw, "text/html; charset=utf-8").endswith(TEXT)


def test_one_bad_byte_does_not_change_the_charset():
    raw = b'<meta charset="utf-8">' + (TEXT * 5).encode() + b"\xff" + TEXT.encode()
    text = decoded(raw)
    assert text.count("支部建在连上") == 6
    assert text.count("\ufffd") == 1


@pytest.mark.parametrize("shift", range(3))
def test_a_long_page_is_clean_wherever_its_characters_fall(shift):
    raw = b"x" * shift + TEXT.strip("<p/>").encode() * 1_000
    assert to_utf8(raw) == (raw, "utf-8")
    assert decoded(raw + b"\xe5") == raw.decode() + "\ufffd"


def test_a_marked_page_with_a_bad_byte_becomes_clean_utf8():
    assert decoded(codecs.BOM_UTF8 + TEXT.encode() + b"\xff") == TEXT + "\ufffd"


@pytest.mark.parametrize("codec", ["gb18030", "big5"])
def test_a_page_whose_text_stands_behind_long_scripts_is_told_by_its_text(codec):
    raw = b"<script>" + b"var x = 1;\n" * 2_000 + b"</script>" + TRADITIONAL.encode(codec) * 9
    assert decoded(raw).endswith(TRADITIONAL)


def test_a_page_cut_off_in_the_middle_of_a_character_keeps_its_charset():
    assert decoded((TEXT * 3).encode()[:-5]).count("支部建在连上") == 3


def test_the_http_label_comes_before_the_meta_label_where_both_decode():
    raw = b'<meta charset="gbk">' + TRADITIONAL.encode("big5")
    assert decoded(raw, "text/html; charset=big5").endswith(TRADITIONAL)


@pytest.mark.parametrize("label", ["x-unknown-9", "", "utf-8,gbk", "base64", "idna", "\x00"])
def test_a_label_that_means_nothing_is_left_aside(label):
    raw = f'<meta charset="{label}">'.encode() + TEXT.encode("gb18030")
    assert decoded(raw, f"text/html; charset={label}").endswith(TEXT)


def test_text_is_never_decoded_twice():
    twice = TEXT.encode().decode("latin-1")
    assert decoded(twice.encode()) == twice


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=30)))
def test_any_bytes_become_utf8(raw, content_type):
    data, codec = to_utf8(raw, content_type)
    assert isinstance(codec, str)
    data.decode("utf-8", "strict" if codec != "utf-8" else "replace")
