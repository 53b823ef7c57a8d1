"""Where a list goes on: 下一页 and its synonyms, page numbers, written pagers, forms and post-backs.

An address is answered only if the page gives it, or gives all that its own script would build it from; no
number is ever tried. Scripts are read, never run. Words live in `vocabulary/pagers.toml`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from lxml import etree

from crawler.extraction import page_scripts
from crawler.extraction.anchors import PAGER, Places, comparable, name_tokens
from crawler.extraction.document import Block, Document, Placed, text_of
from crawler.extraction.labels import fold_width, vocabulary

MAX_FIELDS: Final = 500_000
"""Characters of form fields that a post-back carries at most; a view state can be long."""

_WORDS: Final = vocabulary("pagers")
_NEXT: Final = frozenset(_WORDS["next"])
_MARKS: Final = tuple(_WORDS["next_marks"])
_CURRENT: Final = frozenset(_WORDS["current"])
_NEXT_NAMES: Final = frozenset(_WORDS["next_names"])
_DISABLED: Final = frozenset(_WORDS["disabled"])
_CONTEXT: Final = re.compile("|".join(map(re.escape, _WORDS["words"])), re.IGNORECASE)
_NUMBER: Final = re.compile(r"第?(\d{1,4})页?")
_OF: Final = re.compile(r"(?<![\d/.-])(\d{1,5}) ?页? ?/ ?共? ?(\d{1,5})(?![\d/.-])")
_POST_BACK: Final = re.compile(r"__doPostBack\(\s*['\"]([^'\"]{0,300})['\"]\s*,\s*['\"]([^'\"]{0,300})['\"]")
_DO_POST_BACK_OPTIONS: Final = re.compile(
    r"WebForm_PostBackOptions\(\s*['\"]([^'\"]{1,300})['\"]\s*,\s*['\"]([^'\"]{0,300})['\"]"
)
_SCHEME: Final = re.compile(r"(?:javascript|data|mailto|about|tel):", re.IGNORECASE)
_LONGEST_TEXT: Final = 20
_MANY_NUMBERS: Final = 15


@dataclass(frozen=True, slots=True)
class PostBack:
    """A form that must be sent to reach the next page."""

    url: str
    """Address the form is sent to, with POST."""
    fields: dict[str, str] = field(default_factory=dict)
    """All fields of the form with the values to send, in the order of the page."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What leads on: an address or a form; both None means that the list is known to end here."""

    url: str | None = None
    post_back: PostBack | None = None


def next_page(document: Document) -> tuple[str | None, PostBack | None]:
    """Return the address of a list's next page, or the form that leads to it; both None without one."""
    for rule in (_declared, _worded, _scripted, _numbered, _chosen_from_select):
        step = rule(document)
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


def _declared(document: Document) -> _Step | None:
    """`<link rel="next">` or `<a rel="next">`."""
    for element in document.root.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split():
            url = _goes_on(document, element.get("href"))
            if url:
                return _Step(url)
    return None


def _worded(document: Document) -> _Step | None:
    """下一页: its address, or what its script does."""
    if _on_last_page(document):
        return _Step()
    candidates = list(_next_elements(document))
    for element in candidates:
        if url := _goes_on(document, element.get("href")):
            return _Step(url)
    for element in candidates:
        if step := _by_script(document, element):
            return step
    here = urldefrag(document.url)[0]
    for element in candidates:
        href = (element.get("href") or "").strip()
        if here and href and not href.startswith("#") and document.absolute(href) in (here, document.url):
            return _Step()
    return None


def _on_last_page(document: Document) -> bool:
    """页次：5/5."""
    for block in reversed(document.blocks):
        if len(block.text) <= 200 and "页" in block.text and (match := _OF.search(fold_width(block.text))):
            return match[1] == match[2]
    return False


def _next_elements(document: Document) -> Iterator[etree._Element]:
    """Yield what says 下一页: links, then other elements with a script, then marks among page numbers."""
    marked: list[tuple[int, Placed]] = []
    places = Places(document)
    for placed in document.links:
        said = _says_next(placed.element)
        if said is None:
            continue
        if said == 0:
            yield placed.element
        elif places.of(placed.box) == PAGER or _among_numbers(document, placed):
            marked.append((said, placed))
    for element in document.root.iter("a", "span", "li", "button", "div", "input", "td", "img"):
        acts = element.get("onclick") or (element.get("type") or "").lower() in ("submit", "button", "image")
        if acts and len(element) < 4 and _says_next(element) == 0:
            yield element
    for _, placed in sorted(marked, key=lambda m: m[0]):
        yield placed.element


def _says_next(element: etree._Element) -> int | None:
    """Return 0 if an element says 下一页, a higher number if a mark does (less trusted), else None."""
    written = element.get("value") or element.get("alt") or ""
    text = written if element.tag == "input" else text_of(element)
    if len(text) > _LONGEST_TEXT:
        return None
    if not text:
        text = element.get("title") or "".join(
            i.get("alt") or i.get("title") or "" for i in element.iter("img")
        )
        if not text and name_tokens(element.get("class") or "") & _NEXT_NAMES:
            return 1
    if comparable(text).rstrip("→") in _NEXT or comparable(text) in _NEXT:
        return 0
    folded = text.replace(" ", "")
    return _MARKS.index(folded) + 1 if folded in _MARKS else None


def _among_numbers(document: Document, placed: Placed) -> bool:
    """Tell whether a link stands beside page numbers."""
    lines = document.blocks[max(0, placed.index - 3) : placed.index + 2]
    numbers = re.findall(
        r"(?<![\d.:/-])\d{1,4}(?![\d.:/-])", " ".join(b.text for b in lines if len(b.text) < 120)
    )
    return len(numbers) >= 2


def _by_script(document: Document, element: etree._Element) -> _Step | None:
    """Read what a click on an element does."""
    action = " ".join(filter(None, (element.get("onclick"), element.get("href") or "")))[:2_000]
    if match := _POST_BACK.search(action) or _DO_POST_BACK_OPTIONS.search(action):
        return _Step(
            post_back=_post_back(document, element, {"__EVENTTARGET": match[1], "__EVENTARGUMENT": match[2]})
        )
    if (element.get("type") or "").lower() in ("submit", "image") and element.get("name"):
        if (element.get("disabled")) is not None:
            return None
        return _Step(
            post_back=_post_back(document, element, {element.get("name", ""): element.get("value") or ""})
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


def _form_around(document: Document, element: etree._Element) -> etree._Element | None:
    form = next(element.iterancestors("form"), None)
    return form if form is not None else next(document.root.iter("form"), None)


def _fields(form: etree._Element) -> dict[str, str]:
    fields: dict[str, str] = {}
    size = 0
    for entry in form.iter("input", "select", "textarea"):
        name = entry.get("name")
        kind = (entry.get("type") or "text").lower()
        if not name or kind in ("submit", "image", "button", "reset", "file", "password"):
            continue
        if kind in ("checkbox", "radio") and entry.get("checked") is None:
            continue
        value = entry.get("value") or ""
        size += len(name) + len(value)
        if size > MAX_FIELDS:
            break
        fields[name] = value
    return fields


def _post_back(document: Document, element: etree._Element, sent: dict[str, str]) -> PostBack | None:
    form = _form_around(document, element)
    fields = _fields(form) if form is not None else {}
    url = document.absolute(form.get("action")) if form is not None else None
    return PostBack(url or document.url, fields | sent)


def _submit(document: Document, name: str, value: str) -> _Step | None:
    """Return what sending the form gives whose field `name` is set to `value`."""
    for form in document.root.iter("form"):
        for entry in form.iter("input", "select"):
            if name in (entry.get("name"), entry.get("id")):
                fields = _fields(form) | {entry.get("name") or name: value}
                action = document.absolute(form.get("action")) or document.url
                if (form.get("method") or "get").lower() == "post":
                    return _Step(post_back=PostBack(action, fields))
                return _Step(urljoin(action, "?" + urlencode(fields)))
    return None


def _scripted(document: Document) -> _Step | None:
    """Pagers that a script writes: createPageHTML(…) and its kin."""
    pager = page_scripts.written_pager(document.scripts, document.url)
    if pager is None:
        return None
    return _Step(_goes_on(document, pager.next_address))


def _numbered(document: Document) -> _Step | None:
    """Page numbers: the one after the current."""
    for run in _runs_of_numbers(document):
        numbers = dict(run)
        around = document.blocks[max(0, run[0][1].index - 2) : run[-1][1].index + 3]
        text = " ".join(block.text for block in around if len(block.text) <= 200)
        places = Places(document)
        named = places.of(run[0][1].box) == PAGER
        if (
            not named
            and (len(run) > _MANY_NUMBERS or not _CONTEXT.search(text))
            and not _alike(document, run)
        ):
            continue
        current = _current_number(document, numbers, around)
        if current is None:
            continue
        following = numbers.get(current + 1)
        if following is None:
            continue
        if url := _goes_on(document, following.href):
            return _Step(url)
        if step := _by_script(document, following.element):
            return step
    return None


def _number(placed: Placed) -> int | None:
    if len(placed.element) > 2:
        return None
    text = placed.text
    if not text or len(text) > 8:
        return None
    match = _NUMBER.fullmatch(comparable(text))
    return int(match[1]) if match else None


def _runs_of_numbers(document: Document) -> Iterator[list[tuple[int, Placed]]]:
    """Yield runs of links that are rising numbers, close to each other."""
    run: list[tuple[int, Placed]] = []
    for placed in document.links:
        number = _number(placed)
        if number is None:
            continue
        if run and (number <= run[-1][0] or placed.index - run[-1][1].index > 3):
            yield run
            run = []
        run.append((number, placed))
    if run:
        yield run


def _alike(document: Document, run: list[tuple[int, Placed]]) -> bool:
    """Tell whether the addresses of a run stand beside this page's: `list.asp?page=2`."""
    here = urlsplit(document.url)
    if len(run) > _MANY_NUMBERS or not here.netloc:
        return False
    for _, placed in run:
        parts = urlsplit(document.absolute(placed.href) or "")
        if parts.netloc != here.netloc or parts.path.rpartition("/")[0] != here.path.rpartition("/")[0]:
            return False
    return len(run) >= 2


def _current_number(document: Document, numbers: dict[int, Placed], around: list[Block]) -> int | None:
    for number, placed in numbers.items():
        href = placed.href
        parent = placed.element.getparent()
        words = (
            (placed.element.get("class") or "")
            + " "
            + ((parent.get("class") or "") if parent is not None else "")
        )
        marked = {word.lower() for word in words.split()} & _CURRENT
        dead = (
            not href or href == "#" or re.fullmatch(r"javascript:\s*(?:void\(0?\))?;?", href, re.IGNORECASE)
        )
        if (
            marked
            or (dead and not placed.element.get("onclick"))
            or (document.url and document.absolute(href) == document.url)
        ):
            return number
    text = " ".join(fold_width(block.text) for block in around if len(block.text) <= 200)
    if match := _OF.search(text):
        return int(match[1])
    if match := re.search(r"(?:当前)?第 ?(\d{1,5}) ?页", text):
        return int(match[1])
    printed = {int(n) for n in re.findall(r"(?<![\d.:/-])\d{1,4}(?![\d.:/-])", text)}
    missing = sorted(n for n in printed - set(numbers) if n + 1 in numbers)
    return missing[0] if missing else None


def _chosen_from_select(document: Document) -> _Step | None:
    """A drop-down list of pages whose options are addresses."""
    for select in document.root.iter("select"):
        options = list(select.iter("option"))
        if len(options) < 2 or "location" not in (select.get("onchange") or ""):
            continue
        at = next((i for i, o in enumerate(options) if o.get("selected") is not None), None)
        if at is None or at + 1 >= len(options) or not _NUMBER.search(text_of(options[at + 1])):
            continue
        if url := _goes_on(document, options[at + 1].get("value")):
            return _Step(url)
    return None
