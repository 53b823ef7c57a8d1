"""Every article of the demo is read as it was written: field by field, `extract()` against the truth."""

import pytest

from crawler.demo import DemoSite, load_articles
from crawler.extraction import extract, page_kind
from tests.demo.fetching import fetch
from tests.demo.known_wrong import KNOWN_WRONG

FIELDS = (
    "title",
    "kicker",
    "subtitle",
    "authors",
    "source",
    "published",
    "published_precision",
    "dateline",
    "editors",
    "section",
)  # fmt: skip
FURNITURE = (
    "在线客服", "4000-071-071", "版权所有", "ICP备", "公网安备", "法律顾问", "lanjiang_admin", "上一篇",
    "最新文章", "空白边框", "新浪微博", "您现在的位置", "浏览(", "文字：", "责任编辑",
)  # fmt: skip
ENTRIES = {entry.id: entry for entry in load_articles()}


@pytest.fixture(scope="module")
def site():
    with DemoSite(port=0) as demo:
        yield demo


@pytest.fixture(scope="module")
def truths(site):
    return {article.id: article for article in site.articles}


def read(site, number, path="/news/html/?{}.html"):
    path = path.format(number)
    answer = fetch(site, path)
    url = site.url.rstrip("/") + path
    return extract(answer.body, url=url, content_type=answer.headers["Content-Type"])


def marks(number):
    reason = KNOWN_WRONG.get(number)
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


@pytest.mark.parametrize("number", [pytest.param(number, marks=marks(number)) for number in sorted(ENTRIES)])
def test_an_article_is_read_as_it_was_written(site, truths, number):
    truth = truths[number]
    article = read(site, number)
    found = {field: getattr(article, field) for field in FIELDS}
    wanted = {field: getattr(truth, field) for field in FIELDS}
    assert found == wanted
    assert lines(article.body, number) == lines(truth.pages[0], number)


def lines(text, number):
    """The lines of a text; of one with a table its words, as how cells are set apart is not at stake."""
    has_table = any(block.kind == "row" for page in ENTRIES[number].content_pages for block in page)
    return text.split() if has_table else text.split("\n")


@pytest.mark.parametrize(
    "number", [n for n, e in ENTRIES.items() if "! " in e.body or "+ " in e.body or e.download]
)
def test_pictures_and_papers_are_found_with_their_names(site, truths, number):
    article = read(site, number)
    assert [(image.url, image.caption) for image in article.images] == truths[number].images
    assert [(paper.url, paper.name) for paper in article.attachments] == truths[number].attachments


@pytest.mark.parametrize("number", [11, 103, 126])
def test_the_static_twin_reads_the_same(site, number):
    one, other = read(site, number), read(site, number, "/news/html/{}.html")
    assert (one.title, one.authors, one.published, one.body) == (
        other.title, other.authors, other.published, other.body,
    )  # fmt: skip


@pytest.mark.parametrize("number", sorted(ENTRIES))
def test_nothing_of_the_furniture_is_in_the_text(site, number):
    body = read(site, number).body
    assert [words for words in FURNITURE if words in body] == []


@pytest.mark.parametrize("number", [117, 144])
def test_a_soft_404_and_a_notice_are_no_articles(site, number):
    answer = fetch(site, f"/news/html/?{number}.html")
    assert page_kind(answer.body, url=f"{site.url}news/html/?{number}.html") in {"soft-404", "login"}
