"""What is a person's name, a unit, an outlet, an account; and lists of them.

A name on a Chinese page is two to four ideographs beginning with one of some five hundred surnames, or has a
middle dot (阿卜杜拉·买买提). A word may look like one (全文, 方法), so a candidate that no label introduces
must carry a surname, hold no function word and be no known word; behind a label or a role word (记者) the
shape alone is enough.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from crawler.extraction.labels import alternation, fold_width, trim, vocabulary

LONGEST_LIST = 300
"""Characters of a list of names that are looked at."""

_WORDS = vocabulary("names")
_SURNAMES = frozenset("".join(_WORDS["surnames"].split()))
_COMMON_SURNAMES = frozenset("".join(_WORDS["common_surnames"].split()))
COMPOUND_SURNAMES = frozenset(_WORDS["compound_surnames"])
_NOT_IN_NAMES = frozenset(_WORDS["not_in_names"])
_NOT_NAMES = frozenset(_WORDS["not_names"])
_NOBODY = frozenset(word.lower() for word in _WORDS["nobody"])
_NO_SOURCE = frozenset(word.lower() for word in _WORDS["no_source"])
_UNIT_ENDINGS = tuple(_WORDS["unit_endings"])
_OUTLET_ENDINGS = tuple(_WORDS["outlet_endings"])
_PAPERS = ("日报", "晚报", "晨报", "都市报", "时报", "新闻", "新闻网")
_COLUMNS = frozenset(_WORDS["columns"])
_OWN_OUTLET = frozenset(_WORDS["own_outlet"])

_HAN_ONLY = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff〇]+")
_DOTTED = re.compile(r"[\u3400-\u9fff]{1,8}(?:[·•‧・.．][\u3400-\u9fff]{1,10}){1,3}")
_LATIN = re.compile(r"[A-Z][A-Za-z'’.-]{0,20}(?: [A-Z][A-Za-z'’.-]{0,20}){1,3}")
_ROLE = re.compile(alternation(word for word in _WORDS["roles"] if len(word) > 1))
_PERSON_ROLE = re.compile(
    r"记者|記者|通讯员|通訊員|评论员|評論員|实习生|撰稿人?|执笔|特派员|观察员|主笔|采写|撰文|整理|编译|综编|文字"
    r"|报道|報導"
)
# What follows an empty label on the same line: 作者： 返回列表.
_FURNITURE = re.compile(
    r"返回|关闭|打印|上一|下一|首页|点击|更多|分享|收藏|浏览|阅读|字号|字体|我要|发表|查看|相关|网站|版权|来源|时间|发布|扫码|扫一|扫描|点赞|倒序|正序|只看|用手机|手机看|关注|微信|附件|文章纠错|纠错|举报|报错"
)
_REPORT = re.compile(
    r"(?:综合|联合|即时|专题|现场|连线|摄影|独家|深度|采访|即時|綜合|專題|連線|攝影|台北|台中|高雄)?"
    r"(?:报道|報導|报导|報道)(?=[\s、,/]|$)"
)
# 記者葉知秋／苗栗報導: what stands between slash and 報導 is a place.
_FROM_PLACE = re.compile(r"(?:(?<=[\u3400-\u9fff]{2})\s?/|\d,)\s?[\u3400-\u9fff]{2,6}(?:綜合)?(?:報導|報道)$")
# 记者 甲 摄影 乙, 记者 甲 校对 乙: who took the pictures or read the proofs did not write.
_ASIDE = re.compile(
    rf"(?:(?:^|(?<=[\s、,;|/]))(?:[\u3400-\u9fff]{{0,4}}(?:{alternation(_WORDS['aside_roles'])})(?:记者|記者)?(?![\u3400-\u9fff])|摄影)"
    r"|供图|供圖)[\s:/|‧·–—-]{0,3}[\u3400-\u9fff]{2,4}(?:[、\s][\u3400-\u9fff]{2,4})*?"
    rf"(?=\s?[/,]|\s(?:{alternation(_WORDS['aside_roles'])}|[\u3400-\u9fff]{{0,6}}(?:记者|通讯员|实习生))|\s*$)"
)
# 记者 甲 江州报道
_PLACE_OF_REPORT = re.compile(
    r"(?<=[\u3400-\u9fff]) (?:自|发自)?(?P<place>(?:(?!摄影|综合|联合)[\u3400-\u9fff]){2,5})(?:报道|报导)$"
)
# 甲/文 乙/图
_PICTURED = re.compile(
    r"[\u3400-\u9fff]{2,4}(?:、[\u3400-\u9fff]{2,4})*(?:\s?/|/\s)(?:图片?|摄影?|供图|圖|攝影?)(?![/‧·:\u3400-\u9fff])"
)
_ASIDE_SIGN = re.compile(f"[{''.join({word[0] for word in _WORDS['aside_roles']})}供]")
_BY_CAMERA = re.compile(r"(?<![文/、])\s*[摄攝]$")
_REMARK = re.compile(r"[(\[【（][^()（）\[\]【】]{0,80}[)\]】）]")
_GLUED_HOUSE = re.compile(r"(?<=[ 、,，])[\u3400-\u9fff]{3,10}$")
_LIST_SIGNS = re.compile(r"[、,，;；/／&|｜+＋]")
_OFFICE = re.compile(alternation(_WORDS["office_openings"]))
# 方敏北京大学法学院
_WHERE = alternation(word for word in _WORDS["office_openings"] if len(word) > 1)
_NAME_AND_HOUSE = re.compile(
    r"(?P<name>[\u3400-\u9fff]{2,3})(?:中央党校|中共|中国社会科学院"
    rf"|(?:{_WHERE})[\u3400-\u9fff]{{0,6}}?(?:大学|学院|党校))"
)
_QUOTES = re.compile("[《》〈〉“”「」<>]")
_MARKS = re.compile(r"[(\[【（《》〈〉“”「」<>]")
"""What `_REMARK` begins with, and all of `_QUOTES`: most lists hold none."""
_AND = re.compile("[和与]")
_PLACES = frozenset("省市县区州")
_OF_PLACES = ("委", "直", "纪委", "政府", "人大", "政协", "机关", "妇联", "总工会", "党史", "档案")
_OFFICE_ENDINGS = tuple(_WORDS["office_endings"])
# 江州大学2021级硕士研究生
_YEAR_OF_STUDY = re.compile(r"(?:大学|学院|专业|系)\d{2,4}级[\u3400-\u9fff\d]{0,12}生$")
_LEADING_MARK = re.compile(r"[□■◎○●◇◆▲△▼▽★☆※◆∎▪•·\-—–―>*#@《【\[(（\s]+")


class Names(NamedTuple):
    """A list of names as read."""

    people: list[str]
    """Persons, in order, without blanks inside Chinese names."""
    units: list[str]
    """Units and outlets, in order."""
    complete: bool
    """Whether nothing else stood in the text: no word that is neither name, unit nor role."""
    role: bool
    """Whether a role word (记者, 通讯员) stood in it."""


def has_surname(text: str) -> bool:
    """Tell whether a text is a Chinese surname and a given name of one or two characters behind it."""
    if text[:2] in COMPOUND_SURNAMES:
        return 3 <= len(text) <= 4
    return text[:1] in _SURNAMES and 2 <= len(text) <= 3


@lru_cache(maxsize=4096)
def is_person(text: str) -> bool:
    """Tell whether a text is a person's name by itself, with nothing around it that says so."""
    if _HAN_ONLY.fullmatch(text):
        if not has_surname(text):
            return False
        given = text[2:] if text[:2] in COMPOUND_SURNAMES else text[1:]
        return text not in _NOT_NAMES and text[:2] not in _NOT_NAMES and not _NOT_IN_NAMES.intersection(given)
    return _is_dotted_name(text)


def _is_dotted_name(text: str) -> bool:
    """Tell whether a text is a name with a middle dot, and not outlets joined by one (示例报·示例网)."""
    if not _DOTTED.fullmatch(text) or text.endswith(_OUTLET_ENDINGS):
        return False
    return not any(len(part) > 2 and part.endswith(_OUTLET_ENDINGS) for part in text.split("·"))


def is_lone_name(text: str) -> bool:
    """Tell whether a text that stands by itself, with nothing near that speaks of names, is one."""
    return is_person(text) and (
        text[0] in _COMMON_SURNAMES or text[:2] in COMPOUND_SURNAMES or not _HAN_ONLY.fullmatch(text)
    )


@lru_cache(maxsize=4096)
def may_be_person(text: str) -> bool:
    """Tell whether a text can be a person's name or a pen name where a label says that one follows."""
    if is_account(text) or text in _NOT_NAMES or text in _OWN_OUTLET or _FURNITURE.match(text):
        return False
    if _HAN_ONLY.fullmatch(text):
        if len(text) < 2 or len(text) > 4:
            return False
        if has_surname(text) and is_person(text):
            return True
        return not is_unit(text) and not is_outlet(text)
    return _is_dotted_name(text) or _LATIN.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def is_unit(text: str) -> bool:
    """Tell whether a text ends as the name of a public body, school, firm, Party organ or team does."""
    return 3 <= len(text) <= 60 and text.endswith(_UNIT_ENDINGS)


@lru_cache(maxsize=4096)
def is_outlet(text: str) -> bool:
    """Tell whether a text ends as the name of a publication does, or is a pronoun for one (本报)."""
    if text in _OWN_OUTLET:
        return True
    if not 2 <= len(text) <= 30 or text in _COLUMNS:
        return False
    if not text.endswith(_OUTLET_ENDINGS):
        # 示例晚报·示例一点: a paper and its client.
        return "·" in text and text.partition("·")[0].endswith(_PAPERS)
    return not text.startswith(("在", "的", "和"))


def is_column(text: str) -> bool:
    """Tell whether a text is the usual name of a column (国内新闻), which ends as an outlet's name does."""
    return text in _COLUMNS


@lru_cache(maxsize=4096)
def is_account(text: str) -> bool:
    """Tell whether a text is an account, a staff number or a word for nobody, and so no name."""
    folded = fold_width(text).strip().lower()
    if not folded or folded in _NOBODY:
        return True
    if folded.isascii():
        # A Latin name has a blank in it; xinhua_03 and wangxm have none, nor has a staff number.
        return not _LATIN.fullmatch(fold_width(text).strip())
    return folded.endswith(("管理员", "管理員", "用户", "账号"))


def is_nobody(text: str) -> bool:
    """Tell whether a text is a word for nobody (佚名, 管理员, admin)."""
    folded = fold_width(text).strip().lower()
    return folded in _NOBODY or folded.endswith(("管理员", "管理員"))


def is_furniture(text: str) -> bool:
    """Tell whether a text begins as links and switches of a page do (返回首页, 打印)."""
    return _FURNITURE.match(text) is not None


def is_no_source(text: str) -> bool:
    """Tell whether the value of a source label names nothing (未知, 网络)."""
    return fold_width(text).strip().lower() in _NO_SOURCE


def _tokens(text: str) -> list[str]:
    """Split a piece of a name list at its blanks, padded names joined (方 敏, 王 乐 文)."""
    words = text.split()
    if len(words) < 2:
        return words
    tokens: list[str] = []
    position = 0
    while position < len(words):
        run = position
        while run < len(words) and len(words[run]) == 1 and _HAN_ONLY.fullmatch(words[run]):
            run += 1
        singles = words[position:run]
        if not singles:
            word = words[position]
            # 欧阳 修: the surname stands alone.
            if word in COMPOUND_SURNAMES and position + 1 < len(words) and len(words[position + 1]) in (1, 2):
                tokens.append(word + words[position + 1])
                position += 2
            else:
                if word:
                    tokens.append(word)
                position += 1
            continue
        if len(singles) == 1 and run < len(words) and len(words[run]) == 2 and singles[0] in _SURNAMES:
            tokens.append(singles[0] + words[run])  # 王 乐文
            run += 1
        elif len(singles) == 1 and tokens and tokens[-1] in COMPOUND_SURNAMES:
            tokens[-1] += singles[0]
        elif len(singles) <= 3:
            tokens.append("".join(singles))
        elif len(singles) % 2 == 0 and all(s in _SURNAMES for s in singles[::2]):
            tokens += ["".join(singles[i : i + 2]) for i in range(0, len(singles), 2)]
        else:
            tokens += ["".join(singles[i : i + 3]) for i in range(0, len(singles), 3)]
        position = run
    return tokens


def _detach_office(token: str) -> str:
    """Return the name at the head of a token in which the office follows at once (方敏北京大学教授)."""
    if ":" in token:
        return token
    for length in (2, 3, 4):
        office = _OFFICE.match(token, length)
        if not office or len(token) <= max(length, 3) or office.end() >= len(token):
            continue
        if token[length] in _PLACES and token[length + 1 :].startswith(_OF_PLACES):
            continue  # 江阳市委组织部 is no 江阳 of a 市委
        if is_person(token[:length]) and not is_unit(token[:length]):
            return token[:length]
    # The office opens with no known word: most names have three characters.
    if len(token) >= 7 and token.endswith(_OFFICE_ENDINGS):
        heads = (token[:3], token[:2])
        return next((head for head in heads if is_lone_name(head) and not is_unit(token[:3])), token)
    return token


def _name_before_house(token: str) -> str | None:
    """Return the name that a university or party school follows at once (方敏北京大学法学院)."""
    match = _NAME_AND_HOUSE.match(token)
    name = match["name"] if match else ""
    return name if is_lone_name(name) and not is_unit(name) else None


@lru_cache(maxsize=4096)
def _run_of_names(token: str) -> tuple[str, ...]:
    """Return the names of two or three characters that stand in a token without blanks; empty where none do.

    张文晓李晓栋周洪霜: of all ways to cut it into persons with common surnames that with most names of three.
    """
    if not 4 <= len(token) <= 15 or token[:2] in COMPOUND_SURNAMES or not _HAN_ONLY.fullmatch(token):
        return ()
    # Best cut of the first n characters; () where there is none.
    best: list[tuple[str, ...]] = [()] * (len(token) + 1)
    for end in range(2, len(token) + 1):
        for length in (2, 3):
            start = end - length
            name = token[start:end]
            if start < 0 or (start and not best[start]):
                continue
            if name[0] in _COMMON_SURNAMES and is_person(name):
                cut = (*best[start], name)
                if not best[end] or len(cut) < len(best[end]):
                    best[end] = cut
    return best[-1] if len(best[-1]) > 1 else ()


def _name_behind_outlet(token: str) -> tuple[str, ...]:
    """Return the name that stands behind an outlet without a blank (江苏台刘冬); empty where none does."""
    for length in (2, 3):
        if len(token) >= length + 3 and token[-length - 1] in "台报网社" and is_lone_name(token[-length:]):
            return (token[-length:],)
    return ()


def _sort_piece(piece: str, sure: bool, people: list[str], units: list[str]) -> bool:
    """Put the names of a piece between two signs where they belong; return whether every word was one."""
    if not piece:
        return True
    if _LATIN.fullmatch(piece) or _is_dotted_name(piece):
        people.append(piece.removeprefix("By "))
        return True
    complete = True
    for token in filter(None, map(trim, _tokens(piece))):
        complete &= _sort_token(token, sure, people, units)
    return complete


def _sort_token(token: str, sure: bool, people: list[str], units: list[str]) -> bool:
    """Put a name, or what an `and` joins, where it belongs; return whether it was one."""
    joined = "和" in token or "与" in token
    if joined and all(map(is_person, halves := _AND.split(token))):
        people += halves
    elif is_person(token) and (len(token) < 3 or not is_unit(token)):
        people.append(token)
    elif sure and (housed := _name_before_house(token)):
        people.append(housed)
    elif is_outlet(token) or is_unit(token) or _YEAR_OF_STUDY.search(token):
        units.append(token)
    elif sure and len(token) >= 4 and (names := _name_behind_outlet(token) or _run_of_names(token)):
        people += names
    elif sure and may_be_person(token):
        people.append(token)
    elif (head := _detach_office(token)) != token:
        people.append(head)
    else:
        return False
    return True


def _without_house(part: str, units: list[str]) -> str:
    """Take the outlet that the next role word is glued to off a list's end: 方敏 示例周末|实习生 何佳."""
    house = _GLUED_HOUSE.search(part)
    if house is None or not is_outlet(house[0]) or is_person(house[0]):
        return part
    units.append(house[0])
    return part[: house.start()]


def has_role(text: str) -> bool:
    """Tell whether a word stands in a text that says what somebody wrote as (记者, 通讯员)."""
    return _PERSON_ROLE.search(text) is not None


def without_asides(folded: str) -> str:
    """Return a folded list of names without those whose roles are not that of its label (编辑 甲 校对 乙)."""
    if not _ASIDE_SIGN.search(folded):
        return folded
    if "/" in folded:
        folded = _PICTURED.sub(" ", folded)
    return _ASIDE.sub(" ", folded)


def read_names(text: str, *, trusted: bool = True) -> Names:
    """Read a list of names: 本报记者 王乐文 方　敏、通讯员 蒋玉涛.

    Role words are taken off, remarks in brackets left out. With `trusted` a label or role word has said that
    names follow, and the shape of a name is enough; without, a name must carry a surname.
    """
    people: list[str] = []
    units: list[str] = []
    folded = fold_width(text[:LONGEST_LIST]).strip()
    if _HAN_ONLY.fullmatch(folded) and not _ROLE.search(folded) and not has_role(folded):
        # Most values: one name or one unit, and nothing to be cut.
        complete = _sort_token(folded, trusted, people, units)
        return Names(list(dict.fromkeys(people)), units, complete, False)
    mark = _LEADING_MARK.match(folded)
    if mark:
        folded = folded[mark.end() :]
    if _MARKS.search(folded):
        folded = _QUOTES.sub(" ", _REMARK.sub(" ", folded))
    role = has_role(folded)
    if "道" in folded or "導" in folded:
        folded = _FROM_PLACE.sub("", folded)
        place = _PLACE_OF_REPORT.search(folded)
        if place and not is_lone_name(place["place"]):
            folded = folded[: place.start()]
        folded = _REPORT.sub("、", folded)
    if role and _ASIDE_SIGN.search(folded):
        folded = without_asides(folded)
        if "文" not in folded and _BY_CAMERA.search(folded):
            return Names([], [], complete=False, role=False)
    complete = True
    # What stands in front of the first role word is an outlet more often than a name (总台央广记者张三).
    parts = _ROLE.split(folded)
    for position, part in enumerate(parts):
        sure = trusted if len(parts) == 1 else position > 0
        listed = _without_house(part, units) if sure and position + 1 < len(parts) else part
        pieces = _LIST_SIGNS.split(listed)
        for piece in pieces:
            known = _sort_piece(trim(piece), sure, people, units)
            # 学生记者, 总台央广记者: what is glued to a role word belongs to it.
            glued = position + 1 < len(parts) and piece is pieces[-1] and piece[-1:].strip() != ""
            complete &= known or glued
    return Names(list(dict.fromkeys(people)), list(dict.fromkeys(units)), complete, role)
