"""Where a key stands in a TOML text: `tomllib` gives values without their places."""

import re

KeyPath = tuple[int | str, ...]

_KEY = r"[A-Za-z0-9_-]+"
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_TABLE = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")
#  What may hold a bracket, a comma or a line break that is no structure: strings of all four kinds, and
# comments.
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
    """Return the line of every table, key and array element of a valid TOML text.

    Quoted keys and the members of inline tables are not listed: their table's line has to do.
    """
    # Strings become "s" and comments blanks, line breaks inside them stay, so that what is left is structure.
    structure = _OPAQUE.sub(_reduced, text).split("\n")
    places: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    key: KeyPath = ()
    depth = element = 0
    for number, line in enumerate(structure, start=1):
        rest = line
        if depth == 0:
            header = _TABLE.match(line)
            if header:
                table = _resolved(_split(header[2]), counts)
                if header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                places.setdefault(table, number)
                continue
            assignment = _ASSIGNMENT.match(line)
            if not assignment:
                continue
            key, element = (*table, *_split(assignment[1])), 0
            places.setdefault(key, number)
            rest = line[assignment.end() :]
        for character in rest:
            if character in "[{":
                depth += 1
            elif character in "]}":
                depth -= 1
            elif character == "," and depth == 1:
                element += 1
            if depth and character not in " \t\r,[]":
                places.setdefault((*key, element), number)
    return places


def _reduced(match: re.Match[str]) -> str:
    opaque = match.group()
    return ("" if opaque.startswith("#") else "s") + "\n" * opaque.count("\n")


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
