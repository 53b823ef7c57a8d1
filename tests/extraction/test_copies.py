"""A page that holds its article twice is read once; a text that says a thing twice is left alone."""

import pytest

from crawler.extraction import extract
from tests.extraction.test_templates import SENTENCES

TITLE = "我县开展农村环境整治"
HEADING = f"<h1>{TITLE}</h1><div class='info'>2023-05-11 16:35 来源：青溪日报</div>"
FOOT = "<div class='foot'>主办：青溪县人民政府办公室 网站标识码：0000000000</div>"


def page(*parts: str) -> str:
    return (
        f"<html><head><title>{TITLE}_青溪县人民政府</title></head><body>{''.join(parts)}{FOOT}</body></html>"
    )


def paragraphs(*sentences: str) -> str:
    return "".join(f"<p>　　{sentence}</p>" for sentence in sentences)


def copy(name: str, *sentences: str, style: str = "") -> str:
    text = f"<div class='t'>{paragraphs(*sentences)}</div>"
    return f"<div class='{name}' style='{style}'><div>{HEADING}{text}</div></div>"


def read(html: str) -> list[str]:
    return extract(html, url="http://www.qx.example.gov.cn/xw/202305/t20230511_1.html").body.split("\n")


@pytest.mark.parametrize("copies", [2, 3])
def test_of_equal_copies_one_is_read(copies):
    text = SENTENCES[:3]
    assert read(page(*(copy(f"screen{n}", *text) for n in range(copies)))) == text


def test_a_copy_with_a_statement_of_rights_is_a_copy():
    text = SENTENCES[:4]
    rights = "<p>本站转载稿件均注明来源，版权属于原作者，如有异议请与本站联系，我们将在核实之后及时处理。</p>"
    assert read(page(copy("wide", *text), copy("small", *text), rights)) == text


def test_the_shown_copy_is_read_where_the_first_is_hidden():
    text = SENTENCES[:3]
    shown = copy("small", *text).replace(text[0], f"{text[0]}（图文版）")
    assert read(page(copy("wide", *text, style="display:none"), shown))[0].endswith("（图文版）")


def test_a_paragraph_that_a_text_repeats_is_kept_each_time():
    text = [SENTENCES[0], SENTENCES[1], SENTENCES[0], SENTENCES[2], SENTENCES[0]]
    assert read(page(f"<div class='wide'>{HEADING}{paragraphs(*text)}</div>")) == text
    divided = "".join(f"<div>{sentence}</div>" for sentence in text)
    assert read(page(f"<div class='wide'>{HEADING}<div>{divided}</div></div>")) == text


def test_a_verse_and_its_reprise_are_one_text():
    verse = SENTENCES[1:3]
    halves = "".join(
        f"<div class='verse'>{paragraphs(*part)}</div>" for part in (verse, SENTENCES[4:8], verse)
    )
    assert read(page(f"<div class='wide'>{HEADING}<div>{halves}</div></div>")) == [
        *verse,
        *SENTENCES[4:8],
        *verse,
    ]
