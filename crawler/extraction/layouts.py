"""CMS families as data: which elements of a page hold which field.

A family is recognised by what its pages contain (ids, classes, metas), never by their host. Its selectors are hints:
a reader takes what they point to only if it makes sense, and reads generically otherwise.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Layout:
    """One CMS family. Every list of selectors is in order of preference, for `Document.find`."""

    name: str
    """Its key: the name of the TOML file."""
    body: tuple[str, ...] = ()
    """Containers of the text."""
    title: tuple[str, ...] = ()
    """主题."""
    kicker: tuple[str, ...] = ()
    """引题."""
    subtitle: tuple[str, ...] = ()
    """副题."""
    info: tuple[str, ...] = ()
    """Info line with date, source and author in one string."""
    author: tuple[str, ...] = ()
    """Element of the author alone."""
    source: tuple[str, ...] = ()
    """Element of the source alone."""
    date: tuple[str, ...] = ()
    """Element of the date alone."""
    editor: tuple[str, ...] = ()
    """Element of the editors alone."""
    summary: tuple[str, ...] = ()
    """Abstract (摘要)."""
    breadcrumb: tuple[str, ...] = ()
    """您现在的位置."""
    remove: tuple[str, ...] = field(default=())
    """Elements inside the body container that are not text."""


GENERIC = Layout("generic")
"""The layout of a page of no known family: every selector list is empty."""
