"""Titles as strings: folded for comparing, and freed from the names that templates add."""

import re

from crawler.extraction.names import is_outlet, is_unit

LONGEST = 150
"""Characters of a headline, kicker or subtitle; a longer line is a paragraph."""

_FOLDED: dict[int, str | None] = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
_FOLDED |= {
    ord(wide): narrow for wide, narrow in zip("“”‘’―–-─━－|│︱｜•‧・", "\"\"''——————丨丨丨丨···", strict=True)
}
_FOLDED |= dict.fromkeys(map(ord, " \t\r\n\f\v\u3000\xa0\u2002\u2003\u2009\u202f\u200b\u200d\ufeff\xad"))
_SIGN = re.compile("[" + "".join(re.escape(chr(code)) for code in _FOLDED) + "]")
_PLAIN = {chr(code): plain or "" for code, plain in _FOLDED.items()}
_SUFFIX = re.compile(
    r"\s*(?:_{1,3}|-{2,}|[—─━―]{1,4}|(?<=\S)\s[-–|｜丨/]\s?|[|｜丨]"
    r"|(?<=[\u3400-\u9fff）)”》！？!?])[-–](?=[\u3400-\u9fff]))\s*"
)
_SENTENCE = re.compile(r"[。；;]")


def parts(text: str) -> list[str]:
    """Return what stands between the separators of a `<title>`."""
    return _SUFFIX.split(text)


def fold(text: str) -> str:
    """Return a text for comparing: no blanks, widths narrowed, quotation marks, dashes and bars unified."""
    if len(text) > 4 * LONGEST:
        return text.translate(_FOLDED)
    # As in `labels.fold_width`: replacing the few signs that occur is faster than `translate`.
    for sign in set(_SIGN.findall(text)):
        text = text.replace(sign, _PLAIN[sign])
    return text


def strip_site(text: str, site_name: str | None = None, column: str | None = None) -> str:
    """Return a `<title>` without the names of site and column at its right.

    Only what is a known name, ends as the name of a site or unit does, or is a short word behind a separator
    that headlines do not use is taken off: `-` and `——` stand in headlines too.
    """
    text = text[: 4 * LONGEST].strip()
    known = {fold(name) for name in (site_name, column) if name}
    for _ in range(6):
        cuts = list(_SUFFIX.finditer(text))
        if not cuts:
            break
        cut = cuts[-1]
        head, tail = text[: cut.start()].strip(), text[cut.end() :].strip()
        if not head:
            break
        plain = cut[0].strip()
        unusual = plain.startswith(("_", "--")) or len(plain) > 2
        site = fold(tail) in known or is_outlet(tail) or (is_unit(tail) and len(tail) <= 24) or tail.isascii()
        if not tail or site or (unusual and len(tail) <= 12 and not _SENTENCE.search(tail)):
            text = head
            continue
        break
    return text
