"""`dangjian crawl`: a site, a site file or the address of a list."""

import argparse
import sys
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from scrapy import Spider
from scrapy.crawler import CrawlerProcessBase
from scrapy.settings import Settings

from crawler.actions.spiders import SpiderAction, check_data_folder, check_feeds, run_spider
from crawler.demo import DEFAULT_PORT, DemoSite
from crawler.sites import Entrance, Section, Site, SiteError, adhoc_site, find_site, load_site
from crawler.spiders import browser
from crawler.spiders.daterange import DateRange
from crawler.spiders.issues import days_of
from crawler.spiders.learning import Lesson
from crawler.spiders.loader import SiteSpiderLoader, spider_for
from crawler.verbs.verb import FAILED, UsageError

DEMO = "demo"
_STATUS_TEXT = {
    "gone": "does not answer any more, as far as its file knows",
    "blocked": "is known to refuse programs",
    "script": "builds its pages in the browser: a plain crawl may find nothing",
}


class Action(SpiderAction):
    """Crawls one site."""

    def __init__(self, settings: Settings, args: list[str], opts: argparse.Namespace) -> None:
        """Put the options into the settings. Raises UsageError where the argument means nothing."""
        self._argument = args[0]
        self._opts = opts
        self._site: Site | None = None
        self._lesson: Lesson | None = None
        self._site_file: Path | None = None
        if args[0] == DEMO or not SiteSpiderLoader.from_settings(settings).has_code(args[0]):
            self._site = _only(_site_meant(args[0]), opts.section or [])
            _warn(self._site)
        if opts.contact:
            settings.set("DANGJIAN_CONTACT", opts.contact, priority="cmdline")
        if opts.limit:
            settings.set("DANGJIAN_LIMIT", opts.limit, priority="cmdline")
        if opts.recheck:
            settings.set("DANGJIAN_RECHECK", "all", priority="cmdline")
        self._choose(settings, args[0])
        check_feeds(settings)
        check_data_folder(settings)  # made if need be, so after whatever may be wrong with the arguments
        if opts.json:
            settings.set("DANGJIAN_SUMMARY", "json", priority="cmdline")

    def _choose(self, settings: Settings, argument: str) -> None:
        """Put what is to be crawled of the site into the settings. Raises UsageError."""
        try:
            wanted = DateRange.of(self._opts.since, self._opts.until)
            for entrance in self._site.entrances if self._site is not None else ():
                if entrance.kind == "days":
                    days_of(entrance, wanted, today=date.today(), full=self._opts.full)
        except ValueError as error:
            raise UsageError(str(error)) from None
        is_list = "://" in argument
        if self._opts.section or wanted or is_list:
            # What lies behind a list page may then be unknown although all on it is known.
            settings.set("DANGJIAN_PARTIAL", True, priority="cmdline")
        settings.set("DANGJIAN_SINCE", wanted.since, priority="cmdline")
        settings.set("DANGJIAN_UNTIL", wanted.until, priority="cmdline")
        settings.set("DANGJIAN_FULL", self._opts.full, priority="cmdline")
        if is_list and find_site(argument) is None:
            self._lesson = Lesson()
        if self._opts.save_site is None:
            return
        if self._lesson is None or self._site is None:
            raise UsageError("--save-site is for an address whose site nobody has described")
        self._site_file = Path(self._opts.save_site or f"{self._site.key}.toml")
        if self._site_file.exists():
            raise UsageError(f"{self._site_file} exists already")

    def run(self, process: CrawlerProcessBase) -> int:
        """Crawl. Raises UsageError where the argument means nothing."""
        with ExitStack() as stack:
            spider: str | type[Spider] = self._argument
            if self._argument == DEMO and self._site is not None:
                spider = spider_for(self._site.rebased(_demo(stack).url))
            elif self._site is not None:
                spider = spider_for(self._site, self._lesson)
            crawler = process.create_crawler(spider)
            code = run_spider(process, crawler, self._opts.spargs, program="dangjian crawl")
        if self._lesson is not None and self._site is not None:
            try:
                learned = self._lesson.site(self._site)
            except ValueError as error:  # whatever a strange site may be called
                print(f"dangjian crawl: no site file can be written: {error}", file=sys.stderr)
            else:
                told = self._tell_what_was_learned(learned)
                code = code or told
        return code

    def _tell_what_was_learned(self, site: Site | None) -> int:
        """Print or save the site file that the crawl of a bare address came to; return the exit code."""
        if site is None:
            if self._site_file is not None:
                print("dangjian crawl: too few articles to write a site file from", file=sys.stderr)
        elif self._site_file is None:
            if not self._opts.json:
                print(
                    f"\nWhat was learned of the site (--save-site writes it to a file):\n\n{site.to_toml()}"
                )
        else:
            try:
                self._site_file.write_text(site.to_toml(), encoding="utf-8")
            except OSError as error:
                print(f"dangjian crawl: {self._site_file}: {error.strerror}", file=sys.stderr)
                return FAILED
            else:
                print(f"site file: {self._site_file}", file=sys.stderr)
        return 0


def _warn(site: Site) -> None:
    """Tell beforehand what may keep a crawl from finding anything."""
    if site.status in _STATUS_TEXT:
        print(f"dangjian crawl: {site.name} {_STATUS_TEXT[site.status]}", file=sys.stderr)
    if site.browser and not browser.is_installed():
        print(
            f"dangjian crawl: {site.name} needs a browser: pip install 'dangjian[browser]'",
            file=sys.stderr,
        )


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
            raise UsageError(f"{argument} is no file; an address begins with https:// or http://") from None
        raise UsageError(str(error)) from None
    if not site.sections and not site.entrances:
        raise UsageError(f"{site.key} has no sections to begin from; give the address of a list of it")
    return site


def _site_of_list(url: str) -> Site:
    """Return the site for the address of a list: what is known of its host, with this list as its only
    section."""
    try:
        unknown = adhoc_site(url)
    except ValueError:
        raise UsageError(f"{url!r} is no http or https address") from None
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
        raise UsageError(f"{site.key} has no section {' or '.join(labels)}; there are: {there}")
    return site.model_copy(update={"sections": kept, "entrances": entrances})
