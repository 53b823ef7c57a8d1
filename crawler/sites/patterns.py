"""Address patterns of site files: regular expressions, compiled once and bounded in what they may cost.

Python's `re` goes back and tries again, and has no limit of time. What a pattern can cost on an address that
nearly matches is seen in the pattern: each repeat that can run into what follows it multiplies the number of
ways to cut the address by its length, and such a repeat inside another makes it exponential. The first are
counted, the second refused.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

MAX_PATTERN = 300
"""Longest regular expression a site file may hold, in characters."""
MAX_ADDRESS = 1000
"""Longest address that is matched, in characters; a longer one matches nothing."""
MAX_LOOSE = 3
"""What the repeats that can run into what follows them may weigh together: 2 each, 1 where they repeat no
more than 20 times. One long repeat makes the cost cubic in the length of the address at worst, some seconds;
two would make it hours."""

_LONG = 20
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?::|P<\w+>)|\(\??|[+*?]|\{(?:\d+(?:,\d*)?|,\d+)\}|.", re.DOTALL
)
_WIDTHLESS = frozenset({"^", "$", "\\b", "\\B", "\\A", "\\Z"})
# What stands for the characters an address may hold: all of ASCII, and one that is not.
_CHARACTERS = frozenset(map(chr, range(128))) | {"党"}


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the compiled pattern.

    Raises ValueError where the pattern is too long, is no regular expression, holds a lookaround or a back
    reference, matches an empty text (and so every address), or could take too long: `(\\w+)+` does,
    `(?:\\w+/)+` does not.
    """
    if len(pattern) > MAX_PATTERN:
        raise ValueError(f"is {len(pattern)} characters long, more than {MAX_PATTERN}")
    try:
        compiled = _compiled(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"is no regular expression: {error}") from None
    if compiled.search(""):
        raise ValueError("matches every address")
    loose = _loose(_Parser(pattern).alternatives(), frozenset(), inside=False)
    if loose > MAX_LOOSE:
        raise ValueError(
            "holds too many repeats that can run into what follows them: put a character between "
            "that the repeat cannot match, as in \\d+_\\d+"
        )
    return compiled


def matches(pattern: re.Pattern[str], url: str) -> bool:
    """Tell whether the pattern is found anywhere in the address."""
    return len(url) <= MAX_ADDRESS and pattern.search(url) is not None


def _compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    with warnings.catch_warnings():
        # "[[" may mean something else in a Python to come; that is no business of who crawls a site.
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(pattern, flags)


@dataclass(frozen=True, slots=True)
class _Item:
    """One atom or group of a pattern and how often it stands."""

    text: str
    characters: frozenset[str]
    groups: "tuple[tuple[_Item, ...], ...]"
    least: int
    most: int

    def first(self) -> frozenset[str]:
        """Return the characters it may begin with."""
        return self.characters.union(*(_first(items) for items in self.groups))

    def may_be_empty(self) -> bool:
        return self.least == 0 or any(all(item.may_be_empty() for item in items) for items in self.groups)


class _Parser:
    """Reads a pattern that `re` has accepted into items."""

    def __init__(self, pattern: str) -> None:
        self.tokens = _TOKEN.findall(pattern)
        self.at = 0

    def alternatives(self) -> tuple[tuple[_Item, ...], ...]:
        """Return the alternatives up to the end of the group."""
        found: list[tuple[_Item, ...]] = []
        items: list[_Item] = []
        while self.at < len(self.tokens) and self.tokens[self.at] != ")":
            token = self._next()
            if token == "|":
                found.append(tuple(items))
                items = []
            elif token not in _WIDTHLESS:
                items.append(self._item(token))
        return (*found, tuple(items))

    def _item(self, token: str) -> _Item:
        groups: tuple[tuple[_Item, ...], ...] = ()
        characters: frozenset[str] = frozenset()
        if token == "(?" or re.fullmatch(r"\\[1-9]", token):
            raise ValueError("holds a lookaround, a flag or a back reference, which addresses do not need")
        if token.startswith("("):
            groups = self.alternatives()
            self._next()
        else:
            characters = _characters(token)
        least, most = self._times()
        return _Item(token, characters, groups, least, most)

    def _times(self) -> tuple[int, int]:
        least, most = 1, 1
        while self.at < len(self.tokens) and re.fullmatch(r"[+*?]|\{\d*,?\d*\}", self.tokens[self.at]):
            token = self._next()
            if token in "+*?":
                low, high = {"+": (1, MAX_ADDRESS), "*": (0, MAX_ADDRESS), "?": (0, 1)}[token]
            else:
                lower, comma, upper = token[1:-1].partition(",")
                low = int(lower or 0)
                high = int(upper) if upper else (MAX_ADDRESS if comma else low)
            if (least, most) == (1, 1):
                least, most = low, high
            # What follows a quantifier is the mark of a lazy or possessive one and changes nothing here.
        return least, most

    def _next(self) -> str:
        self.at += 1
        return str(self.tokens[self.at - 1])


@cache
def _characters(token: str) -> frozenset[str]:
    atom = _compiled(token, re.DOTALL)
    return frozenset(character for character in _CHARACTERS if atom.fullmatch(character))


def _first(items: tuple[_Item, ...]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for item in items:
        found |= item.first()
        if not item.may_be_empty():
            break
    return found


def _follow(items: tuple[_Item, ...], after: frozenset[str]) -> Iterator[tuple[_Item, frozenset[str]]]:
    """Yield every item with the characters that may follow it."""
    for position, item in enumerate(items):
        rest = items[position + 1 :]
        empty = all(other.may_be_empty() for other in rest)
        yield item, _first(rest) | (after if empty else frozenset())


def _loose(alternatives: tuple[tuple[_Item, ...], ...], after: frozenset[str], *, inside: bool) -> int:
    """Return what the repeats weigh that can run into what follows.

    Raises ValueError where one of them stands inside a repeat.
    """
    worst = 0
    for items in alternatives:
        loose = 0
        for item, follow in _follow(items, after):
            varies = item.least != item.most
            if varies and not item.first().isdisjoint(follow):
                if inside:
                    raise ValueError(
                        "repeats a group that itself repeats: end each round with a separator, "
                        "as in (?:\\w+/)+"
                    )
                loose += 2 if item.most > _LONG else 1
            if item.groups:
                if item.most > 1:
                    _check_rounds(item, follow)
                else:
                    loose += _loose(item.groups, follow, inside=inside)
        worst = max(worst, loose)
    return worst


def _check_rounds(group: _Item, follow: frozenset[str]) -> None:
    """Raise ValueError where the rounds of a repeated group can be cut in more than one way."""
    if any(all(item.may_be_empty() for item in items) for items in group.groups):
        raise ValueError("repeats a group that may be empty")
    seen: frozenset[str] = frozenset()
    for items in group.groups:
        begins = _first(items)
        if not seen.isdisjoint(begins):
            raise ValueError("repeats a group whose alternatives can begin alike")
        seen |= begins
    _loose(group.groups, seen | follow, inside=True)
