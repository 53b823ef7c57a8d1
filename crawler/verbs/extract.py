"""How `dangjian extract` is called."""

import argparse

from crawler.verbs.verb import UsageError, Verb, add_processes_option, is_web_address


class Extract(Verb):
    """Read a saved page."""

    name = "extract"
    syntax = "[options] [FILE | -] | --warc FILE [FILE …]"
    needs_data = False
    example = "dangjian extract --json page.html"
    closing = "Exit code 3 where the page is no article."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--json", action="store_true", help="print the record as JSON")
        parser.add_argument(
            "--url",
            default="",
            metavar="URL",
            help="the page's address, for relative links and dates in addresses",
        )
        parser.add_argument(
            "--site", metavar="KEY | FILE", help="read with what this site's file says; default: by --url"
        )
        parser.add_argument(
            "--content-type", metavar="TYPE", help="Content-Type header that came with the page"
        )
        parser.add_argument(
            "--explain",
            action="store_true",
            help="print each field's candidates and why one won, instead of the text",
        )
        group = parser.add_argument_group("Articles in WARC files")
        group.add_argument(
            "--warc", nargs="+", metavar="FILE", help="print the articles in these files as JSON Lines"
        )
        group.add_argument(
            "--any-host", action="store_true", help="pages of hosts that there is no site file for, too"
        )
        add_processes_option(group)
        group.add_argument("-o", "--output", metavar="FILE", help="append to this file instead of stdout")

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Want one page, or WARC files."""
        if opts.warc and args:
            raise UsageError("either one page or --warc with files")
        if opts.warc and (opts.url or opts.content_type or opts.explain):
            raise UsageError("--warc goes with --site, --any-host, --processes and -o only")
        if not opts.warc and (opts.output or opts.any_host):
            raise UsageError(f"{'-o' if opts.output else '--any-host'} goes with --warc only")
        if opts.url and not is_web_address(opts.url):
            raise UsageError(f"--url: {opts.url!r} is no http or https address")
        if len(args) > 1:
            raise UsageError("one page at a time")


VERB = Extract()
