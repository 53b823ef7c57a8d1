"""The console command `dangjian`: this project's verbs, and Scrapy's, from any folder."""

import difflib
import io
import os
import shutil
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

from crawler import __version__
from crawler.verbs import GROUPS, VERBS, load_verb
from crawler.verbs.verb import FAILED, INTERRUPTED, USAGE, UsageError, program

_HELP = ("help", "-h", "--help")
_VERSION = ("version", "-V", "--version")
_VERBOSE = {"-v", "-vv", "--verbose"}
_INDENT = 13


def main(argv: list[str] | None = None) -> None:
    """Run one verb and leave with its exit code."""
    words = list(sys.argv if argv is None else argv)[1:]
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
    _prepare_streams()
    name = program(words[0] if words and words[0] in VERBS else "")
    code = 0
    try:
        try:
            code = _run(words)
        except SystemExit as left:  # argparse, Scrapy
            code = left.code if isinstance(left.code, int) else FAILED if left.code else 0
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        _discard_output()  # the reader of our output (`| head`) has had enough
    except UsageError as error:
        print(f"{name}: {error}", file=sys.stderr)
        code = USAGE
    except Exception as error:
        if _VERBOSE & set(words):
            raise
        print(f"{name}: {_told(error)}", file=sys.stderr)
        _discard_output()
        code = FAILED
    sys.exit(code)


def _run(words: list[str]) -> int:
    first = words[0] if words else "help"
    if first in _HELP and len(words) > 1:
        words = [words[1], "--help"]
        first = words[0]
    if first in _HELP:
        print(overview(shutil.get_terminal_size().columns))
        return 0
    if first in _VERSION:
        print(f"dangjian {__version__}")
        return 0
    if first in VERBS:
        return _run_verb(first, words[1:])
    if first in scrapy_verbs():
        from scrapy.cmdline import execute

        execute(["dangjian", *words])
        return 0
    raise UsageError(_unknown(first))


def _run_verb(name: str, words: list[str]) -> int:
    from crawler.verbs.spiders import SpiderVerb

    verb = load_verb(name)
    args, opts = verb.read(words)
    if isinstance(verb, SpiderVerb):
        from crawler.actions.as_command import run_spider_verb

        return run_spider_verb(verb, args, opts)
    from crawler.actions import perform

    return perform(name, args, opts)


def _unknown(word: str) -> str:
    if word.startswith("-"):
        return f"the verb comes first, then options such as {word}; `dangjian` alone lists the verbs"
    near = difflib.get_close_matches(word, [*VERBS, *scrapy_verbs()], n=1)
    hint = f"; did you mean {near[0]}?" if near else "; `dangjian` alone lists them"
    return f"there is no verb {word!r}{hint}"


def scrapy_verbs() -> list[str]:
    """Return the names of Scrapy's own verbs that none of ours hides, without importing them."""
    scrapy = find_spec("scrapy")
    folders = list(scrapy.submodule_search_locations or ()) if scrapy is not None else []
    names = {path.stem for folder in folders for path in (Path(folder) / "commands").glob("*.py")}
    return sorted(name for name in names - {*VERBS, *_VERSION} if not name.startswith("_"))


def overview(columns: int) -> str:
    """Return what `dangjian` alone prints, for a terminal so wide."""
    parts = [
        f"dangjian {__version__}: crawl, archive and read the Chinese Party-building press",
        "Usage:\n  dangjian VERB [options] [arguments]",
    ]
    for title, verbs in GROUPS.items():
        lines = [_row(name, line, columns) for name, line in verbs.items()]
        parts.append("\n".join([f"{title}:", *lines]))
    parts.append(_wrapped(f"Scrapy's own verbs work too: {', '.join(scrapy_verbs())}.", columns))
    parts.append(_wrapped("`dangjian VERB --help` tells more. Try: dangjian crawl demo", columns))
    return "\n\n".join(parts)


def _row(name: str, line: str, columns: int) -> str:
    lead = f"  {name}".ljust(_INDENT)
    return _wrapped(lead + line, columns, " " * _INDENT)


def _wrapped(text: str, columns: int, indent: str = "") -> str:
    return textwrap.fill(
        text, max(columns - 1, 2 * _INDENT), subsequent_indent=indent, break_on_hyphens=False
    )


def _told(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return ": ".join(filter(None, [str(error.filename or ""), error.strerror]))
    return f"{type(error).__name__}: {error} (-v shows where)"


def _prepare_streams() -> None:
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever called us
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115  # to the end of the process
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Files and pipes get UTF-8, as JSON has to be, unless the user says otherwise. What a terminal's
        # charset lacks, or a broken page brought, must not stop the output.
        is_chosen = sys.stdout.isatty() or "PYTHONIOENCODING" in os.environ
        sys.stdout.reconfigure(encoding=None if is_chosen else "utf-8", errors="backslashreplace")


def _discard_output() -> None:
    """Keep Python from complaining while it exits that what is still to be printed cannot be."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # no file of the system's
        return


if __name__ == "__main__":
    main()
