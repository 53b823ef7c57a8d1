"""Lines that templates and editors set around a text are left out of it; lines of a text like them stay.

`furniture_lines.toml` holds them, each tried on a page of its own: above the first paragraph, behind the last
one, and (as markup) between two of them.
"""

import json
import tomllib
from pathlib import Path

import pytest

from crawler.extraction import extract
from tests.extraction.pages import PARAGRAPHS, TITLE, page

LINES = tomllib.loads(Path(__file__).with_name("furniture_lines.toml").read_text("utf-8"))
TEXT = "\n".join(PARAGRAPHS)
INFO = '<div class="info">2021-03-05 08:30 来源：示例日报</div>'
HALF = len(PARAGRAPHS) // 2


def body(**parts: str) -> str:
    return extract(page(info=INFO, **parts), url="https://www.example.org/2021/0305/c1.html").body


@pytest.mark.parametrize("line", LINES["behind"])
def test_what_stands_behind_a_text_is_no_part_of_it(line):
    assert body(last=f"<p>{line}</p>") == TEXT


@pytest.mark.parametrize("line", LINES["above"])
def test_what_stands_above_a_text_is_no_part_of_it(line):
    assert body(first=f"<p>{line}</p>") == TEXT


@pytest.mark.parametrize("markup", LINES["between"])
def test_what_is_set_between_paragraphs_is_no_part_of_the_text(markup):
    above = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:HALF])
    assert body(first=above + markup, paragraphs=PARAGRAPHS[HALF:]) == TEXT


@pytest.mark.parametrize("line", LINES["kept"])
def test_a_last_line_that_resembles_furniture_stays(line):
    assert body(last=f"<p>{line}</p>") == f"{TEXT}\n{line}"


def test_a_last_line_in_an_element_of_the_template_goes_and_one_in_an_element_of_the_editor_stays():
    line = "春风吹绿江南岸"
    assert body(last=f'<div class="pf2">{line}</div>') == TEXT
    assert body(last=f"<div>{line}</div>") == f"{TEXT}\n{line}"


def test_statements_of_rights_go_though_they_are_longer_than_the_text():
    note = "声明：转载此文是出于传递更多信息之目的。若侵犯了您的合法权益，请持证明与本网联系，即予更正。"
    rights = f"<p>【版权声明】</p><p>凡本网注明来源的作品，版权均属本网。{note}</p><p>{note}</p>"
    short = PARAGRAPHS[:1]
    assert body(paragraphs=short, last=rights) == short[0]


@pytest.mark.parametrize(
    "cells",
    [
        "<tr><td>索 引 号：</td><td>000014349/2021-00012</td><td>主题分类：</td><td>综合</td></tr>"
        "<tr><td>发文机关：</td><td>示例市人民政府办公室</td><td>成文日期：</td><td>2021年03月01日</td></tr>",
        "<thead><tr><td>索取号</td><td>发布时间</td><td>发布机构</td><td>文件编号</td><td>备注</td></tr></thead>"
        "<tr><td>076478684Q/2021-00112</td><td></td><td>示例市教育局</td><td>示教〔2021〕5号</td><td></td></tr>",
    ],
)
def test_the_table_of_a_documents_particulars_is_no_text(cells):
    assert body(first=f"<table>{cells}</table>") == TEXT


def test_a_headline_repeated_over_its_subtitle_in_the_text_is_taken_from_it():
    repeated = f'<p align="center"><b>{TITLE}</b></p><p align="center">——来自联合车间的报道</p>'
    article = extract(page(info=INFO, first=repeated), url="https://www.example.org/2021/0305/c1.html")
    assert (article.body, article.subtitle) == (TEXT, "——来自联合车间的报道")


def test_the_lines_are_told_once():
    for name, lines in LINES.items():
        assert sorted(lines) == sorted(set(lines)), json.dumps(name)
