"""Info lines and credits of many forms, each on a page that says nothing else of the article."""

import tomllib
from pathlib import Path

import pytest

from crawler.extraction import extract

LINES = tomllib.loads(Path(__file__).with_name("info_lines.toml").read_text("utf-8"))["line"]
TEXT = """
<p>　　清晨的雾还没有散，村口的小广场上已经坐满了人，大家搬来板凳，听干部把今年的打算一条一条讲清楚。</p>
<p>　　去年以来，当地坚持把服务送到家门口，能合并的合并，能代办的代办，群众少跑了许多冤枉路。</p>
"""
PAGE = """<html><head><title>支部建在项目上_示例网</title></head><body>
<div><a href="/">首页</a> <a href="/1">要闻</a></div>
<div><div>支部建在项目上</div>{info}<div>{text}{tail}</div></div></body></html>"""


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_an_info_line_is_read(line):
    html = PAGE.format(info=line["info"], text=TEXT, tail=line.get("tail", ""))
    article = extract(html, url="http://www.example.cn/a/1.html")
    found = (article.authors, article.source, article.editors)
    assert found == (line["authors"], line.get("source"), line.get("editors", []))
    assert article.title == "支部建在项目上"
    if "published" in line:
        assert (article.published or "").startswith(line["published"])
    else:
        assert article.published is None
