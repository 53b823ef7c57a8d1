"""`dangjian reextract`: read the archived article pages again with today's extractor."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from typing import ClassVar

from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand

from crawler.commands.archived import archive_folder
from crawler.commands.options import Verb, open_store, print_json, usage_error
from crawler.commands.stored import since
from crawler.items import Article
from crawler.rereading import Answer, Job, Report, Rereader, Workers, WorkFailure
from crawler.sites import Site, SiteError, load_site
from crawler.store import Store, StoreError

_BATCH = 200
"""Records that are stored in one transaction."""
_FAILED, _NOTHING = 1, 3


class Command(Verb, ScrapyCommand):
    """Read the archive again."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}
    example = "dangjian reextract --site cpc71 --dry-run"

    def syntax(self) -> str:
        """Return the arguments."""
        return "[options]"

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return "Read the archived article pages again with today's extractor, without the network"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        super().add_options(parser)
        epilog = "Exit code 3 where there is nothing to read; 1 where some captures could not be had."
        self.prepare(parser, "reextract", self.syntax(), epilog=epilog)
        parser.add_argument("--site", metavar="KEY|FILE", help="only articles of this site")
        parser.add_argument(
            "--since", type=since, metavar="DATE", help="only what was captured on that day or later (UTC)"
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=os.cpu_count() or 1,
            metavar="N",
            help="processes that read, 0: this one (as many as the machine has processors)",
        )
        parser.add_argument("--dry-run", action="store_true", help="store nothing, tell what would change")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings."""
        super().process_options(args, opts)
        self.apply(args, opts)
        if args:
            raise usage_error(f"what is {args[0]!r} to mean? Options only: --site, --since, …")
        if opts.processes < 0:
            raise usage_error("--processes: a number of processes, 0 or more")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read and store. Raises UsageError where there is no archive or no such site."""
        assert self.settings is not None
        site = _site_meant(opts.site)
        key = site.key if isinstance(site, Site) else site
        task = Rereader(archive_folder(self.settings), {site.key: site} if isinstance(site, Site) else {})
        began = time.monotonic()
        with open_store(self.settings) as store:
            passage = _Passage(store, Workers(task, opts.processes), dry_run=opts.dry_run)
            try:
                report = passage.run(key, opts.since)
            except StoreError as error:
                print(f"dangjian reextract: {error}", file=sys.stderr)
                self.exitcode = _FAILED
                return
        seconds = time.monotonic() - began
        if opts.json:
            print_json(report.as_document() | {"dry_run": opts.dry_run, "seconds": round(seconds, 3)})
        else:
            _print(report, seconds, dry_run=opts.dry_run)
        self.exitcode = _FAILED if report.failed else 0 if report.read else _NOTHING


def _site_meant(word: str | None) -> Site | str | None:
    """Return the site of an option; the word itself where it is the key of a site without a file."""
    if word is None:
        return None
    try:
        return load_site(word)
    except SiteError as error:
        if "/" in word or word.endswith(".toml"):
            raise usage_error(str(error)) from None
        return word


class _Passage:
    """One pass over the archive: the records first, then the pages that gave none."""

    def __init__(self, store: Store, workers: Workers[Job, Answer], *, dry_run: bool) -> None:
        self._store = store
        self._workers = workers
        self._dry_run = dry_run
        self._report = Report()
        self._waiting: list[Article] = []
        self._status = Console(stderr=True, highlight=False).status("reading the archive")

    def run(self, site: str | None, since: str | None) -> Report:
        """Read and store. Raises StoreError; what was stored before stays, and a next pass goes on."""
        with self._status:
            records = (Job(one, record) for one, record in self._store.readings(site=site, since=since))
            for job, answer in self._workers.map(records):
                self._take(job, answer)
            self._store_readings()
            # After the records: what they say today decides what is a new version.
            pages = (Job(one) for one in self._store.unread(site=site, since=since))
            for job, answer in self._workers.map(pages):
                self._take(job, answer)
            self._store_found()
        return self._report

    def _take(self, job: Job, answer: Answer | WorkFailure) -> None:
        self._report.note(answer, had_record=job.record is not None)
        if self._report.read % 500 == 0:
            self._status.update(f"reading the archive: {self._report.read} pages")
        if isinstance(answer, Answer) and answer.article is not None:
            self._waiting.append(answer.article)
            if len(self._waiting) >= _BATCH:
                if job.record is not None:
                    self._store_readings()
                else:
                    self._store_found()

    def _store_readings(self) -> None:
        for batch in self._batches():
            self._store.reread(batch)

    def _store_found(self) -> None:
        for batch in self._batches():
            for saved in self._store.save([], batch):
                if saved.change == "new":
                    self._report.new += 1
                elif saved.change == "changed":
                    self._report.changed += 1

    def _batches(self) -> Iterator[list[Article]]:
        batch, self._waiting = self._waiting, []
        if batch and not self._dry_run:
            yield batch


def _print(report: Report, seconds: float, *, dry_run: bool) -> None:
    console = Console(highlight=False)
    would = "would be " if dry_run else ""
    console.print(
        f"{report.read} pages read in {seconds:.1f} s: {report.same} as they were, "
        f"{report.better} records {would}replaced by better readings"
    )
    if report.found:
        console.print(
            f"{report.found} further captures are articles to today's reading: "
            + ("not stored" if dry_run else f"{report.new} new, {report.changed} changed versions")
        )
    rows = report.rows()
    if rows:
        table = Table(box=None, pad_edge=False)
        table.add_column("field")
        for name in ("articles", "filled", "emptied"):
            table.add_column(name, justify="right")
        for name, *numbers in rows:
            table.add_row(name, *map(str, numbers))
        console.print(table)
    for title, counts in (
        ("no article to today's reading (the record stays)", report.no_article),
        ("could not be read", report.failed),
    ):
        for reason, number in counts.most_common():
            console.print(f"{title}: {reason}: {number}", markup=False, soft_wrap=True)
