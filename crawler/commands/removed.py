"""`dangjian removed`: articles that are no longer there, confirmed or not, and those that came back."""

import argparse
from typing import Any, ClassVar

from rich.console import Console
from scrapy.commands import ScrapyCommand

from crawler.commands.history import missing_document
from crawler.commands.options import Verb, open_store, print_json, usage_error
from crawler.commands.stored import since
from crawler.store import Missing, Reappeared, Store


class Command(Verb, ScrapyCommand):
    """List removed articles."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}
    example = "dangjian removed --since 2026-11-01 --site cpc71"

    def syntax(self) -> str:
        """Return the arguments."""
        return "[options]"

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return "List articles that are removed, missing, or there again"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        super().add_options(parser)
        self.prepare(parser, "removed", self.syntax())
        parser.add_argument(
            "--since",
            type=since,
            metavar="DATE",
            help="only what was confirmed, first missed or seen again on that day or later (UTC)",
        )
        parser.add_argument("--site", metavar="KEY", help="only articles of this site")
        parser.add_argument("--json", action="store_true", help="print each article as one line of JSON")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings."""
        super().process_options(args, opts)
        self.apply(args, opts)
        if args:
            raise usage_error(f"what is {args[0]!r} to mean? Options only: --since, --site")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print. Raises UsageError where there is no archive."""
        assert self.settings is not None
        wanted = {"site": opts.site, "since": opts.since}
        with open_store(self.settings) as store:
            removed, missing = store.removed(**wanted), store.missing_articles(**wanted)
            back = store.reappeared(**wanted)
            if opts.json:
                _print_lines(removed + missing, back)
            else:
                _print(store, removed, missing, back)


def _print_lines(states: list[Missing], back: list[Reappeared]) -> None:
    for state in states:
        print_json(missing_document(state))
    for one in back:
        document: dict[str, Any] = {"id": one.article_id, "url": one.url, "title": one.title}
        print_json(document | {"site": one.site, "state": "reappeared", "reappeared": one.at})


def _print(store: Store, removed: list[Missing], missing: list[Missing], back: list[Reappeared]) -> None:
    console = Console(highlight=False)
    rule = store.removal_rule
    console.print(f"removed: {len(removed)}", style="bold")
    for state in removed:
        _print_one(console, state, f"{state.reason}; {state.looks} looks from {state.since} to {state.last}")
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
