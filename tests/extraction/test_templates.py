"""Pages in the manner of many sites that no layout knows are read as a careful reader would read them.

`templates/*.toml` hold the pages with what is expected of each. The markup follows templates in use, the
prose is ours: `@1@` … `@8@` stand for lines of `sentences.txt`, so that a page shows little but what is
peculiar to it. `absent` names fields that the page leaves open; a field not named at all is not looked at.
"""

import re
import tomllib
from pathlib import Path

import pytest

from crawler.extraction import extract

FIELDS = ("title", "kicker", "subtitle", "authors", "source", "published", "editors", "document_number")
FOLDER = Path(__file__).with_name("templates")
SENTENCES = (FOLDER / "sentences.txt").read_text("utf-8").splitlines()


def written_out(text: str) -> str:
    return re.sub(r"@(\d)@", lambda match: SENTENCES[int(match[1]) - 1], text)


def marks(page: dict) -> list:
    """Expect the failure that the page gives a reason for; a stale reason fails the test."""
    return [pytest.mark.xfail(reason=page["not_yet"], strict=True)] if "not_yet" in page else []


def pages() -> list:
    files = [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    return [pytest.param(page, id=page["name"], marks=marks(page)) for file in files for page in file["page"]]


@pytest.mark.parametrize("page", pages())
def test_a_page_of_an_unknown_template_is_read(page):
    article = extract(written_out(page["html"]), url=page["url"])
    expected = {name: page[name] for name in FIELDS if name in page}
    expected |= dict.fromkeys(page.get("absent", ()))
    assert {name: getattr(article, name) for name in expected} == expected
    assert article.body.split("\n") == [written_out(line) for line in page["body"]]
