"""Read archived pages again, in parallel: those of our own archive, and anybody's WARC files."""

from crawler.rereading.again import Answer, Job, Rereader
from crawler.rereading.foreign import ForeignFiles
from crawler.rereading.report import Report
from crawler.rereading.workers import Workers, WorkFailure

__all__ = [
    "Answer",
    "ForeignFiles",
    "Job",
    "Report",
    "Rereader",
    "WorkFailure",
    "Workers",
]
