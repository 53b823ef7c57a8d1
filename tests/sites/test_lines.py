import tomllib

from hypothesis import given
from hypothesis import strategies as st

from crawler.sites.lines import key_lines, line_of
from crawler.sites.writing import toml_text

TEXT = '''\
# key = 1
key = "a"  # [not.a.table]
notes = """
[fake]
key = 2
"""
list = [
    "a, b",  # one element, whatever the comma
    # a comment
    "[",
    { url = "x" },
]

[paging]
style = 'a#b'

[[sections]]
url = "1"

[[sections]]
url = "2"
[sections.inner]
deep = 1
'''


def test_keys_tables_and_elements_have_their_lines():
    assert line_of(TEXT, ("key",)) == 2
    assert line_of(TEXT, ("notes",)) == 3
    assert line_of(TEXT, ("list", 0)) == 8
    assert line_of(TEXT, ("list", 1)) == 10
    assert line_of(TEXT, ("list", 2, "url")) == 11
    assert line_of(TEXT, ("paging", "style")) == 15
    assert line_of(TEXT, ("sections", 0, "url")) == 18
    assert line_of(TEXT, ("sections", 1, "url")) == 21
    assert line_of(TEXT, ("sections", 1, "inner", "deep")) == 23


def test_text_in_strings_and_comments_is_no_key():
    assert ("fake",) not in key_lines(TEXT)


def test_a_missing_key_is_placed_at_its_table():
    assert line_of(TEXT, ("paging", "pattern")) == 14
    assert line_of(TEXT, ("sections", 1, "label")) == 20
    assert line_of(TEXT, ("name",)) == 1


scalars = st.one_of(
    st.booleans(), st.integers(-(2**60), 2**60), st.text(max_size=20), st.dates(),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
keys = st.text(alphabet="abc_-1", min_size=1, max_size=4)
tables = st.recursive(
    st.dictionaries(keys, scalars | st.lists(scalars, max_size=3), max_size=4),
    lambda inner: st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


rows = st.lists(
    st.dictionaries(keys, scalars | st.lists(scalars, max_size=2), min_size=1, max_size=3), min_size=1
)


@given(tables)
def test_tables_are_read_back_as_they_were(values):
    assert tomllib.loads(toml_text(values)) == _without_empty(values)


@given(st.dictionaries(keys, rows, max_size=3))
def test_lists_of_tables_are_read_back_as_they_were(values):
    assert tomllib.loads(toml_text(values)) == values


@given(st.dictionaries(keys, scalars | st.lists(st.text(max_size=90), max_size=4), min_size=1, max_size=6))
def test_the_line_of_a_key_holds_the_key(values):
    text = toml_text(values)
    for key in values:
        assert text.split("\n")[line_of(text, (key,)) - 1].startswith(f"{key} =")


@given(st.dictionaries(keys, st.dictionaries(keys, scalars, min_size=1, max_size=4), min_size=1, max_size=4))
def test_the_line_of_a_key_in_a_table_holds_the_key(values):
    text = toml_text(values)
    for table, inner in values.items():
        for key in inner:
            assert text.split("\n")[line_of(text, (table, key)) - 1].startswith(f"{key} =")


def _without_empty(values):
    """Empty tables are not written."""
    cleaned = {
        key: _without_empty(value) if isinstance(value, dict) else value for key, value in values.items()
    }
    return {key: value for key, value in cleaned.items() if value != {}}
