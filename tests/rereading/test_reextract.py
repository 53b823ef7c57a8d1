"""`dangjian reextract` on the crawled demo, after its server is gone."""

import json
import sqlite3
from pathlib import Path

import pytest

from crawler.items import Article
from crawler.store import Store
from tests.support import Run


def records(data: Path) -> dict[str, Article]:
    with Store.open(data / "dangjian.db") as store:
        return {article.url: article for article in store.articles()}


def worsen(data: Path, **fields: object) -> dict[str, Article]:
    """Make every record what an older extractor would have read; return the good ones."""
    good = records(data)
    with Store.open(data / "dangjian.db") as store:
        worse = [one.model_copy(update={"extractor": "dangjian/0.0.1"} | fields) for one in good.values()]
        store.reread(worse)
    return good


@pytest.mark.parametrize("processes", ["0", "2"])
def test_what_was_read_today_stays_as_it_is(data: Path, run: Run, processes: str) -> None:
    before = records(data)
    code, out, _ = run("reextract", "--json", "--processes", processes)
    report = json.loads(out)
    assert code == 0
    assert (report["same"], report["better"], report["failed"]) == (len(before), 0, {})
    assert records(data) == before


def test_better_readings_replace_records_and_make_no_versions(data: Path, run: Run) -> None:
    good = worsen(data, title="旧的题目", authors=[], editors=["不该有的"])
    code, out, _ = run("reextract", "--processes", "0")
    assert code == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.split()}
    authors = sum(bool(one.authors) for one in good.values())
    no_editors = sum(not one.editors for one in good.values())
    assert rows["title"] == [str(len(good)), "0", "0"]
    assert rows["authors"] == [str(authors), str(authors), "0"]
    assert rows["editors"] == [str(len(good)), "0", str(no_editors)]
    assert records(data) == good
    with Store.open(data / "dangjian.db") as store:
        assert {len(store.versions(one.id or "")) for one in good.values()} == {1}


def test_a_dry_run_tells_the_same_and_stores_nothing(data: Path, run: Run) -> None:
    worsen(data, source=None)
    worse = records(data)
    dry = json.loads(run("reextract", "--dry-run", "--json", "--processes", "0")[1])
    assert records(data) == worse
    real = json.loads(run("reextract", "--json", "--processes", "0")[1])
    assert (dry["fields"], dry["better"]) == (real["fields"], real["better"])
    assert dry["fields"]["source"] == {"articles": len(worse), "filled": len(worse), "emptied": 0}


def test_an_article_in_several_pages_is_put_together_from_the_archive(data: Path, run: Run) -> None:
    good = worsen(data, body="残缺", pages=[])
    run("reextract", "--processes", "0")
    several = {url: one for url, one in records(data).items() if one.pages}
    assert len(several) == 2
    assert several == {url: one for url, one in good.items() if one.pages}


def test_a_page_that_no_reading_had_understood_becomes_an_article(data: Path, run: Run) -> None:
    good = records(data)
    with sqlite3.connect(data / "dangjian.db") as database:
        for table in ("article", "version", "address"):
            database.execute(f"DELETE FROM {table}")
    database.close()
    report = json.loads(run("reextract", "--json", "--processes", "0")[1])
    assert (report["found"], report["new"]) == (len(good), len(good))
    assert records(data) == good


def test_only_what_was_asked_for_is_read(data: Path, run: Run) -> None:
    code, out, _ = run("reextract", "--json", "--since", "2999-01-01")
    assert (code, json.loads(out)["read"]) == (3, 0)
    assert json.loads(run("reextract", "--json", "--site", "other")[1])["read"] == 0
    assert json.loads(run("reextract", "--json", "--site", "demo", "--processes", "0")[1])["read"] > 0


def test_captures_that_are_gone_are_counted_and_their_records_stay(data: Path, run: Run) -> None:
    before = records(data)
    for path in (data / "warc").glob("*.warc.gz"):
        path.unlink()
    code, out, _ = run("reextract", "--json", "--processes", "0")
    assert (code, json.loads(out)["failed"]["ArchiveError"] >= len(before)) == (1, True)
    assert records(data) == before


@pytest.mark.parametrize("arguments", [("demo",), ("--since", "soon"), ("--site", "./none.toml")])
def test_wrong_arguments_are_told_in_one_line(data: Path, run: Run, arguments: tuple[str, ...]) -> None:
    code, _, err = run("reextract", *arguments)
    assert (code, err.count("\n")) == (2, 1)
