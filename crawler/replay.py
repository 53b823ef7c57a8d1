"""Show the archive in a browser, through pywb.

pywb pins old versions of libraries that the crawl needs new, so it lives in a virtual environment of its own
and is run as a program. Its index is written out for it at the start: what is archived afterwards is shown
after the next start.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import venv
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.archive import ArchiveIndex

HOST = "127.0.0.1"
DEFAULT_PORT = 8072
COLLECTION = "archive"
PYWB = ("pywb>=2.10,<2.11", "setuptools<81")  # pywb imports pkg_resources, which later setuptools lack
_STAMP = "%Y%m%d%H%M%S"
_START_SECONDS = 60
_STOP_SECONDS = 5
_WORDS_OF_LOG = 300


class ReplayError(Exception):
    """The archive cannot be shown; the message says why in one line."""


def environment() -> Path:
    """Return the folder of pywb's virtual environment, whether it is there or not.

    `DANGJIAN_REPLAY_ENV` names it; else it is `.venv-replay` in a checkout of the project, and a folder in
    the user's cache elsewhere.
    """
    if named := os.environ.get("DANGJIAN_REPLAY_ENV"):
        return Path(named).expanduser().absolute()
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "scrapy.cfg").is_file():
        return checkout / ".venv-replay"
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "dangjian" / "replay"


def program() -> Path:
    """Return the path of pywb's server, whether it is there or not."""
    return environment() / "bin" / "wayback"


def install() -> None:
    """Make pywb's environment, anew where it is broken. Needs the network. Raises ReplayError."""
    folder = environment()
    try:
        if not (folder / "bin" / "pip").is_file():
            venv.create(folder, with_pip=True, clear=folder.exists())
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        done = subprocess.run(
            [*command, "--disable-pip-version-check", *PYWB], capture_output=True, text=True, check=False
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ReplayError(f"{folder} cannot be made: {error}") from None
    if done.returncode != 0 or not program().is_file():
        raise ReplayError(f"pywb cannot be installed in {folder}: {_last_line(done.stderr)}")


class ReplayServer:
    """pywb, serving one archive on loopback from entry to exit of a `with`."""

    def __init__(self, archive: Path, *, port: int | None = None) -> None:
        """Prepare to serve a folder of WARC files.

        `port` None takes the usual one, or any that is free; 0 takes any.
        """
        self.archive = archive.absolute()
        self.port = _free_port(port)
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the collection's search page."""
        return f"http://{HOST}:{self.port}/{COLLECTION}/"

    def page_url(self, url: str, at: datetime, *, framed: bool = True) -> str:
        """Return the address at which a capture is shown: under a bar that tells its time, or bare."""
        bare = "" if framed else "mp_"
        return f"{self.url}{at.strftime(_STAMP)}{bare}/{url}"

    def __enter__(self) -> Self:
        """Start. Raises ReplayError where pywb is missing or fails, ArchiveError for an unreadable index."""
        if not program().is_file():
            raise ReplayError(f"pywb is not in {environment()}; `dangjian replay --install` puts it there")
        self._folder = Path(tempfile.mkdtemp(prefix="dangjian-replay-"))
        try:
            self._prepare(self._folder)
            self._start(self._folder)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def wait(self) -> None:
        """Serve until pywb ends. Raises ReplayError, since it does not do so by itself."""
        assert self._process is not None
        self._process.wait()
        raise ReplayError(f"pywb has ended: {self._complaint()}")

    def stop(self) -> None:
        """Stop serving, and remove what was written for pywb."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _prepare(self, folder: Path) -> None:
        with ArchiveIndex(self.archive) as index, (folder / "index.cdxj").open("wb") as file:
            file.writelines(index.replay_lines())
        growing = folder / "growing"
        growing.mkdir()
        # The index names a file by the name it will have when it is finished.
        for path in self.archive.glob("*.open"):
            (growing / path.name.removesuffix(".open")).symlink_to(path)
        collection = {
            "index_paths": str(folder / "index.cdxj"),
            "archive_paths": [f"{self.archive}/", f"{growing}/"],
        }
        # JSON is YAML, and quotes whatever stands in a path.
        config = json.dumps({"collections": {COLLECTION: collection}, "enable_auto_colls": False})
        (folder / "config.yaml").write_text(config, encoding="utf-8")

    def _start(self, folder: Path) -> None:
        command = [str(program()), "-b", HOST, "-p", str(self.port), "-d", str(folder)]
        # Settings of this program's own Python must not reach another environment's.
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environ, cwd=folder
            )
        until = time.monotonic() + _START_SECONDS
        while not _answers(self.port):
            if self._process.poll() is not None:
                raise ReplayError(f"pywb does not start: {self._complaint()}")
            if time.monotonic() > until:
                raise ReplayError(f"pywb does not answer after {_START_SECONDS} seconds")
            time.sleep(0.1)

    def _complaint(self) -> str:
        with suppress(OSError):
            return _last_line((self._folder or Path()).joinpath("log").read_text("utf-8", "replace"))
        return "it says nothing"


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


def _free_port(wanted: int | None) -> int:
    """Return a port that can be listened at. Raises ReplayError where one was asked for that is taken."""
    for port in (DEFAULT_PORT, 0) if wanted is None else (wanted,):
        try:
            with socket.create_server((HOST, port)) as server:
                return int(server.getsockname()[1])
        except (OSError, OverflowError) as error:
            taken = error
    raise ReplayError(f"port {wanted} cannot be used: {getattr(taken, 'strerror', None) or taken}")


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:_WORDS_OF_LOG] if lines else "it says nothing"
