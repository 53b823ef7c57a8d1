"""Read article pages: bytes in, record out. Tell them from lists, and read these too."""

from crawler.extraction.kinds import page_kind
from crawler.extraction.lists import read_list
from crawler.extraction.reader import extract

__all__ = ["extract", "page_kind", "read_list"]
