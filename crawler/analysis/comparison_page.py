"""A comparison as one HTML page that needs no other file."""

import html
from importlib.resources import files
from string import Template

from crawler.analysis.differences import Comparison, FieldChange, Passage, Span
from crawler.items import Article
from crawler.urls import display_url

_TAGS = {"equal": "", "delete": "del", "insert": "ins"}
_FIELD_NAMES = {
    "title": "标题",
    "kicker": "引题",
    "subtitle": "副题",
    "authors": "作者",
    "source": "来源",
    "published": "发布",
    "section": "栏目",
    "document_number": "文号",
}


def comparison_page(old: Article, new: Article, comparison: Comparison) -> str:
    """Return the page; nothing in it is loaded from anywhere, and no text of an article becomes markup."""
    template = Template(files("crawler.analysis").joinpath("comparison.html").read_text(encoding="utf-8"))
    counts = comparison.counts
    return template.substitute(
        title=_text(new.title or "(无题)"),
        url=_text(display_url(new.url)),
        id=_text(new.id or ""),
        old=_text(f"{old.version} · {old.fetched_at}"),
        new=_text(f"{new.version} · {new.fetched_at}"),
        counts=f"+{counts.get('characters_added', 0)} −{counts.get('characters_removed', 0)}",
        fields="\n".join(_field(one) for one in comparison.fields),
        body="\n".join(_passage(one) for one in comparison.passages),
    )


def _text(text: str) -> str:
    return html.escape(text, quote=True)


def _field(change: FieldChange) -> str:
    spans = change.spans or (Span("delete", change.old or ""), Span("insert", change.new or ""))
    name = _text(_FIELD_NAMES.get(change.name, change.name))
    return f"<dt>{name}</dt><dd>{_spans(spans)}</dd>"


def _passage(passage: Passage) -> str:
    if passage.operation == "replace":
        return f'<p class="rewritten">{_spans(passage.spans)}</p>'
    if passage.operation == "equal":
        return "\n".join(f"<p>{_text(sentence)}</p>" for sentence in passage.new)
    tag = _TAGS[passage.operation]
    sentences = passage.old + passage.new
    return "\n".join(f'<p class="{passage.operation}"><{tag}>{_text(one)}</{tag}></p>' for one in sentences)


def _spans(spans: tuple[Span, ...]) -> str:
    pieces = []
    for span in spans:
        tag, text = _TAGS[span.operation], _text(span.text)
        pieces.append(f"<{tag}>{text}</{tag}>" if tag and text else text)
    return "".join(pieces)
