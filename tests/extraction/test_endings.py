"""Whole endings of pages: of the last lines those are left that belong to the text.

`endings.toml` holds them; each is set into the element of the text, in the frames that sites use.
"""

import re
import tomllib
from pathlib import Path

import pytest

from crawler.extraction import extract
from tests.extraction.pages import PARAGRAPHS, TITLE, page

ENDINGS = tomllib.loads(Path(__file__).with_name("endings.toml").read_text("utf-8"))["ending"]
INFO = '<div class="info">2021-03-05 08:30 来源：示例日报</div>'


def squashed(text: str) -> str:
    return "".join(text.split())


def shown(markup: str) -> str:
    return squashed(re.sub(r"<script.*?</script>|<[^>]+>", "", markup))


def body(ending: dict, frame: str) -> list[str]:
    lines = [line[2:].replace("@T@", TITLE) for line in ending["lines"]]
    last = "".join(frame.format(line) for line in lines)
    paragraphs = "".join(frame.format(f"　　{paragraph}") for paragraph in PARAGRAPHS)
    html = page(info=INFO, paragraphs=(), first=paragraphs + last)
    return [
        squashed(line)
        for line in extract(html, url="https://www.example.org/2021/0305/c1.html").body.split("\n")
    ]


@pytest.mark.parametrize("frame", ["<p>{}</p>", "<section><span>{}</span></section>", "{}<br>"])
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending["name"])
def test_of_an_ending_is_left_what_belongs_to_the_text(ending, frame):
    kept = [shown(line[2:]) for line in ending["lines"] if line.startswith("+")]
    assert body(ending, frame) == [*map(squashed, PARAGRAPHS), *kept]
