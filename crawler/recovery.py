"""What a kill or a full disk left of a JSON Lines file: a torn last line is cut, articles without a line get
theirs.

A line is written after the commit that holds its article, so a kill between the two leaves an article without
one. The next run of the site finds that article known and unchanged, and would never write it.
"""

import json
import os
from pathlib import Path

from crawler.archive import write_refusal
from crawler.archive.files import sync_folder
from crawler.store import Store


def complete_lines(store: Store, run_id: str, path: Path) -> int:
    """Make a run's JSON Lines file agree with the store.

    Args:
        store: where the run stored its articles.
        run_id: the run, which is over.
        path: its file; made where articles were stored and there is none.

    Returns:
        How many lines were added.

    Raises:
        OSError: the file cannot be read or written; the message says which, and why.
        StoreError: the store cannot be read.
    """
    try:
        added = _complete(store, run_id, path)
    except OSError as error:
        raise OSError(write_refusal(path, error)) from error
    see_on_disk(path)
    return added


def _complete(store: Store, run_id: str, path: Path) -> int:
    written = _cut_and_read(path) if path.exists() else set()
    missing = (one for one in store.articles(run=run_id) if (one.id, one.version) not in written)
    added = 0
    file = None
    try:
        for article in missing:
            if file is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                file = path.open("ab")
            file.write(article.model_dump_json().encode("utf-8", "surrogatepass") + b"\n")
            added += 1
    finally:
        if file is not None:
            file.close()
    return added


def see_on_disk(path: Path) -> None:
    """Return when a file, if it is there, stands on the disk with its name. Raises OSError, as above."""
    try:
        if path.exists():
            with path.open("rb") as file:
                os.fsync(file.fileno())
            sync_folder(path.parent)
    except OSError as error:
        raise OSError(write_refusal(path, error)) from error


def whole_lines(path: Path) -> int | None:
    """Return how many lines a file has; None where the last one is torn. Raises OSError."""
    lines = 0
    last = b"\n"
    if path.exists():
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                lines += piece.count(b"\n")
                last = piece
    return lines if last.endswith(b"\n") else None


def _cut_and_read(path: Path) -> set[tuple[str | None, int | None]]:
    """Cut what follows the last whole record; return id and version of every record before it."""
    written: set[tuple[str | None, int | None]] = set()
    whole = 0
    with path.open("r+b") as file:
        for line in file:
            try:
                record = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                record = None
            if not isinstance(record, dict):
                break
            written.add((record.get("id"), record.get("version")))
            whole += len(line)
        file.truncate(whole)
    return written
