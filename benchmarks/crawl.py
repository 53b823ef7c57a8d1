"""How fast the whole chain crawls, beside Scrapy alone and Scrapy with trafilatura, in one run.

    python -m benchmarks.crawl [--pages 2000] [--only ours]

Ours is `dangjian crawl` as a user starts it: robots.txt, WARC, reading, database, JSON Lines. The others
keep nothing (plain) or write JSON Lines only (trafilatura). Memory is that of the crawling process and its
children, sampled while it works. The server runs in a process of its own, on the same machine.
"""

import argparse
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
SITE = """key = "bench"
name = "试验站"
domains = ["127.0.0.1"]
allow_private = true
article_urls = ['/a/\\d+\\.html$']
[[sections]]
label = "要闻"
url = "{base}/list/"
"""


@dataclass
class Result:
    """One measured run."""

    name: str
    pages: int
    cpu: float
    """Seconds of the processor, the program's start included."""
    memory: list[float] = field(default_factory=list)
    """MB, early, later and towards the end of the run."""
    seconds: float = 0.0
    """Between the first and the last request, as the server saw them."""

    @property
    def speed(self) -> float:
        return self.pages / self.seconds


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=2000, help="article pages to crawl (default 2000)")
    parser.add_argument("--only", choices=["ours", "plain", "trafilatura"], help="measure one of them")
    arguments = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for name in ("plain", "trafilatura", "ours"):
            if arguments.only not in (None, name):
                continue
            if name == "trafilatura" and importlib.util.find_spec("trafilatura") is None:
                print("trafilatura is not installed (pip install -e '.[bench]'): left out")
                continue
            # Each run gets its own server, so that none profits from another's warm connections.
            server = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.loopback", "--pages", str(arguments.pages)],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            try:
                base = server.stdout.readline().strip()
                result = _measure(name, base, arguments.pages, Path(folder))
            finally:
                server.stdin.close()
            result.seconds = float(server.stdout.readline())
            server.wait()
            results.append(result)
    _print(results)
    return 0


def _measure(name: str, base: str, pages: int, folder: Path) -> Result:
    if name == "ours":
        site = folder / "bench.toml"
        site.write_text(SITE.format(base=base), encoding="utf-8")
        command = ["crawler.cli", "crawl", str(site), "--data", str(folder / "data"), "--json"]
        cwd = PROJECT
    else:
        lines = folder / f"{name}.jsonl"
        spider = "Plain" if name == "plain" else "Trafilatura"
        runner = folder / f"{name}_runner.py"
        runner.write_text(
            f"from plain_spider import {spider} as Chosen\n\n\nclass Spider(Chosen):\n    pass\n", "utf-8"
        )
        command = [
            "scrapy",
            "runspider",
            str(runner),
            "-a",
            f"base={base}",
            "-O",
            str(lines),
            "-L",
            "WARNING",
        ]
        cwd = folder
    environment = {k: v for k, v in os.environ.items() if k != "SCRAPY_SETTINGS_MODULE"}
    paths = [str(HERE), str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=cwd, env=environment, stdout=subprocess.DEVNULL
    )
    samples = []
    while process.poll() is None:
        samples.append(_memory(process.pid))
        time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"{name} failed with exit code {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    chosen = [samples[int((len(samples) - 1) * part)] for part in (0.3, 0.6, 0.95)] if samples else []
    return Result(name, pages, cpu, chosen)


def _memory(pid: int) -> float:
    """Return the resident memory, in MB, of a process and its children; 0 where the system does not tell."""
    total = 0.0
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total = int(line.split()[1]) / 1000
    except OSError:
        return total
    return total + sum(_memory(int(child)) for child in children)


def _print(results: list[Result]) -> None:
    plain = next((result for result in results if result.name == "plain"), None)
    print(
        f"\n{'':14}{'pages/s':>9}{'to plain':>10}{'CPU ms/page':>13}   memory MB at 30, 60, 95 % of the time"
    )
    for result in results:
        ratio = f"{result.speed / plain.speed:.2f}" if plain else ""
        memory = ", ".join(f"{value:.0f}" for value in result.memory)
        print(
            f"{result.name:14}{result.speed:9.0f}{ratio:>10}{result.cpu / result.pages * 1000:13.2f}   "
            f"{memory}"
        )
    print("\npages/s from the first to the last request; CPU with the program's start, in all its processes.")


if __name__ == "__main__":
    sys.exit(main())
