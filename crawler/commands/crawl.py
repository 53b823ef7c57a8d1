"""`dangjian crawl`: a site, a site file or the address of a list."""

import argparse
import sys
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import ClassVar

from scrapy import Spider
from scrapy.commands import BaseRunSpiderCommand
from scrapy.exceptions import UsageError

from crawler.commands.options import EXIT_CODES_TEXT, Verb, usage_error
from crawler.commands.running import check_data_folder, run_spider
from crawler.demo import DEFAULT_PORT, DemoSite
from crawler.sites import Entrance, Section, Site, SiteError, adhoc_site, find_site, load_site
from crawler.spiders import browser
from crawler.spiders.daterange import DateRange
from crawler.spiders.issues import days_of
from crawler.spiders.learning import Lesson
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
    lesson: Lesson | None = None
    site_file: Path | None = None

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
            "--since", type=_day, metavar="DATE", help="only articles published on that day or later"
        )
        parser.add_argument(
            "--until", type=_day, metavar="DATE", help="only articles published on that day or earlier"
        )
        parser.add_argument(
            "--full",
            action="store_true",
            help="walk every list to its end, and read the sitemaps that robots.txt names",
        )
        parser.add_argument(
            "--save-site",
            nargs="?",
            const="",
            metavar="FILE",
            help="with a URL: write what was learned of the site to FILE (KEY.toml)",
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
            if self.site.browser and not browser.is_installed():
                print(
                    f"dangjian crawl: {self.site.name} needs a browser: pip install 'dangjian[browser]'",
                    file=sys.stderr,
                )
        if opts.contact:
            self.settings.set("DANGJIAN_CONTACT", opts.contact, priority="cmdline")
        if opts.limit:
            self.settings.set("DANGJIAN_LIMIT", opts.limit, priority="cmdline")
        if opts.recheck:
            self.settings.set("DANGJIAN_RECHECK", "all", priority="cmdline")
        self._choose(args[0], opts)
        if opts.json:
            self.settings.set("DANGJIAN_SUMMARY", "json", priority="cmdline")

    def _choose(self, argument: str, opts: argparse.Namespace) -> None:
        """Put what is to be crawled of the site into the settings. Raises UsageError."""
        assert self.settings is not None
        try:
            wanted = DateRange.of(opts.since, opts.until)
            for entrance in self.site.entrances if self.site is not None else ():
                if entrance.kind == "days":
                    days_of(entrance, wanted, today=date.today(), full=opts.full)
        except ValueError as error:
            raise usage_error(str(error)) from None
        is_list = "://" in argument
        if opts.section or wanted or is_list:
            # What lies behind a list page may then be unknown although all on it is known.
            self.settings.set("DANGJIAN_PARTIAL", True, priority="cmdline")
        self.settings.set("DANGJIAN_SINCE", wanted.since, priority="cmdline")
        self.settings.set("DANGJIAN_UNTIL", wanted.until, priority="cmdline")
        self.settings.set("DANGJIAN_FULL", opts.full, priority="cmdline")
        if is_list and find_site(argument) is None:
            self.lesson = Lesson()
        if opts.save_site is None:
            return
        if self.lesson is None or self.site is None:
            raise usage_error("--save-site is for an address whose site nobody has described")
        self.site_file = Path(opts.save_site or f"{self.site.key}.toml")
        if self.site_file.exists():
            raise usage_error(f"{self.site_file} exists already")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl. Raises UsageError where the argument means nothing."""
        assert self.crawler_process is not None
        with ExitStack() as stack:
            spider: str | type[Spider] = args[0]
            if args[0] == DEMO:
                spider = spider_for(load_site(DEMO).rebased(_demo(stack).url))
            elif self.site is not None:
                spider = spider_for(self.site, self.lesson)
            crawler = self._create_crawler(spider)
            self.exitcode = run_spider(self.crawler_process, crawler, opts.spargs, program="dangjian crawl")
        if self.lesson is not None and self.site is not None:
            try:
                learned = self.lesson.site(self.site)
            except ValueError as error:  # whatever a strange site may be called
                print(f"dangjian crawl: no site file can be written: {error}", file=sys.stderr)
            else:
                self._tell_what_was_learned(learned, as_json=opts.json)

    def _tell_what_was_learned(self, site: Site | None, *, as_json: bool) -> None:
        """Print or save the site file that the crawl of a bare address came to."""
        if site is None:
            if self.site_file is not None:
                print("dangjian crawl: too few articles to write a site file from", file=sys.stderr)
        elif self.site_file is None:
            if not as_json:
                print(
                    f"\nWhat was learned of the site (--save-site writes it to a file):\n\n{site.to_toml()}"
                )
        else:
            try:
                self.site_file.write_text(site.to_toml(), encoding="utf-8")
            except OSError as error:
                print(f"dangjian crawl: {self.site_file}: {error.strerror}", file=sys.stderr)
                self.exitcode = self.exitcode or 1
            else:
                print(f"site file: {self.site_file}", file=sys.stderr)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of articles")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: YYYY-MM-DD") from None


def _demo(stack: ExitStack) -> DemoSite:
    """Start the demo site, at its usual port if that is free: a second crawl finds the same addresses."""
    try:
        return stack.enter_context(DemoSite(port=DEFAULT_PORT))
    except OSError:
        demo = stack.enter_context(DemoSite(port=0))
        print(
            f"dangjian crawl: port {DEFAULT_PORT} is taken (another demo?); this demo is at {demo.url} and "
            "its articles have other ids",
            file=sys.stderr,
        )
        return demo


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
    if not site.sections and not site.entrances:
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

    def is_meant(start: Section | Entrance) -> bool:
        return any(name in (start.label or "") for name in labels)

    kept = [section for section in site.sections if is_meant(section)]
    entrances = [entrance for entrance in site.entrances if is_meant(entrance)]
    if not kept and not entrances:
        starts: list[Section | Entrance] = [*site.sections, *site.entrances]
        there = "、".join(start.label or start.url for start in starts[:20])
        raise UsageError(
            f"{site.key} has no section {' or '.join(labels)}; there are: {there}", print_help=False
        )
    return site.model_copy(update={"sections": kept, "entrances": entrances})
