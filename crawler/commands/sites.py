"""`scrapy sites`."""

from crawler.actions.as_command import VerbCommand
from crawler.verbs.sites import VERB


class Command(VerbCommand):
    """What `crawler/verbs/sites.py` says."""

    verb = VERB
