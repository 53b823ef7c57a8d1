"""`dangjian removed`: articles that are no longer there, confirmed or not, and those that came back."""

import argparse
from typing import Any

from rich.console import Console

from crawler.actions.history import missing_document
from crawler.actions.printing import counted, print_json
from crawler.actions.stored import open_store
from crawler.console import make_console
from crawler.store import Missing, Reappeared, Store
from crawler.verbs.verb import NotThereError


def run(args: list[str], opts: argparse.Namespace) -> int:
    """Print. Raises UsageError where there is no archive."""
    wanted = {"site": opts.site, "since": opts.since}
    with open_store(opts.data) as store:
        if opts.site and not (store.runs(opts.site, limit=1) or any(store.articles(site=opts.site))):
            raise NotThereError(f"nothing was crawled for a site {opts.site!r}")
        removed, missing = store.removed(**wanted), store.missing_articles(**wanted)
        back = store.reappeared(**wanted)
        if opts.json:
            _print_lines(removed + missing, back)
        else:
            _print(store, removed, missing, back)
    return 0


def _print_lines(states: list[Missing], back: list[Reappeared]) -> None:
    for state in states:
        print_json(missing_document(state))
    for one in back:
        document: dict[str, Any] = {"id": one.article_id, "url": one.url, "title": one.title}
        print_json(document | {"site": one.site, "state": "reappeared", "reappeared": one.at})


def _print(store: Store, removed: list[Missing], missing: list[Missing], back: list[Reappeared]) -> None:
    console = make_console()
    rule = store.removal_rule
    console.print(f"removed: {len(removed)}", style="bold")
    for state in removed:
        _print_one(
            console,
            state,
            f"{state.reason}; {counted(state.looks, 'look')} from {state.since} to {state.last}",
        )
    console.print(
        f"missing, not confirmed (it takes {rule.looks} looks over {rule.days:g} days): {len(missing)}",
        style="bold",
    )
    for state in missing:
        _print_one(
            console,
            state,
            f"{state.reason}; look {state.looks} of {rule.looks}, first {state.since}, last {state.last}",
        )
    if back:
        console.print(f"there again: {len(back)}", style="bold")
    for one in back:
        _print_one(console, one, f"found again {one.at}")


def _print_one(console: Console, state: Missing | Reappeared, what: str) -> None:
    console.print(f"  {state.article_id}  {state.title or '(no title)'}", markup=False, soft_wrap=True)
    console.print(f"    {state.site or ''}  {what}", markup=False, soft_wrap=True)
    console.print(f"    {state.url}", style="dim", markup=False, soft_wrap=True)
