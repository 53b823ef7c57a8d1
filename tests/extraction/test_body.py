# ruff: noqa: E501 - a line of a page is easier to read unbroken
import pytest

from crawler.extraction import extract
from tests.extraction.pages import PARAGRAPHS, page

WHOLE = "\n".join(PARAGRAPHS)


def body(html: str | bytes, url: str = "https://www.example.org/a/1.html") -> str:
    return extract(html, url=url).body


def test_the_text_is_all_paragraphs_and_nothing_else():
    assert body(page(info="<div class=info>来源：先锋报 2021-03-04 10:20 字号：大 中 小</div>")) == WHOLE


@pytest.mark.parametrize("tag", ["p", "div", "span style='display:block'", "section", "li", "font", "center"])
def test_paragraphs_may_be_any_element(tag):
    name = tag.split()[0]
    lines = "<br>" if name in ("span", "font") else ""
    html = page(paragraphs=(), first="".join(f"<{tag}>{p}</{name}>{lines}" for p in PARAGRAPHS))
    assert body(html) == WHOLE


def test_paragraphs_may_be_bare_text_between_line_breaks():
    assert body(page(paragraphs=(), first="<br><br>　　".join(PARAGRAPHS))) == WHOLE


def test_paragraphs_may_stand_in_a_layout_table():
    rows = "".join(f"<tr><td>{p}</td></tr>" for p in PARAGRAPHS)
    assert body(page(paragraphs=(), first=f"<table>{rows}")) == WHOLE


def test_the_text_may_be_in_a_hidden_container():
    html = page(
        paragraphs=(),
        first=f"<div style='display:none' id=txt>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS * 2)}</div>",
    )
    assert body(html) == "\n".join(PARAGRAPHS * 2)


def test_a_frame_around_the_whole_page_may_be_called_as_a_menu():
    html = (
        page().replace("<body>", "<body><div class='wrap with-int-nav'>").replace("</body>", "</div></body>")
    )
    assert body(html) == WHOLE


def test_a_text_of_one_paragraph_is_read():
    assert body(page(paragraphs=PARAGRAPHS[:1])) == PARAGRAPHS[0]


def test_a_text_of_one_short_sentence_is_read_from_a_named_container():
    html = page(paragraphs=(), first="<div class=v_news_content><p>原定明日的党课改在周五上午。</p></div>")
    assert body(html) == "原定明日的党课改在周五上午。"


@pytest.mark.parametrize(
    "line",
    [
        "一、支部怎样并到一起",
        "（二）夜校里的新面孔",
        "1. 交班会上的三分钟",
        "（作者系示例大学马克思主义学院教授）",
        "（作者：甲乙丙，系示例研究院研究员）",
        "此致",
        "联系电话：010-00000000",
        "主办单位：示例市总工会",
    ],
)
def test_lines_that_look_like_furniture_but_belong_to_the_text_are_kept(line):
    assert line in body(page(last=f"<p>{line}</p><p>{PARAGRAPHS[0]}</p>")).split("\n")


def test_the_affiliation_of_the_author_stays_at_the_end():
    assert body(page(last="<p>（作者系示例大学教授）</p>")).endswith("（作者系示例大学教授）")


def test_a_notice_keeps_addressee_signature_and_day():
    html = page(
        title="关于开展支部联建的通知",
        first="<p>各区总工会、各直属单位：</p>",
        last="<p style='text-align:right'>示例市总工会办公室</p><p style='text-align:right'>2021年3月4日</p>",
        behind="<div class=bottom><a href='javascript:print()'>打印</a> <a href='javascript:close()'>关闭</a></div>",
    )
    assert body(html).split("\n") == [
        "各区总工会、各直属单位：",
        *PARAGRAPHS,
        "示例市总工会办公室",
        "2021年3月4日",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "（责编：甲乙、丙丁）",
        "(责任编辑:甲乙)",
        "【责任编辑：甲乙】",
        "[ 责编：甲乙 ]",
        "编辑：甲乙 校对：丙丁 审核：戊己",
        "初审：甲乙 复审：丙丁 终审：戊己",
        "【打印】【关闭】",
        "【字体：大 中 小】 【打印本页】",
        "分享到：",
        "分享让更多人看到",
        "扫一扫在手机打开当前页",
        "微信扫一扫：分享",
        "关注公众号：示例先锋",
        "上一篇：让党课走进田间地头",
        "下一条：没有了",
        "相关阅读",
        "【纠错】",
        "版权声明：凡本网注明来源的稿件，版权均属本网所有，未经授权不得转载。",
        "免责声明：本文仅代表作者个人观点，与本网无关，请读者仅作参考。",
        "浏览次数：1234",
        "首页 上一页 1 2 3 下一页 尾页",
        "返回顶部",
        "京公网安备 11000000000000号",
    ],
)
def test_furniture_behind_the_text_inside_its_container_is_cut(line):
    assert body(page(last=f"<p>{line}</p>")) == WHOLE


def test_all_behind_a_heading_of_related_links_is_cut():
    links = "".join(f"<p><a href='/{n}.html'>又一篇讲支部故事的文章之{n}</a></p>" for n in range(8))
    assert body(page(last=f"<h4>延伸阅读：</h4>{links}")) == WHOLE


@pytest.mark.parametrize(
    "markup",
    [
        "<div class='bdsharebuttonbox'>分享 到 微信 微博</div>",
        "<div class=related-news><p>另一条新闻的摘要写在这里，也有逗号，也有句号。</p></div>",
        "<p>广告</p>",
        "<div style='display:none'>本段只给搜索引擎看，读者看不见，不能算进正文。</div>",
        "<p>点击查看原图</p>",
        "<script>document.write('不是正文，不是正文。')</script>",
    ],
)
def test_furniture_between_paragraphs_is_dropped(markup):
    middle = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[2:])
    html = page(paragraphs=PARAGRAPHS[:2], last=markup + middle)
    assert body(html) == WHOLE


@pytest.mark.parametrize(
    "top",
    [
        "<h1>把支部建在联合车间里</h1>",
        "<p><strong>把支部建在联合车间里</strong></p>",
        "<p>时间：2021-03-04 来源：先锋报 作者：甲乙 点击：23</p>",
        "<div>把支部建在联合车间里</div><div>发布时间：2021年03月04日 10:20</div><div>【字体：大 中 小】</div>",
        "<p>2021-03-04 10:20:30</p>",
        "<div class=share>分享 微信 微博</div>",
    ],
)
def test_headline_and_info_line_at_the_top_of_the_container_are_no_text(top):
    assert body(page(first=top, headline="", info="")) == WHOLE


def test_readers_comments_may_be_longer_than_the_text():
    comments = "".join(
        f"<div><p>写得真好，我们那里也是这样做的，大家都说好。{n}</p></div>" for n in range(60)
    )
    assert body(page(behind=f"<div id=comments><h3>网友评论</h3>{comments}</div>")) == WHOLE


def teasers(number: int, between: str = "") -> str:
    """Return rows of other articles: a linked headline, its summary, and what stands between the rows."""
    return "".join(
        f'<div class=t><a href="/2020/0102/{n}.html">第{n}个先进集体的故事</a></div><div class=s>这一年，第{n}个集体坚持'
        f"开门办事，把难题一件一件办结，受到群众的好评，也带动了周边的村镇。</div>{between}"
        for n in range(number)
    )


@pytest.mark.parametrize("between", ["", "<div>2020-01-02 08:30</div>"])
def test_summaries_below_a_text_may_outweigh_it(between):
    below = f"<div class=more><h3>图片新闻</h3>{teasers(12, between)}</div>"
    assert body(page(paragraphs=PARAGRAPHS[:2], behind=below)) == "\n".join(PARAGRAPHS[:2])


def test_notes_at_the_foot_of_a_page_may_outweigh_a_short_text_far_above_them():
    menu = "".join(f'<li><a href="/c{n}/">栏目{n}</a></li>' for n in range(30))
    notes = (
        f"<table><tr><td>{PARAGRAPHS[1]}{PARAGRAPHS[2]}</td></tr><tr><td>{PARAGRAPHS[3]}</td></tr></table>"
    )
    html = page(paragraphs=PARAGRAPHS[:1], behind=f"<ul>{menu}</ul>").replace("</body>", f"{notes}</body>")
    assert body(html) == PARAGRAPHS[0]


def test_an_editor_line_ends_a_short_text_though_more_follows_elsewhere():
    apps = (
        "打开客户端可以听这一篇文字的播报，每天早上七点，编辑为读者推送当天的要闻，并且附上记者的手记。",
        "本台的节目也可以在电视上回看，周一到周五晚上八点首播，第二天中午十二点重播，周末另有合集。",
        "栏目由编辑部十位同事轮流值守，读者来信可以寄到编辑部，也可以在客户端里留言，每周五集中回复。",
    )
    more = "".join(f"<div><p>{line}</p></div>" for line in apps)
    html = page(paragraphs=PARAGRAPHS[:1], last=f"<p>（责编：方敏）</p>{more}")
    assert body(html) == PARAGRAPHS[0]


def test_a_column_of_summaries_beside_the_text_is_no_text():
    side = "".join(
        f"<li><a href='/s{n}.html'>讲述第{n}个支部的故事</a><p>这一则讲的是第{n}个支部，开头平常，后面精彩。</p></li>"
        for n in range(6)
    )
    assert body(page(behind=f"<div class=sidebar><ul>{side}</ul></div>")) == WHOLE


def test_a_layout_that_points_to_nonsense_loses_to_the_generic_reading():
    html = page(behind="<div id=zoom><p>更多</p></div><div class=TRS_Editor></div>")
    assert body(html) == WHOLE


def test_of_nested_equal_ids_the_text_is_read_once():
    html = page(
        paragraphs=(),
        first=f"<div id=vsb_content><div id=vsb_content>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}</div></div>",
    )
    assert body(html) == WHOLE


def test_a_page_of_links_alone_has_no_text():
    links = "".join(f"<li><a href='/{n}.html'>第{n}条要闻的标题写在这里</a></li>" for n in range(30))
    assert body(f"<title>要闻</title><ul>{links}</ul>") == ""


def test_the_text_of_hidden_further_pages_in_the_same_page_is_kept():
    parts = "".join(
        f"<div class='page_{n}'{' style=display:none' if n > 1 else ''}><p>{PARAGRAPHS[n - 1]}</p></div>"
        for n in range(1, 5)
    )
    assert body(page(paragraphs=(), first=parts)) == WHOLE


def test_a_table_of_data_is_part_of_the_text():
    table = "<table><tr><th>支部</th><th>人数</th></tr><tr><td>一车间</td><td>十二</td></tr></table>"
    assert body(page(last=table)).split("\n")[-4:] == ["支部", "人数", "一车间", "十二"]


@pytest.mark.parametrize(
    "wrapper",
    [
        "<textarea style='display:none' id=c>{}</textarea>",
        "<noscript>{}</noscript>",
        "<template>{}</template>",
        "<script type='text/html' id=t>{}</script>",
    ],
)
def test_text_that_a_script_lays_open_is_read(wrapper):
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    assert body(page(paragraphs=(), first=wrapper.format(text))) == WHOLE


def test_escaped_markup_in_a_textarea_is_read():
    text = "".join(f"&lt;p&gt;{p}&lt;/p&gt;" for p in PARAGRAPHS)
    assert body(page(paragraphs=(), first=f"<textarea>{text}</textarea>")) == WHOLE


def test_rows_of_links_with_days_behind_the_text_are_cut():
    rows = "".join(
        f"<p><a href='/{n}.html'>又一篇讲支部故事的文章之{n}</a> 2021-03-0{n}</p>" for n in range(1, 6)
    )
    assert body(page(last=rows)) == WHOLE


def test_a_breadcrumb_at_the_top_of_the_container_is_no_text():
    assert body(page(first="<p>当前位置：首页 > 党建要闻 > 基层动态 > 正文</p>")) == WHOLE


def test_a_dateline_above_a_byline_is_text():
    html = page(
        paragraphs=(),
        first=f"<p>新华社北京5月9日电 题：联合车间里的党支部</p><p>新华社记者甲乙丙、丁戊</p>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}",
    )
    assert body(html) == "\n".join(["新华社北京5月9日电 题：联合车间里的党支部", *PARAGRAPHS])


def test_related_links_set_into_the_text_are_dropped_and_the_text_goes_on():
    links = "".join(f"<p><a href='/{n}.html'>又一篇讲支部故事的文章之{n}</a></p>" for n in range(4))
    rest = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[2:])
    assert body(page(paragraphs=PARAGRAPHS[:2], last=f"<p>推荐阅读</p>{links}{rest}")) in (
        WHOLE,
        WHOLE.replace(f"{PARAGRAPHS[1]}\n", f"{PARAGRAPHS[1]}\n推荐阅读\n"),
    )


def test_a_text_that_is_a_collection_of_links_keeps_them():
    links = "".join(f"<li><a href='/{n}.html'>文件汇编的第{n}份文件，关于支部工作</a></li>" for n in range(9))
    assert "文件汇编的第3份文件" in body(
        page(paragraphs=PARAGRAPHS[:2], last=f"<ul>{links}</ul><p>{PARAGRAPHS[2]}</p>")
    )


def test_summaries_under_linked_headlines_do_not_outweigh_a_short_text():
    side = "".join(
        f"<h3><a href='/v{n}.html'>第{n}部片子里的支部书记是谁</a></h3><p>近日，第{n}部片子开机，讲的是支部书记的故事，开头平常，后面精彩，大家都在等着看。</p>"
        for n in range(8)
    )
    html = page(
        paragraphs=("原定明日的党课改在周五上午，请各支部互相转告。",), behind=f"<div class=cont>{side}</div>"
    )
    assert body(html) == "原定明日的党课改在周五上午，请各支部互相转告。"


def test_a_pager_line_with_bars_and_arrows_is_no_text():
    assert body(page(first="<p>第1页/共1页 << 上一页 | 下一页 >></p>")) == WHOLE


@pytest.mark.parametrize(
    "heading",
    ["加强互联网内容建设", "一、办好支部小报", "记者：您好，请谈谈支部。", "编者按：本报今起开设专栏。"],
)
def test_a_heading_that_opens_the_text_is_no_byline(heading):
    assert body(page(first=f"<p>{heading}</p>")).split("\n")[0] == heading


@pytest.mark.parametrize("line", ["示例纪检网站 方敏", "□ 方敏", "本报记者 方敏 王乐", "文/方敏"])
def test_a_byline_that_opens_the_text_is_no_text(line):
    assert body(page(first=f"<p>{line}</p>")) == WHOLE


FOOT = (
    "<div id=bottom><p>主办：示例市委组织部 承办：示例市信息中心</p>"
    "<p>地址：示例市人民路1号，邮编：100000，电话：010-12345678，欢迎来信。</p><p>京ICP备12345678号</p></div>"
)


@pytest.mark.parametrize(
    "lines",
    [
        ["今天上午，支部开会。"],
        ["清晨的汽笛", "唤醒联合车间", "老师傅的手", "抚过滚烫的铁"],
        ["原定明日的党课改在周五上午。", "示例县委组织部", "2021年3月4日"],
    ],
)
def test_a_text_too_short_to_stand_out_is_read_from_under_the_headline(lines):
    html = page(paragraphs=(), first="<br>".join(lines), info="<p>来源：甲报 2021-03-04</p>", behind=FOOT)
    assert body(html.replace('class="content"', "class=w7")).split("\n") == lines


def test_numbers_in_a_table_at_the_edges_of_the_text_are_kept():
    rows = "".join(f"<tr><td>{n}</td><td>示例区第{n}小学支部</td><td>{n + 10}</td></tr>" for n in range(9))
    lines = body(
        page(paragraphs=(), first=f"<table><tr><td>序号</td><td>支部</td><td>人数</td></tr>{rows}</table>")
    ).split("\n")
    assert (lines[0], lines[3], lines[-1]) == ("序号", "0", "18")
