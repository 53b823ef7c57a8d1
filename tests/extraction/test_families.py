"""One page in the markup of each CMS family: recognised by what it contains, and read right.

The pages in `families/` are written in the manner of the family's own templates; their hosts say nothing
about them. Each has a TOML file beside it with what a person reads from it.
"""

import tomllib
from pathlib import Path

import pytest

from crawler.extraction import extract
from crawler.extraction.document import parse
from crawler.extraction.layouts import load_layouts, recognise

PAGES = sorted(Path(__file__).with_name("families").glob("*.html"))
WORDS = ("title", "kicker", "authors", "source", "published", "editors", "document_number")


@pytest.fixture(params=PAGES, ids=lambda path: path.stem)
def page(request):
    expected = tomllib.loads(request.param.with_suffix(".toml").read_text("utf-8"))
    text = request.param.read_text("utf-8")
    return text.encode(expected.get("encoding", "utf-8")), expected


def test_the_family_is_recognised_by_its_marks(page):
    html, expected = page
    assert recognise(parse(html)).name == expected["family"]


def test_the_fields_are_read(page, request):
    html, expected = page
    _mark_what_is_known_to_fail(request, expected, "fields")
    article = extract(html, url=expected["url"])
    read = {word: getattr(article, word) for word in WORDS if word in expected}
    assert read == {word: expected[word] for word in WORDS if word in expected}


def test_the_text_is_whole_and_nothing_else(page, request):
    html, expected = page
    _mark_what_is_known_to_fail(request, expected, "text")
    body = extract(html, url=expected["url"]).body
    assert body.startswith(expected.get("begins", ""))
    assert body.endswith(expected.get("ends", ""))
    if "paragraphs" in expected:
        assert len(body.split("\n")) == expected["paragraphs"]


def test_every_family_with_marks_has_a_page():
    tested = {tomllib.loads(path.with_suffix(".toml").read_text("utf-8"))["family"] for path in PAGES}
    marked = {family for families in load_layouts()[1].values() for family in families}
    assert marked <= tested


def _mark_what_is_known_to_fail(request, expected, what):
    """Expect the failure that the page's file gives a reason for; a stale reason fails the test."""
    reason = expected.get("not_yet", {}).get(what)
    if reason:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
