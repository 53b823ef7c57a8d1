"""Real pages in their own encodings go through the whole chain: none lost, none altered, no exception."""

import html
import json
from pathlib import Path

from crawler.archive import iter_responses
from crawler.store import Store
from tests.crawl.running import dangjian, site_file
from tests.support import PageServer


def test_every_real_page_is_archived_read_stored_and_exported(corpus: Path, tmp_path: Path) -> None:
    labels = [json.loads(line) for line in (corpus / "gold.jsonl").read_text("utf-8").splitlines()]
    pages = {f"/a/{n}.html": (corpus / label["file"]).read_bytes() for n, label in enumerate(labels)}
    titles = {
        path: html.escape(label.get("title") or path) for path, label in zip(pages, labels, strict=True)
    }
    rows = "".join(f"<li><a href='{path}'>{title}</a>2024-05-10</li>" for path, title in titles.items())
    # Without a charset in the header: what each page says of itself must be enough.
    answers = {path: (200, [("Content-Type", "text/html")], body) for path, body in pages.items()}
    answers["/list/"] = f"<html><head><meta charset='utf-8'></head><body><ul>{rows}</ul></body></html>"
    with PageServer(answers) as server:
        run = dangjian("crawl", site_file(tmp_path, server.url), "--json", data=tmp_path / "data")
    summary = run.summary()
    assert (run.code, summary["errors"], run.err) == (0, {}, "")
    assert summary["archived"] >= len(pages) + 2  # further pages that some articles name are not there
    kept = {
        record.url.removeprefix(server.url): record.body
        for file in (tmp_path / "data" / "warc").glob("*.warc.gz")
        for record in iter_responses(file)
        if "/a/" in record.url
    }
    assert {path for path in pages if kept.get(path) != pages[path]} == set()
    lines = run.articles()
    assert sorted(line["url"].removeprefix(server.url) for line in lines) == sorted(pages)
    with Store.open(tmp_path / "data" / "dangjian.db") as store:
        assert [line["url"] for line in lines if store.article(line["id"]) is None] == []
