"""Authors and editors in openings, closing lines and signatures of many forms, and what looks like them."""

import tomllib
from pathlib import Path

import pytest

from crawler.extraction import extract
from tests.extraction.pages import PARAGRAPHS, page

DATA = tomllib.loads(Path(__file__).with_name("credit_lines.toml").read_text("utf-8"))
URL = "https://www.example.org/a/1.html"


def page_of(line: dict) -> str:
    first, *middle, last = PARAGRAPHS
    return page(
        head=line.get("head", ""),
        headline=line.get("headline"),
        info=line.get("info", '<div class="info">2020-05-06 08:00</div>'),
        first=line.get("first", ""),
        last=line.get("last", ""),
        behind=line.get("behind", ""),
        paragraphs=(line.get("start", "") + first, *middle, last + line.get("end", "")),
    )


@pytest.mark.parametrize("line", DATA["line"], ids=range(len(DATA["line"])))
def test_a_credit_line_is_read(line):
    article = extract(page_of(line), url=URL)
    assert set(article.authors) == set(line.get("authors", []))
    assert set(article.editors) == set(line.get("editors", []))
    for name in ("source", "dateline"):
        if name in line:
            assert getattr(article, name) == line[name]


@pytest.mark.parametrize("end", DATA["nobody_behind"])
@pytest.mark.parametrize("place", ["end", "last"])
def test_words_that_close_a_text_are_no_authors(end, place):
    article = extract(page_of({place: end if place == "end" else f"<p>{end}</p>"}), url=URL)
    assert article.authors == []
    assert article.editors == []


@pytest.mark.parametrize("start", DATA["nobody_in_front"])
def test_sentences_about_reporters_name_no_author(start):
    assert extract(page_of({"start": start}), url=URL).authors == []
