"""What a list offers, however it was given: a page, a feed, a sitemap or data."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a list."""

    url: str
    """Absolute, without fragment."""
    text: str
    """The headline as printed in the list; empty where a picture or nothing stands in its place."""
    date: str | None = None
    """The day printed in the row, `YYYY-MM-DD`; None where none is printed or its year is not known."""


@dataclass(frozen=True, slots=True)
class PostBack:
    """A form that must be sent to reach the next page."""

    url: str
    """Address the form is sent to, with POST."""
    fields: dict[str, str] = field(default_factory=dict)
    """All fields of the form with the values to send, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list page offers."""

    links: list[Link] = field(default_factory=list)
    """Articles in reading order, each address once."""
    next_url: str | None = None
    """Address of the next page; None on the last one and where only a form leads on."""
    post_back: PostBack | None = None
    """The form that leads on, where no address does (ASP.NET)."""
    shape: str = "list"
    """`list` for one column, `portal` for several blocks side by side."""

    @property
    def dated(self) -> int:
        """How many links carry a day."""
        return sum(link.date is not None for link in self.links)


def each_once(links: list[Link]) -> list[Link]:
    """Return each address once, at its first place; a day or text that only a later one has is kept."""
    best: dict[str, Link] = {}
    for link in links:
        held = best.get(link.url)
        if held is None:
            best[link.url] = link
        elif (held.date is None and link.date) or (not held.text and link.text):
            best[link.url] = Link(link.url, max(held.text, link.text, key=len), held.date or link.date)
    return list(best.values())
