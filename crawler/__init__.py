"""dangjian: crawl, archive and read the Chinese Party-building press."""

__version__ = "0.1.0"
