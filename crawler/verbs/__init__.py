"""The verbs of `dangjian`: how each is called, one module each.

Nothing here takes time to import, so that help, and what is wrong with the arguments, come at once. What the
verbs do is in `crawler/actions`, and `crawler/commands` offers them to `scrapy`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.verbs.verb import Verb

GROUPS = {
    "Crawl and read": {
        "crawl": "Crawl a site, a site file or a list: archive, read, store, export",
        "fetch": "Archive and read single pages, and print the records",
        "extract": "Read a saved page, or the pages in WARC files, without the network",
        "sites": "List the sites there are files for, show one, or check the files",
    },
    "Look at what was kept": {
        "show": "Print an article from the store",
        "history": "List the versions of an article, what changed in each, and their captures",
        "diff": "Compare two versions of an article, by default the last two",
        "removed": "List articles that are removed, missing, or there again",
        "replay": "Show archived pages in a browser, as they were",
    },
    "Look after it": {
        "archive": "Verify, repair and pack the archive; list and get captures",
        "reextract": "Read the archived article pages again with today's extractor",
    },
}
"""Heading in the list of verbs -> verb -> its line there."""

VERBS = {name: line for verbs in GROUPS.values() for name, line in verbs.items()}


def load_verb(name: str) -> "Verb":
    """Return the verb of a name in `VERBS`."""
    verb: Verb = import_module(f"crawler.verbs.{name}").VERB
    return verb
