import time

import pytest

from crawler.sites.patterns import MAX_ADDRESS, MAX_PATTERN, compile_pattern, matches


@pytest.mark.parametrize(
    "pattern",
    [
        r"/n\d?/\d{4}/\d{4}/c\d+-\d+\.html$",
        r"/GB/(?:\d+/)+\d{6,9}\.html$",
        r"//www\.gov\.cn/(?:[\w-]+/)+(?:\d{4}-\d{2}/\d{2}|\d{6})/content_\d+\.html?$",
        r"/news/html/(?:index\.php\?id=)?(\d+)(?:\.html)?$",
        r"(?:/\w+)+\.html$",
        r"(?:\d{4}-)+\d+",
        r"/[)(]+x",
        r"(?:ab|c)+d",
    ],
)
def test_patterns_of_real_addresses_are_accepted(pattern):
    assert compile_pattern(pattern).pattern == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        r"(\w+)+x",
        r"(\w*)*x",
        r"(?:\w+\s?)+x",
        r"(?:[\w/]+/)+x",
        r"(?:\w+|\d+)+x",
        r"(?:a+){2,}x",
        r"(?:(?:\w+))+x",
        r"(?:\w+.)+x",
        r"(?P<part>\w+)+x",
    ],
)
def test_a_repeat_of_a_repeat_without_separator_is_refused(pattern):
    with pytest.raises(ValueError, match="itself repeats"):
        compile_pattern(pattern)


@pytest.mark.parametrize(("pattern", "complaint"), [("(", "no regular expression"), ("x*", "every")])
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


def test_accepted_nested_repeats_take_linear_time_on_a_near_match():
    pattern = compile_pattern(r"(?:[\w-]+/)+x$")
    started = time.process_time()
    assert not matches(pattern, "http://a.cn/" + "abc-d/" * 300 + "!")
    # Exponential backtracking over 300 rounds would not end in the lifetime of the machine.
    assert time.process_time() - started < 30
