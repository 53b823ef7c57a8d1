"""Dates in every printed form."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.dates import CHINA, find_dates, find_short_date, from_epoch, from_url

DAYS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2079, 12, 31))
HAN_DIGITS = "〇一二三四五六七八九"
WIDE = str.maketrans("0123456789:-/", "０１２３４５６７８９：－／")


def only(text: str) -> tuple[str, str]:
    found = find_dates(text)
    assert len(found) == 1, found
    return found[0].iso, found[0].precision


@pytest.mark.parametrize(
    ("printed", "iso", "precision"),
    [
        ("2021-03-23 09:51:52", "2021-03-23T09:51:52+08:00", "second"),
        ("2021-03-23 09:51", "2021-03-23T09:51:00+08:00", "minute"),
        ("2021-03-23", "2021-03-23T00:00:00+08:00", "day"),
        ("2021/3/23", "2021-03-23T00:00:00+08:00", "day"),
        ("2021.03.23 16:31", "2021-03-23T16:31:00+08:00", "minute"),
        ("2021 03-23 16:31", "2021-03-23T16:31:00+08:00", "minute"),
        ("2021  03/ 23 16:31:05", "2021-03-23T16:31:05+08:00", "second"),
        ("2021年03月23日", "2021-03-23T00:00:00+08:00", "day"),
        ("2019年06月15日08:18", "2019-06-15T08:18:00+08:00", "minute"),
        ("２０１９年６月１５日０８：１８", "2019-06-15T08:18:00+08:00", "minute"),
        ("2024 / 05/09 / 22:27:02", "2024-05-09T22:27:02+08:00", "second"),
        ("2021-03-2309:51", "2021-03-23T09:51:00+08:00", "minute"),
        ("2021-03-23 HKT 09:51", "2021-03-23T09:51:00+08:00", "minute"),
        ("2021-03-23 09:51 ET", "2021-03-23T09:51:00+08:00", "minute"),
        ("09:51 2021/03/23", "2021-03-23T09:51:00+08:00", "minute"),
        ("09:51 UTC+8, 2021-03-23", "2021-03-23T09:51:00+08:00", "minute"),
        ("09:51, March 23, 2021", "2021-03-23T09:51:00+08:00", "minute"),
        ("09:51, 23-Mar-2021", "2021-03-23T09:51:00+08:00", "minute"),
        ("23 Mar 2021", "2021-03-23T00:00:00+08:00", "day"),
        ("Mar 23, 2021 09:51 PM", "2021-03-23T21:51:00+08:00", "minute"),
        ("March 23, 2021 at 12:05 am", "2021-03-23T00:05:00+08:00", "minute"),
        ("2021-03-23T09:51:52+08:00", "2021-03-23T09:51:52+08:00", "second"),
        ("2021-03-23T01:51:52Z", "2021-03-23T09:51:52+08:00", "second"),
        ("2021-03-23T20:00:00.123-0500", "2021-03-24T09:00:00+08:00", "second"),
        ("2012年2月1日 星期三 下午3:05", "2012-02-01T15:05:00+08:00", "minute"),
        ("2012年2月1日（星期三）15时05分", "2012-02-01T15:05:00+08:00", "minute"),
        ("2012-2-1 12:10 AM", "2012-02-01T00:10:00+08:00", "minute"),
        ("二〇二一年三月二十三日", "2021-03-23T00:00:00+08:00", "day"),
        ("二○一二年十月一日", "2012-10-01T00:00:00+08:00", "day"),
        ("一九四九年十月一日", "1949-10-01T00:00:00+08:00", "day"),
        ("09年11月9日", "2009-11-09T00:00:00+08:00", "day"),
        ("98-11-09 08:10", "1998-11-09T08:10:00+08:00", "minute"),
        ("20210323", "2021-03-23T00:00:00+08:00", "day"),
        ("3/23/2021 9:51:52 PM", "2021-03-23T21:51:52+08:00", "second"),
        ("十一月 6th, 2009", "2009-11-06T00:00:00+08:00", "day"),
        ("Mar 23, 2021", "2021-03-23T00:00:00+08:00", "day"),
        ("Tue Mar 23 09:51:52 CST 2021", "2021-03-23T09:51:52+08:00", "second"),
        ("发布时间:2021-03-23", "2021-03-23T00:00:00+08:00", "day"),
        ("[2021-03-23]", "2021-03-23T00:00:00+08:00", "day"),
    ],
)
def test_a_printed_form_is_read(printed: str, iso: str, precision: str) -> None:
    assert only(printed) == (iso, precision)


def test_a_time_of_midnight_means_that_the_time_is_not_known() -> None:
    assert only("2009年11月09日00:00") == ("2009-11-09T00:00:00+08:00", "day")


@pytest.mark.parametrize(
    "text",
    [
        "2024年3月",  # no day is invented
        "03-23",
        "3小时前",
        "前天 10:20",
        "2021-13-23",
        "2021-02-30",
        "电话：0351-3985088",
        "IP 202.103.24.68",
        "版本 12.5.3",
        "编号 20213923",
        "晋ICP备05001234号-1",
        "共1921人",
        "",
    ],
)
def test_what_is_no_full_date_is_none(text: str) -> None:
    assert find_dates(text) == []


def test_raw_and_span_show_the_text_as_printed() -> None:
    text = "时间：２０２１年３月２３日　来源"
    (found,) = find_dates(text)
    assert found.raw == "２０２１年３月２３日"
    assert text[found.span[0] : found.span[1]].startswith(found.raw)


def test_several_dates_come_in_reading_order() -> None:
    assert [d.day for d in find_dates("2021-03-23 至 二〇二一年四月一日，2021年5月1日")] == [
        "2021-03-23",
        "2021-04-01",
        "2021-05-01",
    ]


FORMS = [
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S+08:00",
]


@given(DAYS, st.sampled_from(FORMS), st.booleans(), st.sampled_from(["", "发布时间：", "[", "【时间: "]))
def test_every_formatted_moment_is_found_again(moment: datetime, form: str, wide: bool, before: str) -> None:
    moment = moment.replace(microsecond=0)
    printed = f"{moment:{form}}"
    if wide and "T" not in form:
        printed = printed.translate(WIDE)
    (found,) = find_dates(before + printed)
    assert found.iso == moment.replace(tzinfo=CHINA).isoformat()
    midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    assert found.precision == ("day" if midnight else "second")


@given(DAYS)
def test_every_day_in_chinese_numerals_is_found_again(moment: datetime) -> None:
    def number(n: int) -> str:
        tens, ones = divmod(n, 10)
        return (("" if tens < 2 else HAN_DIGITS[tens]) + "十" if tens else "") + (
            HAN_DIGITS[ones] if ones else ""
        )

    year = "".join(HAN_DIGITS[int(c)] for c in str(moment.year))
    (found,) = find_dates(f"{year}年{number(moment.month)}月{number(moment.day)}日")
    assert (found.day, found.precision) == (f"{moment:%Y-%m-%d}", "day")


@given(st.text(max_size=400))
def test_no_text_makes_it_raise(text: str) -> None:
    for found in find_dates(text):
        assert datetime.fromisoformat(found.iso).utcoffset() == timedelta(hours=8)


@given(st.text(alphabet="0123456789年月日-/.: T时分", max_size=200))
def test_no_text_of_digits_and_signs_makes_it_raise(text: str) -> None:
    for found in find_dates(text):
        datetime.fromisoformat(found.iso)


def test_a_hostile_line_is_cut_before_it_is_read() -> None:
    assert find_dates("2021-" * 400_000) == []
    assert len(find_dates("2021-03-23 " * 100_000)) < 300


def test_unix_times_are_read_in_seconds_and_milliseconds() -> None:
    for digits in ("1616464312", "1616464312000"):
        found = from_epoch(digits)
        assert found is not None
        assert (found.iso, found.precision) == ("2021-03-23T09:51:52+08:00", "second")
    assert from_epoch("161646431") is None
    assert from_epoch("9999999999") is None
    assert from_epoch("abc") is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("http://example.org/n1/2019/0615/c1001-1.html", "2019-06-15"),
        ("http://example.org/a/202209/t20220908_216582.html", "2022-09-08"),
        ("https://example.org/20240509/0123456789abcdef/c.html", "2024-05-09"),
        ("https://example.org/2022/01/23/ARTI1.shtml", "2022-01-23"),
        ("https://example.org/2022/0325/c1a2/page.htm", "2022-03-25"),
        ("https://example.org/art/2016/1/2/art_12_3.html", "2016-01-02"),
        ("https://example.org/p/2005-03-31/031868306.html", "2005-03-31"),
        ("https://example.org/info/1011/2020.htm", None),
        ("https://example.org/news/html/?20210323.html", None),
        ("https://example.org/2022/13/45/", None),
    ],
)
def test_the_day_in_an_address(url: str, day: str | None) -> None:
    assert from_url(url) == day


def test_a_labels_value_may_be_a_date_of_two_digits_with_dots() -> None:
    found = find_short_date(" 14.05.06 来源")
    assert found is not None
    assert (found.iso, found.precision) == ("2014-05-06T00:00:00+08:00", "day")
    for value in ("14.13.06", "1.2.3", "14.05.06.1", "版本14.05.06", ""):
        assert find_short_date(value) is None


def test_day_month_and_year_with_dots_are_a_date() -> None:
    assert only("06.05.2014  15:43") == ("2014-05-06T15:43:00+08:00", "minute")


@pytest.mark.parametrize("printed", ["110-03-23", "110/3/23", "民國110年3月23日", "110.03.23 下午"])
def test_years_of_the_republic_are_read_behind_a_label(printed):
    found = find_short_date(printed)
    assert found is not None
    assert (found.day, found.precision) == ("2021-03-23", "day")
