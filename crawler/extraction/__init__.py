"""Read article pages: bytes in, record out."""

from crawler.extraction.reader import extract

__all__ = ["extract"]
