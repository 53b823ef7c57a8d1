"""The records of the house: a `Capture` (one response as archived) and an `Article` (one article as read).

Every other room speaks in these terms. The order of the fields is the order of the keys in the JSON Lines
output.
"""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticSerializationError


class Record(BaseModel):
    """Base of all records: unknown fields are errors, docstrings under fields go into the JSON Schema."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class WarcPointer(Record):
    """Where a response stands in the archive."""

    file: str
    """Name of the WARC file, relative to the archive's `warc` folder."""
    offset: int
    """Position in bytes of the record's gzip member in the file."""
    length: int | None = None
    """Length in bytes of the record's gzip member."""
    record_id: str
    """WARC-Record-ID, `urn:uuid:…` without angle brackets."""
    payload_digest: str | None = None
    """WARC-Payload-Digest, `sha1:…` in base 32."""


class Image(Record):
    """A picture that belongs to an article."""

    url: str
    """Absolute address."""
    caption: str | None = None
    """Text printed with the picture (图为…), or its alternative text."""


class Attachment(Record):
    """A file that an article offers for download."""

    url: str
    """Absolute address."""
    name: str | None = None
    """Name as printed on the page."""


class Newspaper(Record):
    """Where an article stood in print: 《人民日报》（2024年05月10日 04 版）."""

    name: str
    """Name of the newspaper, without 《》."""
    date: str | None = None
    """Day of the issue, `YYYY-MM-DD`."""
    page: str | None = None
    """Page (版) as printed, without leading zeros."""


class Article(Record):
    """One article as read from one page, or from the several pages it was spread over.

    Absent is `null` or an empty list, never a guess.
    """

    id: str | None = None
    """Stable key of the article's address: 16 hex digits."""
    url: str = ""
    """Address the page was fetched from."""
    canonical_url: str | None = None
    """Address the page itself names as its own (`link rel=canonical`, `og:url`, meta `Url`), absolute."""
    site: str | None = None
    """Key of the site file it was crawled with."""
    section: str | None = None
    """Column (栏目) from the breadcrumb, or the label of the list it was found on."""
    title: str | None = None
    """主题: the headline without site name, kicker or subtitle."""
    kicker: str | None = None
    """引题 or 肩题: the line above the headline."""
    subtitle: str | None = None
    """副题: the line below the headline."""
    authors: list[str] = Field(default_factory=list)
    """Names of persons or writing units, without role words; never editors, photographers or accounts."""
    byline: str | None = None
    """The raw text that the authors were read from."""
    source: str | None = None
    """来源: the publication or unit the page says the text comes from."""
    source_url: str | None = None
    """Link to the reprinted original, where the page gives it."""
    editors: list[str] = Field(default_factory=list)
    """责任编辑: never mixed with authors."""
    published: str | None = None
    """Time of publication as ISO 8601 with offset +08:00; midnight where `published_precision` is `day`."""
    published_raw: str | None = None
    """The same as printed on the page."""
    published_precision: str | None = None
    """`second`, `minute` or `day`."""
    dateline: str | None = None
    """Agency, place and day in front of the text: 新华社北京1月6日电."""
    body: str = ""
    """The text: paragraphs joined by a line feed."""
    body_html: str = ""
    """The text as clean HTML: p, h2–h4, lists, tables, img, a, strong, em, blockquote and nothing else."""
    summary: str | None = None
    """Abstract (摘要, 导读) that the page gives."""
    keywords: list[str] = Field(default_factory=list)
    """Keywords that the page gives."""
    images: list[Image] = Field(default_factory=list)
    """Pictures in the text, in reading order."""
    attachments: list[Attachment] = Field(default_factory=list)
    """Files offered for download."""
    pages: list[str] = Field(default_factory=list)
    """Addresses that were stitched into this article, in order; empty where it stands on one page."""
    newspaper: Newspaper | None = None
    """Where the article stood in print."""
    document_number: str | None = None
    """文号 of an official document: 中办发〔2024〕5号."""
    language: str | None = None
    """BCP 47 tag: zh-Hans, zh-Hant, en, …"""
    text_digest: str | None = None
    """`sha256:` of the folded body (NFKC, white space out), in hex."""
    version: int | None = None
    """1 for the first text seen at this address, 2 for the first change, …"""
    first_seen: str | None = None
    """Time in UTC at which the article was first captured, ISO 8601 with `Z`."""
    fetched_at: str | None = None
    """Time in UTC at which this version was captured, ISO 8601 with `Z`."""
    warc: WarcPointer | None = None
    """The archived response this record was read from."""
    evidence: dict[str, str] = Field(default_factory=dict)
    """Field name -> name of the rule that read it."""
    extractor: str | None = None
    """Name and version of the program that read the page."""


class Capture(Record):
    """One response as it was archived, on its way to be read."""

    url: str
    """Address that was requested."""
    status: int
    """HTTP status code."""
    fetched_at: str
    """Time in UTC at which the response arrived, ISO 8601 with `Z`."""
    site: str
    """Key of the site file."""
    section: str | None = None
    """Label of the list on which the address was found."""
    content_type: str | None = None
    """Value of the Content-Type header."""
    body: bytes = Field(default=b"", repr=False, exclude=True)
    """The entity after content decoding (gzip, br), before any character decoding."""
    etag: str | None = None
    """Value of the ETag header."""
    last_modified: str | None = None
    """Value of the Last-Modified header."""
    warc: WarcPointer | None = None
    """Where the response stands in the archive."""


def read_record(text: str) -> Article:
    """Read an article record from JSON; fields that this release does not know are passed over."""
    try:
        return Article.model_validate_json(text)
    except ValidationError as error:
        unknown = {item["loc"][0] for item in error.errors() if item["type"] == "extra_forbidden"}
        if not unknown:
            raise
        fields = {name: value for name, value in json.loads(text).items() if name not in unknown}
        return Article.model_validate(fields)


def write_record(record: Article) -> str:
    """Write an article record as JSON with every field, whatever its strings hold."""
    try:
        return record.model_dump_json()
    except PydanticSerializationError:  # a lone surrogate, which UTF-8 cannot write
        text = json.dumps(record.model_dump(), ensure_ascii=False)
        return text.encode("utf-8", "replace").decode("utf-8")


def article_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the article record."""
    schema = Article.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def article_schema_text() -> str:
    """Return the JSON Schema of the article record as it stands in `data/article.schema.json`."""
    return json.dumps(article_schema(), ensure_ascii=False, indent=2) + "\n"
