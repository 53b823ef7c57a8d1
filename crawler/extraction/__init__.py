"""Read article pages: bytes in, record out.

Pure: no network, no database, no clock. See `docs/extraction.md` for how reading works.
"""

from crawler.extraction.evidence import Explanation
from crawler.extraction.kinds import page_kind
from crawler.extraction.lists import Link, Listing, read_list
from crawler.extraction.reader import Page, explain, extract, read_page

__all__ = [
    "Explanation",
    "Link",
    "Listing",
    "Page",
    "explain",
    "extract",
    "page_kind",
    "read_list",
    "read_page",
]
