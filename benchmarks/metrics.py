"""How a reading is compared with its label, one function a field.

The body is compared as a multiset of character 4-grams, so that a lost paragraph and a strange one weigh by
their length; the short fields are right or wrong.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

_INVISIBLE = re.compile(r"[\s\u200b\ufeff\u00ad]+")
_PRIVATE_USE = re.compile(r"[\ue000-\uf8ff]+")
_LOOK_ALIKES = str.maketrans("“”‘’―–-|│︱", "\"\"''———丨丨丨")
_DATE = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})(?:\D+(\d{1,2}):(\d{1,2}))?")
_GRAM = 4
# An optional line this long may be glued to its neighbours and is then cut out of them.
_GLUED_FROM = 8


def fold(text: str | None) -> str:
    """Return a short text in the form in which two spellings of it are equal."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text or "").translate(_LOOK_ALIKES))


def plain(text: str) -> str:
    """Return running text in NFKC without white space, invisible and private-use characters."""
    return _PRIVATE_USE.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


def _grams(text: str) -> Counter[str]:
    if len(text) < _GRAM:
        return Counter([text] if text else [])
    return Counter(text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1))


def text_f1(truth: str, read: str) -> float:
    """Return the F1 of the character 4-grams of two plain texts."""
    expected, found = _grams(truth), _grams(read)
    if not expected and not found:
        return 1.0
    hits = (expected & found).total()
    return 2 * hits / (expected.total() + found.total()) if hits else 0.0


def body_f1(truth: Iterable[str], optional: Iterable[str], read: str) -> float:
    """Return the F1 of a body, its optional lines left out on both sides."""
    may_count = {plain(line) for line in optional if line.strip()}
    expected = "".join(line for line in map(plain, truth) if line not in may_count)
    found = "".join(line for line in map(plain, re.split(r"[\r\n]+", read)) if line not in may_count)
    for line in sorted(may_count, key=len, reverse=True):
        if len(line) >= _GLUED_FROM and line not in expected:
            found = found.replace(line, "", 1)
    return text_f1(expected, found)


def text_right(truth: str | None, others: Sequence[str | None], read: str | None) -> bool:
    """Return whether a title or a source equals its label or one of the other fair answers."""
    if not read:
        return not truth or None in others
    return any(fold(read) == fold(answer) for answer in (truth, *others) if answer)


def names_right(truth: Iterable[str], others: Iterable[str | list[str]], read: Iterable[str]) -> bool:
    """Return whether a set of names equals its label or one of the other fair answers."""
    found = frozenset(map(fold, read)) - {""}
    answers = [list(truth), *([other] if isinstance(other, str) else other for other in others)]
    return any(found == frozenset(map(fold, answer)) - {""} for answer in answers)


def _day_and_minute(date: str | None) -> tuple[tuple[int, ...], tuple[int, ...] | None] | None:
    match = _DATE.match(str(date or ""))
    if not match:
        return None
    year, month, day, hour, minute = match.groups()
    return (int(year), int(month), int(day)), (int(hour), int(minute)) if hour else None


def date_right(truth: str | None, others: Iterable[str], read: str | None) -> bool:
    """Return whether a date is right to the minute, or to the day where the page gives no time of day."""
    found = _day_and_minute(read)
    if found is None:
        return not truth
    for answer in (truth, *others):
        expected = _day_and_minute(answer)
        if expected and expected[0] == found[0] and expected[1] in (None, (0, 0), found[1]):
            return True
    return False
