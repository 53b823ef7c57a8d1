"""What inline scripts write into the page where they stand: var ly='示例日报'; document.write('来源：'+ly).

Government templates write source, author and date of an article so, each only if the field is filled.
Scripts are searched with patterns and never run. A piece is read if it joins string literals with variables
to which the same script gives a string; any other is left out.
"""

import re
from typing import Final

from crawler.extraction.document import Document
from crawler.extraction.metas import clean
from crawler.extraction.nodes import SCRIPT, TEXT, Node, opening

LONGEST_SCRIPT: Final = 2_000
"""Characters of such a script; longer ones are programs."""
MOST_SCRIPTS: Final = 60
"""Scripts of a page that are looked at."""
LONGEST_LABEL: Final = 12
"""Characters in front of a script that are taken for the label of what it writes."""

_STRING = r""""[^"\n]{0,200}"|'[^'\n]{0,200}'"""
_WRITE = re.compile(rf"document\.write(?:ln)?\s{{0,2}}\(((?:{_STRING}|[\w$+ ]){{1,30}})\)")
_LITERAL = re.compile(r"""\s*["'][^"':：]*["']\s*""")
_GIVEN = re.compile(rf"(?<![\w.])(?P<name>[A-Za-z_$][\w$]{{0,40}})\s{{0,4}}=\s{{0,4}}(?P<value>{_STRING})")
_TERM = re.compile(rf"\s{{0,9}}(?:(?P<string>{_STRING})|(?P<name>[A-Za-z_$][\w$]{{0,40}}))\s{{0,9}}(?:\+|$)")


def written_lines(document: Document) -> list[str]:
    """Return what short scripts of the body write, each with the label that stands in front of the script."""
    lines = []
    for element in document.notes[:MOST_SCRIPTS]:
        script = element.text_lexbor() if element.tag_id == SCRIPT else None
        if not script or len(script) > LONGEST_SCRIPT or "document.write" not in script:
            continue
        given = {match["name"]: match["value"][1:-1] for match in _GIVEN.finditer(script)}
        written = [(clean(_joined(match[1], given)), match[1]) for match in _WRITE.finditer(script)]
        if "else" in script and any(text and "".join(said.split()) in given for text, said in written):
            # What else it would write: if(ly==""){document.write("本站")}else{document.write(ly)}.
            written = [(text, said) for text, said in written if not _LITERAL.fullmatch(said)]
        lines += [_label_before(element) + text for text, _ in written if text]
    return lines


def _joined(expression: str, given: dict[str, str]) -> str:
    """Return the value of joined strings and variables; empty where a variable is empty or unknown."""
    pieces: list[str] = []
    position = 0
    while position < len(expression):
        term = _TERM.match(expression, position)
        if term is None:
            return ""
        piece = term["string"][1:-1] if term["string"] else given.get(term["name"], "")
        if not term["string"] and not piece.strip():
            return ""
        pieces.append(piece)
        position = term.end()
    return "".join(pieces)


def _label_before(element: Node) -> str:
    """Return the label that ends the text in front of a script (发布时间：), else an empty string."""
    previous = element.prev
    if previous is not None and previous.tag_id == TEXT and not (previous.text_content or "").strip():
        previous = previous.prev
    if previous is None or previous.tag_id == SCRIPT:
        return ""
    text = previous.text_content if previous.tag_id == TEXT else opening(previous)
    text = (text or "").rstrip()
    return text[-LONGEST_LABEL:] if text.endswith(("：", ":")) else ""
