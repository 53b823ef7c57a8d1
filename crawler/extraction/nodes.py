"""The elements of a parsed page: lexbor's nodes, and what the readers ask of them.

lexbor parses as the HTML standard has it, so that a page has the elements a browser would see. Two of its
habits call for this module: nodes compare by their serialised HTML (compare `mem_id` or with `is`), and an
attribute without a value has the value None.
"""

from collections.abc import Callable, Iterator
from typing import Final

from selectolax.lexbor import LexborNode

__all__ = [
    "COMMENT",
    "SCRIPT",
    "TEXT",
    "Event",
    "Node",
    "ancestors",
    "attribute",
    "behind",
    "children",
    "descendants",
    "detach",
    "events",
    "first",
    "opening",
    "pieces",
]

Node = LexborNode
"""An element, a text or a comment; `tag` of the last two is `-text` and `-comment`."""

TEXT: Final = 2
"""`tag_id` of a text."""
COMMENT: Final = 4
"""`tag_id` of a comment."""
SCRIPT: Final = 162
"""`tag_id` of a script."""


def attribute(element: Node, name: str) -> str | None:
    """Return an attribute's value, empty where it has none; None where the element lacks it."""
    value = element.attributes.get(name, _ABSENT)
    return None if value is _ABSENT else value or ""


_ABSENT: Final = "absent\x00"


def descendants(element: Node, *tags: str) -> Iterator[Node]:
    """Yield an element and those in it that have one of some tags (any, without tags), in document order."""
    for node in element.traverse():
        if node.is_element_node and (not tags or node.tag in tags):
            yield node


def opening(element: Node) -> str:
    """Return the text that an element begins with, up to the first element in it."""
    child = element.first_child
    return (child.text_content or "") if child is not None and child.tag_id == TEXT else ""


def behind(element: Node) -> str:
    """Return the text right behind an element, up to the next one."""
    following = element.next
    return (following.text_content or "") if following is not None and following.tag_id == TEXT else ""


def detach(element: Node) -> None:
    """Take an element out of the tree. It may still be asked: `decompose` would free what it stands on."""
    element.replace_with("")


def first(element: Node, *tags: str) -> Node | None:
    """Return the first of the `descendants`."""
    return next(descendants(element, *tags), None)


def children(element: Node) -> Iterator[Node]:
    """Yield the elements right under an element."""
    return (node for node in element.iter() if node.is_element_node)


def ancestors(element: Node) -> Iterator[Node]:
    """Yield the elements around an element, nearest first."""
    outer = element.parent
    while outer is not None and outer.is_element_node:
        yield outer
        outer = outer.parent


def pieces(element: Node) -> Iterator[str]:
    """Yield the texts under an element as tags divide them."""
    for node in element.traverse(include_text=True):
        if node.tag_id == TEXT:
            yield node.text_content or ""


class Event:
    """What `events` meets."""

    START, END, PIECE = range(3)


def events(root: Node, skip: Callable[[str], bool] = lambda tag: False) -> Iterator[tuple[int, Node, str]]:
    """Yield start and end of an element and of those in it with their tags, and the pieces of text between.

    Elements whose tag is to be skipped have neither content nor end. Iterative, as pages nest without bound.
    """
    node = root
    around: list[Node] = []
    while True:
        inner = None
        tag_id = node.tag_id
        if tag_id == TEXT:
            yield Event.PIECE, node, node.text_content or ""
        elif tag_id != COMMENT:
            tag = node.tag or ""
            yield Event.START, node, tag
            if node is root or not skip(tag):
                inner = node.first_child
                if inner is None:
                    yield Event.END, node, tag
        if inner is not None:
            around.append(node)
            node = inner
            continue
        while True:
            if not around:
                return
            following = node.next
            if following is not None:
                node = following
                break
            node = around.pop()
            yield Event.END, node, node.tag or ""
