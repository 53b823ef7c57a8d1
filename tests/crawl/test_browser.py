"""A site that is built by script is crawled through a real Chromium, without a screen."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.archive import iter_responses
from crawler.spiders.browser import PROGRAMS
from tests.crawl.running import article_page, dangjian, site_file
from tests.support import PageServer

SHELL = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'></head>"
    "<body><div id='app'></div><script>{}</script></body></html>"
)
LIST = """
fetch('/rows.json').then(r => r.json()).then(rows => {
  document.getElementById('app').innerHTML = '<ul>' + rows.map(
    row => `<li><a href="${row.url}">${row.title}</a><span>2024-05-10</span></li>`).join('') + '</ul>'
})
"""
ARTICLE = """
fetch(location.pathname + '.txt').then(r => r.text()).then(text => {
  document.getElementById('app').innerHTML = text + '<img src="/picture.png">'
})
"""


def pages() -> dict[str, object]:
    """A list and articles of which nothing is there before scripts have run."""
    rows = [{"url": f"/a/{n}.html", "title": f"基层党建见闻之{n}：把实事办到群众心坎上"} for n in (1, 2, 3)]
    found: dict[str, object] = {
        "/list/": SHELL.format(LIST),
        "/rows.json": (200, [("Content-Type", "application/json")], json.dumps(rows).encode()),
    }
    for n in (1, 2, 3):
        text = article_page(n).partition("<body>")[2].partition("</body>")[0]
        found |= {f"/a/{n}.html": SHELL.format(ARTICLE), f"/a/{n}.html.txt": text}
    return found


@pytest.mark.skipif(find_spec("scrapy_playwright") is None, reason="no dangjian[browser]")
@pytest.mark.skipif(not any(map(shutil.which, PROGRAMS)), reason="no chromium")
def test_a_site_built_by_script_is_read_through_a_browser(tmp_path: Path) -> None:
    with PageServer(pages()) as server:
        file = site_file(tmp_path, server.url, body="browser = true")
        run = dangjian("crawl", file, "--json", data=tmp_path / "data")
        assert "/picture.png" not in server.paths
        agents = {request.headers["user-agent"] for request in server.requests}
    assert (run.code, run.summary()["articles"]["new"]) == (0, 3), run.err
    assert all("第1段" in record["body"] for record in run.articles())
    assert all(agent.startswith("dangjian/") for agent in agents)
    (archive,) = (tmp_path / "data" / "warc").glob("*.warc.gz")
    rendered = [
        urlsplit(record.url).path
        for record in iter_responses(archive)
        if b"x-dangjian-rendered" in record.head.lower()
    ]
    assert sorted(rendered) == ["/a/1.html", "/a/2.html", "/a/3.html", "/list/"]


@pytest.mark.skipif(find_spec("scrapy_playwright") is not None, reason="dangjian[browser] is there")
def test_without_the_extra_the_user_is_told(tmp_path: Path) -> None:
    with PageServer(pages()) as server:
        file = site_file(tmp_path, server.url, body="browser = true")
        run = dangjian("crawl", file, "--json", data=tmp_path / "data")
    assert run.code == 3
    assert "dangjian[browser]" in run.err
