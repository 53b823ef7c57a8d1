"""Pack WARC files into one WACZ file, which ReplayWeb.page and pywb open as it is.

Format: WACZ 1.1.1, https://specs.webrecorder.net/wacz/1.1.1/. It is written here and not by the `wacz`
package, which would bring a data-package framework and a text extractor along and index every record anew;
the index exists already.
"""

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from isal import igzip_lib

from crawler.archive.cdxj import REVISIT_MIME, parse_line
from crawler.archive.errors import ArchiveError
from crawler.archive.files import OPEN_SUFFIX, warc_files
from crawler.archive.index import ArchiveIndex

WACZ_VERSION = "1.1.1"

_LINES_A_BLOCK = 300
_COPY = 1 << 20
_NOT_IN_NAME = re.compile(r"[^-a-z0-9._/]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One entry of the list of pages that a WACZ file opens with."""

    url: str
    """Address of the page."""
    date: datetime
    """When it was captured; must carry a time zone. Replay looks for the capture of that second."""
    title: str | None = None
    """Headline."""
    text: str | None = None
    """Text for the full-text search of ReplayWeb.page."""


@dataclass(frozen=True, slots=True)
class Pack:
    """What was packed."""

    path: Path
    """The WACZ file."""
    files: list[str]
    """Names of the WARC files in it."""
    captures: int
    """Lines of its index."""
    pages: int
    """Entries of its list of pages."""
    size: int
    """Its size in bytes."""


def pack(
    folder: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    software: str,
    pages: Iterable[Page] = (),
    files: Iterable[str] | None = None,
    title: str | None = None,
    description: str | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> Pack:
    """Pack finished WARC files of an archive folder into one WACZ file.

    `files` are the names of those to pack, all of the folder without it; files that hold the payloads of
    their revisit records are packed too. `software` names the program for the package's description, `pages`
    fills the list of pages. `progress` is called with the name and size in bytes of each file packed. Memory
    stays flat.

    Raises ArchiveError where a file is not there or not finished, nothing is to be packed, or the system
    refuses; an older file of the target's name is then still there.
    """
    folder, target = Path(folder), Path(target)
    with ArchiveIndex(folder) as index:
        names = _with_payloads(index, _chosen(folder, files))
        if not names:
            raise ArchiveError(f"{folder}: no finished WARC file to pack")
        part = target.with_name(f"{target.name}.{os.getpid()}.part")
        try:
            with zipfile.ZipFile(part, "w") as archive:
                package = _Package(archive)
                captures = _write_index(package, index, names)
                count = _write_pages(package, pages)
                for name in sorted(names):
                    size = package.copy(folder / name, f"archive/{name}")
                    if progress is not None:
                        progress(name, size)
                package.finish(software=software, title=title, description=description)
            part.replace(target)
        except OSError as error:
            raise ArchiveError(f"{target}: cannot pack: {error.strerror or error}") from error
        finally:
            part.unlink(missing_ok=True)
    return Pack(target, sorted(names), captures, count, target.stat().st_size)


def _chosen(folder: Path, files: Iterable[str] | None) -> set[str]:
    finished = {path.name for path in warc_files(folder) if not path.name.endswith(OPEN_SUFFIX)}
    if files is None:
        return finished
    chosen = set(files)
    for name in sorted(chosen - finished):
        raise ArchiveError(f"{folder / name}: there is no finished WARC file of that name")
    return chosen


def _with_payloads(index: ArchiveIndex, names: set[str]) -> set[str]:
    """Return the names with those of the files that hold payloads which revisit records of the first refer
    to."""
    wanted: set[str] = set()
    here: set[str] = set()
    for entry in index.entries():
        if entry.filename in names and entry.digest:
            (wanted if entry.mime == REVISIT_MIME else here).add(entry.digest)
    wanted -= here
    more: dict[str, str] = {}
    if wanted:
        for entry in index.entries():
            if entry.mime != REVISIT_MIME and entry.digest in wanted:
                more.setdefault(entry.digest, entry.filename)
    return names | set(more.values())


def _write_index(package: "_Package", index: ArchiveIndex, names: set[str]) -> int:
    """Write the index in gzip blocks of some hundred lines, and the index of the blocks."""
    blocks = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    captures = 0
    with package.member("indexes/index.cdx.gz", compress=False) as write:
        offset = 0
        for lines in _blocks(
            line for line in index.replay_lines() if (e := parse_line(line)) and e.filename in names
        ):
            captures += len(lines)
            block = igzip_lib.compress(b"".join(lines), 2, igzip_lib.COMP_GZIP)
            write(block)
            key, timestamp, _ = lines[0].decode("utf-8").split(" ", 2)
            place = {
                "offset": offset,
                "length": len(block),
                "digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
                "filename": "index.cdx.gz",
            }
            blocks.append(f"{key} {timestamp} {json.dumps(place)}\n")
            offset += len(block)
    with package.member("indexes/index.idx") as write:
        write("".join(blocks).encode("utf-8"))
    return captures


def _blocks(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    block: list[bytes] = []
    for line in lines:
        block.append(line)
        if len(block) == _LINES_A_BLOCK:
            yield block
            block = []
    if block:
        yield block


def _write_pages(package: "_Package", pages: Iterable[Page]) -> int:
    count = 0
    with package.member("pages/pages.jsonl") as write:
        for page in pages:
            if count == 0:
                write(
                    _json_line(
                        {
                            "format": "json-pages-1.0",
                            "id": "pages",
                            "title": "Pages",
                            "hasText": bool(page.text),
                        }
                    )
                )
            count += 1
            moment = page.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            entry = {
                "id": f"page-{count}",
                "url": page.url,
                "ts": moment,
                "title": page.title,
                "text": page.text,
            }
            write(_json_line({key: value for key, value in entry.items() if value is not None}))
        if count == 0:
            write(_json_line({"format": "json-pages-1.0", "id": "pages", "title": "Pages"}))
    return count


def _json_line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


class _Package:
    """A ZIP file that notes what is put into it, and then describes it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._resources: list[dict[str, Any]] = []

    @contextmanager
    def member(self, path: str, *, compress: bool = True) -> Iterator[Callable[[bytes], None]]:
        """Write a member piece by piece. What replay reads by offset must not be compressed again."""
        digest = hashlib.sha256()
        size = 0
        with self._open(path, compress=compress) as out:

            def write(piece: bytes) -> None:
                nonlocal size
                out.write(piece)
                digest.update(piece)
                size += len(piece)

            yield write
        self._resources.append(
            {
                "name": _NOT_IN_NAME.sub("-", path.rpartition("/")[2].lower()),
                "path": path,
                "hash": f"sha256:{digest.hexdigest()}",
                "bytes": size,
            }
        )

    def copy(self, source: Path, path: str) -> int:
        """Put a file into the package; return its size."""
        size = 0
        with source.open("rb") as file, self.member(path, compress=False) as write:
            while piece := file.read(_COPY):
                write(piece)
                size += len(piece)
        return size

    def finish(self, *, software: str, title: str | None, description: str | None) -> None:
        """Write the description of the package, and the digest of the description."""
        description_of = {
            "profile": "data-package",
            "title": title,
            "description": description,
            "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "wacz_version": WACZ_VERSION,
            "software": software,
            "resources": self._resources,
        }
        data = json.dumps(
            {k: v for k, v in description_of.items() if v is not None}, indent=2, ensure_ascii=False
        )
        package = data.encode("utf-8", "replace")
        with self._open("datapackage.json") as out:
            out.write(package)
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
        with self._open("datapackage-digest.json") as out:
            out.write(json.dumps(digest, indent=2).encode("ascii"))

    def _open(self, path: str, *, compress: bool = True) -> IO[bytes]:
        now = datetime.now(UTC)
        info = zipfile.ZipInfo(path, (now.year, now.month, now.day, now.hour, now.minute, now.second))
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        return self._archive.open(info, "w", force_zip64=True)
