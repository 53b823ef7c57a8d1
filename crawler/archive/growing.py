"""One WARC file while it grows: appended to record by record, never torn by its own writer."""

import os
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from crawler.archive.cdxj import Journal
from crawler.archive.errors import ArchiveError, write_refusal
from crawler.archive.files import OPEN_SUFFIX, lock_file, sync_folder
from crawler.archive.records import new_record_id


class GrowingFile:
    """One WARC file while it grows: a locked descriptor, the size of its whole records, and its index."""

    def __init__(self, path: Path, name: str, descriptor: int) -> None:
        self.path = path
        self.name = name
        """The name it will have when it is finished."""
        self.size = 0
        """Bytes of its whole records."""
        self.broken = False
        """Whether torn bytes stand at its end that could not be cut off."""
        self.warcinfo_id = new_record_id()
        """Record id of its first record."""
        self.journal = Journal(path.with_name(name))
        self._descriptor = descriptor
        self._open = Lock()
        """Held where the descriptor must stay open, and where it is closed."""
        self._is_open = True
        self._is_named = False
        """Whether the file's name is on the disk."""

    @classmethod
    def create(cls, folder: Path, name: str) -> "GrowingFile | None":
        """Make and lock a new file; None where the name is taken, also by `recover` in the moment between."""
        path = folder / f"{name}{OPEN_SUFFIX}"
        if (folder / name).exists():
            return None
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            return None
        except OSError as error:
            raise _refused(path, error) from error
        if lock_file(descriptor, path):
            return cls(path, name, descriptor)
        os.close(descriptor)
        return None

    def append(self, members: Iterable[Iterable[bytes]]) -> tuple[int, int]:
        """Append records; return offset and length of the first.

        All or nothing: cut back on any failure. Raises ArchiveError where the system refuses.
        """
        start = self.size
        position = start
        first_length = 0
        pending: list[bytes] = []
        pending_size = 0
        try:
            for index, member in enumerate(members):
                for piece in member:
                    pending.append(piece)
                    pending_size += len(piece)
                    position += len(piece)
                    if pending_size >= 1 << 20:
                        self._write_all(b"".join(pending))
                        pending, pending_size = [], 0
                if index == 0:
                    first_length = position - start
            self._write_all(b"".join(pending))
            self.size = position
        except BaseException as error:
            self._cut_back(start)
            if isinstance(error, OSError):
                raise _refused(self.path, error) from error
            raise
        return start, first_length

    def _write_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[_write(self._descriptor, view) :]

    def _cut_back(self, size: int) -> None:
        """Take the torn record off; should even that fail, the file is left to `recover`, which does the
        same."""
        self.size = size
        try:
            os.ftruncate(self._descriptor, size)
            os.lseek(self._descriptor, size, os.SEEK_SET)
        except OSError:
            self.broken = True

    def flush(self, *, sync: bool) -> None:
        """Hand the index to the system, and with `sync` see the records on the disk. Raises ArchiveError."""
        try:
            self.journal.flush()
        except OSError as error:
            raise _refused(self.path, error) from error
        if sync:
            self.sync()

    def sync(self) -> None:
        """See on the disk what was appended so far; other threads may call it too. Raises ArchiveError."""
        try:
            with self._open:
                if not self._is_open:
                    return  # it was seen there when it was finished
                os.fsync(self._descriptor)
                if not self._is_named:
                    sync_folder(self.path.parent)
                    self._is_named = True
        except OSError as error:
            raise _refused(self.path, error) from error

    def finish(self) -> None:
        """See the file on the disk, sort its index, give it its final name. Raises ArchiveError.

        After a failure the file keeps the name of an open one, and `recover` finishes it.
        """
        try:
            os.fsync(self._descriptor)
            self.journal.finish()
            self.path.rename(self.path.with_name(self.name))
            sync_folder(self.path.parent)
        except OSError as error:
            raise _refused(self.path, error) from error
        finally:
            self._close()

    def abandon(self) -> None:
        """Leave the file to `recover`."""
        self._close()

    def discard(self) -> None:
        """Remove a file that holds no whole record."""
        self.path.unlink(missing_ok=True)
        self._close()

    def _close(self) -> None:
        with self._open:
            self._is_open = False
            os.close(self._descriptor)


def _write(descriptor: int, data: memoryview) -> int:
    """Write to the file; a seam for tests of a full disk."""
    return os.write(descriptor, data)


def _refused(path: Path, error: OSError) -> ArchiveError:
    return ArchiveError(write_refusal(path, error))
