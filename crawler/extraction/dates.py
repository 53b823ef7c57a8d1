"""Dates as Chinese pages print them. Knows no clock: a relative date (3小时前) is no date here.

`find_dates` reads every form of a full date in a short text. It never invents a part that is not printed:
2024年3月 is no date, and a date without a time keeps the precision `day`. China has one time zone, so
whatever carries no offset of its own is read as UTC+8; the result always is.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from crawler.extraction.labels import fold_width

CHINA = timezone(timedelta(hours=8))
"""China Standard Time, without daylight saving since 1991."""

LONGEST_TEXT = 2_000
"""Characters of a text that are looked at; info lines are far shorter."""


class DateFound(NamedTuple):
    """A date read from a text."""

    iso: str
    """ISO 8601 with the offset +08:00; midnight where `precision` is `day`."""
    precision: str
    """`second`, `minute` or `day`."""
    raw: str
    """The same as printed."""
    span: tuple[int, int]
    """Where it stands in the text."""

    @property
    def day(self) -> str:
        """The day alone, `YYYY-MM-DD`."""
        return self.iso[:10]


_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_TIME = r"""
    (?:
        (?:[ ,T/|_-]|&nbsp;?){0,6}
        (?:HKT[ ])?
        (?:[(\[]?(?:星期|周|礼拜)[一二三四五六日天][)\]]?[ ,|]{0,4})?
        (?P<half>上午|下午|中午|凌晨|早上|晚上|晚|早)?[ ]{0,2}
        [(\[]?
        (?P<hour>2[0-3]|[01]?\d)
        (?: [ ]?:[ ]?(?P<minute>[0-5]\d)(?:[ ]?:[ ]?(?P<second>[0-5]\d)(?:\.\d{1,9})?)?(?![\d])
          | [ ]?[时時点點][ ]?(?P<minute2>[0-5]?\d)[ ]?分(?:[ ]?(?P<second2>[0-5]?\d)[ ]?秒)?
        )
        (?:[ ]?(?P<ampm>[AaPp]\.?[Mm]\b))?
        (?:[ ](?:ET|PT|HKT)\b)?
        (?P<offset>Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?
    )?
"""
_NUMERIC = re.compile(
    rf"""
    (?<![\d./A-Za-z])(?<![\dA-Za-z]-)(?<!\d:)
    (?: (?P<year>(?:19|20)\d\d)
        (?: [ ]{{0,3}}年[ ]{{0,3}}(?P<m1>{_MONTH})[ ]{{0,3}}月[ ]{{0,3}}(?P<d1>{_DAY})
            (?:[ ]{{0,3}}[日号]|(?!\d))
          | [ ]{{0,3}}(?P<sep>[-/.])[ ]{{0,3}}(?P<m2>{_MONTH})[ ]{{0,3}}(?P=sep)[ ]{{0,3}}(?P<d2>{_DAY})
            (?:(?!\d)|(?=[0-2]\d:[0-5]\d))(?!\.\d)
          | (?P<m3>0[1-9]|1[0-2])(?P<d3>0[1-9]|[12]\d|3[01])(?![\dA-Za-z_.])
          | [ ]{{1,3}}(?P<m8>0[1-9]|1[0-2])[ ]?[-/][ ]?(?P<d8>0[1-9]|[12]\d|3[01])(?![\d\-/])
        )
      | (?P<m6>{_MONTH})/(?P<d6>{_DAY})/(?P<year6>(?:19|20)\d\d)(?!\d)
      | (?P<d7>[0-3]\d)\.(?P<m7>0[1-9]|1[0-2])\.(?P<year7>(?:19|20)\d\d)(?!\d)
      | (?P<yy>\d\d)
        (?: 年(?P<m4>{_MONTH})月(?P<d4>{_DAY})日
          | (?P<sep2>[-/])(?P<m5>0[1-9]|1[0-2])(?P=sep2)(?P<d5>0[1-9]|[12]\d|3[01])(?![\d\-/])
        )
    )
    {_TIME}
    """,
    re.VERBOSE,
)
_MONTH_GROUPS = tuple(f"m{number}" for number in range(1, 9))
_DAY_GROUPS = tuple(f"d{number}" for number in range(1, 9))
_SHORT_DATE = re.compile(r"\s{0,2}([0-4]\d)\.(0[1-9]|1[0-2])\.(0[1-9]|[12]\d|3[01])(?![\d.])")
# 110-03-04, 民國110年3月4日: years of the Republic.
_REPUBLIC = re.compile(
    r"\s{0,2}(?:民[國国])?\s?(1[0-4]\d|9\d)[-/.年](0?[1-9]|1[0-2])[-/.月](0?[1-9]|[12]\d|3[01])(?:日|(?![\d]))"
)
_HAN_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "○": 0,
    "零": 0,
    "Ｏ": 0,
    "O": 0,
    "0": 0,
}
_BLOG = re.compile(
    r"(?P<month>[一二三四五六七八九十]{1,2})月 ?(?P<day>\d{1,2})(?:st|nd|rd|th)? ?, ?(?P<year>(?:19|20)\d\d)"
)
_HAN = re.compile(
    r"(?P<year>[一二][〇○零OＯ0一二三四五六七八九]{3})[ ]{0,2}年[ ]{0,2}"
    r"(?P<month>[元正一二三四五六七八九十]{1,2})[ ]{0,2}月[ ]{0,2}"
    r"(?P<day>[一二三四五六七八九十廿卅]{1,3})[ ]{0,2}[日号]"
)
# Every form holds one of these; most lines of a page hold none. \d takes digits of any width. The pattern
# begins with a class of characters because such a one is searched for much faster than alternatives are.
_SIGN = re.compile(
    r"[\d〇○零OＯ一二三四五六七八九]"
    r"(?:(?<=\d)\s{0,3}[年/.．／\-－]\s{0,3}\d|(?<=[1１])[9９]\d\d|(?<=[2２])[0０]\d\d|(?<=\D)\s{0,2}年)"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ENGLISH_SIGN = re.compile(r"[A-Z][a-z]{2,8}\.?,?[ -]\d|[一二三四五六七八九十]月 ?\d{1,2}")
_ENGLISH = re.compile(
    r"(?P<a>[A-Z][a-z]{2,8})\.? (?P<day>\d{1,2}),? (?:(?P<time>\d\d:\d\d:\d\d) [A-Z]{3} )?"
    r"(?P<year>(?:19|20)\d\d)(?:,? (?:at )?(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
    r"(?: ?(?P<ampm>[AaPp])\.?[Mm]\b)?)?"
)
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<day>[0-3]?\d)[ -](?P<month>[A-Z][a-z]{2})[a-z]{0,6}\.?,?[ -](?P<year>(?:19|20)\d\d)"
    r"(?! ?\d)"
)
_URL = re.compile(
    r"/(?P<y>(?:19|20)\d\d)[-/]?(?P<m>0[1-9]|1[0-2]|[1-9](?=[/-]))[-/]?"
    r"(?P<d>0[1-9]|[12]\d|3[01]|[1-9](?=[/_]))(?=[/_.]|$)"
    r"|[/_]t?(?P<y2>(?:19|20)\d\d)(?P<m2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01])(?=[/_.]|$)"
)


def _made(
    year: int, month: int, day: int, time: tuple[int, int, int | None] | None, offset: str | None
) -> tuple[str, str] | None:
    """Return the ISO form and the precision, or None where there is no such day."""
    try:
        if time is None or not any(time):
            date(year, month, day)
            return f"{year:04d}-{month:02d}-{day:02d}T00:00:00+08:00", "day"
        hour, minute, second = time
        moment = datetime(year, month, day, hour, minute, second or 0)
        if offset:
            moment = _in_china(moment, offset)
    except (ValueError, OverflowError):
        return None
    return f"{moment.isoformat()}+08:00", "minute" if second is None else "second"


def _in_china(moment: datetime, offset: str) -> datetime:
    """Return the Chinese time of a moment that is printed with another offset (`Z`, `+09:00`)."""
    sign = -1 if offset[0] == "-" else 1
    digits = offset[1:].replace(":", "")
    shift = timedelta() if offset == "Z" else sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return (moment.replace(tzinfo=UTC) - shift).astimezone(CHINA).replace(tzinfo=None)


def _clock(match: re.Match[str]) -> tuple[int, int, int | None] | None:
    """Return hour, minute and second of a match of `_TIME`; the second is None where it is not printed."""
    if match["hour"] is None:
        return None
    hour = int(match["hour"])
    later = match["half"] in ("下午", "晚上", "晚") or (match["ampm"] or "").lower().startswith("p")
    if later and hour < 12:
        hour += 12
    elif hour == 12 and (match["ampm"] or "").lower().startswith("a"):
        hour = 0
    second = match["second"] or match["second2"]
    return hour, int(match["minute"] or match["minute2"]), int(second) if second else None


def _han_number(text: str) -> int:
    """Return a number up to 39 written in Chinese: 元 1, 十 10, 廿三 23, 三十一 31; 0 where it is none."""
    text = text.replace("元", "一").replace("正", "一").replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _HAN_DIGITS[text] if len(text) == 1 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_HAN_DIGITS[tens] if tens else 1) * 10 + (_HAN_DIGITS[ones] if ones else 0)


def has_date_sign(text: str) -> bool:
    """Tell, fast, whether a text may hold a date; most lines of a page cannot."""
    return _SIGN.search(text) is not None


def find_dates(text: str) -> list[DateFound]:
    """Return every full date printed in a text, in reading order.

    Read are 2021-03-23, 2021/3/23, 2021.03.23, 2021年3月23日, 20210323, 2021 03-23, 21-03-23, 09年11月9日,
    二〇二一年三月二十三日, Mar 23, 2021 and 3/23/2021 (as servers with an English locale print it), in any
    width of digits, each with or without a time (09:51, 09:51:52, 9时51分, 下午3:05, ISO 8601 with offset),
    also with a weekday or blanks between. A time of 00:00 means that the time is not known: precision `day`.
    """
    text = text[:LONGEST_TEXT]
    return list(_found_in(text)) if _SIGN.search(text) else []


@lru_cache(maxsize=64)
def _found_in(text: str) -> tuple[DateFound, ...]:
    """Return the dates of a text. Remembered for the time of a page, as several readers ask of each line."""
    folded = fold_width(text)
    found: list[DateFound] = []
    for match in _NUMERIC.finditer(folded):
        year = int(match["year"] or match["year6"] or match["year7"] or match["yy"])
        if match["yy"]:
            year += 1900 if year >= 80 else 2000
        month, day = (next(filter(None, match.group(*groups))) for groups in (_MONTH_GROUPS, _DAY_GROUPS))
        made = _made(year, int(month), int(day), _clock(match), match["offset"])
        if made and made[1] == "day":
            made = _made(year, int(month), int(day), _clock_before(folded, match.start()), None)
        if made:
            found.append(DateFound(*made, text[match.start() : match.end()].strip(), match.span()))
    if "年" in folded and "月" in folded:
        for match in _HAN.finditer(folded):
            year = int("".join(str(_HAN_DIGITS[c]) for c in match["year"]))
            made = _made(year, _han_number(match["month"]), _han_number(match["day"]), None, None)
            if made and 1900 <= year < 2100:
                found.append(DateFound(*made, text[match.start() : match.end()], match.span()))
    if not found and _ENGLISH_SIGN.search(folded):
        found = _english_dates(text)
    if len(found) > 1:
        found.sort(key=lambda d: d.span)
    return tuple(found)


def _clock_before(folded: str, start: int) -> tuple[int, int, int | None] | None:
    """Return the time that stands in front of a date: 10:20 2021/03/04; 10:20, March 04, 2021."""
    if ":" not in folded[max(0, start - 16) : start]:
        return None
    clock = _CLOCK_BEFORE.search(folded, max(0, start - 20), start)
    return (int(clock[1]), int(clock[2]), int(clock[3]) if clock[3] else None) if clock else None


_CLOCK_BEFORE = re.compile(
    r"(?<![\d:-])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?: ?(?:UTC|GMT)\+8)?,?\s{1,3}$"
)


def find_short_date(value: str) -> DateFound | None:
    """Return the date that the value of a date's label begins with in the form 14.05.06, or 110-03-04 as in
    Taiwan, else None.

    Elsewhere three numbers with dots are the version of a program or the number of a section.
    """
    folded = fold_width(value[:20])
    republic = _REPUBLIC.match(folded)
    if republic:
        made = _made(1911 + int(republic[1]), int(republic[2]), int(republic[3]), None, None)
        return DateFound(*made, republic[0].strip(), republic.span()) if made else None
    match = _SHORT_DATE.match(folded)
    if match is None:
        return None
    made = _made(2000 + int(match[1]), int(match[2]), int(match[3]), None, None)
    return DateFound(*made, match[0].strip(), match.span()) if made else None


def _english_dates(text: str) -> list[DateFound]:
    """Return dates such as `Mar 23, 2021` and, as Java prints them, `Mon Mar 23 09:51:52 CST 2021`."""
    found = []
    for match in _BLOG.finditer(text):  # 十一月 6th, 2009: English forms with Chinese months
        made = _made(int(match["year"]), _han_number(match["month"]), int(match["day"]), None, None)
        if made:
            found.append(DateFound(*made, match[0], match.span()))
    for match in _DAY_FIRST.finditer(text):  # 04 Mar 2021, 04-Mar-2021
        if match["month"].lower() in _MONTHS:
            month = _MONTHS.index(match["month"].lower()) + 1
            time = _clock_before(text, match.start())
            made = _made(int(match["year"]), month, int(match["day"]), time, None)
            if made:
                found.append(DateFound(*made, match[0], match.span()))
    for match in _ENGLISH.finditer(text):
        name = match["a"][:3].lower()
        if name not in _MONTHS:
            continue
        clock = [int(p) for p in match["time"].split(":")] if match["time"] else None
        time = (clock[0], clock[1], clock[2]) if clock else _clock_behind(match)
        time = time or _clock_before(text, match.start())
        made = _made(int(match["year"]), _MONTHS.index(name) + 1, int(match["day"]), time, None)
        if made:
            found.append(DateFound(*made, match[0], match.span()))
    return found


def _clock_behind(match: re.Match[str]) -> tuple[int, int, int | None] | None:
    """Return the time behind an English date: 10:20 AM."""
    if match["hour"] is None:
        return None
    hour, half = int(match["hour"]), (match["ampm"] or "").lower()
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return hour, int(match["minute"]), int(match["second"]) if match["second"] else None


def from_epoch(digits: str) -> DateFound | None:
    """Return the moment of a Unix time in seconds (10 digits) or milliseconds (13 digits), else None."""
    if not re.fullmatch(r"\d{10}|\d{13}", digits):
        return None
    seconds = int(digits[:10])
    if not 631_152_000 <= seconds < 4_102_444_800:  # 1990 to 2099
        return None
    moment = datetime.fromtimestamp(seconds, CHINA)
    return DateFound(moment.isoformat(timespec="seconds"), "second", digits, (0, len(digits)))


def from_url(url: str) -> str | None:
    """Return the day that an address carries (`YYYY-MM-DD`), or None.

    It is often the day on which the document was made in the CMS and one day off, so it serves to choose
    between printed dates and never replaces them: `/n1/2019/0615/`, `/202209/t20220908_1.html`,
    `/art/2016/11/22/`.
    """
    path = url.partition("?")[0][:LONGEST_TEXT]
    day = None
    for match in _URL.finditer(path):
        year, month, day_ = (
            (match["y"], match["m"], match["d"]) if match["y"] else match.group("y2", "m2", "d2")
        )
        made = _made(int(year), int(month), int(day_), None, None)
        if made:
            day = made[0][:10]
    return day
