import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sites.patterns import MAX_ADDRESS, MAX_PATTERN, compile_pattern, matches


@pytest.mark.parametrize(
    "pattern",
    [
        r"/n\d?/\d{4}/\d{4}/c\d+-\d+\.html$",
        r"/GB/(?:\d+/)+\d{6,9}\.html$",
        r"//www\.gov\.cn/(?:[\w-]+/)+(?:\d{4}-\d{2}/\d{2}|\d{6})/content_\d+\.html?$",
        r"/news/html/(?:index\.php\?id=)?(\d+)(?:\.html)?$",
        r"/nw\.D110000\w+?_\d{8}_\d+-\d+\.htm$",
        r"(?:/\w+)+\.html$",
        r"(?:\d{4}-)+x",
        r"(?P<day>\d{8})/",
        r"/[)(\]]+x",
        r"/[]x]+y",
        r"(?:ab|c)+d",
        r"^https?://ebook\.",
    ],
)
def test_patterns_of_real_addresses_are_accepted(pattern):
    assert compile_pattern(pattern).pattern == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        r"(\w+)+x",
        r"(?:\w+\s?)+x",
        r"(?:[\w/]+/)+x",
        r"(?:a+){2,}x",
        r"(?:(?:\w+))+x",
        r"(?:\w+.)+x",
        r"(?P<part>\w+)+x",
        r"(?:a{1,3})+x",
        r"(?:a?a)+x",
        r"(?:[\w]+)+?x",
        r"(?:\w{2,}){3,9}x",
        r"(?:\w+){20}x",
    ],
)
def test_a_repeat_inside_a_repeat_without_separator_is_refused(pattern):
    with pytest.raises(ValueError, match="itself repeats"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(", "no regular expression"),
        ("x*", "matches every"),
        (r"(?:\w|\d)+x", "begin alike"),
        (r"(?:a*)+x", "may be empty"),
        (r"\w+\w+\w+x", "run into"),
        (r".*a.*b", "run into"),
        ("a?" * 20 + "a" * 20, "run into"),
        (r"\w{0,20}" * 9 + "x", "run into"),
        (r"(?=a)b", "lookaround"),
        (r"(?i)b", "flag"),
        (r"(a)\1", "back reference"),
    ],
)
def test_other_bad_patterns_are_refused(pattern, complaint):
    with pytest.raises(ValueError, match=complaint):
        compile_pattern(pattern)


def test_a_pattern_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="more than"):
        compile_pattern("a" * (MAX_PATTERN + 1))


def test_an_address_that_is_too_long_matches_nothing():
    pattern = compile_pattern(r"\.html$")
    assert matches(pattern, "http://a.cn/" + "a" * 100 + ".html")
    assert not matches(pattern, "http://a.cn/" + "a" * MAX_ADDRESS + ".html")


pieces = st.sampled_from(
    [
        r"\w",
        r"\d",
        "[a/]",
        "a",
        "/",
        ".",
        "+",
        "*",
        "?",
        "{2,}",
        "{1,3}",
        "(",
        "(?:",
        ")",
        "|",
        r"\.",
        "x$",
        "^",
    ]
)


@given(st.lists(pieces, max_size=14).map("".join))
def test_whatever_is_accepted_ends_on_addresses_that_nearly_match(pattern):
    try:
        compiled = compile_pattern(pattern)
    except ValueError:
        return
    # Short, so that the cubic cost that is allowed takes no time; exponential cost would not end.
    for near_miss in ("a" * 150 + "!", "a/" * 70 + "!", "1" * 150 + "\n"):
        assert matches(compiled, near_miss) in {True, False}


@given(st.text(alphabet="ab/[]()\\+*?{}|^$.,:1P<>", max_size=20))
def test_any_text_is_a_pattern_or_a_value_error(pattern):
    try:
        compiled = compile_pattern(pattern)
    except ValueError:
        return
    assert isinstance(compiled, re.Pattern)
