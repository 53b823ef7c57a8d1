"""The value of a source label, cleaned: 求是网参与互动 is 求是网, 《求是》2022/01 is 求是, 未知 nothing."""

import re

from crawler.extraction.dates import find_dates
from crawler.extraction.document import Document
from crawler.extraction.labels import alternation, fold_width, trim, vocabulary
from crawler.extraction.names import is_no_source, is_outlet, is_unit

LONGEST_SOURCE = 60
"""Characters of a source; a longer value is a sentence."""

_WORDS = vocabulary("sources")
_GLUED = re.compile(
    rf"{alternation(_WORDS['glued'])}|【.{{0,6}}】|\[[大中小默认]{{1,2}}\]|\(\d+\)|(?<=》)(?:收藏|分享|打印)"
)
_APART = re.compile(
    rf"(?<=[ \u3000\xa0\u2003])(?:\d{{1,7}}次|\d{{1,7}} ?[条人个]?(?:评论|参与|跟帖)|\S{{0,8}}收集"
    rf"|{alternation(_WORDS['apart'])})(?=[ \u3000\xa0\u2003\d(（]|$)"
)
# 来源： 阅读9251次: no name between the label and what follows it.
_NO_NAME = re.compile(
    rf"\s*(?:已?(?:阅读|浏览|点击|访问|人气)[量数率]? ?\d+ ?次?|{alternation(_WORDS['apart'])})\s*"
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[\w./?=&%:#-]*|[\w-]+(?:\.[\w-]+){0,4}\.(?:com|cn|org|net|gov|edu)(?:\.cn)?(?!\w)",
    re.ASCII | re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_GAP = re.compile(r" {2,}")
_SENTENCE = re.compile(r"[，。；！？!?]")
_MARKED = re.compile(r"^\s*[《“\"](?P<name>[^《》“”\"]{2,30})[》”\"]\s*(?=$|[\s(（\d第,，])")
# 9月30日《示例日报》
_DAY_OF_PAPER = re.compile(r"^\s*(?:(?:19|20)\d\d年)?\d{1,2}月\d{1,2}日(?=《)")
_ISSUE = re.compile(r"[\s(（]*(?:\d{4}年第\s?\d+\s?[期号]|\d{4}[-年/.]|第\s?\d+\s?[期版]|[A-Z]?\d{1,2}版)")

# 微信公众号「示例先锋」, 合作媒体：示例先锋
_ACCOUNT = re.compile(
    r"(?:微信)?公众号[:： ]{0,2}[“「『\"](?P<name>[^”」』\"]{2,20})[”」』\"]"
    r"|合作媒体[:：] ?(?P<partner>.{2,20})"
)

_IN_SCRIPT = re.compile(
    r"""["']?(?:source|media|from|copyfrom|laiyuan|origin)(?:_?name)?["']?\s{0,3}[:=]\s{0,3}["'](?P<name>[^"'<>\\]{2,20})["']""",
    re.IGNORECASE,
)
_NEAR = 600
_COMMAS = re.compile("[，；]")
_BEHIND = re.compile(
    r"(?: (?:供稿|供图|投稿|报送)| ?\d{1,7} ?[次人](?:浏览|阅读|点击)| \d{1,2}月\d{1,2}日"
    r"|(?<=[报刊])(?:数字报|电子报|数字版|电子版)"
    r"|[（(](?:微信号|微信ID|公众号|ID|id)[:：]? ?[\w-]{3,30}[)）])+$"
)
# 据新华社电, 人民日报讯
_AS_TOLD_BY = re.compile("据?(?P<name>.{2,20}?)(?:电|讯|消息|报道)")


def collapse(text: str) -> str:
    """Return a text with white space collapsed as a browser does; no-break and wide blanks stay."""
    return _BLANKS.sub(" ", text)


def without_addresses(text: str) -> str:
    """Return a text with web addresses replaced by blanks."""
    return _ADDRESS.sub(" ", text) if "." in text else text


def clean_source(value: str) -> str | None:
    """Return the value of a source label without what follows it; None where no name is left.

    Cut off are a date, an address, the number of an issue, counters and switches, and whatever stands behind
    a wide gap: collecting sites print their own name there.
    """
    value = collapse(value[:200])
    if "日《" in value:
        value = _DAY_OF_PAPER.sub("", value)
    for found in find_dates(value)[:1]:
        value = value[: found.span[0]]
    folded = fold_width(value)
    address = _ADDRESS.search(folded) if "." in folded or "/" in folded else None
    if address:
        value, folded = value[: address.start()], folded[: address.start()]
    bar = folded.find("|", 2)
    if bar > 0:
        value, folded = value[:bar], folded[:bar]
    gap = _GAP.search(folded, len(folded) - len(folded.lstrip()))
    if gap and len(trim(value[: gap.start()])) >= 2:
        value = value[: gap.start()]
    sentence = _SENTENCE.search(value)
    if sentence and not _names_several(value):
        value = value[: sentence.start()]
        if "”" in value and "“" not in value:
            return None  # the rest of a notice about sources
    if _NO_NAME.fullmatch(value):
        return None
    furniture = [match.start() for pattern in (_GLUED, _APART) if (match := pattern.search(value))]
    if furniture:
        value = value[: min(furniture)]
    marked = _MARKED.match(value)
    value = trim(marked["name"] if marked else value)
    issue = _ISSUE.search(value)
    if issue and issue.end() == len(value) and not issue.start():
        return None  # 2016年第3号: an issue and no name
    if issue and issue.start() >= 2:
        value = trim(value[: issue.start()])
    value = _BEHIND.sub("", " ".join(value.split()))
    account = _ACCOUNT.fullmatch(value)
    if account:
        value = account["name"] or account["partner"]
    quoted = _AS_TOLD_BY.fullmatch(value)
    if quoted and is_outlet(quoted["name"]) and not is_no_source(value):
        value = quoted["name"]
    if not 2 <= len(value) <= LONGEST_SOURCE or is_no_source(value) or not any(c.isalpha() for c in value):
        return None
    return value


def _names_several(value: str) -> bool:
    """Tell whether a value with commas lists outlets and units and is no sentence."""
    names = [trim(name) for name in _COMMAS.split(value)]
    return len(names) <= 4 and all(is_outlet(name) or is_unit(name) for name in names)


def source_in_scripts(document: Document, title: str) -> str | None:
    """Return the outlet that an inline script gives close to the article's own title.

    Pages built by script keep the record they were built from; records of other articles hold other titles.
    """
    for script in document.scripts[:60]:
        at = script.find(title, 0, 100_000)
        if at < 0:
            continue
        for match in _IN_SCRIPT.finditer(script, max(0, at - _NEAR), at + len(title) + _NEAR):
            name = clean_source(match["name"])
            if name and is_outlet(name):
                return name
    return None
