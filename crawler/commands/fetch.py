"""`scrapy fetch`."""

from crawler.actions.as_command import SpiderCommand
from crawler.verbs.fetch import VERB


class Command(SpiderCommand):
    """What `crawler/verbs/fetch.py` says."""

    verb = VERB
