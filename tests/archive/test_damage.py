"""Killed processes, full disks and torn files: nothing whole is lost, nothing torn stays."""

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from crawler.archive import (
    ArchiveError,
    ArchiveIndex,
    growing,
    iter_responses,
    merge_index,
    read_record,
    recover,
    repair,
    verify,
)
from crawler.items import WarcPointer

from .support import URL, exchange, only_file, warcio_complaints, writer


def torn_copy(source: Path, target: Path, size: int, *, unfinished: bool) -> Path:
    """Make an archive folder with one file cut to a size, as a killed writer, or a broken copy, leaves it."""
    target.mkdir(parents=True)
    path = target / (source.name + (".open" if unfinished else ""))
    path.write_bytes(source.read_bytes()[:size])
    return path


@pytest.mark.parametrize("unfinished", [True, False])
def test_a_file_cut_at_any_byte_of_its_last_exchange_is_whole_again_after_repair(
    tmp_path: Path, unfinished: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    with writer(tmp_path / "whole") as archive:
        kept = archive.write(exchange(url=f"{URL}&kept"))
        last = archive.write(exchange(url=f"{URL}&last"))
    source = only_file(tmp_path / "whole")
    data = source.read_bytes()
    assert last.length is not None
    for size in range(last.offset, len(data)):
        folder = tmp_path / f"cut-{size}"
        torn_copy(source, folder, size, unfinished=unfinished)
        done = repair(folder)
        path = only_file(folder)
        end = last.offset + last.length if size >= last.offset + last.length else last.offset
        assert path.read_bytes() == data[:end], f"cut at {size}"
        if size % 7 == 0:
            assert verify(folder, pointers=[kept]) == []
            assert repair(folder) == [], "a second repair finds nothing to do"
        if size != end:
            [torn] = folder.glob("*.torn")
            assert torn.read_bytes() == data[end:size]
            assert any(torn.name == step.saved for step in done)
        if size % 50 == 0:
            assert warcio_complaints(path) == ""
        shutil.rmtree(folder)


def test_a_file_with_less_than_one_record_is_removed_and_its_bytes_kept(tmp_path: Path) -> None:
    with writer(tmp_path / "whole") as archive:
        archive.write(exchange())
    folder = tmp_path / "cut"
    torn_copy(only_file(tmp_path / "whole"), folder, 50, unfinished=True)
    torn_copy(only_file(tmp_path / "whole"), tmp_path / "none", 0, unfinished=True)
    assert "no whole record" in " ".join(map(str, recover(folder)))
    assert [path.suffix for path in folder.iterdir()] == [".torn"]
    recover(tmp_path / "none")
    assert list((tmp_path / "none").iterdir()) == []


@pytest.mark.parametrize("tail", [b"\x00" * 4096, b"garbage", b"\x1f", b"\x1f\x8b\x08\x00", os.urandom(300)])
def test_a_tail_that_no_record_begins_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    with writer(tmp_path) as archive:
        pointer = archive.write(exchange())
    path = only_file(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole + tail)
    assert [problem.kind for problem in verify(tmp_path)] == ["torn"]
    repair(tmp_path)
    assert path.read_bytes() == whole
    assert verify(tmp_path, pointers=[pointer]) == []


def test_damage_in_the_middle_costs_one_record_and_is_never_cut_off(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        pointers = [archive.write(exchange(url=f"{URL}&{number}")) for number in range(5)]
    path = only_file(tmp_path)
    data = bytearray(path.read_bytes())
    hit = pointers[2]
    assert hit.length is not None
    data[hit.offset + hit.length // 2] ^= 0xFF
    path.write_bytes(data)
    problems = verify(tmp_path, pointers=pointers)
    assert {problem.kind for problem in problems} == {"damaged", "index", "pointer"}
    assert {problem.offset for problem in problems} == {hit.offset}
    repair(tmp_path)
    assert path.read_bytes() == data
    assert [(problem.kind, problem.offset) for problem in verify(tmp_path)] == [("damaged", hit.offset)]
    for pointer in (*pointers[:2], *pointers[3:]):
        assert read_record(tmp_path, pointer).url == f"{URL}&{pointers.index(pointer)}"


WRITER_TO_BE_KILLED = """
    import sys
    from datetime import UTC, datetime
    from crawler.archive import Exchange, WarcWriter
    archive = WarcWriter(sys.argv[1], prefix="k", software="test", max_bytes=200_000)
    number = 0
    while True:
        body = bytes((number * 7 + i * i) % 251 for i in range(3000)) * (400 if number % 5 == 4 else 1)
        pointer = archive.write(Exchange(
            url=f"http://a.cn/{number}", started=datetime.now(UTC),
            request_head=b"GET / HTTP/1.1\\r\\n\\r\\n",
            response_head=b"HTTP/1.1 200 OK\\r\\n\\r\\n", response_body=body))
        archive.flush()
        print(pointer.model_dump_json(), flush=True)
        number += 1
"""


def test_a_killed_writer_loses_nothing_that_write_has_returned(tmp_path: Path) -> None:
    pointers: list[WarcPointer] = []
    for wait_for in random.Random(5).sample(range(1, 25), 3):
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER_TO_BE_KILLED), str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(wait_for)]
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        lines += [line for line in rest.splitlines() if line.endswith("}")]
        pointers += map(WarcPointer.model_validate_json, lines)
    with writer(tmp_path) as archive:
        assert archive.recovered
        pointers.append(archive.write(exchange()))
    assert not list(tmp_path.glob("*.open"))
    assert verify(tmp_path, pointers=pointers) == []
    with ArchiveIndex(tmp_path) as index:
        assert len(list(index.entries())) >= len(pointers)


MANY_SHORT_RUNS = """
    import sys
    from datetime import UTC, datetime
    from crawler.archive import Exchange, WarcWriter
    for number in range(25):
        with WarcWriter(sys.argv[1], prefix="r", software="test") as archive:
            pointer = archive.write(Exchange(url=f"http://a.cn/{number}", started=datetime.now(UTC),
                response_head=b"HTTP/1.1 200 OK\\r\\n\\r\\n", response_body=b"%d" % number))
            print(pointer.model_dump_json(), flush=True)
"""


def test_processes_that_write_recover_and_merge_at_once_do_not_harm_each_other(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", textwrap.dedent(MANY_SHORT_RUNS), str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    with ArchiveIndex(tmp_path) as index:
        while any(process.poll() is None for process in processes):
            recover(tmp_path)
            merge_index(tmp_path)
            before = len(index.captures("http://a.cn/0"))
            assert len(index.captures("http://a.cn/0")) >= before, "no merge hides a capture"
    assert [process.returncode for process in processes] == [0, 0]
    lines = [line for process in processes for line in process.communicate()[0].splitlines()]
    pointers = [WarcPointer.model_validate_json(line) for line in lines]
    assert len({(pointer.file, pointer.offset) for pointer in pointers}) == 50
    assert verify(tmp_path, pointers=pointers) == []


def test_a_file_that_a_living_process_writes_is_left_alone(tmp_path: Path) -> None:
    archive = writer(tmp_path)
    pointer = archive.write(exchange())
    assert recover(tmp_path) == []
    assert repair(tmp_path) == []
    assert verify(tmp_path, pointers=[pointer]) == []
    archive.close()
    assert verify(tmp_path, pointers=[pointer]) == []


class TestFullDisk:
    """The system takes some bytes of a record and then refuses."""

    @pytest.mark.parametrize("taken", [0, 1, 300])
    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
    def test_a_refused_record_leaves_the_file_whole_and_the_next_write_works(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int, code: int
    ) -> None:
        def take_some(descriptor: int, data: memoryview) -> int:
            room = taken - (os.fstat(descriptor).st_size - before)
            if room > 0:
                return os.write(descriptor, data[:room])
            raise OSError(code, os.strerror(code))

        with writer(tmp_path) as archive:
            pointers = [archive.write(exchange())]
            before = next(tmp_path.glob("*.open")).stat().st_size
            with monkeypatch.context() as patch:
                patch.setattr(growing, "_write", take_some)
                for _ in range(2):
                    with pytest.raises(ArchiveError, match=r"cannot write: .*"):
                        archive.write(exchange())
            pointers.append(archive.write(exchange()))
        assert len(list(iter_responses(only_file(tmp_path)))) == 2
        assert verify(tmp_path, pointers=pointers) == []

    def test_the_error_says_that_the_disk_is_full(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(descriptor: int, data: memoryview) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(growing, "_write", refuse)
        archive = writer(tmp_path)
        with pytest.raises(ArchiveError, match="no space left"):
            archive.write(exchange())
        assert list(tmp_path.iterdir()) == [], "not even an empty file is left"

    def test_an_interrupt_in_the_middle_of_a_record_takes_it_off_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(descriptor: int, data: memoryview) -> int:
            os.write(descriptor, data[:100])
            raise KeyboardInterrupt

        with writer(tmp_path) as archive:
            archive.write(exchange())
            with monkeypatch.context() as patch:
                patch.setattr(growing, "_write", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    archive.write(exchange())
            archive.write(exchange())
        assert verify(tmp_path) == []

    def test_a_file_that_cannot_be_cut_back_is_left_and_a_new_one_begun(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> int:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        archive = writer(tmp_path)
        pointers = [archive.write(exchange())]
        with monkeypatch.context() as patch:
            patch.setattr(growing, "_write", refuse)
            patch.setattr(os, "ftruncate", refuse)
            with pytest.raises(ArchiveError):
                archive.write(exchange())
        pointers.append(archive.write(exchange()))
        archive.close()
        assert pointers[0].file != pointers[1].file
        recover(tmp_path)
        assert verify(tmp_path, pointers=pointers) == []

    def test_the_systems_own_limit_is_met_in_the_same_way(self, tmp_path: Path) -> None:
        script = """
            import resource, sys
            from datetime import UTC, datetime
            from crawler.archive import ArchiveError, Exchange, WarcWriter, verify
            archive = WarcWriter(sys.argv[1], prefix="k", software="test")
            def write(body):
                return archive.write(Exchange(url="http://a.cn/", started=datetime.now(UTC),
                    response_head=b"HTTP/1.1 200 OK\\r\\n\\r\\n", response_body=body))
            noise = bytes(hash(str(i)) & 255 for i in range(3_000_000))
            pointers = [write(b"small")]
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, resource.RLIM_INFINITY))
            try:
                write(noise)
            except ArchiveError as error:
                print(error)
            pointers.append(write(b"small too"))
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            pointers.append(write(noise))
            archive.close()
            print(verify(sys.argv[1], pointers=pointers))
        """
        run = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
        )
        refused, problems = run.stdout.splitlines()
        assert "no space left (File too large)" in refused
        assert problems == "[]"
        assert warcio_complaints(only_file(tmp_path)) == ""

    def test_a_journal_that_cannot_be_written_is_told_at_flush_and_made_up_for_later(
        self, tmp_path: Path
    ) -> None:
        archive = writer(tmp_path)
        pointer = archive.write(exchange())
        obstacle = tmp_path / f"{pointer.file.removesuffix('.warc.gz')}.cdxj.open"
        obstacle.mkdir()
        with pytest.raises(ArchiveError, match="cannot write"):
            archive.flush()
        obstacle.rmdir()
        archive.close()
        assert verify(tmp_path, pointers=[pointer]) == []
