"""Which of the dates of a page is the day of publication.

What a reader sees beats what the head of the page says: templates put the render time or a mangled time into
metas. Event dates in the text, counters, copyright years and dates of other articles are kept out by looking
only where credits stand. The day in the address decides nothing alone; where two equal witnesses differ it
settles between them.
"""

import re

from crawler.extraction.dates import find_dates, from_epoch, from_url, has_date_sign
from crawler.extraction.document import Document
from crawler.extraction.furniture import is_date_line, squash
from crawler.extraction.metas import read_date
from crawler.extraction.nodes import attribute, descendants
from crawler.extraction.readings import DateWitness, Trust

EARLIEST = 1990
"""No page was published on the web before."""
LONGEST_MASTHEAD = 80
"""Characters of a line that gives a newspaper's day among other things."""
LONGEST_SCRIPT = 100_000
"""Characters of a script that are searched."""
MOST_SCRIPTS = 60
"""Scripts of a page that are searched."""
MOST_TIMES = 3
"""Elements `time` of a page on which the first is the article's."""

_VALUE = re.compile(
    r"""[=:]\s{0,4}["']?(?P<value>(?:19|20)\d\d[-/.年]\d[\dT月日:. /+-]{2,24}|1\d{9}(?:\d{3})?)(?!\d)"""
)
_NAME = re.compile(
    r"""(?<![A-Za-z])["']?(?:ct|(?:published|publish|pub|created|create|release|issue)_?(?:time|date|data|at|on)|ptime|oriCreateTime|docreltime|fbsj|fbrq|newsTime)["']?\s{0,4}$""",
    re.IGNORECASE,
)


def choose_date(witnesses: list[DateWitness], url: str) -> DateWitness | None:
    """Return the best witness, made more precise by another one of the same day; None where there is none."""
    usable = [w for w in witnesses if int(w.found.iso[:4]) >= EARLIEST]
    if not usable:
        return None
    best = max(usable, key=lambda w: w.trust)
    peers = [w for w in usable if w.trust == best.trust and w.found.day != best.found.day]
    if peers:
        day = from_url(url)
        best = next((w for w in (best, *peers) if w.found.day == day), best)
    if best.found.precision == "day":
        finer = [
            w
            for w in usable
            if w.found.day == best.found.day and w.found.precision != "day" and w.trust > Trust.DATE_MODIFIED
        ]
        if finer:
            closest = max(finer, key=lambda w: w.trust)
            return DateWitness(best.trust, closest.found, f"{best.rule}+{closest.rule}")
    return best


def less_plain_date(document: Document, first: int, end: int) -> DateWitness | None:
    """Return the day of a page that gives it neither in a line nor in a meta; None where nothing tells it.

    `first` is the text's first line, `end` the line behind it.
    """
    return (
        date_in_time_element(document)
        or date_in_scripts(document)
        or day_over_month(document, first)
        or date_of_issue(document, first)
        or date_of_signature(document, end)
    )


# 17 2022.10, 17 / 2022-10, 2022-10 17: a day in large type, year and month below it.
_MONTH = r"(?P<month>(?:19|20)\d\d ?[-./年] ?\d{1,2})月?"
_DAY_OVER_MONTH = re.compile(rf"(?P<day>\d{{1,2}})[ /]{{0,3}}{_MONTH}", re.ASCII)
_MONTH_OVER_DAY = re.compile(rf"{_MONTH}[ /]{{1,3}}(?P<day>\d{{1,2}})日?", re.ASCII)
_PARTS = re.compile(r"\D+", re.ASCII)
_LONGEST_DAY = 14
_NEAR_TEXT = 12


def day_over_month(document: Document, first: int) -> DateWitness | None:
    """Return the day that stands apart from its year and month, on one line or two, by the headline.

    `first` is the text's first line.
    """
    blocks = document.blocks
    for index in range(first - 1, max(first - _NEAR_TEXT, 0) - 1, -1):
        block = blocks[index]
        if len(block.text) > _LONGEST_DAY or block.link_chars or block.in_list:
            continue
        above = blocks[index - 1].text if index else ""
        for text in (block.text, f"{above} {block.text}" if len(above) <= _LONGEST_DAY else ""):
            match = _DAY_OVER_MONTH.fullmatch(text) or _MONTH_OVER_DAY.fullmatch(text)
            day = "-".join((*_PARTS.split(match["month"]), match["day"])) if match else ""
            for found in find_dates(day):
                return DateWitness(Trust.DATE_SCRIPT, found._replace(raw=text), "day-over-month")
    return None


def date_of_issue(document: Document, first: int) -> DateWitness | None:
    """Return the day that a page gives in front of its text, be it in a crumb or a masthead, if its address
    gives the same: an electronic newspaper's.

    `first` is the text's first line.
    """
    day = from_url(document.url)
    if day is None:
        return None
    for block in document.blocks[:first]:
        if len(block.text) <= LONGEST_MASTHEAD and has_date_sign(block.text):
            for found in find_dates(block.text):
                if found.day == day:
                    return DateWitness(Trust.DATE_SCRIPT, found, "masthead+address")
    return None


_CLOCK = re.compile(r"(?:[香北][港京]時間|[香北][港京]时间)\s?(?P<time>\d{1,2}[時时:：]\d{1,2}分?)")
_SIGNED = 4
"""Lines around the end of a text among which its day may stand."""


def date_of_signature(document: Document, end: int) -> DateWitness | None:
    """Return the day, alone on its line, that closes a text; `end` is the line behind the text.

    The last resort: what a page gives besides is nearer to the day it was put on line.
    """
    blocks = document.blocks
    for index in range(min(end + _SIGNED, len(blocks)) - 1, max(0, end - _SIGNED) - 1, -1):
        text = blocks[index].text
        if len(text) > LONGEST_MASTHEAD or "年" not in text or not is_date_line(squash(text)):
            continue
        following = blocks[index + 1].text if index + 1 < len(blocks) else ""
        clock = _CLOCK.match(following)
        found = find_dates(f"{text} {clock['time']}" if clock else text)
        if found:
            return DateWitness(Trust.DATE_SCRIPT, found[0], "signature")
    return None


def date_in_time_element(document: Document) -> DateWitness | None:
    """Return the date in the attribute of `<time datetime="…">3天前</time>`.

    A page with more than a few of these gives the times of other articles and of comments too.
    """
    if b"datetime" not in document.data:
        return None
    stated = [attribute(e, "datetime") for e in descendants(document.root, "time")]
    times = [time for time in stated if time]
    for time in times if len(times) <= MOST_TIMES else ():
        found = read_date(time)
        if found:
            return DateWitness(Trust.DATE_SCRIPT, found, "time:datetime")
    return None


def date_in_scripts(document: Document) -> DateWitness | None:
    """Return the date that an inline script holds under a telling name (`var ct`, `publishTime`)."""
    for whole in document.scripts[:MOST_SCRIPTS]:
        script = whole[:LONGEST_SCRIPT]
        for match in _VALUE.finditer(script):
            value = match["value"].strip()
            if not _NAME.search(script, max(0, match.start() - 24), match.start()):
                continue
            found = from_epoch(value) or next(iter(find_dates(value)), None)
            if found:
                return DateWitness(Trust.DATE_SCRIPT, found, "script")
    return None
