"""The demo site, crawled, and shown by pywb in a browser without a screen."""

import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.archive import ArchiveIndex
from crawler.archive.cdxj import REVISIT_MIME
from crawler.demo import DemoSite
from crawler.items import Article
from crawler.replay import ReplayServer, program
from crawler.sites import load_site
from tests.crawl.running import dangjian
from tests.replay.browser import PROGRAM, Browser

_FRAME = "document.querySelector('iframe')?.contentDocument"
_TEXT_IN_FRAME = f"{_FRAME}?.body?.innerText ?? ''"
_STYLES_IN_FRAME = (
    f"[...{_FRAME}?.styleSheets ?? []].filter(s => s.cssRules.length).map(s => s.href).join(' ')"
)

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(PROGRAM is None, reason="no chromium"),
    pytest.mark.skipif(not program().is_file(), reason="no pywb: `make replay-env` installs it"),
]


@dataclass
class Shown:
    server: ReplayServer
    index: ArchiveIndex
    article: Article


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The archive of two crawls of the demo site, which is gone by then, behind pywb."""
    folder = tmp_path_factory.mktemp("replay")
    with DemoSite(port=0) as demo:
        site = load_site("demo").rebased(demo.url).model_copy(update={"requisites": "all"})
        file = folder / "demo.toml"
        file.write_text(site.to_toml(), encoding="utf-8")
        first = dangjian("crawl", str(file), data=folder / "data")
        assert first.code == 0, first.err
        dangjian("crawl", str(file), data=folder / "data")
    article = Article.model_validate(first.articles()[0])
    with ArchiveIndex(folder / "data" / "warc") as index, ReplayServer(index.folder, port=0) as server:
        yield Shown(server, index, article)


def test_an_archived_article_appears_in_a_browser(shown: Shown, tmp_path: Path) -> None:
    entry = shown.index.lookup(shown.article.url)
    assert entry is not None
    with Browser(tmp_path / "profile") as browser:
        browser.call("Page.navigate", url=shown.server.page_url(entry.url, entry.date))
        page = browser.text_once_it_holds(shown.article.title or "", _TEXT_IN_FRAME)
        styles = browser.text_once_it_holds("css", _STYLES_IN_FRAME)
        if folder := os.environ.get("DANGJIAN_SCREENSHOTS"):
            browser.screenshot(Path(folder) / "replay.png")
    assert shown.article.title and shown.article.title in page
    assert [text for text in shown.article.body.splitlines() if text not in page] == []
    assert "css" in styles


def test_a_revisit_is_shown_with_the_payload_it_refers_to(shown: Shown) -> None:
    entry = next(one for one in shown.index.entries() if one.mime == REVISIT_MIME and one.status == 200)
    address = shown.server.page_url(entry.url, entry.date, framed=False).replace("mp_/", "id_/")
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert answer.read()
