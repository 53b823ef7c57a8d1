"""Whole openings and endings of pages: of their lines those are left that belong to the text.

`openings.toml` and `endings.toml` hold them; each is set into the element of the text, in the frames that
sites use.
"""

import re
import tomllib
from pathlib import Path

import pytest

from crawler.extraction import extract
from tests.extraction.pages import PARAGRAPHS, TITLE, page

HERE = Path(__file__).parent
ENDINGS = tomllib.loads((HERE / "endings.toml").read_text("utf-8"))["ending"]
OPENINGS = tomllib.loads((HERE / "openings.toml").read_text("utf-8"))["opening"]
INFO = '<div class="info">2021-03-05 08:30 来源：示例日报</div>'
FRAMES = ["<p>{}</p>", "<section><span>{}</span></section>", "{}<br>"]


def squashed(text: str) -> str:
    return "".join(text.split())


def kept(lines: list[str]) -> list[str]:
    """Return the lines that belong to the text as they are shown."""
    shown = [re.sub(r"<script.*?</script>|<[^>]+>", "", line[2:]) for line in lines if line.startswith("+")]
    return [squashed(line) for line in shown]


def body(frame: str, *, first: tuple[str, ...] = (), last: tuple[str, ...] = ()) -> list[str]:
    lines = [line[2:].replace("@T@", TITLE) for line in first]
    lines += [f"　　{paragraph}" for paragraph in PARAGRAPHS]
    lines += [line[2:].replace("@T@", TITLE) for line in last]
    html = page(info=INFO, paragraphs=(), first="".join(map(frame.format, lines)))
    article = extract(html, url="https://www.example.org/2021/0305/c1.html")
    return [squashed(line) for line in article.body.split("\n")]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending["name"])
def test_of_an_ending_is_left_what_belongs_to_the_text(ending, frame):
    expected = [*map(squashed, PARAGRAPHS), *kept(ending["lines"])]
    assert body(frame, last=tuple(ending["lines"])) == expected


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("opening", OPENINGS, ids=lambda opening: opening["name"])
def test_of_an_opening_is_left_what_belongs_to_the_text(opening, frame):
    expected = [*kept(opening["lines"]), *map(squashed, PARAGRAPHS)]
    assert body(frame, first=tuple(opening["lines"])) == expected
