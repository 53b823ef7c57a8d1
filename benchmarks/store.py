"""Measures the store: saving, the frontier with many queued URLs, and crawling from it.

    python -m benchmarks.store [--urls 1000000] [--crawl]

Times are CPU seconds of the process; ratios are of one run on one machine.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

from crawler.items import Article, Capture, WarcPointer
from crawler.store import Found, Outcome, Store

BATCH = 50
CHARACTERS = 2000


def page(number: int) -> tuple[Capture, Article]:
    """An article of 2,000 characters and its capture."""
    rng = random.Random(number)
    lines = [
        "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(200)) for _ in range(CHARACTERS // 200)
    ]
    url, at = f"http://www.example.cn/news/html/?{number}.html", "2026-11-22T13:00:00Z"
    warc = WarcPointer(file="a.warc.gz", offset=number, length=900, record_id=uuid.uuid4().urn)
    article = Article(
        url=url,
        site="example",
        section="要闻",
        title=f"第{number}篇",
        authors=["高明"],
        source="试验日报",
        published="2021-03-23T09:51:52+08:00",
        published_precision="second",
        body="\n".join(lines),
        body_html="".join(f"<p>{line}</p>" for line in lines),
        fetched_at=at,
        warc=warc,
        extractor="dangjian",
    )
    return Capture(url=url, status=200, fetched_at=at, site="example", warc=warc), article


def measure_saving(folder: Path, pages: int) -> None:
    """Save new articles, then the same texts fetched again."""
    with Store.open(folder / "saving.db") as store:
        made = [page(number) for number in range(pages)]
        for name in ("new", "unchanged"):
            start = time.process_time()
            for first in range(0, pages, BATCH):
                batch = made[first : first + BATCH]
                store.save([one for one, _ in batch], [two for _, two in batch])
            print(f"save, {name}: {pages / (time.process_time() - start):,.0f} articles/s")
            made = [
                (one.model_copy(update={"warc": None}), two.model_copy(update={"warc": None}))
                for one, two in made
            ]


def measure_frontier(folder: Path, urls: int) -> None:
    """Queue many URLs, then lease and finish some of them."""
    with Store.open(folder / "frontier.db") as store:
        start = time.process_time()
        request = json.dumps({"callback": "parse_article", "meta": {"kind": "article", "section": "要闻"}})
        for first in range(0, urls, 1000):
            found = [
                Found(
                    f"http://www.example.cn/news/html/?{number}.html",
                    kind="article",
                    listed=f"20{number % 25:02}-{number % 12 + 1:02}-11",
                    request=request,
                )
                for number in range(first, first + 1000)
            ]
            store.frontier.turn("example", "r", found=found)
        print(f"queue: {1e6 * (time.process_time() - start) / urls:.0f} µs a URL, {urls:,} URLs")
        start, outcomes, leased = time.process_time(), [], 0
        while leased < min(20_000, urls):
            leases = store.frontier.turn("example", "r", outcomes=outcomes, want=32).leases
            leased += len(leases)
            outcomes = [Outcome(lease.id, "done", 200) for lease in leases]
        print(f"lease and finish: {1e6 * (time.process_time() - start) / leased:.0f} µs a URL")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def crawl_once(scheduler: str, address: str, folder: Path) -> None:
    """Crawl with an empty callback and print pages per second of CPU time."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http import Response

    from crawler import recorder

    class Empty(scrapy.Spider):
        name = "empty"
        start_urls = (address,)

        def parse(self, response: Response):  # type: ignore[no-untyped-def]
            for link in response.css("a::attr(href)").getall():
                kind = "list" if "list" in link else "article"
                yield response.follow(link, self.parse if kind == "list" else self.read, meta={"kind": kind})

        def read(self, response: Response) -> None:
            pass

    settings = {
        "LOG_LEVEL": "ERROR",
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "CONCURRENT_ITEMS": 4,
        "DOWNLOAD_DELAY": 0,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
    }
    if scheduler == "frontier":
        settings |= {
            "SCHEDULER": "crawler.scheduler.FrontierScheduler",
            "SPIDER_MIDDLEWARES": {"crawler.scheduler.LeaseMiddleware": 20},
        }
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Empty)
    with Store.open(folder / "crawl.db") as store:
        run = store.start_run("empty", command="benchmark")
        hold = SimpleNamespace(store=store, run=run, site="empty", failure=None, commit=lambda: None)
        if scheduler == "frontier":
            recorder.attach(crawler, hold)  # type: ignore[arg-type]
        start = time.process_time()
        process.crawl(crawler)
        process.start()
        pages = crawler.stats.get_value("response_received_count", 0)
        print(pages / (time.process_time() - start), pages)


def measure_crawl(folder: Path, pages: int) -> None:
    """Crawl the loopback server from memory and from the frontier, turn about."""
    serve = [sys.executable, "-m", "benchmarks.loopback", "--pages", str(pages)]
    speeds: dict[str, list[float]] = {"memory": [], "frontier": []}
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None and server.stdin is not None
        address = server.stdout.readline().split()[-1] + "/list/"
        for turn in range(3):
            for scheduler, measured in speeds.items():
                own = folder / f"{scheduler}{turn}"
                one = [sys.executable, "-m", "benchmarks.store", "--one", scheduler, address, str(own)]
                speed, fetched = subprocess.run(
                    one, capture_output=True, text=True, check=True
                ).stdout.split()
                measured.append(float(speed))
                print(f"crawl from {scheduler}: {float(speed):.0f} pages/s, {fetched} pages")
        server.stdin.close()
    print(f"frontier / memory, best of three each: {max(speeds['frontier']) / max(speeds['memory']):.0%}")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description="Measures the store.")
    parser.add_argument("--pages", type=int, default=3000, help="articles to save, pages to crawl")
    parser.add_argument("--urls", type=int, default=1_000_000, help="URLs to queue")
    parser.add_argument("--crawl", action="store_true", help="crawl a loopback server, too")
    parser.add_argument("--one", nargs=3, metavar=("SCHEDULER", "ADDRESS", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        crawl_once(options.one[0], options.one[1], Path(options.one[2]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure_saving(folder, options.pages)
        measure_frontier(folder, options.urls)
        if options.crawl:
            measure_crawl(folder, options.pages)


if __name__ == "__main__":
    main()
