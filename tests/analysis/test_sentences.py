import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.analysis import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("党建工作任务重。要抓实。", ["党建工作任务重。", "要抓实。"]),
        ("怎么办？抓！还有……", ["怎么办？", "抓！", "还有……"]),
        ("真的吗？！是的。", ["真的吗？！", "是的。"]),
        ("一要学；二要做。", ["一要学；", "二要做。"]),
        ("他说：“好。”大家笑了。", ["他说：“好。”", "大家笑了。"]),
        ("他说“好！”，就走了。", ["他说“好！”，就走了。"]),
        ("（全文完。）编者按。", ["（全文完。）", "编者按。"]),
        ("增长3.5%，达到1.2亿元。", ["增长3.5%，达到1.2亿元。"]),
        ("见www.example.cn网站", ["见www.example.cn网站"]),
        ("It works. Yes.", ["It works. ", "Yes."]),
        ("第一段\n第二段。", ["第一段", "第二段。"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text, sentences):
    assert split_sentences(text) == sentences


@given(st.text(alphabet="党建。！？；…”’）.!?;, \n，a1“（"))
def test_no_character_is_lost(text):
    joined = "".join(split_sentences(text))
    assert "".join(joined.split()) == "".join(text.split())
