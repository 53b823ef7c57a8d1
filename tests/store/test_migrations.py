# ruff: noqa: E501  # SQL as it stood
import sqlite3
from pathlib import Path

import pytest

from crawler.store import Store, StoreError
from crawler.store.migrations import SCHEMA_VERSION
from tests.store.pages import answer, page

# The schema as schema 1 had it. It never changes: it stands for the files that users have.
SCHEMA_1 = """
CREATE TABLE store_info (name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name));
CREATE TABLE run (id TEXT NOT NULL, site TEXT NOT NULL, command TEXT NOT NULL, started TEXT NOT NULL, finished TEXT,
  outcome TEXT, counts TEXT, pid INTEGER NOT NULL, host TEXT NOT NULL, PRIMARY KEY (id));
CREATE INDEX run_by_site ON run (site, id);
CREATE TABLE url (id INTEGER NOT NULL, site TEXT NOT NULL, "key" TEXT NOT NULL, url TEXT NOT NULL, kind TEXT NOT NULL,
  section TEXT, state TEXT NOT NULL, priority INTEGER NOT NULL, listed TEXT NOT NULL, request TEXT, found TEXT NOT NULL,
  found_run TEXT, queued_run TEXT, lease_owner TEXT, lease_until TEXT, reason TEXT, tries INTEGER DEFAULT 0 NOT NULL,
  retry_at TEXT, status INTEGER, first_fetched TEXT, last_fetched TEXT, etag TEXT, last_modified TEXT, due TEXT,
  PRIMARY KEY (id), CONSTRAINT url_identity UNIQUE (site, "key"));
CREATE INDEX url_queue ON url (site, priority DESC, listed DESC, id) WHERE state = 'queued';
CREATE INDEX url_retry ON url (site, retry_at) WHERE state = 'failed';
CREATE INDEX url_leased ON url (site) WHERE state = 'leased';
CREATE INDEX url_due ON url (site, due) WHERE state = 'done';
CREATE TABLE capture (id INTEGER NOT NULL, identity TEXT NOT NULL, url TEXT NOT NULL, "key" TEXT NOT NULL,
  site TEXT NOT NULL, section TEXT, run TEXT, status INTEGER NOT NULL, fetched_at TEXT NOT NULL, content_type TEXT,
  etag TEXT, last_modified TEXT, warc_file TEXT, warc_offset BIGINT, warc_length BIGINT, payload_digest TEXT,
  PRIMARY KEY (id), UNIQUE (identity));
CREATE INDEX capture_by_key ON capture ("key", fetched_at);
CREATE TABLE article (seq INTEGER NOT NULL, id TEXT NOT NULL, url TEXT NOT NULL, "key" TEXT NOT NULL,
  canonical_key TEXT, site TEXT, section TEXT, title TEXT, source TEXT, published TEXT, published_precision TEXT,
  text_digest TEXT, content_digest TEXT NOT NULL, version INTEGER NOT NULL, first_seen TEXT NOT NULL,
  fetched_at TEXT NOT NULL, last_seen TEXT NOT NULL, PRIMARY KEY (seq), UNIQUE (id));
CREATE INDEX article_by_key ON article ("key");
CREATE INDEX article_by_canonical_key ON article (canonical_key);
CREATE INDEX article_by_site ON article (site, section);
CREATE INDEX article_by_published ON article (published);
CREATE INDEX article_by_source ON article (source);
CREATE INDEX article_by_title ON article (title);
CREATE INDEX article_by_text ON article (text_digest);
CREATE INDEX article_by_fetched_at ON article (fetched_at);
CREATE TABLE version (article_id TEXT NOT NULL, number INTEGER NOT NULL, fetched_at TEXT NOT NULL, run TEXT,
  content_digest TEXT NOT NULL, extractor TEXT, capture TEXT, record TEXT NOT NULL, PRIMARY KEY (article_id, number));
CREATE INDEX version_by_run ON version (run);
CREATE TABLE address (article_id TEXT NOT NULL, url TEXT NOT NULL, "key" TEXT NOT NULL, first_seen TEXT NOT NULL,
  PRIMARY KEY (article_id, url));
CREATE INDEX address_by_key ON address ("key");
INSERT INTO store_info VALUES ('schema', '1');
INSERT INTO run VALUES ('20261101T080000-aaaa', 'example', 'crawl example', '2026-11-01T08:00:00Z',
  '2026-11-01T08:01:00Z', 'finished', '{"new":1}', 1, 'h');
INSERT INTO article VALUES (1, '0123456789abcdef', 'http://www.example.cn/news/html/?7.html',
  'example.cn/news/html/?7.html', NULL, 'example', '要闻', '旧标题', NULL, NULL, NULL, NULL, 'x', 1,
  '2026-11-01T08:00:00Z', '2026-11-01T08:00:00Z', '2026-11-01T08:00:00Z');
INSERT INTO version VALUES ('0123456789abcdef', 1, '2026-11-01T08:00:00Z', '20261101T080000-aaaa', 'x', NULL, 'urn:1',
  '{"id":"0123456789abcdef","url":"http://www.example.cn/news/html/?7.html","title":"旧标题","body":"旧文","version":1}');
INSERT INTO address VALUES ('0123456789abcdef', 'http://www.example.cn/news/html/?7.html',
  'example.cn/news/html/?7.html', '2026-11-01T08:00:00Z');
"""


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    path = tmp_path / "dangjian.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(SCHEMA_1)
    connection.close()
    return path


def schema_of(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT type, name, tbl_name FROM sqlite_master WHERE sql IS NOT NULL"
    ).fetchall()
    columns = [
        (table, column[1])
        for kind, table, _ in rows
        if kind == "table"
        for column in connection.execute(f"PRAGMA table_info({table})")
    ]
    connection.close()
    return {str(row) for row in rows + columns}


def test_a_store_of_schema_1_is_brought_up_to_date_and_keeps_what_it_had(
    old_file: Path, tmp_path: Path
) -> None:
    with Store.open(old_file) as store:
        article = store.article("0123456789abcdef")
        assert article is not None and (article.title, article.body) == ("旧标题", "旧文")
        assert [run.counts for run in store.runs()] == [{"new": 1}]
        capture, changed = page(7, day=3)
        assert store.save([capture], [changed])[0].article.version == 2
        store.save([answer(404, 7, day=5)], [])
        assert len(store.missing_articles()) == 1
    Store.open(tmp_path / "fresh.db").close()
    assert schema_of(old_file) == schema_of(tmp_path / "fresh.db")


def test_a_store_is_copied_before_it_is_migrated(old_file: Path, tmp_path: Path) -> None:
    before = schema_of(old_file)
    Store.open(old_file).close()
    (copy,) = tmp_path.glob("dangjian.db.schema1-*.bak")
    assert schema_of(copy) == before
    Store.open(old_file).close()
    assert len(list(tmp_path.glob("*.bak"))) == 1


def test_a_step_that_fails_leaves_the_store_as_it_was(
    old_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler.store import migrations

    def fail(connection: object) -> None:
        migrations._to_schema_2(connection)  # type: ignore[arg-type]
        raise StoreError("no")

    before = schema_of(old_file)
    monkeypatch.setitem(migrations.STEPS, 2, fail)
    with pytest.raises(StoreError):
        Store.open(old_file)
    assert schema_of(old_file) == before


def test_a_store_of_a_newer_release_is_refused_and_untouched(target: str) -> None:
    store = Store.open(target)
    with store._database.write() as connection:
        connection.exec_driver_sql("UPDATE store_info SET value = '999' WHERE name = 'schema'")
    store.close()
    with pytest.raises(StoreError, match=rf"newer release \(schema 999, this one knows {SCHEMA_VERSION}\)"):
        Store.open(target)


@pytest.mark.parametrize(
    "content", [b"this is no database, it is a text\n" * 100, b"SQLite format 3\x00" + b"\xff" * 4096]
)
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "dangjian.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="not a sound SQLite database"):
        Store.open(path)
    assert path.read_bytes() == content


def test_tables_of_another_program_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE article (x)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        Store.open(path)


@pytest.mark.parametrize("target", ["nonsense://host/name", "postgresql+nodriver://h/n", "://"])
def test_an_address_that_means_no_database_is_refused(target: str) -> None:
    with pytest.raises(StoreError):
        Store.open(target)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        Store.open(tmp_path)


def test_a_server_that_does_not_answer_is_a_clear_error(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError):
        Store.open(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")
