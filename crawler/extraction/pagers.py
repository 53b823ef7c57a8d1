"""Where a list goes on: 下一页 and its synonyms, page numbers, written pagers, forms and post-backs.

An address is answered only if the page gives it, or gives all that its own script would build it from; no
number is ever tried. Scripts are read, never run. Words live in `vocabulary/pagers.toml`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urldefrag, urlencode, urljoin

from crawler.extraction import page_numbers, page_scripts
from crawler.extraction.anchors import PAGER, Places, comparable, name_tokens
from crawler.extraction.document import Document, Placed, text_of
from crawler.extraction.labels import vocabulary
from crawler.extraction.listing import PostBack
from crawler.extraction.nodes import Node, ancestors, attribute, children, descendants, first, opening

MAX_MARKS: Final = 20
"""Links that are a mark such as `>` that are looked at."""
MAX_ACTIVE: Final = 3_000
"""Elements with a script or a button's role that are looked at."""
MAX_FIELDS: Final = 500_000
"""Characters of form fields that a post-back carries at most; a view state can be long."""

_WORDS: Final = vocabulary("pagers")
_NEXT: Final = frozenset(_WORDS["next"])
_MARKS: Final = tuple(_WORDS["next_marks"])
_NEXT_NAMES: Final = frozenset(_WORDS["next_names"])
# What a word for the next page begins with, as printed.
_OPENINGS: Final = frozenset(form for word in _NEXT for form in (word[0], word[0].upper())) | {"ｎ", "Ｎ"}
_DIGIT: Final = re.compile(r"\d")
_POST_BACK: Final = re.compile(r"__doPostBack\(\s*['\"]([^'\"]{0,300})['\"]\s*,\s*['\"]([^'\"]{0,300})['\"]")
_DO_POST_BACK_OPTIONS: Final = re.compile(
    r"WebForm_PostBackOptions\(\s*['\"]([^'\"]{1,300})['\"]\s*,\s*['\"]([^'\"]{0,300})['\"]"
)
_ACTIVE_TAGS: Final = ("a", "span", "li", "button", "div", "td", "img", "input")
_SENDING_TYPES: Final = {"input": ("submit", "button", "image"), "button": ("submit",)}
_ROUTE: Final = re.compile(r"#!?/?.{0,80}(?:page|pn?|pageno)[=/]\d+", re.IGNORECASE)
_SCHEME: Final = re.compile(r"(?:javascript|data|mailto|about|tel):", re.IGNORECASE)
_LONGEST_TEXT: Final = 20


_Elements = list[Node]


@dataclass(frozen=True, slots=True)
class _Step:
    """What leads on: an address or a form; both None means that the list is known to end here."""

    url: str | None = None
    post_back: PostBack | None = None


def next_page(document: Document) -> tuple[str | None, PostBack | None]:
    """Return the address of a list's next page, or the form that leads to it; both None without one."""
    saying_next = list(_next_elements(document))
    for rule in (_declared, _worded, _scripted, _numbered, _chosen_from_select, _routed):
        step = rule(document, saying_next)
        if step is not None:
            return step.url, step.post_back
    return None, None


def _goes_on(document: Document, address: str | None) -> str | None:
    """Return an address made absolute if it leads to another page."""
    if not address or _SCHEME.match(address.strip()):
        return None
    url = document.absolute(address)
    if not url:
        return None
    url = urldefrag(url)[0]
    return None if url == urldefrag(document.url)[0] else url


def _declared(document: Document, _: _Elements) -> _Step | None:
    """`<link rel="next">` or `<a rel="next">`."""
    for element in descendants(document.root, "link", "a"):
        if "next" in (attribute(element, "rel") or "").lower().split():
            url = _goes_on(document, attribute(element, "href"))
            if url:
                return _Step(url)
    return None


def _worded(document: Document, saying_next: _Elements) -> _Step | None:
    """下一页: its address, or what its script does."""
    if _on_last_page(document):
        return _Step()
    for element in saying_next:
        if url := _goes_on(document, attribute(element, "href")):
            return _Step(url)
    for element in saying_next:
        if step := _by_script(document, element):
            return step
    here = urldefrag(document.url)[0]
    for element in saying_next:
        href = (attribute(element, "href") or "").strip()
        if here and href and not href.startswith("#") and document.absolute(href) in (here, document.url):
            return _Step()
    return None


def _on_last_page(document: Document) -> bool:
    """页次：5/5."""
    for block in reversed(document.blocks):
        if (
            len(block.text) <= 200
            and "页" in block.text
            and (at := page_numbers.position_in_text(block.text))
        ):
            return at[0] == at[1]
    return False


def _next_elements(document: Document) -> Iterator[Node]:
    """Yield what says 下一页: links, then other elements with a script, then marks among page numbers."""
    marked: list[tuple[int, Placed]] = []
    places = Places(document)
    numbers: list[int] | None = None
    for placed in page_numbers.links_of(document):
        said = _says_next(placed.element)
        if said is None:
            continue
        if said == 0:
            yield placed.element
        elif len(marked) < MAX_MARKS:
            if numbers is None:
                numbers = page_numbers.lines_with_numbers(document)
            if places.of(placed.box) == PAGER or page_numbers.stands_among(numbers, placed.index):
                marked.append((said, placed))
    for element in islice(_active(document.root), MAX_ACTIVE):
        if sum(1 for _ in islice(children(element), 4)) < 4 and _says_next(element) == 0:
            yield element
    for _, placed in sorted(marked, key=lambda m: m[0]):
        yield placed.element


def _active(root: Node) -> Iterator[Node]:
    """Yield the elements that a click on does something, but for plain links."""
    for element in descendants(root, *_ACTIVE_TAGS):
        attributes = element.attributes
        if "onclick" in attributes or attributes.get("type") in _SENDING_TYPES.get(element.tag or "", ()):
            yield element


def _says_next(element: Node) -> int | None:
    """Return 0 if an element says 下一页, a higher number if a mark does (less trusted), else None."""
    text = opening(element)
    start = text.lstrip()[:1]
    if start.isalpha() and start not in _OPENINGS:
        return None  # a headline, as most links are
    if len(text) > 4 * _LONGEST_TEXT:
        return None
    written = attribute(element, "value") or attribute(element, "alt") or ""
    text = written if element.tag == "input" else text_of(element)
    if len(text) > _LONGEST_TEXT:
        return None
    if not text:
        text = attribute(element, "title") or "".join(
            attribute(i, "alt") or attribute(i, "title") or "" for i in descendants(element, "img")
        )
        if not text and name_tokens(attribute(element, "class") or "") & _NEXT_NAMES:
            return 1
    if comparable(text).rstrip("→") in _NEXT or comparable(text) in _NEXT:
        return 0
    folded = text.replace(" ", "")
    return _MARKS.index(folded) + 1 if folded in _MARKS else None


def _by_script(document: Document, element: Node) -> _Step | None:
    """Read what a click on an element does."""
    action = " ".join(filter(None, (attribute(element, "onclick"), attribute(element, "href") or "")))[:2_000]
    if match := _POST_BACK.search(action) or _DO_POST_BACK_OPTIONS.search(action):
        return _Step(
            post_back=_post_back(document, element, {"__EVENTTARGET": match[1], "__EVENTARGUMENT": match[2]})
        )
    if (attribute(element, "type") or "").lower() in ("submit", "image") and attribute(element, "name"):
        if (attribute(element, "disabled")) is not None:
            return None
        return _Step(
            post_back=_post_back(
                document, element, {attribute(element, "name") or "": attribute(element, "value") or ""}
            )
        )
    if url := _goes_on(document, page_scripts.target(action)):
        return _Step(url)
    call = page_scripts.call(action)
    if call is None:
        return None
    if url := _goes_on(document, page_scripts.target_of_call(document.scripts, call)):
        return _Step(url)
    sent = page_scripts.field_of_call(document.scripts, call)
    return _submit(document, *sent) if sent else None


def _form_around(document: Document, element: Node) -> Node | None:
    form = next((outer for outer in ancestors(element) if outer.tag == "form"), None)
    return form if form is not None else first(document.root, "form")


def _fields(form: Node) -> dict[str, str]:
    fields: dict[str, str] = {}
    size = 0
    for entry in descendants(form, "input", "select", "textarea"):
        name = attribute(entry, "name")
        kind = (attribute(entry, "type") or "text").lower()
        if not name or kind in ("submit", "image", "button", "reset", "file", "password"):
            continue
        if kind in ("checkbox", "radio") and attribute(entry, "checked") is None:
            continue
        value = attribute(entry, "value") or ""
        size += len(name) + len(value)
        if size > MAX_FIELDS:
            break
        fields[name] = value
    return fields


def _post_back(document: Document, element: Node, sent: dict[str, str]) -> PostBack | None:
    form = _form_around(document, element)
    fields = _fields(form) if form is not None else {}
    url = document.absolute(attribute(form, "action")) if form is not None else None
    return PostBack(url or document.url, fields | sent)


def _submit(document: Document, name: str, value: str) -> _Step | None:
    """Return what sending the form gives whose field `name` is set to `value`."""
    for form in descendants(document.root, "form"):
        for entry in descendants(form, "input", "select"):
            if name in (attribute(entry, "name"), attribute(entry, "id")):
                fields = _fields(form) | {attribute(entry, "name") or name: value}
                action = document.absolute(attribute(form, "action")) or document.url
                if (attribute(form, "method") or "get").lower() == "post":
                    return _Step(post_back=PostBack(action, fields))
                return _Step(urljoin(action, "?" + urlencode(fields)))
    return None


def _scripted(document: Document, _: _Elements) -> _Step | None:
    """Pagers that a script writes: createPageHTML(…) and its kin."""
    pager = page_scripts.written_pager(document.scripts, document.url)
    if pager is None:
        return None
    return _Step(_goes_on(document, pager.next_address))


def _numbered(document: Document, _: _Elements) -> _Step | None:
    """Page numbers: the one after the current."""
    for found in page_numbers.following(document):
        if isinstance(found, str):
            return _Step(_goes_on(document, found))
        if url := _goes_on(document, found.href):
            return _Step(url)
        if step := _by_script(document, found.element):
            return step
    return None


def _routed(document: Document, saying_next: _Elements) -> _Step | None:
    """下一页 that changes the fragment (`#page=2`): an address for a browser, and for nothing else."""
    for element in saying_next:
        href = (attribute(element, "href") or "").strip()
        if _ROUTE.search(href) and (url := document.absolute(href) or _with_fragment(document, href)):
            return _Step(url)
    return None


def _with_fragment(document: Document, href: str) -> str | None:
    here = document.base if href.startswith("#") else ""
    return urljoin(here, href) if here.lower().startswith(("http://", "https://")) else None


def _chosen_from_select(document: Document, _: _Elements) -> _Step | None:
    """A drop-down list of pages whose options are addresses."""
    for select in descendants(document.root, "select"):
        options = list(descendants(select, "option"))
        if len(options) < 2 or "location" not in (attribute(select, "onchange") or ""):
            continue
        at = next((i for i, o in enumerate(options) if attribute(o, "selected") is not None), None)
        if at is None or at + 1 >= len(options) or not _DIGIT.search(text_of(options[at + 1])):
            continue
        if url := _goes_on(document, attribute(options[at + 1], "value")):
            return _Step(url)
    return None
