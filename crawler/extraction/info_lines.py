"""Info lines: labelled and unlabelled values around a headline or behind a text, put into `Readings`."""

import re

from crawler.extraction.body import between
from crawler.extraction.datelines import read_dateline
from crawler.extraction.dates import find_dates, has_date_sign
from crawler.extraction.document import Block, Document
from crawler.extraction.labelled_values import GENERATED, LONGEST_REST, LabelledValues
from crawler.extraction.labels import Segment, has_label, has_label_sign, role_of, segment, trim
from crawler.extraction.names import is_outlet, is_unit, read_names
from crawler.extraction.nodes import children, opening
from crawler.extraction.readings import Readings, Trust
from crawler.extraction.spacing import APART, line_of
from crawler.extraction.unlabelled_values import UnlabelledValues

_LONGEST_UNLABELLED = 160
_BEFORE_REPORTERS = frozenset({"noise", "editor", "review"})
_COUNT_OR_SWITCH = re.compile(r"(?:\d[\d.,]*[万w+]?\s?[次人条]?|大\s?中\s?小)[\s|·/]+")
_SHARING = frozenset({"分享到", "分享", "分享至"})
_REPORTERS = re.compile(r"(?:本[报刊网台社])?(?:记者|通讯员)\s.{2,40}")
_LONGEST_VALUE = 40
"""Characters of a value on the line below its label."""
_ENDS_OF_SENTENCES = ("。", "！", "？", "”")
_EVENT = re.compile(r"(?:时\s?间|日\s?期)[:：]")
_LABEL_CELLS = ("td", "th", "dt")
_LONGEST_LABEL_ALONE = 8
_MARKS = frozenset("□■◇◆○●◎△▲☆★")
"""What names stand behind: ◎文/方敏."""
_LABEL_SIGNS = ":：【】[]"
_COLONS = (":", "：")
_ROLES_ALONE = frozenset({"source", "issuer", "published", "modified", "other_date", "document_number"})
_LABELS_ALONE = frozenset({"作者", "责任编辑"})
"""Labels of persons that are no words of the language; others stand in headings and menus too."""


class InfoLines:
    """Reads info lines of one page into its readings."""

    def __init__(self, document: Document, readings: Readings, start: int, end: int) -> None:
        """`start` and `end` are the first and last line of the headline."""
        self.document, self.readings = document, readings
        self.start, self.end = start, end
        self._unlabelled = UnlabelledValues(document, readings, start, end)
        self.labelled = LabelledValues(readings).read
        self.outlet_line = self._unlabelled.outlet_line
        self.linked_line = self._unlabelled.linked_line

    def read(self, block: Block, trust: int, rule: str) -> bool:
        """Read a line; return whether it held a label or a date standing alone, and so is no text."""
        cell = self._label_in_element(block)
        if cell:
            return self.labelled(block, cell, trust, rule)
        text = block.text
        if not has_date_sign(text) and not has_label_sign(text):
            apart = block.box.tag in _LABEL_CELLS or "label" in block.box.cls
            role = role_of(text) if apart else ""
            if role:
                part = self._completed(block, Segment(role, text, "", (0, 0)))
                return bool(part.value) and self.labelled(block, part, trust, rule)
            # Most lines: nothing in them but perhaps names.
            if trust >= Trust.INFO_LINE and block.index > self.end:
                self._unlabelled.name_line(block, text)
            elif trust == Trust.BEHIND:
                self._unlabelled.signing_line(block, text)
            return False
        line = line_of(block)
        if trust < Trust.INFO_LINE and not has_label_sign(line) and self._unlabelled.in_a_list(block):
            return False  # a row of a list of other articles
        other = "" if has_label_sign(line) else self._other_date_above(block)
        if other:
            # The value in a table's cell: 生成日期： | 2024-06-04
            return self.labelled(block, Segment("other_date", other, line, (0, len(line))), trust, rule)
        segments = segment(line)
        held = self._labelled_in(segments, block, trust, rule)
        if len(line) <= _LONGEST_UNLABELLED:
            for part in segments:
                if not part.role:
                    labelled = len(segments) > 1
                    held |= self._unlabelled.read(block, part.value, trust, rule, labelled=labelled)
                elif trust >= Trust.INFO_LINE and (rest := _behind_value(part)):
                    self._unlabelled.beside(block, rest, trust - 20, f"{rule}:{part.label}")
        return held

    def _other_date_above(self, block: Block) -> str:
        """Return the line above if it is the label of a date that is not the page's, and nothing else."""
        if block.index == 0 or len(block.text) > _LONGEST_VALUE:
            return ""
        above = self.document.blocks[block.index - 1]
        if len(above.text) > _LONGEST_LABEL_ALONE + 2 or not _stand_together(above, block):
            return ""
        label = "".join(above.text.split()).strip(_LABEL_SIGNS)
        return label if role_of(label) == "other_date" else ""

    @staticmethod
    def _label_in_element(block: Block) -> Segment | None:
        """Read a line whose first element is a label without a sign: <li><b>发布日期</b>2024-05-10</li>."""
        text = block.text
        if len(text) > LONGEST_REST or ":" in text or "：" in text:
            return None
        element = block.box.element
        first = next(children(element), None)
        if first is None or first.tag not in APART or opening(element).strip():
            return None
        label = "".join(opening(first).split())
        if not text.startswith(label) or not 2 <= len(label) <= _LONGEST_LABEL_ALONE:
            return None
        role = role_of(label)
        if role not in _ROLES_ALONE and label not in _LABELS_ALONE:
            return None
        return Segment(role, label, trim(text[len(label) :]), (len(label), len(text)))

    def _completed(self, block: Block, part: Segment) -> Segment:
        """Give a label that ends its line the value that stands on the next line, where that is one."""
        below = self.document.blocks[block.index + 1 : block.index + 3]
        following = next((b for b in below if b.text not in _COLONS), None)
        if following is None or len(following.text) > _LONGEST_VALUE or following.level:
            return part
        if self.start <= following.index <= self.end:
            return part  # the headline
        if not _stand_together(block, following) or any(s.role for s in segment(following.text)):
            return part
        value = following.text
        if part.role == "source":
            fits = is_outlet(value) or is_unit(value)
        elif part.role in ("author", "editor"):
            names = read_names(value)
            fits = bool(names.people) and names.complete
        elif part.role == "document_number":
            fits = "号" in value
        elif part.role == "issuer":
            fits = is_unit(value)
        else:
            dated = part.role in ("published", "modified") or part.label in GENERATED
            fits = dated and bool(find_dates(value))
        return part._replace(value=value) if fits else part

    def _before_links(self, block: Block, value: str) -> str:
        """Return a source without the links that stand behind it and a blank: 进入论坛, 示例网官方微博."""
        for link in between(self.document.links, block.index, block.index):
            at = value.find(link.text) if link.text else 0
            if at > 1 and value[at - 1].isspace() and not has_date_sign(value[at:]):
                value = trim(value[:at])
        return value

    def tells_of_event(self, text: str) -> bool:
        """Tell whether a line of the text gives the time of what it tells of: the page's own stands above."""
        return bool(self.readings.dates and _EVENT.match(text)) and len(segment(text)) == 1

    def read_labelled(self, block: Block, trust: int, rule: str) -> None:
        """Read the labelled values of a line and nothing else; of a cell that is a label, those beside it."""
        if has_label(block.text):
            self._labelled_in(segment(line_of(block)), block, trust, rule)
        elif block.box.tag in _LABEL_CELLS and (role := role_of(block.text)):
            part = self._completed(block, Segment(role, block.text, "", (0, 0)))
            if part.value:
                self.labelled(block, part, trust, rule)

    def _labelled_in(self, segments: list[Segment], block: Block, trust: int, rule: str) -> bool:
        """Read a line's labelled values; return whether the line is an info line for one of them."""
        held = False
        for position, printed in enumerate(segments):
            if printed.role:
                last = position == len(segments) - 1
                part = self._completed(block, printed) if last and _unfinished(printed) else printed
                if part.role == "source" and block.links and " " in part.value.replace("\u3000", " "):
                    part = part._replace(value=self._before_links(block, part.value))
                held |= self.labelled(block, part, trust, rule)
        return held


def _stand_together(above: Block, below: Block) -> bool:
    """Tell whether two lines are neighbours in one element; one may stand in it without an own element."""
    one, other = above.box, below.box
    return one.parent is other.parent or one.parent is other or one is other.parent


def _behind_value(part: Segment) -> str:
    """Return what stands behind a labelled date, or behind a counter or switch the reporters."""
    rest = ""
    if part.role in ("published", "modified"):
        for found in find_dates(part.value)[:1]:
            rest = trim(part.value[found.span[1] :])
    elif part.role in _BEFORE_REPORTERS and (reporters := _REPORTERS.search(part.value)):
        rest = reporters[0]
    elif part.role == "noise" and (passed := _COUNT_OR_SWITCH.match(part.value)):
        rest = trim(part.value[passed.end() :])
    elif part.label in _SHARING:
        rest = part.value
    # 只看该作者: a button
    return rest if 2 < len(rest) <= LONGEST_REST and "作者" not in rest else ""


def _unfinished(part: Segment) -> bool:
    """Tell whether a label's value may stand on the next line: none is here, or a role alone."""
    return not part.value or (part.role == "author" and part.value.endswith(("记者", "記者", "通讯员")))


def opens_with_credit(text: str) -> bool:
    """Tell whether what stands in front of a line's first label is nothing, a date, an outlet or names."""
    if len(text) > _LONGEST_VALUE and text.endswith(_ENDS_OF_SENTENCES) and read_dateline(text):
        return False  # a sentence: 江大新闻网讯（文/方敏 图/李敏）…
    head = segment(text)[0]
    if head.role or find_dates(head.value) or is_outlet(head.value) or head.value in _MARKS:
        return True
    if head.value.startswith("《"):
        return is_outlet(head.value.strip("《》 "))  # else a work, and behind it who made it
    return read_names(head.value, trusted=False).complete
