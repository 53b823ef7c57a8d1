"""A site from nothing but the address of a list: what `dangjian crawl https://host/column/` works with."""

import re

from crawler.sites.model import Site
from crawler.sites.parts import Expectations, Section, Twin
from crawler.urls import host_of

TWINS = (
    # PHPWeb shows an article as /news/html/?12.html and, once it is cached, as /news/html/12.html.
    Twin(pattern=r"(/html/)(?:\?|index\.php\?id=)(\d+)(?:\.html)?$", address=r"\1\2.html"),
    # A copy in traditional characters, converted as it is asked for.
    Twin(pattern=r"^(https?://[^/]+)/(?:BIG5|big5|Big5)/", address=r"\1/"),
)
"""Second addresses that are known by their look on any site."""


def adhoc_site(url: str) -> Site:
    """Return a site that holds just one list, for an address that nobody has described.

    Its key is made from the host, its only domain is the host (with and without `www.`), its section is the
    list at the address. It has no article patterns: the pages decide. Raises ValueError where the address
    is no web address.
    """
    address = url.strip().partition("#")[0]
    host = host_of(address)
    if not host:
        raise ValueError(f"{url!r} is no http or https address")
    return Site(
        key=_key(host),
        name=host,
        domains=[host.removeprefix("www.")],
        sections=[Section(url=address)],
        twins=[twin.model_copy() for twin in TWINS],
        expectations=Expectations(fields=["title", "body"]),
        confidence="low",
        witnesses=["written by the crawl from the address of a list"],
    )


def _key(host: str) -> str:
    key = re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www.")).strip("-")[:64]
    return key or "site"
