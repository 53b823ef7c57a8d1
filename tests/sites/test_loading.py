import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sites import SiteError, all_sites, find_site, load_site, near_matches, parse_site, read_site
from tests.sites.support import MINIMAL


def error_of(text: str) -> str:
    with pytest.raises(SiteError) as caught:
        parse_site(text, file="x.toml")
    return str(caught.value)


def test_a_built_in_site_is_loaded_by_its_key():
    assert load_site("cpc71").name == "党建先锋网"
    assert load_site("12371").name == "共产党员网"


def test_a_file_is_loaded_by_its_path(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    assert load_site(path).key == "linhai"
    assert load_site(str(path)).key == "linhai"


def test_a_byte_order_mark_from_an_editor_does_no_harm(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL, encoding="utf-8-sig")
    assert load_site(path).key == "linhai"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cpc17", "cpc71"),
        ("CPC71", "cpc71"),
        ("people-cpc", "people_cpc"),
        ("求是网", "qstheory"),
        ("www.ccdi.gov.cn", "ccdi"),
    ],
)
def test_an_unknown_name_is_answered_with_what_may_be_meant(typed, meant):
    assert meant in near_matches(typed)
    with pytest.raises(SiteError, match=f"unknown site .*did you mean .*{meant}"):
        load_site(typed)


def test_a_name_like_nothing_is_answered_with_the_list():
    assert near_matches("zzzzzzzz") == []
    assert near_matches("") == []
    with pytest.raises(SiteError, match="`dangjian sites` lists them"):
        load_site("zzzzzzzz")


def test_a_name_never_leads_out_of_the_folder(tmp_path):
    for name in [
        "..",
        "../sites/cpc71",
        "cpc71/../cpc71",
        "C:\\cpc71",
        "cpc71\0",
        "\0.toml",
        "a" * 5000 + ".toml",
    ]:
        with pytest.raises(SiteError):
            load_site(name)


def test_a_missing_file_is_named():
    with pytest.raises(SiteError, match=r"nowhere\.toml: No such file"):
        load_site("nowhere.toml")


def test_a_folder_is_no_site_file(tmp_path):
    with pytest.raises(SiteError, match=str(tmp_path)):
        load_site(f"{tmp_path}/")


def test_a_binary_file_is_refused(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes(b"key = '\xff\xfe'")
    with pytest.raises(SiteError, match=r"x\.toml: is no UTF-8 text \(byte 7\)"):
        read_site(path)


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "x.toml"
    with path.open("wb") as file:
        file.truncate(2_000_000)
    with pytest.raises(SiteError, match="larger than"):
        read_site(path)


def test_a_syntax_error_names_its_line():
    assert error_of('key = "a"\nname = \n') == "x.toml:2: Invalid value"
    assert error_of('key = "a"\n\nname = "a').startswith("x.toml:3: ")


def test_a_wrong_value_names_line_and_key():
    message = error_of(MINIMAL + "\n[politeness]\n\ndelay = 'slow'\n")
    assert message == (
        "x.toml:9: politeness.delay: should be a valid number, unable to parse string as a number, not 'slow'"
    )


def test_an_unknown_key_is_an_error_with_the_nearest_known_one():
    assert (
        error_of("nmae = 'x'\n" + MINIMAL) == "x.toml:1: nmae: is no key of a site file; did you mean name?"
    )
    assert error_of(MINIMAL + "[paging]\nsytle = 'links'").endswith(
        "x.toml:7: paging.sytle: is no key of a site file; did you mean style?"
    )


def test_an_unknown_key_in_a_list_of_tables_names_its_own_line():
    text = MINIMAL.replace("sections", "#") + '[[sections]]\nurl = "http://linhai.example.cn/a/"\n\n'
    text += '[[sections]]\nurl = "http://linhai.example.cn/b/"\nlable = "b"\n'
    assert error_of(text) == "x.toml:11: sections[1].lable: is no key of a site file; did you mean label?"


def test_a_wrong_element_names_its_own_line():
    text = MINIMAL.replace("article_urls = [", "article_urls = [\n    # first\n    '/a',\n    '(',\n    ")
    assert error_of(text).startswith("x.toml:8: article_urls[1]: '(' is no regular expression")


def test_missing_keys_are_all_named():
    assert error_of("key = 'a'\n").split("\n") == [
        "x.toml:1: name: is missing",
        "x.toml:1: domains: is missing",
    ]


def test_an_address_on_another_host_is_an_error_at_its_own_line():
    assert error_of(
        MINIMAL + "examples = [\n    'http://linhai.example.cn/',\n    'http://b.example.cn/',\n]\n"
    ) == ("x.toml:8: examples[1]: http://b.example.cn/ is on none of the domains linhai.example.cn")


def test_a_list_that_stands_twice_is_an_error_at_its_second_place():
    text = MINIMAL + "[[entrances]]\nkind = 'rss'\nurl = 'http://www.linhai.example.cn/djyw/index.html'\n"
    assert error_of(text).startswith(
        "x.toml:8: entrances[0].url: http://www.linhai.example.cn/djyw/index.html is listed twice"
    )


def test_an_unknown_selector_is_an_error_at_its_line():
    assert error_of(MINIMAL + "[selectors]\nbody = ['#zoom']\ntitel = ['h1']\n").startswith(
        "x.toml:8: selectors.titel: is none of title, kicker,"
    )


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_a_site_or_a_site_error(text):
    with pytest.raises(SiteError):
        parse_site(text, file="x.toml")


@given(st.text(alphabet="[]{}=\"'.,#\n ab1\\", max_size=60))
def test_any_toml_like_text_is_a_site_or_a_site_error(text):
    with pytest.raises(SiteError, match=r"^x\.toml:\d+: "):
        parse_site(text, file="x.toml")


@pytest.mark.parametrize("value", ["9" * 5000, "2024-02-31", "1e999", "nan", "0x" + "f" * 9000])
def test_values_that_python_cannot_hold_are_errors_and_no_crash(value):
    with pytest.raises(SiteError, match=r"^x\.toml:"):
        parse_site(f"{MINIMAL}\npoliteness.delay = {value}\n", file="x.toml")


def test_deep_nesting_is_an_error_and_no_crash():
    with pytest.raises(SiteError):
        parse_site("a = " + "[" * 100_000, file="x.toml")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://cpc.people.com.cn/n1/2021/0323/c64387-32057632.html", "people_cpc"),
        ("http://paper.people.com.cn/rmrb/pc/layout/202601/06/node_01.html", "rmrb_epaper"),
        ("http://js.people.com.cn/n2/2022/0213/c360307-35131671.html", "people_main"),
        ("http://jhsjk.people.cn/article/30953002", "jhsjk"),
        ("https://epaper.gmw.cn/gmrb/", "gmrb_epaper"),
        ("https://m.12371.gov.cn/", "12371_gov_cq"),
    ],
)
def test_an_address_belongs_to_the_site_with_the_longest_domain(url, key):
    found = find_site(url)
    assert found is not None and found.key == key


@pytest.mark.parametrize(
    "url", ["http://example.org/", "http://www.somecounty.gov.cn/", "http://127.0.0.1:80/", "", "x"]
)
def test_other_addresses_belong_to_no_site(url):
    assert find_site(url) is None


def test_the_list_of_sites_is_the_callers_own():
    all_sites().clear()
    assert all_sites()
