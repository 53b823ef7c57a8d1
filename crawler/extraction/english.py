"""Credits of English pages: By Fang Min | example.cn | Updated: 2021-03-04; (Web editor: Fang Min, Yu Hang).

The English editions of Chinese outlets print them without the labels and signs of the Chinese ones. They are
looked for only on pages whose headline is in Latin script.
"""

import re
from typing import Final, NamedTuple

from crawler.extraction.document import Block, Document
from crawler.extraction.readings import Readings, Trust

# A hyphen in front of a capital always parts two words: were it a sign of a word too, five hyphened names
# could be divided in so many ways that no end is reached.
_PART: Final = r"(?!Published|Updated|Source|Comment)[A-Z](?:[A-Za-z'’.]|-(?![A-Z])){0,20}"
_WORD: Final = rf"{_PART}(?:-{_PART}){{0,3}}"
_NAME: Final = rf"(?:{_WORD}(?: {_WORD}){{1,3}}|{_PART}(?:-{_PART}){{1,3}})"
_NAMES: Final = rf"{_NAME}(?:(?:,| and| &|, and|;) {_NAME}){{0,6}}"
_BY: Final = re.compile(
    rf"(?:[Bb]y|BY|Written by|Reported by|Story by|Text by):? (?P<names>{_NAMES})"
    r"(?= ?(?:$|[|/,;:(·•]|in |Published|Updated|Source|\d))"
)
_LABELLED: Final = re.compile(
    r"(?P<label>Web [Ee]ditors?|Editors?|Edited by|Editor in charge|Responsible editor|Proofreaders?"
    r"|Reviewers?|Reviewed by|Writers?|Authors?|Reporters?|Contributors?|Written by|Text by)"
    rf"\s?[:：|] ?(?P<names>{_NAMES})"
)
_SOURCE: Final = re.compile(
    r"(?:Source|From)\s?[:：] ?(?P<name>[^|:：()\[\]\d]{2,40}?)"
    r"(?=\s*(?:$|[|()\[\]\d]|Author|Editor|Updated|Published|Time|Date))"
)
# By Fang Min (Example Online) 10:20, March 04, 2021
_BRACKETED_SOURCE: Final = re.compile(r"^[Bb]y [^(]{4,60} ?\((?P<name>[^()]{3,40})\)(?= ?\d)")
# 2021-03-04 10:20:01 Example.cn Editor: Fang Min
_SITE: Final = re.compile(r"\d\d:\d\d(?::\d\d)?\s?\|?\s?(?P<name>[A-Z][A-Za-z]{2,20}\.(?:cn|com))(?=\s|$|\|)")
_SPLIT: Final = re.compile(r",? and |, | & |; ?")
_EDITORS: Final = ("web ed", "editor", "edited", "respon")
_CHECKERS: Final = ("proof", "review")
_LONGEST: Final = 160
_ADDED: Final = re.compile(
    r"share(?:this)?(?:to|on|with|:).*|comments?(?:\(\d+\))?|(?:write|leave|post)(?:your|a)?comments?"
    r"|most(?:read|viewed)|related(?:news|stories|articles|reading)?.{0,3}|readmore.{0,60}|viewmore.*|backtotop"
    r"|print|(?:previous|prev|next):?.*|keywords?:.*|followus.*|downloadapp.*"
)


def is_english(title: str | None) -> bool:
    """Tell whether a headline is in Latin script."""
    return bool(title) and _HAN.search(title or "") is None


_HAN: Final = re.compile("[\u3040-\u9fff]")


class _Credit(NamedTuple):
    role: str
    names: list[str]


def _credits(text: str) -> list[_Credit]:
    found = [
        _Credit(_role(match["label"]), _SPLIT.split(match["names"])) for match in _LABELLED.finditer(text)
    ]
    by = _BY.match(text.lstrip(" (["))
    if by:
        found.append(_Credit("author", _SPLIT.split(by["names"])))
    return found


def _role(label: str) -> str:
    low = label.lower()
    if low.startswith(_CHECKERS):
        return "checker"
    return "editor" if low.startswith(_EDITORS) else "author"


def is_behind_text(text: str) -> bool:
    """Tell whether a last line in Latin script credits somebody or belongs to the template."""
    if len(text) > _LONGEST or not text.isascii():
        return False
    if _ADDED.fullmatch("".join(text.split()).lower()):
        return True
    rest = text.strip("()[] ")
    if _SOURCE.fullmatch(rest) or _WRITE_TO.match(rest):
        return True
    if not (_LABELLED.match(rest) or _BY.match(rest)):
        return False
    return len(_BY.sub("", _LABELLED.sub("", rest))) <= _LEFT_OVER


_WRITE_TO: Final = re.compile(r"Contact the (?:writer|reporter|author)s?\b|E-?mail the (?:writer|reporter)")
_LEFT_OVER: Final = 12
# By Fang MinPublished: Mar 04, 2021: two elements without a blank between.
_GLUED: Final = re.compile(r"(?<=[a-z])(?=(?:Published|Updated|Source|Editor|Comment)\b)")


def read(document: Document, readings: Readings, under: range, behind: range) -> None:
    """Put the credits of the lines under the headline of an English text and of those behind it into
    readings."""
    for index in under:
        _read(document.blocks[index], readings, "english-info-line", Trust.INFO_LINE, Trust.INFO_LINE)
    for index in behind:
        _read(document.blocks[index], readings, "english-line-behind-text", Trust.LAST_LINE, Trust.BEHIND)


def _read(block: Block, readings: Readings, rule: str, trust: int, of_source: int) -> None:
    text = block.text
    if len(text) > _LONGEST:
        return
    text = _GLUED.sub(" ", text)
    for credit in _credits(text):
        if credit.role == "author":
            readings.author(trust, credit.names, text, rule, block.index)
        elif credit.role == "editor":
            readings.editor(trust, credit.names, text, rule, block.index)
    source = _SOURCE.search(text) or _BRACKETED_SOURCE.search(text) or _SITE.search(text)
    if source:
        readings.source(of_source, source["name"].strip(" ,;-"), text, rule, block.index)
