"""How `dangjian archive` and its parts are called."""

import argparse

from crawler.verbs.times import moment
from crawler.verbs.verb import Parser, UsageError, Verb, add_shared_options, describe


class Archive(Verb):
    """Look after the archive."""

    name = "archive"
    syntax = "[options] verify | repair | pack | list | get …"
    description = "Verify, repair and pack the archive; list and get what was captured."
    example = "dangjian archive verify"
    closing = "`dangjian archive verify --help` tells more of verify, and so on."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add a parser for each of the things that can be done."""
        parts = parser.add_subparsers(title="What to do", dest="what", metavar="WHAT", parser_class=Parser)
        _part(parts, "verify", "check every byte, the index and the database's pointers", _VERIFY)
        _part(parts, "repair", "mend torn files and the index; what is cut off is kept", _REPAIR)
        part = _part(parts, "pack", "make one WACZ file, for ReplayWeb.page and other archives", _PACK)
        part.add_argument("--site", metavar="KEY", help="only what was crawled for this site")
        part.add_argument("--output", metavar="F.wacz", help="default: SITE-TIME.wacz in the current folder")
        part.add_argument("--title", metavar="TEXT", help="title of the collection")
        part = _part(parts, "list", "list all captures of an address or an article", _LIST)
        part.add_argument("which", metavar="URL | ARTICLE_ID", help="what was captured")
        part = _part(parts, "get", "write out what was captured", _GET)
        part.add_argument("which", metavar="URL | ARTICLE_ID", help="what was captured")
        part.add_argument(
            "--at", type=moment, metavar="TIME", help="the capture nearest to this time; default: the latest"
        )
        part.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")
        part.add_argument("--headers", action="store_true", help="status line and headers too, as archived")
        part.add_argument("--raw", action="store_true", help="the body as sent: with gzip and chunks, if any")

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Want to know what to do."""
        if opts.what is None:
            raise UsageError("say what to do: archive verify, repair, pack, list or get")
        if args:
            raise UsageError(f"it takes no {args[0]!r}")


def _part(
    parts: "argparse._SubParsersAction[Parser]",
    name: str,
    does: str,
    texts: tuple[str, str, str],
) -> argparse.ArgumentParser:
    """Add the parser of one thing to do: syntax, what its help tells, example."""
    syntax, description, example = texts
    # Without SUPPRESS the part's default would overwrite a --data that stands before its name.
    part = parts.add_parser(name, help=does, argument_default=argparse.SUPPRESS, add_help=False)
    describe(part, f"archive {name}", syntax, description, f"Example: {example}")
    part.add_argument("--json", action="store_true", help="print JSON")
    add_shared_options(part)
    part.set_defaults(json=False, site=None, output=None, title=None, at=None, headers=False, raw=False)
    return part


_VERIFY = (
    "[options]",
    "Read every byte of the archive and name what is wrong: gzip members, record headers, digests, revisits "
    "without payload, the index, and the database's pointers. Nothing is changed. Exit code 1 where "
    "something is wrong.",
    "dangjian archive verify --json",
)
_REPAIR = (
    "[options]",
    "Finish the files of dead crawls, cut off torn ends (the bytes are kept beside the file) and write wrong "
    "indexes anew. Files that a crawl is writing are left alone.",
    "dangjian archive repair",
)
_PACK = (
    "[options]",
    "Pack the WARC files, with those that hold the payloads of their revisits, the index and the list of "
    "articles, into one WACZ file.",
    "dangjian archive pack --site cpc71 --output cpc71.wacz",
)
_LIST = (
    "[options] URL | ARTICLE_ID",
    "Print time (UTC), status, kind, media type, digest and place of every capture, oldest first. Exit "
    "code 3 where there is none.",
    "dangjian archive list https://www.12371.cn/2024/01/01/ARTI1704067200000000.shtml",
)
_GET = (
    "[options] URL | ARTICLE_ID",
    "Write the body of a capture as a browser would see it. TIME is 2024-05-10, 2024-05-10T08:00 or "
    "20240510080000, in UTC unless it says otherwise. With --json its description is printed, with the body "
    "in base 64 unless --output takes it. Exit code 3 where there is no capture.",
    "dangjian archive get --at 2024-05-10 --output page.html https://www.12371.cn/djyw/",
)


VERB = Archive()
