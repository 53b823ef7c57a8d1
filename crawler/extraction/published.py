"""Which of the dates of a page is the day of publication.

What a reader sees beats what the head of the page says: templates put the render time or a mangled time into metas. Event dates
in the text, counters, copyright years and dates of other articles are kept out by looking only where credits stand. The
day in the address decides nothing alone; where two equal witnesses differ it settles between them. Absent is absent.
"""

from typing import NamedTuple

from crawler.extraction.dates import DateFound, from_url

EARLIEST = 1990
"""No page was published on the web before."""


class DateWitness(NamedTuple):
    """A date and where it stood."""

    trust: int
    """The higher the better."""
    found: DateFound
    rule: str
    """What it was read by."""


LAYOUT, LABELLED, ELEMENT, BESIDE, TAIL, HIDDEN, META, MODIFIED = 90, 80, 74, 70, 60, 50, 40, 30


def choose(witnesses: list[DateWitness], url: str) -> DateWitness | None:
    """Return the best witness, made more precise by another one of the same day; None where there is none."""
    usable = [w for w in witnesses if int(w.found.iso[:4]) >= EARLIEST]
    if not usable:
        return None
    best = max(usable, key=lambda w: w.trust)
    peers = [w for w in usable if w.trust == best.trust and w.found.day != best.found.day]
    if peers:
        day = from_url(url)
        best = next((w for w in (best, *peers) if w.found.day == day), best)
    if best.found.precision == "day":
        finer = [w for w in usable if w.found.day == best.found.day and w.found.precision != "day" and w.trust > MODIFIED]
        if finer:
            closest = max(finer, key=lambda w: w.trust)
            return DateWitness(best.trust, closest.found, f"{best.rule}+{closest.rule}")
    return best
