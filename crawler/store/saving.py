"""Writing captures and articles: what is new, what changed, and nothing twice."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError
from sqlalchemy import Connection, bindparam, select, update

from crawler.items import Article, Capture, WarcPointer
from crawler.store import removals
from crawler.store.clock import now, stamp
from crawler.store.database import Database, chunks
from crawler.store.schema import address, article, capture, version
from crawler.store.text import clean
from crawler.store.versions import changed_fields, content_digest, same_time, text_digest
from crawler.urls import article_id, canonical_key

Change = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True)
class Saved:
    """What became of one article."""

    change: Change
    article: Article
    """The record as the store has it, with id, version, first_seen and fetched_at."""
    fields: tuple[str, ...] = ()
    """Names of the fields that changed, where `change` is `changed`."""
    reappeared: bool = False
    """Whether the article had counted as removed until now."""


@dataclass
class _Known:
    """State of one article while a batch is saved."""

    record: Article | None
    """The current version, where it was read or made in this batch."""
    content_digest: str
    published: str | None
    published_precision: str | None
    version: int
    fetched_at: str
    first_seen: str
    last_seen: str
    key: str
    is_new: bool = False
    is_changed: bool = False


class Batch:
    """One call of `save`: everything of it happens in the transaction of the given connection."""

    def __init__(
        self, database: Database, connection: Connection, run: str | None, rule: removals.RemovalRule
    ) -> None:
        self._database = database
        self._connection = connection
        self._run = run
        self._rule = rule
        self._known: dict[str, _Known] = {}
        self._versions: list[dict[str, Any]] = []
        self._addresses: dict[tuple[str, str], dict[str, Any]] = {}

    def save(self, captures: Sequence[Capture], articles: Sequence[Article]) -> list[Saved]:
        """Store captures and articles; the answers stand in the order of the articles."""
        seen_before = self._save_captures(captures)
        self._note_answers(captures, articles)
        prepared = [self._prepare(item, captures) for item in articles]
        owners = self._owners(prepared)
        self._load({owner for owner in owners if owner is not None})
        saved = [
            self._save_article(item, owner, seen_before) for item, owner in zip(prepared, owners, strict=True)
        ]
        self._flush()
        back = set(self.reappeared)
        return (
            [replace(one, reappeared=True) if one.article.id in back else one for one in saved]
            if back
            else saved
        )

    def _save_captures(self, captures: Sequence[Capture]) -> set[str]:
        """Insert captures; return the identities of those which were there already."""
        rows = {row["identity"]: row for row in (_capture_row(item, self._run) for item in captures)}
        known: set[str] = set()
        for chunk in chunks(list(rows)):
            found = self._connection.execute(select(capture.c.identity).where(capture.c.identity.in_(chunk)))
            known.update(found.scalars())
        fresh = [row for identity, row in rows.items() if identity not in known]
        if fresh:
            self._connection.execute(self._database.insert(capture), fresh)
        return known

    def _note_answers(self, captures: Sequence[Capture], articles: Sequence[Article]) -> None:
        """Let articles know that their page answered: not modified, or not found."""
        missed = {
            clean(canonical_key(one.url)): (removals.GONE_STATUSES[one.status], one.fetched_at)
            for one in captures
            if one.status in removals.GONE_STATUSES
        }
        if missed:
            removals.look(self._connection, missed, self._rule)
        present = {clean(canonical_key(item.url)): item.fetched_at or stamp(now()) for item in articles}
        unmodified = {clean(canonical_key(one.url)): one.fetched_at for one in captures if one.status == 304}
        if unmodified:
            self._connection.execute(
                update(article)
                .where(article.c.key == bindparam("b_key"), article.c.last_seen < bindparam("b_at"))
                .values(last_seen=bindparam("b_at")),
                [{"b_key": key, "b_at": at} for key, at in unmodified.items()],
            )
        self.reappeared = removals.found_again(self._connection, unmodified | present)

    def _prepare(self, item: Article, captures: Sequence[Capture]) -> Article:
        """Fill in what the store answers for: id, time of capture, digest of the text."""
        fetched_at = item.fetched_at
        if fetched_at is None:
            fetched_at = next((one.fetched_at for one in captures if one.url == item.url), None) or stamp(
                now()
            )
        return item.model_copy(
            update={
                "id": item.id or article_id(item.url),
                "fetched_at": fetched_at,
                "text_digest": item.text_digest or text_digest(item.body),
            }
        )

    def _owners(self, articles: Sequence[Article]) -> list[str | None]:
        """Return for each article the id under which its address is known; None for an unknown address."""
        keys = [canonical_key(item.url) for item in articles]
        by_key: dict[str, str] = {}
        for chunk in chunks(sorted(set(keys))):
            rows = self._connection.execute(
                select(address.c.key, address.c.article_id).where(address.c.key.in_(chunk))
            )
            by_key.update((row.key, row.article_id) for row in rows)
        return [by_key.get(key) for key in keys]

    def _load(self, ids: set[str]) -> None:
        for chunk in chunks(sorted(ids)):
            for row in self._connection.execute(select(article).where(article.c.id.in_(chunk))):
                self._known[row.id] = _Known(
                    record=None,
                    content_digest=row.content_digest,
                    published=row.published,
                    published_precision=row.published_precision,
                    version=row.version,
                    fetched_at=row.fetched_at,
                    first_seen=row.first_seen,
                    last_seen=row.last_seen,
                    key=row.key,
                )

    def _save_article(self, item: Article, owner: str | None, seen_before: set[str]) -> Saved:
        identity = owner or item.id
        assert identity is not None and item.fetched_at is not None
        self._note_address(identity, item)
        known = self._known.get(identity)
        digest = content_digest(item)
        if known is None:
            return self._save_new(identity, item, digest)
        if self._is_same(known, item, digest) or _identity_of(item) in seen_before:
            if known.last_seen < item.fetched_at:
                known.last_seen = item.fetched_at
            return Saved("unchanged", self._record(identity, known))
        old = self._record(identity, known)
        fields = changed_fields(old, item)
        number = known.version + 1
        record = item.model_copy(update={"id": identity, "version": number, "first_seen": known.first_seen})
        self._known[identity] = _Known(
            record=record,
            content_digest=digest,
            published=item.published,
            published_precision=item.published_precision,
            version=number,
            fetched_at=item.fetched_at,
            first_seen=known.first_seen,
            last_seen=item.fetched_at,
            key=known.key,
            is_new=known.is_new,
            is_changed=True,
        )
        self._note_version(record, digest)
        return Saved("changed", record, fields)

    def _save_new(self, identity: str, item: Article, digest: str) -> Saved:
        assert item.fetched_at is not None
        record = item.model_copy(update={"id": identity, "version": 1, "first_seen": item.fetched_at})
        self._known[identity] = _Known(
            record=record,
            content_digest=digest,
            published=item.published,
            published_precision=item.published_precision,
            version=1,
            fetched_at=item.fetched_at,
            first_seen=item.fetched_at,
            last_seen=item.fetched_at,
            key=canonical_key(item.url),
            is_new=True,
        )
        self._note_version(record, digest)
        return Saved("new", record)

    def _is_same(self, known: _Known, item: Article, digest: str) -> bool:
        return known.content_digest == digest and same_time(
            known.published, known.published_precision, item.published, item.published_precision
        )

    def _record(self, identity: str, known: _Known) -> Article:
        """Return the current version, from this batch or from the database."""
        if known.record is None:
            row = self._connection.execute(
                select(version.c.record).where(
                    version.c.article_id == identity, version.c.number == known.version
                )
            ).one()
            known.record = read_record(row.record)
        return known.record

    def _note_version(self, record: Article, digest: str) -> None:
        self._versions.append(
            {
                "article_id": record.id,
                "number": record.version,
                "fetched_at": record.fetched_at,
                "run": self._run,
                "content_digest": digest,
                "extractor": record.extractor,
                "capture": _identity_of(record),
                "record": write_record(record),
            }
        )

    def _note_address(self, identity: str, item: Article) -> None:
        self._addresses.setdefault(
            (identity, item.url),
            {
                "article_id": identity,
                "url": clean(item.url),
                "key": clean(canonical_key(item.url)),
                "first_seen": item.fetched_at,
            },
        )

    def _flush(self) -> None:
        new = [_article_row(known) for known in self._known.values() if known.is_new]
        changed = [
            {f"b_{name}": value for name, value in _article_row(known).items()}
            for known in self._known.values()
            if known.is_changed and not known.is_new
        ]
        seen = [
            {"b_id": identity, "b_last_seen": known.last_seen}
            for identity, known in self._known.items()
            if not known.is_new and not known.is_changed
        ]
        if new:
            self._connection.execute(article.insert(), new)
        if changed:
            names = [
                name[2:] for name in changed[0] if name not in ("b_id", "b_key", "b_url", "b_first_seen")
            ]
            self._connection.execute(
                update(article)
                .where(article.c.id == bindparam("b_id"))
                .values({name: bindparam(f"b_{name}") for name in names}),
                changed,
            )
        if seen:
            self._connection.execute(
                update(article)
                .where(article.c.id == bindparam("b_id"))
                .values(last_seen=bindparam("b_last_seen")),
                seen,
            )
        if self._versions:
            self._connection.execute(version.insert(), self._versions)
        if self._addresses:
            self._connection.execute(self._database.insert(address), list(self._addresses.values()))


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
        return json.dumps(record.model_dump(), ensure_ascii=True)


def _identity_of(item: Article) -> str | None:
    if item.warc is not None:
        return item.warc.record_id
    return f"{item.url} {item.fetched_at}" if item.fetched_at else None


def _capture_row(item: Capture, run: str | None) -> dict[str, Any]:
    pointer = item.warc
    return {
        "identity": clean(pointer.record_id if pointer else f"{item.url} {item.fetched_at}"),
        "url": clean(item.url),
        "key": clean(canonical_key(item.url)),
        "site": clean(item.site),
        "section": clean(item.section),
        "run": run,
        "status": item.status,
        "fetched_at": item.fetched_at,
        "content_type": clean(item.content_type),
        "etag": clean(item.etag),
        "last_modified": clean(item.last_modified),
        "warc_file": pointer.file if pointer else None,
        "warc_offset": pointer.offset if pointer else None,
        "warc_length": pointer.length if pointer else None,
        "payload_digest": pointer.payload_digest if pointer else None,
    }


def _article_row(known: _Known) -> dict[str, Any]:
    record = known.record
    assert record is not None
    canonical = canonical_key(record.canonical_url) if record.canonical_url else None
    return {
        "id": record.id,
        "url": clean(record.url),
        "key": clean(known.key),
        "canonical_key": clean(canonical) if canonical and canonical != known.key else None,
        "site": clean(record.site),
        "section": clean(record.section),
        "title": clean(record.title),
        "source": clean(record.source),
        "published": clean(record.published),
        "published_precision": clean(record.published_precision),
        "text_digest": clean(record.text_digest),
        "content_digest": known.content_digest,
        "version": known.version,
        "first_seen": known.first_seen,
        "fetched_at": known.fetched_at,
        "last_seen": known.last_seen,
    }


def capture_of(row: Any) -> Capture:
    """Read a capture from its row; its body is in the archive."""
    pointer = None
    if row.warc_file is not None:
        pointer = WarcPointer(
            file=row.warc_file,
            offset=row.warc_offset,
            length=row.warc_length,
            record_id=row.identity,
            payload_digest=row.payload_digest,
        )
    return Capture(
        url=row.url,
        status=row.status,
        fetched_at=row.fetched_at,
        site=row.site,
        section=row.section,
        content_type=row.content_type,
        etag=row.etag,
        last_modified=row.last_modified,
        warc=pointer,
    )
