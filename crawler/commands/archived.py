"""What the verbs that look into the archive share: where it is, and which address and moment are meant."""

import argparse
import re
from datetime import UTC, datetime
from pathlib import Path

from scrapy.settings import Settings

from crawler.commands.options import open_store, usage_error

NOT_THERE = 3
"""Exit code where the archive does not have what was asked for."""
_TIMESTAMP = re.compile(r"\d{4}(?:\d\d){0,5}")
_EARLIEST = "00000101000000"


class NotThereError(Exception):
    """The archive does not have what was asked for; the message says what, in one line."""


def archive_folder(settings: Settings) -> Path:
    """Return the folder of the WARC files. Raises UsageError where there is none."""
    folder = Path(settings["DANGJIAN_DATA"]).expanduser() / "warc"
    if not folder.is_dir():
        raise usage_error(f"there is no archive in {folder.parent} (--data says where it is)")
    return folder


def has_database(settings: Settings) -> bool:
    """Tell whether a database stands beside the archive."""
    return (Path(settings["DANGJIAN_DATA"]).expanduser() / "dangjian.db").is_file()


def addresses_meant(settings: Settings, word: str) -> list[str]:
    """Return the addresses that an argument means: itself, or all under which the article of that id was
    seen.

    Raises NotThereError where the store has no such article, UsageError where there is no store.
    """
    if "://" in word:
        return [word]
    key = word.lower()
    with open_store(settings) as store:
        article = store.article(key)
        if article is None:
            raise NotThereError(f"there is no article {word}; an address begins with https:// or http://")
        return list(dict.fromkeys([article.url, *store.addresses(key)]))


def moment(text: str) -> datetime:
    """Read a point in time: ISO 8601, or a timestamp of 4 to 14 digits as replay addresses have; without
    time zone it is UTC.

    Raises argparse.ArgumentTypeError, so that it can be the type of an option.
    """
    try:
        if _TIMESTAMP.fullmatch(text):
            whole = text + _EARLIEST[len(text) :]
            return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        read = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time; write 2024-05-10, 2024-05-10T08:00 or 20240510080000"
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
