"""`dangjian crawl`: a site, a site file or the address of a list."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

from scrapy import Spider
from scrapy.commands import BaseRunSpiderCommand
from scrapy.exceptions import UsageError

from crawler.commands.options import EXIT_CODES_TEXT, Verb, usage_error
from crawler.commands.running import check_data_folder, run_spider
from crawler.demo import DEFAULT_PORT, DemoSite
from crawler.sites import Section, Site, SiteError, adhoc_site, find_site, load_site
from crawler.spiders.loader import SiteSpiderLoader, spider_for

DEMO = "demo"
_STATUS_TEXT = {
    "gone": "does not answer any more, as far as its file knows",
    "blocked": "is known to refuse programs",
    "script": "builds its pages in the browser: a plain crawl may find nothing",
}


class Command(Verb, BaseRunSpiderCommand):
    """Crawl one site."""

    requires_project = True
    default_settings: ClassVar = {"LOG_LEVEL": "WARNING"}
    example = "dangjian crawl cpc71 --limit 200"
    site: Site | None = None

    def syntax(self) -> str:
        """Return the arguments."""
        return "[options] SITE | FILE.toml | URL"

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return "Crawl a site, a site file or a list: archive, read, store, export"

    def long_desc(self) -> str:
        """Return what the help says first."""
        return (
            "SITE is a key from `dangjian sites` (demo: the built-in demo site), FILE.toml a site file of "
            "your own, URL the address of a list of articles. Results go to the data folder: warc/, "
            "dangjian.db and articles/SITE/SITE-RUN.jsonl."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        super().add_options(parser)
        self.prepare(parser, "crawl", self.syntax(), epilog=EXIT_CODES_TEXT)
        parser.add_argument("--limit", type=_count, metavar="N", help="stop after N articles")
        parser.add_argument(
            "--section",
            action="append",
            metavar="NAME",
            help="only sections whose label holds NAME (may be repeated)",
        )
        parser.add_argument(
            "--recheck", action="store_true", help="walk every list and look at every known article again"
        )
        parser.add_argument(
            "--contact",
            metavar="TEXT",
            help="your mail address or page, for the user agent (or DANGJIAN_CONTACT)",
        )
        parser.add_argument("--json", action="store_true", help="print the closing table as JSON")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings."""
        super().process_options(args, opts)
        assert self.settings is not None
        self.apply(args, opts)
        if len(args) != 1:
            raise usage_error("say what to crawl: a site, a site file or the address of a list; one of them")
        check_data_folder(self.settings)
        if args[0] != DEMO and not SiteSpiderLoader.from_settings(self.settings).has_code(args[0]):
            self.site = _only(_site_meant(args[0]), opts.section or [])
            if self.site.status in _STATUS_TEXT:
                print(f"dangjian crawl: {self.site.name} {_STATUS_TEXT[self.site.status]}", file=sys.stderr)
        if opts.contact:
            self.settings.set("DANGJIAN_CONTACT", opts.contact, priority="cmdline")
        if opts.limit:
            self.settings.set("DANGJIAN_LIMIT", opts.limit, priority="cmdline")
        if opts.recheck:
            self.settings.set("DANGJIAN_RECHECK", "all", priority="cmdline")
        if opts.section:
            self.settings.set("DANGJIAN_PARTIAL", True, priority="cmdline")
        if opts.json:
            self.settings.set("DANGJIAN_SUMMARY", "json", priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl. Raises UsageError where the argument means nothing."""
        assert self.crawler_process is not None
        with ExitStack() as stack:
            spider: str | type[Spider] = args[0]
            if args[0] == DEMO:
                spider = spider_for(load_site(DEMO).rebased(_demo(stack).url))
            elif self.site is not None:
                spider = spider_for(self.site)
            crawler = self._create_crawler(spider)
            self.exitcode = run_spider(self.crawler_process, crawler, opts.spargs, program="dangjian crawl")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of articles")
    return int(text)


def _demo(stack: ExitStack) -> DemoSite:
    """Start the demo site, at its usual port if that is free: a second crawl finds the same addresses."""
    try:
        return stack.enter_context(DemoSite(port=DEFAULT_PORT))
    except OSError:
        return stack.enter_context(DemoSite(port=0))


def _site_meant(argument: str) -> Site:
    """Return the site that an argument means. Raises UsageError."""
    try:
        if "://" in argument:
            return _site_of_list(argument)
        site = load_site(argument)
    except SiteError as error:
        if "/" in argument and not argument.endswith(".toml") and not Path(argument).exists():
            raise usage_error(f"{argument} is no file; an address begins with https:// or http://") from None
        raise usage_error(str(error)) from None
    if not site.sections:
        raise usage_error(f"{site.key} has no sections to begin from; give the address of a list of it")
    return site


def _site_of_list(url: str) -> Site:
    """Return the site for the address of a list: what is known of its host, with this list as its only
    section."""
    try:
        unknown = adhoc_site(url)
    except ValueError:
        raise usage_error(f"{url!r} is no http or https address") from None
    known = find_site(url)
    if known is None:
        return unknown
    address = unknown.sections[0].url
    section = next((s for s in known.sections if s.url == address), None) or known.section_of(address)
    label = section.label if section is not None else unknown.sections[0].label
    return known.model_copy(update={"sections": [Section(label=label, url=address)], "entrances": []})


def _only(site: Site, labels: list[str]) -> Site:
    """Return the site with the sections whose labels hold one of the names. Raises UsageError where none
    does."""
    if not labels:
        return site
    kept = [section for section in site.sections if any(name in (section.label or "") for name in labels)]
    if not kept:
        there = "、".join(section.label or section.url for section in site.sections[:20])
        raise UsageError(
            f"{site.key} has no section {' or '.join(labels)}; there are: {there}", print_help=False
        )
    return site.model_copy(update={"sections": kept})
