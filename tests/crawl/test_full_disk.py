"""A disk that fills up is one clear error; what stands on it is whole, and the next run completes it."""

import json
import os
import random
import re
import resource
import subprocess
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from crawler import recorder as recorders
from crawler.archive import verify
from crawler.items import Article
from crawler.pipelines.lines import ArticleLinesExporter
from crawler.recorder import Recorder, attach
from crawler.sites import adhoc_site
from crawler.spiders.loader import spider_for
from crawler.store import Store
from tests.crawl.running import Outcome, article_page, command, dangjian, list_page, site_file
from tests.store.pages import page
from tests.support import PageServer

NUMBERS = range(1, 41)


def bulky(number: int) -> str:
    """An article of 10,000 characters that no compression makes small."""
    rng = random.Random(number)
    text = "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(10_000))
    return article_page(number).replace(
        "</div><div class='footer'>", f"<p>{text}</p></div><div class='footer'>"
    )


@pytest.fixture(scope="module")
def server() -> Iterator[PageServer]:
    pages = {f"/a/{n}.html": bulky(n) for n in NUMBERS} | {"/list/": list_page([*NUMBERS])}
    with PageServer(pages) as running:
        yield running


def crawl(site: str, data: Path, before: Callable[[], None] | None = None) -> Outcome:
    done = subprocess.run(
        command("crawl", site, "--json"),
        env=os.environ | {"DANGJIAN_DATA": str(data)},
        capture_output=True,
        preexec_fn=before,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode(), data)


def assert_whole_after(first: Outcome, site: str) -> None:
    """The first run says what was wrong, and the next one has everything, once."""
    assert first.code == 1
    assert first.summary()["outcome"] == "errors"
    assert any(words in first.err for words in ("the disk is full", "the disk refused", "no space left"))
    assert "Traceback" not in first.err
    assert len(first.err.splitlines()) <= 4
    second = dangjian("crawl", site, data=first.data)
    assert (second.code, second.err) == (0, "")
    urls = [line["url"] for line in second.articles()]
    assert len(urls) == len(set(urls)) == len(NUMBERS)
    with Store.open(first.data / "dangjian.db") as store:
        assert verify(first.data / "warc", pointers=list(store.pointers())) == []
        assert {one.url for one in store.articles()} == set(urls)


@pytest.mark.parametrize("kilobytes", [300, 500])
def test_files_that_may_not_grow_are_a_clear_error(
    server: PageServer, tmp_path: Path, kilobytes: int
) -> None:
    site = site_file(tmp_path, server.url)
    limit = (kilobytes * 1024, resource.RLIM_INFINITY)
    first = crawl(site, tmp_path / "data", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
    assert_whole_after(first, site)


@pytest.mark.parametrize("kilobytes", [800, 1500])
def test_a_full_disk_is_a_clear_error(server: PageServer, tmp_path: Path, kilobytes: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("no right to mount a small disk")
    try:
        site = site_file(tmp_path, server.url)
        first = crawl(site, disk)
        subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
        assert_whole_after(first, site)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


class FullFile(BytesIO):
    """A file on a full disk."""

    def write(self, data: Any) -> int:
        raise OSError(28, "No space left on device")


def test_a_line_that_cannot_be_written_ends_the_run_as_failed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    crawler = get_crawler(spider_for(adhoc_site("http://www.example.cn/list/")))
    crawler.spider = crawler._create_spider()
    crawler.engine = SimpleNamespace(spider=None)
    recorder = Recorder(tmp_path, "example", command="test")
    attach(crawler, recorder)
    exporter = ArticleLinesExporter.from_crawler(crawler, FullFile())
    exporter.export_item(Article(url="http://www.example.cn/a/1.html"))
    assert crawler.stats.get_value("dangjian/errors/export") == 1
    assert recorder.given_up
    assert "a feed: cannot write: no space left" in caplog.text
    recorder.close(outcome="errors", counts={})


async def test_a_run_ends_with_all_its_lines_or_is_taken_up_again(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, "example", command="test")
    capture, article = page(1)
    await recorder.save([capture], article)
    # In the place of the file stands what cannot be written.
    recorder.articles_file.mkdir(parents=True)
    with pytest.raises(OSError, match=re.escape(str(recorder.articles_file))):
        recorder.close(outcome="done", counts={})
    recorder.articles_file.rmdir()
    again = Recorder(tmp_path, "example", command="test")
    assert again.run.resumes == recorder.run.id
    assert len(recorder.articles_file.read_bytes().splitlines()) == 1
    capture, article = page(2)
    await again.save([capture], article)
    again.close(outcome="done", counts={})
    assert len(again.articles_file.read_bytes().splitlines()) == 1


async def test_a_run_that_dies_while_it_looks_after_a_dead_one_leaves_both_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Recorder(tmp_path, "example", command="test")
    capture, article = page(1)
    await first.save([capture], article)
    first.store.close()  # it dies before the line is written

    def die(store: Store, run_id: str, path: Path) -> int:
        path.parent.mkdir(parents=True)
        path.write_bytes(b'{"id": "torn')
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(recorders, "complete_lines", die)
        with pytest.raises(KeyboardInterrupt):
            Recorder(tmp_path, "example", command="test")
    third = Recorder(tmp_path, "example", command="test")
    assert len(third.run.unfinished) == 2
    assert json.loads(first.articles_file.read_bytes())["title"] == article.title
    third.close(outcome="done", counts={})
    assert Store.open(tmp_path / "dangjian.db").start_run("example", command="test").unfinished == ()
