"""`dangjian archive`: verify, repair, pack, list and get what the crawls have kept."""

import argparse
import base64
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler import __version__
from crawler.actions.archived import addresses_meant, archive_folder
from crawler.actions.printing import counted, print_json
from crawler.actions.stored import has_database, open_store
from crawler.archive import (
    ArchivedResponse,
    ArchiveIndex,
    IndexEntry,
    Page,
    pack,
    read_at,
    recover,
    repair,
    verify,
)
from crawler.archive.cdxj import REVISIT_MIME
from crawler.console import make_console
from crawler.items import WarcPointer
from crawler.urls import display_url
from crawler.verbs.verb import FAILED, NotThereError, UsageError

_MENDED_BY_REPAIR = frozenset({"torn", "unfinished", "index", "missing"})
_FILE_OF_SITE = "{}-[0-9]{{14}}-[0-9]{{5}}-"
"""How the name of a site's WARC file begins (`WarcWriter`)."""


def run(args: list[str], opts: argparse.Namespace) -> int:
    """Do it.

    Raises UsageError where there is no archive, NotThereError where it lacks what is asked for, ArchiveError
    or StoreError where it cannot be had.
    """
    return _PARTS[opts.what](archive_folder(opts.data), opts)


def _verify(folder: Path, opts: argparse.Namespace) -> int:
    sizes: dict[str, int] = {}
    with _Progress("verifying") as progress:
        pointers = _Counted(_pointers(opts.data))
        problems = verify(folder, pointers=pointers, progress=progress.adding_to(sizes))
    if opts.json:
        found = [asdict(problem) for problem in problems]
        counts = {"files": len(sizes), "bytes": sum(sizes.values()), "pointers": pointers.count}
        print_json(counts | {"problems": found})
    else:
        for problem in problems:
            print(f"{problem} [{problem.kind}]")
        size = sum(sizes.values()) / 1e6
        print(
            f"{counted(len(sizes), 'file')} with {size:,.1f} MB and {counted(pointers.count, 'pointer')} of "
            f"the database verified, {counted(len(problems), 'problem')}"
        )
        if any(problem.kind in _MENDED_BY_REPAIR for problem in problems):
            print("`dangjian archive repair` mends what is torn, unfinished, missing or wrong in the index")
    return FAILED if problems else 0


def _pointers(data: str) -> Iterator[WarcPointer]:
    """Yield the database's pointers into the archive; none where there is no database."""
    if has_database(data):
        with open_store(data) as store:
            yield from store.pointers()


def _repair(folder: Path, opts: argparse.Namespace) -> int:
    with _Progress("looking through") as progress:
        done = repair(folder, progress=progress)
    if opts.json:
        print_json([asdict(one) for one in done])
    else:
        for one in done:
            print(f"{one}; kept in {one.saved}" if one.saved else str(one))
        if not done:
            print("nothing to mend; `dangjian archive verify` also finds what cannot be mended")
    return 0


def _pack(folder: Path, opts: argparse.Namespace) -> int:
    target = Path(opts.output or f"{opts.site or 'dangjian'}-{datetime.now(UTC):%Y%m%d%H%M%S}.wacz")
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise UsageError(f"{target}: {'is a directory' if target.is_dir() else 'there is no such folder'}")
    recover(folder)  # what a dead crawl has left behind belongs in the pack
    files = None
    if opts.site:
        begins = re.compile(_FILE_OF_SITE.format(re.escape(opts.site)))
        files = sorted(path.name for path in folder.glob("*.warc.gz") if begins.match(path.name))
        if not files:
            raise NotThereError(f"there is no finished WARC file of the site {opts.site} in {folder}")
    with ExitStack() as stack:
        progress = stack.enter_context(_Progress("packing"))
        index = stack.enter_context(ArchiveIndex(folder))
        packed = pack(
            folder,
            target,
            software=f"dangjian/{__version__}",
            pages=_pages(index, opts.data, opts.site),
            files=files,
            title=opts.title or opts.site,
            progress=progress,
        )
    if opts.json:
        print_json(asdict(packed) | {"path": str(packed.path)})
    else:
        print(
            f"{packed.path}: {counted(len(packed.files), 'file')}, {counted(packed.captures, 'capture')}, "
            f"{counted(packed.pages, 'page')}, {packed.size / 1e6:,.1f} MB"
        )
    return 0


def _pages(index: ArchiveIndex, data: str, site: str | None) -> Iterator[Page]:
    """Yield the store's articles as pages of a WACZ file, at the second of their capture."""
    if not has_database(data):
        return
    with open_store(data) as store:
        for article in store.articles(site=site):
            entry = _entry_of(index, article.url, article.warc)
            if entry is not None:
                yield Page(url=entry.url, date=entry.date, title=article.title, text=article.body)


def _list(folder: Path, opts: argparse.Namespace) -> int:
    with ArchiveIndex(folder) as index:
        entries = _captures(index, opts.data, opts.which)
    rows = [_told(entry) for entry in entries]
    if opts.json:
        print_json(rows)
        return 0
    for url in dict.fromkeys(row["url"] for row in rows):
        print(display_url(url))
        for row in rows:
            if row["url"] == url:
                status = row["status"] or "–"
                print(
                    f"  {row['time']}  {status:>3}  {row['kind']:<8}  {row['mime'] or '–':<16}  "
                    f"{row['digest'] or '–'}  {row['file']} at {row['offset']}"
                )
    return 0


def _captures(index: ArchiveIndex, data: str, word: str) -> list[IndexEntry]:
    """Return all captures of what an argument means. Raises NotThereError where there are none."""
    found = {
        entry.place: entry for address in addresses_meant(data, word) for entry in index.captures(address)
    }
    if not found:
        raise NotThereError(f"there is no capture of {word} in {index.folder}")
    return [found[place] for place in sorted(found)]


def _get(folder: Path, opts: argparse.Namespace) -> int:
    with ArchiveIndex(folder) as index:
        captures = _captures(index, opts.data, opts.which)
        entry = captures[-1] if opts.at is None else min(captures, key=lambda one: abs(one.date - opts.at))
        response = read_at(folder, entry.filename, entry.offset, index=index)
    body = response.body if opts.raw else response.entity()
    data = response.head + body if opts.headers else body
    if opts.output:
        try:
            Path(opts.output).write_bytes(data)
        except OSError as error:
            raise UsageError(f"{opts.output}: {error.strerror}") from None
    if opts.json:
        print_json(_told_in_full(response, None if opts.output else body))
    elif not opts.output:
        sys.stdout.buffer.write(data)
    return 0


_PARTS: dict[str, Callable[[Path, argparse.Namespace], int]] = {
    "verify": _verify,
    "repair": _repair,
    "pack": _pack,
    "list": _list,
    "get": _get,
}


def _entry_of(index: ArchiveIndex, url: str, pointer: WarcPointer | None) -> IndexEntry | None:
    """Return the line of the index for the capture that a pointer names; None where it is not there."""
    if pointer is None:
        return None
    place = (pointer.file, pointer.offset)
    return next((entry for entry in index.captures(url) if (entry.filename, entry.offset) == place), None)


def _told(entry: IndexEntry) -> dict[str, Any]:
    kind = "revisit" if entry.mime == REVISIT_MIME else "response" if entry.status else "resource"
    return {
        "url": entry.url,
        "time": f"{entry.date:%Y-%m-%dT%H:%M:%SZ}",
        "status": entry.status,
        "kind": kind,
        "mime": None if kind == "revisit" else entry.mime,
        "digest": entry.digest,
        "file": entry.filename,
        "offset": entry.offset,
        "length": entry.length,
    }


def _told_in_full(response: ArchivedResponse, body: bytes | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "url": response.url,
        "time": f"{response.date:%Y-%m-%dT%H:%M:%S.%fZ}",
        "status": response.status,
        "reason": response.reason,
        "kind": response.record_type,
        "headers": [list(header) for header in response.headers],
        "digest": response.payload_digest,
        "truncated": response.truncated,
        "file": response.file,
        "offset": response.offset,
        "length": response.length,
        "record_id": response.record_id,
    }
    return told if body is None else told | {"body_base64": base64.b64encode(body).decode("ascii")}


class _Counted:
    """Counts what passes."""

    def __init__(self, items: Iterator[WarcPointer]) -> None:
        self._items = items
        self.count = 0

    def __iter__(self) -> Iterator[WarcPointer]:
        for item in self._items:
            self.count += 1
            yield item


class _Progress:
    """Names on the terminal the file that was read last; nothing where nobody looks."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._status = make_console(sys.stderr).status(f"{doing} …")

    def __enter__(self) -> "_Progress":
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def __call__(self, name: str, size: int) -> None:
        self._status.update(f"{self._doing} … {name}, {size / 1e6:,.1f} MB")

    def adding_to(self, sizes: dict[str, int]) -> Callable[[str, int], None]:
        """Return a callback that also notes the sizes."""

        def note(name: str, size: int) -> None:
            sizes[name] = size
            self(name, size)

        return note
