"""Persons, units, outlets, accounts and lists of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.names import (
    is_account,
    is_lone_name,
    is_no_source,
    is_outlet,
    is_person,
    is_unit,
    may_be_person,
    read_names,
)


@pytest.mark.parametrize(
    "name",
    ["张三", "李小明", "欧阳修", "司马相如", "范姜佳鈺", "阿卜杜拉·买买提", "邹多为", "黄月", "任仲平"],
)
def test_a_name_by_itself_is_a_person(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "word",
    [
        "全文",
        "方法",
        "时评",
        "图片",
        "前言",
        "通知",
        "完",
        "党建工作",
        "上一篇",
        "admin",
        "",
        "张",
        "李的",
        "安全生产法",
    ],
)
def test_a_word_is_no_person(word: str) -> None:
    assert not is_person(word)


@pytest.mark.parametrize(
    ("word", "person"),
    [
        ("远瞳", True),
        ("叨叨姐", True),
        ("编辑部", False),
        ("示例网", False),
        ("管理员", False),
        ("大", False),
        ("105464", False),
    ],
)
def test_behind_a_label_a_pen_name_will_do(word: str, person: bool) -> None:
    assert may_be_person(word) is person


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("张三", True),
        ("方敏", True),
        ("欧阳修", True),
        ("党旗红", False),
        ("文明风", False),
        ("全媒通", False),
    ],
)
def test_a_lone_name_begins_with_a_common_surname(word: str, name: bool) -> None:
    assert is_lone_name(word) is name


@pytest.mark.parametrize(
    "account",
    [
        "admin",
        "105464",
        "管理员",
        "系统管理员",
        "xinhua_03",
        "wangxm",
        "佚名",
        "本站",
        "Admin",
        "",
        "ａｄｍｉｎ",
    ],
)
def test_accounts_and_staff_numbers_are_nobody(account: str) -> None:
    assert is_account(account)


def test_a_latin_name_is_no_account() -> None:
    assert not is_account("Edgar Snow")


@pytest.mark.parametrize(
    "unit", ["党委宣传部", "示例县发改局", "广西社会科学院理论学习中心组", "示例公司党支部"]
)
def test_units_are_known_by_their_endings(unit: str) -> None:
    assert is_unit(unit)


@pytest.mark.parametrize("outlet", ["人民日报", "示例网", "新华社", "示例晚报客户端", "本报", "聯合報"])
def test_outlets_are_known_by_their_endings(outlet: str) -> None:
    assert is_outlet(outlet)


@pytest.mark.parametrize("nothing", ["未知", "网络", "NULL", "无", "佚名"])
def test_what_names_no_source(nothing: str) -> None:
    assert is_no_source(nothing)


@pytest.mark.parametrize(
    ("text", "people", "units"),
    [
        ("本报记者 王乐文 方　敏", ["王乐文", "方敏"], []),
        ("本报记者张三、李四 通讯员 王五", ["张三", "李四", "王五"], []),
        ("示例监察报 张三", ["张三"], ["示例监察报"]),
        ("示例社记者邹多为、唐诗凝", ["邹多为", "唐诗凝"], ["示例社"]),
        ("任 龙 徐连宗", ["任龙", "徐连宗"], []),
        ("王 乐 文", ["王乐文"], []),
        ("方 敏 李 四", ["方敏", "李四"], []),
        ("欧阳 修 李白", ["欧阳修", "李白"], []),
        ("叨叨姐、胡一刀&李小飞刀", ["叨叨姐", "胡一刀", "李小飞刀"], []),
        ("张三和李四", ["张三", "李四"], []),
        ("张三（中央某校教授）", ["张三"], []),
        ("方敏北京某大学经济学院教授", ["方敏"], []),
        ("总台央广记者张三", ["张三"], []),
        ("学生记者 张三", ["张三"], []),
        ("聯合報 記者林宸誼／即時報導", ["林宸誼"], ["聯合報"]),
        ("《示例报》记者 张三", ["张三"], ["示例报"]),
        ("□ 张三", ["张三"], []),
        ("张三 整理", ["张三"], []),
        ("广西社会科学院理论学习中心组", [], ["广西社会科学院理论学习中心组"]),
        ("阿卜杜拉·买买提、张三", ["阿卜杜拉·买买提", "张三"], []),
        ("大 中 小", [], []),
        ("", [], []),
    ],
)
def test_a_list_of_names(text: str, people: list[str], units: list[str]) -> None:
    names = read_names(text)
    assert (names.people, names.units) == (people, units)


def test_without_a_label_a_word_that_is_no_name_spoils_the_list() -> None:
    assert not read_names("张三 调研报告", trusted=False).complete
    assert read_names("张三 李四", trusted=False).complete


SURNAMED = st.builds(
    str.__add__, st.sampled_from("张李王赵陈"), st.text(alphabet="明华建国文丽", min_size=1, max_size=2)
)


@given(
    st.lists(SURNAMED, min_size=1, max_size=6, unique=True),
    st.sampled_from(["、", " ", "，", "/", "  ", "\u3000"]),
    st.sampled_from(["", "记者 ", "本报记者", "通讯员 ", "记者"]),
)
def test_joined_names_come_apart_again(names: list[str], sign: str, role: str) -> None:
    assert read_names(role + sign.join(names)).people == names


@given(st.text(max_size=200), st.booleans())
def test_no_text_makes_it_raise(text: str, trusted: bool) -> None:
    for name in read_names(text, trusted=trusted).people:
        assert name.strip() == name != ""
        assert not is_account(name)
