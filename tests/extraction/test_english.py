"""Credits of pages in English are read from the lines in which English editions print them."""

import pytest

from crawler.extraction import english, extract

PARAGRAPHS = (
    "Jiangzhou has opened one-stop service windows in all of its 43 townships, the city government said.",
    'Residents no longer have to travel. "It takes ten minutes now," said a farmer who had come for a card.',
    "Vans will serve the remote hamlets from autumn on, and old people will be visited at home.",
)
TITLE = "Villages get service windows of their own"


def read(info: str = "", behind: str = ""):
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = (
        f"<html><head><title>{TITLE} - Example Daily</title></head><body><h1>{TITLE}</h1>"
        f"<div class=info>{info}</div><div class=txt>{text}{behind}</div></body></html>"
    )
    return extract(html, url="https://www.example.org/a/202103/04/WS1.html")


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Fang Min | example.org | Updated: 2021-03-04 10:20", ["Fang Min"]),
        ("By Fang Min and Yu Hang in Jiangzhou", ["Fang Min", "Yu Hang"]),
        (
            "<span>By <a href=/r>Fang Min</a></span><span>Published: Mar 04, 2021 10:20 AM</span>",
            ["Fang Min"],
        ),
        ("Source: Example Daily | 2021-03-04", []),
    ],
)
def test_the_line_under_the_headline_names_the_authors(line, authors):
    assert read(line).authors == authors


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Source: Example Daily | 2021-03-04 10:20", "Example Daily"),
        ("By Fang Min (Example Daily Online) 10:20, March 04, 2021", "Example Daily Online"),
        ("2021-03-04 10:20:01 Example.cn Editor: Fang Min", "Example.cn"),
    ],
)
def test_the_line_under_the_headline_names_the_source(line, source):
    assert read(line).source == source


@pytest.mark.parametrize(
    "line",
    ["(Web editor: Fang Min, Yu Hang)", "Editor: Fang Min; Yu Hang", "Edited by: Fang Min and Yu Hang"],
)
def test_editors_behind_the_text_are_read_and_are_no_text(line):
    article = read(behind=f"<p>{line}</p>")
    assert article.editors == ["Fang Min", "Yu Hang"]
    assert article.body == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize("line", ["Share to Facebook", "Comment", "Write your comment", "Related stories"])
def test_what_templates_add_behind_a_text_is_no_part_of_it(line):
    assert read(behind=f"<p>{line}</p>").body == "\n".join(PARAGRAPHS)


def test_a_last_sentence_stays():
    assert read(behind="<p>Thank you.</p>").body.endswith("Thank you.")


def test_a_headline_with_ideographs_is_not_taken_for_english():
    assert not english.is_english("APEC 峰会召开")
    assert english.is_english("Summit opens")
    assert not english.is_english(None)
