"""The headline, its kicker and its subtitle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction import titles
from crawler.extraction.headline import Headline
from crawler.extraction.titles import strip_site
from tests.extraction.pages import TITLE, page, reading

INFO = "<div class='info'>2021-03-23 09:51　来源：示例网</div>"


def headline(html: str) -> Headline:
    return reading(html).headline


MARKUP = {
    "h1": f"<h1>{TITLE}</h1>",
    "h2": f"<h2>{TITLE}</h2>",
    "h4": f"<h4>{TITLE}</h4>",
    "div": f"<div class='detail-top'>{TITLE}</div>",
    "p": f"<p align='center'><b>{TITLE}</b></p>",
    "table cell": f"<table><tr><td align='center'><font size='5'>{TITLE}</font></td></tr></table>",
    "definition": f"<dl><dd>{TITLE}</dd></dl>",
    "span": f"<span class='STYLE8'>{TITLE}</span>",
    "heading with a paragraph inside": f"<h2 class='tit'><p>{TITLE}</p></h2>",
    "label in front": f"<div>标题：{TITLE}</div>",
    "after a heading of the site": f"<h1>示例先锋网</h1><h2>{TITLE}</h2>",
    "after a heading of the column": f"<h1>要闻</h1><div>{TITLE}</div>",
}


@pytest.mark.parametrize("markup", MARKUP.values(), ids=MARKUP)
@pytest.mark.parametrize("page_title", [TITLE + "_示例先锋网", "示例先锋网", "要闻——示例先锋网", " "])
def test_the_headline_is_found_in_any_element_and_under_any_page_title(markup: str, page_title: str) -> None:
    assert headline(page(headline=markup, info=INFO, page_title=page_title)).title == TITLE


@pytest.mark.parametrize("markup", [f"<p align='center'><strong>{TITLE}</strong></p>", f"<div>{TITLE}</div>"])
def test_a_headline_inside_the_container_is_found_and_taken_out_of_the_text(markup: str) -> None:
    found = reading(page(headline="", first=markup + INFO, page_title="示例先锋网"))
    assert found.article.title == TITLE
    assert TITLE not in found.article.body


def test_a_headline_repeated_at_the_top_of_the_text_is_taken_out() -> None:
    found = reading(page(info=INFO, first=f"<p><strong>{TITLE}</strong></p>"))
    assert TITLE not in found.article.body


def test_kicker_and_title_in_one_heading() -> None:
    kicker = "贯彻落实会议精神系列报道之一"
    found = headline(
        page(
            headline=f"<h2><p>{kicker}</p><p>{TITLE}</p></h2>",
            info=INFO,
            page_title=kicker + TITLE + "_示例网",
        )
    )
    assert (found.kicker, found.title) == (kicker, TITLE)


@pytest.mark.parametrize("name", ["pre", "jtitle", "yinti"])
def test_a_kicker_in_an_element_named_for_it(name: str) -> None:
    found = headline(
        page(headline=f"<h3 class='{name}'>某地着力夯实基层基础</h3><h1>{TITLE}</h1>", info=INFO)
    )
    assert (found.kicker, found.title) == ("某地着力夯实基层基础", TITLE)


SUBTITLES = {
    "dashes on a line of its own": f"<h1>{TITLE}</h1><h2>——某企业基层党建见闻</h2>",
    "line break": f"<h1>{TITLE}<br>——某企业基层党建见闻</h1>",
    "two paragraphs": f"<h2><p>{TITLE}</p><p>——某企业基层党建见闻</p></h2>",
    "named element": f"<h1>{TITLE}</h1><div class='sub'>——某企业基层党建见闻</div>",
}


@pytest.mark.parametrize("markup", SUBTITLES.values(), ids=SUBTITLES)
def test_a_subtitle_stands_apart_from_the_title(markup: str) -> None:
    found = headline(page(headline=markup, info=INFO))
    assert (found.title, found.subtitle) == (TITLE, "——某企业基层党建见闻")


def test_a_subtitle_on_the_line_of_the_title_stays() -> None:
    whole = TITLE + "——某企业基层党建见闻"
    assert headline(page(title=whole, info=INFO)).title == whole


def test_a_series_tag_belongs_to_the_headline() -> None:
    for whole in ("深度关注丨" + TITLE, "【学习时刻】" + TITLE, TITLE + "（权威发布）", TITLE + "(图)"):
        assert headline(page(title=whole, info=INFO)).title == whole


@pytest.mark.parametrize(
    "title",
    [
        "某地开通12345热线服务党员群众",
        "评论：打铁还需自身硬",
        "2019年6月15日起施行的若干规定",
        "时间：最公正的裁判",
    ],
)
def test_a_headline_may_look_like_furniture_where_the_page_title_knows_it(title: str) -> None:
    assert headline(page(title=title, info=INFO)).title == title


def test_a_greeting_that_holds_the_name_of_the_site_is_no_headline() -> None:
    greeting = "<p>某某市某某区示例小学欢迎您！</p>"
    html = page(
        headline=greeting + f"<div class='tit'>{TITLE}</div>", info=INFO, page_title="某某市某某区示例小学"
    )
    assert headline(html).title == TITLE


def test_a_headline_of_a_word_that_menus_use_too() -> None:
    title = "某部召开注册会计师行业党校成立大会"
    html = page(
        headline=f"<div class='lang'>EN / 中</div><h1>{title}</h1>",
        info="<p>2021-04-06 05:34</p>",
        page_title="示例考试网-要闻",
    )
    assert headline(html).title == title


def test_the_column_of_the_breadcrumb_is_no_headline() -> None:
    column = "<div class='title'>支部风采录</div>"
    path = "<div>您的位置：<a href='/'>首页</a> &gt; <a href='/z/'>支部风采录</a></div>"
    assert (
        headline(
            page(headline=path + column + f"<div>{TITLE}</div>", info=INFO, page_title="示例先锋网")
        ).title
        == TITLE
    )


def test_a_headline_of_three_characters_that_heads_the_page_title() -> None:
    assert (
        headline(
            page(
                headline="<div class='big'>左小喜</div>",
                info="<p>| 15-09-18 |</p>",
                page_title="左小喜----示例天文台观测站",
            )
        ).title
        == "左小喜"
    )


@pytest.mark.parametrize("section", ["一、总体要求", "（一）加强领导", "第一章 总则"])
def test_the_heading_of_a_section_is_no_headline(section: str) -> None:
    html = page(headline=f"<div>{TITLE}</div>", page_title="示例先锋网", first=f"<h1>{section}</h1>")
    assert headline(html).title == TITLE
    assert reading(html).article.body.startswith(section)


@pytest.mark.parametrize("behind", ["( 2021-03-05)", "（2021年3月5日）", "[2021-03-05 08:30]"])
def test_a_date_in_brackets_behind_the_headline_is_cut(behind: str) -> None:
    assert headline(page(headline=f"<h2>{TITLE} <small>{behind}</small></h2>")).title == TITLE


def test_a_tag_before_the_headline_that_the_page_title_lacks_is_cut() -> None:
    assert headline(page(headline=f"<h1><span>视频</span>{TITLE}</h1>")).title == TITLE
    assert (
        headline(page(headline=f"<h1>视频{TITLE}</h1>", page_title=f"视频{TITLE}_示例网")).title
        == f"视频{TITLE}"
    )


def test_a_heading_may_be_called_as_columns_are() -> None:
    assert headline(page(headline="<h1>公告</h1>", page_title="公告_示例先锋网")).title == "公告"


def test_all_lines_of_a_heading_are_taken_out_of_the_text() -> None:
    lines = "<h1>关于举办二〇二一年<br>“示例好课”<br>活动的通知</h1>"
    html = page(headline="", first=lines, page_title="关于举办二〇二一年“示例好课”活动的通知-示例先锋网")
    read = reading(html)
    assert read.headline.title.replace(" ", "") == "关于举办二〇二一年“示例好课”活动的通知"
    assert not read.article.body.startswith(("关于", "“示例", "活动"))


def test_a_headline_over_two_lines_is_joined() -> None:
    found = headline(
        page(
            headline="<h1>把支部建在<br>联合车间里</h1>", info=INFO, page_title="把支部建在联合车间里_示例网"
        )
    )
    assert (found.title or "").replace(" ", "") == TITLE


def test_a_byline_in_the_box_of_the_headline_is_no_part_of_it() -> None:
    html = page(
        headline=f"<div class='tit'><p>{TITLE}</p><p>本刊记者　侯逸宁　黄月</p></div>",
        page_title=f"{TITLE} 本刊记者 侯逸宁 黄月--示例杂志",
    )
    found = reading(html)
    assert found.article.title == TITLE
    assert found.article.authors == ["侯逸宁", "黄月"]


def test_a_byline_in_the_place_of_a_subtitle_is_none() -> None:
    found = headline(page(headline=f"<h1>{TITLE}</h1><h4 class='sub'>本报记者 王小文 李敏</h4>", info=INFO))
    assert (found.title, found.subtitle) == (TITLE, None)


def test_the_link_of_the_column_inside_the_heading_is_cut() -> None:
    column = f"<h1>{TITLE}<a href='/news/index.html'>基层党建</a></h1>"
    assert headline(page(headline=column, info=INFO, page_title="示例先锋网")).title == TITLE


def test_a_counter_inside_the_heading_is_cut() -> None:
    assert (
        headline(page(headline=f"<h1>{TITLE}<span class='review'>241</span></h1>", info=INFO)).title == TITLE
    )


def test_the_anchor_of_another_article_is_no_headline() -> None:
    ticker = "<div class='ticker'><h1><a href='/9.html'>某地召开视频会议部署防汛工作</a></h1></div>"
    assert headline(page(headline=ticker + f"<h2>{TITLE}</h2>", info=INFO)).title == TITLE


def test_without_a_visible_headline_the_page_title_serves() -> None:
    found = headline(page(headline="", page_title=TITLE + "_示例先锋网"))
    assert (found.title, found.rule) == (TITLE, "title-element")


def test_tags_and_entities_of_a_meta_title_are_cleared_away() -> None:
    head = f"<meta name='ArticleTitle' content='&lt;p&gt;{TITLE}&lt;/p&gt;'>"
    assert headline(page(headline="", head=head, page_title="示例先锋网")).title == TITLE


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"{TITLE}_示例先锋网", TITLE),
        (f"{TITLE}--党建--示例网", TITLE),
        (f"{TITLE}---示例文明网", TITLE),
        (f"{TITLE}————头条——某某委员会网站", TITLE),
        (f"{TITLE}-示例网", TITLE),
        (f"{TITLE} - 某省人民政府门户网站", TITLE),
        (f"{TITLE}-示例大学", TITLE),
        (f"{TITLE} | 示例日报", TITLE),
        (f"{TITLE}——某企业见闻", f"{TITLE}——某企业见闻"),
        ("中国-东盟合作开新篇", "中国-东盟合作开新篇"),
        ("2020-2025年规划纲要", "2020-2025年规划纲要"),
        ("示例网", "示例网"),
        ("", ""),
    ],
)
def test_site_and_column_are_taken_off_at_the_right(text: str, title: str) -> None:
    assert strip_site(text) == title


def test_a_known_site_name_is_taken_off_whatever_it_is_called() -> None:
    assert strip_site(f"{TITLE}-先锋风采录", "先锋风采录") == TITLE


def test_evidence_says_what_the_headline_was_read_by() -> None:
    found = headline(page(info=INFO))
    assert found.rule.startswith("heading")
    assert found.candidates[0][1] == TITLE


PIECES = st.sampled_from(
    [
        f"<h1>{TITLE}</h1>",
        "<h2>要闻</h2>",
        "<p>——副题在此</p>",
        INFO,
        "<h1></h1>",
        "<br>",
        "</div>",
        "<p>引题强调</p>",
        "<h3 class='pre'>引题</h3>",
        "\ufffd",
        "【】",
    ]
)


@given(st.lists(PIECES, max_size=6), st.text(max_size=60))
def test_no_page_makes_it_raise(pieces: list[str], page_title: str) -> None:
    found = headline(page(headline=" ".join(pieces), page_title=page_title.replace("<", "") or " "))
    assert found.title is None or 0 < len(found.title) <= 600


@given(st.text(st.sampled_from("党建网：（　１“”—-－|｜·•a B\u200b\ufeff")))
def test_the_quick_fold_of_titles_equals_the_table(text):
    assert titles.fold(text) == text.translate(titles._FOLDED)


def test_a_papers_name_under_the_headline_is_no_subtitle() -> None:
    html = page(info="<div class='subtitle'>示例日报</div><div>2021-03-23 09:51</div>")
    assert headline(html).subtitle is None
