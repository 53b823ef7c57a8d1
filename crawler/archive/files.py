"""The files of an archive folder: their names, their locks, and writing them whole or not at all.

| name | what it is |
|---|---|
| `<prefix>-<UTC time>-<serial>-<host>-<pid>.warc.gz` | a finished WARC file |
| `….warc.gz.open` | one that is being written, or whose writer died |
| `….cdxj`, `….cdxj.open` | its index, sorted; its index while it grows |
| `index.cdxj` | the merged index of finished files |
| `….warc.gz.<offset>.torn` | bytes that `repair` has cut off |
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from crawler.archive.errors import ArchiveError

OPEN_SUFFIX = ".open"
INDEX_NAME = "index.cdxj"

_LOCK_NAME = ".index.lock"
_WARC_SUFFIXES = (".warc.gz", ".warc")


def final_name(path: Path) -> str:
    """Return the name a WARC file has, or will have, when it is finished."""
    return path.name.removesuffix(OPEN_SUFFIX)


def index_path(warc: Path) -> Path:
    """Return the path of the sorted index file that belongs to a WARC file."""
    name = final_name(warc).removesuffix(".gz").removesuffix(".warc")
    return warc.with_name(f"{name}.cdxj")


def journal_path(warc: Path) -> Path:
    """Return the path of the index of a WARC file while it grows."""
    path = index_path(warc)
    return path.with_name(path.name + OPEN_SUFFIX)


def warc_files(folder: str | os.PathLike[str]) -> list[Path]:
    """Return the WARC files of a folder by name, unfinished ones too. Raises ArchiveError without the
    folder."""
    try:
        return sorted(path for path in Path(folder).iterdir() if final_name(path).endswith(_WARC_SUFFIXES))
    except OSError as error:
        raise ArchiveError(f"{folder}: cannot read the archive's folder: {error.strerror}") from error


def archive_file(folder: str | os.PathLike[str], name: str) -> Path:
    """Return the path of a WARC file in the archive, finished or still being written.

    Raises ArchiveError for a name that leads out of the folder, or of a file that is not there.
    """
    pure = PurePosixPath(name)
    if not name or pure.is_absolute() or ".." in pure.parts or "\x00" in name:
        raise ArchiveError(f"no name of a file in the archive: {name[:200]!r}")
    path = Path(folder, pure)
    # A file may get its final name between the first look and the second.
    for candidate in (path, path.with_name(path.name + OPEN_SUFFIX), path):
        if candidate.is_file():
            return candidate
    raise ArchiveError(f"{path}: there is no such file in the archive")


def has_file(folder: Path, name: str) -> bool:
    """Whether there is a WARC file of that name in the archive, finished or not."""
    try:
        archive_file(folder, name)
    except ArchiveError:
        return False
    return True


def write_whole(path: Path, lines: Iterable[bytes]) -> None:
    """Write a file that is either there in full, on the disk, or not at all. Raises OSError."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """See new names and renames in a folder on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lock_file(descriptor: int, path: Path) -> bool:
    """Lock an open file; False where another process has it, or where the path is no longer that file.

    The lock is on the open file: it goes with the descriptor, also when the process is killed.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except OSError:
        return False


def is_being_written(path: Path) -> bool:
    """Whether a living process writes the WARC file."""
    if not path.name.endswith(OPEN_SUFFIX):
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not lock_file(descriptor, path)
    finally:
        os.close(descriptor)


@contextmanager
def index_lock(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the folder's lock for changes of the merged index; yields False where it is held and `wait` is not
    set."""
    descriptor = os.open(folder / _LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
