"""How a run ended: one outcome, one exit code, one table."""

import json
import logging
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from rich.table import Table
from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.archive import ArchiveError
from crawler.console import make_console
from crawler.recorder import Recorder, recorder_of
from crawler.store import StoreError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

EXIT_CODES = {
    "done": 0,
    "errors": 1,
    "nothing found": 3,
    "blocked": 4,
    "unreachable": 4,
    "interrupted": 130,
}
"""Outcome -> exit code. 2 is a usage error, which no run has."""

EXIT_CODE = "dangjian/exit_code"
"""Key of the stats under which a finished run's exit code stands."""

_ERRORS = ("dangjian/errors/", "spider_exceptions/count", "feedexport/failed_count/")
_LOST = ("blocked/", "unreachable/")


@dataclass
class Summary:
    """What a run did."""

    site: str
    run: str | None
    outcome: str
    exit_code: int
    reason: str
    """Why Scrapy ended it: `finished`, `limit`, `shutdown`, …"""
    pages: int = 0
    archived: int = 0
    articles: dict[str, int] = field(default_factory=dict)
    """`new`, `changed` and `unchanged`."""
    known: int = 0
    """Articles met on lists that an earlier run has stored and that are not due for another look."""
    gone: dict[str, int] = field(default_factory=dict)
    """`removed`, confirmed by this run; `missing`, unconfirmed; `reappeared` in this run."""
    lists: int = 0
    links: int = 0
    """Links to articles on these lists, known ones too."""
    requisites: int = 0
    """Files, pictures, styles and scripts that were archived beside the pages."""
    requisites_lost: int = 0
    """Those that could not be had; they do not count as failures."""
    failures: dict[str, int] = field(default_factory=dict)
    """`class/reason` -> number of pages."""
    errors: dict[str, int] = field(default_factory=dict)
    """Errors of the program, by kind."""
    bytes: int = 0
    seconds: float = 0.0
    files: dict[str, str] = field(default_factory=dict)
    """Where the results are."""


def summarise(
    stats: dict[str, Any], *, site: str, reason: str, recorder: Recorder | None, seconds: float
) -> Summary:
    """Return the summary of a run from Scrapy's statistics."""

    def below(prefix: str) -> dict[str, int]:
        return {
            key.removeprefix(prefix): value for key, value in sorted(stats.items()) if key.startswith(prefix)
        }

    summary = Summary(
        site=site, run=recorder.run.id if recorder else None, outcome="", exit_code=0, reason=reason
    )
    summary.pages = stats.get("response_received_count", 0)
    summary.archived = stats.get("dangjian/archived", 0)
    summary.articles = {
        change: stats.get(f"dangjian/articles/{change}", 0) for change in ("new", "changed", "unchanged")
    }
    summary.known = stats.get("dangjian/known", 0)
    summary.lists = stats.get("dangjian/lists", 0)
    summary.links = stats.get("dangjian/links", 0)
    summary.requisites = stats.get("dangjian/requisites", 0)
    summary.requisites_lost = sum(below("dangjian/requisites_lost/").values())
    summary.failures = below("dangjian/failed/")
    summary.errors = {key: stats[key] for key in sorted(stats) if key.startswith(_ERRORS)}
    summary.bytes = stats.get("dangjian/bytes", 0)
    summary.seconds = round(seconds, 3)
    if recorder is not None:
        summary.gone = _gone(recorder)
        summary.files = {
            "archive": str(recorder.data / "warc"),
            "database": str(recorder.data / "dangjian.db"),
        }
        if summary.articles["new"] or summary.articles["changed"]:
            summary.files["articles"] = str(recorder.articles_file)
    summary.outcome = _outcome(summary, below("dangjian/entries_failed/"))
    summary.exit_code = EXIT_CODES[summary.outcome]
    return summary


def _gone(recorder: Recorder) -> dict[str, int]:
    store, site = recorder.store, recorder.site
    since = recorder.run.started.removesuffix("Z")  # before any fraction of that second
    return {
        "removed": len(store.removed(site=site, since=since)),
        "missing": len(store.missing_articles(site=site)),
        "reappeared": len(store.reappeared(site=site, since=since)),
    }


def _outcome(summary: Summary, entries_failed: dict[str, int]) -> str:
    if summary.errors or summary.reason in {"archive_failed", "store_failed"}:
        return "errors"
    if summary.reason == "shutdown":
        return "interrupted"
    articles = sum(summary.articles.values()) + summary.known
    lost = sum(number for reason, number in summary.failures.items() if reason.startswith(_LOST))
    if entries_failed and not (articles and set(entries_failed) <= {"missing/HTTP 404", "missing/HTTP 410"}):
        # A section that cannot be had is work not done, however well the others went.
        return _why_lost(entries_failed)
    # Links that led to no request stand for articles that are known and not due for another look.
    known = summary.links - sum(summary.failures.values())
    if lost > max(articles, known):
        return _why_lost(summary.failures)
    return "done" if articles or known > 0 else "nothing found"


def _why_lost(failures: dict[str, int]) -> str:
    """Return `blocked` where gates, logins and robots.txt kept back as much as was not answered, or more."""
    blocked, unreachable = (
        sum(number for reason, number in failures.items() if reason.startswith(prefix)) for prefix in _LOST
    )
    return "blocked" if blocked and blocked >= unreachable else "unreachable"


class RunSummary:
    """Closes the run when the engine has stopped, sets its exit code and prints its table."""

    def __init__(self, crawler: "Crawler") -> None:
        if crawler.settings.getbool("KEEP_ALIVE"):  # scrapy shell
            raise NotConfigured
        self.crawler = crawler
        self.reason = "finished"
        self.started = time.monotonic()
        crawler.signals.connect(self.item_error, signal=signals.item_error)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from a crawler, as Scrapy does."""
        return cls(crawler)

    def item_error(self) -> None:
        """Count an exception in a pipeline."""
        self.crawler.stats.inc_value("dangjian/errors/pipeline")

    def spider_closed(self, reason: str) -> None:
        """Keep the reason."""
        self.reason = reason

    def engine_stopped(self) -> None:
        """End the run. By now the pipelines and the exports are closed."""
        recorder = recorder_of(self.crawler)
        if recorder is not None:
            recorder.commit()
            if recorder.failure is not None:
                self.crawler.stats.inc_value("dangjian/errors/store")
        summary = self._summary(recorder)
        if recorder is not None:
            try:
                self._close(recorder, summary)
            except (StoreError, ArchiveError, OSError) as error:
                logger.error("The run could not be closed: %s", error)
                self.crawler.stats.inc_value("dangjian/errors/close")
                summary = self._summary(recorder)
        # Last: a run that could not be closed has no exit code, which counts as an error.
        self.crawler.stats.set_value(EXIT_CODE, summary.exit_code)
        try:
            self._print(summary)
        except BrokenPipeError:
            return  # whoever read our output (`| head`) has had enough
        except OSError as error:
            logger.error("How the run ended could not be printed: %s", error.strerror)
            self.crawler.stats.set_value(EXIT_CODE, EXIT_CODES["errors"])

    def _close(self, recorder: Recorder, summary: Summary) -> None:
        counts = {f"articles {change}": number for change, number in summary.articles.items()}
        counts |= {"pages": summary.pages, "archived": summary.archived, "lists": summary.lists}
        recorder.close(
            outcome=summary.outcome,
            counts=counts | summary.failures,
            # A limit keeps lists from being followed, even where it is not reached.
            complete=self.reason == "finished"
            and not getattr(self.crawler.spider, "limit", 0)
            and not getattr(self.crawler.spider, "range", None)
            and not self.crawler.settings.getbool("DANGJIAN_PARTIAL"),
        )

    def _print(self, summary: Summary) -> None:
        form = self.crawler.settings["DANGJIAN_SUMMARY"]
        feeds = self.crawler.settings.getdict("FEEDS")
        file = sys.stderr if any(str(uri).startswith("stdout:") for uri in feeds) else sys.stdout
        if form == "json":
            print(json.dumps(asdict(summary), ensure_ascii=False), file=file)
        elif form == "table":
            print_summary(summary, make_console(file))

    def _summary(self, recorder: Recorder | None) -> Summary:
        return summarise(
            self.crawler.stats.get_stats(),
            site=recorder.site if recorder is not None else getattr(self.crawler.spider, "name", ""),
            reason=self.reason,
            recorder=recorder,
            seconds=time.monotonic() - self.started,
        )


def print_summary(summary: Summary, console: Console) -> None:
    """Print the table that ends a run."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    articles = summary.articles
    rate = f", {summary.pages / summary.seconds:.0f} a second" if summary.seconds >= 1 else ""
    table.add_row("pages fetched", f"{summary.pages}{rate}")
    table.add_row("archived", f"{summary.archived} responses, {_size(summary.bytes)}")
    known = f", {summary.known} known and not due" if summary.known else ""
    table.add_row(
        "articles",
        f"{articles['new']} new, {articles['changed']} changed, {articles['unchanged']} unchanged{known}",
    )
    if any(summary.gone.values()):
        gone = summary.gone
        table.add_row(
            "no longer there",
            f"{gone['removed']} removed, {gone['missing']} missing; {gone['reappeared']} there again",
        )
    table.add_row("lists", f"{summary.lists} with {summary.links} links to articles")
    if summary.requisites or summary.requisites_lost:
        table.add_row("requisites", f"{summary.requisites} archived, {summary.requisites_lost} not had")
    for label, numbers in (("not had", summary.failures), ("errors", summary.errors)):
        for place, (name, number) in enumerate(numbers.items()):
            table.add_row("" if place else label, f"{number} x {name.replace('/', ': ', 1)}")
    table.add_row("time", f"{summary.seconds:.1f} s")
    for name, path in summary.files.items():
        table.add_row(f"{name} in", _short(path))
    style = "green" if summary.exit_code == 0 else "red"
    console.print()
    nothing_new = summary.outcome == "done" and not (articles["new"] or articles["changed"])
    said = f"[{style}]{summary.outcome}[/{style}]" + (", nothing new" if nothing_new else "")
    console.print(f"[bold]{summary.site}[/bold]: {said}")
    console.print(table)


def _size(number: float) -> str:
    for unit in ("bytes", "KB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1000
    raise AssertionError


def _short(path: str) -> str:
    """Return a path relative to the current folder where it lies below it."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path
