"""Credits inside the running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.datelines import read_dateline
from crawler.extraction.trailers import author_in_headline, read_byline, read_trailer


@pytest.mark.parametrize(
    ("line", "people", "units"),
    [
        ("□ 高铭铎", ["高铭铎"], []),
        ("■张 三 李四", ["张三", "李四"], []),
        ("文/张三", ["张三"], []),
        ("文 | 张三", ["张三"], []),
        ("撰文：张三 摄影：李四", ["张三"], []),
        ("执笔/叨叨姐、胡一刀", ["叨叨姐", "胡一刀"], []),
        ("本刊记者 侯逸宁 黄月", ["侯逸宁", "黄月"], []),
        ("（本报记者 张三）", ["张三"], []),
        ("示例监察网站 陆丽环", ["陆丽环"], ["示例监察网站"]),
        ("示例监察报 陈瑶 自福建福州报道", ["陈瑶"], ["示例监察报"]),
        ("示例网黑龙江频道 记者 伊琳 李清芬", ["伊琳", "李清芬"], ["示例网黑龙江频道"]),
        ("本报评论员", [], ["本报评论员"]),
        ("方 敏", ["方敏"], []),
        ("张三/文", ["张三"], []),
        ("本报记者 张三 李四 文/图", ["张三", "李四"], []),
        ("记者 张三 编辑 李四", ["张三"], []),
    ],
)
def test_a_line_of_names_is_a_byline(line: str, people: list[str], units: list[str]) -> None:
    names = read_byline(line)
    assert names is not None
    assert (names.people, names.units) == (people, units)


@pytest.mark.parametrize(
    "line",
    [
        "前言",
        "第一章 总则",
        "总 则",
        "人物画像",
        "记者：请问您怎么看？",
        "记者在现场看到，群众热情很高。",
        "打通为民服务最后一公里",
        "个人简介：",
        "2021年3月23日",
        "来源：示例网",
        "责任编辑 张三",
        "编辑 张三",
        "编辑：张三",
        "",
    ],
)
def test_other_short_lines_are_none(line: str) -> None:
    assert read_byline(line) is None


@pytest.mark.parametrize(
    ("text", "dateline", "authors"),
    [
        ("新华社北京1月6日电（记者 张三、李四）近日，", "新华社北京1月6日电", ["张三", "李四"]),
        ("人民网南宁1月6日电（冯肖慧、何宁）今天", "人民网南宁1月6日电", ["冯肖慧", "何宁"]),
        ("本报讯（记者叶婉）近日", "本报讯", ["叶婉"]),
        ("本报讯 记者张三、李四报道：近日", "本报讯", ["张三", "李四"]),
        ("央广网北京2月13日消息（总台记者张三）据", "央广网北京2月13日消息", ["张三"]),
        ("示例监察网站讯 深化落实", "示例监察网站讯", []),
        ("【新华社北京1月6日电】今天", "新华社北京1月6日电", []),
        ("示例网站2017年7月26日讯 （记者 张三）7月", "示例网站2017年7月26日讯", ["张三"]),
        ("示例网7月5日22时30分讯（首席记者 张三）昨晚", "示例网7月5日22时30分讯", ["张三"]),
        ("示例晚报快讯（记者张三）今天", "示例晚报快讯", ["张三"]),
        ("示例日报-示例网北京1月6日讯（记者 张三）近日", "示例日报-示例网北京1月6日讯", ["张三"]),
        ("示例之声《早班车》北京2月22日电（记者 张三）", "示例之声《早班车》北京2月22日电", ["张三"]),
        ("北京7月4日电 (记者 张三)记者4日从", "北京7月4日电", ["张三"]),
        ("（中央社記者張三桃園5日電）", "中央社記者張三桃園5日電", ["張三"]),
        ("示例网讯 记者 张三 通讯员 李四 昨日，", "示例网讯", ["张三", "李四"]),
        ("本报北京1月15日电记者张三从有关部门获悉", "本报北京1月15日电", ["张三"]),
        ("（记者 张三 通讯员 李四）近日，", None, ["张三", "李四"]),
        ("（通讯员 张三）近日，", None, ["张三"]),
        ("〔記者張三／台北報導〕近日，", None, ["張三"]),
        ("【记者 张三 李四】近日，", None, ["张三", "李四"]),
        ("本报记者张三、李四报道：近日，", None, ["张三", "李四"]),
    ],
)
def test_a_dateline_gives_agency_and_reporters(text: str, dateline: str | None, authors: list[str]) -> None:
    found = read_dateline(text)
    assert found is not None
    assert (found.dateline, found.authors) == (dateline, authors)


@pytest.mark.parametrize(
    "text",
    [
        "日前，记者从电讯公司获悉，新线路开通。",
        "会上，代表们（记者注：共12人）发言。",
        "图为现场。（记者 张三 摄）",
        "消息传来，大家很高兴。",
        "",
    ],
)
def test_other_openings_have_none(text: str) -> None:
    found = read_dateline(text)
    assert found is None or found.authors == []


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("推向前进！（记者孙少龙、王鹏）", ["孙少龙", "王鹏"]),
        ("做出了贡献。（冯洁）", ["冯洁"]),
        ("（信报记者 蔡雪婧）", ["蔡雪婧"]),
        ("（评论员 罗博 萧海川)", ["罗博", "萧海川"]),
        ("（任 龙 徐连宗 作者单位：某大学政治学院）", ["任龙", "徐连宗"]),
        ("(作者：方敏北京某大学教授)", ["方敏"]),
        ("（作者：方敏，系北京某大学教授）", ["方敏"]),
        ("（作者方敏系北京某大学教授）", ["方敏"]),
        ("（示例监察网站 斯凌整理）", ["斯凌"]),
        ("（新华社北京1月6日电 记者张三）", ["张三"]),
        ("再创佳绩。（记者张三）（完）", ["张三"]),
        ("再创佳绩！（张小三 报道）", ["张小三"]),
    ],
)
def test_closing_brackets_name_authors(text: str, authors: list[str]) -> None:
    found = read_trailer(text)
    assert found is not None
    assert found.authors == authors


@pytest.mark.parametrize(
    "text",
    [
        "（作者系某大学教授）",
        "（作者为某研究会副会长、某学院教授）",
        "（作者单位：某大学）",
        "（完）",
        "（试行）",
        "（责任编辑：张三）",
        "（2020年1月1日通过）",
        "（摄影：张三）",
        "没有括号。",
        "",
    ],
)
def test_other_brackets_name_none(text: str) -> None:
    found = read_trailer(text)
    assert found is None or not found.authors


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("（来源：示例日报）", "示例日报"),
        ("（转自示例网）", "示例网"),
        ("（原载《求是》2022年第1期）", "求是"),
        ("（据新华社电）", "新华社"),
        ("（摘自《示例文摘》）", "示例文摘"),
        ("（转自未知）", None),
    ],
)
def test_closing_brackets_name_the_source(text: str, source: str | None) -> None:
    found = read_trailer(text)
    assert (found.source if found else None) == source


def test_a_unit_in_brackets_is_no_person() -> None:
    found = read_trailer("再创佳绩。（示例县发改局）")
    assert found is not None
    assert (found.authors, found.units) == ([], ["示例县发改局"])


def test_a_scholar_in_the_headline_is_its_author_and_a_spokesman_is_not() -> None:
    assert author_in_headline("某研究院研究员 周春明：推进理论大众化") == ("周春明", "推进理论大众化")
    assert author_in_headline("外交部发言人 周春明：坚决反对") is None
    assert author_in_headline("周春明：推进理论大众化") is None


@given(st.text(max_size=300))
def test_no_text_makes_them_raise(text: str) -> None:
    read_byline(text)
    read_dateline(text)
    read_trailer(text)
    author_in_headline(text)


@given(st.text(alphabet="（）()【】记者张三李四、 ：:系作者单位2021年电讯", max_size=200))
def test_no_text_of_credit_words_makes_them_raise(text: str) -> None:
    read_byline(text)
    read_dateline(text)
    read_trailer(text)


def test_hostile_lines_are_cut_before_they_are_read() -> None:
    for piece in ("（", "记者 ", "张三、", "（记者", "新华社"):
        text = piece * 200_000
        assert read_byline(text) is None
        read_dateline(text)
        read_trailer(text)
