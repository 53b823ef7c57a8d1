"""From bytes to characters: what a browser would do, then what the bytes themselves say.

Order of belief: byte order mark; strict UTF-8, because text of another charset hardly ever is valid UTF-8 while labels lie; HTTP label; meta label;
the damage that each candidate does. Labels of the GB family all mean GB18030, as the WHATWG Encoding Standard has it.
"""

import codecs
import re
from typing import Final

from bs4.dammit import EncodingDetector

_ALIASES: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "utf8": "utf-8",
}
_SEVEN_BIT: Final = {"hz", "iso2022_jp"}
_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HAN = re.compile("[\u4e00-\u9fff]")
# The characters that Chinese prose cannot do without, in both scripts.
_FREQUENT: Final = frozenset(
    "的是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也能下过過"
)


def _codec(label: str | None) -> str | None:
    """Return Python's name of the codec that a label means, or None for a label that means nothing."""
    if not label:
        return None
    label = label.strip().strip("\"'").lower()
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name
        "".encode(name)
    except (LookupError, ValueError):
        return None
    return _ALIASES.get(name, name)


def declared(raw: bytes, content_type: str | None = None) -> list[str]:
    """Return the codecs that the HTTP header and the page name, in the order in which a browser believes them."""
    http = _LABEL.search(content_type or "")
    meta = EncodingDetector.find_declared_encoding(raw[:8192], is_html=True, search_entire_document=True)
    found = [_codec(http.group(1) if http else None), _codec(meta)]
    return list(dict.fromkeys(codec for codec in found if codec))


def decode(raw: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Return a page's characters and the name of the codec that was used."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if raw.startswith(mark):
            return raw[len(mark) :].decode(codec, "replace"), codec
    wide = _unmarked_utf16(raw)
    if wide:
        return raw.decode(wide, "replace"), wide
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(raw, declared(raw, content_type))
    if raw.isascii() and (b"~{" in raw or b"\x1b$" in raw):
        for codec in declared(raw, content_type):
            if codec in _SEVEN_BIT:
                return raw.decode(codec, "replace"), codec
    return text, "utf-8"


def _unmarked_utf16(raw: bytes) -> str | None:
    """Recognise UTF-16 without a mark by the zeros that markup has in every second byte."""
    head = raw[:400]
    if head.count(0) * 3 < len(head):
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _legacy(raw: bytes, labels: list[str]) -> tuple[str, str]:
    """Decode bytes that are no clean UTF-8: the candidate that does least damage wins, an earlier one on equal terms."""
    candidates = [c for c in labels if c not in {"cp1252", "utf-16-le", "utf-16-be", "utf-16"}]
    candidates += [c for c in ("gb18030", "utf-8", "big5hkscs") if c not in candidates]
    if "cp1252" in labels:
        candidates.append("cp1252")
    best: tuple[float, str, str] | None = None
    for codec in candidates:
        try:
            text = raw.decode(codec, "replace")
        except (LookupError, ValueError):
            continue
        harm = _harm(text)
        if best is None or harm < best[0] - 0.01:
            best = (harm, text, codec)
        if codec in labels and harm < 0.001:
            break
    assert best is not None  # gb18030 decodes anything with "replace"
    return best[1], best[2]


def _harm(text: str) -> float:
    """Return how unlike a Chinese page a decoding looks: the share of bad characters, more where no frequent ones occur."""
    bad = text.count("\ufffd")
    han = len(_HAN.findall(text))
    if not han:
        return 0.5 + bad / (len(text) + 1)
    frequent = sum(map(text.count, _FREQUENT)) / han
    return bad / (han + bad) + (0.0 if frequent > 0.08 else 0.3 * (1 - frequent / 0.08))
