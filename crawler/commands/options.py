"""What the verbs share: options, one-line errors, and what an argument may mean.

A mix-in and functions, not a base class of commands: Scrapy takes every command class in this package for a
verb.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from rich.console import Console
from scrapy.commands import ScrapyHelpFormatter
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.items import Article
from crawler.store import Store, StoreError
from crawler.urls import display_url

EXIT_CODES_TEXT = (
    "Exit codes: 0 it did its work; 1 errors; 2 wrong usage; 3 nothing found; 4 the site, or a section of "
    "it, unreachable or blocked; 130 interrupted."
)


class Verb:
    """Mix-in of our commands: example in the help, one-line errors, `--data` and `-v`."""

    example: ClassVar[str] = ""
    settings: Settings | None

    def prepare(self, parser: argparse.ArgumentParser, name: str, syntax: str, *, epilog: str = "") -> None:
        """Give a parser the options that all verbs have, and the manners."""
        parser.usage = f"dangjian {name} {syntax}"
        parser.prog = f"dangjian {name}"
        parser.epilog = f"Example: {self.example}" + (f"\n{epilog}" if epilog else "")
        parser.formatter_class = _Help
        # argparse would print the usage first.
        parser.error = _one_line_error(parser)  # type: ignore[method-assign]  # no parser class of our own here
        parser.add_argument(
            "--data", metavar="DIR", help="folder of archive, database and articles (or DANGJIAN_DATA)"
        )
        parser.add_argument(
            "-v", "--verbose", action="count", default=0, help="say more; twice: everything; tracebacks too"
        )

    def apply(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the shared options into the settings. Raises UsageError for an unknown option."""
        assert self.settings is not None
        unknown = [word for word in args if word.startswith("-") and word != "-"]
        if unknown:
            raise UsageError(f"there is no option {unknown[0]}", print_help=False)
        if opts.data:
            self.settings.set("DANGJIAN_DATA", opts.data, priority="cmdline")
        if opts.verbose and not getattr(opts, "loglevel", None):
            self.settings.set("LOG_LEVEL", "INFO" if opts.verbose == 1 else "DEBUG", priority="cmdline")


class _Help(ScrapyHelpFormatter):
    """Scrapy's form of help, which keeps line breaks."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(super(_Help, self)._fill_text(line, width, indent) for line in text.splitlines())


def _one_line_error(parser: argparse.ArgumentParser) -> Any:
    def error(message: str) -> NoReturn:
        print(f"{parser.prog}: {message}", file=sys.stderr)
        sys.exit(2)

    return error


def usage_error(message: str) -> UsageError:
    """Return the error that ends a verb with one line and exit code 2."""
    return UsageError(message, print_help=False)


def open_store(settings: Settings) -> Store:
    """Open the store of the data folder for reading. Raises UsageError where there is none."""
    path = Path(settings["DANGJIAN_DATA"]).expanduser() / "dangjian.db"
    if not path.is_file():
        raise usage_error(f"there is no archive in {path.parent} (--data says where it is)")
    try:
        return Store.open(path)
    except StoreError as error:
        raise usage_error(str(error)) from None


def print_article(article: Article, console: Console, *, body: bool = True) -> None:
    """Print an article for a person."""
    if article.kicker:
        console.print(article.kicker, style="dim", markup=False)
    console.print(article.title or "(no title)", style="bold", markup=False)
    if article.subtitle:
        console.print(article.subtitle, style="dim", markup=False)
    facts = {
        "作者": "、".join(article.authors),
        "来源": article.source,
        "发布": article.published,
        "编辑": "、".join(article.editors),
        "栏目": article.section,
        "文号": article.document_number,
        "网址": display_url(article.url) if article.url else None,
        "编号": f"{article.id}  version {article.version}" if article.version else article.id,
        "存档": f"warc/{article.warc.file} at {article.warc.offset}" if article.warc else None,
    }
    for name, value in facts.items():
        if value:
            console.print(f"[dim]{name}[/dim]  ", end="")
            console.print(value, markup=False, soft_wrap=True)
    if body and article.body:
        console.print()
        console.print(article.body, markup=False, soft_wrap=True)
    for attachment in article.attachments:
        console.print(f"附件  {attachment.name or ''} {attachment.url}", markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print one JSON document on one line."""
    print(value.model_dump_json() if isinstance(value, Article) else json.dumps(value, ensure_ascii=False))
