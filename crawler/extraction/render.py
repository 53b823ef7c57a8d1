"""Write the article's text out: plain lines, clean and safe HTML, its pictures and its files.

The HTML holds p, h2–h4, ul, ol, li, table, tr, th, td, img, a, strong, em, blockquote and nothing else; attributes are `href`,
`src`, `alt`, `colspan` and `rowspan`, addresses are absolute http or https.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from html import escape
from typing import Final

from lxml import etree

from crawler.extraction.body import BodyRegion
from crawler.extraction.document import ROLES, Document, Placed, Role, fold_space, text_of
from crawler.items import Attachment, Image

_STRONG: Final = {"b": "strong", "strong": "strong", "em": "em", "i": "em"}
_HEADINGS: Final = {1: "h2", 2: "h2", 3: "h3", 4: "h4", 5: "h4", 6: "h4"}
_SOURCES: Final = ("data-src", "data-original", "data-lazy-src", "src", "oldsrc")
_SPAN: Final = re.compile(r"\d{1,3}")


def text(document: Document, region: BodyRegion) -> str:
    """Return the lines of the text joined by line feeds."""
    return "\n".join(document.blocks[index].text for index in region.lines)


def digest(body: str) -> str | None:
    """Return `sha256:` and the hex digest of a text folded by NFKC with white space out; None for an empty one."""
    folded = "".join(unicodedata.normalize("NFKC", body).split())
    return f"sha256:{hashlib.sha256(folded.encode('utf-8', 'replace')).hexdigest()}" if folded else None


class _Piece:
    """One paragraph, heading, list item, picture or table of the output."""

    __slots__ = ("group", "html", "kind")

    def __init__(self, kind: str, html: str, group: etree._Element | None = None) -> None:
        self.kind = kind
        self.html = html
        self.group = group


class _Writer:
    """Walks the container as `document` did, so that its lines have the same numbers, and keeps inline markup."""

    def __init__(self, document: Document, region: BodyRegion) -> None:
        assert region.container is not None
        self._document = document
        self._region = region
        self._keep = frozenset(region.lines)
        self._index = region.container.start
        self._pieces: list[_Piece] = []
        self._html: list[str] = []
        self._plain: list[str] = []
        self._open: list[tuple[etree._Element, str, str]] = []
        self._blocks: list[etree._Element] = []
        self._pictures: list[str] = []

    def write(self) -> str:
        """Return the HTML of the region."""
        assert self._region.container is not None
        root = self._region.container.element
        self._blocks.append(root)
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if event == "start":
                if self._start(element, element is root):
                    walker.skip_subtree()
                    continue
                content = element.text
            else:
                self._end(element, element is root)
                content = None if element is root else element.tail
            if content and (self._plain or not content.isspace()):
                self._plain.append(content)
                self._html.append(escape(content, quote=False))
        self._flush()
        return "".join(_grouped(self._pieces))

    def _start(self, element: etree._Element, is_root: bool) -> bool:
        """Enter an element; return whether its content is to be skipped."""
        tag = str(element.tag)
        role = ROLES.get(tag, Role.INLINE)
        if role == Role.SKIP:
            return True
        if role == Role.BREAK:
            self._flush()
        elif role == Role.BLOCK and not is_root:
            self._flush()
            if tag == "table" and self._table(element):
                return True
            self._blocks.append(element)
        elif role == Role.IMAGE:
            self._picture(element)
        elif tag in _STRONG:
            self._mark(element, f"<{_STRONG[tag]}>", f"</{_STRONG[tag]}>")
        elif role == Role.LINK and (href := self._document.absolute(element.get("href"))):
            if not any(close == "</a>" for _, _, close in self._open):
                self._mark(element, f'<a href="{escape(href)}">', "</a>")
        return False

    def _mark(self, element: etree._Element, start: str, end: str) -> None:
        self._open.append((element, start, end))
        self._html.append(start)

    def _end(self, element: etree._Element, is_root: bool) -> None:
        if self._open and self._open[-1][0] is element:
            self._html.append(self._open.pop()[2])
        elif self._blocks and self._blocks[-1] is element and not is_root:
            self._flush()
            self._blocks.pop()

    def _flush(self) -> None:
        """End a line: write it if it is one of the text's."""
        if self._plain:
            raw = "".join(self._plain)
            lines = raw.split("\n") if self._blocks[-1].tag in ("pre", "xmp") else [raw]
            shown = [line for line in lines if fold_space(line)]
            if len(lines) > 1:
                for line in shown:
                    self._line(escape(fold_space(line), quote=False))
            elif shown:
                self._line(_tidy("".join(self._html) + "".join(end for _, _, end in reversed(self._open))))
        self._html = [start for _, start, _ in self._open]
        self._plain.clear()
        if self._region.start <= self._index <= self._region.end:
            self._pieces += [_Piece("p", html) for html in self._pictures]
        self._pictures.clear()

    def _line(self, html: str) -> None:
        if self._index in self._keep:
            kind, group = "p", None
            for element in reversed(self._blocks[1:]):
                tag = str(element.tag)
                if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
                    kind = _HEADINGS[int(tag[1])]
                    break
                if tag == "li":
                    parent = element.getparent()
                    kind, group = ("ol" if parent is not None and parent.tag == "ol" else "ul"), element
                    break
                if tag == "blockquote":
                    kind, group = "blockquote", element
                    break
            self._pieces.append(_Piece(kind, html, group))
        self._index += 1

    def _picture(self, element: etree._Element) -> None:
        url = picture_address(self._document, element)
        if url:
            alt = fold_space(element.get("alt") or "")
            self._pictures.append(f'<img src="{escape(url)}" alt="{escape(alt)}">')

    def _table(self, table: etree._Element) -> bool:
        """Write a table of data as a table; return False for one that only arranges paragraphs or pictures."""
        rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
        if not any(sum(1 for cell in cells if _has_text(cell)) > 1 for cells in rows):
            return False
        if next(table.iterdescendants("table"), None) is not None:
            return False
        boxes = [box for box in self._document.boxes if box.element is table]
        if not boxes:
            return False
        box = boxes[0]
        lines = box.end - box.start
        kept = sum(1 for index in range(box.start, box.end) if index in self._keep)
        if kept and kept * 2 >= lines:
            html = "".join(f"<tr>{''.join(map(_cell, cells))}</tr>" for cells in rows if cells)
            self._pieces.append(_Piece("table", f"<table>{html}</table>"))
        self._index = box.end
        return True


def _has_text(element: etree._Element) -> bool:
    return any(not piece.isspace() for piece in element.itertext())


def _cell(cell: etree._Element) -> str:
    spans = ""
    for name in ("colspan", "rowspan"):
        value = (cell.get(name) or "").strip()
        if _SPAN.fullmatch(value) and value not in ("0", "1"):
            spans += f' {name}="{value}"'
    words = fold_space(" ".join(_shown(cell)))
    return f"<{cell.tag}{spans}>{escape(words, quote=False)}</{cell.tag}>"


def _shown(element: etree._Element) -> Iterator[str]:
    """Yield the text of an element line by line, without that of scripts and the like."""
    walker = etree.iterwalk(element, events=("start", "end"))
    line: list[str] = []
    for event, part in walker:
        role = ROLES.get(str(part.tag), Role.INLINE)
        if event == "start":
            if role == Role.SKIP:
                walker.skip_subtree()
                continue
            content = part.text
        else:
            content = part.tail if part is not element else None
        if role in (Role.BLOCK, Role.BREAK) and line:
            yield "".join(line)
            line = []
        if content:
            line.append(content)
    if line:
        yield "".join(line)


_EMPTY_MARK: Final = re.compile(r"<(strong|em)></\1>|<a [^>]*></a>")


def _tidy(html: str) -> str:
    """Fold white space and drop marks that hold nothing."""
    html = fold_space(html)
    for _ in range(3):
        html, found = _EMPTY_MARK.subn("", html)
        if not found:
            break
    return html.strip()


def _grouped(pieces: list[_Piece]) -> Iterator[str]:
    """Yield the pieces with list items and quotations put together."""
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        if piece.kind in ("ul", "ol"):
            end = position
            while end < len(pieces) and pieces[end].kind == piece.kind:
                end += 1
            yield f"<{piece.kind}>{''.join(_items(pieces[position:end]))}</{piece.kind}>"
            position = end
        elif piece.kind == "blockquote":
            end = position
            while end < len(pieces) and pieces[end].group is piece.group:
                end += 1
            yield f"<blockquote>{''.join(f'<p>{p.html}</p>' for p in pieces[position:end])}</blockquote>"
            position = end
        else:
            yield piece.html if piece.kind == "table" else f"<{piece.kind}>{piece.html}</{piece.kind}>"
            position += 1


def _items(pieces: list[_Piece]) -> Iterator[str]:
    position = 0
    while position < len(pieces):
        end = position
        while end < len(pieces) and pieces[end].group is pieces[position].group:
            end += 1
        lines = [piece.html for piece in pieces[position:end]]
        yield f"<li>{lines[0] if len(lines) == 1 else ''.join(f'<p>{line}</p>' for line in lines)}</li>"
        position = end


def html(document: Document, region: BodyRegion) -> str:
    """Return the text as clean HTML; empty where there is no text."""
    return _Writer(document, region).write() if region.container is not None and region.lines else ""


# Pictures --------------------------------------------------------------------------------------------------

_NO_PICTURE: Final = re.compile(
    r"(?:^|[/_.-])(?:icon|logo|blank|spacer|loading|pixel|qrcode|ewm|erweima|arrow|btn|button|line|dot|print|share|next_page|prev_page|"
    r"icon_\w+|file_?type|doc|pdf|xls|zip|rar)\d*\.(?:gif|png|jpe?g|svg|bmp)|/(?:icons?|filetype|fileicon|attach_?icon|sysimages?/file)/",
    re.IGNORECASE,
)
_CAPTION_END: Final = re.compile(
    r"(?:[\u4e00-\u9fff·]{2,10}[ /]?摄|供图|资料图片?|资料照片|视觉中国|图源[^。]{0,12})[。]?[)）】]?$"
)
_CAPTION_START: Final = re.compile(r"(?:[▲△↑▼]|图为|图[：:]|图片(?:来源|说明)|图源|资料图)")
_CAPTION_LENGTH: Final = 200
_MIN_SIDE: Final = 40


def picture_address(document: Document, element: etree._Element) -> str | None:
    """Return the absolute address of a picture that may belong to a text, None for icons, spacers and data URLs."""
    for name in ("width", "height"):
        size = _SPAN.match((element.get(name) or "").strip())
        if size and 0 < int(size.group()) < _MIN_SIDE:
            return None
    for name in _SOURCES:
        url = document.absolute(element.get(name))
        if url and not _NO_PICTURE.search(url):
            return url
    return None


def is_caption(line: str) -> bool:
    """Tell whether a line beside a picture is its caption."""
    return len(line) <= _CAPTION_LENGTH and bool(_CAPTION_START.match(line) or _CAPTION_END.search(line))


def _in_region(document: Document, region: BodyRegion) -> Iterator[Placed]:
    container = region.container
    if container is None:
        return
    for placed in document.images:
        if region.start <= placed.index <= region.end and not placed.box.hidden:
            box = placed.box
            while box is not container and box.parent is not None:
                box = box.parent
            if box is container:
                yield placed


def take_captions(document: Document, region: BodyRegion) -> tuple[list[Image], set[int]]:
    """Return the pictures of the text, and the lines that are their captions and no text."""
    images: dict[str, Image] = {}
    captions: set[int] = set()
    for placed in _in_region(document, region):
        url = picture_address(document, placed.element)
        if url is None or url in images:
            continue
        caption = None
        for index in (placed.index, placed.index + 1):
            if index >= region.end or index in captions:
                break
            block = document.blocks[index]
            if block.tag == "figcaption" or is_caption(block.text):
                caption = block.text
                captions.add(index)
                break
            if len(block.text) > 60:
                break
        alternative = fold_space(placed.element.get("alt") or placed.element.get("title") or "")
        if caption is None and alternative and not re.search(r"\.\w{3,4}$|^[\w.-]+$|^图片$", alternative):
            caption = alternative
        images[url] = Image(url=url, caption=caption)
    return list(images.values()), captions


# Files -----------------------------------------------------------------------------------------------------

_FILE: Final = re.compile(
    r"\.(?:docx?|xlsx?|pptx?|pdf|ofd|wps|et|dps|ceb|caj|zip|rar|7z|txt|csv|rtf|jar|tif|mp3|mp4)(?:[?#&]|$)",
    re.IGNORECASE,
)
_DOWNLOAD: Final = re.compile(r"download|attach|fujian|wbfileid=|/__local/|filedown|getfile", re.IGNORECASE)
_FILE_NAME: Final = re.compile(r"附件|\.(?:docx?|xlsx?|pptx?|pdf|ofd|wps|zip|rar)\b", re.IGNORECASE)
_REACH: Final = 12


def attachments(document: Document, region: BodyRegion) -> list[Attachment]:
    """Return the files that the text and the lines right behind it offer."""
    found: dict[str, Attachment] = {}
    if region.container is None:
        return []
    first, last = region.container.start, max(region.end + _REACH, region.container.end)
    for placed in document.links:
        if not first <= placed.index <= last:
            continue
        href = placed.href
        if not _FILE.search(href) and not _DOWNLOAD.search(href):
            continue
        name = text_of(placed.element) or fold_space(placed.element.get("title") or "")
        if not _FILE.search(href) and not _FILE_NAME.search(name):
            continue
        url = document.absolute(href)
        if url and url not in found:
            found[url] = Attachment(url=url, name=name or None)
    return list(found.values())
