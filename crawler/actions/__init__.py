"""What the verbs do, one module each: `run(args, opts)`, with what `crawler/verbs` has read.

The verbs that run a spider have a class `Action` instead; see `crawler/actions/spiders.py`.
"""

import argparse
import sys
from importlib import import_module

from crawler import settings
from crawler.verbs.verb import FAILED, NOT_THERE, USAGE, NotThereError, UsageError, program


def perform(verb: str, args: list[str], opts: argparse.Namespace) -> int:
    """Do what a verb says, and return the exit code; an error of our own rooms is told in one line."""
    opts.data = opts.data or settings.DANGJIAN_DATA
    try:
        code: int = import_module(f"crawler.actions.{verb}").run(args, opts)
        return code
    except Exception as error:
        code = {UsageError: USAGE, NotThereError: NOT_THERE}.get(type(error), FAILED)
        is_ours = type(error).__module__.startswith("crawler.")
        if not is_ours or (code == FAILED and opts.verbose):
            raise
        print(f"{program(verb, opts)}: {error}", file=sys.stderr)
        return code
