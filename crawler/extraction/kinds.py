"""What a page is: an article, a list, or one of the things that come in their place.

The question is asked of every page, so it is answered from the lines that parsing left behind: how much
running text stands together, how many lines are nothing but a link, and whether the marks of an article are
there (info line, 正文 in the breadcrumb, 上一篇, a line that is the page's title). Only a page that is no
article is looked at further. Words live in `vocabulary/kinds.toml`.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from crawler.extraction import challenges, lists
from crawler.extraction.addresses import ARTICLE as ARTICLE_ADDRESS
from crawler.extraction.addresses import address
from crawler.extraction.document import Block, Box, Document, parse
from crawler.extraction.labels import fold_width, vocabulary
from crawler.extraction.listing import Listing
from crawler.extraction.nodes import attribute, descendants, first
from crawler.extraction.states import laid_open

ARTICLE, LIST, PORTAL, SOFT_404, CHALLENGE, LOGIN, VIDEO, GALLERY, SHELL = (
    "article", "list", "portal", "soft-404", "challenge", "login", "video", "gallery", "shell",
)  # fmt: skip

_WORDS: Final = vocabulary("kinds")
_MARK: Final = re.compile("|".join(_WORDS["article_marks"]))
# Two neighbours that every mark holds, as printed: the end of a label with what separates it, or two
# characters of a word. Looked for first, because `_MARK` takes ten times as long.
_HINT: Final = re.compile(
    "[源稿者记期间辑编审核对布人入员数量览击率读问号体字小一打关闭详正内让]"
    " ?[:：︰∶﹕|｜丨│︱\\[【［(（篇条则扫印闭窗情细文容更]"
)
_METAS: Final = tuple(_WORDS["article_metas"])
_GONE: Final = re.compile("|".join(map(re.escape, (w.lower() for w in _WORDS["gone"]))))
_GONE_ALONE: Final = re.compile("|".join(map(re.escape, _WORDS["gone_alone"])))
_LOGIN: Final = re.compile("|".join(map(re.escape, _WORDS["login"])))
_VIDEO: Final = re.compile("|".join(map(re.escape, _WORDS["video"])).encode())
_GALLERY: Final = re.compile("|".join(map(re.escape, _WORDS["gallery"])))
_GALLERY_TITLE: Final = re.compile("|".join(_WORDS["gallery_titles"]))
_ROW_DATE: Final = re.compile(r"(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}")
_FULL_DATE: Final = re.compile(r"(?:19|20)\d\d ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2}(?!.{0,8}星期)")
_REFRESH: Final = re.compile(rb"<meta[^>]{0,80}http-equiv=[\"']?refresh[^>]{0,200}url=", re.IGNORECASE)
_LOCATION: Final = re.compile(r"location(?:\.href)?\s*=(?!=)|location\.replace\(")
_INLINE: Final = frozenset(
    ["p", "span", "font", "b", "strong", "em", "i", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"]
)

_PROSE_LINE: Final = 30
"""Characters outside links from which a line with punctuation counts as running text."""
_MUCH_TEXT: Final = 400
_SOME_TEXT: Final = 90
_HEADLINE: Final = 8
_SHORT_HEADLINE: Final = 2
_LONGEST_INFO: Final = 60
_LONGEST_MARKED_LINE: Final = 200
_ENOUGH_MARKS: Final = 4
_FEW_CHARACTERS: Final = 400
_LONGEST_MESSAGE: Final = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """What a page is, and why."""

    kind: str
    """article, list, portal, soft-404, challenge, login, video, gallery or shell."""
    reason: str
    """What showed it, in words."""
    listing: Listing | None = field(default=None, compare=False, repr=False)
    """The list that was read on the way, where one was."""


@dataclass(slots=True)
class _Traits:
    """What one pass over the lines of a page found."""

    text: int = 0
    """Characters of running text in the element that holds most of it."""
    holder: Box | None = None
    """That element."""
    headlines: int = 0
    """Lines that are one link of headline length."""
    dated_rows: int = 0
    """Those with a date in or behind them."""
    marks: list[str] = field(default_factory=list)
    """Marks of an article, as printed."""
    marked: int | None = None
    """Index of the line with the first of them."""
    characters: int = 0
    """Characters of all lines."""


def page_kind(html: bytes | str, *, url: str = "") -> str:
    """Return what a page is: article, list, portal, soft-404, challenge, login, video, gallery or shell."""
    return recognise(parse(html, url=url))[1].kind


def recognise(document: Document) -> tuple[Document, Kind]:
    """Return what a page is, and the page to read: where it shows nothing, with what its scripts hold laid
    open."""
    kind = classify(document)
    if kind.kind == "shell" and (opened := laid_open(document)) is not None:
        return opened, classify(opened)
    return document, kind


def classify(document: Document) -> Kind:
    """Return what a parsed page is, with the reason. Never raises."""
    traits = _survey(document.blocks)
    if traits.characters < _FEW_CHARACTERS and (kind := _stub(document, traits)):
        return kind
    printed = _printed_title(document)
    headline = printed is not None or _heading_above_mark(document, traits)
    if not traits.marks and _dated_below(document, printed):
        traits.marks.append("date under the headline")
    meta = document.meta(*_METAS)
    if kind := _article(document, traits, headline=headline, meta=bool(meta)):
        return kind
    if kind := _message(document, traits):
        return kind
    return _without_text(document, traits, headline=headline)


def _survey(blocks: list[Block]) -> _Traits:
    traits = _Traits()
    held: dict[Box, int] = {}
    marks = traits.marks
    characters = headlines = dated_rows = 0
    after_headline = False
    for block in blocks:
        text = block.text
        size = len(text)
        linked = block.link_chars
        plain = size - linked
        characters += size
        if plain >= _PROSE_LINE and linked * 3 < size and ("。" in text or "，" in text or plain > 80):
            box = block.box
            while box.tag in _INLINE and box.parent is not None:
                box = box.parent
            held[box] = held.get(box, 0) + plain
            if box.parent is not None:
                held[box.parent] = held.get(box.parent, 0) + plain
            after_headline = False
            continue
        is_headline = linked >= _HEADLINE and plain < _PROSE_LINE
        headlines += is_headline
        if plain >= 4 and (is_headline or after_headline) and _ROW_DATE.search(text):
            dated_rows += 1
            after_headline = False
            continue
        after_headline = is_headline
        if (
            size < _LONGEST_MARKED_LINE
            and len(marks) < _ENOUGH_MARKS
            and (linked * 2 < size or text[0] in "上下" or text.endswith("正文"))
            and _HINT.search(text)
            and (mark := _MARK.search(fold_width(text).replace(" ", "")))
        ):
            if not marks:
                traits.marked = block.index
            marks.append(mark[0])
    if len(marks) >= 3 and len(set(marks)) == 1 and headlines >= 3:
        marks.clear()  # a label that every row of a list has
    traits.characters, traits.headlines, traits.dated_rows = characters, headlines, dated_rows
    if held:
        traits.holder, traits.text = max(held.items(), key=lambda entry: entry[1])
    return traits


def _printed_title(document: Document) -> int | None:
    """Return the line that is no link and begins the page's title: the headline of an article."""
    title = document.title_text.replace(" ", "")
    if len(title) < _SHORT_HEADLINE:
        return None
    for block in document.blocks[:400]:
        text = block.text
        if text[0] == title[0] and block.link_chars == 0 and _SHORT_HEADLINE <= len(text) <= 120:
            text = text.replace(" ", "")
            if not title.startswith(text[:40]):
                continue
            long = len(text) >= _HEADLINE and len(text) * 4 >= len(title)
            if long or _is_short_headline(document, block):
                return block.index
    return None


def _is_short_headline(document: Document, block: Block) -> bool:
    """Tell whether a line too short to be told from a column's name (任前公示) has an info line below it."""
    below = document.blocks[block.index + 1 : block.index + 3]
    return any(
        line.link_chars == 0
        and len(line.text) <= _LONGEST_INFO
        and _FULL_DATE.search(line.text) is not None
        and _MARK.search(fold_width(line.text).replace(" ", "")) is not None
        for line in below
    )


def _dated_below(document: Document, line: int | None) -> bool:
    """Tell whether a date stands alone under a headline: an info line without labels."""
    if line is None:
        return False
    below = document.blocks[line + 1 : line + 4]
    return any(
        block.link_chars == 0
        and len(block.text) < _LONGEST_INFO
        and _FULL_DATE.search(block.text) is not None
        for block in below
    )


def _heading_above_mark(document: Document, traits: _Traits) -> bool:
    """Tell whether a heading stands over the first mark: a headline, whatever the page's title says."""
    if traits.marked is None:
        return False
    for block in reversed(document.blocks[max(0, traits.marked - 3) : traits.marked]):
        if block.link_chars >= _HEADLINE:
            return False  # the mark belongs to a row of a list
        if block.level and not block.link_chars and len(block.text) >= _HEADLINE:
            return True
    return False


def _summaries(document: Document, traits: _Traits) -> bool:
    """Tell whether the running text is that of many summaries, each under its headline."""
    if traits.holder is None:
        return False
    texts = under = 0
    distance = 99
    for line in document.lines(traits.holder):
        plain = len(line.text) - line.link_chars
        distance += 1
        if line.link_chars >= _HEADLINE and plain < 20:
            distance = 0
        elif plain >= _PROSE_LINE:
            texts += 1
            under += distance <= 2
    return under >= 3 and under * 5 >= texts * 3


def _article(document: Document, traits: _Traits, *, headline: bool, meta: bool) -> Kind | None:
    marks = bool(traits.marks)
    evidence = headline + marks + meta
    if traits.text >= _SOME_TEXT and not (headline and evidence >= 2) and _summaries(document, traits):
        return None
    if traits.text >= _MUCH_TEXT and (evidence or traits.headlines * 20 <= traits.text):
        return Kind(ARTICLE, f"{traits.text} characters of text in one element")
    rows = traits.dated_rows
    if traits.text >= _SOME_TEXT and (evidence >= 2 or (evidence and traits.headlines < 20 and rows < 5)):
        return Kind(ARTICLE, f"{traits.text} characters of text with {_evidence(traits, headline, meta)}")
    few = traits.headlines < 20 and rows < 5
    if traits.text >= _SOME_TEXT and (headline or few) and address(document.url).kind == ARTICLE_ADDRESS:
        return Kind(ARTICLE, f"{traits.text} characters of text at the address of an article")
    if evidence >= 2 and headline and rows < 5:
        if _is_video(document, traits):
            return Kind(VIDEO, "a player and no text")
        if _is_gallery(document, traits):
            return Kind(GALLERY, "pictures and no text")
        return Kind(ARTICLE, f"little text with {_evidence(traits, headline, meta)}")
    return None


def _evidence(traits: _Traits, headline: bool, meta: bool) -> str:
    parts = [f"mark {traits.marks[0]}"] if traits.marks else []
    parts += ["a headline"] if headline else []
    parts += ["article metas"] if meta else []
    return " and ".join(parts)


def _stub(document: Document, traits: _Traits) -> Kind | None:
    """Recognise what stands in a page's place on a page that shows next to nothing."""
    if len(document.data) < 200_000 and (gate := challenges.gate_in(document.data)):
        return Kind(CHALLENGE, f"script or text of the gate {gate}")
    if kind := _message(document, traits):
        return kind
    shown = _folded(" ".join(block.text for block in document.blocks))
    if traits.text < _SOME_TEXT and len(traits.marks) < 2 and len(shown) < 200:
        title = _folded(document.title_text)
        if match := _GONE_ALONE.search(title) or _GONE_ALONE.search(shown):
            return Kind(SOFT_404, f"says {match[0]!r} and nothing else")
        if len(shown) < 100 and (
            _REFRESH.search(document.data) or any(map(_LOCATION.search, document.scripts))
        ):
            return Kind(SHELL, "leads elsewhere by refresh or script")
    return None


def _folded(text: str) -> str:
    return fold_width(text).replace(" ", "").lower()


def _message(document: Document, traits: _Traits) -> Kind | None:
    """Recognise a page that says that it has nothing, or nothing for this reader."""
    if traits.text >= _SOME_TEXT:
        return None
    lines = [_folded(document.title_text)]
    lines += [
        _folded(b.text)
        for b in document.blocks
        if len(b.text) <= _LONGEST_MESSAGE and b.link_chars * 2 <= len(b.text)
    ]
    for line in lines:
        if match := _GONE.search(line):
            return Kind(SOFT_404, f"says {match[0]!r}")
    for line in lines:
        if match := _LOGIN.search(line):
            return Kind(LOGIN, f"says {match[0]!r}")
    return None


def _is_video(document: Document, traits: _Traits) -> bool:
    if traits.text >= _SOME_TEXT:
        return False
    if document.meta("og:type").startswith("video") or "/VIDE" in document.url:
        return True
    return _VIDEO.search(document.data.lower()) is not None


def _is_gallery(document: Document, traits: _Traits) -> bool:
    if traits.text >= _SOME_TEXT or len(document.images) < 4:
        return False
    if "/PHOA" in document.url or _GALLERY_TITLE.search(document.title_text):
        return True
    return any(_GALLERY.search(name.lower()) for name in document.index)


def _without_text(document: Document, traits: _Traits, *, headline: bool) -> Kind:
    """Tell the kinds of pages apart that are no article."""
    listing = lists.read(document)
    rows = max(len(listing.links), traits.dated_rows)
    is_list = len(listing.links) >= 3 or traits.dated_rows >= 4 or (listing.next_url and rows)
    if is_list or (listing.dated and not headline):
        return Kind(
            listing.shape, f"{len(listing.links)} article links, {listing.dated} of them dated", listing
        )
    if headline and _is_video(document, traits):
        return Kind(VIDEO, "a player and no text", listing)
    if headline and _is_gallery(document, traits):
        return Kind(GALLERY, "pictures and no text", listing)
    if traits.text >= _SOME_TEXT:
        return Kind(ARTICLE, f"{traits.text} characters of text and no list", listing)
    if (headline and traits.headlines < 20) or (traits.marks and headline):
        return Kind(ARTICLE, "a headline and no list", listing)
    if traits.headlines >= 5 or len(document.links) >= 30:
        return Kind(
            PORTAL if len(listing.links) == 0 else listing.shape,
            f"{traits.headlines} lines are links",
            listing,
        )
    if (
        next(
            (
                e
                for e in descendants(document.root, "input")
                if (attribute(e, "type") or "").lower() == "password"
            ),
            None,
        )
        is not None
    ):
        return Kind(LOGIN, "asks for a password", listing)
    if address(document.url).kind == ARTICLE_ADDRESS and traits.characters >= _FEW_CHARACTERS:
        return Kind(ARTICLE, "address of an article and no list", listing)
    if not document.blocks and first(document.root, "frame", "iframe") is not None:
        return Kind(SHELL, "frames only", listing)
    return Kind(SHELL, f"{traits.characters} characters, none of them running text", listing)
