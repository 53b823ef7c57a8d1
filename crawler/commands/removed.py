"""`scrapy removed`."""

from crawler.actions.as_command import VerbCommand
from crawler.verbs.removed import VERB


class Command(VerbCommand):
    """What `crawler/verbs/removed.py` says."""

    verb = VERB
