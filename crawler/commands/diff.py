"""`scrapy diff`."""

from crawler.actions.as_command import VerbCommand
from crawler.verbs.diff import VERB


class Command(VerbCommand):
    """What `crawler/verbs/diff.py` says."""

    verb = VERB
