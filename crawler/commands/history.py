"""`scrapy history`."""

from crawler.actions.as_command import VerbCommand
from crawler.verbs.history import VERB


class Command(VerbCommand):
    """What `crawler/verbs/history.py` says."""

    verb = VERB
