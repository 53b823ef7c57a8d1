"""From bytes to characters: what a browser would do, then what the bytes themselves say.

Order of belief: byte order mark; strict UTF-8, because text of another charset hardly ever is valid UTF-8
while labels lie; HTTP label; meta label; the damage that each candidate does. Labels of the GB family all
mean GB18030, as the WHATWG Encoding Standard has it.
"""

import codecs
import re
from typing import Final

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
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SINGLE_BYTE: Final = {"cp1252", "utf-16", "utf-16-le", "utf-16-be"}
_SEVEN_BIT: Final = {"hz", "iso2022_jp"}
_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\s[^<>]{0,200}?charset=[\"']?([\w:-]+)[\"';\s/>]", re.IGNORECASE)
_CHUNK: Final = 32_768
_HAN = re.compile("[\u4e00-\u9fff]+")
_ASCII: Final = bytes(range(0x80))
# The characters that Chinese prose cannot do without, in both scripts.
_FREQUENT = re.compile(
    "[的是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也能下过過]"
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
    """Return the codecs that the HTTP header and the page name, in the order in which a browser believes
    them."""
    http = _LABEL.search(content_type or "")
    found = [_codec(http.group(1) if http else None), _codec(_meta_label(raw[:8192]))]
    return list(dict.fromkeys(codec for codec in found if codec))


def _meta_label(head: bytes) -> str | None:
    """Return the charset that the head of a page names; BeautifulSoup finds what is written in odd ways."""
    plain = _META.search(head)
    if plain:
        return plain[1].decode("ascii")
    # Here, as it takes 30 times longer to load than a page to read, and few pages come this far.
    from bs4.dammit import EncodingDetector

    return EncodingDetector.find_declared_encoding(head, is_html=True, search_entire_document=True)


def to_utf8(raw: bytes, content_type: str | None = None) -> tuple[bytes, str]:
    """Return a page in UTF-8 and the name of the codec that it was in."""
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return _recode(raw[len(mark) :], codec), codec
    wide = _unmarked_utf16(raw)
    if wide:
        return _recode(raw, wide), wide
    if raw.isascii():
        if b"~{" in raw or b"\x1b$" in raw:
            for codec in declared(raw, content_type):
                if codec in _SEVEN_BIT:
                    return _recode(raw, codec), codec
        return raw, "utf-8"
    if _is_utf8(raw):
        return raw, "utf-8"
    text, codec = _legacy(raw, declared(raw, content_type))
    return text.encode("utf-8", "replace"), codec


def _is_utf8(raw: bytes) -> bool:
    """Tell whether bytes are valid UTF-8. No characters are kept, so a long page takes no memory for them."""
    view, at = memoryview(raw), 0
    try:
        while at < len(raw):
            at += codecs.utf_8_decode(view[at : at + _CHUNK], "strict", at + _CHUNK >= len(raw))[1]
    except UnicodeDecodeError:
        return False
    return True


def _recode(raw: bytes, codec: str) -> bytes:
    if codec == "utf-8" and _is_utf8(raw):
        return raw
    return raw.decode(codec, "replace").encode("utf-8", "replace")


def _unmarked_utf16(raw: bytes) -> str | None:
    """Recognise UTF-16 without a mark by the zeros that its markup has in every second byte."""
    head = raw[:400].lstrip(b"\x00") if raw[:2] == b"\x00\x00" else raw[:400]
    for codec, opening, zeros, letters in (
        ("utf-16-le", b"<\x00", head[1::2], head[0::2]),
        ("utf-16-be", b"\x00<", head[0::2], head[1::2]),
    ):
        if opening in head and zeros.count(0) >= 3 and letters.count(0) * 10 < zeros.count(0):
            return codec
    return None


def _legacy(raw: bytes, labels: list[str]) -> tuple[str, str]:
    """Decode bytes that are no clean UTF-8.

    A label that decodes them without damage and gives Chinese prose is believed. Else the candidate that does
    the least damage wins, an earlier one on equal terms.
    """
    multibyte = [codec for codec in labels if codec not in _SINGLE_BYTE]
    best: tuple[float, str, str] | None = None
    for codec in dict.fromkeys([*multibyte, "gb18030", "utf-8", "big5hkscs", *labels]):
        # Next to a candidate with hardly any damage, only one without any has a chance.
        errors = "strict" if best is not None and best[0] <= _MARGIN else "replace"
        try:
            text = raw.decode(codec, errors)
        except (LookupError, ValueError):
            continue
        harm = _harm(text)
        if harm == 0.0:
            return text, codec
        if best is None or harm < best[0] - _MARGIN:
            best = (harm, text, codec)
    assert best is not None  # gb18030 decodes anything with "replace"
    return best[1], best[2]


_MARGIN: Final = 0.01
_SAMPLE: Final = 10_000
_FEW: Final = 200


def _harm(text: str) -> float:
    """Return how unlike a Chinese page a decoding looks: 0 for a good one, some 1 for noise.

    The share of undecodable characters, and a fine where the commonest characters of Chinese are rare.
    """
    bad = text.count("\ufffd")
    sample = _ideographs(text[:_SAMPLE])
    if len(sample) < _FEW:
        sample = _ideographs(text)
    if not sample:
        return 0.5 + bad / (len(text) + 1)
    frequent = len(_FREQUENT.findall(sample)) / len(sample)
    return bad / (bad + len(sample)) + 0.3 * max(0.0, 1 - frequent / 0.05)


def _ideographs(text: str) -> str:
    """Return the Chinese characters of a page. The markup, most of it, is taken out as bytes: much faster."""
    wide = text.encode("utf-8", "replace").translate(None, _ASCII)
    return "".join(_HAN.findall(wide.decode("utf-8")))
