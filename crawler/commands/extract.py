"""`dangjian extract`: read a saved page, or the pages in WARC files, without the network."""

import argparse
import re
import sys
from pathlib import Path
from typing import ClassVar

from rich.console import Console
from scrapy.commands import ScrapyCommand

from crawler.commands.options import Verb, print_article, print_json, usage_error
from crawler.commands.warcs import add_warc_options, read_warcs
from crawler.extraction import explain, read_page
from crawler.sites import SiteError, find_site, load_site

MAX_BYTES = 64 * 1024 * 1024
_NO_ARTICLE = 3
_CONTROL = bytes({*range(0x20)} - {0x09, 0x0A, 0x0C, 0x0D})
_BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"Rar!",
)


class Command(Verb, ScrapyCommand):
    """Read a saved page."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}
    example = "dangjian extract --json page.html"

    def syntax(self) -> str:
        """Return the arguments."""
        return "[options] [FILE | -] | --warc FILE [FILE …]"

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return "Read a saved page or standard input, without the network"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        super().add_options(parser)
        self.prepare(parser, "extract", self.syntax(), epilog="Exit code 3 where the page is no article.")
        parser.add_argument("--json", action="store_true", help="print the record as JSON")
        parser.add_argument(
            "--url", default="", help="the page's address, for relative links and dates in addresses"
        )
        parser.add_argument(
            "--site", metavar="KEY", help="read with what this site's file says; default: by --url"
        )
        parser.add_argument(
            "--content-type", metavar="TYPE", help="Content-Type header that came with the page"
        )
        parser.add_argument(
            "--explain",
            action="store_true",
            help="print each field's candidates and why one won, instead of the text",
        )
        add_warc_options(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings."""
        super().process_options(args, opts)
        self.apply(args, opts)
        if len(args) > 1:
            raise usage_error("one page at a time")
        if opts.warc and (args or opts.url or opts.content_type or opts.explain):
            raise usage_error("--warc goes with --site, --any-host, --processes and -o only")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read and print. Raises UsageError where there is nothing to read."""
        if opts.warc:
            self.exitcode = read_warcs(opts)
            return
        body = _read_input(args[0] if args else "-")
        try:
            site = load_site(opts.site) if opts.site else (find_site(opts.url) if opts.url else None)
        except SiteError as error:
            raise usage_error(str(error)) from None
        known = {"url": opts.url, "content_type": opts.content_type, "site": site}
        if opts.explain:
            print(explain(body, **known).as_text(), file=sys.stderr if opts.json else sys.stdout)
        page = read_page(body, **known)
        article = page.article
        if article is None or not (article.body or article.title):
            print(f"dangjian extract: this is no article: {page.kind} ({page.reason})", file=sys.stderr)
            self.exitcode = _NO_ARTICLE
        elif opts.json:
            print_json(article)
        elif not opts.explain:
            print_article(article, Console(highlight=False))


def _read_input(name: str) -> bytes:
    """Return the bytes of a page. Raises UsageError where there is none to be had."""
    try:
        if name == "-":
            body = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(name).expanduser().open("rb") as file:
                body = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise usage_error(f"{name}: {error.strerror or error}") from None
    shown = "standard input" if name == "-" else name
    if len(body) > MAX_BYTES:
        raise usage_error(f"{shown}: is larger than {MAX_BYTES // 1024**2} MB")
    if not body.strip():
        raise usage_error(f"{shown}: is empty")
    if not _looks_like_html(body):
        raise usage_error(f"{shown}: is no HTML")
    return body


def _looks_like_html(body: bytes) -> bool:
    if body.startswith(_BINARY):
        return False
    head = body[:65536]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(b"\x00") > len(head) // 4:
        head = head.decode("utf-16", "replace").encode()
    control = len(head) - len(head.translate(None, _CONTROL))
    return control <= len(head) // 50 and re.search(rb"<[a-zA-Z!?/]", head) is not None
