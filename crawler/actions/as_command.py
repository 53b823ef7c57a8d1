"""The verbs as Scrapy commands: what `crawler/commands` is made of, and how a spider is run."""

import argparse
from importlib import import_module
from typing import Any, ClassVar

from scrapy.commands import BaseRunSpiderCommand, ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.utils.project import get_project_settings

from crawler.actions import perform
from crawler.actions.spiders import SpiderAction
from crawler.verbs import VERBS
from crawler.verbs.spiders import SpiderVerb
from crawler.verbs.verb import UsageError, Verb, one_line_error, refuse_options


class VerbCommand(ScrapyCommand):
    """A verb as a Scrapy command."""

    verb: Verb
    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Return the arguments."""
        return self.verb.syntax

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return VERBS[self.verb.name]

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add Scrapy's options and the verb's."""
        super().add_options(parser)
        self.verb.equip(parser)
        # argparse would print the usage first.
        parser.error = lambda message: one_line_error(parser.prog, message)  # type: ignore[method-assign]  # not our parser class

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the shared options into the settings. Raises Scrapy's UsageError."""
        super().process_options(args, opts)
        assert self.settings is not None
        if getattr(opts, "data", None):
            self.settings.set("DANGJIAN_DATA", opts.data, priority="cmdline")
        if opts.verbose and not opts.loglevel:
            self.settings.set("LOG_LEVEL", "INFO" if opts.verbose == 1 else "DEBUG", priority="cmdline")
        opts.data = self.settings["DANGJIAN_DATA"]
        try:
            refuse_options(self.verb.parser(), args)
            self.verb.check(args, opts)
        except UsageError as error:
            raise ScrapyUsageError(str(error), print_help=False) from None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do it."""
        self.exitcode = perform(self.verb.name, args, opts)


class SpiderCommand(VerbCommand):
    """A verb that runs a spider, as a Scrapy command."""

    requires_crawler_process = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_LEVEL": "WARNING"}

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put all options into the settings. Raises Scrapy's UsageError."""
        super().process_options(args, opts)
        assert self.settings is not None
        action: type[SpiderAction] = import_module(f"crawler.actions.{self.verb.name}").Action
        try:
            self._action = action(self.settings, args, opts)
        except UsageError as error:
            raise ScrapyUsageError(str(error), print_help=False) from None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider. Raises Scrapy's UsageError."""
        assert self.crawler_process is not None
        try:
            self.exitcode = self._action.run(self.crawler_process)
        except UsageError as error:
            raise ScrapyUsageError(str(error), print_help=False) from None


class FeedsCommand(SpiderCommand, BaseRunSpiderCommand):
    """A verb that runs a spider and takes `-a`, `-o` and `-O`, as a Scrapy command."""


def run_spider_verb(verb: SpiderVerb, args: list[str], opts: argparse.Namespace) -> int:
    """Run a spider as Scrapy's command line would, which imports all commands first. Raises UsageError."""
    command = FeedsCommand() if verb.has_feeds else SpiderCommand()
    command.verb = verb
    command.settings = get_project_settings()
    command.settings.setdict(command.default_settings, priority="command")
    try:
        command.process_options(args, opts)
        command.crawler_process = AsyncCrawlerProcess(command.settings)
        command.run(args, opts)
    except ScrapyUsageError as error:
        raise UsageError(str(error)) from None
    return command.exitcode
