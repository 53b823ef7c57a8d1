"""`scrapy crawl`."""

from crawler.actions.as_command import FeedsCommand
from crawler.verbs.crawl import VERB


class Command(FeedsCommand):
    """What `crawler/verbs/crawl.py` says."""

    verb = VERB
