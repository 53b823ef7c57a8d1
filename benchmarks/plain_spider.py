"""What the chain is compared with: Scrapy as it comes, with an empty callback or with trafilatura."""

import re

import scrapy

LINK = re.compile(rb"/a/\d+\.html|/list/index_\d+\.html")


class Plain(scrapy.Spider):
    """Follows the same links, and does nothing with the pages."""

    name = "plain"

    def __init__(self, base: str, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.base = base

    async def start(self):
        yield scrapy.Request(f"{self.base}/list/")

    def parse(self, response):
        for link in dict.fromkeys(LINK.findall(response.body)):
            url = self.base + link.decode()
            if b"/list/" in link:
                yield scrapy.Request(url, priority=10)
            else:
                yield scrapy.Request(url, callback=self.article)

    def article(self, response):
        """Do nothing."""


class Trafilatura(Plain):
    """Reads each page with trafilatura and exports a line."""

    name = "trafilatura"

    def article(self, response):
        from trafilatura import bare_extraction

        document = bare_extraction(response.text, url=response.url, with_metadata=True)
        yield {
            "url": response.url,
            "title": document.title,
            "author": document.author,
            "date": document.date,
            "body": document.text,
        }
