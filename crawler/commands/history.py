"""`dangjian history`: the versions of an article, what changed in each, and where they are archived."""

import argparse
import sys
from itertools import pairwise
from typing import Any, ClassVar

from rich.console import Console
from scrapy.commands import ScrapyCommand

from crawler.analysis import Comparison, compare
from crawler.commands.archived import NOT_THERE, NotThereError
from crawler.commands.options import Verb, open_store, print_json, usage_error
from crawler.commands.stored import article_meant
from crawler.items import Article, Capture
from crawler.store import Missing, Store


class Command(Verb, ScrapyCommand):
    """Print the versions of an article."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}
    example = "dangjian history 3f0c9a5b7e1d2c48"

    def syntax(self) -> str:
        """Return the arguments."""
        return "[options] ARTICLE_ID | URL"

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return "List the versions of an article, what changed in each, and their captures"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        super().add_options(parser)
        epilog = "Exit code 3 where the store has no such article."
        self.prepare(parser, "history", self.syntax(), epilog=epilog)
        parser.add_argument("--json", action="store_true", help="print all as one JSON document")
        parser.add_argument(
            "--captures", action="store_true", help="list every look at the article, unchanged or failed too"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings."""
        super().process_options(args, opts)
        self.apply(args, opts)
        if len(args) != 1:
            raise usage_error("say which article: its id (16 hex digits) or its address")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print. Raises UsageError where there is no archive."""
        assert self.settings is not None
        with open_store(self.settings) as store:
            try:
                identity = article_meant(store, args[0])
            except NotThereError as error:
                print(f"dangjian history: {error}", file=sys.stderr)
                self.exitcode = NOT_THERE
                return
            versions = store.versions(identity)
            captures = _captures(store, identity)
            missing = store.missing_state(identity)
        changes = [None, *(compare(old, new) for old, new in pairwise(versions))]
        steps = list(zip(versions, changes, strict=True))
        if opts.json:
            print_json(_as_document(identity, steps, captures, missing))
        else:
            _print(steps, captures, missing, all_captures=opts.captures)


_Step = tuple[Article, Comparison | None]
"""A version, and how it differs from the one before it."""


def _captures(store: Store, identity: str) -> list[Capture]:
    """Return every look at an article, at whatever address, oldest first."""
    found = {
        (one.url, one.fetched_at): one for url in store.addresses(identity) for one in store.captures(url)
    }
    return sorted(found.values(), key=lambda one: one.fetched_at)


def what_changed(change: Comparison | None) -> str:
    """Say in a few words how a version differs from the one before."""
    if change is None:
        return "first seen"
    words = [field.name for field in change.fields if field.makes_version]
    counts = change.counts
    body = [
        f"{counts[key]} {word}"
        for key, word in (
            ("sentences_rewritten", "sentences rewritten"),
            ("sentences_added", "sentences added"),
            ("sentences_removed", "sentences removed"),
        )
        if counts[key]
    ]
    if body:
        size = f"+{counts['characters_added']} −{counts['characters_removed']} characters"
        words.append(f"body ({', '.join([*body, size])})")
    return ", ".join(words) or "nothing, as it is read today"


def _print(
    steps: list[_Step], captures: list[Capture], missing: Missing | None, *, all_captures: bool
) -> None:
    console = Console(highlight=False)
    current = max((article for article, _ in steps), key=lambda one: (one.fetched_at or "", one.version or 0))
    console.print(f"{current.title or '(no title)'}  {current.id}", style="bold", markup=False)
    console.print(current.url, style="dim", markup=False, soft_wrap=True)
    for article, change in steps:
        console.print(f"\nversion {article.version}  {article.fetched_at}", style="bold", markup=False)
        for line in (what_changed(change), _place(article)):
            console.print(f"  {line}", markup=False, soft_wrap=True)
    console.print()
    looks = [one for one in captures if one.status in {200, 304}]
    if looks:
        console.print(f"{len(captures)} looks, last found {looks[-1].fetched_at}", markup=False)
    if missing is not None:
        console.print(describe_missing(missing), style="red", markup=False)
    if all_captures:
        for one in captures:
            console.print(f"{one.fetched_at}  {one.status}  {_place(one)}", markup=False, soft_wrap=True)


def describe_missing(missing: Missing) -> str:
    """Say that an article is removed, or missing and how often it was looked for."""
    looks = f"{missing.looks} look{'s' if missing.looks != 1 else ''}"
    if missing.removed:
        return f"removed: {missing.reason}, confirmed {missing.removed} after {looks} since {missing.since}"
    return f"missing: {missing.reason}, {looks} since {missing.since}, last {missing.last}"


def _place(item: Article | Capture) -> str:
    return f"warc/{item.warc.file} at {item.warc.offset}" if item.warc is not None else "not archived"


def _as_document(
    identity: str, steps: list[_Step], captures: list[Capture], missing: Missing | None
) -> dict[str, Any]:
    return {
        "id": identity,
        "url": steps[0][0].url,
        "versions": [
            {
                "version": article.version,
                "seen": article.fetched_at,
                "title": article.title,
                "changed": None if change is None else [field.name for field in change.fields],
                "body": None if change is None else change.counts,
                "warc": article.warc.model_dump() if article.warc else None,
                "extractor": article.extractor,
            }
            for article, change in steps
        ],
        "captures": [
            {"url": one.url, "seen": one.fetched_at, "status": one.status}
            | {"warc": one.warc.model_dump() if one.warc else None}
            for one in captures
        ],
        "missing": None if missing is None else missing_document(missing),
    }


def missing_document(missing: Missing) -> dict[str, Any]:
    """Return the state of a missing article for programs."""
    return {
        "id": missing.article_id,
        "url": missing.url,
        "title": missing.title,
        "site": missing.site,
        "state": "removed" if missing.removed else "missing",
        "reason": missing.reason,
        "looks": missing.looks,
        "since": missing.since,
        "last": missing.last,
        "removed": missing.removed,
    }
