"""Newspaper issue, document number, keywords and abstract."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.layouts import GENERIC
from crawler.extraction.metas import read_metas
from crawler.extraction.printed import Printed, find_document_number, find_newspaper, read_printed
from tests.extraction.pages import PARAGRAPHS, page, reading


def printed(html: str) -> Printed:
    found = reading(html)
    metas = read_metas(found.document)
    return read_printed(found.document, found.region, found.credits, GENERIC, metas)


@pytest.mark.parametrize(
    ("text", "name", "date", "number"),
    [
        ("《 人民日报 》（ 2024年05月10日 04 版）", "人民日报", "2024-05-10", "4"),
        ("《示例日报》（2024年5月10日 第12版）", "示例日报", "2024-05-10", "12"),
        ("（示例日报 2019年6月15日 01版）", "示例日报", "2019-06-15", "1"),
        ("《示例报》2019年6月15日A3版", "示例报", "2019-06-15", "A3"),
    ],
)
def test_a_newspapers_issue_is_read(text: str, name: str, date: str, number: str) -> None:
    found = find_newspaper(text)
    assert found is not None
    assert (found.name, found.date, found.page) == (name, date, number)


@pytest.mark.parametrize(
    "text", ["《示例月刊》2020年第3期", "本书由示例出版社出版", "电脑版", "", "版" * 1000]
)
def test_what_is_no_issue_of_a_newspaper(text: str) -> None:
    assert find_newspaper(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("某办发〔2024〕5号", "某办发〔2024〕5号"),
        ("某改经体﹝2016﹞2657号", "某改经体﹝2016﹞2657号"),
        ("某发[2020] 1号", "某发[2020]1号"),
        ("根据某发〔2020〕1号《关于做好有关工作的通知》要求，", None),
        ("门牌12号", None),
        ("", None),
    ],
)
def test_a_document_number_stands_on_a_line_of_its_own(text: str, number: str | None) -> None:
    assert find_document_number(text) == number


def test_the_issue_behind_the_text_is_metadata_and_no_text() -> None:
    found = printed(page(last="<p>《 示例日报 》（ 2024年05月10日 04 版）</p>"))
    assert found.newspaper is not None
    assert found.newspaper.name == "示例日报"
    assert found.evidence["newspaper"]
    assert printed(page(behind="<div>《示例日报》（2024年05月10日 04版）</div>")).newspaper == found.newspaper


def test_a_document_number_under_the_headline_or_a_label() -> None:
    assert printed(page(first="<p>某办发〔2024〕5号</p>")).document_number == "某办发〔2024〕5号"
    assert printed(page(info="<p>发文字号：某办发〔2024〕5号</p>")).document_number == "某办发〔2024〕5号"
    assert printed(page()).document_number is None


def test_keywords_come_from_a_label_or_the_metas() -> None:
    head = (
        "<meta name='keywords' content='党建，基层，示例先锋网'><meta name='SiteName' content='示例先锋网'>"
    )
    assert printed(page(head=head)).keywords == ["党建", "基层"]
    assert printed(page(head=head, behind="<div>关键词：支部 车间</div>")).keywords == ["支部", "车间"]


def test_the_headline_and_long_names_are_no_keywords() -> None:
    head = "<meta name='keywords' content='把支部建在联合车间里,某某省某某市广播电视大学-某某大学,夜校'>"
    assert printed(page(head=head)).keywords == ["夜校"]


def test_a_description_is_a_summary_where_it_speaks_of_this_text() -> None:
    own = f"<meta name='description' content='{PARAGRAPHS[0]}'>"
    slogan = "<meta name='description' content='示例先锋网是某地党建工作的重要宣传阵地，欢迎访问。'>"
    assert printed(page(head=own)).summary == PARAGRAPHS[0]
    assert printed(page(head=slogan)).summary is None


def test_a_labelled_abstract_is_the_summary() -> None:
    text = "本文讲述一个联合支部的建立和它的做法。"
    assert printed(page(info=f"<p>摘要：{text}</p>")).summary == text


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    find_newspaper(text)
    find_document_number(text)


@given(st.text(alphabet="《》（）2024年05月10日 04版第号〔〕发", max_size=300))
def test_no_text_of_its_own_signs_makes_it_raise(text: str) -> None:
    find_newspaper(text)
    find_document_number(text)
