"""The labelled pages, and the figures of a reader on them.

The pages belong to their publishers and are no part of this project: the folder is named by DANGJIAN_CORPUS,
or stands at `../shared/corpus` beside the checkout. It holds `gold.jsonl` (articles), `lists.jsonl` and the
files these name.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any
from urllib.parse import urldefrag

from benchmarks import metrics

PROJECT = Path(__file__).resolve().parent.parent
FIELDS = ("title", "authors", "source", "date", "editors")


@dataclass
class Reading:
    """What a system read from one page; a field it does not have stays None."""

    title: str | None = None
    authors: Sequence[str] | None = None
    source: str | None = None
    date: str | None = None
    editors: Sequence[str] | None = None
    body: str | None = None


Reader = Callable[[bytes, str], Reading]


@dataclass
class PageScore:
    """How one page was read: the body's F1, and right or wrong for each field that has a fair truth."""

    slug: str
    family: str
    site: str
    half: str
    body: float | None = None
    right: dict[str, bool] = field(default_factory=dict)
    given: dict[str, bool] = field(default_factory=dict)


def corpus_folder() -> Path | None:
    """Return the folder of the labelled pages, or None where there is none."""
    folder = Path(os.environ.get("DANGJIAN_CORPUS") or PROJECT.parent / "shared" / "corpus")
    return folder if (folder / "gold.jsonl").is_file() else None


def half_of(label: dict[str, Any]) -> str:
    """Return `look` or `blind`: the half of the labelled pages, split by site, to which a page belongs.

    Rules were written while looking at pages of the first half only.
    """
    key = label["site"] or label["slug"]
    return "blind" if hashlib.sha256(key.encode()).digest()[0] & 1 else "look"


class Corpus:
    """The labelled pages of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.articles = self._labels("gold.jsonl")
        self.lists = self._labels("lists.jsonl")

    def _labels(self, name: str) -> list[dict[str, Any]]:
        with (self.folder / name).open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all label files and pages, in hex: figures are comparable only where it is equal."""
        total = hashlib.sha256()
        names = {"gold.jsonl", "lists.jsonl", *(label["file"] for label in (*self.articles, *self.lists))}
        for name in sorted(names):
            total.update(hashlib.sha256((self.folder / name).read_bytes()).digest())
        return total.hexdigest()

    @cached_property
    def pages(self) -> list[bytes]:
        """The bytes of the article pages, in the order of the labels."""
        return [self.page(label) for label in self.articles]

    def page(self, label: dict[str, Any]) -> bytes:
        """Return the bytes of the page that a label belongs to."""
        return (self.folder / label["file"]).read_bytes()

    def score(self, read: Reader) -> list[PageScore]:
        """Read every article page and compare it with its label.

        Where the reader raises, it has read nothing of the fields that it reads on other pages.
        """
        readings: list[Reading | None] = []
        for label, html in zip(self.articles, self.pages, strict=True):
            try:
                readings.append(read(html, label.get("url") or "http://example.org/a.html"))
            except Exception:
                readings.append(None)
        names = [
            name for name in vars(Reading()) if any(r and getattr(r, name) is not None for r in readings)
        ]
        nothing = Reading(**{name: [] if name in ("authors", "editors") else "" for name in names})
        return [
            _score_page(label, reading or nothing)
            for label, reading in zip(self.articles, readings, strict=True)
        ]


def _score_page(label: dict[str, Any], read: Reading) -> PageScore:
    score = PageScore(label["slug"], label.get("family") or "unknown", label["site"] or "", half_of(label))
    if label.get("body") is not None and read.body is not None:
        score.body = metrics.body_f1(label["body"], label.get("optional") or [], read.body)
    others = {key: label.get(f"{key}_alt") or [] for key in ("title", "author", "source", "date")}
    if "title" in label and read.title is not None:
        score.right["title"] = metrics.text_right(label["title"], others["title"], read.title)
    if "author" in label and read.authors is not None:
        score.right["authors"] = metrics.names_right(label["author"] or [], others["author"], read.authors)
        score.given["authors"] = bool(label["author"]) and [] not in others["author"]
    if "source" in label and read.source is not None:
        score.right["source"] = metrics.text_right(label["source"], others["source"], read.source)
        score.given["source"] = bool(label["source"]) and None not in others["source"]
    if "date" in label and read.date is not None:
        score.right["date"] = metrics.date_right(label["date"], others["date"], read.date)
    if "editor" in label and read.editors is not None:
        score.right["editors"] = metrics.names_right(label["editor"] or [], [], read.editors)
    return score


def figures(scores: Iterable[PageScore]) -> dict[str, float]:
    """Return the mean figures over pages; a field that the system does not have is left out."""
    scores = list(scores)
    result: dict[str, float] = {}
    bodies = [score.body for score in scores if score.body is not None]
    if bodies:
        result["body"] = fmean(bodies)
        result["body > .99"] = fmean(f1 >= 0.99 for f1 in bodies)
    for name in FIELDS:
        answers = [score.right[name] for score in scores if name in score.right]
        if answers:
            result[name] = fmean(answers)
        given = [score.right[name] for score in scores if score.given.get(name)]
        if given:
            result[f"{name} where given"] = fmean(given)
    return result


def _address(url: str | None) -> str:
    return urldefrag(url or "")[0].replace("https://", "http://").rstrip("/")


def list_figures(
    corpus: Corpus, read_list: Callable[..., Any], page_kind: Callable[..., str]
) -> dict[str, float]:
    """Return the figures of list reading: F1 of the article links, next page right, kinds right."""
    f1s, next_right, lists_right = [], [], []
    for label in corpus.lists:
        if label["kind"] == "not-list":
            continue
        html = corpus.page(label)
        listing = read_list(html, url=label["url"])
        next_right.append(_address(listing.next_url) == _address(label["next"]))
        if len(label["items"]) < 3:
            continue
        truth = set(map(_address, label["items"]))
        found = {_address(link.url) for link in listing.links} - set(map(_address, label["optional"]))
        f1s.append(2 * len(truth & found) / (len(truth) + len(found)))
        lists_right.append(page_kind(html, url=label["url"]) in ("list", "portal"))
    articles_right = [
        page_kind(html, url=label.get("url") or "") == "article"
        for label, html in zip(corpus.articles, corpus.pages, strict=True)
    ]
    return {
        "list links": fmean(f1s),
        "next page": fmean(next_right),
        "lists called list": fmean(lists_right),
        "articles called article": fmean(articles_right),
    }
