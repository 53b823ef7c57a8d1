"""Credits in which roles stand behind names: 方敏/文 李敏/图, 方敏 文 李敏 摄."""

import re

from crawler.extraction.names import is_person, is_unit

_HAN = r"[\u3400-\u9fff]"
_NAMES = rf"{_HAN}{{2,4}}(?:[、, ]{{1,2}}{_HAN}{{2,4}}){{0,4}}"
_PICTURES = ("图", "摄", "图片", "摄影", "供图", "圖", "攝", "攝影")
_TEXT_AND_PICTURES = re.compile(
    rf"(?P<names>{_NAMES}) ?[/ ] ?(?:文字|文)[,;、/| ]{{0,3}}(?:{_NAMES} ?[/ ]? ?)?(?:{'|'.join(_PICTURES)})"
)
# 文 方敏 图 李敏; 方敏撰稿 李敏摄影
_TEXT_THEN_PICTURES = re.compile(
    rf"(?:文字|撰文|文) ?[\\ ] ?(?P<names>{_NAMES})[,;、| ]{{1,3}}(?:{'|'.join(_PICTURES)}) ?[\\ ] ?{_NAMES}"
    rf"|(?P<writers>{_NAMES}) ?(?:撰稿|撰文|采写)[,;、| ]{{1,3}}{_NAMES} ?(?:{'|'.join(_PICTURES)})"
)
ROLE_FIRST = re.compile(r"(?:图/文|文/图|图文|文图|撰文|文) (?=[\u3400-\u9fff、 ]+$)")
"""What stands in front of writers: 图/文 方敏, 文 方敏."""
BOTH_ROLES = re.compile(
    r"[/\s]{1,3}(?:(?:文/图|图/文|文并图|图文|文字|撰文|文|著)$"
    r"|(?:文/图|图/文|图文)(?= [\u3400-\u9fff]{0,4}(?:记者|通讯员|实习生)))"
)
"""What stands behind writers who took the pictures too."""
_BLANKS = re.compile("[、, ]+")


def read_writers(folded: str) -> list[str]:
    """Return who wrote, where a text holds nothing but writers and who took the pictures; else no one."""
    first = folded[:1] == "文" or "写" in folded or "撰" in folded
    match = _TEXT_THEN_PICTURES.fullmatch(folded) if first else None
    if match:
        return [name for name in _BLANKS.split(match["names"] or match["writers"]) if is_person(name)]
    if "文" not in folded or not folded.endswith(_PICTURES):
        return []
    unit, blank, credits = folded.partition(" ")
    match = _TEXT_AND_PICTURES.fullmatch(credits if blank and is_unit(unit) else folded)
    names = _BLANKS.split(match["names"]) if match else []
    return names if all(map(is_person, names)) else []
