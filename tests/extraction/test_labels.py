"""Info lines cut at their labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction import labels
from crawler.extraction.labels import fold_width, has_label, segment, trim


def values(line: str) -> dict[str, str]:
    return {part.role: part.value for part in segment(line)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "作者:高铭铎    来源:党建先锋网  发布于:2021-03-23 09:51:52",
            {"author": "高铭铎", "source": "党建先锋网", "published": "2021-03-23 09:51:52"},
        ),
        ("作者：方　敏　来源：示例日报", {"author": "方　敏", "source": "示例日报"}),
        ("作者： 来源： 发布于：", {"author": "", "source": "", "published": ""}),
        (
            "来源: | 发布时间: 2018-05-17 | 浏览次数: 21",
            {"source": "", "published": "2018-05-17", "noise": "21"},
        ),
        (
            "【时间：2019年1月2日】【来源：示例日报】【作者：】",
            {"published": "2019年1月2日", "source": "示例日报", "author": ""},
        ),
        ("来 源：示例网", {"source": "示例网"}),
        ("来源 | 示例社 责编 | 张三", {"source": "示例社", "editor": "张三"}),
        ("来源：示例社责任编辑：张三", {"source": "示例社", "editor": "张三"}),
        ("本文来源于示例统计局", {"source": "示例统计局"}),
        ("文/张三 图/李四", {"author": "张三", "picture": "李四"}),
        ("【发布单位】示例办公厅", {"issuer": "示例办公厅"}),
        ("來源：示例報 記者：范姜佳鈺", {"source": "示例報", "author": "范姜佳鈺"}),
        ("(责编：张三、李四)", {"editor": "张三、李四"}),
        ("来源（转载）：示例网", {"source": "示例网"}),
        ("编辑 张三 来源：示例社", {"editor": "张三", "source": "示例社"}),
        ("发表于2014-08-24 21:30| 1164次阅读| 来源示例网| 作者张三", {"source": "示例网", "author": "张三"}),
        ("作者： 张三 出自[示例出版社]", {"author": "张三", "source": "示例出版社"}),
        ("本版编辑:Giki", {"editor": "Giki"}),
        ("来源：光明网-《光明日报》", {"source": "光明网-《光明日报》"}),
    ],
)
def test_values_end_at_the_next_label(line: str, expected: dict[str, str]) -> None:
    found = values(line)
    assert {role: found.get(role) for role in expected} == expected


def test_a_label_without_value_does_not_take_the_next_label_for_one() -> None:
    assert values("来源：\u3000\u3000作者：张三")["source"] == ""


def test_a_text_before_the_first_label_has_no_role() -> None:
    first = segment("2020-07-04 12:10:24 来源：示例网")[0]
    assert (first.role, first.value) == ("", "2020-07-04 12:10:24")


@pytest.mark.parametrize("line", ["党的来源于群众", "会议时间到了", "两种文化 / 比较", "http://example.org/"])
def test_words_of_a_sentence_are_no_labels_of_a_person(line: str) -> None:
    assert not {"author", "editor"} & {part.role for part in segment(line)}


@pytest.mark.parametrize("line", ["凡本站注明“来源：示例网”的作品", "转载请注明来源：示例网"])
def test_a_notice_that_speaks_of_labels_has_none(line: str) -> None:
    assert "source" not in values(line)


def test_the_time_of_something_else_is_no_date_of_publication() -> None:
    assert "published" not in values("播出时间：2021-03-23")
    assert values("2021 播出时间：2021-03-23 时间：2021-03-24")["published"] == "2021-03-24"


def test_values_keep_the_form_in_which_they_are_printed() -> None:
    assert values("来源：Ｅ政网")["source"] == "Ｅ政网"


@given(st.text(max_size=300))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold_width(text)) == len(text)


LINES = st.text(alphabet="来源作者责任编辑时间发布文图/：: |【】[]（）\u3000 张三2021-", max_size=120)


@given(LINES)
def test_segments_follow_each_other_and_hold_their_values(line: str) -> None:
    position = 0
    for part in segment(line):
        assert position <= part.span[0] <= part.span[1] <= len(line)
        assert part.value in line[part.span[0] : part.span[1]] or part.value == ""
        position = part.span[1]
    assert has_label(line) == any(part.role for part in segment(line))


@given(st.text(alphabet="（）()[]【】《》 、|张三", max_size=30))
def test_trimming_is_done_once(text: str) -> None:
    assert trim(trim(text)) == trim(text)


def test_a_hostile_line_is_cut_before_it_is_read() -> None:
    assert len(segment("来源：" * 300_000)) < 1_000


@given(st.text(st.sampled_from("党建网：（　１２|∶︱a B\u200b\u2002/／")))
def test_the_quick_fold_of_widths_equals_the_table(text: str) -> None:
    assert fold_width(text) == text.translate(labels._WIDTHS)


def test_a_value_in_brackets_ends_with_them() -> None:
    parts = segment("【来源：示例新闻网】为做好这项工作，市里连续开了三次会。")
    assert [(part.role, part.value) for part in parts] == [
        ("source", "示例新闻网"),
        ("", "为做好这项工作，市里连续开了三次会。"),
    ]
    assert segment("（来源：示例网（江南））")[0].value == "示例网（江南）"


def test_an_outlet_that_ends_as_a_label_begins_keeps_its_name() -> None:
    assert values("来源：示例在线编辑：方敏") == {"source": "示例在线", "editor": "方敏"}
    assert values("在线编辑：方敏") == {"editor": "方敏"}
