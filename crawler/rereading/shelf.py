"""Anybody's WARC files, made to look like an archive folder of ours for as long as they are read."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from types import TracebackType
from typing import Self

from crawler.archive import ArchivedResponse
from crawler.archive.cdxj import REVISIT_MIME, index_line, sorted_lines

_INDEX = "index.cdxj"


class Shelf:
    """A temporary folder with links to WARC files and an index of the pages that were noted; a context
    manager.

    What cannot be read by its offset, since it shares its gzip member with other records, is not noted.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._stack = ExitStack()
        self.folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="dangjian-")))
        self._lines = self._stack.enter_context(TemporaryFile())  # noqa: SIM115  # closed with the stack
        self.links: dict[Path, str] = {}
        """File -> its name in the folder."""
        for number, file in enumerate(files):
            # Files of different folders may have one name.
            link = self.links.setdefault(file, f"{number:06}-{file.name}")
            if not (self.folder / link).exists():
                (self.folder / link).symlink_to(file.absolute())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def note(self, link: str, response: ArchivedResponse) -> None:
        """Enter a response in the index."""
        if response.offset is None:
            return
        line = index_line(
            response.url,
            response.date.isoformat(timespec="seconds"),
            mime=REVISIT_MIME if response.record_type == "revisit" else response.content_type,
            status=response.status,
            digest=response.payload_digest,
            length=response.length,
            offset=response.offset,
            filename=link,
        )
        self._lines.write(line.encode("utf-8"))

    def finish(self) -> None:
        """Make what was noted known to readers of the folder."""
        self._lines.seek(0)
        with (self.folder / _INDEX).open("wb") as index:
            index.writelines(sorted_lines(self._lines))


def original_name(link: str) -> str:
    """Return the name that a file in the folder had."""
    return link.partition("-")[2] or link
