"""Where an article stands and in which language: its canonical address, its column, its script."""

import re
from typing import Final
from urllib.parse import urlsplit

from crawler.extraction.body import BodyRegion, between
from crawler.extraction.document import Block, Box, Document
from crawler.extraction.labels import alternation, vocabulary
from crawler.extraction.layouts import Layout
from crawler.extraction.metas import clean
from crawler.extraction.nodes import attribute

_WORDS: Final = vocabulary("placing")
_CRUMBS: Final = _WORDS["breadcrumb"]
_BREADCRUMB: Final = re.compile(alternation(_CRUMBS["labels"]))
# Cheaper to look for in the many lines that hold no label.
_BREADCRUMB_SIGN: Final = re.compile(f"[{''.join(sorted({label[-1] for label in _CRUMBS['labels']}))}]")
_ROOT: Final = re.compile(rf"\s*(?:{alternation(_CRUMBS['homes'])})\s*(?:>|›|»|→|/|-|·|\||::|＞|》)")
_ENDS_OF_TEXT: Final = ("正文", "内容")
_TO_TEXT: Final = re.compile(r"(?:>|›|»|→|＞)\s*(?:正文|内容|文章正文)\s*$")
_CUT: Final = re.compile(r"\s*(?:>+|-{2,}|›|»|→|＞|》|/|::|\|)\s*")
_EDGES: Final = " >›»→/:：-–—_|·"
_NO_COLUMNS: Final = frozenset(_CRUMBS["no_columns"])
_LONGEST_COLUMN: Final = 24

_SIMPLIFIED: Final = frozenset(_WORDS["script"]["simplified"])
_TRADITIONAL: Final = frozenset(_WORDS["script"]["traditional"])
_TELLING: Final = re.compile(f"[{''.join(sorted(_SIMPLIFIED | _TRADITIONAL))}]")
_HAN: Final = re.compile("[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[A-Za-z]{2,}")
_SAMPLE: Final = 500


def canonical_address(document: Document) -> tuple[str | None, str]:
    """Return the address that the page names as its own and the rule; a home page in its place is no
    answer."""
    candidates = [
        ("link:canonical", attribute(e, "href"))
        for e in document.declared("link")
        if "canonical" in (attribute(e, "rel") or "").lower().split()
    ]
    candidates += [(f"meta:{name}", document.meta(name)) for name in ("og:url", "url")]
    for rule, value in candidates:
        address = document.absolute(value)
        if address and _names_a_document(address, document.url):
            return address, rule
    return None, "none"


def _names_a_document(address: str, own: str) -> bool:
    parts = urlsplit(address)
    if parts.query:
        return True
    return bool(parts.path.strip("/")) or not urlsplit(own).path.strip("/")


def section(
    document: Document, region: BodyRegion, layout: Layout, title: str | None
) -> tuple[str | None, str]:
    """Return the column (栏目) and the rule: the last step of the breadcrumb that is no headline, else the
    meta."""
    for block, rule in _breadcrumbs(document, region, layout):
        steps = _steps(document, block)
        # The first of several steps is the site.
        for step in reversed(steps[1:] if len(steps) > 1 else steps):
            if (
                "".join(step.lower().split()) not in _NO_COLUMNS
                and len(step) <= _LONGEST_COLUMN
                and (not title or step not in title)
            ):
                return step, rule
    column = clean(document.meta("columnname"))
    return (column, "meta:columnname") if column and len(column) <= _LONGEST_COLUMN else (None, "none")


def _breadcrumbs(document: Document, region: BodyRegion, layout: Layout) -> list[tuple[Block, str]]:
    above = document.blocks[max(0, region.start - _REACH) : region.start]
    found = [
        (_joined(document, box), "layout:breadcrumb")
        for box in document.find(*layout.breadcrumb)[:2]
        if box.start < min(box.end, region.start)
    ]
    found += [(block, "breadcrumb") for block in above if len(block.text) <= 120 and _is_breadcrumb(block)]
    return found or [
        (_joined(document, box), f"breadcrumb:{name}")
        for name in _CRUMBS["names"]
        if name in document.index
        for box in document.index[name][:1]
        if box.start < box.end <= region.start and box.end - box.start <= _STEPS
    ]


_REACH: Final = 60
_STEPS: Final = 8


def _is_breadcrumb(block: Block) -> bool:
    text = block.text
    if _BREADCRUMB_SIGN.search(text) and _BREADCRUMB.search(text):
        return True
    return block.links > 0 and bool(
        _ROOT.match(text) or (text.endswith(_ENDS_OF_TEXT) and _TO_TEXT.search(text))
    )


def _joined(document: Document, box: Box) -> Block:
    """Return a breadcrumb of several lines (a list) as one."""
    lines = document.lines(box)[:_STEPS]
    first = lines[0]
    if len(lines) == 1:
        return first
    text = " > ".join(line.text.strip(" >›»/") for line in lines)
    return Block(first.index, text, text, box, sum(b.links for b in lines), sum(b.link_chars for b in lines))


def _steps(document: Document, block: Block) -> list[str]:
    text = _BREADCRUMB.split(block.text)[-1].strip(" :：")
    steps = [step for step in (part.strip(_EDGES) for part in _CUT.split(text)) if step]
    if len(steps) < 2:
        links = between(document.links, block.index, block.index)
        steps = [link.text.strip(_EDGES) for link in links] or steps
    return steps


def language(body: str, document: Document) -> tuple[str | None, str]:
    """Return the BCP 47 tag of the text's language and script, and the rule."""
    sample = body[:_SAMPLE]
    used = set(_TELLING.findall(sample))
    if len(used) >= 4 or len(_HAN.findall(sample)) >= 4:
        # Which characters occur is enough, and counting them all would cost more than it tells.
        return ("zh-Hant" if len(used & _TRADITIONAL) > len(used & _SIMPLIFIED) else "zh-Hans"), "characters"
    declared = (attribute(document.root, "lang") or "").strip().lower().split("-")[0]
    if sum(map(len, _LATIN.findall(sample))) >= 40:
        return (
            declared if re.fullmatch(r"[a-z]{2,3}", declared) and declared != "zh" else "en"
        ), "characters"
    return None, "none"
