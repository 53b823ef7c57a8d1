"""Sentences of Chinese text."""

import re

# A sentence ends with 。！？；… (GB/T 15834-2011, 句末点号, and the semicolon, which parts the long sentences
# of documents), or with their Latin counterparts before a blank. Closing quotes and brackets behind it
# belong to it. A full stop inside a number or an abbreviation is followed by no blank and ends nothing.
_CLOSING = "”’」』）】》〉〕］\"')\\]｝"
_END = re.compile(rf"(?:[。！？；…]+|[!?;.]+(?=[\s{_CLOSING}]|$)|[!?]+(?=[\u4e00-\u9fff]))[{_CLOSING}]*\s*")
# What goes on with the sentence around a quotation.
_GOES_ON = tuple("，、：；,。！？;)）”’」』")


def split_sentences(text: str) -> list[str]:
    """Cut a text into sentences; joined they are the text again, but for the line feeds between paragraphs.

    A sentence never spans two paragraphs (lines), and keeps its mark and the quotes and brackets closed
    behind it: `“好。”` is one. What a 。 inside quotes ends is followed by no new sentence where a comma
    goes on with the one around it (`他说“好。”，就走了。`).
    """
    sentences: list[str] = []
    for paragraph in text.split("\n"):
        sentences += _of_paragraph(paragraph)
    return sentences


def _of_paragraph(paragraph: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for end in _END.finditer(paragraph):
        if paragraph.startswith(_GOES_ON, end.end()):
            continue
        pieces.append(paragraph[start : end.end()])
        start = end.end()
    if start < len(paragraph):
        pieces.append(paragraph[start:])
    return [piece for piece in pieces if piece.strip()]
