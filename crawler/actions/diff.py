"""`dangjian diff`: two versions of an article, sentence by sentence and character by character."""

import argparse
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from crawler.actions.printing import print_json
from crawler.actions.stored import article_meant, open_store
from crawler.analysis import Comparison, Passage, Span, compare
from crawler.analysis.comparison_page import comparison_page
from crawler.console import make_console
from crawler.items import Article
from crawler.store import Store
from crawler.verbs.verb import NotThereError, UsageError

_STYLES = {"equal": "", "delete": "red strike", "insert": "green underline"}
_MARKS = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
"""Where there is no colour: the marks of GNU wdiff."""


def run(args: list[str], opts: argparse.Namespace) -> int:
    """Compare and print.

    Raises UsageError where there is no archive or the page cannot be written, NotThereError where the archive
    lacks the article or the version.
    """
    with open_store(opts.data) as store:
        old, new = _versions_meant(store, args)
    comparison = compare(old, new)
    if opts.json:
        print_json(_as_document(old, new, comparison))
    elif opts.html:
        _write(opts.html, comparison_page(old, new, comparison))
    else:
        context = len(comparison.passages) + max(len(old.body), 1) if opts.full else opts.context
        _Printer(make_console()).print(old, new, comparison, context)
    return 0


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
        raise UsageError(f"{name}: {error.strerror}") from None


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
