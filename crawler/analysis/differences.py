"""What changed between two versions of an article: fields, then sentences, then characters.

Sentences are matched in order (`difflib`, Ratcliff and Obershelp 1988). Where some were rewritten, old and
new are paired as translations are: one with one, one with two or two with one, so that they have most in
common (after Gale and Church, "A Program for Aligning Sentences in Bilingual Corpora", 1993).
Inside a pair the characters are matched, and short accidental matches between changes are given up ("semantic
cleanup" of Fraser's diff-match-patch), because 的 standing in both tells a reader nothing.

White space, invisible characters and the width of letters are no change here, as they are none in the store.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from crawler.analysis.sentences import split_sentences
from crawler.items import Article
from crawler.store.versions import changed_fields, fold

Operation = Literal["equal", "delete", "insert"]

_ALIKE = 0.4
"""Likeness (Dice's coefficient of pairs of characters) from which two sentences are versions of one."""
_MOST_ALIGNED = 10_000
"""Pairs of sentences that are weighed against each other at most; beyond, nothing is paired."""
_MOST_SENTENCES = 25_000_000
_MOST_CHARACTERS = 1_000_000
"""Pairs of sentences and of characters that are matched at most: the time is bounded."""
_PARTING = 4
"""Pairs of characters in common that it must bring to take a sentence for two."""
_FIELDS = ("title", "kicker", "subtitle", "authors", "source", "published", "section", "document_number")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters in a changed text."""

    operation: Operation
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the body: sentences that stayed, went, came, or were rewritten."""

    operation: Literal["equal", "delete", "insert", "replace"]
    old: tuple[str, ...] = ()
    """The sentences in the old version."""
    new: tuple[str, ...] = ()
    """The sentences in the new version."""
    spans: tuple[Span, ...] = ()
    """Of a rewritten passage: what changed inside it, in reading order."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of the record with its two values, as text; None where a version has none."""

    name: str
    old: str | None
    new: str | None
    spans: tuple[Span, ...] = ()
    makes_version: bool = True
    """Whether such a change makes a new version in the store; others are told for information."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of one article, laid side by side."""

    fields: tuple[FieldChange, ...] = ()
    """Fields but the body that differ."""
    passages: tuple[Passage, ...] = ()
    """The whole body, in reading order."""
    counts: dict[str, int] = field(default_factory=dict)
    """`sentences_removed`, `sentences_added`, `sentences_rewritten`, `characters_removed` and
    `characters_added`: of the body."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed that a reader could see."""
        return not self.fields and all(passage.operation == "equal" for passage in self.passages)


def compare(old: Article, new: Article) -> Comparison:
    """Lay two versions of an article side by side."""
    passages = tuple(compare_texts(old.body, new.body))
    return Comparison(tuple(_compare_fields(old, new)), passages, _counts(passages))


def _compare_fields(old: Article, new: Article) -> Iterator[FieldChange]:
    decisive = set(changed_fields(old, new))
    for name in _FIELDS:
        before, after = _shown(old, name), _shown(new, name)
        differs = name in decisive if name == "published" else fold(before) != fold(after)
        if differs:
            spans = tuple(compare_characters(before, after)) if before and after else ()
            yield FieldChange(name, before, after, spans, name in decisive)


def _shown(article: Article, name: str) -> str | None:
    value = getattr(article, name)
    return "、".join(value) or None if isinstance(value, list) else value


def compare_texts(old: str, new: str) -> Iterator[Passage]:
    """Yield the passages of two texts in reading order; together they hold every sentence of both
    in which there is anything to see."""
    before, after = ([one for one in split_sentences(text) if fold(one)] for text in (old, new))
    matches = _matches([fold(one) for one in before], [fold(one) for one in after], _MOST_SENTENCES)
    for is_equal, (a, b), (c, d) in matches:
        if is_equal:
            yield Passage("equal", tuple(before[a:b]), tuple(after[c:d]))
        else:
            yield from _rewritten(before[a:b], after[c:d])


def _rewritten(old: Sequence[str], new: Sequence[str]) -> Iterator[Passage]:
    """Yield the passages of a stretch without a common sentence."""
    for gone, come in _aligned(old, new):
        if gone and come:
            spans = tuple(compare_characters("".join(gone), "".join(come)))
            if all(span.operation == "equal" for span in spans):
                yield Passage("equal", gone, come)  # the same words, cut into sentences in another way
            else:
                yield Passage("replace", gone, come, spans)
        elif gone:
            yield Passage("delete", gone)
        else:
            yield Passage("insert", (), come)


def _aligned(old: Sequence[str], new: Sequence[str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Pair old sentences with new ones, in order; a sentence without a like stands alone."""
    if not old or not new or len(old) * len(new) > _MOST_ALIGNED:
        return [side for side in ((tuple(old), ()), ((), tuple(new))) if any(side)]
    before, after = [_pairs(one) for one in old], [_pairs(one) for one in new]
    # best[i][j]: greatest likeness of the first i old and j new sentences, and the step that led there.
    best: list[list[tuple[int, int, int]]] = [[(0, 0, 0)] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) + 1):
        for j in range(len(new) + 1):
            steps = [(best[i - 1][j][0], 1, 0)] if i else []
            steps += [(best[i][j - 1][0], 0, 1)] if j else []
            for rows, columns in ((1, 1), (2, 1), (1, 2)):
                if i < rows or j < columns:
                    continue
                alike, common = _likeness(before[i - rows : i], after[j - columns : j])
                if alike >= _ALIKE:
                    weight = common - _PARTING * (rows + columns - 2)
                    steps.append((best[i - rows][j - columns][0] + weight, rows, columns))
            if steps:
                # Of equal ways the one that tells what went before what came.
                best[i][j] = max(steps, key=lambda step: (step[0], step[2], step[1]))
    return _path(best, old, new)


def _path(
    best: list[list[tuple[int, int, int]]], old: Sequence[str], new: Sequence[str]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    i, j = len(old), len(new)
    while i or j:
        _, rows, columns = best[i][j]
        found.append((tuple(old[i - rows : i]), tuple(new[j - columns : j])))
        i, j = i - rows, j - columns
    return found[::-1]


def _pairs(sentence: str) -> Counter[str]:
    text = fold(sentence)
    return Counter(text[at : at + 2] for at in range(max(1, len(text) - 1)))


def _likeness(old: Iterable[Counter[str]], new: Iterable[Counter[str]]) -> tuple[float, int]:
    """Return Dice's coefficient of two stretches, and the number of pairs that they have in common."""
    before, after = sum(old, Counter[str]()), sum(new, Counter[str]())
    common = (before & after).total()
    return 2 * common / max(1, before.total() + after.total()), common


def compare_characters(old: str, new: str) -> Iterator[Span]:
    """Yield the runs of two texts that stayed, went and came, in reading order."""
    before, after = _visible(old), _visible(new)
    # What is not visible goes with the character before it.
    starts, targets = [at for at, _ in before] + [len(old)], [at for at, _ in after] + [len(new)]
    starts[0] = targets[0] = 0
    matches = _matches([char for _, char in before], [char for _, char in after], _MOST_CHARACTERS)
    for is_equal, (a, b), (c, d) in _without_islands(list(matches)):
        if is_equal:
            yield Span("equal", new[targets[c] : targets[d]])
            continue
        if b > a:
            yield Span("delete", old[starts[a] : starts[b]])
        if d > c:
            yield Span("insert", new[targets[c] : targets[d]])


def _visible(text: str) -> list[tuple[int, str]]:
    """Return position and folded form of every character that a reader sees."""
    return [(at, folded) for at, char in enumerate(text) if (folded := fold(char))]


Match = tuple[bool, tuple[int, int], tuple[int, int]]
"""Whether two stretches are equal, the one of the old sequence, and the one of the new."""


def _matches(old: Sequence[str], new: Sequence[str], most: int) -> Iterator[Match]:
    """Yield the equal and unequal stretches of two sequences, in order; beyond `most` pairs the middle is
    one unequal stretch."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    if head:
        yield True, (0, head), (0, head)
    ends = len(old) - tail, len(new) - tail
    if (ends[0] - head) * (ends[1] - head) > most:
        yield False, (head, ends[0]), (head, ends[1])
    else:
        matcher = SequenceMatcher(None, old[head : ends[0]], new[head : ends[1]], autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            yield tag == "equal", (head + a, head + b), (head + c, head + d)
    if tail:
        yield True, (ends[0], len(old)), (ends[1], len(new))


def _without_islands(matches: list[Match]) -> list[Match]:
    """Give up equal stretches that are no longer than the changes on both their sides."""
    result: list[Match] = []
    for position, match in enumerate(matches):
        is_equal, old, new = match
        following = matches[position + 1] if position + 1 < len(matches) else None
        if (
            is_equal
            and result
            and not result[-1][0]
            and following is not None
            and old[1] - old[0] <= min(_extent(result[-1]), _extent(following))
        ):
            is_equal = False
        if result and not is_equal and not result[-1][0]:
            _, before, after = result.pop()
            old, new = (before[0], old[1]), (after[0], new[1])
        result.append((is_equal, old, new))
    return result


def _extent(match: Match) -> int:
    return max(match[1][1] - match[1][0], match[2][1] - match[2][0])


def _counts(passages: Iterable[Passage]) -> dict[str, int]:
    counts = Counter[str]()
    for passage in passages:
        if passage.operation == "delete":
            counts["sentences_removed"] += len(passage.old)
            counts["characters_removed"] += sum(len(fold(one)) for one in passage.old)
        elif passage.operation == "insert":
            counts["sentences_added"] += len(passage.new)
            counts["characters_added"] += sum(len(fold(one)) for one in passage.new)
        elif passage.operation == "replace":
            counts["sentences_rewritten"] += max(len(passage.old), len(passage.new))
            for span in passage.spans:
                name = {"delete": "characters_removed", "insert": "characters_added"}.get(span.operation)
                if name:
                    counts[name] += len(fold(span.text))
    names = ("sentences_removed", "sentences_added", "sentences_rewritten")
    return {name: counts[name] for name in (*names, "characters_removed", "characters_added")}
