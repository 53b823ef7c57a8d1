"""`dangjian diff`: two versions of an article, sentence by sentence and character by character."""

import argparse
import sys
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Console
from rich.text import Text
from scrapy.commands import ScrapyCommand

from crawler.analysis import Comparison, Passage, Span, compare
from crawler.analysis.comparison_page import comparison_page
from crawler.commands.archived import NOT_THERE, NotThereError
from crawler.commands.options import Verb, open_store, print_json, usage_error
from crawler.commands.stored import article_meant
from crawler.items import Article
from crawler.store import Store

_STYLES = {"equal": "", "delete": "red strike", "insert": "green underline"}
_MARKS = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
"""Where there is no colour: the marks of GNU wdiff."""


class Command(Verb, ScrapyCommand):
    """Compare versions of an article."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}
    example = "dangjian diff 3f0c9a5b7e1d2c48 1 2"

    def syntax(self) -> str:
        """Return the arguments."""
        return "[options] ARTICLE_ID | URL [OLD NEW]"

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return "Compare two versions of an article, by default the last two"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        super().add_options(parser)
        epilog = "Exit code 3 where the store has no such article or version."
        self.prepare(parser, "diff", self.syntax(), epilog=epilog)
        parser.add_argument("--json", action="store_true", help="print all as one JSON document")
        parser.add_argument(
            "--html", metavar="FILE", help="write a page that needs no other file; - is stdout"
        )
        parser.add_argument(
            "--context", type=int, default=1, metavar="N", help="unchanged sentences around a change (1)"
        )
        parser.add_argument("--full", action="store_true", help="print all unchanged sentences")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings."""
        super().process_options(args, opts)
        self.apply(args, opts)
        if len(args) not in {1, 3} or not all(word.isdecimal() for word in args[1:]):
            raise usage_error("say which article (id or address), and two numbers of versions or none")
        if opts.context < 0:
            raise usage_error("--context: a number of sentences, 0 or more")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Compare and print. Raises UsageError where there is no archive or the page cannot be written."""
        assert self.settings is not None
        with open_store(self.settings) as store:
            try:
                old, new = _versions_meant(store, args)
            except NotThereError as error:
                print(f"dangjian diff: {error}", file=sys.stderr)
                self.exitcode = NOT_THERE
                return
        comparison = compare(old, new)
        if opts.json:
            print_json(_as_document(old, new, comparison))
        elif opts.html:
            _write(opts.html, comparison_page(old, new, comparison))
        else:
            context = len(comparison.passages) + max(len(old.body), 1) if opts.full else opts.context
            _Printer(Console(highlight=False)).print(old, new, comparison, context)


def _versions_meant(store: Store, args: list[str]) -> tuple[Article, Article]:
    identity = article_meant(store, args[0])
    versions = {one.version: one for one in store.versions(identity)}
    if len(args) == 1:
        if len(versions) < 2:
            raise NotThereError(f"there is but one version of {args[0]}")
        numbers = list(versions)[-2:]
    else:
        numbers = [int(word) for word in args[1:]]
    for number in numbers:
        if number not in versions:
            there = ", ".join(str(one) for one in sorted(one for one in versions if one))
            raise NotThereError(f"there is no version {number} of {args[0]}; there are: {there}")
    return versions[numbers[0]], versions[numbers[1]]


def _write(name: str, page: str) -> None:
    if name == "-":
        sys.stdout.write(page)
        return
    try:
        Path(name).expanduser().write_text(page, encoding="utf-8")
    except OSError as error:
        raise usage_error(f"{name}: {error.strerror}") from None


class _Printer:
    """Prints a comparison: coloured on a terminal, with marks elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._coloured = console.is_terminal and not console.no_color

    def print(self, old: Article, new: Article, comparison: Comparison, context: int) -> None:
        """Print fields, then the changed passages with so many unchanged sentences around each."""
        self._line(f"{new.title or '(no title)'}  {new.id}", "bold")
        self._line(
            f"version {old.version}, {old.fetched_at} → version {new.version}, {new.fetched_at}", "dim"
        )
        if comparison.is_empty:
            self._line("nothing changed", "")
        for field in comparison.fields:
            spans = field.spans or _both(field.old or "", field.new or "")
            self._spans(f"{field.name}: ", spans)
        if any(passage.operation != "equal" for passage in comparison.passages):
            self._line("", "")
            self._body(comparison.passages, context)

    def _body(self, passages: tuple[Passage, ...], context: int) -> None:
        last = len(passages) - 1
        for position, passage in enumerate(passages):
            if passage.operation == "equal":
                before = context if position > 0 else 0
                after = context if position < last else 0
                self._unchanged(passage.new, before, after)
            elif passage.operation == "replace":
                self._spans("~ ", passage.spans)
            else:
                sign = "- " if passage.operation == "delete" else "+ "
                for sentence in passage.old + passage.new:
                    self._spans(sign, (Span(passage.operation, sentence),))

    def _unchanged(self, sentences: tuple[str, ...], before: int, after: int) -> None:
        hidden = len(sentences) - before - after
        if hidden <= 1:  # a gap would take as much room as the sentence
            shown = [(sentence, "") for sentence in sentences]
        else:
            gap = f"… {hidden} sentences unchanged …"
            shown = [(one, "") for one in sentences[:before]] + [(gap, "dim")]
            shown += [(one, "") for one in sentences[len(sentences) - after :]]
        for sentence, style in shown:
            self._line(f"  {sentence}", style)

    def _spans(self, lead: str, spans: tuple[Span, ...]) -> None:
        line = Text(lead, "dim")
        for span in spans:
            if self._coloured:
                line.append(span.text, _STYLES[span.operation])
            else:
                begin, end = _MARKS[span.operation]
                line.append(f"{begin}{span.text}{end}")
        self._console.print(line, soft_wrap=True)

    def _line(self, text: str, style: str) -> None:
        self._console.print(Text(text, style), soft_wrap=True)


def _both(old: str, new: str) -> tuple[Span, ...]:
    spans = (Span("delete", old), Span("insert", new))
    return tuple(span for span in spans if span.text)


def _as_document(old: Article, new: Article, comparison: Comparison) -> dict[str, Any]:
    def spans(found: tuple[Span, ...]) -> list[list[str]]:
        return [[span.operation, span.text] for span in found]

    return {
        "id": new.id,
        "url": new.url,
        "old": {"version": old.version, "seen": old.fetched_at},
        "new": {"version": new.version, "seen": new.fetched_at},
        "counts": comparison.counts,
        "fields": [
            {"name": one.name, "old": one.old, "new": one.new, "spans": spans(one.spans)}
            for one in comparison.fields
        ],
        "body": [
            {
                "operation": one.operation,
                "old": list(one.old),
                "new": list(one.new),
                "spans": spans(one.spans),
            }
            for one in comparison.passages
        ],
    }
