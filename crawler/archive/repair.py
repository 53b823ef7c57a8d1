"""Make an archive whole again: torn tails cut off and kept, files of dead processes finished, the index
rebuilt."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crawler.archive.cdxj import parse_line, sorted_lines
from crawler.archive.errors import ArchiveError
from crawler.archive.files import (
    OPEN_SUFFIX,
    final_name,
    index_lock,
    index_path,
    is_being_written,
    journal_path,
    lock_file,
    sync_folder,
    warc_files,
    write_whole,
)
from crawler.archive.index import ArchiveIndex
from crawler.archive.survey import Survey, survey_file
from crawler.archive.verify import Tally, absent_files, index_tallies

_COPY = 1 << 20
# A leftover of an interrupted rewrite is nobody's any more when it is older than this (seconds).
_STALE = 3600


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that was mended."""

    file: str
    """Name of the file."""
    message: str
    """What was done, in one line."""
    saved: str | None = None
    """Name of the file that holds the bytes that were cut off."""

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


def recover(folder: str | os.PathLike[str]) -> list[Repair]:
    """Finish the files that dead processes have left behind; a quick look where there are none.

    Each is cut back to its last whole record, the torn bytes kept beside it, indexed, and given its final
    name. Files that a living process writes are left alone, and two processes may do this at once. WarcWriter
    does it first of all. Raises ArchiveError where the system refuses; whatever was not done is done next
    time.
    """
    done: list[Repair] = []
    folder = Path(folder)
    for path in warc_files(folder):
        if not path.name.endswith(OPEN_SUFFIX):
            continue
        with _refusals(path), _locked(path) as mine:
            if mine:
                done += _finish(path)
    return done


def repair(
    folder: str | os.PathLike[str], *, progress: Callable[[str, int], None] | None = None
) -> list[Repair]:
    """Mend what can be mended in an archive folder, and return what was done; a second run finds nothing to
    do.

    As `recover`, and for every file: a torn tail is cut off, its bytes kept in `….<offset>.torn`, and the
    index of a file is written anew where it is missing or wrong. Damage in the middle of a file, wrong
    digests and lost payloads cannot be mended; `verify` names them. Reads the whole archive; `progress` as in
    `verify`. Raises ArchiveError.
    """
    folder = Path(folder)
    done = recover(folder)
    with _refusals(folder), index_lock(folder, wait=True):
        expected: dict[str, Tally] = {}
        for path in warc_files(folder):
            if is_being_written(path):
                continue
            survey = Survey(final_name(path))
            tally = expected[survey.name] = Tally()
            for line in survey_file(path, survey=survey, digests=False):
                tally.add(line)
            if survey.torn_at is not None:
                done.append(_cut(path, survey.torn_at))
            if progress is not None:
                progress(survey.name, survey.size)
        done += _mend_index(folder, expected)
        _sweep(folder)
    return done


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"{path}: cannot repair: {error.strerror}") from error


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        # Finished meanwhile, or another user's: a crawl must not fail for it, and `verify` names it.
        yield False
        return
    try:
        yield lock_file(descriptor, path)
    finally:
        os.close(descriptor)


def _finish(path: Path) -> Iterator[Repair]:
    """Finish one file whose writer has died; its lock is held."""
    survey = Survey(final_name(path))
    write_whole(index_path(path), sorted_lines(survey_file(path, survey=survey, digests=False)))
    if survey.torn_at is not None:
        yield _cut(path, survey.torn_at)
    if path.stat().st_size == 0:
        index_path(path).unlink(missing_ok=True)
        path.unlink()
        message = "removed: it held no whole record"
    else:
        path.rename(path.with_name(survey.name))
        message = f"finished with {survey.records} records; the process that wrote it had died"
    journal_path(path).unlink(missing_ok=True)
    sync_folder(path.parent)
    yield Repair(survey.name, message)


def _cut(path: Path, offset: int) -> Repair:
    """Cut a file back to its last whole record; the rest is copied first, and seen on the disk."""
    saved = path.with_name(f"{final_name(path)}.{offset}.torn")
    with path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(offset)
        write_whole(saved, iter(lambda: file.read(_COPY), b""))
        file.truncate(offset)
        os.fsync(file.fileno())
    message = f"{size - offset} torn bytes behind offset {offset} cut off"
    return Repair(final_name(path), message, saved.name)


def _mend_index(folder: Path, expected: dict[str, Tally]) -> Iterator[Repair]:
    """Write the index of those files anew whose lines are not what they must be, and drop lines of absent
    files."""
    paths = {final_name(path): path for path in warc_files(folder)}
    with ArchiveIndex(folder) as index:
        found = index_tallies(index)
    wrong = {name for name, tally in expected.items() if found.get(name, Tally()) != tally}
    gone = absent_files(folder, found.keys() - paths.keys())
    for path in folder.glob("*.cdxj") if wrong or gone else ():
        _drop_lines(path, wrong.union(gone))
    for name in sorted(wrong):
        lines = sorted_lines(survey_file(paths[name], survey=Survey(name), digests=False))
        write_whole(index_path(paths[name]), lines)
        yield Repair(name, f"index written anew, {expected[name].count} captures")
    for name in gone:
        yield Repair(name, f"{found[name].count} captures taken out of the index: there is no such file")
    for name in expected:
        journal_path(paths[name]).unlink(missing_ok=True)


def _drop_lines(path: Path, names: set[str]) -> None:
    """Take the lines of some files, and those that are none, out of a sorted index file."""
    with path.open("rb") as file:
        keeps = all((entry := parse_line(line)) and entry.filename not in names for line in file)
    if keeps:
        return
    with path.open("rb") as file:
        kept = (line for line in file if (entry := parse_line(line)) and entry.filename not in names)
        write_whole(path, kept)
    if path.stat().st_size == 0:
        path.unlink()


def _sweep(folder: Path) -> None:
    """Remove what interrupted rewrites have left."""
    for path in folder.glob("*.part"):
        if time.time() - path.stat().st_mtime > _STALE:
            path.unlink(missing_ok=True)
