"""Crawls that are asked to stop, and crawls that nobody can ask any more."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import pytest

from crawler.archive import verify
from crawler.store import Store
from tests.crawl.running import article_page, command, dangjian, list_page, site_file
from tests.support import PageServer, Seen

NUMBERS = range(1, 41)
PATIENCE = 60
"""Seconds after which a test gives up waiting."""

READER = """
import asyncio
from crawler.reader import Reader

async def main():
    reader = Reader(1)
    reader.start()
    await reader._warming
    await reader.read(b"<p>x</p>", url="http://a.cn/", content_type=None)
    print(*reader._pool._processes, flush=True)
    await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


class Site:
    """Forty articles; the eleventh request for one and those after it are answered when `gate` opens."""

    def __init__(self) -> None:
        self.gate = Event()
        self.held = Event()
        self.asked = 0

    def article(self, seen: Seen) -> str:
        self.asked += 1
        if self.asked > 10:
            self.held.set()
            self.gate.wait(PATIENCE)
        return article_page(int(seen.path.rsplit("/", 1)[-1].removesuffix(".html")))

    def pages(self) -> dict[str, str | Callable[[Seen], str]]:
        pages: dict[str, str | Callable[[Seen], str]] = {f"/a/{n}.html": self.article for n in NUMBERS}
        return pages | {"/list/": list_page([*NUMBERS])}


@contextmanager
def crawling(folder: Path, *options: str) -> Iterator[tuple[Site, "subprocess.Popen[bytes]", str]]:
    """A crawl of the site that has come to the held requests, and its site file."""
    site = Site()
    with PageServer(site.pages()) as server:
        file = site_file(folder, server.url)
        with subprocess.Popen(
            command("crawl", file, "--json", *options),
            env=os.environ | {"DANGJIAN_DATA": str(folder / "data")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as crawl:
            try:
                assert site.held.wait(PATIENCE)
                yield site, crawl, file
            finally:
                site.gate.set()
                crawl.kill()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_a_crawl_when_the_running_requests_are_through(tmp_path: Path, name: str) -> None:
    with crawling(tmp_path) as (site, crawl, file):
        crawl.send_signal(getattr(signal, name))
        # The signal is handled in the crawl's own time; what is under way must not end before it.
        with suppress(subprocess.TimeoutExpired):
            crawl.wait(0.3)
        assert crawl.poll() is None
        site.gate.set()
        out, err = crawl.communicate(timeout=PATIENCE)
        assert crawl.returncode == 130
        assert b"Traceback" not in err
        summary = json.loads(out.splitlines()[-1])
        assert summary["outcome"] == "interrupted"
        assert 10 <= summary["articles"]["new"] == site.asked < len(NUMBERS)
        asked = site.asked
        rest = dangjian("crawl", file, "--json", data=tmp_path / "data")
    assert rest.summary()["articles"]["new"] == len(NUMBERS) - asked
    assert len(rest.articles()) == len(NUMBERS)
    assert verify(tmp_path / "data" / "warc") == []


def test_a_second_signal_ends_a_crawl_at_once_and_loses_nothing(tmp_path: Path) -> None:
    with crawling(tmp_path) as (site, crawl, file):
        crawl.send_signal(signal.SIGINT)
        while crawl.poll() is None:  # a second signal that comes before the first is handled is none
            with suppress(subprocess.TimeoutExpired):
                crawl.wait(0.2)
            crawl.send_signal(signal.SIGINT)
        assert not site.gate.is_set()
        assert crawl.returncode == 130
        _, err = crawl.communicate()
        assert b"Traceback" not in err
        site.gate.set()
        rest = dangjian("crawl", file, "--json", data=tmp_path / "data")
    assert len(rest.articles()) == len({line["url"] for line in rest.articles()}) == len(NUMBERS)
    assert verify(tmp_path / "data" / "warc") == []
    with Store.open(tmp_path / "data" / "dangjian.db") as store:
        assert [run.outcome for run in store.runs()] == ["done", "killed"]


def test_readers_end_with_a_crawl_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "reader.py"
    script.write_text(READER, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as crawl:
        assert crawl.stdout is not None
        (reader,) = map(int, crawl.stdout.readline().split())
        watched = os.pidfd_open(reader)
        crawl.kill()
        # A pidfd can be read when its process has ended.
        assert select.select([watched], [], [], PATIENCE)[0]
        os.close(watched)
