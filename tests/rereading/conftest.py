"""The crawled demo, and the console command in this process."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.demo import DemoSite
from crawler.sites import load_site
from tests.crawl.running import dangjian

Run = Callable[..., tuple[int, str, str]]


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


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`dangjian` in this process: returns exit code, output and errors."""
    monkeypatch.setenv("COLUMNS", "200")

    def dangjian_here(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["dangjian", *map(str, arguments), "--data", str(tmp_path / "data")])
        output = capsys.readouterr()
        return int(left.value.code or 0), output.out, output.err

    return dangjian_here
