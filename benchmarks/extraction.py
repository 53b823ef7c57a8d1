"""`make bench-extraction`: what we and our peers read on the labelled pages, and how fast, in one run."""

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import lxml.html
from rich.console import Console
from rich.table import Table

from benchmarks import peers
from benchmarks.labelled import Corpus, PageScore, Reader, Reading, corpus_folder, figures, list_figures

PARSE = "lxml parse"
COLUMNS = (
    "body",
    "body > .99",
    "title",
    "authors",
    "authors where given",
    "source",
    "source where given",
    "date",
    "editors",
)


def seconds_for(name: str, rounds: int) -> float:
    """Return the least processor time in seconds that a first reading of all pages took, each in a process of
    its own.

    No page comes twice in a crawl: what a system remembers of a page it has read (trafilatura is twice as
    fast at its second reading) must not count.
    """
    command = [sys.executable, "-m", "benchmarks.extraction", "--time", name]
    return min(
        float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) for _ in range(rounds)
    )


def first_reading(name: str, corpus: Corpus) -> float:
    """Return the processor time in seconds of one reading of all pages, after one page to warm up."""
    read = {"dangjian": peers.ours, PARSE: lambda: bare_parse}.get(name, lambda: peers.installed()[0][name])()
    urls = [label.get("url") or "http://example.org/a.html" for label in corpus.articles]
    read(corpus.pages[0], urls[0])
    start = time.process_time()
    for html, url in zip(corpus.pages, urls, strict=True):
        try:
            read(html, url)
        except Exception:  # a peer that fails on a page has spent its time all the same
            continue
    return time.process_time() - start


def bare_parse(html: bytes, url: str) -> Reading:
    """Parse a page with lxml and do nothing else: the yardstick of speed."""
    lxml.html.document_fromstring(html)
    return Reading()


def comparison(corpus: Corpus, rounds: int, only_ours: bool) -> tuple[Table, list[PageScore]]:
    """Return the table of all systems, and our scores page by page."""
    readers, missing = ({}, []) if only_ours else peers.installed()
    systems: dict[str, Reader] = {"dangjian": peers.ours(), **readers}
    table = Table(
        title=f"{len(corpus.articles)} labelled article pages, corpus {corpus.digest[:12]}",
        title_justify="left",
    )
    table.add_column("system")
    for name in (*COLUMNS, "pages/s", "x lxml parse"):
        table.add_column(name, justify="right")
    parse = seconds_for(PARSE, rounds)
    our_scores: list[PageScore] = []
    for name, read in systems.items():
        scores = corpus.score(read)
        our_scores = our_scores or scores
        found = figures(scores)
        spent = seconds_for(name, rounds)
        cells = [f"{found[column]:.3f}" if column in found else "–" for column in COLUMNS]
        table.add_row(name, *cells, f"{len(corpus.articles) / spent:.0f}", f"{spent / parse:.1f}")
    table.add_row(f"({PARSE})", *["–"] * len(COLUMNS), f"{len(corpus.articles) / parse:.0f}", "1.0")
    if missing:
        table.caption = f"not installed: {', '.join(missing)}"
    return table, our_scores


def grouped(scores: list[PageScore], by: str) -> Table:
    """Return our figures per family of sites, or per half of the corpus."""
    groups: dict[str, list[PageScore]] = defaultdict(list)
    for score in scores:
        groups[getattr(score, by)].append(score)
    table = Table(title=f"dangjian per {by}", title_justify="left")
    table.add_column(by)
    table.add_column("pages", justify="right")
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for name, members in sorted(groups.items()):
        found = figures(members)
        table.add_row(name, str(len(members)), *(f"{found[c]:.3f}" if c in found else "–" for c in COLUMNS))
    return table


def main() -> int:
    """Run the comparison; 1 where the labelled pages are absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    parser.add_argument("--rounds", type=int, default=3, help="how often speed is measured; the best counts")
    parser.add_argument("--time", metavar="SYSTEM", help="print the seconds of one reading, and nothing else")
    parser.add_argument("--out", type=Path, help="write a JSON line per page with what was right")
    options = parser.parse_args()
    folder = corpus_folder()
    if folder is None:
        print("The labelled pages are not here: set DANGJIAN_CORPUS to their folder.", file=sys.stderr)
        return 1
    corpus = Corpus(folder)
    if options.time:
        print(first_reading(options.time, corpus))
        return 0
    console = Console(width=None if sys.stdout.isatty() else 170)
    table, scores = comparison(corpus, options.rounds, options.ours)
    console.print(table)
    console.print(grouped(scores, "family"))
    console.print(grouped(scores, "half"))
    from crawler.extraction import page_kind, read_list

    lists = Table(title=f"{len(corpus.lists)} labelled list pages", title_justify="left")
    found = list_figures(corpus, read_list, page_kind)
    for name in found:
        lists.add_column(name, justify="right")
    lists.add_row(*(f"{value:.3f}" for value in found.values()))
    console.print(lists)
    if options.out:
        with options.out.open("w", encoding="utf-8") as lines:
            for score in scores:
                lines.write(json.dumps(vars(score), ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
