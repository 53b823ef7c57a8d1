"""Servers that break the rules or mean harm cost a crawl the page they spoil, and nothing else."""

from collections.abc import Iterator

import pytest

from crawler.archive import iter_responses, verify
from tests.crawl.running import Outcome, article_page, dangjian, list_page, site_file
from tests.support import Hostile, RawServer, hostile

HARM: list[Hostile] = [
    hostile.slow_loris(),
    hostile.slow_body(),
    hostile.silence(),
    hostile.endless_body(),
    hostile.endless_headers(),
    hostile.many_headers(),
    hostile.long_header(),
    hostile.wrong_length(),
    hostile.truncated_chunks(),
    hostile.bad_chunks(),
    hostile.gzip_bomb(),
    hostile.broken_gzip(),
    hostile.not_http(),
    hostile.reset(),
]
GOOD = range(101, 106)


def answer(page: str) -> Hostile:
    body = page.encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return hostile.raw(head % len(body) + body)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """A crawl of a list that leads to every harmful answer and, after them, to five good articles."""
    folder = tmp_path_factory.mktemp("hostile")
    scripts = {f"/a/{number}.html": script for number, script in enumerate(HARM)}
    scripts |= {f"/a/{number}.html": answer(article_page(number)) for number in GOOD}
    scripts["/list/"] = answer(list_page([*range(len(HARM)), *GOOD]))
    with RawServer(scripts) as server:
        file = site_file(folder, server.url)
        yield dangjian("crawl", file, "--json", "-s", "DOWNLOAD_TIMEOUT=2", data=folder / "data")


def test_the_good_articles_are_all_kept(crawl: Outcome) -> None:
    assert sorted(record["url"].rsplit("/", 1)[-1] for record in crawl.articles()) == [
        f"{number}.html" for number in GOOD
    ]


def test_every_spoiled_page_is_counted_under_a_reason(crawl: Outcome) -> None:
    summary = crawl.summary()
    assert sum(summary["failures"].values()) == len(HARM)
    assert summary["errors"] == {}
    assert "Traceback" not in crawl.err


def test_the_archive_is_sound_and_holds_the_good_pages(crawl: Outcome) -> None:
    assert verify(crawl.data / "warc") == []
    kept = [r.url for file in (crawl.data / "warc").glob("*.warc.gz") for r in iter_responses(file)]
    assert {url.rsplit("/", 1)[-1] for url in kept} >= {f"{number}.html" for number in GOOD}


def test_what_came_of_cut_answers_is_archived_as_cut(crawl: Outcome) -> None:
    cut = {
        response.url.rsplit("/", 1)[-1]: response
        for file in (crawl.data / "warc").glob("*.warc.gz")
        for response in iter_responses(file)
        if response.truncated
    }
    assert {name: response.entity() for name, response in cut.items()} == {
        "7.html": b"<p>short</p>",
        "8.html": b"<p>half a page<p>and",
        "9.html": b"zz\r\nhello\r\n0\r\n\r\n",  # no chunks at all: kept as it came
    }
    assert {response.truncated for response in cut.values()} == {"disconnect"}
