"""What reading again has changed, counted field by field."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from crawler.rereading.again import COMPARED, Answer
from crawler.rereading.workers import WorkFailure


@dataclass
class Report:
    """Counts of one pass over the archive."""

    read: int = 0
    """Captures that were read."""
    same: int = 0
    """Records that today's reading confirms."""
    better: int = 0
    """Records that today's reading replaces."""
    found: int = 0
    """Captures without a record that are articles to today's reading."""
    new: int = 0
    """Articles among these that the store did not have."""
    changed: int = 0
    """Versions among these that earlier readings had not told from others."""
    no_article: Counter[str] = field(default_factory=Counter)
    """Kind of page -> captures with a record that today are taken for no article; the record stays."""
    failed: Counter[str] = field(default_factory=Counter)
    """Reason -> captures that could not be had or read."""
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    """Field -> `changed`, `filled` and `emptied` -> records."""

    def note(self, answer: Answer | WorkFailure, *, had_record: bool) -> None:
        """Count one answer."""
        self.read += 1
        if isinstance(answer, WorkFailure):
            self.failed[answer.reason.partition(":")[0]] += 1
        elif answer.state == "same":
            self.same += 1
        elif answer.state == "better":
            self.better += 1
            for name, what in answer.changes.items():
                self.fields.setdefault(name, Counter())[what] += 1
        elif answer.state == "read":
            self.found += 1
        elif answer.state == "no article" and had_record:
            self.no_article[answer.reason or "unknown"] += 1

    def rows(self) -> list[tuple[str, int, int, int]]:
        """Return field, records in which it differs, of these filled, and emptied; in the record's order."""
        return [
            (name, counts.total(), counts["filled"], counts["emptied"])
            for name in COMPARED
            if (counts := self.fields.get(name))
        ]

    def as_document(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "read": self.read,
            "same": self.same,
            "better": self.better,
            "found": self.found,
            "new": self.new,
            "changed": self.changed,
            "no_article": dict(self.no_article),
            "failed": dict(self.failed),
            "fields": {
                name: {"articles": total, "filled": filled, "emptied": emptied}
                for name, total, filled, emptied in self.rows()
            },
        }
