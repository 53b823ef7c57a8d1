# ruff: noqa: E501 - a line of markup is read as a line
"""The head of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.document import parse
from crawler.extraction.metas import Metas, clean, read_date, read_metas


def metas(head: str) -> Metas:
    return read_metas(parse(f"<html><head><title>x</title>{head}</head><body><p>text</p></body></html>"))


def test_the_government_meta_set_is_read_in_any_case() -> None:
    found = metas(
        "<meta name='SiteName' content='某市人民政府'><meta name='ARTICLETITLE' content='标题'>"
        "<meta name='pubdate' content='2021-03-23  09:51 '><meta name='ContentSource' content='市政府办'>"
        "<meta name='ColumnName' content='要闻'><meta name='Author' content='张三'>"
        "<meta name='Keywords' content='党建;基层 支部'><meta name='Description' content='摘要'>"
    )
    assert (found.site_name, found.title, found.source, found.column) == (
        "某市人民政府",
        "标题",
        "市政府办",
        "要闻",
    )
    assert found.authors == ("张三",)
    assert found.keywords == ("党建", "基层", "支部")
    assert found.summary == "摘要"
    assert [(name, date.iso) for name, date in found.published] == [
        ("meta:pubdate", "2021-03-23T09:51:00+08:00")
    ]
    assert found.evidence["title"] == "meta:articletitle"


def test_staff_numbers_and_account_names_are_nobody() -> None:
    for content in ("105464", "xinhua", "admin", "示例网", "管理员"):
        assert metas(f"<meta name='author' content='{content}'>").authors == ()


def test_the_prefix_of_a_source_is_taken_off() -> None:
    assert metas("<meta name='source' content='来源：示例日报'>").source == "示例日报"
    assert metas("<meta name='source' content='来源：'>").source is None
    assert metas("<meta name='source' content='未知'>").source is None


def test_the_time_of_the_first_publication_is_read() -> None:
    found = metas(
        "<meta name='lastmodifiedtime' content='2021-05-01-10:00:00'><meta name='firstpublishedtime' content='2021-03-23-09:51:52'>"
    )
    assert [date.iso for _, date in found.published] == ["2021-03-23T09:51:52+08:00"]


def test_the_time_of_rendering_is_no_date() -> None:
    assert (
        metas(
            "<meta name='others' content='页面生成时间 2021-03-23 09:51:52'><meta name='Maketime' content='2021-03-23 09:51'>"
        ).published
        == ()
    )


def test_tags_and_doubled_entities_inside_an_attribute_are_resolved() -> None:
    found = metas(
        "<meta name='ArticleTitle' content='&lt;p&gt;引题&lt;/p&gt;&lt;p&gt;整治&amp;quot;四风&amp;quot;&lt;/p&gt;'>"
    )
    assert found.title == '引题 整治"四风"'
    assert found.title_parts == ("引题", '整治"四风"')


def test_empty_metas_are_passed_over() -> None:
    found = metas(
        "<meta name='ArticleTitle' content=' '><meta property='og:title' content='标题'><meta name='PubDate' content=''>"
    )
    assert (found.title, found.published) == ("标题", ())


def test_json_ld_gives_date_headline_and_author() -> None:
    found = metas(
        """<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "标题",
        "datePublished": "2024-05-09T14:30:07Z", "author": [{"@type": "Person", "name": "张三"}, {"name": "示例社"}]}]}</script>"""
    )
    assert found.title == "标题"
    assert found.authors == ("张三",)
    assert [(n, d.iso) for n, d in found.published] == [
        ("json-ld:datePublished", "2024-05-09T22:30:07+08:00")
    ]


@pytest.mark.parametrize(
    "text",
    ["{", "[1, null, {}]", '{"author": {"name": {"name": 3}}}', "[" * 5000, '{"datePublished": 5}', ""],
)
def test_broken_json_ld_is_passed_over(text: str) -> None:
    assert metas(f'<script type="application/ld+json">{text}</script>').authors == ()


def test_a_date_may_be_a_unix_time() -> None:
    found = read_date("1616464312")
    assert found is not None
    assert found.iso == "2021-03-23T09:51:52+08:00"
    assert read_date("昨天") is None


def test_a_page_without_head_has_no_metas() -> None:
    found = read_metas(parse(b""))
    assert (found.title, found.source, found.authors, found.published, found.keywords) == (
        None,
        None,
        (),
        (),
        (),
    )


@given(st.text(max_size=300))
def test_no_attribute_makes_it_raise(content: str) -> None:
    cleaned = clean(content)
    assert cleaned == cleaned.strip()
    escaped = content.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;").replace("\x00", "")
    names = ("ArticleTitle", "PubDate", "author", "source", "keywords", "description")
    metas("".join(f"<meta name='{name}' content='{escaped}'>" for name in names))


def test_the_comment_of_an_editing_system_is_read_where_metas_are_silent() -> None:
    comment = (
        "<!--enpproperty <articleid>12</articleid><date>2024-05-10 08:00:00.0</date><author>录入员</author>"
        "<title>x</title><sourcename>示例日报</sourcename>/enpproperty-->"
    )
    found = metas(comment)
    assert [(name, date.iso) for name, date in found.published] == [
        ("comment:enpproperty", "2024-05-10T08:00:00+08:00")
    ]
    assert (found.source, found.authors) == ("示例日报", ())
    assert metas(comment + "<meta name='source' content='示例网'>").source == "示例网"
