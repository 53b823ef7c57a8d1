"""Write the article's text out: plain lines, clean and safe HTML, a digest.

The HTML holds p, h2–h4, ul, ol, li, table, tr, th, td, img, a, strong, em, blockquote and nothing else;
attributes are `href`, `src`, `alt`, `colspan` and `rowspan`, addresses are absolute http or https.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby, islice
from typing import Final

from crawler.extraction.body import BodyRegion
from crawler.extraction.document import ROLES, Block, Box, Document, Role, fold_space
from crawler.extraction.nodes import Event, Node, attribute, children, descendants, events, pieces
from crawler.extraction.pictures import Picture

_STRONG: Final = {"b": "strong", "strong": "strong", "em": "em", "i": "em"}
_HEADINGS: Final = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_SPAN: Final = re.compile(r"\d{1,3}")


def text(document: Document, region: BodyRegion) -> str:
    """Return the lines of the text joined by line feeds."""
    return "\n".join(document.blocks[index].text for index in region.lines)


# The characters of Chinese prose that NFKC changes, with what it makes of them. None of these results joins
# with a mark that follows, so that putting them in first changes nothing but the time.
_NARROWED: Final = {
    char: unicodedata.normalize("NFKC", char) for char in "，：；！？（）…％．～、０１２３４５６７８９"
}


# Characters that NFKC may change or join with the one before them.
_UNSURE: Final = re.compile(r"[^\x21-\x7e\u2014\u2018-\u201d\u3001-\u3002\u3008-\u3011\u4e00-\u9fff]+")


def fold(body: str) -> str:
    """Return a text folded by NFKC, with white space out."""
    body = "".join(body.split())
    for char, narrow in _NARROWED.items():
        if char in body:
            body = body.replace(char, narrow)
    # Most texts are in normal form now, and asking is a tenth of the cost of normalising. Of the others only
    # what is no ideograph is normalised, each with the character it may join with: a whole text takes 2 ms.
    if unicodedata.is_normalized("NFKC", body):
        return body
    pieces: list[str] = []
    done = 0
    for unsure in _UNSURE.finditer(body):
        start = max(done, unsure.start() - 1)
        pieces += body[done:start], unicodedata.normalize("NFKC", body[start : unsure.end()])
        done = unsure.end()
    return "".join("".join((*pieces, body[done:])).split())


def digest(body: str) -> str | None:
    """Return `sha256:` and the hex digest of a folded text; None for an empty one."""
    folded = fold(body)
    return f"sha256:{hashlib.sha256(folded.encode('utf-8', 'replace')).hexdigest()}" if folded else None


_Piece = tuple[str, str, Box | None]
"""One paragraph, heading, list item, picture or table of the output: its kind, its HTML, and the list item or
quotation that it stands in."""


class _Writer:
    """Writes the lines of a region; only those with links, marks or pictures cost a look at the tree."""

    def __init__(self, document: Document, region: BodyRegion, pictures: Sequence[Picture]) -> None:
        self._document = document
        self._region = region
        self._keep = frozenset(region.lines)
        self._pieces: list[_Piece] = []
        self._pictures = pictures
        self._marked: dict[Box, dict[int, str]] = {}
        self._tables: dict[Box, bool] = {}

    def write(self) -> str:
        """Return the HTML of the region."""
        blocks = self._document.blocks
        done = 0
        pictures = self._pictures
        for index in self._region.lines:
            while done < len(pictures) and pictures[done].placed.index <= index:
                self._picture(pictures[done])
                done += 1
            self._line(blocks[index])
        for picture in pictures[done:]:
            self._picture(picture)
        return "".join(_grouped(self._pieces))

    def _line(self, block: Block) -> None:
        kind, group = "p", None
        box: Box | None = block.box
        container = self._region.container
        while box is not None and box is not container:
            tag = box.tag
            if tag in _HEADINGS:
                kind = _HEADINGS[tag]
            elif kind == "p" and tag == "li":
                kind, group = ("ol" if box.parent is not None and box.parent.tag == "ol" else "ul"), box
            elif kind == "p" and tag == "blockquote":
                kind, group = "blockquote", box
            elif tag == "table" and self._table(box):
                return
            box = box.parent
        self._pieces.append((kind, self._inline(block), group))

    def _inline(self, block: Block) -> str:
        box = block.box
        if box.end - box.start == 1 and not (block.marked or block.links):
            return _escaped(block.text)
        lines = self._marked.get(box)
        if lines is None:
            own = [b for b in self._document.lines(box) if b.box is box]
            lines = self._marked[box] = {}
            # A mark may run over a line break, so one marked line sends all of its element's to the tree.
            if any(b.marked or b.links for b in own):
                html = list(_marked_lines(self._document, box.element))
                if len(html) == len(own):
                    lines.update(zip((b.index for b in own), html, strict=True))
        return lines.get(block.index) or _escaped(block.text)

    def _picture(self, picture: Picture) -> None:
        alt = fold_space(attribute(picture.placed.element, "alt") or "")
        self._pieces.append(("p", f'<img src="{escape(picture.url)}" alt="{escape(alt)}">', None))

    def _table(self, box: Box) -> bool:
        """Write a table of data as a table, once; return False for one that only arranges paragraphs or
        pictures."""
        if box not in self._tables:
            self._tables[box] = self._is_data(box)
            if self._tables[box]:
                rows = (_cells(row) for row in descendants(box.element, "tr"))
                html = "".join(f"<tr>{''.join(map(_cell, cells))}</tr>" for cells in rows if cells)
                self._pieces.append(("table", f"<table>{html}</table>", None))
        return self._tables[box]

    def _is_data(self, box: Box) -> bool:
        table = box.element
        kept = sum(1 for index in range(box.start, box.end) if index in self._keep)
        return (
            kept * 2 >= box.end - box.start
            and sum(1 for _ in islice(descendants(table, "table"), 2)) == 1
            and any(sum(map(_has_text, _cells(row))) > 1 for row in descendants(table, "tr"))
        )


def _escaped(text: str) -> str:
    """Return a text as HTML. Hardly any line holds one of the signs; asking is faster than replacing."""
    return escape(text, quote=False) if "&" in text or "<" in text or ">" in text else text


def _cells(row: Node) -> list[Node]:
    return [cell for cell in children(row) if cell.tag in ("td", "th")]


def _marked_lines(document: Document, root: Node) -> Iterator[str]:
    """Yield the lines that stand in an element itself, not in blocks inside it, with their inline markup."""
    html: list[str] = []
    plain: list[str] = []
    marks: list[tuple[Node, str, str]] = []

    def flush() -> str | None:
        raw = fold_space("".join(plain))
        line = "".join(html) + "".join(end for _, _, end in reversed(marks))
        plain.clear()
        html[:] = [start for _, start, _ in marks]
        return _tidy(line) if raw else None

    def closed_to(tag: str) -> bool:
        return ROLES.get(tag) in (Role.BLOCK, Role.SKIP)

    for event, node, tag in events(root, closed_to):
        if event == Event.PIECE:
            if plain or not tag.isspace():
                plain.append(tag)
                html.append(_escaped(tag))
            continue
        if event == Event.END:
            if marks and marks[-1][0] is node:
                html.append(marks.pop()[2])
            continue
        role = ROLES.get(tag, Role.INLINE)
        if (role == Role.BLOCK and node is not root) or role == Role.BREAK:
            line = flush()
            if line is not None:
                yield line
        elif role == Role.MARK:
            marks.append((node, f"<{_STRONG[tag]}>", f"</{_STRONG[tag]}>"))
            html.append(marks[-1][1])
        elif role == Role.LINK and not any(end == "</a>" for _, _, end in marks):
            href = document.absolute(attribute(node, "href"))
            if href:
                marks.append((node, f'<a href="{escape(href)}">', "</a>"))
                html.append(marks[-1][1])
    line = flush()
    if line is not None:
        yield line


def _has_text(element: Node) -> bool:
    return any(not piece.isspace() for piece in pieces(element))


def _cell(cell: Node) -> str:
    spans = ""
    for name in ("colspan", "rowspan"):
        value = (attribute(cell, name) or "").strip()
        if _SPAN.fullmatch(value) and value not in ("0", "1"):
            spans += f' {name}="{value}"'
    words = fold_space(" ".join(_shown(cell)))
    tag = "th" if cell.tag == "th" else "td"
    return f"<{tag}{spans}>{escape(words, quote=False)}</{tag}>"


def _shown(element: Node) -> Iterator[str]:
    """Yield the text of an element line by line, without that of scripts and the like."""
    line: list[str] = []
    for event, _, tag in events(element, lambda tag: ROLES.get(tag) == Role.SKIP):
        if event == Event.PIECE:
            line.append(tag)
        elif ROLES.get(tag) in (Role.BLOCK, Role.BREAK) and line:
            yield "".join(line)
            line = []
    if line:
        yield "".join(line)


_EMPTY_MARK: Final = re.compile(r"<(strong|em)></\1>|<a [^>]*></a>")


def _tidy(html: str) -> str:
    """Fold white space and drop marks that hold nothing."""
    html = fold_space(html)
    for _ in range(3):
        if "></" not in html:
            break
        html = _EMPTY_MARK.sub("", html)
    return html.strip()


def _grouped(pieces: list[_Piece]) -> Iterator[str]:
    """Yield the pieces with list items and quotations put together."""
    position = 0
    while position < len(pieces):
        kind, html, group = pieces[position]
        end = position + 1
        if kind in ("ul", "ol"):
            while end < len(pieces) and pieces[end][0] == kind:
                end += 1
            yield f"<{kind}>{''.join(_items(pieces[position:end]))}</{kind}>"
        elif kind == "blockquote":
            while end < len(pieces) and pieces[end][2] is group:
                end += 1
            lines = "".join(f"<p>{html}</p>" for _, html, _ in pieces[position:end])
            yield f"<blockquote>{lines}</blockquote>"
        else:
            yield html if kind == "table" else f"<{kind}>{html}</{kind}>"
        position = end


def _items(pieces: list[_Piece]) -> Iterator[str]:
    for _, item in groupby(pieces, key=lambda piece: id(piece[2])):
        lines = [html for _, html, _ in item]
        yield f"<li>{lines[0] if len(lines) == 1 else ''.join(f'<p>{line}</p>' for line in lines)}</li>"


def html(document: Document, region: BodyRegion, pictures: Sequence[Picture]) -> str:
    """Return the text as clean HTML; empty where there is no text. `pictures` are those of `pictures_in`."""
    if region.container is None or not region.lines:
        return ""
    return _Writer(document, region, pictures).write()
