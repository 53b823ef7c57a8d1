"""What the readers ask of the nodes of a page."""

from crawler.extraction.document import ROLES, Role, parse
from crawler.extraction.lines import _KNOWN
from crawler.extraction.nodes import SCRIPT, Event, attribute, descendants, events, first, pieces


def test_the_number_of_a_script_is_the_one_the_walk_knows():
    script = first(parse("<body><script>var a</script>").root, "script")
    assert script is not None
    assert script.tag_id == SCRIPT


def test_roles_kept_by_number_are_those_of_the_tag():
    root = parse("".join(f"<div><{tag}></{tag}></div>" for tag in ROLES) + "<o:p>a</o:p><font>b</font>").root
    for node in descendants(root):
        if node.tag_id in _KNOWN:
            assert _KNOWN[node.tag_id] == ROLES.get(node.tag or "", Role.INLINE)


def test_an_attribute_without_a_value_is_empty_and_a_missing_one_none():
    box = first(parse("<input disabled name=a>").root, "input")
    assert box is not None
    assert (attribute(box, "disabled"), attribute(box, "name"), attribute(box, "id")) == ("", "a", None)


def test_events_are_met_in_order_and_skipped_elements_are_not_entered():
    root = parse("<p>a<b>c</b><!-- no --><style>d</style><br>e</p>f").find("p")[0].element
    met = [(event, text) for event, _, text in events(root, lambda tag: tag == "style")]
    assert met == [
        (Event.START, "p"),
        (Event.PIECE, "a"),
        (Event.START, "b"),
        (Event.PIECE, "c"),
        (Event.END, "b"),
        (Event.START, "style"),
        (Event.START, "br"),
        (Event.END, "br"),
        (Event.PIECE, "e"),
        (Event.END, "p"),
    ]


def test_pieces_are_the_texts_as_tags_divide_them():
    assert list(pieces(parse("<p>a<b>c</b>d").find("p")[0].element)) == ["a", "c", "d"]


def test_a_noscript_in_the_head_shows_nothing():
    document = parse("<head><noscript><p>no</p></noscript><meta name=a content=b></head><p>yes")
    assert [block.text for block in document.blocks] == ["yes"]
    assert document.meta("a") == "b"
