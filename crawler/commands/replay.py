"""`scrapy replay`."""

from crawler.actions.as_command import VerbCommand
from crawler.verbs.replay import VERB


class Command(VerbCommand):
    """What `crawler/verbs/replay.py` says."""

    verb = VERB
