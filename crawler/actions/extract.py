"""`dangjian extract`: read a saved page, or the pages in WARC files, without the network."""

import argparse
import re
import sys
from pathlib import Path

from crawler.actions.printing import print_article, print_json
from crawler.console import make_console
from crawler.extraction import explain, read_page
from crawler.sites import SiteError, find_site, load_site
from crawler.verbs.verb import NOT_THERE, UsageError

MAX_BYTES = 64 * 1024 * 1024
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


def run(args: list[str], opts: argparse.Namespace) -> int:
    """Read and print. Raises UsageError where there is nothing to read."""
    if opts.warc:
        from crawler.actions.warcs import read_warcs  # with what it takes to read them in other processes

        return read_warcs(opts)
    body = _read_input(args[0] if args else "-")
    try:
        site = load_site(opts.site) if opts.site else (find_site(opts.url) if opts.url else None)
    except SiteError as error:
        raise UsageError(str(error)) from None
    known = {"url": opts.url, "content_type": opts.content_type, "site": site}
    if opts.explain:
        print(explain(body, **known).as_text(), file=sys.stderr if opts.json else sys.stdout)
    page = read_page(body, **known)
    article = page.article
    if article is None or not (article.body or article.title):
        print(f"dangjian extract: this is no article: {page.kind} ({page.reason})", file=sys.stderr)
        return NOT_THERE
    if opts.json:
        print_json(article)
    elif not opts.explain:
        print_article(article, make_console())
    return 0


def _read_input(name: str) -> bytes:
    """Return the bytes of a page. Raises UsageError where there is none to be had."""
    try:
        if name == "-":
            if sys.stdin.isatty():
                print("dangjian extract: reading the page from the keyboard; Ctrl-D ends it", file=sys.stderr)
            body = sys.stdin.buffer.read(MAX_BYTES + 1)
        elif not name:
            raise UsageError("the name of the file is empty")
        else:
            with Path(name).expanduser().open("rb") as file:
                body = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror or error}") from None
    shown = "standard input" if name == "-" else name
    if len(body) > MAX_BYTES:
        raise UsageError(f"{shown}: is larger than {MAX_BYTES // 1024**2} MB")
    if not body.strip():
        raise UsageError(f"{shown}: is empty")
    if not _looks_like_html(body):
        raise UsageError(f"{shown}: is no HTML")
    return body


def _looks_like_html(body: bytes) -> bool:
    if body.startswith(_BINARY):
        return False
    head = body[:65536]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(b"\x00") > len(head) // 4:
        head = head.decode("utf-16", "replace").encode()
    control = len(head) - len(head.translate(None, _CONTROL))
    return control <= len(head) // 50 and re.search(rb"<[a-zA-Z!?/]", head) is not None
