"""What an address says about the page behind it: article, column, file or trap. The host never matters."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from crawler.extraction.labels import vocabulary

_WORDS: Final = vocabulary("lists")["addresses"]
_COLUMN_NAMES: Final = frozenset(_WORDS["column_names"])
_ARTICLE_NAMES: Final = frozenset(_WORDS["article_names"])
_COLUMN_KEYS: Final = frozenset(_WORDS["column_keys"])
_ARTICLE_KEYS: Final = frozenset(_WORDS["article_keys"])
_ATTACHMENTS: Final = frozenset(_WORDS["attachments"])
_MEDIA: Final = frozenset(_WORDS["media"])
_TRAP: Final = re.compile("|".join(_WORDS["traps"]), re.IGNORECASE)
_TWIN: Final = re.compile("|".join(_WORDS["twins"]), re.IGNORECASE)
_HASH = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z-]{14,}", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_HEX_PAIR = re.compile(r"[0-9a-f]{2}")  # WebPlus spreads its pages over /3f/a0/
# HTTrack's name for an address with a query: four digits of its MD5 behind the file name.
_MIRRORED = re.compile(r"[a-z]+(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{4}")
_PAGE_FILE = re.compile(
    r"\.(?:s?html?|shtm|jhtml|jsp|jspx|php\d?|aspx?|psp|do|action|ht|page)$", re.IGNORECASE
)

NAVIGATION, COLUMN, UNSURE, ARTICLE, ATTACHMENT, MEDIA, TRAP = (
    "navigation", "column", "unsure", "article", "attachment", "media", "trap",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """What can be read from an address alone."""

    kind: str
    """column, article, unsure, attachment, media, trap or navigation (the front page of a site)."""
    shape: str
    """The address without numbers and hashes: equal for the articles of one CMS, whatever their column."""


def _step_shape(step: str) -> str:
    """Return a step of a path with hashes as `H` and numbers as `0`."""
    stem = _PAGE_FILE.sub("", step)
    ending = step[len(stem) :]
    if _HASH.fullmatch(stem):
        return "H" + ending
    if _HEX_PAIR.fullmatch(step):
        return "0"
    if _MIRRORED.fullmatch(stem):
        return stem[:-4] + "0" + ending
    return _NUMBER.sub("0", _HASH.sub("H", stem)) + ending


def _names(step: str) -> list[str]:
    return [name.lower() for name in _NAME.findall(_PAGE_FILE.sub("", step))]


@lru_cache(maxsize=4096)
def address(url: str) -> Address:
    """Read an absolute address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return Address(TRAP, "")
    path = re.sub(r"/{2,}", "/", parts.path)
    steps = [step for step in path.split("/") if step]
    leaf = steps[-1] if steps and not path.endswith("/") else ""
    shape = _shape(steps, leaf, parts.query)
    if not steps and not parts.query:
        return Address(NAVIGATION, shape)
    ending = leaf.rpartition(".")[2].lower() if "." in leaf else ""
    if ending in _ATTACHMENTS:
        return Address(ATTACHMENT, shape)
    if ending in _MEDIA:
        return Address(MEDIA, shape)
    if _TRAP.search(url):
        return Address(TRAP, shape)
    return Address(_kind(steps, leaf, parts.query), shape)


def _shape(steps: list[str], leaf: str, query: str) -> str:
    # Directories with names are columns: the articles of all columns have one shape. Directories of numbers
    # (dates) belong to it.
    kept = [_step_shape(step) for step in steps[-3:]]
    if leaf:
        *above, last = kept
    else:
        above, last = kept, ""
    above = [step for step in above if "0" in step or "H" in step]
    keys = "&".join(
        key + ("=" if equals else "") + ("" if not equals else "0")
        for key, equals, _ in (_step_shape(p).partition("=") for p in query.split("&") if p)
    )
    return "/".join([*above, last]) + (f"?{keys}" if keys else "")


def _kind(steps: list[str], leaf: str, query: str) -> str:
    if query:
        keys = {piece.partition("=")[0].lower().replace("_", "") for piece in query.split("&") if piece}
        if re.fullmatch(r"\d+\.html?", query):  # PHPWeb
            return COLUMN if "class" in steps else ARTICLE
        if keys & _ARTICLE_KEYS:
            wide = set(_names(leaf)) & _COLUMN_NAMES and not set(_names(leaf)) & _ARTICLE_NAMES
            return (
                COLUMN if wide and leaf.lower() not in {"index.php", "index.asp", "index.aspx"} else ARTICLE
            )
        if keys & _COLUMN_KEYS:
            return COLUMN
        return UNSURE
    names = _names(leaf or (steps[-1] if steps else ""))
    stem = _PAGE_FILE.sub("", leaf)
    digits = sum(map(len, _NUMBER.findall(stem)))
    if not leaf:
        return COLUMN if not digits or len(steps) < 3 else UNSURE
    if _HASH.fullmatch(stem):
        return ARTICLE
    if _MIRRORED.fullmatch(stem):
        return UNSURE
    if (
        names
        and set(names) & _COLUMN_NAMES
        and not set(names) & (_ARTICLE_NAMES - {"c", "t", "page", "news", "info"})
    ):
        return COLUMN
    dated = any(re.fullmatch(r"(?:19|20)\d{2}[-_]?(?:\d{2}){0,2}", step) for step in steps[:-1])
    if digits >= 3 or (dated and (digits or "page" in names)):
        return ARTICLE
    if digits and any(re.fullmatch(r"\d+", step) for step in steps[:-1]):
        return ARTICLE
    if digits and set(names) & _ARTICLE_NAMES:
        return ARTICLE
    return UNSURE if digits or len(stem) > 8 else COLUMN


def is_twin(url: str) -> bool:
    """Tell whether an address is a page's other form: in the other script, for printing, for telephones."""
    return _TWIN.search(url) is not None
