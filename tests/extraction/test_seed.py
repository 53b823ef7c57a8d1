"""The article this project began with, put back into the markup of its CMS, is read as was asked.

Its text belongs to its publisher and stands outside the project.
"""

import re
from html import escape

import pytest

from crawler.demo.content import Entry, load_site
from crawler.demo.pages import Renderer, Surroundings
from crawler.extraction import extract

URL = "http://www.example.org/news/html/?411.html"
TITLE = "以新时代党的建设总要求为根本遵循 创新和加强社会组织党建工作"
FURNITURE = (
    "导航菜单", "全屏背景", "全站搜索", "在线客服", "9:00-24:00", "客服热线", "4006-880844", "关注官方微信",
    "文章正文", "文字:", "文字：", "【大】", "最新文章", "自定内容", "空白边框", "Copyright",
    "版权所有", "备案", "ICP备", "公网安备", "法律顾问", "全站变灰", "发布于",
)  # fmt: skip


@pytest.fixture(scope="module")
def article(seed_text):
    """The seed's paragraphs, between the site's own furniture, as the demo's templates set them."""
    start = seed_text.index("社会组织面大量广")
    end = re.search(r"[(（]作者系.*?[)）]\s*\n", seed_text).end()
    paragraphs = [line for line in seed_text[start:end].splitlines() if line.strip()]
    footer = [line for line in seed_text[end:].splitlines() if line.strip()]
    texts = load_site().model_copy(
        update={
            "name": "党建先锋网",
            "service_hours": "9:00-24:00",
            "hotline": "4006-880844",
            "copyright": next(line for line in footer if line.startswith("Copyright")),
            "contact": next(line for line in footer if line.startswith("客服服务")),
            "icp": next(re.search(r"京ICP备\S+", line)[0] for line in footer if "ICP备" in line),
            "police": next(line for line in footer if "公网安备" in line),
            "counsel": next(line for line in footer if "法律顾问" in line),
        }
    )
    entry = Entry(
        id=411,
        title=TITLE,
        authors=["高铭铎"],
        source="党建先锋网",
        published="2021-03-23T09:51:52",
        column=3,
        body="\n".join(paragraphs),
    )
    around = Surroundings(latest=[], popular=[], previous=None, next=None, views=5)
    page = Renderer(texts).article(entry, around)
    assert escape(TITLE) in page
    return extract(page.encode(), url=URL, content_type="text/html; charset=utf-8"), paragraphs


def test_headline_author_source_and_time(article):
    record, _ = article
    assert record.title == TITLE
    assert record.authors == ["高铭铎"]
    assert record.source == "党建先锋网"
    assert record.published == "2021-03-23T09:51:52+08:00"
    assert record.published_precision == "second"
    assert (record.kicker, record.subtitle, record.editors) == (None, None, [])


def test_the_text_is_whole_from_its_first_words_to_the_line_about_its_author(article):
    record, paragraphs = article
    found = record.body.split("\n")
    assert found[0].startswith("社会组织面大量广")
    assert re.match(r"[(（]作者系", found[-1])
    assert len(found) == len(paragraphs)
    assert [fold(line) for line in found] == [fold(line) for line in paragraphs]


def fold(line):
    return re.sub(r"\s+", "", line)


@pytest.mark.parametrize("furniture", FURNITURE)
def test_nothing_of_the_page_around_is_in_the_text(article, furniture):
    record, _ = article
    assert furniture not in record.body
