"""What a page is, and why."""

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.document import parse
from crawler.extraction.kinds import classify, page_kind
from crawler.extraction.labels import vocabulary

HEADLINE = "市委组织部举办新任村党组织书记培训班"
SENTENCE = (
    "培训班采取集中授课、现场教学和分组讨论的方式，帮助学员明确职责，掌握方法，增强带领群众致富的本领。"
)
INFO = '<div class="info">来源：某某先锋网　发布时间：2021-03-20 09:10　点击数：<span id="hits"></span></div>'
MENU = "".join(
    f'<li><a href="/{n}/">{t}</a></li>'
    for n, t in enumerate(["首页", "党建要闻", "干部工作", "人才工作", "通知公告"])
)
SIDE = "".join(
    f'<li><a href="/rd/20210{n}/t20210{n}05_{n}.html">往期回顾：第{n}期机关党建工作动态综述</a></li>'
    for n in range(1, 9)
)
FOOTER = (
    '<div class="footer">主办：某某市委组织部　<a href="http://icp.example.cn">某ICP备12345678号</a></div>'
)
NUMBERS = "一二三四五六七八九十"


def page(body: str, title: str = f"{HEADLINE}_某某先锋网", head: str = "") -> str:
    head = f"<html><head><title>{title}</title>{head}</head>"
    return f"{head}<body><ul class='nav'>{MENU}</ul>{body}{FOOTER}</body></html>"


def article(text: str) -> str:
    return (
        f'<h1>{HEADLINE}</h1>{INFO}<div id="zoom">{text}</div><div>上一篇：<a href="1.html">没有了</a></div>'
    )


ARTICLES = {
    "a page of text": page(article(f"<p>{SENTENCE}</p>" * 8)),
    "among many links": page(article(f"<p>{SENTENCE}</p>" * 3) + f"<ul>{SIDE}{SIDE}{SIDE}</ul>"),
    "a short notice": page(
        article("<p>经研究，定于3月25日上午9时在机关会议室召开支部党员大会，请准时参加。</p><p>机关党委</p>")
    ),
    "a table of names": page(
        article(
            "<table>"
            + "".join(f"<tr><td>张某{c}</td><td>某县某镇党委副书记</td></tr>" for c in NUMBERS)
            + "</table>"
        )
    ),
    "a photograph": page(article('<p><img src="a.jpg"></p><p>图为培训班开班现场。</p>')),
    "text between line breaks": page(article("　　" + "<br><br>　　".join([SENTENCE] * 6))),
    "paragraphs in divs": page(article(f"<div>{SENTENCE}</div>" * 6)),
    "no info line": page(f"<h2>{HEADLINE}</h2><div>{f'<p>{SENTENCE}</p>' * 6}</div>"),
    "government metas only": page(
        f"<p>{HEADLINE}</p><p>{SENTENCE}</p><p>{SENTENCE}</p>",
        head='<meta name="ArticleTitle" content="培训班">',
    ),
    "a list of events": page(
        article(
            "".join(f"<p>2021年3月{n}日　在某县调研基层党建工作</p>" for n in range(1, 20))
            + f"<p>{SENTENCE}</p>" * 2
        )
    ),
    "a few words under another title": page(
        f"<h1>{HEADLINE}</h1><p>时间：2021-03-20　点击：20</p><p>图为现场。</p><ul>{SIDE}{SIDE}</ul>",
        title="某某先锋网",
    ),
    "a few words under a bare date": page(
        f"<div>{HEADLINE}</div><div>2021-03-20 09:10</div><p>图为现场。</p><ul>{SIDE}{SIDE}</ul>"
    ),
    "an embedded document": page(
        article('<iframe src="/js/pdfviewer.html?file=a.pdf"></iframe><p>附件：名单.pdf</p>')
    ),
}


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_is_told(name: str) -> None:
    kind = classify(parse(ARTICLES[name], url="http://www.example.gov.cn/djyw/202103/t20210320_1.html"))
    assert (kind.kind, bool(kind.reason)) == ("article", True), kind


def dated_rows(number: int, summary: str = "") -> str:
    return "".join(
        f"<li><a href='/info/1012/{2300 + n}.htm'>第{NUMBERS[n % 10]}督导组赴某县开展基层党建督导</a>"
        f"<span>2021-03-{n + 1:02d}</span>{summary}</li>"
        for n in range(number)
    )


LISTS = {
    "dated rows": page(f"<ul>{dated_rows(15)}</ul>", title="党建要闻_某某先锋网"),
    "rows with summaries": page(
        f"<ul>{dated_rows(10, f'<p>{SENTENCE}</p>')}</ul>", title="党建要闻_某某先锋网"
    ),
    "long summaries, one list after the other": page(
        "".join(
            f"<h3><a href='/a/{n}00.html'>县委书记赴联系点调研集体经济发展</a></h3><p>{SENTENCE * 2}</p>"
            for n in range(8)
        ),
        title="党建要闻",
    ),
    "an issue's contents at an article's address": page(
        "<h1>2021年第3期</h1>"
        + "".join(
            f"<p><a href='/dukan/2021-02/01/c_11270{n}.htm'>论新时代党的建设总要求之{n}</a>　某某</p>"
            for n in range(20)
        ),
        title="2021年第3期-某某杂志",
    ),
    "one dated row": page(f"<ul>{dated_rows(1)}</ul>", title="任前公示"),
    "labelled rows under a heading": page(
        "<h2>基层党建工作动态信息</h2>"
        + "".join(
            f"<div><a href='/info/1/{n}00.htm'>县委书记赴联系点调研</a><p>来源：某某　浏览：{n}</p></div>"
            for n in range(8)
        ),
        title="基层党建工作动态信息-某某网",
    ),
    "few rows and a pager": page(
        f"<ul>{dated_rows(3)}</ul><div>共3条 首页 上页 下页 尾页</div>", title="任前公示"
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_told(name: str) -> None:
    kind = classify(parse(LISTS[name], url="http://www.example.gov.cn/dukan/2021-02/01/c_1127000.htm"))
    assert kind.kind == "list", kind


def test_a_portal_is_told() -> None:
    block = "<div class='box'><h3><a href='/{n}/'>栏目</a> <a href='/{n}/'>更多</a></h3><ul>{rows}</ul></div>"
    rows = "<li><a href='/{n}/202103/t20210310_{n}{i}.html'>学习贯彻会议精神，推动工作再上台阶之{i}</a></li>"
    blocks = "".join(
        block.format(n=n, rows="".join(rows.format(n=n, i=i) for i in range(6))) for n in range(1, 5)
    )
    assert page_kind(page(blocks, title="某某先锋网"), url="http://www.example.gov.cn/") == "portal"


@pytest.mark.parametrize(
    ("kind", "html"),
    [
        ("soft-404", page("<div class='securenotice'>当前ID不存在或尚未发布</div>", title="某某先锋网")),
        (
            "soft-404",
            page(f"<p>对不起，您访问的页面不存在或已被删除！</p><ul>{SIDE}</ul>", title="某某先锋网"),
        ),
        ("soft-404", "<html><head><title>404</title></head><body><p>请返回首页</p></body></html>"),
        ("soft-404", "<script>alert('参数错误')</script><p>参数错误</p>"),
        ("soft-404", "<html><title>错误提示</title><body>该内容已被发布者删除</body></html>"),
        ("challenge", "<html><script>$_ts=window['$_ts'];$_ts.nsd=1</script><body></body></html>"),
        (
            "challenge",
            "<html><title>验证</title><body><h2>环境异常</h2><p>完成验证后即可继续访问。</p></body></html>",
        ),
        ("login", page("<div>对不起，本内容设置了阅读权限，请登录后查看</div>", title="某某先锋网")),
        (
            "login",
            "<form><h1>统一身份认证平台</h1>用户名<input name=u>密码<input type=password name=p></form>",
        ),
        ("video", page(f'<h1>{HEADLINE}</h1>{INFO}<video src="a.mp4"></video>')),
        (
            "gallery",
            page(f'<h1>{HEADLINE}</h1>{INFO}<div class="picG">' + '<img src="a.jpg">' * 8 + "</div>"),
        ),
        (
            "shell",
            '<title>学习</title><body><div id="app"></div><script src="app.js"></script></body>',
        ),
        (
            "shell",
            '<html><head><meta http-equiv="refresh" content="0;URL=/index/"></head><body></body></html>',
        ),
        (
            "shell",
            "<html><body><script>window.location.href='/pc/layout/node_01.html'</script></body></html>",
        ),
        ("shell", "<frameset><frame src='a.html'></frameset>"),
        ("shell", ""),
    ],
)
def test_what_comes_in_a_pages_place_is_told(kind: str, html: str) -> None:
    told = classify(parse(html, url="http://www.example.gov.cn/news/html/?411.html"))
    assert told.kind == kind, told


def test_an_article_about_missing_pages_is_an_article() -> None:
    assert page_kind(page(article(f"<p>页面不存在</p><p>请登录后查看</p><p>{SENTENCE}</p>" * 4))) == "article"


def test_a_short_headline_over_an_info_line_is_an_articles() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>方敏</td></tr>" for n in range(9))
    info = "<div>发布时间：2021-03-05 来源：组织部</div>"
    html = (
        f"<title>任前公示_某某网</title><h1>任前公示</h1>{info}<p>现将名单公示如下：</p><table>{rows}</table>"
    )
    assert page_kind(html) == "article"


def test_a_short_text_among_many_links_is_an_article_at_the_address_of_one() -> None:
    links = "".join(f'<li><a href="/2020/0101/c{n}.html">第{n}个先进集体的故事</a></li>' for n in range(40))
    html = (
        f"<title>{HEADLINE}--某某网</title><h1>{HEADLINE}</h1><div>{SENTENCE}{SENTENCE}</div><ul>{links}</ul>"
    )
    assert page_kind(html, url="https://www.example.org/n1/2021/0305/c1001-3.html") == "article"


def test_a_video_with_text_is_an_article() -> None:
    assert page_kind(page(article('<video src="a.mp4"></video>' + f"<p>{SENTENCE}</p>" * 5))) == "article"


@settings(max_examples=60)
@given(st.text(max_size=400) | st.binary(max_size=400), st.sampled_from(["", "http://e.cn/1.html", "x://["]))
def test_no_page_makes_telling_fail(html: str | bytes, url: str) -> None:
    assert page_kind(html, url=url)


@pytest.mark.parametrize("mark", vocabulary("kinds")["article_marks"])
@settings(max_examples=20)
@given(data=st.data())
def test_every_mark_of_an_article_is_seen_however_it_is_spaced(mark, data):
    printed = data.draw(st.from_regex(mark, fullmatch=True)).strip()
    for line in (printed, " ".join(printed), "　".join(printed)):
        body = f"<h1>{HEADLINE}</h1><div>{escape(line)}</div><div>{SENTENCE}{SENTENCE}</div>"
        assert " with mark " in classify(parse(page(body, title="某某先锋网"))).reason
