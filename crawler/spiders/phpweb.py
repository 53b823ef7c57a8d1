"""Articles in several pages on PHPWeb, whose further pages have no address: they are asked for by POST.

The page holds an empty `#contentpages` box, the article's number in `input#newsid`, and the path to the
site's root in the script variable PDV_RP. `act=contentpages` answers with an `<li id="p_NUMBER">` for each
page, with none where there is but one; `act=getcontent` answers with the text of a page as a bit of HTML.
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import urlencode, urljoin

_BOX = re.compile(rb"""\bid\s*=\s*["']?contentpages\b""")
_INPUT = re.compile(rb"<input\b[^>]*>", re.IGNORECASE)
_NUMBER = re.compile(rb"""\bvalue\s*=\s*["']?(\d{1,12})\b""")
_ROOT = re.compile(rb"""\bPDV_RP\s*=\s*["']([./]{0,40})["']""")
_PAGE = re.compile(rb"""<li\b[^>]*?\bid\s*=\s*["']?p_(\d{1,15})\b""")

Form = tuple[str, bytes]
"""Address and body of a POST request."""


def asks_for_pages(body: bytes, url: str) -> Form | None:
    """Return the request that tells an article's pages; None where the page is no such article."""
    if b"contentpages" not in body or not _BOX.search(body):
        return None
    for element in _INPUT.findall(body):
        if b"newsid" in element and (number := _NUMBER.search(element)):
            root = _ROOT.search(body)
            address = urljoin(url, (root[1].decode() if root else "/") + "news/post.php")
            return address, urlencode({"act": "contentpages", "newsid": number[1].decode()}).encode()
    return None


def pages_told(body: bytes, url: str, asked: bytes) -> Iterator[Form]:
    """Yield the requests for the second and all further pages that an answer to `asks_for_pages` names."""
    number = asked.decode().rpartition("newsid=")[2]
    for page in _PAGE.findall(body)[1:]:
        fields = {"act": "getcontent", "newspageid": page.decode(), "newsid": number, "RP": ""}
        yield url, urlencode(fields).encode()


def whole_page(fragment: bytes, title: str | None = None) -> bytes:
    """Return a page around a piece of text, in the CMS's markup, so that it is read like the first page."""
    # With the article's own title: else a heading at the top of the piece would be taken for one.
    known = html.escape(title or "").encode()
    return (
        b'<html><head><title>%s</title></head><body><div id="newscontent"><div class="newstitle">%s</div>'
        b'<div id="con" class="con">%s</div></div></body></html>' % (known, known, fragment)
    )
