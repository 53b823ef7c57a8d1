"""`scrapy extract`."""

from crawler.actions.as_command import VerbCommand
from crawler.verbs.extract import VERB


class Command(VerbCommand):
    """What `crawler/verbs/extract.py` says."""

    verb = VERB
