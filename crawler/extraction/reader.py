"""Assemble what the readers of the single fields find into one record."""

from crawler.extraction.body import find_body
from crawler.extraction.document import parse
from crawler.items import Article


def extract(
    html: bytes | str, *, url: str = "", content_type: str | None = None, site: object = None
) -> Article:
    """Read an article page."""
    document = parse(html, url=url, content_type=content_type)
    region = find_body(document)
    return Article(url=url, body="\n".join(b.text for b in region.text(document)))
