"""The peers, each wrapped as a reader of bytes; one that is not installed is left out.

Peers that take text get it decoded with care, ours gets the bytes.
"""

import logging
import re
import warnings
from collections.abc import Callable

from benchmarks.labelled import Reader, Reading

_DECLARED = re.compile(rb'charset=["\']?\s*([\w-]+)')
_NAME_BREAKS = re.compile(r"[、,，;；\s]+")


def decoded(html: bytes) -> str:
    """Return the text that a careful user of a text-only peer would hand over, at little cost in time.

    UTF-8 if it is valid, else whichever of the declared charset and GB18030 damages less.
    """
    try:
        return html.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = html.decode("gb18030", "replace")
    declared = _DECLARED.search(html[:4096])
    if declared and declared[1].lower() not in (b"gb2312", b"gbk", b"gb18030"):
        try:
            other = html.decode(declared[1].decode("ascii"), "replace")
        except LookupError:
            return text
        return min(other, text, key=lambda candidate: candidate.count("\ufffd"))
    return text


def _lines(html: str) -> str:
    import lxml.html

    root = lxml.html.fromstring(html or "<p></p>")
    for block in root.xpath("//p|//div|//br|//h1|//h2|//h3|//li|//tr"):
        block.tail = "\n" + (block.tail or "")
    return str(root.text_content())


def ours() -> Reader:
    """dangjian itself."""
    from crawler.extraction import extract

    def read(html: bytes, url: str) -> Reading:
        article = extract(html, url=url)
        return Reading(
            article.title or "",
            article.authors,
            article.source or "",
            article.published or "",
            article.editors,
            article.body,
        )

    return read


def trafilatura() -> Reader:
    """Trafilatura with its default settings."""
    from trafilatura import bare_extraction

    def read(html: bytes, url: str) -> Reading:
        found = bare_extraction(decoded(html), url=url, with_metadata=True, include_comments=False)
        if found is None:
            return Reading("", [], None, "", None, "")
        authors = re.split(r";\s*", found.author) if found.author else []
        return Reading(found.title or "", authors, None, found.date or "", None, found.text or "")

    return read


def readability_lxml() -> Reader:
    """readability-lxml."""
    from readability import Document

    def read(html: bytes, url: str) -> Reading:
        document = Document(decoded(html))
        return Reading(document.short_title(), body=_lines(document.summary(html_partial=True)))

    return read


def gne() -> Reader:
    """GNE, the general news extractor for Chinese pages."""
    from gne import GeneralNewsExtractor

    extractor = GeneralNewsExtractor()

    def read(html: bytes, url: str) -> Reading:
        found = extractor.extract(decoded(html))
        authors = [name for name in _NAME_BREAKS.split(found["author"] or "") if name]
        return Reading(
            found["title"] or "", authors, None, found["publish_time"] or "", None, found["content"] or ""
        )

    return read


def newspaper4k() -> Reader:
    """newspaper4k set to Chinese."""
    from newspaper import Article, Config

    config = Config()
    config.language = "zh"
    config.fetch_images = False
    config.memorize_articles = False

    def read(html: bytes, url: str) -> Reading:
        article = Article(url, config=config, language="zh")
        article.download(input_html=decoded(html))
        article.parse()
        return Reading(
            article.title or "", article.authors, None, str(article.publish_date or ""), None, article.text
        )

    return read


def goose3() -> Reader:
    """goose3 with Chinese stop words."""
    from goose3 import Goose
    from goose3.text import StopWordsChinese

    goose = Goose({"stopwords_class": StopWordsChinese, "enable_image_fetching": False})

    def read(html: bytes, url: str) -> Reading:
        article = goose.extract(raw_html=decoded(html))
        return Reading(
            article.title or "",
            list(article.authors or []),
            None,
            article.publish_date or "",
            None,
            article.cleaned_text,
        )

    return read


def justext() -> Reader:
    """jusText without stop words, as its authors advise for Chinese."""
    from justext import justext as paragraphs_of

    def read(html: bytes, url: str) -> Reading:
        paragraphs = paragraphs_of(
            decoded(html).encode(),
            frozenset(),
            length_low=25,
            length_high=70,
            stopwords_low=0,
            stopwords_high=0,
            encoding="utf-8",
        )
        return Reading(body="\n".join(p.text for p in paragraphs if not p.is_boilerplate))

    return read


def resiliparse() -> Reader:
    """Resiliparse's main content."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def read(html: bytes, url: str) -> Reading:
        tree = HTMLTree.parse(decoded(html))
        body = extract_plain_text(tree, main_content=True, alt_texts=False, links=False)
        return Reading(tree.title or "", body=body)

    return read


def boilerpy3() -> Reader:
    """boilerpy3's article extractor."""
    from boilerpy3.extractors import ArticleExtractor

    extractor = ArticleExtractor(raise_on_failure=False)

    def read(html: bytes, url: str) -> Reading:
        document = extractor.get_doc(decoded(html))
        return Reading(document.title or "", body=document.content or "")

    return read


def htmldate() -> Reader:
    """htmldate, which reads dates alone."""
    from htmldate import find_date

    def read(html: bytes, url: str) -> Reading:
        return Reading(
            date=find_date(decoded(html), url=url, original_date=True, outputformat="%Y-%m-%d %H:%M") or ""
        )

    return read


_PEERS: dict[str, Callable[[], Reader]] = {
    maker.__name__.replace("_", "-"): maker
    for maker in (
        trafilatura,
        readability_lxml,
        gne,
        newspaper4k,
        goose3,
        justext,
        resiliparse,
        boilerpy3,
        htmldate,
    )
}


def installed() -> tuple[dict[str, Reader], list[str]]:
    """Return the readers of the peers that are installed, and the names of those that are not."""
    warnings.filterwarnings("ignore")
    for name in ("trafilatura", "newspaper", "goose3", "readability.readability", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    readers, missing = {}, []
    for name, maker in _PEERS.items():
        try:
            readers[name] = maker()
        except ImportError:
            missing.append(name)
    return readers, missing
