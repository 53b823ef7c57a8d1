"""Where a key stands in a TOML text: `tomllib` gives values without their places."""

import re

KeyPath = tuple[int | str, ...]

_KEY = r"[A-Za-z0-9_-]+"
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_TABLE = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")
# What may hold a bracket or a line break that is no structure: strings of all four kinds, and comments.
_OPAQUE = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' r"'''.*?'''|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'|#[^\n]*",
    re.DOTALL,
)


def line_of(text: str, path: KeyPath) -> int:
    """Return the line, from 1, of the key at a path, or of the nearest table or key above it."""
    places = key_lines(text)
    for length in range(len(path), 0, -1):
        line = places.get(path[:length])
        if line:
            return line
    return 1


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line of every table and key of a valid TOML text; members of inline values are not listed."""
    # Strings and comments are blanked out but for their line breaks, so that what is left is structure.
    structure = _OPAQUE.sub(_blank, text).split("\n")
    places: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    depth = 0
    for number, bare in enumerate(structure, start=1):
        if depth == 0:
            header = _TABLE.match(bare)
            assignment = _ASSIGNMENT.match(bare)
            if header:
                table = _resolved(_split(header[2]), counts)
                if header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                places.setdefault(table, number)
                continue
            if assignment:
                places.setdefault((*table, *_split(assignment[1])), number)
        depth = max(
            0, depth + sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")
        )
    return places


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def _split(dotted: str) -> KeyPath:
    return tuple(re.findall(_KEY, dotted))


def _resolved(path: KeyPath, counts: dict[KeyPath, int]) -> KeyPath:
    """Put the index of the current element after every part that is an array of tables."""
    resolved: KeyPath = ()
    for position, part in enumerate(path):
        resolved = (*resolved, part)
        if resolved in counts and position < len(path) - 1:
            resolved = (*resolved, counts[resolved])
    return resolved
