"""Address patterns of site files: regular expressions that are compiled once and bounded in what they may
cost."""

import re

MAX_PATTERN = 300
"""Longest regular expression a site file may hold, in characters."""
MAX_ADDRESS = 2000
"""Longest address that is matched, in characters; a longer one matches nothing."""

_SEPARATORS = "/-_.=&,:?"
_REPEAT = re.compile(r"[+*]|\{\d*,\d*\}")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the compiled pattern.

    Raises ValueError where the pattern is too long, is no regular expression, matches an empty text (and so
    every address), or repeats a group that itself repeats without a separator between the rounds: `(\\w+)+`
    takes exponential time on an address that nearly matches, `(?:\\w+/)+` does not.
    """
    if len(pattern) > MAX_PATTERN:
        raise ValueError(f"is {len(pattern)} characters long, more than {MAX_PATTERN}")
    try:
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"is no regular expression: {error}") from None
    if compiled.search(""):
        raise ValueError("matches every address")
    group = _ambiguous_group(pattern)
    if group:
        raise ValueError(
            f"repeats {group}, which itself repeats: end each round with a separator, as in (?:\\w+/)+"
        )
    return compiled


def matches(pattern: re.Pattern[str], url: str) -> bool:
    """Tell whether the pattern is found anywhere in the address."""
    return len(url) <= MAX_ADDRESS and pattern.search(url) is not None


def _ambiguous_group(pattern: str) -> str | None:
    """Return the first repeated group whose rounds can be cut in more than one way, or None."""
    open_groups: list[int] = []
    for position, token in _tokens(pattern):
        if token == "(":
            open_groups.append(position)
        elif token == ")" and open_groups:
            start = open_groups.pop()
            follows = _REPEAT.match(pattern, position + 1)
            if follows and not re.fullmatch(r"\{0?,1\}", follows.group()):
                inside = pattern[start + 1 : position]
                if _repeats(inside) and not _separated(inside):
                    return pattern[start : position + 1]
    return None


def _tokens(pattern: str) -> list[tuple[int, str]]:
    """Return the position and text of every token: an escape, a whole character class, or one character."""
    found = re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL)
    return [(match.start(), match.group()) for match in found]


def _repeats(inside: str) -> bool:
    # A "?" after "(" opens an extension such as (?:, which is no repeat; "?" alone repeats at most once.
    return any(
        _REPEAT.match(inside, position) for position, token in _tokens(inside) if token in {"+", "*", "{"}
    )


def _separated(inside: str) -> bool:
    """Tell whether every round begins or ends with a separator that nothing else in the round can match."""
    tokens = [token for _, token in _tokens(re.sub(r"^\?(?::|P<\w+>)", "", inside))]
    if "|" in tokens or not tokens:
        return False
    for edge, others in ((tokens[-1], tokens[:-1]), (tokens[0], tokens[1:])):
        literal = edge[-1] if len(edge) == 1 or (edge[0] == "\\" and len(edge) == 2) else ""
        if literal and literal in _SEPARATORS and not (literal in ".?" and len(edge) == 1):
            single = [
                token for token in others if token[0] in "[\\." or token.isalnum() or token in _SEPARATORS
            ]
            if not any(_can_match(token, literal) for token in single):
                return True
    return False


def _can_match(token: str, literal: str) -> bool:
    try:
        return re.fullmatch(token, literal) is not None
    except re.error:
        return False
