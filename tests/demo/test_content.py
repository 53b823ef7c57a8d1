"""The texts of the demo are what they claim to be, and their truth agrees with itself."""

from collections import Counter

import pytest

from crawler.demo import DemoSite, load_articles
from crawler.demo.content import Block, load_site

ARTICLES = load_articles()


def body_blocks(entry):
    return [block for page in entry.content_pages for block in page]


def test_there_are_some_sixty_articles_in_every_column_of_the_menu():
    columns = Counter(entry.section for entry in ARTICLES)
    assert 55 <= len(ARTICLES) <= 75
    assert set(columns) == {column.label for column in load_site().columns}


@pytest.mark.parametrize("field", ["id", "title", "body", "published"])
def test_no_two_articles_share(field):
    values = [getattr(entry, field) for entry in ARTICLES]
    assert len(set(values)) == len(values)


def test_articles_come_newest_first_and_numbers_grow_with_time():
    assert [entry.id for entry in ARTICLES] == sorted((entry.id for entry in ARTICLES), reverse=True)


def test_articles_are_of_different_lengths():
    lengths = [len([block for block in body_blocks(entry) if block.reading]) for entry in ARTICLES]
    assert min(lengths) >= 3
    assert max(lengths) >= 12
    assert len(set(lengths)) >= 8


def test_no_paragraph_is_used_twice():
    texts = Counter(
        block.reading for entry in ARTICLES for block in body_blocks(entry) if len(block.reading) > 30
    )
    assert [text for text, times in texts.items() if times > 1] == []


def test_every_trap_has_a_number_of_its_own():
    traps = load_site().traps
    numbers = [trap.id for trap in traps] + [entry.id for entry in ARTICLES]
    assert len(set(numbers)) == len(numbers)
    assert {trap.kind for trap in traps} == {"external", "restricted", "missing", "disallowed"}


@pytest.mark.parametrize(
    "feature",
    [
        lambda entry: entry.kicker and entry.subtitle,
        lambda entry: entry.dateline and entry.body.lstrip().startswith(entry.dateline),
        lambda entry: not entry.authors,
        lambda entry: entry.authors and entry.author_label == "",
        lambda entry: "\u3000" in (entry.author_label or ""),
        lambda entry: entry.body.rstrip().splitlines()[-1].startswith("（作者系"),
        lambda entry: entry.source is None,
        lambda entry: len(entry.editors) > 1,
        lambda entry: len(entry.content_pages) > 2,
        lambda entry: entry.pinned,
        lambda entry: entry.share_bar,
        lambda entry: entry.download,
        lambda entry: entry.memo,
        lambda entry: entry.template == "old",
        *(
            lambda entry, kind=kind: any(block.kind == kind for block in body_blocks(entry))
            for kind in ("heading", "item", "row", "image", "byline", "signature", "attachment")
        ),
        *(lambda entry, paste=paste: entry.paste == paste for paste in ("p", "nbsp", "br", "div", "word")),
    ],
)
def test_some_article_shows_each_difficulty(feature):
    assert any(feature(entry) for entry in ARTICLES)


def test_the_gb_page_has_characters_beyond_gb2312_and_beyond_gbk():
    (text,) = [entry.title + entry.body for entry in ARTICLES if entry.id == 12]
    assert any(not encodes(character, "gb2312") and encodes(character, "gbk") for character in text)
    assert any(not encodes(character, "gbk") for character in text)


def encodes(character, encoding):
    return bool(character.encode(encoding, "ignore"))


def test_a_row_of_a_table_is_read_cell_by_cell():
    assert Block("row", "姓名 | 拟任职村 |").parts == ["姓名", "拟任职村"]


def test_truth_leaves_out_what_is_no_text_of_the_article():
    with DemoSite(port=0) as demo:
        truth = {article.id: article for article in demo.articles}
    assert "□" not in truth[123].body
    assert "责任编辑" not in "".join(article.body for article in truth.values())
    assert "**" not in truth[145].body
    assert truth[108].images[0][1] is not None
    assert truth[108].images[0][1] not in truth[108].body
    assert truth[130].body == "\n".join(truth[130].pages)
    assert truth[143].source == load_site().name
    assert truth[12].published_precision == "minute"
