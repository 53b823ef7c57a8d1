"""Output for people: consoles that leave it to the program what happens when nobody reads on."""

import sys
from typing import NoReturn, TextIO

from rich.console import Console

_WIDE = 160


class _Console(Console):
    """A console whose reader may go away (`| head`)."""

    def on_broken_pipe(self) -> NoReturn:
        """Pass it on like any other output; rich would end the process by itself."""
        self.quiet = True
        raise BrokenPipeError


def make_console(file: TextIO | None = None) -> Console:
    """Return a console on standard output, or another file. Writing to it may raise OSError.

    Where nobody looks (a pipe, a file) it is wide, as rich would fold tables at 80 columns.
    """
    made = _Console(file=file or sys.stdout, highlight=False)
    if not made.is_terminal:
        made.width = max(made.width, _WIDE)
    return made
