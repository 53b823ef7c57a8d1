"""`scrapy show`."""

from crawler.actions.as_command import VerbCommand
from crawler.verbs.show import VERB


class Command(VerbCommand):
    """What `crawler/verbs/show.py` says."""

    verb = VERB
