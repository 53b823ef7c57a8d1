"""`dangjian replay` up to the program it starts, which a small server stands in for here."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.archive import Exchange, WarcWriter
from crawler.replay import HOST, ReplayError, ReplayServer

URL = "http://www.example.cn/news/html/?411.html"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"

# Serves the folder it is given, as pywb is called.
STAND_IN = f"""#!{sys.executable}
import argparse, functools, http.server
parser = argparse.ArgumentParser()
parser.add_argument("-b"), parser.add_argument("-p", type=int), parser.add_argument("-d")
told = parser.parse_args()
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=told.d)
http.server.ThreadingHTTPServer((told.b, told.p), handler).serve_forever()
"""
BROKEN = f"#!{sys.executable}\nraise SystemExit('no module named gevent')\n"


def exchange(day: int, head: bytes = OK, body: bytes = b"<p>text</p>") -> Exchange:
    return Exchange(
        url=URL, started=datetime(2024, 5, day, 8, tzinfo=UTC), response_head=head, response_body=body
    )


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive folder with a page of 10 May and one of 12 May 2024, and a 304 between them."""
    folder = tmp_path / "data" / "warc"
    with WarcWriter(folder, prefix="demo", software="test") as writer:
        writer.write(exchange(10))
        writer.write(exchange(11, head=b"HTTP/1.1 304 Not Modified\r\n\r\n", body=b""))
        writer.write(exchange(12, body=b"<p>other</p>"))
    return folder


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    path = tmp_path / "environment" / "bin" / "wayback"
    path.parent.mkdir(parents=True)
    path.write_text(program, encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("DANGJIAN_REPLAY_ENV", str(tmp_path / "environment"))


@pytest.fixture
def server(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReplayServer]:
    stand_in(tmp_path, monkeypatch, STAND_IN)
    with ReplayServer(archive, port=0) as running:
        yield running


def read(server: ReplayServer, path: str) -> bytes:
    with urllib.request.urlopen(f"http://{HOST}:{server.port}/{path}", timeout=10) as answer:
        return answer.read()


def test_the_index_has_no_304_that_would_be_shown_as_an_empty_page(server: ReplayServer) -> None:
    lines = read(server, "index.cdxj").decode().splitlines()
    assert [line.split(" ")[1] for line in lines] == ["20240510080000", "20240512080000"]


def test_the_configuration_leads_to_the_files(server: ReplayServer, archive: Path) -> None:
    collection = json.loads(read(server, "config.yaml"))["collections"]["archive"]
    assert f"{archive}/" in collection["archive_paths"]
    assert Path(collection["index_paths"]).is_file()


def test_files_that_are_being_written_are_found_under_their_final_name(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, STAND_IN)
    with WarcWriter(archive, prefix="now", software="test") as writer:
        pointer = writer.write(exchange(13))
        with ReplayServer(archive, port=0) as server:
            assert read(server, f"growing/{pointer.file}")[:2] == b"\x1f\x8b"


def test_nothing_is_left_behind(server: ReplayServer) -> None:
    folder = Path(json.loads(read(server, "config.yaml"))["collections"]["archive"]["index_paths"]).parent
    server.stop()
    assert not folder.exists()
    with pytest.raises(OSError):
        read(server, "config.yaml")


def test_addresses_of_pages(server: ReplayServer) -> None:
    at = datetime(2024, 5, 10, 8, tzinfo=UTC)
    assert server.page_url(URL, at) == f"http://{HOST}:{server.port}/archive/20240510080000/{URL}"
    assert server.page_url(URL, at, framed=False).endswith(f"/20240510080000mp_/{URL}")


def test_a_missing_environment_is_told_with_its_cure(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGJIAN_REPLAY_ENV", str(archive / "nothing"))
    with pytest.raises(ReplayError, match="replay --install"), ReplayServer(archive, port=0):
        pass


def test_a_program_that_fails_is_told_in_its_own_words(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, BROKEN)
    told = pytest.raises(ReplayError, match="does not start: no module named gevent")
    with told, ReplayServer(archive, port=0):
        pass


def test_a_port_that_is_taken_is_told_where_it_was_asked_for(server: ReplayServer) -> None:
    with pytest.raises(ReplayError, match=f"port {server.port} cannot be used"):
        ReplayServer(server.archive, port=server.port)


class TestVerb:
    def command(self, archive: Path, *arguments: str) -> list[str]:
        data = str(archive.parent)
        return [sys.executable, "-m", "crawler.cli", "replay", "--data", data, "--port", "0", *arguments]

    def test_the_address_is_printed_and_sigterm_ends_everything(
        self, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stand_in(tmp_path, monkeypatch, STAND_IN)
        environment = os.environ | {"TMPDIR": str(tmp_path)}
        command = self.command(archive, URL, "--at", "2024-05-11T07:00")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
        assert address.endswith(f"/archive/20240510080000/{URL}")
        assert list(tmp_path.glob("dangjian-replay-*")) == []
        with pytest.raises(OSError):
            urllib.request.urlopen(address, timeout=10)

    def test_an_address_that_was_never_captured_ends_with_code_3(self, archive: Path) -> None:
        command = self.command(archive, "http://www.example.cn/other")
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 3
        assert "no capture of http://www.example.cn/other" in done.stderr
        assert done.stderr.count("\n") == 1
