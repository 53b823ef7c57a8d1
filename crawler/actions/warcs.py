"""`dangjian extract --warc`: the articles in anybody's WARC files, as JSON Lines."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from crawler.items import write_record
from crawler.rereading import ForeignFiles
from crawler.sites import SiteError, load_site
from crawler.verbs.verb import FAILED, NOT_THERE, UsageError


def read_warcs(opts: argparse.Namespace) -> int:
    """Write the articles of all files, tell on stderr what came of it, and return the exit code.

    Raises UsageError for an unknown site, a file that is not there, and an output that cannot be written.
    """
    try:
        site = load_site(opts.site) if opts.site else None
    except SiteError as error:
        raise UsageError(str(error)) from None
    files = [Path(name).expanduser() for name in opts.warc]
    for file in files:
        try:
            file.open("rb").close()
        except OSError as error:
            raise UsageError(f"{file}: {error.strerror}") from None
    found = ForeignFiles(files, site=site, any_host=opts.any_host, processes=opts.processes)
    with ExitStack() as stack:
        output = _output(opts.output, stack)
        for article in found.articles():
            output.write(write_record(article) + "\n")
    _tell(found)
    return FAILED if found.failed or found.broken else 0 if found.kinds["article"] else NOT_THERE


def _output(name: str | None, stack: ExitStack) -> TextIO:
    if name is None or name == "-":
        return sys.stdout
    try:
        return stack.enter_context(Path(name).expanduser().open("a", encoding="utf-8", errors="replace"))
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}") from None


def _tell(found: ForeignFiles) -> None:
    for title, counter in (
        ("read", found.kinds),
        ("left out", found.skipped),
        ("could not be read", found.failed),
    ):
        if counter:
            words = ", ".join(f"{number} {name}" for name, number in counter.most_common())
            print(f"{title}: {words}", file=sys.stderr)
    for error in found.broken:
        print(f"dangjian extract: {error}", file=sys.stderr)
    if not found.kinds and not found.failed and not found.broken:
        print("dangjian extract: there is no page of a known site in it (--any-host)", file=sys.stderr)
