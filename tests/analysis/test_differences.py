from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crawler.analysis import Passage, Span, compare
from crawler.analysis.differences import compare_characters, compare_texts
from crawler.items import Article
from crawler.store.versions import fold

TEXT = "市委召开会议。会议指出，要抓实基层党建。会议要求，各支部认真落实。"


def operations(old: str, new: str) -> list[str]:
    return [passage.operation for passage in compare_texts(old, new)]


def changed(old: str, new: str) -> list[tuple[str, str]]:
    return [(span.operation, span.text) for span in compare_characters(old, new) if span.operation != "equal"]


def article(**fields: Any) -> Article:
    return Article(**({"title": "题目", "body": TEXT} | fields))


class TestSentences:
    def test_an_added_sentence_is_all_that_changed(self):
        new = TEXT.replace("会议要求", "会议强调，要久久为功。会议要求")
        passages = list(compare_texts(TEXT, new))
        assert [one.operation for one in passages] == ["equal", "insert", "equal"]
        assert passages[1] == Passage("insert", (), ("会议强调，要久久为功。",))

    def test_a_removed_sentence_is_all_that_changed(self):
        assert operations(TEXT, TEXT.replace("会议指出，要抓实基层党建。", "")) == [
            "equal",
            "delete",
            "equal",
        ]

    def test_a_rewritten_sentence_is_shown_beside_its_old_form(self):
        new = TEXT.replace("抓实基层党建", "抓好基层党建工作")
        rewritten = list(compare_texts(TEXT, new))[1]
        assert rewritten.old == ("会议指出，要抓实基层党建。",)
        assert [s for s in rewritten.spans if s.operation != "equal"] == [
            Span("delete", "实"),
            Span("insert", "好"),
            Span("insert", "工作"),
        ]

    def test_a_sentence_beside_a_rewritten_one_is_new_by_itself(self):
        new = TEXT.replace("要抓实基层党建。", "要抓好基层党建。全市设立服务站十二个。")
        assert operations(TEXT, new) == ["equal", "replace", "insert", "equal"]

    def test_a_sentence_cut_in_two_is_one_change(self):
        old = "各支部要认真学习会议精神，结合实际抓好贯彻落实。"
        (change,) = compare_texts(old, old.replace("，", "。"))
        assert (change.operation, len(change.old), len(change.new)) == ("replace", 1, 2)

    def test_sentences_that_have_nothing_in_common_are_not_paired(self):
        assert operations("天气晴好。", "支部换届选举。") == ["delete", "insert"]

    def test_white_space_and_width_are_no_change(self):
        assert operations("共 有１２０家（全市）。", "共有120家(全市)。\u200b") == ["equal"]

    def test_other_paragraphs_are_no_change(self):
        assert operations("第一句。第二句。", "第一句。\n第二句。") == ["equal"]

    def test_many_rewritten_sentences_are_still_compared(self):
        old = "".join(f"第{n}项工作由第{n}支部负责完成。" for n in range(300))
        assert set(operations(old, old.replace("完成", "落实"))) == {"delete", "insert"}

    @given(st.text("甲乙丙。；，\n", max_size=60), st.text("甲乙丙。；，\n", max_size=60))
    def test_passages_hold_both_texts_whole(self, old, new):
        passages = list(compare_texts(old, new))
        assert fold("".join("".join(one.old) for one in passages)) == fold(old)
        assert fold("".join("".join(one.new) for one in passages)) == fold(new)


class TestCharacters:
    def test_only_what_differs_is_marked(self):
        assert changed("全市120家", "全市135家") == [("delete", "20"), ("insert", "35")]

    def test_an_accidental_match_between_two_changes_is_given_up(self):
        assert changed("县委的决定", "乡里的办法") == [("delete", "县委的决定"), ("insert", "乡里的办法")]

    @given(st.text("甲乙 　\u200bＡA1", max_size=30), st.text("甲乙 　\u200bＡA1", max_size=30))
    def test_spans_hold_both_texts(self, old, new):
        spans = list(compare_characters(old, new))
        assert fold("".join(s.text for s in spans if s.operation != "insert")) == fold(old)
        assert fold("".join(s.text for s in spans if s.operation != "delete")) == fold(new)


class TestFields:
    def test_a_changed_field_is_told_with_both_values(self):
        (change,) = compare(article(authors=["何小安"]), article(authors=["何小安", "高明"])).fields
        assert (change.name, change.old, change.new, change.makes_version) == (
            "authors",
            "何小安",
            "何小安、高明",
            True,
        )

    def test_a_field_that_makes_no_version_is_told_as_such(self):
        (change,) = compare(article(section="要闻"), article(section="时政")).fields
        assert (change.name, change.makes_version) == ("section", False)

    def test_a_date_printed_with_and_without_its_time_is_no_change(self):
        day = article(published="2024-05-10T00:00:00+08:00", published_precision="day")
        minute = article(published="2024-05-10T09:30:00+08:00", published_precision="minute")
        assert compare(day, minute).is_empty

    def test_the_body_is_counted(self):
        comparison = compare(article(), article(body=TEXT.replace("认真落实", "抓紧落实") + "散会。"))
        assert comparison.counts == {
            "sentences_removed": 0,
            "sentences_added": 1,
            "sentences_rewritten": 1,
            "characters_removed": 2,
            "characters_added": 5,
        }
