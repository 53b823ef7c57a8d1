"""What a verb does not need is not imported: help and mistakes are answered at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.verbs import VERBS
from tests.crawl.running import article_page

HEAVY = {
    "bs4",
    "crawler.archive",
    "crawler.extraction",
    "crawler.sites",
    "crawler.store",
    "lxml",
    "pydantic",
    "rich",
    "scrapy",
    "sqlalchemy",
    "twisted",
}
PROBE = """
import json, sys
from crawler.cli import main
code = 0
try:
    main(["dangjian", *sys.argv[1:]])
except SystemExit as left:
    code = left.code
sys.stderr.write("\\n" + json.dumps([code, sorted(sys.modules)]))
"""


def loaded(*words: str, stdin: bytes = b"") -> tuple[int, set[str]]:
    """Run a verb in a fresh process; return its exit code and which heavy modules it imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        input=stdin,
        capture_output=True,
        env=os.environ | {"COLUMNS": "80"},
        timeout=60,
        check=True,
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    return code, HEAVY & set(modules)


@pytest.mark.parametrize("words", [[], ["--help"], ["--version"], ["help", "show"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    assert loaded(*words) == (0, set())


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_imports_nothing_heavy(verb: str) -> None:
    assert loaded(verb, "--help") == (0, set())


@pytest.mark.parametrize(
    "words",
    [["extrct"], ["show"], ["crawl"], ["crawl", "cpc71", "--limt", "3"], ["removed", "--since", "yesterday"]],
)
def test_a_mistake_imports_nothing_heavy(words: list[str]) -> None:
    assert loaded(*words) == (2, set())


def test_reading_a_page_needs_neither_scrapy_nor_database() -> None:
    code, modules = loaded("extract", "--json", stdin=article_page(3).encode())
    assert code == 0
    assert not modules & {"scrapy", "twisted", "sqlalchemy", "crawler.store", "crawler.archive", "bs4"}


def test_a_look_into_the_store_needs_neither_scrapy_nor_the_reader(tmp_path: Path) -> None:
    from crawler.store import Store

    Store.open(tmp_path / "dangjian.db").close()
    code, modules = loaded("show", "0123456789abcdef", "--data", str(tmp_path))
    assert code == 3
    assert not modules & {"scrapy", "twisted", "crawler.extraction", "crawler.archive"}
