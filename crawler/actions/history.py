"""`dangjian history`: the versions of an article, what changed in each, and where they are archived."""

import argparse
from itertools import pairwise
from typing import Any

from crawler.actions.printing import counted, print_json
from crawler.actions.stored import article_meant, open_store
from crawler.analysis import Comparison, compare
from crawler.console import make_console
from crawler.items import Article, Capture
from crawler.store import Missing, Store


def run(args: list[str], opts: argparse.Namespace) -> int:
    """Print. Raises UsageError where there is no archive, NotThereError where it lacks the article."""
    with open_store(opts.data) as store:
        identity = article_meant(store, args[0])
        versions = store.versions(identity)
        captures = _captures(store, identity)
        missing = store.missing_state(identity)
    changes = [None, *(compare(old, new) for old, new in pairwise(versions))]
    steps = list(zip(versions, changes, strict=True))
    if opts.json:
        print_json(_as_document(identity, steps, captures, missing))
    else:
        _print(steps, captures, missing, all_captures=opts.captures)
    return 0


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
        f"{counted(counts[key], 'sentence')} {word}"
        for key, word in (
            ("sentences_rewritten", "rewritten"),
            ("sentences_added", "added"),
            ("sentences_removed", "removed"),
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
    console = make_console()
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
        console.print(f"{counted(len(captures), 'look')}, last found {looks[-1].fetched_at}", markup=False)
    if missing is not None:
        console.print(describe_missing(missing), style="red", markup=False)
    if all_captures:
        for one in captures:
            console.print(f"{one.fetched_at}  {one.status}  {_place(one)}", markup=False, soft_wrap=True)


def describe_missing(missing: Missing) -> str:
    """Say that an article is removed, or missing and how often it was looked for."""
    looks = counted(missing.looks, "look")
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
