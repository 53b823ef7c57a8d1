"""Servers that break the rules or mean harm cost a crawl the page they spoil, and nothing else."""

import resource
from collections.abc import Iterator
from pathlib import Path

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
    hostile.endless_redirects(),
    hostile.redirect_to("javascript:alert(1)"),
    hostile.redirect_to("http://[::1"),
    hostile.redirect_to("/a/\x00\x07\t .html"),
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
    scripts["/robots.txt"] = hostile.status(404)
    with RawServer(scripts, fallback=hostile.endless_redirects()) as server:
        file = site_file(folder, server.url)
        run = dangjian("crawl", file, "--json", "-s", "DOWNLOAD_TIMEOUT=2", data=folder / "data")
        # A chain is followed over eight hops; each cut, reset or silent answer is asked for three times.
        assert len(server.requests) < 4 * (len(HARM) + len(GOOD) + 10)
        yield run


def test_the_good_articles_are_all_kept(crawl: Outcome) -> None:
    assert sorted(record["url"].rsplit("/", 1)[-1] for record in crawl.articles()) == [
        f"{number}.html" for number in GOOD
    ]


def test_every_spoiled_page_is_counted_under_a_reason(crawl: Outcome) -> None:
    summary = crawl.summary()
    assert sum(summary["failures"].values()) == len(HARM)
    assert {reason.partition("/")[0] for reason in summary["failures"]} <= {
        "unreachable",
        "broken",
        "refused",
        "other",
    }
    assert {
        "refused/too large": 2,  # an endless body and a bomb
        "broken/redirect to no address": 2,
        "broken/too many redirects": 2,
        "broken/incomplete answer": 3,
    }.items() <= summary["failures"].items()
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


CONTROLS = [
    "/a/1\\x00.html",
    "/a/2%00.html",
    "/a/3.html\\r\\nX-Evil: 1",
    "/a/4\\x1b[31m.html",
    "/a/5\\x7f.html",
    "/a/\u202e6.html",
]


def test_control_characters_in_links_reach_no_request_line(tmp_path: Path) -> None:
    rows = "".join(
        f"<li><a href='{link}'>基层党建见闻：把实事办到群众心坎上</a>2024-05-10</li>" for link in CONTROLS
    )
    page = list_page([101, 102]).replace("</ul>", rows + "</ul>")
    page = page.encode().decode("unicode_escape").encode("latin-1").decode("utf-8")
    scripts = {"/list/": answer(page)} | {f"/a/{n}.html": answer(article_page(n)) for n in (101, 102)}
    with RawServer(scripts) as server:
        file = site_file(tmp_path, server.url)
        text = (
            Path(file)
            .read_text("utf-8")
            .replace('article_urls = ["/a/\\\\d+\\\\.html$"]', 'article_urls = ["/a/"]')
        )
        Path(file).write_text(text, encoding="utf-8")
        run = dangjian("crawl", file, "--json", data=tmp_path / "data")
        paths = server.requests
    assert len(paths) > 4
    assert all(path.isascii() and path.isprintable() and " " not in path for path in paths)
    assert run.summary()["articles"]["new"] == 2
    assert run.summary()["errors"] == {}
    assert verify(tmp_path / "data" / "warc") == []


def test_a_server_that_speaks_no_tls_is_a_failure_with_a_reason(tmp_path: Path) -> None:
    with RawServer(fallback=hostile.not_http()) as server:
        file = site_file(tmp_path, server.url.replace("http:", "https:"))
        run = dangjian("crawl", file, "--json", "-s", "DOWNLOAD_TIMEOUT=5", data=tmp_path / "data")
    assert run.code == 4
    assert set(run.summary()["failures"]) <= {"unreachable/TLS", "unreachable/robots.txt unreadable"}
    assert "Traceback" not in run.err


def test_chunks_that_are_all_header_are_bounded_too(tmp_path: Path) -> None:
    with RawServer({"/list/": hostile.endless_chunks()}) as server:
        file = site_file(tmp_path, server.url)
        run = dangjian("crawl", file, "--json", "-s", "DOWNLOAD_MAXSIZE=100000", data=tmp_path / "data")
    assert run.summary()["failures"] == {"broken/incomplete answer": 1}
    assert verify(tmp_path / "data" / "warc") == []


def test_hostile_answers_do_not_fill_the_memory(crawl: Outcome) -> None:
    # The largest of all child processes so far, in kilobytes on Linux: a bound for this one too.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_000_000
