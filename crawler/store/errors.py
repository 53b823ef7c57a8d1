"""What can go wrong with the store, in words a user can act on."""


class StoreError(Exception):
    """The store cannot do what was asked: full disk, locked or foreign database, newer schema, bad target."""


class SiteBusyError(StoreError):
    """Another crawl of the same site is under way; the message names it."""
