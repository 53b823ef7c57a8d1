"""How much running text a line holds, which tells paragraphs from menus, headings and tables."""

import re
from collections.abc import Callable
from typing import Final

Weigher = Callable[[int, int], float]
"""Tells how much running text stands in the lines from one index up to another."""
SHORT: Final = 16
"""Characters below which a line hardly is running text."""

_LATIN_STOP: Final = re.compile(r"[.,;:?!] ")
_UNBROKEN: Final = 40
_LATIN_SENTENCE: Final = 60


def prose(text: str, size: int, plain: int) -> float:
    """Return how much running text a line holds that is not short: its characters, fewer for such without
    punctuation.

    `size` is its length, `plain` how many of its characters are no link.
    """
    count = text.count
    stops = count("，")
    if stops * 24 >= size:
        return plain  # full weight already: most paragraphs need no more counting
    stops += count("。") + count("、") + count("；") + count("：") + count("？") + count("！")
    if not stops:
        if size > _LATIN_SENTENCE and text.isascii():
            stops = len(_LATIN_STOP.findall(text))
        if not stops:
            return plain * (0.4 if size > _UNBROKEN else 0.1)
    return plain * min(1.0, 0.5 + stops * 12 / size)
