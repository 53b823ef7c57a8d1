"""CMS families as data: which elements of a page hold which field.

A family is recognised by what its pages contain (ids, classes, metas), never by their host. Its selectors
are hints:
a reader takes what they point to only if it makes sense, and reads generically otherwise.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from crawler.extraction.document import Document


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


GENERIC: Final = Layout("generic")
"""The layout of a page of no known family: every selector list is empty."""

_FOLDER: Final = Path(__file__).with_name("layouts")
_FIELDS: Final = frozenset(f.name for f in fields(Layout)) - {"name"}


class LayoutError(ValueError):
    """A layout file is wrong; the message names file and key."""


@cache
def load_layouts() -> tuple[dict[str, Layout], dict[str, tuple[str, ...]]]:
    """Return all families by name, and for each mark (`#id`, `.class`) the names of the families it speaks
    for.

    Raises LayoutError where a file has an unknown key.
    """
    layouts: dict[str, Layout] = {}
    marks: dict[str, tuple[str, ...]] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"))
        selectors = data.get("selectors", {})
        unknown = sorted((set(data) - {"fingerprint", "selectors"}) | (set(selectors) - _FIELDS))
        if unknown:
            raise LayoutError(f"{path.name}: {unknown[0]}: unknown key")
        layouts[path.stem] = Layout(path.stem, **{key: tuple(value) for key, value in selectors.items()})
        for mark in data.get("fingerprint", {}).get("marks", ()):
            marks[mark] = (*marks.get(mark, ()), path.stem)
    return layouts, marks


def common() -> Layout:
    """Return the names that templates of no known family use."""
    return load_layouts()[0]["common"]


def recognise(document: Document) -> Layout:
    """Return the family whose marks the page bears: the one with most of them, and one whose container is
    there first."""
    layouts, marks = load_layouts()
    votes: dict[str, int] = {}
    for mark in document.index.keys() & marks.keys():
        for name in marks[mark]:
            votes[name] = votes.get(name, 0) + 1
    if not votes:
        return GENERIC
    best = max(votes, key=lambda name: (bool(document.find(*layouts[name].body)), votes[name], name))
    return layouts[best]


def with_selectors(layout: Layout, selectors: Mapping[str, Sequence[str]]) -> Layout:
    """Return a layout with the selectors of a site file in front of its own; fields it does not know are
    left out."""
    added: dict[str, Any] = {
        name: (*found, *getattr(layout, name))
        for name, found in selectors.items()
        if name in _FIELDS and found
    }
    return replace(layout, **added) if added else layout
