# ruff: noqa: E501 - a line of a page is easier to read unbroken
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from crawler.extraction import extract
from crawler.extraction.pictures import is_caption
from crawler.extraction.render import digest, fold
from tests.extraction.pages import PARAGRAPHS, page

URL = "https://www.example.org/a/2021/1.html"
ALLOWED = {
    "p",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "img",
    "a",
    "strong",
    "em",
    "blockquote",
}


def written(first: str = "", last: str = "", **kwargs) -> str:
    return extract(page(first=first, last=last, **kwargs), url=URL).body_html


def test_each_paragraph_is_a_p():
    assert written() == "".join(f"<p>{p}</p>" for p in PARAGRAPHS)


def test_marks_and_links_are_kept_inside_a_line():
    html = written(
        last="<p>据<a href='/b/2.html' onclick=x()>《示例日报》</a>报道，<b>这样的支部</b>已有<i>十二</i>个。</p>"
    )
    assert html.endswith(
        '<p>据<a href="https://www.example.org/b/2.html">《示例日报》</a>报道，<strong>这样的支部</strong>已有<em>十二</em>个。</p>'
    )


def test_a_mark_that_runs_over_a_line_break_is_closed_and_opened_again():
    html = written(last="<div><strong>一、先把人聚起来。<br>二、再把事办起来。</strong></div>")
    assert html.endswith(
        "<p><strong>一、先把人聚起来。</strong></p><p><strong>二、再把事办起来。</strong></p>"
    )


def test_headings_keep_a_rank_from_h2_to_h4():
    html = written(last=f"<h2>一、缘起</h2><p>{PARAGRAPHS[0]}</p><h5>（一）人</h5><p>{PARAGRAPHS[1]}</p>")
    assert "<h2>一、缘起</h2>" in html
    assert "<h4>（一）人</h4>" in html


def test_lists_and_quotations_keep_their_form():
    html = written(
        last="<ol><li>先开碰头会，再分头办。</li><li><p>每周一次。</p><p>风雨不改。</p></li></ol>"
        f"<blockquote><p>{PARAGRAPHS[0]}</p></blockquote><p>{PARAGRAPHS[1]}</p>"
    )
    assert "<ol><li>先开碰头会，再分头办。</li><li><p>每周一次。</p><p>风雨不改。</p></li></ol>" in html
    assert f"<blockquote><p>{PARAGRAPHS[0]}</p></blockquote>" in html


def test_a_table_of_data_keeps_rows_empty_cells_and_spans():
    html = written(
        last="<table width=9><thead><tr><th colspan=2>支部</th><th></th></tr></thead>"
        "<tr><td rowspan='1'><p>一车间</p></td><td><b>十二</b><script>x</script></td><td style=x> </td></tr></table>"
    )
    assert html.endswith(
        '<table><tr><th colspan="2">支部</th><th></th></tr><tr><td>一车间</td><td>十二</td><td></td></tr></table>'
    )


def test_a_table_that_only_arranges_paragraphs_is_no_table():
    rows = "".join(f"<tr><td>{p}</td></tr>" for p in PARAGRAPHS)
    assert written(first=f"<table>{rows}</table>", paragraphs=()) == "".join(
        f"<p>{p}</p>" for p in PARAGRAPHS
    )


def test_pictures_stand_where_they_stood_with_their_true_address():
    article = extract(
        page(
            last=f"<p><img src='/loading.gif' data-src='../img/w1.jpg' alt='党员在核对记录'></p><p>{PARAGRAPHS[0]}</p>"
        ),
        url=URL,
    )
    assert [i.model_dump() for i in article.images] == [
        {"url": "https://www.example.org/a/img/w1.jpg", "caption": "党员在核对记录"}
    ]
    assert (
        '<p><img src="https://www.example.org/a/img/w1.jpg" alt="党员在核对记录"></p><p>' in article.body_html
    )


@pytest.mark.parametrize(
    "image",
    [
        "<img src='/images/icon_pdf.gif'>",
        "<img src='x.jpg' width=1 height=1>",
        "<img src='data:image/gif;base64,R0'>",
        "<img>",
    ],
)
def test_icons_spacers_and_data_are_no_pictures(image):
    article = extract(page(last=f"<p>{image}</p><p>{PARAGRAPHS[0]}</p>"), url=URL)
    assert article.images == []
    assert "<img" not in article.body_html


def test_a_caption_goes_with_its_picture_and_not_into_the_text():
    caption = "图为党员突击队在核对夜班记录。示例社记者 甲乙 摄"
    article = extract(page(last=f"<p><img src=1.jpg></p><p>{caption}</p><p>{PARAGRAPHS[0]}</p>"), url=URL)
    assert article.images[0].caption == caption
    assert caption not in article.body
    assert caption not in article.body_html


def test_a_sentence_below_a_picture_is_no_caption():
    article = extract(
        page(last=f"<p><img src=1.jpg></p><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"), url=URL
    )
    assert article.images[0].caption is None
    assert article.body.endswith(f"{PARAGRAPHS[0]}\n{PARAGRAPHS[1]}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("▲党员在田间宣讲", True),
        ("图片来源：视觉中国", True),
        ("（资料图片）", True),
        ("甲乙丙/摄", True),
        ("图为现场。", True),
        ("他把这张图挂在墙上，天天看。", False),
        ("一、图与文", False),
    ],
)
def test_captions_are_known_by_their_words(line, expected):
    assert is_caption(line) is expected


def test_files_are_listed_with_name_and_address():
    article = extract(
        page(
            last="<p>附件：<a href='/f/1.docx'>1. 报名表.docx</a></p>",
            behind="<ul><li><a href='/download.jsp?id=7' title='x'>附件2：名单</a></li><li><a href='/z/2.html'>附近新闻</a></li></ul>",
        ),
        url=URL,
    )
    assert [(a.url, a.name) for a in article.attachments] == [
        ("https://www.example.org/f/1.docx", "1. 报名表.docx"),
        ("https://www.example.org/download.jsp?id=7", "附件2：名单"),
    ]


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>", "</p>", "<b>", "</b>", "<a href='javascript:x'>", "<a href=/y>", "</a>", "<img src=z.jpg onerror=x>", "<br>", "<table><tr><td>", "</table>", "<ul><li>", "</ul>", "<script>x</script>", "<h3>", "</h3>", "<blockquote>", "</blockquote>", "&lt;script&gt;", "一句话，又一句话，再一句话，说的都是支部的事情。", "<svg onload=x>", "<em>", "<style>", "</style>", "\"'>",
            ]
        ),
        max_size=30,
    )
)  # fmt: skip
def test_what_is_written_is_always_clean(parts):
    article = extract(page(first="".join(parts)), url=URL)
    if not article.body_html:
        return
    fragment = lxml_html.fragment_fromstring(article.body_html, create_parent="div")
    for element in fragment.iterdescendants():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= {"href", "src", "alt", "colspan", "rowspan"}
        for name in ("href", "src"):
            assert element.get(name, "https://").startswith(("https://", "http://"))
    plain = re.sub(r"\s", "", "".join(fragment.itertext()))
    assert plain == re.sub(r"\s", "", article.body)


def test_the_digest_is_of_the_folded_text():
    assert digest("１２ 月　工作，ok") == digest("12月工作,ok\n")
    assert digest("甲") != digest("乙")
    assert digest(" \n") is None


@given(st.text(max_size=60))
def test_the_quick_fold_equals_nfkc(text):
    assert fold(text) == "".join(unicodedata.normalize("NFKC", "".join(text.split())).split())
