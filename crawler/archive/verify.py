"""Verify an archive: every byte of every file, the index against the files, and the caller's pointers."""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crawler.archive.cdxj import IndexEntry, parse_line
from crawler.archive.errors import ArchiveError
from crawler.archive.files import (
    OPEN_SUFFIX,
    archive_file,
    final_name,
    has_file,
    is_being_written,
    warc_files,
)
from crawler.archive.index import ArchiveIndex
from crawler.archive.members import DamagedError, open_warc, read_records
from crawler.archive.survey import Problem, Survey, survey_file
from crawler.items import WarcPointer

_OPEN_FILES = 16
_MASK = (1 << 64) - 1


@dataclass(slots=True)
class Tally:
    """Number and order-independent checksum of a file's index lines: equal sets of lines have equal
    tallies."""

    count: int = 0
    checksum: int = 0

    def add(self, line: bytes) -> None:
        """Count a line."""
        self.count += 1
        digest = hashlib.blake2b(line, digest_size=8).digest()
        self.checksum = (self.checksum + int.from_bytes(digest, "big")) & _MASK


def verify(
    folder: str | os.PathLike[str],
    *,
    pointers: Iterable[WarcPointer] = (),
    progress: Callable[[str, int], None] | None = None,
) -> list[Problem]:
    """Check an archive folder and return what is wrong, in the order of files and offsets; empty where
    nothing is.

    Checked are gzip members, record headers and lengths, block and payload digests, revisit records (is their
    payload here?), the index against the files, line by line, and every pointer of `pointers` (the database's
    side) against the record it names (without record id: the place and digest). A file that another process
    is writing is checked as far as it is whole. `progress` is called with the name and size in bytes of each
    file that has been read.

    Nothing is changed. Memory does not grow with the archive. Raises ArchiveError where the folder cannot be
    read.
    """
    problems: list[Problem] = []
    expected: dict[str, Tally] = {}
    being_written: set[str] = set()
    with ArchiveIndex(folder) as index:
        for path in warc_files(folder):
            survey = Survey(final_name(path))
            living = is_being_written(path)
            tally = expected.setdefault(survey.name, Tally())
            for line in survey_file(path, survey=survey):
                tally.add(line)
            problems += _file_problems(path, survey, living=living)
            problems += _lost_payloads(survey, index)
            if living:
                being_written.add(survey.name)
            if progress is not None:
                progress(survey.name, survey.size)
        problems += _index_problems(Path(folder), index, expected, being_written)
    problems += _pointer_problems(folder, pointers)
    return problems


def _file_problems(path: Path, survey: Survey, *, living: bool) -> Iterator[Problem]:
    if living:
        yield from (problem for problem in survey.problems if problem.kind != "torn")
        return
    yield from survey.problems
    if path.name.endswith(OPEN_SUFFIX):
        yield Problem(
            survey.name, None, "unfinished", "the process that wrote it has died; repair will finish it"
        )


def _lost_payloads(survey: Survey, index: ArchiveIndex) -> Iterator[Problem]:
    for offset, url, date, digest in survey.revisits:
        if index.original(url, date, digest) is None:
            yield Problem(
                survey.name,
                offset,
                "revisit",
                f"the payload it refers to is not in the archive ({url}, {date})",
            )


def index_tallies(index: ArchiveIndex) -> dict[str, Tally]:
    """Return the tally of the index's lines for each file that they name."""
    found: dict[str, Tally] = {}
    for line in index.lines():
        entry = parse_line(line)
        if entry is not None:
            found.setdefault(entry.filename, Tally()).add(line)
    return found


def absent_files(folder: Path, names: Iterable[str]) -> list[str]:
    """Return those names of WARC files, sorted, under which there is none, finished or not."""
    return [name for name in sorted(names) if not has_file(folder, name)]


def _index_problems(
    folder: Path, index: ArchiveIndex, expected: dict[str, Tally], being_written: set[str]
) -> Iterator[Problem]:
    found = index_tallies(index)
    for name in absent_files(folder, found.keys() - expected.keys()):
        yield Problem(
            name, None, "missing", f"the index has {found[name].count} captures in it; the file is not there"
        )
    wrong = {name for name, tally in expected.items() if found.get(name, Tally()) != tally} - being_written
    for name in sorted(wrong):
        yield from _index_differences(folder, name, index)


def _index_differences(folder: Path, name: str, index: ArchiveIndex) -> Iterator[Problem]:
    """Name the lines by which the index of one file differs from what the file holds."""
    survey = Survey(name)
    right = set(survey_file(archive_file(folder, name), survey=survey, digests=False))
    there = {line for line in index.lines() if (entry := parse_line(line)) and entry.filename == name}
    for what, lines in (
        ("a capture is not in the index", right - there),
        ("a line of the index is wrong", there - right),
    ):
        for entry in sorted(filter(None, map(parse_line, lines)), key=_by_offset):
            yield Problem(name, entry.offset, "index", f"{what} ({entry.url})")


def _by_offset(entry: IndexEntry) -> int:
    return entry.offset


def _pointer_problems(folder: str | os.PathLike[str], pointers: Iterable[WarcPointer]) -> Iterator[Problem]:
    with _Files(folder) as files:
        for pointer in pointers:
            message = files.what_is_wrong(pointer)
            if message is not None:
                yield Problem(pointer.file, pointer.offset, "pointer", message)


class _Files:
    """The files that pointers lead into, a few of them open at a time."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = folder
        self._open: OrderedDict[str, BinaryIO] = OrderedDict()

    def __enter__(self) -> "_Files":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()

    def what_is_wrong(self, pointer: WarcPointer) -> str | None:
        """Return why a pointer does not lead to its record; None where it does."""
        if pointer.offset < 0:
            return "no record begins there"
        try:
            file = self._file(pointer.file)
            file.seek(pointer.offset)
            record = next(read_records(file, name=pointer.file, offset=pointer.offset), None)
        except DamagedError as error:
            return f"no record can be read there: {error.what}"
        except (ArchiveError, OSError) as error:
            return str(error)
        if record is None or record.offset != pointer.offset:
            return "no record begins there"
        if pointer.record_id and record.record_id != pointer.record_id:
            return f"record {record.record_id} stands there, not {pointer.record_id}"
        digest = record.get("warc-payload-digest")
        if pointer.payload_digest and digest != pointer.payload_digest:
            return f"its payload has the digest {digest}, not {pointer.payload_digest}"
        return None

    def _file(self, name: str) -> BinaryIO:
        file = self._open.pop(name, None) or open_warc(archive_file(self._folder, name))
        self._open[name] = file
        if len(self._open) > _OPEN_FILES:
            self._open.popitem(last=False)[1].close()
        return file
