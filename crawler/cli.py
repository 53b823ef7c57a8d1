"""The console command `dangjian`: this project's verbs, and Scrapy's, from any folder."""

import difflib
import os
import sys
from importlib import import_module

from crawler import __version__

FIRST_VERBS = ("crawl", "fetch", "extract", "show", "sites")
"""The order in which the list begins; the other verbs of `crawler/commands` follow."""
_FAILED = 1
_USAGE = 2
_INTERRUPTED = 130


def main(argv: list[str] | None = None) -> None:
    """Run one verb and leave with its exit code."""
    arguments = list(sys.argv if argv is None else argv)
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    verb = next((word for word in arguments[1:] if not word.startswith("-")), None)
    if verb is None or verb == "help":
        if {"--version", "-V"} & set(arguments):
            print(f"dangjian {__version__}")
        else:
            _print_verbs()
        sys.exit(0)
    known = _verbs()
    if verb not in known:
        near = difflib.get_close_matches(verb, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; `dangjian` alone lists them"
        print(f"dangjian: there is no verb {verb!r}{hint}", file=sys.stderr)
        sys.exit(_USAGE)
    _run(arguments)


def _run(arguments: list[str]) -> None:
    from scrapy.cmdline import execute

    try:
        execute(arguments)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output (`| head`) has had enough; Python must not complain again while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if any(word in {"-v", "-vv", "--verbose"} for word in arguments):
            raise
        print(f"dangjian: {type(error).__name__}: {error} (-v shows where)", file=sys.stderr)
        sys.exit(_FAILED)


def _verbs() -> dict[str, str]:
    """Return every verb with its line: ours first, then Scrapy's."""
    from scrapy.cmdline import _get_commands_dict
    from scrapy.utils.project import get_project_settings

    commands = _get_commands_dict(get_project_settings(), inproject=True)
    own = [name for name in sorted(commands) if type(commands[name]).__module__.startswith("crawler.")]
    first = [name for name in FIRST_VERBS if name in own]
    return {name: commands[name].short_desc() for name in dict.fromkeys([*first, *own, *sorted(commands)])}


def _print_verbs() -> None:
    verbs = _verbs()
    ours = {name for name in verbs if _is_ours(name)}
    print(f"dangjian {__version__}: crawl, archive and read the Chinese Party-building press\n")
    print("Usage:\n  dangjian VERB [options] [arguments]\n")
    for title, names in (("Verbs:", ours), ("Scrapy's own:", set(verbs) - ours)):
        print(title)
        for name, line in verbs.items():
            if name in names:
                print(f"  {name:<13} {line}")
        print()
    print("`dangjian VERB --help` tells more. Try: dangjian crawl demo")


def _is_ours(verb: str) -> bool:
    try:
        import_module(f"crawler.commands.{verb}")
    except ModuleNotFoundError:
        return False
    return True


if __name__ == "__main__":
    main()
