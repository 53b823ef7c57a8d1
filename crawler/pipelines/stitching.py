"""The pages of an article become its record, in a crawl and when archived pages are read again."""

from crawler.items import Article, Capture
from crawler.reader import Reading
from crawler.sites import Site
from crawler.urls import article_id


def completed(article: Article, first: Capture, site: Site | None) -> Article:
    """Put into a record what only the crawl knows, from the capture of the article's first page."""
    article.id = article_id(site.main_address(first.url) if site is not None else first.url)
    article.url = first.url
    article.site = first.site
    article.section = article.section or first.section
    article.fetched_at = first.fetched_at
    article.warc = first.warc
    return article


def stitched(reading: Reading) -> Article:
    """Return the article of the first page with the texts, pictures and files of the others behind its
    own."""
    parts = [page.article for page in reading.pages if page.article is not None]
    if not parts:
        return Article()
    whole = parts[0]
    whole.pages = reading.urls if len(reading.urls) > 1 else []
    for part in parts[1:]:
        whole.body = f"{whole.body}\n{part.body}".strip("\n")
        whole.body_html += part.body_html
        known = {image.url for image in whole.images}
        whole.images += [image for image in part.images if image.url not in known]
        known = {file.url for file in whole.attachments}
        whole.attachments += [file for file in part.attachments if file.url not in known]
        whole.editors = whole.editors or part.editors
    return whole
