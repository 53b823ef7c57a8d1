"""A data folder with a store, and the console command in this process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.store import Store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data" / "dangjian.db") as store:
        yield store


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`dangjian` in this process: returns exit code, output and errors."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def dangjian(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["dangjian", *map(str, arguments), "--data", str(tmp_path / "data")])
        output = capsys.readouterr()
        return int(left.value.code or 0), output.out, output.err

    return dangjian
