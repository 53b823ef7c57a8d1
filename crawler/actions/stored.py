"""What the verbs that look into the store share: where it is, and which article is meant."""

from pathlib import Path

from crawler.store import Store, StoreError
from crawler.verbs.verb import NotThereError, UsageError


def open_store(data: str) -> Store:
    """Open the store of a data folder for reading. Raises UsageError where there is none."""
    path = _database(data)
    if not path.is_file():
        raise UsageError(f"there is no archive in {path.parent} (--data says where it is)")
    try:
        return Store.open(path)
    except StoreError as error:
        raise UsageError(str(error)) from None


def has_database(data: str) -> bool:
    """Tell whether there is a database in a data folder."""
    return _database(data).is_file()


def article_meant(store: Store, word: str) -> str:
    """Return the id of the article that an argument means: an id, or an address under which it was seen.

    Raises NotThereError where the store has no such article.
    """
    word = word.encode("utf-8", "replace").decode()  # an argument in another charset is in no database
    if "://" in word:
        identity = store.id_of(word)
    else:
        known = store.article(word.lower())
        identity = known.id if known is not None else None
    if identity is None:
        raise NotThereError(f"there is no article {word or repr(word)} in the store")
    return identity


def _database(data: str) -> Path:
    return Path(data).expanduser() / "dangjian.db"
