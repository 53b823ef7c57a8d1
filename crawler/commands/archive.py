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
from typing import Any, ClassVar

from rich.console import Console
from scrapy.commands import ScrapyCommand

from crawler import __version__
from crawler.archive import (
    ArchivedResponse,
    ArchiveError,
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
from crawler.commands.archived import (
    NOT_THERE,
    NotThereError,
    addresses_meant,
    archive_folder,
    has_database,
    moment,
)
from crawler.commands.options import Verb, open_store, print_json, usage_error
from crawler.items import WarcPointer
from crawler.store import StoreError
from crawler.urls import display_url

_FAILED = 1
_MENDED_BY_REPAIR = frozenset({"torn", "unfinished", "index", "missing"})
_FILE_OF_SITE = "{}-[0-9]{{14}}-[0-9]{{5}}-"
"""How the name of a site's WARC file begins (`WarcWriter`)."""


class Command(Verb, ScrapyCommand):
    """Look after the archive."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}
    example = "dangjian archive verify"

    def syntax(self) -> str:
        """Return the arguments."""
        return "[options] verify | repair | pack | list | get …"

    def short_desc(self) -> str:
        """Return one line about the verb."""
        return "Verify, repair and pack the archive; list and get captures"

    def long_desc(self) -> str:
        """Return what the help says first."""
        return "`dangjian archive verify --help` tells more of verify, and so on."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add a parser for each of the things that can be done."""
        super().add_options(parser)
        self.prepare(parser, "archive", self.syntax())
        self._parts = parser.add_subparsers(title="what to do", dest="what", metavar="WHAT")
        part = self._part("verify", "check every byte, the index and the database's pointers", _VERIFY)
        part = self._part("repair", "mend torn files and the index; what is cut off is kept", _REPAIR)
        part = self._part("pack", "make one WACZ file, for ReplayWeb.page and other archives", _PACK)
        part.add_argument("--site", metavar="KEY", help="only what was crawled for this site")
        part.add_argument("--output", metavar="F.wacz", help="default: SITE-TIME.wacz in the current folder")
        part.add_argument("--title", metavar="TEXT", help="title of the collection")
        part = self._part("list", "list all captures of an address or an article", _LIST)
        part.add_argument("which", metavar="URL | ARTICLE_ID")
        part = self._part("get", "write out what was captured", _GET)
        part.add_argument("which", metavar="URL | ARTICLE_ID")
        part.add_argument(
            "--at", type=moment, metavar="TIME", help="the capture nearest to this time; default: the latest"
        )
        part.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")
        part.add_argument("--headers", action="store_true", help="status line and headers too, as archived")
        part.add_argument("--raw", action="store_true", help="the body as sent: with gzip and chunks, if any")

    def _part(self, name: str, does: str, texts: tuple[str, str, str]) -> argparse.ArgumentParser:
        """Add the parser of one thing to do: syntax, what its help tells, example."""
        syntax, description, example = texts
        # Without SUPPRESS the part's default would overwrite a --data that stands before its name.
        part = self._parts.add_parser(
            name, help=does, description=description, argument_default=argparse.SUPPRESS
        )
        self.prepare(part, f"archive {name}", syntax)
        part.epilog = f"Example: {example}"
        part.add_argument("--json", action="store_true", help="print JSON")
        part.set_defaults(
            run=getattr(self, f"_{name}"), json=False, site=None, output=None, title=None, at=None
        )
        part.set_defaults(headers=False, raw=False)
        return part

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Put the shared options into the settings."""
        super().process_options(args, opts)
        if not hasattr(opts, "data"):
            opts.data = None
        self.apply(args, opts)
        if opts.what is None:
            raise usage_error("say what to do: archive verify, repair, pack, list or get")
        if args:
            raise usage_error(f"archive {opts.what} takes no {args[0]!r}")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do it. Raises UsageError where there is no archive."""
        assert self.settings is not None
        try:
            self.exitcode = opts.run(archive_folder(self.settings), opts)
        except NotThereError as error:
            print(f"dangjian archive {opts.what}: {error}", file=sys.stderr)
            self.exitcode = NOT_THERE
        except (ArchiveError, StoreError) as error:
            print(f"dangjian archive {opts.what}: {error}", file=sys.stderr)
            self.exitcode = _FAILED

    def _verify(self, folder: Path, opts: argparse.Namespace) -> int:
        sizes: dict[str, int] = {}
        with _Progress("verifying") as progress:
            pointers = _Counted(self._pointers())
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
                f"{len(sizes)} files with {size:,.1f} MB and {pointers.count:,} pointers of the database "
                f"verified, {len(problems)} problems"
            )
            if any(problem.kind in _MENDED_BY_REPAIR for problem in problems):
                print(
                    "`dangjian archive repair` mends what is torn, unfinished, missing or wrong in the index"
                )
        return _FAILED if problems else 0

    def _pointers(self) -> Iterator[WarcPointer]:
        """Yield the database's pointers into the archive; none where there is no database."""
        assert self.settings is not None
        if has_database(self.settings):
            with open_store(self.settings) as store:
                yield from store.pointers()

    def _repair(self, folder: Path, opts: argparse.Namespace) -> int:
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

    def _pack(self, folder: Path, opts: argparse.Namespace) -> int:
        recover(folder)  # what a dead crawl has left behind belongs in the pack
        files = None
        if opts.site:
            begins = re.compile(_FILE_OF_SITE.format(re.escape(opts.site)))
            files = sorted(path.name for path in folder.glob("*.warc.gz") if begins.match(path.name))
            if not files:
                raise NotThereError(f"there is no finished WARC file of the site {opts.site} in {folder}")
        target = Path(opts.output or f"{opts.site or 'dangjian'}-{datetime.now(UTC):%Y%m%d%H%M%S}.wacz")
        with ExitStack() as stack:
            progress = stack.enter_context(_Progress("packing"))
            index = stack.enter_context(ArchiveIndex(folder))
            packed = pack(
                folder,
                target,
                software=f"dangjian/{__version__}",
                pages=self._pages(index, opts.site),
                files=files,
                title=opts.title or opts.site,
                progress=progress,
            )
        if opts.json:
            print_json(asdict(packed) | {"path": str(packed.path)})
        else:
            print(
                f"{packed.path}: {len(packed.files)} files, {packed.captures:,} captures, "
                f"{packed.pages:,} pages, {packed.size / 1e6:,.1f} MB"
            )
        return 0

    def _pages(self, index: ArchiveIndex, site: str | None) -> Iterator[Page]:
        """Yield the store's articles as pages of a WACZ file, at the second of their capture."""
        assert self.settings is not None
        if not has_database(self.settings):
            return
        with open_store(self.settings) as store:
            for article in store.articles(site=site):
                entry = _entry_of(index, article.url, article.warc)
                if entry is not None:
                    yield Page(url=entry.url, date=entry.date, title=article.title, text=article.body)

    def _list(self, folder: Path, opts: argparse.Namespace) -> int:
        with ArchiveIndex(folder) as index:
            entries = self._captures(index, opts.which)
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

    def _captures(self, index: ArchiveIndex, word: str) -> list[IndexEntry]:
        """Return all captures of what an argument means. Raises NotThereError where there are none."""
        assert self.settings is not None
        found = {
            entry.place: entry
            for address in addresses_meant(self.settings, word)
            for entry in index.captures(address)
        }
        if not found:
            raise NotThereError(f"there is no capture of {word} in {index.folder}")
        return [found[place] for place in sorted(found)]

    def _get(self, folder: Path, opts: argparse.Namespace) -> int:
        with ArchiveIndex(folder) as index:
            captures = self._captures(index, opts.which)
            if opts.at is None:
                entry = captures[-1]
            else:
                entry = min(captures, key=lambda one: abs(one.date - opts.at))
            response = read_at(folder, entry.filename, entry.offset, index=index)
        body = response.body if opts.raw else response.entity()
        data = response.head + body if opts.headers else body
        if opts.output:
            try:
                Path(opts.output).write_bytes(data)
            except OSError as error:
                raise ArchiveError(f"{opts.output} cannot be written: {error.strerror}") from None
        if opts.json:
            print_json(_told_in_full(response, None if opts.output else body))
        elif not opts.output:
            sys.stdout.buffer.write(data)
        return 0


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
        self._status = Console(stderr=True).status(f"{doing} …")

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


_VERIFY = (
    "[options]",
    "Read every byte of the archive and name what is wrong: gzip members, record headers, digests, revisits "
    "without payload, the index, and the database's pointers. Nothing is changed. Exit code 1 where "
    "something is wrong.",
    "dangjian archive verify --json",
)
_REPAIR = (
    "[options]",
    "Finish the files of dead crawls, cut off torn ends (the bytes are kept beside the file) and write wrong "
    "indexes anew. Files that a crawl is writing are left alone.",
    "dangjian archive repair",
)
_PACK = (
    "[options]",
    "Pack the WARC files, with those that hold the payloads of their revisits, the index and the list of "
    "articles, into one WACZ file.",
    "dangjian archive pack --site cpc71 --output cpc71.wacz",
)
_LIST = (
    "[options] URL | ARTICLE_ID",
    "Print time (UTC), status, kind, media type, digest and place of every capture, oldest first. Exit "
    "code 3 where there is none.",
    "dangjian archive list https://www.12371.cn/2024/01/01/ARTI1704067200000000.shtml",
)
_GET = (
    "[options] URL | ARTICLE_ID",
    "Write the body of a capture as a browser would see it. TIME is 2024-05-10, 2024-05-10T08:00 or "
    "20240510080000, in UTC unless it says otherwise. With --json its description is printed, with the body "
    "in base 64 unless --output takes it. Exit code 3 where there is no capture.",
    "dangjian archive get --at 2024-05-10 --output page.html https://www.12371.cn/djyw/",
)
