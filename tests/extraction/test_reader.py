# ruff: noqa: E501 - a line of a page is easier to read unbroken
from types import SimpleNamespace

import pytest

from crawler.extraction import explain, extract, layouts, read_page
from crawler.extraction.document import parse
from crawler.extraction.layouts import GENERIC, LayoutError, load_layouts, recognise, with_selectors
from tests.extraction.pages import PARAGRAPHS, TITLE, page

URL = "https://www.example.org/a/1.html"
INFO = "<div class=info>作者：方敏 来源：先锋报 2021-03-04 10:20</div>"


def test_every_field_that_was_read_names_its_rule():
    article = extract(page(info=INFO), url=URL)
    for name in ("title", "authors", "source", "published", "body", "section", "language"):
        assert getattr(article, name), name
        assert article.evidence[name], name


def test_no_rule_is_named_for_an_absent_field():
    article = extract("<p>一句话，没有别的，也没有标题。</p>" * 3)
    for name in article.evidence:
        assert getattr(article, name) not in (None, "", []), name


def test_the_record_says_what_read_it():
    article = extract(page(info=INFO), url=URL)
    assert article.extractor.startswith("dangjian/")
    assert article.text_digest.startswith("sha256:")
    assert len(article.id) == 16


def test_reading_is_pure():
    html = page(info=INFO)
    assert extract(html, url=URL) == extract(html, url=URL)


def test_the_address_that_the_page_names_is_taken_unless_it_is_the_home_page():
    assert (
        extract(page(head="<link rel=canonical href='/b/1.html'>"), url=URL).canonical_url
        == "https://www.example.org/b/1.html"
    )
    assert extract(page(head="<meta name=Url content='./1.html'>"), url=URL).canonical_url == URL
    assert (
        extract(page(head="<link rel=canonical href='https://www.example.org/'>"), url=URL).canonical_url
        is None
    )


@pytest.mark.parametrize(
    ("crumbs", "expected"),
    [
        ("您的位置：<a href=/>首页</a> > <a href=/d/>党建要闻</a> > 正文", "党建要闻"),
        ("当前位置: <a href=/>首页</a>»<a href=/d/>理论</a>»<a href=/e/>党课</a>", "党课"),
        ("<a href=/>首页</a> > <a href=/d/>组织工作</a>", "组织工作"),
        (f"当前位置：首页 > 通知公告 > {TITLE}", "通知公告"),
        ("您的位置：<a href=/>示例新闻网</a> > 正文", None),
        ("<a href=/t/>理论频道</a> > <a href=/e/>学习笔记</a> > 正文", "学习笔记"),
        ("当前位置：<a href=/>首页</a> >> <a href=/d/>工作动态</a> -- 新闻详情", "工作动态"),
    ],
)
def test_the_section_is_the_last_column_of_the_breadcrumb(crumbs, expected):
    html = page(info=INFO).replace(
        '当前位置：<a href="/">首页</a> &gt; <a href="/a/">要闻</a> &gt; 正文', crumbs
    )
    assert extract(html, url=URL).section == expected


def test_the_section_may_stand_in_the_government_meta():
    html = page(head="<meta name=ColumnName content=工作动态>").replace('class="path"', "hidden")
    html = html.replace("当前位置：", "").replace("首页", "").replace(" &gt; 正文", "")
    assert extract(html, url=URL).section == "工作动态"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (PARAGRAPHS[0], "zh-Hans"),
        ("記者從會議上獲悉，該黨支部開辦了夜校，學員們都說這個辦法很實用，為大家解決了問題。", "zh-Hant"),
        (
            "The branch met every week, and its members wrote down what had to be done before the next shift began.",
            "en",
        ),
    ],
)
def test_the_language_is_told_by_the_characters_of_the_text(text, language):
    assert extract(page(paragraphs=(text,) * 3, title="", headline="")).language == language


def test_a_site_may_name_elements_and_a_family():
    html = page(
        headline="<div class=hd>另一行字</div><div class=odd>真正的大标题在这里</div>",
        page_title="示例",
        info=INFO,
    )
    site = SimpleNamespace(key="demo", family=None, selectors={"title": [".odd"], "list": [".rows"]})
    article = extract(html, url=URL, site=site)
    assert (article.site, article.title) == ("demo", "真正的大标题在这里")


def test_a_site_whose_hints_do_not_fit_does_no_harm():
    site = SimpleNamespace(key="demo", family="nowhere", selectors={"body": ["#gone"], "title": ["h6.gone"]})
    article = extract(page(info=INFO), url=URL, site=site)
    assert (article.title, article.body) == (TITLE, "\n".join(PARAGRAPHS))


def test_what_a_site_removes_from_the_text_is_removed():
    site = SimpleNamespace(key="demo", family=None, selectors={"remove": [".odd"]})
    html = page(first="<p class=odd>此处是每篇文章都有的一句口号，不算正文。</p>")
    assert extract(html, url=URL, site=site).body == "\n".join(PARAGRAPHS)


def test_layout_files_are_sound():
    families, marks = load_layouts()
    assert "phpweb" in families
    for name, layout in families.items():
        for selector in (*layout.body, *layout.title, *layout.remove):
            parse("<p>").find(selector)
        assert name == layout.name
    assert all(mark[0] in "#." for mark in marks)


def test_an_unknown_key_in_a_layout_file_is_named(tmp_path, monkeypatch):
    (tmp_path / "odd.toml").write_text("[selectors]\nboddy = ['#x']\n", "utf-8")
    monkeypatch.setattr(layouts, "_FOLDER", tmp_path)
    load_layouts.cache_clear()
    try:
        with pytest.raises(LayoutError, match=r"odd\.toml: boddy"):
            load_layouts()
    finally:
        load_layouts.cache_clear()


def test_a_page_without_marks_is_of_no_family():
    assert recognise(parse("<div class=own><p>文</p></div>")) is GENERIC
    assert with_selectors(GENERIC, {}) is GENERIC


def test_a_page_is_told_apart_and_read_in_one_go():
    found = read_page(page(info=INFO), url=URL)
    assert (found.kind, found.listing) == ("article", None)
    assert found.article.title == TITLE
    rows = "".join(
        f"<li><a href='/2021/{n}.html'>第{n}次主题党日活动在村里举行</a><span>2021-03-{n:02}</span></li>"
        for n in range(1, 20)
    )
    found = read_page(f"<title>要闻</title><ul>{rows}</ul>", url="https://www.example.org/a/")
    assert (found.kind, found.article) == ("list", None)
    assert len(found.listing.links) == 19
    assert found.reason


def test_an_explanation_shows_the_candidates_and_the_winner():
    explained = explain(page(info=INFO), url=URL)
    traces = {trace.field: trace for trace in explained.fields}
    assert traces["title"].value == TITLE
    assert any(c.chosen for c in traces["body"].candidates)
    assert traces["title"].candidates
    text = explained.as_text()
    assert "✓" in text
    assert TITLE in text
    assert "body:" in text
