"""`dangjian extract --warc` on our own files and on such as others write."""

import gzip
import io
import json
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.sites import load_site
from crawler.store import Store
from tests.crawl.running import article_page
from tests.support import Run


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def foreign(path: Path, pages: dict[str, bytes], *, status: str = "200 OK", coding: str = "") -> Path:
    """A file as Common Crawl has them: written by warcio, gzip, bodies decoded or not."""
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, body in pages.items():
            headers = [("Content-Type", "text/html; charset=utf-8")]
            if coding == "gzip":
                headers.append(("Content-Encoding", "gzip"))
            payload = gzip.compress(body) if coding == "gzip" else body
            http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(url, "response", payload=io.BytesIO(payload), http_headers=http)
            )
    return path


@pytest.fixture
def address() -> str:
    """The address of an article of a site that there is a file for."""
    return load_site("cpc71").examples[0]


def test_the_articles_of_our_own_archive_are_read(crawled: Path, run: Run) -> None:
    files = sorted((crawled / "data" / "warc").glob("*.warc.gz"))
    code, out, err = run("extract", "--site", crawled / "demo.toml", "--processes", "0", "--warc", *files)
    with Store.open(crawled / "data" / "dangjian.db") as store:
        stored = {article.id: article for article in store.articles()}
    found = {line["id"]: line for line in lines(out)}
    assert (code, found.keys()) == (0, stored.keys())
    assert {key: line["title"] for key, line in found.items()} == {k: a.title for k, a in stored.items()}
    assert {line["warc"]["record_id"] for line in found.values()} == {
        article.warc.record_id for article in stored.values()
    }
    assert "64 article" in err


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_somebody_elses_file_is_read_with_the_site_files(
    tmp_path: Path, run: Run, address: str, coding: str
) -> None:
    page = article_page(7).encode()
    pages = {address: page, "http://www.unknown.example/a/1.html": page}
    file = foreign(tmp_path / "cc.warc.gz", pages, coding=coding)
    code, out, err = run("extract", "--processes", "0", "--warc", file)
    (line,) = lines(out)
    assert (code, line["url"], line["site"]) == (0, address, "cpc71")
    assert line["title"] == "基层党建见闻之7：把实事办到群众心坎上"
    assert line["fetched_at"].endswith("Z")
    assert "1 other address" in err


def test_any_host_takes_them_all_and_pages_that_are_none_are_left_out(
    tmp_path: Path, run: Run, address: str
) -> None:
    page = article_page(7).encode()
    file = foreign(tmp_path / "a.warc.gz", {address: page, "http://www.unknown.example/a/1.html": page})
    gone = foreign(tmp_path / "b.warc.gz", {address: page}, status="404 Not Found")
    output = tmp_path / "out.jsonl"
    code, out, err = run("extract", "--any-host", "--processes", "0", "-o", output, "--warc", file, gone)
    assert (code, out) == (0, "")
    assert [line["site"] for line in lines(output.read_text("utf-8"))] == ["cpc71", None]
    assert "1 status" in err


def test_a_torn_file_gives_what_it_has_and_an_exit_code(tmp_path: Path, run: Run, address: str) -> None:
    file = foreign(tmp_path / "cc.warc.gz", {address: article_page(7).encode(), address + "9": b"x" * 9000})
    file.write_bytes(file.read_bytes()[:-40])
    code, out, err = run("extract", "--processes", "0", "--warc", file)
    assert (code, len(lines(out))) == (1, 1)
    assert "cc.warc.gz" in err and "Traceback" not in err


def test_nothing_of_interest_is_no_success(tmp_path: Path, run: Run) -> None:
    file = foreign(tmp_path / "cc.warc.gz", {"http://www.unknown.example/": article_page(1).encode()})
    assert run("extract", "--warc", file)[0] == 3


@pytest.mark.parametrize("arguments", [("--warc", "none.warc.gz"), ("--url", "http://a.cn/", "--warc", "x")])
def test_wrong_arguments_are_told_in_one_line(tmp_path: Path, run: Run, arguments: tuple[str, ...]) -> None:
    code, _, err = run("extract", *arguments)
    assert (code, err.count("\n")) == (2, 1)


def paged(number: int, *, total: int = 3) -> bytes:
    """One page of an article in several, with the row of numbers that leads to the others."""
    links = "".join(
        f"<span>{n}</span>" if n == number else f"<a href='{name_of_page(n)}'>{n}</a>"
        for n in range(1, total + 1)
    )
    onward = f"<a href='{name_of_page(number + 1)}'>下一页</a>" if number < total else ""
    page = article_page(7).replace("第7篇", f"第{number}页")
    return page.replace("<div class='footer'>", f"<div class='page'>{links}{onward}</div><div>").encode()


def name_of_page(number: int) -> str:
    return "80.html" if number == 1 else f"80_{number}.html"


BASE = "http://www.unknown.example/a/"


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 1, 3)])
def test_an_article_in_several_pages_is_put_together_from_all_files(
    tmp_path: Path, run: Run, order: tuple[int, ...]
) -> None:
    files = [
        foreign(tmp_path / str(place) / "cc.warc.gz", {BASE + name_of_page(number): paged(number)})
        for place, number in enumerate(order)
    ]
    files.append(foreign(tmp_path / "other.warc.gz", {BASE + "81.html": article_page(81).encode()}))
    code, out, err = run("extract", "--any-host", "--processes", "0", "--warc", *files)
    found = {line["url"]: line for line in lines(out)}
    assert (code, found.keys()) == (0, {BASE + "80.html", BASE + "81.html"}), err
    whole = found[BASE + "80.html"]
    assert whole["pages"] == [BASE + name_of_page(number) for number in (1, 2, 3)]
    assert [f"第{number}页第1段" in whole["body"] for number in (1, 2, 3)] == [True] * 3
    assert whole["warc"]["file"] == "cc.warc.gz"


def test_further_pages_without_their_first_are_no_loss(tmp_path: Path, run: Run) -> None:
    pages = {BASE + name_of_page(number): paged(number) for number in (3, 2)}
    code, out, _ = run(
        "extract", "--any-host", "--processes", "0", "--warc", foreign(tmp_path / "cc.warc.gz", pages)
    )
    (line,) = lines(out)
    assert (code, line["pages"]) == (0, [BASE + name_of_page(number) for number in (2, 3)])


def test_a_revisit_has_the_text_of_its_original_wherever_that_stands(tmp_path: Path, run: Run) -> None:
    url, page = BASE + "80.html", article_page(7).encode()
    original = foreign(tmp_path / "z.warc.gz", {url: page})
    with original.open("rb") as file:
        record = next(iter(ArchiveIterator(file)))
        digest = record.rec_headers.get_header("WARC-Payload-Digest")
        date = record.rec_headers.get_header("WARC-Date")
    later = tmp_path / "a.warc.gz"
    with later.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for target, told in ((url, digest), (BASE + "90.html", "sha1:" + "A" * 32)):
            http = StatusAndHeaders(
                "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
            )
            writer.write_record(writer.create_revisit_record(target, told, target, date, http_headers=http))
    code, out, err = run("extract", "--any-host", "--processes", "0", "--warc", later, original)
    found = lines(out)
    assert (code, [line["url"] for line in found]) == (0, [url, url])
    assert {line["warc"]["file"] for line in found} == {"a.warc.gz", "z.warc.gz"}
    assert found[0]["body"] == found[1]["body"] != ""
    assert "1 revisit without its original" in err
