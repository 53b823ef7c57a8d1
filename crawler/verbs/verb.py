"""What a verb is: its arguments and its help. Imports nothing that takes time."""

import argparse
import difflib
import os
import re
import sys
import textwrap
from abc import ABC, abstractmethod
from typing import Any, ClassVar, NoReturn

from crawler.verbs import VERBS

FAILED = 1
USAGE = 2
NOT_THERE = 3
BLOCKED = 4
INTERRUPTED = 130
EXIT_CODES_TEXT = (
    "Exit codes: 0 it did its work; 1 errors; 2 wrong usage; 3 nothing found; 4 the site, or a section of "
    "it, unreachable or blocked; 130 interrupted."
)


class UsageError(Exception):
    """The arguments mean nothing, or name what is not there; the message says so in one line."""


class NotThereError(Exception):
    """Store or archive do not have what was asked for; the message says what, in one line."""


class Verb(ABC):
    """One verb of the command line."""

    name: ClassVar[str]
    syntax: ClassVar[str] = "[options]"
    description: ClassVar[str] = ""
    """What the help says first; empty: the verb's line in the list of verbs."""
    example: ClassVar[str]
    closing: ClassVar[str] = ""
    """What the help says last."""
    needs_data: ClassVar[bool] = True
    """Whether it looks into the data folder."""

    @abstractmethod
    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the verb's own options. Words that are none come to `check` and to the action as `args`."""

    @abstractmethod
    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Look at the arguments as far as that takes no time. Raises UsageError."""

    def parser(self) -> argparse.ArgumentParser:
        """Return the parser of this verb's arguments."""
        parser = Parser(add_help=False)
        self.equip(parser)
        return parser

    def equip(self, parser: argparse.ArgumentParser) -> None:
        """Give a parser the texts and options of this verb."""
        describe(
            parser,
            self.name,
            self.syntax,
            self.description or f"{VERBS[self.name]}.",
            "\n".join(filter(None, [f"Example: {self.example}", self.closing])),
        )
        self.add_options(parser)
        add_shared_options(parser, is_data_told=self.needs_data)

    def read(self, words: list[str]) -> tuple[list[str], argparse.Namespace]:
        """Return arguments and options of a command line; leave the program where they are wrong."""
        parser = self.parser()
        end = words.index("--") if "--" in words else len(words)
        opts, args = parser.parse_known_args(words[:end])
        opts.data = getattr(opts, "data", None)
        try:
            refuse_options(parser, args)
            args += words[end + 1 :]
            self.check(args, opts)
        except UsageError as error:
            one_line_error(program(self.name, opts), str(error))
        return args, opts


class Parser(argparse.ArgumentParser):
    """A parser that tells an error in one line, and takes Scrapy's `-o -:json`."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and leave with the exit code of wrong usage."""
        one_line_error(self.prog, message.removeprefix("argument "))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            near = difflib.get_close_matches(str(value), list(action.choices), n=1)
            there = f"did you mean {near[0]}?" if near else f"there are: {', '.join(action.choices)}"
            raise argparse.ArgumentError(None, f"there is no {value!r}; {there}")

    def _parse_optional(self, arg_string: str) -> Any:
        return None if arg_string.startswith("-:") else super()._parse_optional(arg_string)


class Help(argparse.HelpFormatter):
    """Help with a heading over the usage; line breaks of a closing text stay, and words are whole."""

    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Add the usage, under a heading like the other parts."""
        super().add_usage(usage, actions, groups, "Usage:\n  " if prefix is None else prefix)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + row for line in text.splitlines() for row in self._split_lines(line, width))

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)


def describe(parser: argparse.ArgumentParser, name: str, syntax: str, description: str, epilog: str) -> None:
    """Give a parser its texts, and `--help`."""
    parser.prog = f"dangjian {name}"
    parser.usage = f"{parser.prog} {syntax}"
    parser.description = description
    parser.epilog = epilog
    parser.formatter_class = Help
    parser._positionals.title = "Arguments"
    parser._optionals.title = "Options"
    if "--help" not in option_strings(parser):
        parser.add_argument("-h", "--help", action="help", help="show this help")


def add_shared_options(parser: argparse.ArgumentParser, *, is_data_told: bool = True) -> None:
    """Add the options that all verbs have."""
    told = "folder of archive, database and articles (or DANGJIAN_DATA)"
    parser.add_argument("--data", metavar="DIR", help=told if is_data_told else argparse.SUPPRESS)
    parser.add_argument(
        "-v", "--verbose", action="count", default=0, help="say more; twice: everything; tracebacks too"
    )


def refuse_options(parser: argparse.ArgumentParser, args: list[str]) -> None:
    """Raise UsageError where an option was left that the parser does not know."""
    for word in args:
        if word.startswith("-") and word != "-":
            option = word.partition("=")[0]
            near = difflib.get_close_matches(option, option_strings(parser), n=1)
            raise UsageError(f"there is no option {option}" + (f"; did you mean {near[0]}?" if near else ""))


def option_strings(parser: argparse.ArgumentParser) -> list[str]:
    """Return all options of a parser, those of its sub-parsers too."""
    found = list(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for part in action.choices.values():
                found += option_strings(part)
    return found


def is_web_address(text: str) -> bool:
    """Tell whether a word may be the address of a page."""
    return re.match("https?://[^/]", text, re.IGNORECASE) is not None


def program(verb: str, opts: argparse.Namespace | None = None) -> str:
    """Return what a message begins with: the command, with the part of the verb that was meant."""
    return " ".join(filter(None, ["dangjian", verb, getattr(opts, "what", None)]))


def one_line_error(program: str, message: str) -> NoReturn:
    """Print what is wrong with a command line, and leave."""
    print(f"{program}: {message}", file=sys.stderr)
    sys.exit(USAGE)


def whole_number(text: str) -> int:
    """Read a number from 0 on; the type of an option. Raises argparse.ArgumentTypeError."""
    if not re.fullmatch("[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number (0, 1, 2, …)")
    return int(text)


def positive_number(text: str) -> int:
    """Read a number from 1 on; the type of an option. Raises argparse.ArgumentTypeError."""
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number (1, 2, 3, …)")
    return int(text)


def add_processes_option(parser: "argparse.ArgumentParser | argparse._ArgumentGroup") -> None:
    """Add `--processes`."""
    parser.add_argument(
        "--processes",
        type=whole_number,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes that read, 0: this one (default: as many as the machine has processors)",
    )
