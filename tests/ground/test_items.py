import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from crawler import items
from crawler.items import Article, Capture, WarcPointer, article_schema, article_schema_text

PROJECT = Path(__file__).resolve().parents[2]
RECORDS = [
    record
    for record in vars(items).values()
    if isinstance(record, type) and issubclass(record, BaseModel) and record.__module__ == items.__name__
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_of_every_record_says_what_it_means(record):
    silent = [name for name, field in record.model_fields.items() if not field.description]
    assert not silent
    assert record.__doc__


def test_the_committed_schema_is_the_one_of_the_model():
    committed = (PROJECT / "data" / "article.schema.json").read_text(encoding="utf-8")
    assert committed == article_schema_text(), "write article_schema_text() to data/article.schema.json"


def test_the_schema_is_a_valid_schema_and_accepts_an_empty_article():
    jsonschema.Draft202012Validator.check_schema(article_schema())
    jsonschema.validate(json.loads(Article().model_dump_json()), article_schema())


def test_an_article_with_a_field_nobody_knows_is_refused():
    with pytest.raises(ValidationError):
        Article.model_validate({"title": "标题", "headline": "标题"})


def test_absent_is_null_or_an_empty_list():
    record = Article().model_dump()
    texts = {"url", "body", "body_html"}
    lists = {"authors", "editors", "keywords", "images", "attachments", "pages"}
    for name, value in record.items():
        expected = "" if name in texts else [] if name in lists else {} if name == "evidence" else None
        assert value == expected, name


def test_the_fields_stand_in_the_order_of_the_plan():
    names = list(Article.model_fields)
    assert names[:6] == ["id", "url", "canonical_url", "site", "section", "title"]
    assert names[-3:] == ["warc", "evidence", "extractor"]


def test_the_bytes_of_a_capture_stay_out_of_its_json():
    capture = Capture(
        url="http://a.example/", status=200, fetched_at="2026-01-01T00:00:00Z", site="a", body=b"\xff"
    )
    assert "body" not in json.loads(capture.model_dump_json())


@given(st.builds(Article, title=st.text(), authors=st.lists(st.text()), body=st.text(), url=st.text()))
def test_an_article_survives_its_json(article):
    assert Article.model_validate_json(article.model_dump_json()) == article


def test_a_pointer_names_file_place_and_record():
    pointer = WarcPointer(file="a.warc.gz", offset=0, record_id="urn:uuid:0")
    assert pointer.model_dump() == {
        "file": "a.warc.gz",
        "offset": 0,
        "length": None,
        "record_id": "urn:uuid:0",
        "payload_digest": None,
    }
