"""The crawled demo."""

import shutil
from pathlib import Path

import pytest

from crawler.demo import DemoSite
from crawler.sites import load_site
from tests.crawl.running import dangjian


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the site file of a demo that is over, and what a crawl of it left in `data`."""
    folder = tmp_path_factory.mktemp("reread")
    with DemoSite(port=0) as demo:
        file = folder / "demo.toml"
        file.write_text(load_site("demo").rebased(demo.url).to_toml(), encoding="utf-8")
        outcome = dangjian("crawl", str(file), data=folder / "data")
    assert outcome.code == 0, outcome.err
    return folder


@pytest.fixture
def data(crawled: Path, tmp_path: Path) -> Path:
    """A copy of the data folder for one test."""
    return Path(shutil.copytree(crawled / "data", tmp_path / "data"))
