"""Which links of a list page are its articles, in the manner of each CMS family."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.lists import read_list

HOST = "http://www.example.gov.cn"
COLUMN = f"{HOST}/djyw/"
HEADLINES = [
    "市委组织部召开年度基层党建工作推进会",
    "机关工委举办入党积极分子培训班",
    "老党员话初心：五十年坚守山村小学",
    "关于开展主题教育读书班的通知",
    "以高质量党建引领乡村全面振兴",
    "社区党支部把服务送到居民家门口",
    "县委书记赴联系点调研集体经济",
    "我院教工第三支部开展主题党日活动",
    "党史学习教育巡回宣讲走进企业车间",
    "“两优一先”推荐对象公示公告",
]
NAVIGATION = """
<div class="header"><h1>某市先锋网</h1><div class="nav"><ul>
<li><a href="/">首页</a></li><li><a href="/djyw/">党建要闻</a></li><li><a href="/gbgz/">干部工作</a></li>
<li><a href="/tzgg/">通知公告</a></li><li><a href="/xxgk/202001/t20200101_1.html">联系我们</a></li>
</ul></div></div>
<div class="crumb">您现在的位置：<a href="/">首页</a> &gt; <a href="/djyw/">党建要闻</a></div>
"""
SIDE = """
<div class="right"><h3>热点推荐</h3><ul>
<li><a href="/rd/202001/t20200105_901.html">往年回顾：全市组织工作会议精神解读</a></li>
<li><a href="/rd/202001/t20200106_902.html">往年回顾：组工干部的一天是怎样度过的</a></li>
<li><a href="/rd/202001/t20200107_903.html">往年回顾：从数字看全市党员队伍变化</a></li></ul></div>
"""
FOOTER = """
<div class="footer"><div class="yqlj">友情链接：<a href="http://www.one.gov.cn/">某某省人民政府门户网站</a>
<a href="http://www.two.gov.cn/">某某省纪委监委网站</a><a href="http://www.three.cn/">中国某某先锋信息网</a></div>
<a href="/about/202001/t20200101_2.html">网站声明</a> <a href="http://icp.example.cn">某ICP备12345678号</a>
<a href="/app/dangjian.apk">客户端</a> <a href="javascript:;">返回顶部</a></div>
"""


ROW = '<li><a href="{a}">{h}</a><span>{d}</span></li>'


def vsb(n: int) -> str:
    return f"/info/1012/{2300 + n}.htm"


def page(rows: str, after: str = "") -> str:
    head = "<html><head><title>党建要闻_某市先锋网</title></head><body>"
    return f"{head}{NAVIGATION}<div class='main'>{rows}{after}</div>{SIDE}{FOOTER}</body></html>"


def day(n: int) -> str:
    return f"2021-03-{20 - n:02d}"


def rows(
    address: Callable[[int], str], row: str, *, around: str = "<ul class='list'>{}</ul>"
) -> tuple[str, list[str]]:
    """Write a list of all headlines; `row` takes address, headline, day, year-month and day of the month."""
    addresses = [address(n) for n in range(len(HEADLINES))]
    lines = [
        row.format(a=a, h=h, d=day(n), cut=h[:9], ym=day(n)[:7], dd=day(n)[8:], md=day(n)[5:])
        for n, (a, h) in enumerate(zip(addresses, HEADLINES, strict=True))
    ]
    return around.format("".join(lines)), addresses


FAMILIES = {
    "trs": (
        lambda n: f"/djyw/202103/t202103{20 - n:02d}_{4100 + n}.html",
        '<li><a href="{a}" target="_blank">{h}</a><span>{d}</span></li>',
        "<ul class='list'>{}</ul>",
    ),
    "trs, date before, one table a row": (
        lambda n: f"/djyw/202103/t202103{20 - n:02d}_{4100 + n}.html",
        "<table><tr><td><img src='dot.gif'></td><td>[{d}]</td><td><a href='{a}'>{h}</a></td></tr></table>",
        "<div>{}</div>",
    ),
    "vsb, text cut": (
        lambda n: f"/info/1012/{2300 + n}.htm",
        '<li id="line_u7_{dd}"><a href="{a}" target="_blank" title="{h}">{cut}...</a><span>{d}</span></li>',
        "<div class='n_list'><ul>{}</ul></div>",
    ),
    "webplus": (
        lambda n: f"/2021/03{20 - n:02d}/c123a{5100 + n}/page.htm",
        '<li class="list_item i1"><div class="fields pr_fields"><span class="Article_Index">1</span>'
        '<span class="Article_Title"><a href="{a}" title="{h}">{h}</a></span></div>'
        '<div class="fields ex_fields"><span class="Article_PublishDate">{d}</span></div></li>',
        "<ul class='wp_article_list'>{}</ul>",
    ),
    "webplus of old, hexadecimal folders": (
        lambda n: f"/{n:x}a/{n:x}f/c123a{5100 + n}/page.htm",
        "<li><a href='{a}'>{h}</a><span class='news_meta'>{d}</span></li>",
        "<ul class='news_list'>{}</ul>",
    ),
    "people": (
        lambda n: f"/n1/2021/03{20 - n:02d}/c64094-{32050000 + n}.html",
        "<li><a href='{a}' target=_blank>{h}</a> <em>[{d} 09:1{dd[0]}]</em></li>",
        "<div class='p2j_con02'><div class='fl'><ul>{}</ul></div></div>",
    ),
    "phpweb": (
        lambda n: f"/news/html/?{411 - n}.html",
        '<li class="title"><div class="title"><a href="{a}">{h}</a></div><div class="time">{d}</div></li>',
        "<div id='newsquery'><ul id='queryul'>{}</ul></div>",
    ),
    "hanweb": (
        lambda n: f"/art/2021/3/{20 - n}/art_1229_{58000 + n}.html",
        "<tr><td><a href='{a}' class='bt_link'>{h}</a></td><td class='bt_time'>{d}</td></tr>",
        "<table>{}</table>",
    ),
    "jeecms": (
        lambda n: f"/djyw/{3300 + n}.jhtml",
        "<li><em>{d}</em><a href='{a}' title='{h}'>{h}</a></li>",
        "<div class='w'><ul>{}</ul></div>",
    ),
    "aspnet": (
        lambda n: f"/NewsShow.aspx?id={900 + n}&classid=12",
        "<tr><td>·<a href='{a}'>{h}</a></td><td>{d}</td></tr>",
        "<form><table id='GridView1'>{}</table></form>",
    ),
    "dedecms, with summary": (
        lambda n: f"/a/dangjian/2021/03{20 - n:02d}/{700 + n}.html",
        "<li><a href='{a}' class='preview'><img src='x.jpg'></a>[<b><a href='/a/dangjian/'>党建</a></b>]"
        "<a href='{a}' class='title'>{h}</a><span class='info'>"
        "<small>日期：</small>{d}<small>点击：</small>{dd}</span>"
        "<p class='intro'>　　为深入学习贯彻会议精神，进一步提高工作质量，三月份全市各级党组织陆续行动起来..."
        "</p></li>",
        "<div class='listbox'><ul class='e2'>{}</ul></div>",
    ),
    "siteserver": (
        lambda n: f"/contents/12/{6600 + n}.html",
        "<li><a href='{a}'><h3>{h}</h3>"
        "<p>市里三月份召开会议，研究部署今年的重点工作，要求各单位抓好落实。</p></a><i>{d}</i></li>",
        "<div class='newslist'><ul>{}</ul></div>",
    ),
    "day apart": (
        lambda n: f"/content/{7000 + n}",
        "<li><div class='date'><b>{dd}</b><span>{ym}</span></div><a href='{a}'>{h}</a></li>",
        "<ul>{}</ul>",
    ),
    "lines with br": (
        lambda n: f"/show.asp?id={50 + n}",
        "·<a href='{a}'>{h}</a>（{d}）<br>",
        "<td>{}</td>",
    ),
    "date inside the link": (
        lambda n: f"/html/{8000 + n}.html",
        "<dd><a href='{a}'><span>{d}</span>{h}</a></dd>",
        "<dl>{}</dl>",
    ),
    "year from the address": (
        lambda n: f"/2021-03/{20 - n:02d}/content_{9000 + n}.htm",
        "<li><a href='{a}'>{h}</a><span>{md}</span></li>",
        "<ul>{}</ul>",
    ),
    "other hosts": (
        lambda n: f"http://site{n}.example.cn/2021/03{20 - n:02d}/{9100 + n}.shtml",
        "<li><a href='{a}'>{h}</a><span>{d}</span></li>",
        "<ul>{}</ul>",
    ),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_articles_of_a_list_are_found_once_with_headline_and_day(family: str) -> None:
    address, row, around = FAMILIES[family]
    body, addresses = rows(address, row, around=around)
    listing = read_list(page(body, '<a href="index_1.html">下一页</a>'), url=COLUMN)
    expected = [a if a.startswith("http") else HOST + a for a in addresses]
    assert [link.url for link in listing.links] == expected
    assert [link.text for link in listing.links] == HEADLINES
    assert [link.date for link in listing.links] == [day(n) for n in range(len(HEADLINES))]
    assert listing.shape == "list"


def test_a_list_without_pager_and_side_blocks_is_read_too() -> None:
    body, addresses = rows(*FAMILIES["trs"][:2])
    listing = read_list(f"<html><body>{NAVIGATION}{body}{FOOTER}</body></html>", url=COLUMN)
    assert [link.url for link in listing.links] == [HOST + a for a in addresses]
    assert listing.next_url is None


def test_rows_without_dates_are_told_by_headline_and_address() -> None:
    body, addresses = rows(FAMILIES["trs"][0], '<li><a href="{a}">{h}</a></li>')
    listing = read_list(page(body, '<a href="index_1.html">下一页</a>'), url=COLUMN)
    assert [link.url for link in listing.links] == [HOST + a for a in addresses]
    assert listing.dated == 0


def test_a_pinned_row_of_another_class_belongs_to_the_list() -> None:
    body, addresses = rows(*FAMILIES["trs"][:2])
    first = "/djyw/202001/t20200101_7.html"
    pinned = (
        f"<li class='top red'><b><a href='{first}'>［置顶］投稿须知请注意</a></b><span>2020-01-01</span></li>"
    )
    body = body.replace("<ul class='list'>", f"<ul class='list'>{pinned}")
    listing = read_list(page(body, "<a href='index_1.html'>下一页</a>"), url=COLUMN)
    assert [link.url for link in listing.links] == [HOST + a for a in (first, *addresses)]


def test_a_day_inside_a_headline_is_not_the_day_of_the_row() -> None:
    row = "<li><a href='/info/1/{n}00.htm'>关于2019年5月{n}日停止转接的公告</a><span>2021-03-0{n}</span></li>"
    body = "".join(row.format(n=n) for n in range(1, 6))
    listing = read_list(page(f"<ul>{body}</ul>"), url=COLUMN)
    assert [link.date for link in listing.links] == [f"2021-03-0{n}" for n in range(1, 6)]


def test_month_and_day_without_a_year_anywhere_are_no_date() -> None:
    body, _ = rows(vsb, '<li><a href="{a}">{h}</a><span>{md}</span></li>')
    listing = read_list(page(body), url=COLUMN)
    assert len(listing.links) == len(HEADLINES)
    assert {link.date for link in listing.links} == {None}


def test_a_list_of_documents_offers_the_documents() -> None:
    body, addresses = rows(lambda n: f"/file/2021{n}/{n}.pdf", ROW)
    assert [link.url for link in read_list(page(body), url=COLUMN).links] == [HOST + a for a in addresses]


def test_documents_beside_articles_are_left_out() -> None:
    row = '<li><a href="{a}">{h}</a><a href="/f/{dd}.doc">附件：报名表格下载</a><span>{d}</span></li>'
    body, addresses = rows(vsb, row)
    assert [link.url for link in read_list(page(body), url=COLUMN).links] == [HOST + a for a in addresses]


@pytest.mark.parametrize(
    "trap",
    [
        "javascript:void(0)",
        "/calendar?year=2021&month=4&id=4",
        "/info/1012/2399.htm;jsessionid=0A1B2C",
        "/print.asp?id=2399",
        "/BIG5/info/1012/2399.htm",
        "/info/1012/2399.mp4",
        "#top",
        "mailto:a@example.cn",
        "http://[broken",
    ],
)
def test_traps_in_the_rows_are_left_out(trap: str) -> None:
    row = (
        f'<li><a href="{{a}}">{{h}}</a><a href="{trap}">同一篇文章的另一个入口链接</a><span>{{d}}</span></li>'
    )
    body, addresses = rows(vsb, row)
    assert [link.url for link in read_list(page(body), url=COLUMN).links] == [HOST + a for a in addresses]


def test_a_list_for_telephones_keeps_its_own_addresses() -> None:
    body, addresses = rows(lambda n: f"/wap/info/{2300 + n}.htm", ROW)
    listing = read_list(f"<html><body>{body}</body></html>", url=f"{HOST}/wap/")
    assert [link.url for link in listing.links] == [HOST + a for a in addresses]


def block(name: str, start: int) -> str:
    row = "<li><a href='/{name}/202103/t20210310_{id}.html'>{h}</a></li>"
    items = "".join(row.format(name=name, id=start + n, h=h) for n, h in enumerate(HEADLINES[:6]))
    heading = f"<h3><a href='/{name}/'>栏目{name}</a><a href='/{name}/' class='m'>更多&gt;&gt;</a></h3>"
    return f"<div class='box'>{heading}<ul>{items}</ul></div>"


def test_all_blocks_of_a_portal_are_read() -> None:
    body = "".join(block(name, start) for name, start in (("djyw", 100), ("gbgz", 200), ("rcgz", 300)))
    lead = "<h2><a href='/djyw/202103/t20210311_99.html'>全市组织工作会议在市委党校召开</a></h2>"
    navigation = NAVIGATION.split('<div class="crumb"')[0]
    listing = read_list(f"<html><body>{navigation}{lead}{body}{FOOTER}</body></html>", url=f"{HOST}/")
    assert listing.shape == "portal"
    assert len(listing.links) == 19
    assert listing.links[0].text == "全市组织工作会议在市委党校召开"


OTHERS = "".join(
    f"<li><a href='/tzgg/202103/t202103{n:02d}_{n}.html'>其他栏目第{n}条通知公告</a>"
    f"<span>2021-03-{n:02d}</span></li>"
    for n in range(1, 15)
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "<div>共10条 1/1 首页 上页 下页 尾页</div>", id="before the pager"),
        pytest.param("<h2>党建要闻</h2>", "", id="under the column's name"),
    ],
)
def test_a_longer_block_beside_the_list_is_not_the_list(before: str, after: str) -> None:
    body, addresses = rows(vsb, ROW)
    body = f"{before}{body}{after}<div class='box'><h3>通知公告</h3><ul class='o'>{OTHERS}</ul></div>"
    listing = read_list(page(body), url=COLUMN)
    assert [link.url for link in listing.links] == [HOST + a for a in addresses]


def test_the_last_page_of_a_list_is_a_list_however_short() -> None:
    row = "<dd><span>03-{n:02d}</span><a href='/show?id={n}'>老党员话初心之{n}</a></dd>"
    pager = "<nav class='pager'><a href='?page=1'>1</a> <b>2</b></nav>"
    body = f"<dl>{row.format(n=2)}{row.format(n=1)}</dl>{pager}"
    listing = read_list(f"<html><body><main>{body}</main></body></html>", url=f"{HOST}/list?page=2")
    assert [link.text for link in listing.links] == ["老党员话初心之2", "老党员话初心之1"]
    assert (listing.shape, listing.next_url, listing.dated) == ("list", None, 0)


def test_two_blocks_of_one_make_do_not_outweigh_the_list() -> None:
    body, addresses = rows(vsb, '<li><a href="{a}">{h}</a></li>')
    row = "<li><a href='/{name}/202103/t20210310_{n}.html'>别的栏目的第{n}条普通新闻</a></li>"
    blocks = "".join(
        f"<h3>{name}</h3><ul class='o'>{''.join(row.format(name=name, n=n) for n in range(8))}</ul>"
        for name in ("tz", "yw")
    )
    after = f"<a href='index_1.html'>下一页</a><div class='box'>{blocks}</div>"
    listing = read_list(page(body, after), url=COLUMN)
    assert [link.url for link in listing.links] == [HOST + a for a in addresses]


def test_pages_of_a_newspaper_are_no_articles() -> None:
    pages = "".join(f"<li><a href='nbs.D110000zgb_0{n}.htm'>第0{n}版：要闻</a></li>" for n in range(1, 9))
    titles = "".join(
        f"<li><a href='nw.D110000zgb_20210320_{n}-01.htm'>{h}</a></li>"
        for n, h in enumerate(HEADLINES, start=1)
    )
    issue = "<a href='../19/nbs.D110000zgb_01.htm'>下一期</a>"
    body = f"<ul class='p'>{pages}</ul><ul class='t'>{titles}</ul>{issue}"
    listing = read_list(
        f"<html><body>{body}</body></html>", url=f"{HOST}/zgb/html/2021-03/20/nbs.D110000zgb_01.htm"
    )
    assert [link.text for link in listing.links] == HEADLINES
    assert listing.next_url is None


@pytest.mark.parametrize("href", ["{{item.url}}", "${row.link}", "<#=list[i].l#>"])
def test_rows_that_a_script_was_to_fill_in_are_left_out(href: str) -> None:
    body, addresses = rows(vsb, ROW)
    template = f"<li><a href='{href}'>这里将由脚本填写标题文字</a><span>2021-03-01</span></li>"
    listing = read_list(page(body.replace("</ul>", template + "</ul>")), url=COLUMN)
    assert [link.url for link in listing.links] == [HOST + a for a in addresses]


def test_a_title_attribute_may_go_on_with_author_and_date() -> None:
    title = "文章标题：{h}&#10;作者：张三&#10;更新时间：{d}"
    row = f'<li><a href="{{a}}" title="{title}">{{cut}}...</a><span>{{d}}</span></li>'
    body, _ = rows(vsb, row)
    assert [link.text for link in read_list(page(body), url=COLUMN).links] == HEADLINES


def test_rows_in_a_script_are_read_where_the_page_prints_none() -> None:
    address = "https://www.example.cn/2021/03/{n}/ARTI161{n}.shtml"
    row = f"{{{{'title':'{{h}}','link_add':'{address}','brief':'{{d}} 08:00:00'}}}}"
    items = ",".join(row.format(h=h, n=20 - n, d=day(n)) for n, h in enumerate(HEADLINES))
    script = f"<script>var item=[{items}];show(item)</script>"
    listing = read_list(f"<html><body>{NAVIGATION}{script}</body></html>", url=HOST)
    assert [link.text for link in listing.links] == HEADLINES
    assert [link.date for link in listing.links] == [day(n) for n in range(len(HEADLINES))]


def test_hanweb_records_in_a_script_are_read_with_the_address_of_the_next_ones() -> None:
    records = "".join(
        f"<record><![CDATA[<li><a href='/art/2021/3/{20 - n}/art_9_{n}.html' title='{h}'>{h[:8]}…"
        f"</a><b>{day(n)}</b></li>]]></record>"
        for n, h in enumerate(HEADLINES)
    )
    script = (
        "<script type='text/xml'><datastore><nextgroup><![CDATA["
        "<a href='/module/web/jpage/dataproxy.jsp?page=1&webid=3'></a>]]>"
        f"</nextgroup><recordset>{records}</recordset></datastore></script>"
    )
    listing = read_list(f"<html><body>{NAVIGATION}{script}</body></html>", url=f"{HOST}/col/col9/index.html")
    assert [link.text for link in listing.links] == HEADLINES
    assert listing.links[0].date == "2021-03-20"
    assert listing.next_url == f"{HOST}/module/web/jpage/dataproxy.jsp?page=1&webid=3"


def test_a_page_without_list_gives_none() -> None:
    listing = read_list("<html><body><h1>标题</h1><p>一段文字。</p></body></html>", url=HOST)
    assert (listing.links, listing.next_url, listing.post_back) == ([], None, None)


TAGS = st.sampled_from(
    [
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<td>",
        "<a href=",
        "</a>",
        ">",
        "<div class=page>",
        "<br>",
        "下一页",
        "2021-03-20",
    ]
)


@settings(max_examples=60)
@given(
    st.lists(TAGS | st.text(max_size=12), max_size=40),
    st.sampled_from(["", HOST, "not an address", "http://[x"]),
)
def test_no_page_makes_reading_fail(pieces: list[str], url: str) -> None:
    read_list("".join(pieces), url=url)


@settings(max_examples=40)
@given(st.binary(max_size=400))
def test_no_bytes_make_reading_fail(data: bytes) -> None:
    read_list(data, url=HOST)
