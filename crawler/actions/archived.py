"""What the verbs that look into the archive share: where it is, and which address is meant."""

from pathlib import Path

from crawler.actions.stored import open_store
from crawler.verbs.verb import NotThereError, UsageError


def archive_folder(data: str) -> Path:
    """Return the folder of the WARC files. Raises UsageError where there is none."""
    folder = Path(data).expanduser() / "warc"
    if not folder.is_dir():
        raise UsageError(f"there is no archive in {folder.parent} (--data says where it is)")
    return folder


def addresses_meant(data: str, word: str) -> list[str]:
    """Return the addresses that an argument means: itself, or all under which the article of that id was
    seen.

    Raises NotThereError where the store has no such article, UsageError where there is no store.
    """
    word = word.encode("utf-8", "replace").decode()  # an argument in another charset is in no database
    if "://" in word:
        return [word]
    key = word.lower()
    with open_store(data) as store:
        article = store.article(key)
        if article is None:
            raise NotThereError(f"there is no article {word}; an address begins with https:// or http://")
        return list(dict.fromkeys([article.url, *store.addresses(key)]))
