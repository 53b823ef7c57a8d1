"""A site file to start from."""

from typing import Any

from crawler.sites import Site, parse_site

MINIMAL = """\
key = "linhai"
name = "临海先锋网"
domains = ["linhai.example.cn"]
sections = [{ label = "党建要闻", url = "http://www.linhai.example.cn/djyw/index.html" }]
article_urls = ['/\\d{6}/t\\d{8}_\\d+\\.html$']
"""


def site(**changes: Any) -> Site:
    return Site.model_validate(parse_site(MINIMAL, file="linhai.toml").model_dump() | changes)
