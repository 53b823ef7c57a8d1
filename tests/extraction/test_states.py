"""Articles that a page keeps as data in a script are read as if they were shown."""

import json
from urllib.parse import quote

import pytest

from crawler.extraction import explain, extract, page_kind, read_page
from crawler.extraction.states import LEAST_TEXT

TEXT = (
    "<p>清晨的雾还没有散，村口的小广场上已经坐满了人，大家搬来板凳，听干部把今年的打算一条一条讲清楚。</p>"
    "<p>会后，与会人员分成五个小组，走进农户和车间，把收集到的意见逐条登记，明确由谁来办、什么时候办完。</p>"
    "<p>作风问题从来不是小事。群众看干部，既看说得怎么样，更看做得怎么样，说到不做比不说更伤人心。</p>"
)
RECORD = {
    "title": "村口的板凳会",
    "source": {"name": "示例日报", "id": 7},
    "publishTime": "2023-05-06 10:20:30",
    "author": "方敏",
    "editorName": "何佳",
    "detail": {"contentList": [{"type": "text", "data": TEXT}]},
}


def page(script, attributes=""):
    return (
        "<html><head><title>村口的板凳会_示例网</title></head><body><div id='root'></div>"
        f"<script{attributes}>{script}</script></body></html>"
    )


@pytest.mark.parametrize(
    "html",
    [
        page("window.__INITIAL_STATE__=" + json.dumps({"doc": RECORD}) + ";(function(){})()"),
        page("var allData = " + json.dumps({"nav": [1, 2], "docData": RECORD}, ensure_ascii=False)),
        page("window.state={a:1};window.__DATA__=" + json.dumps(RECORD)),
        page("window.x=" + json.dumps({"d": RECORD, "u": 1}).replace('"u": 1', '"u":undefined')),
        page(json.dumps({"props": {"pageProps": RECORD}}), ' id="__NEXT_DATA__" type="application/json"'),
        page(quote(json.dumps({"data": RECORD})), ' id="RENDER_DATA" type="application/json"'),
    ],
    ids=["state", "variable", "after a script's own object", "undefined", "next", "percent"],
)
def test_an_article_in_data_is_read_with_its_credits(html):
    article = extract(html, url="https://www.example.cn/a/1.html")
    assert article.title == "村口的板凳会"
    assert article.body.count("\n") == 2
    assert article.source == "示例日报"
    assert article.authors == ["方敏"]
    assert article.editors == ["何佳"]
    assert article.published == "2023-05-06T10:20:30+08:00"
    assert "<script" not in article.body_html


def test_a_page_that_shows_nothing_but_holds_an_article_is_no_shell():
    html = page("window.__INITIAL_STATE__=" + json.dumps(RECORD))
    page_read = read_page(html)
    assert page_read.kind == page_kind(html) == explain(html).kind == "article"
    assert page_read.article is not None
    assert page_read.article.title == "村口的板凳会"


def test_the_longest_html_is_the_article():
    comments = [
        {
            "title": "读者",
            "content": "<p>好文章，写出了村里的变化，大家都来看看，说说自己家乡的事情吧。</p>" * 2,
        }
    ]
    html = page("window.s=" + json.dumps({"comments": comments, "article": RECORD}))
    assert extract(html).title == "村口的板凳会"
    assert "好文章" not in extract(html).body


def test_text_that_is_shown_is_not_replaced_by_data():
    shown = page("window.s=" + json.dumps({"related": {**RECORD, "title": "别的文章"}})).replace(
        "<div id='root'></div>", f"<h1>村口的板凳会</h1><div>{TEXT.replace('清晨', '傍晚') * 2}</div>"
    )
    article = extract(shown)
    assert article.title == "村口的板凳会"
    assert article.body.startswith("傍晚")
    assert "清晨" not in article.body


def test_a_page_that_shows_a_sentence_is_not_replaced_by_data_of_another_article():
    said = "图为六日上午，村民在村口的小广场上开会，大家搬来板凳，听干部讲今年的打算，坐得满满当当。"
    sentence = f"<h1>村口的板凳会</h1><p>{said}</p>"
    record = {**RECORD, "title": "别的文章"}
    html = page("window.s=" + json.dumps(record)).replace("<div id='root'></div>", sentence)
    assert extract(html).body == said


@pytest.mark.parametrize(
    "script",
    [
        "window.s=" + '{"a":' * 100_000 + '"<p>"',
        "window.s={" * 50_000 + "'<p>'",
        'window.s={"content":"<p>' + "村" * (LEAST_TEXT - 1) + '</p>"}',
        "if(a<p){x={y:1}}",
    ],
    ids=["deep", "many", "short", "no data"],
)
def test_scripts_without_an_article_change_nothing(script):
    assert not extract(page(script)).body
