"""What the addresses of a crawl teach about a site nobody has described: the shape of its article
addresses."""

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.sites.model import Site
from crawler.sites.patterns import compile_pattern, matches

_MOST_PATTERNS = 5
_MOST_ADDRESSES = 5000
_LEAST_SHARE = 0.05
# Dates keep their length, all other numbers may grow: 2024, 202403, 20240305.
_DATE = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?)?")
_CLASS = re.compile(r"\\d|\[0-9a-f")
_PIECES = re.compile(
    r"(?P<uuid>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})|(?P<hash>[0-9a-f]{32})|(?P<digits>\d+)|(?P<text>.)",
    re.IGNORECASE | re.DOTALL,
)
_SPECIAL = re.compile(r"([.^$*+?{}\[\]\\|()])")


def learned_site(
    site: Site, articles: Iterable[str], *, name: str | None = None, family: str | None = None
) -> Site:
    """Return the site with what a crawl of it has taught: patterns of its articles, up to three examples,
    name and family.

    `articles` are the addresses that turned out to be articles. A pattern that also matches an address
    where a list begins is left out.
    """
    own = [url for url in dict.fromkeys(articles) if site.covers(url)]
    starts = [section.url for section in site.sections]
    # Patterns are looked for in main addresses.
    by_main = {site.main_address(url): url for url in own}
    patterns = [
        pattern
        for pattern in address_patterns(by_main)
        if not any(re.search(pattern, start) for start in starts)
    ]
    examples = [
        next(url for main, url in by_main.items() if re.search(pattern, main)) for pattern in patterns
    ]
    return Site.model_validate(
        site.model_dump()
        | {
            "article_urls": patterns or site.article_urls,
            "examples": examples[:3] or site.examples,
            "name": name or site.name,
            "family": family or site.family,
        }
    )


def address_patterns(urls: Iterable[str]) -> list[str]:
    """Return regular expressions for the shapes of some article addresses, the commonest first.

    Numbers, hashes and UUIDs become classes of characters. A folder that differs from address to address
    becomes any word, one that does not stays. Shapes that hold less than a twentieth of the addresses are
    left out, and shapes without a number or hash, which would be single pages.
    """
    groups: dict[tuple[str, ...], list[list[str]]] = {}
    first: dict[tuple[str, ...], str] = {}
    for url in list(dict.fromkeys(urls))[:_MOST_ADDRESSES]:
        parts = urlsplit(url)
        folders = parts.path.split("/")[1:-1]
        file = parts.path.rsplit("/", 1)[-1] + (f"?{parts.query}" if parts.query else "")
        shapes = [_shape(folder) for folder in folders]
        key = (*(shape if _CLASS.search(shape) else "" for shape in shapes), _shape(file))
        groups.setdefault(key, []).append(shapes)
        first.setdefault(key, url)
    total = sum(map(len, groups.values()))
    counted = Counter({key: len(rows) for key, rows in groups.items()})
    found: list[str] = []
    for key, count in counted.most_common(_MOST_PATTERNS):
        if count < total * _LEAST_SHARE or not any(map(_CLASS.search, key)):
            continue
        columns = zip(*groups[key], strict=True)
        folders = [values[0] if len(set(values)) == 1 else r"[\w-]+" for values in columns]
        pattern = "/" + "/".join([*folders, key[-1]]) + "$"
        try:
            fits = matches(compile_pattern(pattern), first[key])
        except ValueError:
            continue
        if fits:
            found.append(pattern)
    return found


def _shape(text: str) -> str:
    shape = ""
    for piece in _PIECES.finditer(text):
        length = len(piece.group())
        if piece["uuid"]:
            shape += "[0-9a-f-]{36}"
        elif piece["hash"] and not piece.group().isdecimal():
            shape += "[0-9a-f]{32}"
        elif piece.group().isdecimal():
            shape += f"\\d{{{length}}}" if _DATE.fullmatch(piece.group()) else "\\d+"
        else:
            shape += _SPECIAL.sub(r"\\\1", piece.group())
    return shape
