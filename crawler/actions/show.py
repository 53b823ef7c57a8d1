"""`dangjian show`: an article from the store."""

import argparse

from crawler.actions.printing import print_article, print_json
from crawler.actions.stored import article_meant, open_store
from crawler.console import make_console
from crawler.verbs.verb import NotThereError


def run(args: list[str], opts: argparse.Namespace) -> int:
    """Print. Raises UsageError where there is no archive, NotThereError where it lacks the article."""
    with open_store(opts.data) as store:
        article = store.article(article_meant(store, args[0]), opts.version)
    if article is None:
        raise NotThereError(f"there is no version {opts.version} of {args[0]}")
    if opts.json:
        print_json(article)
    else:
        print_article(article, make_console())
    return 0
