"""Pages made to break a reader: they cost bounded time and memory, and nothing is executed or raised."""

# ruff: noqa: E501 - a line of a page is easier to read unbroken

import pytest

from crawler.extraction import explain, extract, page_kind, read_list, read_page
from crawler.extraction.document import parse

SENTENCE = "村支书带着党员挨家挨户算账，把一年的收成和来年的打算都摆到桌面上。"
COUNT = 100_000


@pytest.mark.parametrize(
    "tag", ["div", "span", "b", "font", "ul><li", "table><tr><td", "p><div", "a href=x", "section"]
)
def test_text_below_a_hundred_thousand_nested_tags_is_read(tag):
    html = f"<p>{SENTENCE}</p>" + f"<{tag}>" * COUNT + f"{SENTENCE}底部</{tag}>"
    texts = [block.text for block in parse(html).blocks]
    assert texts[0] == SENTENCE
    assert texts[-1] == SENTENCE + "底部"


@pytest.mark.parametrize(
    "piece",
    [
        "<div></span>",
        "<div><table></div></table>",
        "<a><div></a>",
        "<h1><li>",
        "<optgroup><option>",
        "<li><dd>",
        "<rt>",
        "<div><!--</div>-->",
    ],
)
def test_elements_that_only_seem_to_close_cost_no_more_than_open_ones(piece):
    texts = [block.text for block in parse(f"<p>{SENTENCE}</p>" + piece * COUNT + f"<p>{SENTENCE}").blocks]
    assert texts[0] == texts[-1] == SENTENCE


@pytest.mark.parametrize("close", ["", "</div>", "<table><td></font></td></table></div>"])
def test_unclosed_formatting_is_not_repeated_without_bound(close):
    fonts = "".join(f"<font size={n}>" for n in range(5_000))
    document = parse(f"<div>{fonts}{close}" + f"<p>{SENTENCE}</p>" * 5_000)
    assert len(document.blocks) == 5_000
    assert sum(1 for _ in document.root.traverse()) < 200_000


def test_a_long_page_that_closes_its_elements_keeps_the_structure():
    rows = f"<ul><li><a href=1.html>{SENTENCE}</a><li><b>党</b></ul>" * 5_000
    document = parse(f"<div id=c>{rows}</div>")
    assert len(document.lines(document.find("#c")[0])) == 10_000
    assert document.blocks[-1].in_list


def test_a_few_hundred_unclosed_tags_keep_the_structure():
    document = parse("<font>" * 600 + f"<div id=c><p>{SENTENCE}</p><p>{SENTENCE}</p></div>")
    assert len(document.lines(document.find("#c")[0])) == 2


@pytest.mark.parametrize(
    "html",
    [
        "<p " + " ".join(f"a{n}=1" for n in range(COUNT)) + ">" + SENTENCE,
        "<!--" * COUNT,
        "<" * 1_000_000,
        "&" * 1_000_000,
        "<xmp>" * COUNT,
        "<textarea>&lt;p&gt;" * COUNT,
        "<title>" * COUNT,
        "<h1><p>" * 20_000,
        "</body></html>" * COUNT + SENTENCE,
        f"<div class=share>{SENTENCE}" * 2_000,
        "<p class='" + " ".join(f"c{n}" for n in range(20_000)) + f"'>{SENTENCE}",
        f"{SENTENCE}<br>" * 20_000,
        f"<p>{SENTENCE * 10_000}</p>",
        "<a href='1_2.html'>2</a>" * 10_000,
        "<tr><td>1" * 20_000,
        "责编：" * 50_000,
        "《" * 100_000 + "》" * 100_000,
        "(" * 200_000,
        "　" * 500_000,
    ],
    ids=lambda html: html[:12],
)
def test_huge_repetitions_are_read_to_the_end(html):
    extract(html, url="https://www.example.org/1.html")


@pytest.mark.parametrize(
    "html", [b"", b"\x00" * 50, b"\xff\xfe", "", "\ud800", b"%PDF-1.4 \xe2\xe3", b"<", b"<html>"]
)
def test_pages_that_are_none_give_an_empty_record(html):
    article = extract(html)
    assert (article.body, article.body_html, article.authors, article.published) == ("", "", [], None)
    assert article.text_digest is None
    read_page(html)
    read_list(html)
    explain(html).as_text()
    assert isinstance(page_kind(html), str)


def test_markup_in_the_page_does_not_come_through():
    html = (
        f"<div class=content><p onclick='steal()'>{SENTENCE}<script>steal()</script></p>"
        f"<p><a href='javascript:steal()'>{SENTENCE}</a><a href=' JaVa\tScRiPt:steal()'>恶</a></p>"
        f"<p><img src='data:text/html,<script>' onerror=steal()>&lt;script&gt;steal()&lt;/script&gt;{SENTENCE}</p>"
        f"<p style='background:url(javascript:x)'>{SENTENCE}<iframe src=//evil.example></iframe></p>"
        f"<p><a href='https://ok.example/\"onmouseover=\"steal()'>{SENTENCE}</a></p></div>"
    )
    written = extract(html, url="https://www.example.org/").body_html
    assert "<script" not in written
    assert "javascript:" not in written.lower()
    assert "data:" not in written
    assert 'onmouseover="' not in written
    assert "<iframe" not in written
    assert "style=" not in written
    assert "&lt;script&gt;" in written


@pytest.mark.parametrize("url", ["", "http://[x]/", "http://www.example.cn/a/1.html"])
def test_addresses_that_cannot_be_taken_apart_are_none(url):
    broken = "http://[if IE 7 ]/1.html"
    page = (
        f"<link rel=canonical href='{broken}'><link rel=next href='{broken}'><base href='http://[y'>"
        f"<h1>{SENTENCE}</h1><p>{SENTENCE}<a href='{broken}'>2</a><img src='{broken}'>"
        f"<a href='{broken}.pdf'>附件</a></p><a href='{broken}'>下一页</a>"
    )
    read = read_page(page, url=url)
    assert read.next_pages == []
    assert extract(page, url=url).canonical_url is None
    assert read_list(page, url=url).next_url is None


@pytest.mark.parametrize(
    "line",
    [
        "By " + " and ".join(["A-A-A-A-A-A-A"] * 7) + " x",
        "赞1," * 39 + "页",
        "a+" * 11 + "。",
        "评论1·" * 30 + "人x",
    ],
)
@pytest.mark.parametrize("headline", ["A Village Reads Together", "把支部建在联合车间里"])
def test_a_line_as_short_as_credits_are_is_passed_in_one_go(line, headline):
    """Longer lines are left alone before a pattern sees them; those of a hundred characters are not."""
    page = f"<title>{headline}</title><h1>{headline}</h1><p>{line}</p><div><p>{SENTENCE}</p><p>{SENTENCE}</p><p>{line}</p></div>"
    assert extract(page).title == headline


@pytest.mark.parametrize(
    "unit",
    [".", "…", "。", ">", "1", "1/", "1页", "上一页", "[", "—", "(", "、", "：", "中 ", "中、", "记者", "来源：", "2020年", "1:", "1-", "a", "a/", "{", '"', "\u3000", "http://", "&gt;"],
)  # fmt: skip
@pytest.mark.parametrize("end", ["", "x", "中"])
def test_a_sign_repeated_in_every_place_is_passed_in_one_go(unit, end):
    """A pattern that divides the same signs in countless ways would not come back from this page."""
    line = unit * 2_000 + end
    page = (
        f"<title>{line}</title><meta name=author content='{line}'><h1>{line}</h1><p>来源：{line}</p><p>2020-01-01 {line}</p>"
        f"<div id=c><p>{SENTENCE}</p><p>{SENTENCE}</p><p>（{line}）</p><p>责任编辑：{line}</p></div><p>{line}</p>"
        f"<ul><li><a href='/a/1.html' title='{SENTENCE}'>{line}</a><li><a href='/a/{line[:500]}.html'>{line}</a></ul><script>{line}</script>"
    )
    address = "http://www.example.cn/a/1.html"
    assert extract(page, url=address).url == address
    assert all(link.url.startswith("http://") for link in read_list(page, url=address).links)
    assert read_page(page, url=address).kind
