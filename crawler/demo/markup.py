"""From the blocks of a body to the HTML that an editor's word processor would have left in the CMS."""

import re
from collections.abc import Callable, Sequence
from html import escape
from itertools import groupby

from crawler.demo.content import Block

UPLOADS = "/news/upload/"
_INDENT = "\u3000\u3000"
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_NUMBER = re.compile(r"\d[\d.,%]*")


def body_html(blocks: Sequence[Block], paste: str) -> str:
    """Return the HTML of blocks in one of the styles named in `Entry.paste`."""
    style = _STYLES[paste]
    out = []
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        run = list(group)
        if kind == "item":
            out.append("<ul>" + "".join(f"<li>{_inline(block.text)}</li>" for block in run) + "</ul>")
        elif kind == "row":
            out.append(_table(run))
        elif kind == "image":
            out += [_picture(block) for block in run]
        elif kind == "byline":
            out += [f'<p style="text-align: center;">{_inline(block.text)}</p>' for block in run]
        elif kind == "signature":
            out += [f'<p style="text-align: right;">{_inline(block.text)}</p>' for block in run]
        elif kind == "attachment":
            out += [style(_attachment(block)) for block in run]
        elif kind == "heading":
            out += [style(f"<strong>{_inline(block.text)}</strong>") for block in run]
        else:
            out += [style(_inline(block.text)) for block in run]
    return "\n".join(out)


def _inline(text: str) -> str:
    return _BOLD.sub(r"<strong>\1</strong>", escape(text, quote=False))


def _table(rows: list[Block]) -> str:
    lines = ("".join(f"<td>{_inline(cell)}</td>" for cell in row.parts) for row in rows)
    cells = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table border="1" cellspacing="0"><tbody>\n{cells}\n</tbody></table>'


def _picture(block: Block) -> str:
    file, *caption = block.parts
    html = f'<p style="text-align: center;"><img src="{UPLOADS}{escape(file)}" alt="" border="0" /></p>'
    if caption:
        html += f'\n<p style="text-align: center; font-size: 12px; color: #666;">{_inline(caption[0])}</p>'
    return html


def _attachment(block: Block) -> str:
    file, name = block.parts
    return f'<a href="{UPLOADS}{escape(file)}" target="_blank">{escape(name)}</a>'


def _paragraph(html: str) -> str:
    return f"<p>{_INDENT}{html}</p>"


def _blanks(html: str) -> str:
    return f"<p>&nbsp;&nbsp;&nbsp; {html}</p>"


def _breaks(html: str) -> str:
    return f"{_INDENT}{html}<br />\n<br />"


def _boxes(html: str) -> str:
    return f'<div style="text-indent: 2em;">{html}</div>\n<div>&nbsp;</div>'


def _word(html: str) -> str:
    """Wrap like Word 2003: every number in a span of its own."""
    pieces = re.split(r"(<[^>]*>)", html)
    numbered = "".join(
        piece if piece.startswith("<") else _NUMBER.sub(r'<span lang="EN-US">\g<0></span>', piece)
        for piece in pieces
    )
    return (
        '<p class="MsoNormal" style="text-indent: 32pt; line-height: 28pt;">'
        f'<span style="font-family: 仿宋_GB2312; font-size: 16pt;">{numbered}<o:p></o:p></span></p>'
    )


_STYLES: dict[str, Callable[[str], str]] = {
    "p": _paragraph,
    "nbsp": _blanks,
    "br": _breaks,
    "div": _boxes,
    "word": _word,
}
