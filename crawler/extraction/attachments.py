"""The files that a text and the lines right behind it offer for download."""

import re
from typing import Final

from crawler.extraction.body import BodyRegion, between
from crawler.extraction.document import Document, fold_space, text_of
from crawler.extraction.nodes import attribute
from crawler.items import Attachment

_FILE: Final = re.compile(
    r"\.(?:docx?|xlsx?|pptx?|pdf|ofd|wps|et|dps|ceb|caj|zip|rar|7z|txt|csv|rtf|jar|tif|mp3|mp4)(?:[?#&]|$)"
)
_DOWNLOAD: Final = re.compile(r"download|attach|fujian|wbfileid=|/__local/|filedown|getfile")
"""Both looked for in lower case: ignoring it takes four times as long."""
_FILE_NAME: Final = re.compile(r"附件|\.(?:docx?|xlsx?|pptx?|pdf|ofd|wps|zip|rar)\b", re.IGNORECASE)
_REACH: Final = 12
"""Lines behind the text that may hold its files."""


def attachments(document: Document, region: BodyRegion) -> list[Attachment]:
    """Return the files that the text and the lines right behind it offer."""
    found: dict[str, Attachment] = {}
    if region.container is None:
        return []
    first, last = region.container.start, max(region.end + _REACH, region.container.end)
    for placed in between(document.links, first, last):
        href = placed.href
        lower = href.lower()
        is_file = _FILE.search(lower) is not None
        if not is_file and not _DOWNLOAD.search(lower):
            continue
        name = text_of(placed.element) or fold_space(attribute(placed.element, "title") or "")
        if not is_file and not _FILE_NAME.search(name):
            continue
        url = document.absolute(href)
        if url and url not in found:
            found[url] = Attachment(url=url, name=name or None)
    return list(found.values())
