"""Fixtures that every room may use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from crawler.cli import main
from crawler.demo import DemoSite
from tests.support import PageServer, Run

# A loaded machine is no bug: no property may fail for the time that an example took.
settings.register_profile("dangjian", deadline=None)
settings.load_profile("dangjian")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def demo() -> Iterator[DemoSite]:
    """The demo site with all its articles, on a free port."""
    with DemoSite(port=0) as site:
        yield site


@pytest.fixture
def page_server() -> Iterator[PageServer]:
    """A server without pages; the test fills `page_server.pages`."""
    with PageServer() as server:
        yield server


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, named by DANGJIAN_DATA for the program under test."""
    folder = tmp_path / "data"
    monkeypatch.setenv("DANGJIAN_DATA", str(folder))
    return folder


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`dangjian` in this process, with the data folder `data` of the test."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def dangjian(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["dangjian", *map(str, arguments), "--data", str(tmp_path / "data")])
        output = capsys.readouterr()
        return int(left.value.code or 0), output.out, output.err

    return dangjian


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of labelled real pages; a test that needs it is skipped where it is absent."""
    return _shared("corpus", "DANGJIAN_CORPUS", "gold.jsonl")


@pytest.fixture(scope="session")
def seed_text() -> str:
    """The text of the article this project began with; a test that needs it is skipped where it is absent."""
    return (_shared("seed", "DANGJIAN_SEED", "cpc71-article.txt") / "cpc71-article.txt").read_text(
        encoding="utf-8"
    )


def _shared(name: str, variable: str, landmark: str) -> Path:
    folder = Path(os.environ.get(variable) or PROJECT.parent / "shared" / name)
    if not (folder / landmark).is_file():
        pytest.skip(f"no {landmark} in {folder} ({variable}, or ../shared/{name})")
    return folder
