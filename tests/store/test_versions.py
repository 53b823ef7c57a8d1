import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.store.versions import changed_fields, content_digest, fold, same_time, text_digest
from tests.store.pages import BODY, page

SPACES = [
    "",
    " ",
    "\u3000",
    "\xa0",
    "\n",
    "\r\n",
    "\t",
    "\u2003",
    "\u200b",
    "\ufeff",
    "\u2060",
    "\u200e",
    "\xad",
    "\u2028",
    "\ufe0f",
]
text = st.text(st.sampled_from("党建工作面大量广，。：“”（）第1届abcABC·—…"), min_size=1, max_size=60)


@given(text, st.lists(st.sampled_from(SPACES), min_size=61, max_size=61))
def test_white_and_invisible_characters_anywhere_are_no_change(body: str, spaces: list[str]) -> None:
    varied = "".join(space + character for space, character in zip(spaces, body, strict=False)) + spaces[-1]
    _, old = page(body=body, title=body, source=body, authors=[body])
    _, new = page(body=varied, title=varied, source=varied, authors=[varied])
    assert changed_fields(old, new) == ()
    assert content_digest(old) == content_digest(new)
    assert text_digest(old.body) == text_digest(new.body)


@given(text)
def test_compatible_forms_of_a_character_are_no_change(body: str) -> None:
    assert fold(unicodedata.normalize("NFKD", body)) == fold(body)
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in body)
    assert fold(wide) == fold(body)


@given(st.text(max_size=80))
def test_folding_is_stable_and_leaves_no_white_space(value: str) -> None:
    folded = fold(value)
    assert fold(folded) == folded
    assert not any(one.isspace() for one in folded)


@given(text, st.integers(min_value=0, max_value=59), st.sampled_from("党民，。1a"))
def test_every_other_character_is_a_change(body: str, position: int, character: str) -> None:
    position %= len(body)
    varied = body[:position] + character + body[position:]
    _, old = page(body=body)
    _, new = page(body=varied)
    assert changed_fields(old, new) == ("body",)
    assert content_digest(old) != content_digest(new)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "别的标题"),
        ("authors", ["高明", "李华"]),
        ("authors", []),
        ("source", "人民日报"),
        ("source", None),
        ("body", BODY.replace("任务重", "任务很重")),
        ("published", "2021-03-23T09:51:53+08:00"),
        ("published", None),
    ],
)
def test_what_makes_a_version_is_noticed_by_name(field: str, value: object) -> None:
    _, old = page()
    _, new = page(**{field: value})
    assert changed_fields(old, new) == (field,)


@pytest.mark.parametrize(
    "fields",
    [
        {"keywords": ["阅读 1203"]},
        {"images": []},
        {"body_html": "<p>别的标记</p>"},
        {"summary": "新摘要"},
        {"section": "首页"},
        {"editors": ["李编"]},
        {"attachments": []},
        {"evidence": {"title": "og:title"}},
        {"authors": ["高 明"]},
        {"body": BODY.replace("\n", "")},
        {"published": "2021-03-23T00:00:00+08:00", "published_precision": "day"},
        {"published": "2021-03-23T09:51:00+08:00", "published_precision": "minute"},
        {"published_raw": "2021年3月23日"},
    ],
)
def test_what_a_template_changes_is_no_change(fields: dict[str, object]) -> None:
    _, old = page()
    _, new = page(**fields)
    assert changed_fields(old, new) == ()


def test_two_authors_printed_in_one_or_apart_are_the_same() -> None:
    _, old = page(authors=["高明", "李华"])
    _, new = page(authors=["高明 李华"])
    assert content_digest(old) == content_digest(new)


def test_a_word_that_moves_from_one_field_to_the_next_is_a_change() -> None:
    _, old = page(title="甲乙", authors=["丙"])
    _, new = page(title="甲", authors=["乙丙"])
    assert content_digest(old) != content_digest(new)


def test_times_agree_as_far_as_both_say() -> None:
    day, minute = ("2021-03-23T00:00:00+08:00", "day"), ("2021-03-23T09:51:00+08:00", "minute")
    assert same_time(*day, *minute)
    assert not same_time(*minute, "2021-03-23T09:52:00+08:00", "minute")
    assert not same_time(*day, "2021-03-24T09:51:00+08:00", "minute")
    assert same_time(None, None, None, None)
    assert not same_time(*day, None, None)
