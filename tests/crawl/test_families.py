"""A list of each CMS family, crawled from its bare address: every article once, no others."""

from collections import Counter
from urllib.parse import urlsplit

import pytest

from tests.crawl.running import dangjian
from tests.support.families import NAMES, FamilySite

# Families that are not crawled right yet, and why; one that comes right must leave this list.
KNOWN_WRONG: dict[str, str] = {}


def marks(name):
    return [pytest.mark.xfail(reason=KNOWN_WRONG[name], strict=True)] if name in KNOWN_WRONG else []


@pytest.mark.parametrize("name", [pytest.param(name, marks=marks(name)) for name in NAMES])
def test_every_article_of_a_family_is_found_once_and_read(name, tmp_path):
    site = FamilySite(name)
    with site.server() as server:
        outcome = dangjian("crawl", server.url + site.start, "--json", data=tmp_path / "data")
    assert outcome.code == 0, outcome.err
    found = {path_of(record["url"]): record for record in outcome.articles()}
    assert Counter(path_of(record["url"]) for record in outcome.articles()) == Counter(
        truth.path for truth in site.truths
    )
    for truth in site.truths:
        record = found[truth.path]
        assert (record["title"], record["authors"]) == (truth.title, truth.authors)
        assert record["body"] == truth.body
        assert truth.day is None or record["published"].startswith(truth.day)


def path_of(url):
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
