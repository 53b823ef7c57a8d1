"""What the verbs that look into the store share: which article is meant, and since when."""

from crawler.commands.archived import NotThereError, moment
from crawler.store import Store


def article_meant(store: Store, word: str) -> str:
    """Return the id of the article that an argument means: an id, or an address under which it was seen.

    Raises NotThereError where the store has no such article.
    """
    if "://" in word:
        identity = store.id_of(word)
    else:
        known = store.article(word.lower())
        identity = known.id if known is not None else None
    if identity is None:
        raise NotThereError(f"there is no article {word} in the store")
    return identity


def since(text: str) -> str:
    """Read a day or time in the form in which the store compares times; the type of an option.

    Without the Z, which sorts behind the fractions of the same second.
    Raises argparse.ArgumentTypeError for what is none.
    """
    return f"{moment(text):%Y-%m-%dT%H:%M:%S}"
