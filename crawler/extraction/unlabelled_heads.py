"""Info lines above a text without a label: a day, an outlet or unit, and switches."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from crawler.extraction import furniture
from crawler.extraction.dates import find_dates
from crawler.extraction.document import Block
from crawler.extraction.names import is_outlet, is_unit, read_names

_LONGEST: Final = 60
_LONGEST_NAME: Final = 24
_DAY: Final = re.compile(r"(?:19|20)\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}日?(?:\d{1,2}:\d\d(?::\d\d)?)?")
_SWITCH: Final = re.compile(
    r"[|丨]?[\[【(]?(?:视力保护色|字号|字体|浏览|阅读|点击|访问|打印|大中小|\[大|分享|【).*$"
)


def names_house(blocks: Sequence[Block], index: int, is_title: Callable[[str], bool]) -> bool:
    """Tell whether a line gives a day and who publishes right under the headline, or who does under a day."""
    above = blocks[index - 1] if index else None
    if above is None or len(blocks[index].text) > _LONGEST:
        return False
    text = blocks[index].text
    before = furniture.squash(above.text)
    if ":" in text.replace("：", ":") and not any(map(str.isdigit, text)):
        return False  # 地点：示例会议中心
    if len(text) <= _LONGEST_NAME and furniture.is_date_line(before):
        return above.box.parent is blocks[index].box.parent and (is_outlet(text) or is_unit(text))
    squashed = furniture.squash(text)
    found = _DAY.search(squashed) if squashed[:1] != "(" else None
    if found is not None and index > 1 and above.text.startswith(("——", "──")):
        before = furniture.squash(blocks[index - 2].text)
    if found is None or not is_title(before):
        return False  # (2024年5月10日江州市委通过) is text, as is the letterhead of a bulletin
    rest = _SWITCH.sub("", f"{squashed[: found.start()]} {squashed[found.end() :]}").strip(" |丨·-_[]()")
    if 1 < len(rest) <= _LONGEST_NAME and " " not in rest and (is_outlet(rest) or is_unit(rest)):
        return True
    if " " not in text.replace("\u3000", " "):
        return False
    dates = find_dates(text)  # 2024-05-10 示例日报 方敏
    spans = [text[: dates[0].span[0]], text[dates[0].span[1] :]] if dates else []
    names = read_names(" ".join(spans), trusted=False)
    return names.complete and bool(names.people)


def marks_many(blocks: Sequence[Block], index: int, end: int) -> bool:
    """Tell whether the mark that opens a line opens further lines: it heads parts of the text."""
    mark = blocks[index].text[0]
    return not mark.isalnum() and any(b.text[0] == mark for b in blocks[index + 1 : min(end, index + 20)])
