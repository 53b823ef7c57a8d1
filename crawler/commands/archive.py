"""`scrapy archive`."""

from crawler.actions.as_command import VerbCommand
from crawler.verbs.archive import VERB


class Command(VerbCommand):
    """What `crawler/verbs/archive.py` says."""

    verb = VERB
