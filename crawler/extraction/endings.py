"""Tell by what a last line says that it is none of the text: rights, requests to the reader, counters, marks.

The words that open a line are not enough: 未经…授权，严禁转载 begins like many sentences. So most tests ask
for two or three sorts of words together. Only lines at the end of a text are asked; few of the tests are safe
in its middle.
"""

import re
from collections.abc import Sequence
from typing import Final

from crawler.extraction import english
from crawler.extraction.document import Block
from crawler.extraction.furniture import holds_date, is_date_line, is_editor_line, squash
from crawler.extraction.labels import alternation, fold_width, role_of, segment, vocabulary
from crawler.extraction.names import is_lone_name, is_outlet, is_unit, read_names

_WORDS: Final = vocabulary("endings")
LONGEST: Final = 400
"""Characters of a line that may be a statement of rights."""

_COPYING: Final = r"(?:转|轉|摘)[载載编編]"
_RIGHTS: Final = re.compile(
    rf"{_COPYING}.{{0,60}}(?:授权|授權|许可|許可|允许|同意|注明|註明|标明|附上|联系|聯[繫絡]|必究|出处|原文链接)"
    rf"|(?:未经|未經|非经|非經|如需|谢绝|严禁|嚴禁|禁止|不得|请勿).{{0,30}}{_COPYING}|欢迎[^,。]{{0,6}}{_COPYING}"
    r"|(?:仅代表|并不代表|不代表|不意味着).{0,20}(?:观点|立场|看法)"
    r"|信息发布平台|信息存储空间|存储(?:空间)?服务"
    r"|(?:不构成|不作为).{0,10}(?:投资|操作|买卖)(?:建议|依据)|据此(?:操作|投资|入市|买卖),?(?:风险|责任)"
    r"|(?:本作品|本稿|此内容|该内容|该文|以上内容|版权作品|所刊载|本网|本站|本报|本刊|本平台|本公众号|上述内容).{0,50}"
    r"(?:版权|版權|著作权|侵权|侵權|知识产权|授权|授權|稿酬).{0,90}"
    r"(?:未经|不得|严禁|禁止|请|必究|追究|联系|删除|撤下|所有|保留)"
    r"|(?:如有|涉及|若有|如涉|如遇|存在)(?:作品内容、)?(?:版权|侵权|著作权).{0,60}(?:联系|联络|告知|删除|处理|撤)"
    r"|(?:本信息|本文|本页|以上信息|文章)[^。]{0,40}仅供参考|^以上(?:就|便)是.{2,40}(?:全部内容|相关内容|全部介绍)"
    r"|本站联系索取稿酬|许可协议.{0,4}(?:进行许可|授权)|uploadedandposted|onlyprovidesinformation|allrightsreserved"
)
# Each alternative holds one of these; most last paragraphs hold none.
_SIGNS_OF_RIGHTS: Final = frozenset("载載编編权權代味储台构據据考議议酬d")
# What the same words stand beside in a report of a court or a fair.
_IN_REPORTS: Final = re.compile(alternation(_WORDS["in_reports"]) + "|(?<![别馨])提醒")
_MEDIUM: Final = re.compile(alternation(_WORDS["media"]))
_WANTED: Final = re.compile(alternation(_WORDS["wanted"]))
_SERVICE: Final = re.compile(alternation(_WORDS["services"]))
_REPORTED: Final = re.compile(alternation(_WORDS["reported"]))
_REQUEST: Final = re.compile(alternation(_WORDS["requests"]))
_MORE: Final = re.compile(
    r"更多.{2,30}(?:尽在|请[关下点登浏搜看到见阅]|就[来在上]|点击|关注|下载)|看?更多.{2,8}(?:新闻|新聞|资讯|報導|报道)$"
    r"|^关注.{2,20},(?:获取|获得|了解|掌握)更多.{1,8}$"
)
_TIPS: Final = re.compile(
    r"[点點][击擊我].{0,2}(?:下[载載]|打[开開])(?:app|.{0,6}客户端)|(?:报料|爆料|新闻线索|新聞線索|本网热线|读者热线).{0,60}(?:热线|电话|微信|app|qq|联系|欢迎|酬|通道|邮箱|拨打|\d{6})"
)
_OWN: Final = re.compile(
    r"本[网报台刊站](?:官方)?(?:微信|微博|客户端|热线|邮箱|投稿|电话)(?:公众号|号)?[:@].{2,40}"
    r"|.{0,12}(?:新闻|广告|发行|订阅|报料|爆料)热线:?\d{3,4}-?\d{7}.{0,40}"
)
_SIGNS_OF_TIPS: Final = frozenset("料线線点點本")
_HOME: Final = re.compile(r"返回.{0,10}(?:首页|频道|主页)>{0,2}")
_ASKED: Final = re.compile(
    r".{0,6}(?:这篇|此篇|本篇|该篇|这条|本条)(?:文章|新闻|报道|稿件|信息|内容|资讯)?.{0,12}"
    r"(?:吗|么样|有用|满意|帮助|评价|打分|怎么看)[?]?"
)
# What two themes of WordPress, translated with it, print behind a text.
_FILED: Final = re.compile(r"(?:本|此)条目(?:发布于|发表在|由).{4,200}")
_LONGEST_REQUEST: Final = 70
_ARROWS: Final = frozenset("↓👇⬇▼")
_PRAISE: Final = re.compile(
    r"看完.{0,4}(?:点赞|分享|转发)|(?:请|记得|顺手|别忘了).{0,4}(?:给|点|留).{0,3}(?:个|一个|下)?赞"
)
_ORNAMENTS: Final = "【[(↓↑▼▲▽△→➜>》»☞👇👆*·•※●◆■★☆—-=|"


def is_added(squashed: str) -> bool:
    """Tell whether a squashed last line states rights, or asks the reader to share, follow or send in
    news."""
    signed = squashed[:2] == "以上" or not _SIGNS_OF_RIGHTS.isdisjoint(squashed)
    if signed and _RIGHTS.search(squashed):
        return not is_report(squashed)
    return len(squashed) <= _LONGEST_REQUEST and _is_request(squashed)


def is_report(squashed: str) -> bool:
    """Tell whether a squashed line that speaks of rights reports on them."""
    return _IN_REPORTS.search(squashed) is not None


def _is_request(squashed: str) -> bool:
    if squashed[1:3] == "条目":
        return _FILED.fullmatch(squashed) is not None
    if squashed[:2] == "返回":
        return _HOME.fullmatch(squashed) is not None
    if not _SIGNS_OF_TIPS.isdisjoint(squashed) and (_TIPS.search(squashed) or _OWN.fullmatch(squashed)):
        return True
    if ("篇" in squashed or "条" in squashed) and _ASKED.fullmatch(squashed):
        return True
    if squashed[-1:] in _ARROWS or (("赞" in squashed or "看完" in squashed) and _PRAISE.search(squashed)):
        return True
    bare = squashed.lstrip(_ORNAMENTS)
    asked = _REQUEST.match(bare)
    more = bare[:1] in "看更关" and _MORE.search(bare)
    if not (asked or more) or _SERVICE.search(bare) or _REPORTED.search(bare):
        return False
    return bool(more) or (_MEDIUM.search(bare) is not None and _WANTED.search(bare, 1) is not None)


_CREDITS: Final = frozenset({"author", "editor", "review", "poster", "picture", "contributor", "source"})
_OF_FIGURES: Final = frozenset({"数据来源", "图表来源", "数据支持"})
_LONGEST_CREDITS: Final = 100
_STOPS: Final = frozenset("。！？!?；;")


def is_credit_line(text: str) -> bool:
    """Tell whether a last line consists of labels with the names of those who wrote, drew, checked or sent
    it in."""
    if len(text) > _LONGEST_CREDITS or not _STOPS.isdisjoint(text):
        return False
    if text[0] in _BRACKETS and (edited := _BY_EDITOR.fullmatch(text)):
        return is_lone_name(edited["name"])
    if "综合" in text[:12] and (gathered := _GATHERED.match(text)):
        names = read_names(gathered["outlets"])
        return names.complete and bool(names.units) and all(map(is_outlet, names.units))
    if _SIGNS.isdisjoint(text):
        return _is_bare_credit(text)
    outlet, sign, rest = fold_width(text).partition(":")
    if sign and is_outlet(outlet) and outlet.endswith(_DESKS):
        names = read_names(rest)
        return names.complete and bool(names.people)
    parts = segment(text)
    for part in parts:
        if part.role not in _CREDITS or not part.value or part.label in _OF_FIGURES:
            return False
        names = read_names(part.value)
        if not names.complete or not (names.people or names.units):
            return False
    return bool(parts)


def _is_bare_credit(text: str) -> bool:
    """Tell whether a line without separators is a role or an outlet and names: 美编 方敏, 示例新闻 方敏."""
    first, _, rest = text.partition(" ")
    if not rest or len(text) > _SHORT:
        return False
    names = read_names(rest, trusted=False)
    if not names.complete or not names.people or names.units:
        return False
    return role_of(first) in _CREDITS or (first.endswith(_DESKS) and is_outlet(first))


def repeats_source(text: str, source: str | None) -> bool:
    """Tell whether a last line is the name of the outlet that the page gives as its source, alone or with a
    date, an address or its account: 示例日报; 示例日报 2021年3月5日; 示例发布官方微信.

    An office that signs with its name is no outlet.
    """
    if not source or len(text) > _SHORT + len(source) or not text.startswith(source) or not is_outlet(source):
        return False
    rest = squash(text[len(source) :])
    return not rest or is_date_line(rest) or _OF_AN_OUTLET.fullmatch(rest) is not None


_OF_AN_OUTLET: Final = re.compile(
    r"(?:官方)?(?:微信|微博|客户端|公众号|微信公众号|网站|讯|抖音号|视频号)|(?:https?:|www\.).{4,}"
)
_GATHERED: Final = re.compile(r".{0,8}综合(?:整理)?自?[:：]?\s?(?P<outlets>[^，。]{3,40})$")
_BRACKETS: Final = frozenset("（(【[")
_SIGNS: Final = frozenset(":：/／|丨｜】]")
_BY_EDITOR: Final = re.compile(r"[（(【\[].{0,16}(?:编辑|责编)\s?(?P<name>[\u4e00-\u9fff]{2,3})[)）】\]]")
_DESKS: Final = tuple(_WORDS["desks"])


def top_of_added(blocks: Sequence[Block], start: int, stop: int) -> int:
    """Return the index of the first of the last lines that are added to a text, though short ones which could
    be text stand among them: 【作者】方敏, then the name of a column; 转载须经授权, then a telephone number.

    Returns `stop` where no line says that it is added.
    """
    top = index = stop
    slight = 0
    while index > start + 1 and stop - index < _LAST_LINES:
        block = blocks[index - 1]
        text = block.text
        if (
            len(text) <= LONGEST
            and _is_surely_added(text)
            and not is_particular(blocks, index - 1, start, stop)
        ):
            top, slight = index - 1, 0
        elif slight == _MOST_SLIGHT or not _is_slight(text):
            break
        else:
            slight += 1
        index -= 1
    return top


_MOST_SLIGHT: Final = 2
"""Short lines in a row that may stand among added ones."""


def _is_surely_added(text: str) -> bool:
    return (
        is_editor_line(text) or is_credit_line(text) or is_added(squash(text)) or english.is_behind_text(text)
    )


def _is_slight(text: str) -> bool:
    """Tell whether a line is short and neither a sentence nor what closes a notice."""
    if len(text) > _SHORT or text[-1] in _ENDS_OF_TEXT or not _STOPS.isdisjoint(text):
        return False
    squashed = squash(text)
    return not (
        holds_date(squashed)
        or (is_unit(text) and not text.endswith("频道"))
        or "附" in text
        or _PARTICULAR.match(squashed)
    )


_ENDS_OF_TEXT: Final = frozenset("”）)》…，,：:")


def is_counter(squashed: str) -> bool:
    """Tell whether a squashed line does nothing but count readers, comments or characters."""
    if squashed[-1:] not in _COUNT_ENDS or len(squashed) > _LONGEST_COUNTERS:
        return False
    if squashed[-1] == "钟" and _READING_TIME.fullmatch(squashed):
        return True
    return _COUNTERS.fullmatch(squashed) is not None or (
        len(squashed) <= _SHORT and _COUNTED.fullmatch(squashed) is not None
    )


_READING_TIME: Final = re.compile(
    r"(?:听全文|听新闻|本文|全文|预计)?(?:字数)?[:约共]{0,2}(?:\d{2,6}字?)?,?(?:预计)?(?:阅读|收听|听)?(?:时间|时长|完)?"
    r"[:约需要]{0,3}\d{1,3}分钟"
)
_LONGEST_COUNTERS: Final = 160
_SHORT: Final = 24
_COUNT_ENDS: Final = frozenset("0123456789万wk+次人)赞论读览过条钟字载享报藏页")
# Possessive: a comma may close a number or stand behind it, at each of many counters.
_COUNTERS: Final = re.compile(
    r"(?:(?:点赞|获赞|赞|顶|踩|收藏|转发|在看|喜欢|分享|评论|阅读|浏览|点击|跟帖|淘帖|支持|反对|打赏)(?:量|数)?[:(]?\d[\d.,]{0,9}[万wk]?\+?[次人)]?[·|,/]?)++(?:分享|举报|收藏)?"
)
_READ: Final = r"(?:阅读|浏览|评论|参与|点击|观看|访问|下载|点赞|赞过|收藏)"
_COUNTED: Final = re.compile(
    rf"[(（]?(?:(?:本文|本页|本新闻|本信息|全文)?(?:已|被|共|有)*\d[\d.,]{{0,9}}万?(?:次|人次|人|条)?{_READ}[,、]?)+[)）]?"
    rf"|(?:本文|本新闻|本信息|全文|本页)(?:已|被|共|有)*{_READ}?\d{{1,9}}(?:次|人次|人|字){_READ}?(?:,?阅读需?\d{{1,3}}分钟)?"
    r"|(?:本篇文章|本文|全文)?共有?\d{1,3}页,?当?前?为?第\d{1,3}页|\(已下载\d{1,9}次\)|附件[【\[].{1,60}[】\]]已下载\d{1,9}次"
)

_END_MARK: Final = re.compile(
    r"[-—–_=~·•*.(\[【]*(?:the)?end[-—–_=~·•*.)\]】]*|[-—–_=~·•*]+(?:全文)?完[-—–_=~·•*]+"
)
_LAST_LINES: Final = 14
"""Lines at the end of a text that are searched."""


def end_mark(blocks: Sequence[Block], start: int, stop: int) -> int:
    """Return the index of a line like `— END —` among the last lines before one; that one where there is
    none."""
    for index in range(max(start + 1, stop - _LAST_LINES), stop):
        text = blocks[index].text
        if len(text) > _LONGEST_MARK or not ("完" in text or "end" in text.lower()):
            continue
        squashed = squash(text)
        if _END_MARK.fullmatch(squashed):
            return index
        if squashed in _CLOSES:
            return index + 1
    return stop


_LONGEST_MARK: Final = 20
_CLOSES: Final = frozenset({"(完)", "(全文完)", "【完】", "[完]"})

_PARTICULAR: Final = re.compile(rf"(?:{alternation(_WORDS['particulars'])})[^:,。]{{0,6}}:(?!$)")
_OF_THE_PAGE: Final = re.compile(r"icp|公网安备|版权所有|copyright|网站标识码|建议使用|网站地图")


def is_particular(blocks: Sequence[Block], index: int, start: int, stop: int) -> bool:
    """Tell whether a line is one of several particulars in a row that a notice closes with.

    主办单位, 投稿邮箱, 技术支持 and 微信公众号 stand at the foot of pages too, but there not on lines of
    their own beside 时间 and 地点 or 联系人 and 电话.
    """
    if not _PARTICULAR.match(squash(blocks[index].text)):
        return False
    around = [squash(blocks[i].text) for i in (index - 1, index + 1) if start < i < stop]
    if not any(_PARTICULAR.match(text) for text in around):
        return False
    return not any(
        _OF_THE_PAGE.search(squash(block.text)) for block in blocks[index : min(index + _LAST_LINES, stop)]
    )


# 更多精彩，值得期待; 阅读，让城市更有温度: no headings.
_RUNS_ON: Final = re.compile(rf"(?:{alternation(_WORDS['headings'])})[^,:]{{0,6}},")
_SCANNED: Final = re.compile(
    r"没有了[^:|,。]{2,}[,。]|打开微信,(?!.*(?:点击|扫|发现|分享|搜索|关注))|扫一扫,(?!.*(?:手机|微信|分享|打开|关注|二维码|浏览|阅读|查看|本页|公众号|转发|收藏|网页|更多|下载|精彩))"
)
_CALLS: Final = frozenset("扫长点关打")
_FILE: Final = re.compile(r"\.(?:docx?|pdf|xlsx?|zip|rar|wps|pptx?)(?!【)\b")


def is_sentence(squashed: str) -> bool:
    """Tell whether a squashed line that begins as headings and prompts do goes on as a sentence, or names a
    file."""
    if squashed[:1] in _CALLS and _SERVICE.search(squashed) and "评论" not in squashed:
        return True
    return (
        _RUNS_ON.match(squashed) is not None
        or _SCANNED.match(squashed) is not None
        or _FILE.search(squashed) is not None
    )
