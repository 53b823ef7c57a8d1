"""`scrapy reextract`."""

from crawler.actions.as_command import VerbCommand
from crawler.verbs.reextract import VERB


class Command(VerbCommand):
    """What `crawler/verbs/reextract.py` says."""

    verb = VERB
