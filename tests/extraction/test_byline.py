# ruff: noqa: E501 - a line of markup is read as a line
"""Authors, source, editors and date of whole pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.byline import Credits
from crawler.extraction.sources import clean_source
from tests.extraction.pages import PARAGRAPHS, page, reading


def credits(html: str, url: str = "https://www.example.org/a/1.html") -> Credits:
    return reading(html, url).credits


# The info line

INFO_LINES = {
    "labels in a row": "<div class='info'>作者：高铭铎　　来源：示例先锋网　　发布于：2021-03-23 09:51:52　　文字：【大】【中】【小】</div>",
    "labels in another order": "<p>发布时间：2021-03-23 09:51:52 来源：示例先锋网 作者：高铭铎 点击：<span id='hits'></span>次</p>",
    "labels in spans": "<div><span>来源：<a href='/'>示例先锋网</a></span><span>作者：高铭铎</span><span>时间：2021-03-23 09:51:52</span></div>",
    "labels in table cells": "<table><tr><td>来源：示例先锋网</td><td>作者：高铭铎</td><td>日期：2021-03-23 09:51:52</td></tr></table>",
    "labels in lenticular brackets": "<p>【时间：2021年03月23日 09:51:52】 【来源：示例先锋网】 【作者：高铭铎】</p>",
    "labels with bars": "<p>2021-03-23 09:51:52 | 来源：示例先锋网 | 作者：高铭铎 | 浏览次数：12</p>",
    "labels with padded names": "<p>来　源：示例先锋网 &nbsp;作　者：高铭铎 &nbsp;时　间：2021-03-23 09:51:52</p>",
    "values in elements of their own": "<dl><dt>来源：</dt><dd>示例先锋网</dd><dt>作者：</dt><dd>高铭铎</dd><dt>发布时间：</dt><dd>2021-03-23 09:51:52</dd></dl>",
    "full width": "<p>作者：高铭铎　来源：示例先锋网　２０２１年３月２３日　０９：５１：５２</p>",
    "date split over elements": "<p><span>2021</span> / <em>03/23</em> / <i>09:51:52</i> 来源：示例先锋网 作者：高铭铎</p>",
    "no blanks between": "<p>2021-03-23 09:51:52来源：示例先锋网作者：高铭铎</p>",
    "above the headline's text in small print": "<small>来源：示例先锋网 &nbsp; 2021-03-23 09:51:52 &nbsp; 记者：高铭铎</small>",
    "traditional": "<p>2021-03-23 09:51:52　來源：示例先锋网　記者：高铭铎</p>",
}


@pytest.mark.parametrize("info", INFO_LINES.values(), ids=INFO_LINES)
def test_an_info_line_gives_author_source_and_date(info: str) -> None:
    found = credits(page(info=info))
    assert found.authors == ["高铭铎"]
    assert found.source == "示例先锋网"
    assert found.published == "2021-03-23T09:51:52+08:00"
    assert found.editors == []


@pytest.mark.parametrize("info", INFO_LINES.values(), ids=INFO_LINES)
def test_an_info_line_inside_the_container_is_no_text(info: str) -> None:
    found = reading(page(first=info))
    assert found.article.authors == ["高铭铎"]
    assert found.article.published == "2021-03-23T09:51:52+08:00"
    assert found.article.body.startswith(PARAGRAPHS[0][:10])


def test_empty_labels_are_absent_fields() -> None:
    found = credits(
        page(
            info="<p>作者：　来源：　发布于：　责任编辑：</p>",
            head="<meta name='ContentSource' content='示例站'>",
        )
    )
    assert (found.authors, found.source, found.published, found.editors) == ([], None, None, [])


@pytest.mark.parametrize("account", ["admin", "管理员", "105464", "佚名", "未知", "wangxm"])
def test_accounts_are_no_authors(account: str) -> None:
    assert credits(page(info=f"<p>作者：{account} 来源：示例网</p>")).authors == []
    assert credits(page(head=f"<meta name='author' content='{account}'>")).authors == []


@pytest.mark.parametrize(
    "label", ["发布人", "发布者", "供稿", "录入", "摄影", "审核", "校对", "编辑", "责任编辑"]
)
def test_other_roles_are_no_authors(label: str) -> None:
    for html in (
        page(info=f"<p>{label}：高铭铎 2021-03-23</p>"),
        page(last=f"<p>{label}：高铭铎</p>"),
        page(behind=f"<div>{label}：高铭铎</div>"),
    ):
        assert credits(html).authors == []


def test_unlabelled_names_beside_the_date_are_source_and_author() -> None:
    found = credits(page(info="<div>2020-10-04 15:05 示例晚报 记者 林宸宜／即时报道</div>"))
    assert (found.source, found.authors) == ("示例晚报", ["林宸宜"])


def test_an_unlabelled_outlet_between_address_and_date_is_the_source() -> None:
    found = credits(page(info="<div>http://www.example.org 2005年03月31日03:18 示例娱乐信报</div>"))
    assert (found.source, found.published) == ("示例娱乐信报", "2005-03-31T03:18:00+08:00")


def test_an_element_named_for_the_author_is_read() -> None:
    found = credits(
        page(
            info="<div class='author'>本报记者 王乐文 方　敏</div><div>2024年05月10日06:58 | 来源：示例日报</div>"
        )
    )
    assert found.authors == ["王乐文", "方敏"]


def test_elements_prepared_for_a_search_engine_are_read() -> None:
    info = "<span id='pubtime_baidu'>2015-06-01 08:00:00</span><span id='source_baidu'>来源：<a href='http://example.org/x/1.html'>示例报</a></span><span id='editor_baidu'>责任编辑：张三</span>"
    found = credits(page(info=f"<div>{info}</div>"))
    assert (found.source, found.published, found.editors) == ("示例报", "2015-06-01T08:00:00+08:00", ["张三"])
    assert found.source_url == "http://example.org/x/1.html"


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/",
        "http://example.org/search?q=示例报",
        "http://example.org/user/12",
        "#",
        "javascript:void(0)",
    ],
)
def test_a_source_that_leads_to_a_home_page_or_an_account_is_no_original(address: str) -> None:
    assert credits(page(info=f"<p>来源：<a href='{address}'>示例报</a></p>")).source_url is None


def test_a_link_behind_an_empty_label_is_no_name() -> None:
    found = credits(page(info="<p>作者： 返回列表</p>", behind="<p>责任编辑： <a href='/'>返回首页</a></p>"))
    assert (found.authors, found.editors) == ([], [])


def test_an_outlet_that_is_author_and_source_is_the_source() -> None:
    found = credits(page(info="<p>作者：示例日报 来源：示例日报</p>"))
    assert (found.authors, found.source) == ([], "示例日报")


def test_a_writing_unit_is_an_author() -> None:
    assert credits(page(info="<p>作者：某研究院理论学习中心组</p>")).authors == ["某研究院理论学习中心组"]


def test_a_table_of_labels_without_colons_is_read() -> None:
    rows = "<tr><td>发布机构</td><td>某市教育局</td></tr><tr><td>发布日期</td><td>2020-01-05</td></tr><tr><td>成文日期</td><td>2020-01-02</td></tr>"
    found = credits(page(info=f"<table>{rows}</table>"))
    assert (found.source, found.published) == ("某市教育局", "2020-01-05T00:00:00+08:00")


# The text

FIRST_LINES = {
    "mark": ("□ 高铭铎", ["高铭铎"]),
    "outlet and name": ("示例监察网站 高铭铎", ["高铭铎"]),
    "role": ("本报记者 高铭铎 李四", ["高铭铎", "李四"]),
    "slash": ("文/高铭铎", ["高铭铎"]),
    "from a place": ("示例监察报 高铭铎 自福建福州报道", ["高铭铎"]),
    "brackets": ("（本刊记者 高铭铎）", ["高铭铎"]),
}


@pytest.mark.parametrize(("line", "authors"), FIRST_LINES.values(), ids=FIRST_LINES)
def test_the_first_line_may_be_the_byline(line: str, authors: list[str]) -> None:
    found = reading(page(first=f"<p>　　{line}</p>"))
    assert found.article.authors == authors
    assert line not in found.article.body


@pytest.mark.parametrize(("line", "authors"), FIRST_LINES.values(), ids=FIRST_LINES)
def test_the_byline_may_stand_between_headline_and_text(line: str, authors: list[str]) -> None:
    assert credits(page(info=f"<div>2021-03-23</div><div>{line}</div>")).authors == authors


@pytest.mark.parametrize("line", ["党旗红", "金台锐评", "时政", "全媒通"])
def test_a_word_between_headline_and_text_is_no_byline(line: str) -> None:
    assert credits(page(info=f"<div>2021-03-23</div><div>{line}</div>")).authors == []
    assert credits(page(first=f"<p>{line}</p>")).authors == []


def test_a_dateline_gives_reporters_and_stays_in_the_text() -> None:
    first = "新华社北京1月6日电（记者 张三、李四）" + PARAGRAPHS[0]
    found = reading(page(paragraphs=(first, *PARAGRAPHS[1:])))
    assert found.article.authors == ["张三", "李四"]
    assert found.article.dateline == "新华社北京1月6日电"
    assert found.article.body.startswith("新华社北京1月6日电")


def test_a_label_beats_the_dateline() -> None:
    first = "新华社北京1月6日电（记者 张三）" + PARAGRAPHS[0]
    html = page(info="<p>作者：李四 来源：示例网</p>", paragraphs=(first, *PARAGRAPHS[1:]))
    assert credits(html).authors == ["李四"]


@pytest.mark.parametrize(
    ("end", "authors"),
    [
        ("（记者张三、李四）", ["张三", "李四"]),
        ("（张三）", ["张三"]),
        ("(作者：张小三某大学教授)", ["张小三"]),
        ("（示例县发改局）", []),
        ("（完）", []),
    ],
)
def test_brackets_at_the_end_of_the_last_paragraph(end: str, authors: list[str]) -> None:
    html = page(paragraphs=(*PARAGRAPHS[:-1], PARAGRAPHS[-1] + end))
    assert credits(html).authors == authors


def test_an_affiliation_names_nobody_and_stays_in_the_text() -> None:
    found = reading(page(info="<p>作者：高铭铎</p>", last="<p>（作者系某研究中心主任）</p>"))
    assert found.article.authors == ["高铭铎"]
    assert found.article.body.endswith("（作者系某研究中心主任）")


def test_the_photographer_of_a_caption_is_no_author() -> None:
    assert (
        credits(page(first="<p>图为车间一角。示例社记者 张三 摄</p>", last="<p>（张三 摄）</p>")).authors
        == []
    )


def test_a_list_of_works_and_their_authors_is_text() -> None:
    works = "<ul><li>《他把门牌倒着钉》 作者：闻小麦</li><li>《渡口的灯》 作者：周禾</li></ul><p>《半部电话》 作者：陆远</p>"
    found = reading(page(first=works))
    assert found.article.authors == []
    assert "闻小麦" in found.article.body
    assert "陆远" in found.article.body


def test_questions_of_an_interview_are_no_byline() -> None:
    turns = tuple(
        f"<p>记者：第{n}个问题，您怎么看这件事情呢？</p><p>李主任：我看要从长计议，慢慢来。</p>"
        for n in "一二三"
    )
    assert credits(page(first="".join(turns))).authors == []


# Editors

EDITOR_LINES = {
    "people": "(责编：张三、李四)",
    "brackets": "【责任编辑:张三 李四】",
    "square": "[ 责任编辑: 张三、李四 ]",
    "plain": "编辑：张三 李四",
    "blank": "责任编辑 张三 李四",
    "bar": "责编 | 张三 李四",
    "reviewers beside": "责编：张三、李四 审核：王五 监制：赵六",
}


@pytest.mark.parametrize("line", EDITOR_LINES.values(), ids=EDITOR_LINES)
@pytest.mark.parametrize("place", ["info", "last", "behind"])
def test_editors_stand_apart_from_authors(line: str, place: str) -> None:
    found = reading(page(**{place: f"<div class='bj'>{line}</div>"}))
    assert found.article.editors == ["张三", "李四"]
    assert found.article.authors == []
    assert line not in found.article.body


@pytest.mark.parametrize(
    ("printed", "editor"),
    [("NF041", "NF041"), ("张三_NN7379", "张三"), ("Giki", "Giki"), ("几乎不流浪", "几乎不流浪")],
)
def test_the_sign_by_which_an_editor_goes_counts(printed: str, editor: str) -> None:
    assert credits(page(behind=f"<div>责任编辑：{printed}</div>")).editors == [editor]


def test_a_word_for_nobody_is_no_editor() -> None:
    for printed in ("admin", "管理员", "佚名", ""):
        assert credits(page(behind=f"<div>责任编辑：{printed}</div>")).editors == []


def test_an_editor_glued_to_the_last_paragraph_is_read() -> None:
    html = page(paragraphs=(*PARAGRAPHS[:-1], PARAGRAPHS[-1] + "（责任编辑：张三）"))
    found = credits(html)
    assert (found.editors, found.authors) == (["张三"], [])


def test_an_editor_below_the_lists_is_read() -> None:
    behind = "<h3>相关新闻</h3><ul><li>让党课走进田间地头</li></ul><div>责任编辑：张三</div>"
    assert credits(page(behind=behind)).editors == ["张三"]


def test_the_editor_who_is_author_in_a_hidden_line_is_no_author() -> None:
    hidden = "<div style='display:none'>来源：示例网 作者：张三 责任编辑：张三</div>"
    assert credits(page(info=hidden)).authors == []


def test_an_account_in_the_metas_is_the_author_where_the_page_shows_it() -> None:
    head = "<meta name='author' content='魑皇'>"
    assert credits(
        page(head=head, info="<div>2022-02-14</div><div><a href='/u/1'>魑皇</a></div>")
    ).authors == ["魑皇"]
    assert credits(page(head=head, info="<div>2022-02-14</div>")).authors == []


def test_the_editor_in_a_meta_author_is_no_author() -> None:
    html = page(head="<meta name='author' content='张三'>", behind="<div>编辑：张三</div>")
    found = credits(html)
    assert (found.authors, found.editors) == ([], ["张三"])


# Source


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ("示例网参与互动", "示例网"),
        ("中国评论新闻网", "中国评论新闻网"),
        ("示例日报 举报", "示例日报"),
        ("示例网| 0 条评论", "示例网"),
        ("光明网-《光明日报》", "光明网-《光明日报》"),
        ("《人民日报》（2024年5月10日 04版）", "人民日报"),
        ("《求是》2022/01", "求是"),
        ("示例科技 　 别家网收集　2009-11-01", "示例科技"),
        ("示例社 打印", "示例社"),
        ("某学院、另一学院", "某学院、另一学院"),
        ("未知", None),
        ("http://www.example.org/", None),
        ("2021-03-23", None),
        ("", None),
        ("12345", None),
    ],
)
def test_the_value_of_a_source_label_is_cleaned(value: str, source: str | None) -> None:
    assert clean_source(value) == source


@given(st.text(max_size=300))
def test_a_cleaned_source_is_short_and_trimmed(text: str) -> None:
    source = clean_source(text)
    assert source is None or (2 <= len(source) <= 60 and source == source.strip())


def test_a_source_named_in_the_last_brackets_counts_where_no_label_does() -> None:
    assert credits(page(last="<p>（原载《示例月刊》2022年第1期）</p>")).source == "示例月刊"
    assert credits(page(info="<p>来源：示例网</p>", last="<p>（原载《示例月刊》）</p>")).source == "示例网"


def test_the_meta_settles_which_of_two_names_behind_the_label_is_the_source() -> None:
    head = "<meta name='source' content='示例日报海外版'>"
    assert credits(page(info="<p>来源：示例日报海外版 示例青年网</p>", head=head)).source == "示例日报海外版"


@pytest.mark.parametrize(
    "info", ["同人连载 2022-02-14 03:01--阅读 · --喜欢 · --评论", "李小光 2015-07-03 11:31:09 0人参与评论"]
)
def test_counters_beside_the_date_are_no_source(info: str) -> None:
    assert credits(page(info=f"<div>{info}</div>")).source is None


def test_the_site_is_not_the_source_because_its_name_stands_on_the_page() -> None:
    html = page(
        info="<p>2021-03-23</p>",
        head="<meta name='SiteName' content='示例先锋网'><meta property='og:site_name' content='示例先锋网'>",
    )
    assert credits(html).source is None


def test_a_copyright_notice_that_speaks_of_sources_is_none() -> None:
    notice = "<p>凡本网注明“来源：某某网”的作品，版权均属于本网，未经授权不得转载。</p>"
    assert credits(page(behind=notice)).source is None


# Date


def test_the_visible_date_beats_the_metas() -> None:
    html = page(
        info="<p>发布时间：2022-08-19 06:00</p>", head="<meta name='PubDate' content='2022-08-19 06:08'>"
    )
    found = credits(html)
    assert (found.published, found.published_precision) == ("2022-08-19T06:00:00+08:00", "minute")
    assert found.published_raw == "2022-08-19 06:00"


def test_a_meta_makes_a_day_more_precise() -> None:
    html = page(info="<p>2022年8月19日</p>", head="<meta name='PubDate' content='2022-08-19 06:08'>")
    assert credits(html).published == "2022-08-19T06:08:00+08:00"


def test_a_meta_of_another_day_does_not() -> None:
    html = page(info="<p>2022年8月19日</p>", head="<meta name='PubDate' content='2022-08-21 06:08'>")
    found = credits(html)
    assert (found.published, found.published_precision) == ("2022-08-19T00:00:00+08:00", "day")


def test_event_dates_copyright_years_and_render_times_are_none() -> None:
    first = "2021年5月1日，" + PARAGRAPHS[0]
    html = page(
        paragraphs=(first, *PARAGRAPHS[1:]),
        head="<meta name='others' content='页面生成时间 2024-01-01 10:00:00'><meta name='Maketime' content='2024-01-01 10:00:00'>",
        behind="<div>当前时间：2024年1月1日 星期一</div>",
    )
    assert credits(html).published is None


@pytest.mark.parametrize("label", ["生效日期", "成文日期", "活动时间", "打印时间"])
def test_dates_under_other_labels_are_not_the_publications(label: str) -> None:
    assert credits(page(info=f"<p>{label}：2022-08-19</p>")).published is None
    both = page(info=f"<p>{label}：2022-08-19</p><p>发布日期：2022-09-01</p>")
    assert credits(both).published == "2022-09-01T00:00:00+08:00"


def test_an_update_counts_only_where_nothing_else_does() -> None:
    both = page(info="<p>更新时间：2022-09-01 10:00 发布时间：2022-08-19 10:00</p>")
    assert credits(both).published == "2022-08-19T10:00:00+08:00"
    assert credits(page(info="<p>更新时间：2022-09-01 10:00</p>")).published == "2022-09-01T10:00:00+08:00"


def test_a_labelled_date_behind_the_text_is_read() -> None:
    assert (
        credits(page(behind="<div>发布日期：2019-03-06 责任编辑：张三</div>")).published
        == "2019-03-06T00:00:00+08:00"
    )


def test_a_date_in_a_script_counts_where_nothing_else_does() -> None:
    script = "<script>var ct = '1616464312';</script>"
    assert credits(page(head=script)).published == "2021-03-23T09:51:52+08:00"
    written = "<div>发布时间：<script>var pubdata='2021年03月23日'; document.write(pubdata);</script></div>"
    assert credits(page(info=written)).published == "2021-03-23T00:00:00+08:00"
    assert credits(page(head=script, info="<p>2021-03-22</p>")).published == "2021-03-22T00:00:00+08:00"


def test_of_two_equal_dates_the_one_in_the_address_wins() -> None:
    info = "<p>2019-01-02 示例报</p><p>2019-05-06 示例网</p>"
    assert (
        credits(page(info=info), "https://www.example.org/2019/0506/c1.html").published
        == "2019-05-06T00:00:00+08:00"
    )


def test_the_date_of_today_and_dates_of_lists_are_none() -> None:
    today = "<div>今天是2024年3月5日 星期二</div>" + "<h1>把支部建在联合车间里</h1>"
    rows = "<div><div><a href='/7.html'>让党课走进田间地头</a></div><div>2019-01-02</div></div>" * 3
    assert credits(page(headline=today, behind=rows)).published is None


def test_without_a_date_there_is_none() -> None:
    found = credits(page(), "https://www.example.org/2019/0506/c1.html")
    assert (found.published, found.published_raw, found.published_precision) == (None, None, None)


# Everything


def test_each_field_names_the_rule_that_read_it() -> None:
    found = credits(page(info=INFO_LINES["labels in a row"], behind="<div>责编：张三</div>"))
    for name in ("authors", "source", "editors", "published"):
        assert found.evidence[name]
        assert found.candidates[name]


PIECES = st.sampled_from(
    [
        "作者：张三",
        "责编：李四",
        "来源：示例报",
        "2021-03-23 09:51",
        "记者 王五",
        "（赵六）",
        "□ 张三",
        "编辑：张三",
        "<p>",
        "</div>",
        "<br>",
        "　",
        "摄影：李四",
        "admin",
        "【",
        "）",
    ]
)


@given(st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=8))
def test_no_page_makes_it_raise_and_no_labelled_editor_is_an_author(
    info: list[str], first: list[str], behind: list[str]
) -> None:
    found = credits(page(info=" ".join(info), first=" ".join(first), behind=" ".join(behind)))
    named = " ".join([*info, *first, *behind])
    if "李四" in named:
        assert "李四" not in found.authors


@pytest.mark.parametrize(
    "hostile",
    [
        "来源：" * 50_000,
        "（记者 " * 50_000,
        "作者|" * 50_000,
        "张三、" * 50_000,
        "2021-" * 50_000,
        "责编：" + "　" * 90_000 + "张三",
    ],
)
@pytest.mark.parametrize("place", ["info", "first", "last", "behind"])
def test_hostile_lines_are_read_without_harm(hostile: str, place: str) -> None:
    found = credits(page(**{place: f"<p>{hostile}</p>"}))
    assert sum(map(len, [*found.authors, *found.editors, found.source or ""])) < 1_000


def test_a_source_in_brackets_that_opens_the_first_paragraph_is_read_and_the_paragraph_kept() -> None:
    first = "<p>　　【来源：示例新闻网】清晨六点半，支部的灯已经亮了。</p>"
    read = reading(page(first=first))
    assert read.article.source == "示例新闻网"
    assert "清晨六点半，支部的灯已经亮了。" in (read.article.body or "")


@pytest.mark.parametrize(
    "info",
    [
        "<div><time datetime='2021-03-23T09:51:52+08:00'>3天前</time></div>",
        '<script>window.__STATE__={"article":{"publishedAt":"2021-03-23T09:51:52+08:00"}}</script>',
    ],
)
def test_a_date_that_only_markup_holds_is_read(info: str) -> None:
    assert credits(page(info=info)).published == "2021-03-23T09:51:52+08:00"


def test_many_time_elements_belong_to_a_list() -> None:
    times = "".join(
        f"<p><a href='/{n}'>一篇</a> <time datetime='2021-03-0{n}'>近日</time></p>" for n in range(1, 6)
    )
    assert credits(page(behind=times)).published is None


def test_an_issue_alone_is_no_source() -> None:
    assert clean_source("2016年第3号") is None
    assert clean_source("《示例》2016年第3期") == "示例"


@pytest.mark.parametrize(
    ("value", "source", "authors"),
    [
        ("示例县委组织部 王小文", "示例县委组织部", ["王小文"]),
        ("示例日报社 王小文/文", "示例日报社", ["王小文"]),
        ("示例组织部（王小文）", "示例组织部", ["王小文"]),
        ("本报记者 王小文", None, ["王小文"]),
        ("示例县委组织部 示例县委宣传部", "示例县委组织部 示例县委宣传部", []),
        ("示例县委组织部 供稿", "示例县委组织部", []),
        ("示例社，示例日报", "示例社，示例日报", []),
        ("微信公众号：示例先锋", "微信公众号：示例先锋", []),
    ],
)
def test_a_source_may_name_those_who_wrote(value: str, source: str | None, authors: list[str]) -> None:
    found = credits(page(info=f"<div>来源：{value}　发布时间：2021-03-23</div>"))
    assert (found.source, found.authors) == (source, authors)


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ("示例日报A2版", "示例日报"),
        ("示例先锋（微信号 slxf）", "示例先锋"),
        ("示例观察（ID：slgc）", "示例观察"),
        ("示例网 12次浏览", "示例网"),
        ("示例日报 3月4日", "示例日报"),
        ("据示例社电", "示例社"),
        ("示例日报讯", "示例日报"),
        ("示例社，他们说得好", "示例社"),
        ("示例通讯", "示例通讯"),
    ],
)
def test_what_follows_a_source_is_cut_off(value: str, source: str) -> None:
    assert clean_source(value) == source


def test_a_papers_name_that_opens_the_text_under_the_headline_is_its_source() -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = f"<html><body><div><h1>把支部建在联合车间里</h1><p>示例日报</p>{text}</div></body></html>"
    article = reading(html).article
    assert (article.source, (article.body or "").split("\n")[0]) == ("示例日报", PARAGRAPHS[0])


NAMES = [
    ["张立军", "王晓燕", "李志强", "赵文博"],
    ["孙丽娜", "周国庆", "吴建华", "郑小红"],
    ["冯春梅", "陈大勇", "蒋雨薇", "沈思源"],
]


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"<p>{'　'.join(names)}</p>" for names in NAMES),
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{name}</td>" for name in names) + "</tr>" for names in NAMES)
        + "</table>",
        "<table><tr><td>序号</td><td>姓名</td></tr>"
        + "".join(f"<tr><td>{n}</td><td>{names[0]}</td></tr>" for n, names in enumerate(NAMES, 1))
        + "</table>",
    ],
    ids=["lines", "table", "numbered table"],
)
def test_names_that_a_list_consists_of_are_no_authors(text):
    html = f"<title>优秀党员名单</title><h1>优秀党员名单</h1><div>发布时间：2023-03-05</div><div>{text}</div>"
    article = reading(html, "https://www.example.org/2023/0305/c1.html")
    assert article.credits.authors == []
    body = article.article.body
    assert body.count("张立军") == 1 and body.count("冯春梅") == 1
