"""What opens a text: datelines, the reporters named behind them, brackets with names.

新华社北京1月6日电（记者 张三、李四）…            本报讯（记者叶婉）…            （经济学院 张三）5月18日，…
"""

import re
from typing import NamedTuple

from crawler.extraction.labels import alternation, fold_width, has_label, segment, trim, vocabulary
from crawler.extraction.names import (
    COMPOUND_SURNAMES,
    is_lone_name,
    is_person,
    may_be_person,
    read_names,
    without_asides,
)
from crawler.extraction.roles_behind import BOTH_ROLES, ROLE_FIRST, read_writers

_HAN = r"[\u3400-\u9fff]"
_OUTLET = (
    rf"(?:本报|本刊|本网|本台|本社|本站|本校|本院|本報|{_HAN}{{1,14}}?"
    r"(?:社|网站|网|報|报|台|频道|客户端|新闻|在线|之声|融媒|融媒体|总台|娱乐|音乐|体育|科技|财经))"
)
_DAY = r"(?:\d{4}年)?(?:\d{1,2}月\s?)?(?:\d{1,2}日\s?)?(?:\d{1,2}时)?(?:\d{1,2}分)?"
# 新华社北京1月6日电, 示例日报·示例客户端1月6日14时讯, 示例之声《示例》北京1月6日电, 北京1月6日电
_DATELINE = re.compile(
    rf"^\s*[【\[（(]?\s*(?P<dateline>(?:(?:{_HAN}{{2,8}}[/／·—–-]{{1,2}})?{_OUTLET}(?:《{_HAN}{{2,12}}》)?"
    rf"\s?(?P<place>{_HAN}{{2,14}}?)??\s?{_DAY}(?:专电|快讯|电|電|讯|訊|消息)"
    rf"|{_HAN}{{2,6}}\d{{1,2}}月\d{{1,2}}日[电電](?=\s{{0,2}}[（(])|{_HAN}{{2,8}}[讯訊](?=\s{{0,2}}[（(])))"
    r"\s*[】\]）)]?"
    r"(?:\s*[（(](?P<who>[^()（）]{2,90})[)）]"
    r"|[:：\s]{0,3}(?P<reporters>(?:本报|本网|本台|总台)?(?:记者|記者|通讯员)[\u3400-\u9fff、，,\s]{2,40}?)"
    r"(?:摄影)?(?:报道|報道|報導)[:：，,。\s])?"
)
_REPORTER_SIGN = re.compile("记者|記者|通讯员|评论员")
_REPORTS = re.compile(
    rf"^(?:[（(【［\[〔][\u3400-\u9fffA-Za-z]{{2,15}}[）)】］\]〕]\s?)?[（(【［\[〔]?"
    rf"(?P<who>{_HAN}{{0,10}}\s?(?:记者|記者|通讯员)[\u3400-\u9fff、，\s]{{2,40}}?)"
    rf"(?:\s?[／/]\s?(?:{_HAN}{{2,6}}?(?:報導|報道)|(?:特稿|專訪|专访|特寫|特写)\s)|(?:报道|報道|報導)[】)）:：，,\s])"
)
# 中央社記者張三台北12日電: name and place run together.
_AGENCY_REPORTER = re.compile(
    rf"^[（(]?(?P<dateline>{_HAN}{{1,5}}社(?:記者|记者)(?P<who>{_HAN}[\u3400-\u9fff、]{{3,20}}?)"
    r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:專|专)?[電电])[）)]?"
)
_PLACE_END = re.compile(rf"(?:{alternation(vocabulary('names')['dateline_places'])})$")
# 讯 特约记者 张三 通讯员 李四 昨日，…
_RUNNING_ROLE = re.compile(rf"{_HAN}{{0,8}}?(?:记者|記者|通讯员|实习生)")
_RUNNING_ON = re.compile(
    rf"{_HAN}{{0,8}}?(?:记者|記者)(?P<name>{_HAN}{{2,3}}?)(?=从|在|近日|日前|昨日|昨天|今日|今天|报道|\d)"
)
_DATELINE_SIGN = re.compile("[电電讯訊息](?:(?<!息)|(?<=消息))")
_OPENING_REPORTERS = re.compile(
    r"[（(【〔\[](?P<who>[^()（）【】〔〕\[\]]{0,24}(?:记者|記者|通讯员|评论员)[^()（）【】〔〕\[\]]{1,70})[)）】〕\]]"
)
_OPENING = frozenset("(（【[")
_OPENING_CREDIT = re.compile(r"[（(【\[](?P<inside>[^()（）【】\[\]]{4,40})[)）】\]]")
_NEWS = re.compile(r"(?:报道|消息|电|讯)$")


class Dateline(NamedTuple):
    """What opens the text of a news agency or newspaper."""

    dateline: str | None
    """Agency, place and day: 新华社北京1月6日电."""
    authors: list[str]
    """Reporters named behind it."""
    raw: str
    """The text both were read from."""


def read_dateline(text: str) -> Dateline | None:
    """Read the opening of a text; None where it has neither dateline nor reporters."""
    head = text[:160].lstrip(" \u3000\xa0")
    if "摄 " in head[:90]:
        head = head[head.index("摄 ") + 1 :].lstrip()  # a caption that an editor's paste has left in front
    if "社" in head[:7] and (match := _AGENCY_REPORTER.match(head)):
        return Dateline(match["dateline"], _before_place(match["who"]), match[0])
    match = _DATELINE.match(head) if _DATELINE_SIGN.search(head, 0, 48) else None
    if match:
        authors: list[str] = []
        who = match["who"] or match["reporters"]
        if who:
            authors = _reporters(who)
        raw = match[0].strip()
        if not authors:
            later = _OPENING_REPORTERS.match(head)  # 【示例网快讯 记者 张三】
            if later is None:
                later = _OPENING_REPORTERS.search(head, match.end(), min(len(head), match.end() + 60))
            if later:
                authors, raw = _reporters(later["who"]), head[: later.end()]
            elif not who and head[0] in _OPENING and is_lone_name(match["place"] or ""):
                authors = [match["place"]]  # （江南通讯社 张三 讯）
            elif not who:
                authors = _running_reporters(head[match.end() : match.end() + 60])
        return Dateline(trim(match["dateline"]), authors, raw)
    if _REPORTER_SIGN.search(head, 0, 60):
        reports = _REPORTS.match(head)
        if reports:
            authors = _reporters(reports["who"])
            if authors:
                return Dateline(None, authors, reports[0])
        reporters = _OPENING_REPORTERS.match(head)
        if reporters is None:
            reporters = _OPENING_REPORTERS.search(head, 0, 70)
            # 张三（记者）说 is no credit; the bracket must stand near the start, behind another form of
            # dateline.
            if reporters and reporters.start() > 30:
                reporters = None
        if reporters:
            authors = _reporters(reporters["who"])
            if authors:
                return Dateline(None, authors, reporters[0])
        if len(head) > 60 and (authors := _running_reporters(head[:60])):
            return Dateline(None, authors, head[:60])
    if head[:1] in _OPENING and (credit := _OPENING_CREDIT.match(head)):
        authors = _writers_in_front(fold_width(credit["inside"]).strip())
        if authors:
            return Dateline(None, authors, credit[0])
    return None


def _writers_in_front(inside: str) -> list[str]:
    """Return the persons in brackets that open a text without a role word: several, or one with a unit."""
    writers = read_writers(inside)
    if writers or has_label(inside):
        return writers or _reporters(inside)
    if role := ROLE_FIRST.match(inside):
        return read_names(inside[role.end() :]).people
    names = read_names(_NEWS.sub("", inside).rstrip(), trusted=False)
    sure = names.complete and (len(names.people) > 1 or names.units)
    return names.people if sure else []


def _before_place(who: str) -> list[str]:
    """Return the reporters in a list of which the last runs on into the place: 張三、李四台北."""
    names = who.split("、")
    last = names[-1]
    place = _PLACE_END.search(last, 2)
    if place:
        names[-1] = last[: place.start()]
    else:
        compound = last[:2] in COMPOUND_SURNAMES and len(last) > 5
        names[-1] = last[: 4 if compound else 3 if len(last) > 4 else 2]
    return [name for name in names if may_be_person(name)]


def _running_reporters(rest: str) -> list[str]:
    """Return the reporters who open a sentence without brackets around them: 记者 张三 昨日，…"""
    words = re.split(r"[ 、,]+", fold_width(rest).lstrip(" :"))
    if not _RUNNING_ROLE.match(words[0]):
        return []
    runs_on = _RUNNING_ON.match(words[0])
    if runs_on and is_lone_name(runs_on["name"]):
        return [runs_on["name"]]
    people: list[str] = []
    for word in words[:-1]:  # the last one runs on into the sentence
        role = _RUNNING_ROLE.match(word)
        name = word[role.end() :] if role else word
        if is_person(name):
            people.append(name)
        elif name:
            break
    return people


def _reporters(who: str) -> list[str]:
    """Return the persons in the brackets behind a dateline (记者 张三、李四); not photographers."""
    if writers := read_writers(fold_width(who).strip()):
        return writers
    if role := ROLE_FIRST.match(fold_width(who).strip()):
        return read_names(fold_width(who).strip()[role.end() :]).people
    if who.rstrip().endswith(("摄", "攝", "摄影", "攝影", "制图", "供图")):
        return []
    if has_label(who):
        written = [part.value for part in segment(who) if part.role == "author" and part.value]
        if written:
            return read_names("、".join(written)).people
    names = read_names(without_asides(BOTH_ROLES.sub("", fold_width(who))), trusted=False)
    if names.role:
        return names.people
    return names.people if names.complete else []
