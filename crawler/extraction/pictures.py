"""The pictures that stand in a text, and the lines beside them that are their captions."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from crawler.extraction.body import BodyRegion, between
from crawler.extraction.document import Document, Placed, fold_space
from crawler.extraction.nodes import Node, attribute
from crawler.items import Image

_SOURCES: Final = ("data-src", "data-original", "data-lazy-src", "src", "oldsrc")
_NO_PICTURE: Final = re.compile(
    r"(?:^|[/_.-])(?:icon|logo|blank|spacer|loading|pixel|qrcode|ewm|erweima|arrow|btn|button|line|dot|print|share|next_page|prev_page|"
    r"icon_\w+|file_?type|doc|pdf|xls|zip|rar)\d*\.(?:gif|png|jpe?g|svg|bmp)|/(?:icons?|filetype|fileicon|attach_?icon|sysimages?/file)/",
    re.IGNORECASE,
)
_NO_NAME: Final = re.compile(r"\.[A-Za-z]{3,4}$|^[A-Za-z0-9_.-]+$|^图片$")
_CAPTION_END: Final = re.compile(
    r"(?:[\u4e00-\u9fff·]{2,10}[ /／]?[摄攝]影?|供[图圖]|[资資]料(?:[图圖]片?|照片)|视觉中国|图源[^。]{0,12}"
    r"|(?:Photo|Photograph)s?(?: by|:) [^。]{2,40})[。]?[)）】\]]?$"
)
_CAPTION_START: Final = re.compile(r"(?:[▲△↑▼]|图为|图[：:]|图片(?:来源|说明)|图源|资料图)")
_CAPTION_LENGTH: Final = 200
_CREDIT_LENGTH: Final = 80
_MIN_SIDE: Final = 40
"""Pixels of width or height below which a picture is an icon or a line."""
_SIZE: Final = re.compile(r"\d{1,3}")


class Picture(NamedTuple):
    """A picture of the text."""

    placed: Placed
    """Where it stands."""
    url: str
    """Its absolute address."""


def picture_address(document: Document, element: Node) -> str | None:
    """Return the absolute address of a picture that may belong to a text, None for icons, spacers and data
    URLs."""
    for name in ("width", "height"):
        size = _SIZE.match((attribute(element, name) or "").strip())
        if size and 0 < int(size.group()) < _MIN_SIDE:
            return None
    for name in _SOURCES:
        url = document.absolute(attribute(element, name))
        if url and not _NO_PICTURE.search(url):
            return url
    return None


def is_caption(line: str) -> bool:
    """Tell whether a line beside a picture is its caption."""
    return len(line) <= _CAPTION_LENGTH and bool(
        _CAPTION_START.match(line) or _CAPTION_END.search(line[-_CREDIT_LENGTH:])
    )


def pictures_in(document: Document, region: BodyRegion) -> list[Picture]:
    """Return the pictures that stand in the text, in reading order; one may stand there twice."""
    container = region.container
    found: list[Picture] = []
    if container is None:
        return found
    for placed in between(document.images, region.start, region.end):
        box = placed.box
        if box.hidden:
            continue
        while box is not container and box.parent is not None:
            box = box.parent
        if box is container and (url := picture_address(document, placed.element)):
            found.append(Picture(placed, url))
    return found


def take_captions(
    document: Document, region: BodyRegion, pictures: Sequence[Picture]
) -> tuple[list[Image], set[int]]:
    """Return the pictures of the text, each once, and the lines that are their captions and no text."""
    images: dict[str, Image] = {}
    captions: set[int] = set()
    for placed, url in pictures:
        if url in images:
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
        alternative = fold_space(attribute(placed.element, "alt") or attribute(placed.element, "title") or "")
        if caption is None and alternative and not _NO_NAME.search(alternative):
            caption = alternative
        images[url] = Image(url=url, caption=caption)
    return list(images.values()), captions
