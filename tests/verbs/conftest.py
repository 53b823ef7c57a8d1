"""The command line as a newcomer meets it, in a process of its own."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crawl.running import Outcome, command

Newcomer = Callable[..., Outcome]


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    """Run `dangjian` with arguments of any kind, in a folder where nothing is."""

    def dangjian(
        *words: str | bytes, columns: int = 80, variables: dict[str, str] | None = None, **how: object
    ) -> Outcome:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("DANGJIAN_")}
        environment |= {"DANGJIAN_DATA": str(tmp_path / "data"), "COLUMNS": str(columns), "PYTHONUTF8": "1"}
        environment |= variables or {}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
        done = subprocess.run(
            [*command(), *words],
            env=environment,
            cwd=tmp_path,
            timeout=60,
            check=False,
            **streams,  # type: ignore[call-overload]  # whatever a test wants of its streams
        )
        out, err = ((stream or b"").decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
        return Outcome(done.returncode, out, err, tmp_path / "data")

    return dangjian
