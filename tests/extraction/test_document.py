# ruff: noqa: E501 - a line of a page is easier to read unbroken
from urllib.parse import urljoin, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from crawler.extraction.document import parse


def lines(html: str | bytes) -> list[str]:
    return [block.text for block in parse(html).blocks]


def test_inline_elements_are_joined_without_blanks():
    assert lines("<p>对<span>10</span><b>起</b>问题<font>进行</font>通报</p>") == ["对10起问题进行通报"]


def test_a_line_break_ends_a_line():
    assert lines("<div>一<br>二<br/><br>三</br>四</div>") == ["一", "二", "三", "四"]


def test_table_cells_are_lines_of_their_own():
    assert lines("<table><tr><td>甲<td>乙</table>") == ["甲", "乙"]


def test_text_directly_in_odd_places_is_kept():
    html = "裸文字<ul>列表里<li>项</ul><pre>一行\n二行</pre><center>居中</center><o:p>办公</o:p>"
    assert lines(html) == ["裸文字", "列表里", "项", "一行", "二行", "居中", "办公"]


def test_white_space_of_every_kind_is_folded_and_invisible_signs_are_dropped():
    html = "<p>\u3000\u3000方\u3000敏&nbsp;&nbsp;说\u200b：\xad好\ufeff。\ue004</p>"
    block = parse(html).blocks[0]
    assert block.text == "方 敏 说：好。"
    assert block.raw.startswith("\u3000\u3000方")


def test_scripts_styles_and_controls_are_no_text():
    html = "<script>var a='一'</script><style>p{}</style><select><option>二</select><p>三</p><textarea>四</textarea>"
    assert lines(html) == ["三"]


def test_a_stray_end_of_page_does_not_end_the_page():
    html = "<html><body><div>页头</body></html></div><div id=c>正文在这里</div></body></html>"
    assert lines(html) == ["页头", "正文在这里"]


def test_paragraphs_inside_a_heading_stay_in_it():
    document = parse("<h2 class='tit'><p>系列</p><p align='center'>标题</p></h2><p>文</p>")
    assert [(b.text, b.level) for b in document.blocks] == [("系列", 2), ("标题", 2), ("文", 0)]
    assert [b.text for b in document.lines(document.find("h2.tit")[0])] == ["系列", "标题"]


def test_nul_characters_do_not_end_the_page():
    assert lines("<p>前\x00后</p><p>尾</p>") == ["前后", "尾"]


def test_a_comment_or_title_that_never_closes_swallows_nothing():
    assert lines("<p>前</p><!-- 开头<p>后</p>")[-1] == "后"
    document = parse("<head><title>题目<meta name='a' content='b'></head><body><p>文</p>")
    assert document.title_text == "题目"
    assert [b.text for b in document.blocks] == ["文"]


def test_only_tags_with_thousands_of_attributes_lose_them():
    endless = "<div id=endless " + " ".join(f"a{n}=1" for n in range(3_000)) + ">一</div>"
    long = f"<div id=long title='{'x' * 20_000}'>二</div>"
    document = parse("<i>x</i>" * 30_000 + "<p id=near>前</p>" + endless + long + "<p id=far>后</p>")
    assert [len(document.find(name)) for name in ("#near", "#endless", "#long", "#far")] == [1, 0, 1, 1]
    assert [block.text for block in document.blocks[-4:]] == ["前", "一", "二", "后"]


def test_unclosed_and_nested_tables_keep_their_text():
    html = "<table><tr><td>一<table><tr><td>二</table><p>三<table><tr><td>四"
    assert lines(html) == ["一", "二", "三", "四"]


def test_hidden_text_is_kept_and_marked():
    document = parse(
        "<div style='DISPLAY : none'><p>藏</p></div><p hidden>也藏</p><p style='visibility:hidden'>还藏</p><p>显</p>"
    )
    assert [(b.text, b.hidden) for b in document.blocks] == [
        ("藏", True),
        ("也藏", True),
        ("还藏", True),
        ("显", False),
    ]


def test_links_are_counted_by_line():
    block = parse("<p>见<a href='/x'>这里的 链接</a>和<a name='n'>锚点</a></p>").blocks[0]
    assert (block.links, block.link_chars) == (1, 6)


def test_boxes_cover_slices_of_the_lines():
    document = parse("<div id=a class='x y'><p>一<p>二</div><div class=x>三<span id=s>四</span></div>")
    assert [b.text for b in document.lines(document.find("#a")[0])] == ["一", "二"]
    assert len(document.find(".x")) == 2
    assert [b.text for b in document.lines(document.find("span#s")[0])] == ["三四"]
    assert document.find("#a .y") == []
    assert document.find("#none", "div.y") == document.find("#a")
    assert document.find(".x #s")[0].tag == "span"


def test_pictures_and_links_know_their_line():
    document = parse("<p>一</p><img src=a.jpg><p>二<a href=b>三</a></p>")
    assert [p.index for p in document.images] == [1]
    assert [(p.index, p.href, p.text) for p in document.links] == [(1, "b", "三")]


def test_metas_are_found_wherever_they_stand():
    document = parse(
        "<meta NAME='PubDate' content='2024-01-02'><body><p>文</p><meta property='og:title' content='“四风”'>"
        "<meta name='pubdate' content=''>"
    )
    assert document.metas == {"pubdate": ["2024-01-02", ""], "og:title": ["“四风”"]}
    assert document.meta("none", "og:title") == "“四风”"


def test_addresses_are_joined_to_the_base_and_only_web_addresses_count():
    document = parse("<base href='/news/'><p>文</p>", url="https://a.example/x/y.html")
    assert document.absolute("1.jpg") == "https://a.example/news/1.jpg"
    assert document.absolute("//b.example/2.jpg") == "https://b.example/2.jpg"
    for bad in (
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "#top",
        "",
        None,
        "mailto:a@b",
        "http://[bad",
    ):
        assert document.absolute(bad) is None


PIECES = [
    "http://",
    "https://a.example",
    "/",
    "//",
    ".",
    "..",
    "b",
    "?",
    "#",
    ";p",
    "=",
    ":80",
    "%20",
    "中",
    "@",
    "[",
    " ",
]


@given(
    st.sampled_from(["https://a.example/x/y?z", "http://a.example:8080/", "https://中.example/x", ""]),
    st.lists(st.sampled_from(PIECES)),
)
@example("https://a.example/x/y?z", ["/", "b", "?"])
@example("https://a.example/x/y?z", ["https://a.example", "/", "b", "/", "..", "/", "c"])
@example("https://a.example/x/y?z", ["/", "b", ".", "/", "b"])
def test_an_address_that_is_not_joined_step_by_step_is_joined_the_same(url, pieces):
    address = "".join(pieces).strip()
    try:
        joined = urljoin(url, address) if address and address[0] != "#" else ""
        urlsplit(joined)
    except ValueError:
        joined = ""
    assert (parse("<p>一", url=url).absolute(address) or "") == (
        joined if joined.startswith("http") and "://" in joined[:8] else ""
    )


def test_a_page_given_as_characters_ignores_its_label():
    document = parse('<meta charset="gb2312"><p>新时代</p>')
    assert (document.charset, document.blocks[0].text) == ("str", "新时代")


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<div id=a class='b c'>", "</div>", "<h2>", "</h2>", "<table>", "<td>", "</table>", "<br>", "<!--", "-->", "</html>", "<a href=x>", "</a>", "<b>", "文字。", " ", "&nbsp;", "<title>", "<li>", "<pre>", "\n", "<", "&", "\x00"]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_lines_and_boxes_agree_on_any_markup(parts):
    document = parse("".join(parts))
    assert [b.index for b in document.blocks] == list(range(len(document.blocks)))
    for box in document.boxes:
        assert 0 <= box.start <= box.end <= len(document.blocks)
        assert box.parent is None or box.parent.start <= box.start
    for block in document.blocks:
        assert block.text == " ".join(block.text.split())
        assert block.box.block
        assert 0 <= block.link_chars <= len(block.text)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_no_input_raises(html):
    parse(html)
