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
_HEX = re.compile(r"(?=\d{0,99}[a-f])(?=[a-f]{0,99}\d)[0-9a-f]{16,}", re.IGNORECASE)
_KEY = re.compile(r"[\w-]{14,64}", re.ASCII)
_TURN = re.compile(r"(?<=\d)[_-]?[A-Za-z]|(?<=[A-Za-z])[_-]?\d")
_DATED_STEP = re.compile(r"(?:19|20)\d{2}[-_]?(?:\d{2}){0,2}")
_FOLDER_FILES: Final = frozenset({"page", "c", "content", "detail"})
_TURNS_OF_A_HASH: Final = 4
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_HEX_PAIR = re.compile(r"[0-9a-f]{2}")  # WebPlus spreads its pages over /3f/a0/
# HTTrack's name for an address with a query: four digits of its MD5 behind the file name.
_MIRRORED = re.compile(r"[a-z]+(?=[0-9a-f]{0,3}[a-f])(?=[0-9a-f]{0,3}[0-9])[0-9a-f]{4}")
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


def _is_hash(stem: str) -> bool:
    """Tell whether a name is a key without meaning: letters and digits mixed, unlike `t20220908_216582`."""
    return _KEY.fullmatch(stem) is not None and len(_TURN.findall(stem)) >= _TURNS_OF_A_HASH


def _step_shape(step: str) -> str:
    """Return a step of a path with hashes as `H` and numbers as `0`."""
    stem = _PAGE_FILE.sub("", step)
    ending = step[len(stem) :]
    if _is_hash(stem):
        return "H" + ending
    if _HEX_PAIR.fullmatch(step):
        return "0"
    if _MIRRORED.fullmatch(stem):
        return stem[:-4] + "0" + ending
    return _NUMBER.sub("0", _HEX.sub("H", stem)) + ending


def _stem(leaf: str) -> str:
    return _PAGE_FILE.sub("", leaf)


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
    by_path = _kind_of_path(steps, leaf)
    if not query:
        return by_path
    if re.fullmatch(r"\d+\.html?", query):  # PHPWeb
        return COLUMN if "class" in steps else ARTICLE
    keys = {piece.partition("=")[0].lower().replace("_", "") for piece in query.split("&") if piece}
    names = set(_names(leaf or "".join(steps[-1:])))
    if keys & _ARTICLE_KEYS:
        is_list = names & _COLUMN_NAMES and not names & _ARTICLE_NAMES and _stem(leaf).lower() != "index"
        return COLUMN if is_list else ARTICLE
    if keys & _COLUMN_KEYS:
        return ARTICLE if by_path == ARTICLE and _NUMBER.search(leaf) else COLUMN
    return UNSURE


def _kind_of_path(steps: list[str], leaf: str) -> str:
    stem = _stem(leaf)
    digits = sum(map(len, _NUMBER.findall(stem)))
    if not leaf:
        numbered_folder = len(steps) > 1 and _NUMBER.search(steps[-1]) is not None
        inside = steps[:-1]
        of_articles = any(_DATED_STEP.fullmatch(step) or step in _ARTICLE_NAMES for step in inside)
        return UNSURE if numbered_folder and of_articles else COLUMN
    if _is_hash(stem):
        return ARTICLE
    if _MIRRORED.fullmatch(stem):
        return UNSURE
    names = set(_names(leaf))
    if (
        leaf == stem and stem.isdigit() and len(steps) > 1
    ):  # /Home/List/12, /index.php/Home/Index/detail/id/12
        names = set().union(*map(_names, steps[-3:-1])) - {"index"}
    if names & _COLUMN_NAMES and not names & (_ARTICLE_NAMES - {"c", "t", "page", "news", "info"}):
        return COLUMN
    # The number may be that of the folder: /20240509/<hash>/c.html, /3f/a0/c123a456/page.htm
    if stem in _FOLDER_FILES and len(steps) > 1:
        folder = steps[-2]
        return ARTICLE if _is_hash(folder) or len(_NUMBER.findall(folder)) > 1 else UNSURE
    numbered = any(step.isdigit() for step in steps[:-1])
    dated = any(_DATED_STEP.fullmatch(step) for step in steps[:-1])
    if digits >= 3 or (digits and (numbered or dated or names & _ARTICLE_NAMES)):
        return ARTICLE
    return UNSURE if digits or len(stem) > 8 else COLUMN


def is_twin(url: str) -> bool:
    """Tell whether an address is a page's other form: in the other script, for printing, for telephones."""
    return _TWIN.search(url) is not None
