"""`dangjian reextract`: read the archived article pages again with today's extractor."""

import argparse
import sys
import time
from collections.abc import Iterator

from rich.table import Table

from crawler.actions.archived import archive_folder
from crawler.actions.printing import counted, print_json
from crawler.actions.stored import open_store
from crawler.console import make_console
from crawler.items import Article
from crawler.rereading import Answer, Job, Report, Rereader, Workers, WorkFailure
from crawler.sites import Site, SiteError, load_site
from crawler.store import Store
from crawler.verbs.verb import FAILED, NOT_THERE, NotThereError, UsageError

_BATCH = 200
"""Records that are stored in one transaction."""


def run(args: list[str], opts: argparse.Namespace) -> int:
    """Read and store.

    Raises UsageError where there is no archive or no such site, StoreError where the database fails.
    """
    site = _site_meant(opts.site)
    key = site.key if isinstance(site, Site) else site
    task = Rereader(archive_folder(opts.data), {site.key: site} if isinstance(site, Site) else {})
    began = time.monotonic()
    with open_store(opts.data) as store:
        passage = _Passage(store, Workers(task, opts.processes), dry_run=opts.dry_run)
        report = passage.run(key, opts.since)
    seconds = time.monotonic() - began
    if not report.read and not opts.json:
        of_site = f" of the site {key}" if key else ""
        raise NotThereError(f"there is no article page{of_site} to read again")
    if opts.json:
        print_json(report.as_document() | {"dry_run": opts.dry_run, "seconds": round(seconds, 3)})
    else:
        _print(report, seconds, dry_run=opts.dry_run)
    return FAILED if report.failed else 0 if report.read else NOT_THERE


def _site_meant(word: str | None) -> Site | str | None:
    """Return the site of an option; the word itself where it is the key of a site without a file."""
    if word is None:
        return None
    try:
        return load_site(word)
    except SiteError as error:
        if "/" in word or word.endswith(".toml"):
            raise UsageError(str(error)) from None
        return word


class _Passage:
    """One pass over the archive: the records first, then the pages that gave none."""

    def __init__(self, store: Store, workers: Workers[Job, Answer], *, dry_run: bool) -> None:
        self._store = store
        self._workers = workers
        self._dry_run = dry_run
        self._report = Report()
        self._waiting: list[Article] = []
        self._status = make_console(sys.stderr).status("reading the archive")

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
    console = make_console()
    would = "would be " if dry_run else ""
    console.print(
        f"{counted(report.read, 'page')} read in {seconds:.1f} s: {report.same:,} as they were, "
        f"{counted(report.better, 'record')} {would}replaced by better readings"
    )
    if report.found:
        console.print(
            f"{report.found} further captures are articles to today's reading: "
            + ("not stored" if dry_run else f"{report.new} new, {report.changed} changed versions")
        )
    told = report.same + report.better + report.found + report.no_article.total() + report.failed.total()
    if report.read > told:
        console.print(f"{counted(report.read - told, 'capture')} without a record: no article today either")
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
