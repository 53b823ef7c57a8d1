"""Find the article's text: the element that holds it, and exactly which of its lines are text."""

from dataclasses import dataclass, field

from crawler.extraction.document import Block, Box, Document


@dataclass(slots=True)
class BodyRegion:
    """Where the article's text stands among the page's lines."""

    container: Box | None
    """The element that holds the text; None where the page has none."""
    start: int
    """Index of the first line of text in `Document.blocks`."""
    end: int
    """Index after the last line of text."""
    lines: list[int] = field(default_factory=list)
    """Indexes of the lines that are text, in order: start to end without the furniture between."""
    rule: str = "none"
    """What found it: `layout:<name>` or the name of a generic rule."""

    def before(self, document: Document, limit: int = 40) -> list[Block]:
        """Return the lines in front of the text, in reading order, at most the last `limit`: headline and info line stand here."""
        return document.blocks[max(0, self.start - limit) : self.start]

    def after(self, document: Document, limit: int = 40) -> list[Block]:
        """Return the first `limit` lines behind the text: editors and 来源 trailers stand here, then furniture."""
        return document.blocks[self.end : self.end + limit]

    def text(self, document: Document) -> list[Block]:
        """Return the lines of text."""
        return [document.blocks[i] for i in self.lines]
