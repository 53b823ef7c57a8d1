"""Where a list goes on, in the manner of each CMS family."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.document import parse
from crawler.extraction.lists import read_list
from crawler.extraction.pagers import next_page

HERE = "http://www.example.gov.cn/djyw/"


def following(body: str, url: str = HERE) -> str | None:
    return next_page(parse(f"<html><body>{body}</body></html>", url=url))[0]


@pytest.mark.parametrize(
    ("pager", "url", "expected"),
    [
        pytest.param(
            '<a href="index_1.html">下一页</a> <a href="index_9.html">尾页</a>',
            HERE,
            "index_1.html",
            id="trs links",
        ),
        pytest.param(
            '<div class="page"><a href="index1.html">1</a> '
            '<a href="index2.html">2</a> <a href="index2.html">下一页</a></div>',
            HERE + "index1.html",
            "index2.html",
            id="people",
        ),
        pytest.param(
            '<ul class="wp_paging"><li class="page_nav">'
            '<a class="prev" href="javascript:void(0)"><span>&lt;&lt;上一页</span></a>'
            '<a class="next" href="/djyw/list2.htm" target="_self"><span>下一页&gt;&gt;</span></a>'
            '<a class="last" href="/djyw/list40.htm"><span>尾页</span></a></li></ul>',
            HERE + "list.htm",
            "list2.htm",
            id="webplus",
        ),
        pytest.param(
            '<div class="pb_sys_common"><span class="p_t">共345条</span><span class="p_no_d">1</span>'
            '<span class="p_no"><a href="djyw/17.htm">2</a></span>'
            '<span class="p_no"><a href="djyw/16.htm">3</a></span>'
            '<span class="p_next p_fun"><a href="djyw/17.htm">下页</a></span>'
            '<span class="p_last p_fun"><a href="djyw/1.htm">尾页</a></span></div>',
            "http://www.example.gov.cn/djyw.htm",
            "17.htm",
            id="vsb counts down",
        ),
        pytest.param(
            '<div id="showpages"><ul><li>共45条 每页20条 页次：1/3</li><li><a href="#">1</a></li>'
            '<li><a href="index.php?page=2&catid=12&myord=dtime&key=">2</a></li>'
            '<li><a href="index.php?page=2&catid=12&myord=dtime&key=">下一页</a></li></ul></div>',
            HERE + "?12.html",
            "index.php?page=2&catid=12&myord=dtime&key=",
            id="phpweb",
        ),
        pytest.param(
            '<div><a disabled="disabled">首页</a> '
            "<a onclick=\"javascript:location.href='index_2.jhtml'\">下一页</a></div>",
            HERE + "index.jhtml",
            "index_2.jhtml",
            id="jeecms",
        ),
        pytest.param(
            '<a href="javascript:void(0)" onclick="location.href=encodeURI(\'index_2.jhtml\');">下一页</a>',
            HERE,
            "index_2.jhtml",
            id="jeecms with encodeURI",
        ),
        pytest.param(
            '<div class="dede_pages"><ul class="pagelist">'
            '<li class="thisclass">1</li><li><a href="list_3_2.html">2</a></li>'
            '<li><a href="list_3_2.html">下一页</a></li><li><span class="pageinfo">共 '
            "<strong>3</strong>页<strong>58</strong>条</span></li></ul></div>",
            HERE + "list_3_1.html",
            "list_3_2.html",
            id="dedecms",
        ),
        pytest.param(
            '<table><tr><td>共 5 页 <a href="2_2.html">'
            '<img src="next.gif" alt="下一页"></a></td></tr></table>',
            HERE + "2.html",
            "2_2.html",
            id="picture",
        ),
        pytest.param(
            '<a href="?page=4" title="Next page" class="next"></a>',
            HERE + "?page=3",
            "?page=4",
            id="only a title",
        ),
        pytest.param('<link rel="next" href="page/2/"><p>…</p>', HERE, "page/2/", id="declared"),
        pytest.param('<a href="list-2.shtml">后一頁</a>', HERE, "list-2.shtml", id="traditional"),
        pytest.param(
            '<div class="bar"><a class="on" href="javascript:void(0);">2</a><a href="roll_03.html">3</a>'
            '<a href="roll_04.html">4</a><a href="roll_03.html">&gt;</a></div>',
            HERE + "roll_02.html",
            "roll_03.html",
            id="mark among numbers",
        ),
        pytest.param(
            '<nav class="pager"><a href="?page=1">1</a><a href="?page=2">2</a><a href="?page=2">›</a></nav>',
            HERE + "?page=1",
            "?page=2",
            id="mark in a nav",
        ),
        pytest.param(
            '<p class="pages"><b>1</b> <a href="node_7_2.htm">2</a> <a href="node_7_3.htm">3</a></p>',
            HERE + "node_7.htm",
            "node_7_2.htm",
            id="numbers only",
        ),
        pytest.param(
            '<div class="pages">第3页 <a href="?p=1">1</a><a href="?p=2">2'
            '</a><a href="?p=3">3</a><a href="?p=4">4</a></div>',
            HERE,
            "?p=4",
            id="numbers, current one told",
        ),
        pytest.param(
            '<select onchange="location.href=this.value"><option value="a.html">1</option>'
            '<option value="a_2.html" selected>2</option><option value="a_3.html">3</option></select>',
            HERE + "a_2.html",
            "a_3.html",
            id="drop-down",
        ),
    ],
)
def test_a_link_leads_to_the_next_page(pager: str, url: str, expected: str) -> None:
    answer = following(pager, url)
    assert answer is not None
    assert answer.endswith(expected)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('createPageHTML(5, 0, "index", "shtml");', "index_1.shtml"),
        ("createPageHTML(5, 3, 'index', 'html', 'black2', 90)", "index_4.html"),
        ('createPageHTML_ZW(2, 0, "t20230119_242692", "html")', "t20230119_242692_1.html"),
        ("window.onload=function(){createPageHTML('page_div',34, 1,'list','shtml',1000);}", "list_2.shtml"),
        (
            "var currentPage = 4;//所在页从0开始\n"
            "var nextPage = currentPage+1\nvar countPage = 22//共多少页\n"
            'document.write("<a href=\\"index"+"_" + nextPage + "."+"html\\">下一页</a>");',
            "index_5.html",
        ),
        ("new Pager({size:52, current:0, prefix:'index', suffix:'shtml'})", "index_1.shtml"),
        (
            "laypage.render({elem:'p', count: 95, limit: 10, curr: 2, jump: function(obj, first){"
            " if(!first){ location.href = '?cid=7&page=' + obj.curr; } }});",
            "?cid=7&page=3",
        ),
    ],
)
def test_a_pager_written_by_a_script_is_read(script: str, expected: str) -> None:
    answer = following(f"<p>列表</p><script>{script}</script>")
    assert answer is not None
    assert answer.endswith(expected)


@pytest.mark.parametrize(
    "name",
    [
        "currentPage",
        "curPage",
        "CURRENT",
        "pageIndex",
        "currPage",
        "nowPage",
        "nCurrIndex",
        "page_now",
        "cpage",
    ],
)
def test_a_written_pager_may_name_the_current_page_as_it_likes(name):
    script = f"var {name} = 4; var countPage = 22; var prefix = 'index', suffix = 'html';"
    assert following(f"<script>{script}</script>", HERE + "index_4.html") == HERE + "index_5.html"


@pytest.mark.parametrize(
    "word", ["下一页", " 下 一 页", "NEXT", "ｎｅｘｔ", "<span>后页</span>", "【下一页】", "往后翻页？"]
)
def test_the_word_for_the_next_page_is_known_however_it_is_written(word):
    found = following(f"<p><a href='/a/list_7.html'>{word}</a></p>")
    assert found == (None if "？" in word else "http://www.example.gov.cn/a/list_7.html")


@pytest.mark.parametrize(
    "script",
    [
        'createPageHTML(5, 4, "index", "shtml");',
        "createPageHTML('page_div', 34, 34, 'list', 'shtml', 1000)",
        "function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){ return; }",
        'createPageHTML(1, 0, "index", "html")',
        "var pageCount = 3; var title = 'x';",
    ],
)
def test_a_written_pager_ends_on_its_last_page(script: str) -> None:
    assert following(f"<p>列表</p><script>{script}</script>") is None


def test_a_script_that_joins_its_argument_into_an_address_is_read() -> None:
    body = (
        "<script>function toPage(n){ window.location.href = 'list.jsp?cid=12&p=' + n; }</script>"
        '<a href="javascript:toPage(3)">下一页</a>'
    )
    assert following(body) == HERE + "list.jsp?cid=12&p=3"


def test_an_argument_may_be_a_sum() -> None:
    body = (
        "<script>function gotoPage(n){ window.location.href = '/list?pageNum=' + n; }</script>"
        '<a href="javascript:gotoPage(1-1)">上一页</a><a href="javascript:gotoPage(1+1)">下一页</a>'
    )
    assert following(body) == "http://www.example.gov.cn/list?pageNum=2"


def test_a_form_sent_by_get_gives_an_address() -> None:
    body = (
        "<script>function go(p){ document.f.pageNo.value = p; document.f.submit(); }</script>"
        '<form name="f" action="/list.do" method="get"><input type="hidden" name="cid" value="9">'
        '<input type="hidden" name="pageNo" value="1"></form><a href="#" onclick="go(2)">下一页</a>'
    )
    assert following(body) == "http://www.example.gov.cn/list.do?cid=9&pageNo=2"


def test_a_form_sent_by_post_is_described() -> None:
    body = (
        "<script>function go(p){ $('#pageNo').val(p); $('#f').submit(); }</script>"
        '<form id="f" action="/list.do" method="post"><input type="hidden" name="cid" value="9">'
        '<input type="hidden" id="pageNo" name="page.no" value="1">'
        '</form><a href="javascript:go(2);">下一页</a>'
    )
    url, post_back = next_page(parse(body, url=HERE))
    assert url is None
    assert post_back is not None
    assert post_back.url == "http://www.example.gov.cn/list.do"
    assert post_back.fields == {"cid": "9", "page.no": "2"}


def test_an_aspnet_post_back_carries_the_view_state() -> None:
    body = (
        '<form method="post" action="./List.aspx?id=3">'
        '<input type="hidden" name="__VIEWSTATE" value="/wEPDw">'
        '<input type="hidden" name="__EVENTVALIDATION" value="/wEWAg">'
        '<input type="password" name="pw" value="x">'
        "<a href=\"javascript:__doPostBack('pager$next','')\">下一页</a></form>"
    )
    url, post_back = next_page(parse(body, url="http://www.example.gov.cn/List.aspx?id=3"))
    assert url is None
    assert post_back is not None
    assert post_back.url == "http://www.example.gov.cn/List.aspx?id=3"
    assert post_back.fields == {
        "__VIEWSTATE": "/wEPDw",
        "__EVENTVALIDATION": "/wEWAg",
        "__EVENTTARGET": "pager$next",
        "__EVENTARGUMENT": "",
    }


def test_a_submit_button_is_a_post_back() -> None:
    body = (
        '<form method="post" action="List.aspx"><input type="hidden" name="__VIEWSTATE" value="a">'
        '<input type="submit" name="btnPrev" value="上一页">'
        '<input type="submit" name="btnNext" value="下一页"></form>'
    )
    _, post_back = next_page(parse(body, url=HERE))
    assert post_back is not None
    assert post_back.fields == {"__VIEWSTATE": "a", "btnNext": "下一页"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('<a href="t2.html">下一篇：学习贯彻会议精神</a>', id="next article"),
        pytest.param('<a href="/djyw/">下一页</a>', id="leads to itself"),
        pytest.param(
            '<div class="page">页次：5/5 <a href="index_4.html">下一页</a></div>', id="last page of five"
        ),
        pytest.param('<a href="javascript:;">下一页</a>', id="dead"),
        pytest.param(
            "<div class='page'><a href='i_1.html'>1</a><a href='i_2.html'>2</a><b>3</b></div>",
            id="last number",
        ),
        pytest.param(
            "<table class='cal'>"
            + "".join(f'<td><a href="?day={d}">{d}</a></td>' for d in range(1, 31))
            + "</table>",
            id="calendar",
        ),
        pytest.param('<p>5 &gt; 3 <a href="x.html">&gt;</a></p>', id="lone mark"),
        pytest.param('<a href="javascript:__doPostBack()">上一页</a>', id="previous page"),
    ],
)
def test_what_is_no_next_page_is_not_followed(body: str) -> None:
    assert next_page(parse(f"<html><body>{body}</body></html>", url=HERE)) == (None, None)


def test_a_date_is_no_page_count() -> None:
    assert following('<p>页面更新 2019/12</p><a href="index_1.html">下一页</a>') == HERE + "index_1.html"


@given(st.text(max_size=300))
def test_no_script_makes_reading_fail(text: str) -> None:
    page = (
        f'<a href="javascript:{text}" onclick="{text}">下一页</a><script>{text}</script>'
        f"<script>createPageHTML({text})</script><script>location.href={text}</script>"
    )
    read_list(page, url=HERE)


def test_a_huge_script_is_searched_in_bounded_time() -> None:
    page = (
        "<script>"
        + "createPageHTML(1,'a'," * 20_000
        + "</script><a onclick='"
        + "f(" * 50_000
        + "'>下一页</a>"
    )
    page += (
        "<a href='javascript:f("
        + "1" * 1_500
        + "x'>下一页</a>"
        + "<a href='#'>&gt;</a><a href='#'>1</a>" * 3_000
    )
    assert following(page) is None
