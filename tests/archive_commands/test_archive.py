"""`dangjian archive` on an archive that two kinds of revisit and a change have gone into."""

import json
import subprocess
import sys
import zipfile
from argparse import Namespace
from pathlib import Path

import pytest

from crawler.archive import read_record
from crawler.items import WarcPointer
from crawler.store import Store
from crawler.urls import article_id
from tests.archive_commands.conftest import BODY, URL
from tests.support import Run


def warc_of(folder: Path, pointer: WarcPointer) -> Path:
    return folder / "data" / "warc" / pointer.file


class TestRuns:
    def test_an_unchanged_page_becomes_a_revisit_in_the_next_run(
        self, pointers: list[WarcPointer], tmp_path: Path
    ) -> None:
        kinds = [
            read_record(tmp_path / "data" / "warc", pointer, resolve=False).record_type
            for pointer in pointers
        ]
        assert kinds == ["response", "revisit", "revisit", "response"]

    def test_every_pointer_leads_to_a_body(self, pointers: list[WarcPointer], tmp_path: Path) -> None:
        bodies = [read_record(tmp_path / "data" / "warc", pointer).entity() for pointer in pointers]
        assert bodies == [BODY, BODY, BODY, BODY + b"<p>more</p>"]

    def test_the_store_gives_every_pointer(self, pointers: list[WarcPointer], tmp_path: Path) -> None:
        with Store.open(tmp_path / "data" / "dangjian.db") as store:
            assert list(store.pointers()) == pointers
            assert list(store.pointers(site="other")) == []


class TestVerify:
    def test_a_sound_archive_passes(self, pointers: list[WarcPointer], run: Run) -> None:
        code, out, _ = run("archive", "verify")
        assert code == 0
        assert "4 files" in out and "4 pointers" in out and "0 problems" in out

    def test_a_wrong_byte_is_named_and_fails(
        self, pointers: list[WarcPointer], run: Run, tmp_path: Path
    ) -> None:
        path = warc_of(tmp_path, pointers[0])
        data = bytearray(path.read_bytes())
        data[pointers[0].offset + 200] ^= 0xFF
        path.write_bytes(data)
        code, out, _ = run("archive", "verify")
        assert code == 1
        assert f"{path.name}: offset {pointers[0].offset}: " in out
        kinds = {problem["kind"] for problem in json.loads(run("archive", "verify", "--json")[1])["problems"]}
        assert kinds >= {"damaged", "pointer"}

    def test_records_that_the_database_names_must_be_there(
        self, pointers: list[WarcPointer], run: Run, tmp_path: Path
    ) -> None:
        warc_of(tmp_path, pointers[3]).unlink()
        code, out, _ = run("archive", "verify")
        assert code == 1
        assert "[missing]" in out and "[pointer]" in out


class TestRepair:
    def test_a_torn_end_is_cut_off_and_kept(
        self, pointers: list[WarcPointer], run: Run, tmp_path: Path
    ) -> None:
        path = warc_of(tmp_path, pointers[1])
        whole = path.read_bytes()
        path.write_bytes(whole + whole[:100])
        assert run("archive", "verify")[0] == 1
        code, out, _ = run("archive", "repair")
        assert code == 0
        assert f"kept in {path.name}.{len(whole)}.torn" in out
        assert path.with_name(f"{path.name}.{len(whole)}.torn").read_bytes() == whole[:100]
        assert run("archive", "verify")[0] == 0
        assert json.loads(run("archive", "repair", "--json")[1]) == []


class TestPack:
    def test_a_pack_is_valid_and_opens_with_the_articles(
        self, pointers: list[WarcPointer], run: Run, tmp_path: Path
    ) -> None:
        # Its data-package framework takes seconds to load; nothing else here should wait for it.
        from wacz.main import validate_wacz

        target = tmp_path / "demo.wacz"
        code, out, _ = run("archive", "pack", "--site", "demo", "--output", target, "--json")
        assert code == 0
        assert json.loads(out)["pages"] == 1
        assert validate_wacz(Namespace(file=str(target), verify_auth=False, verifier_url=None)) == 0
        with zipfile.ZipFile(target) as archive:
            page = json.loads(archive.read("pages/pages.jsonl").decode().splitlines()[1])
        assert page["url"] == URL
        assert page["ts"] == "2024-05-13T08:00:00Z"  # of the capture, not of its arrival
        assert page["title"] == "党建见闻"

    def test_a_site_that_was_never_crawled_is_told(self, pointers: list[WarcPointer], run: Run) -> None:
        code, _, err = run("archive", "pack", "--site", "dem")
        assert code == 3
        assert "the site dem" in err and err.count("\n") == 1

    def test_a_folder_that_is_not_there_is_one_line(
        self, pointers: list[WarcPointer], run: Run, tmp_path: Path
    ) -> None:
        code, _, err = run("archive", "pack", "--output", tmp_path / "no" / "x.wacz")
        assert code == 2
        assert err.count("\n") == 1


class TestListAndGet:
    def test_all_captures_are_listed_with_their_kind(self, pointers: list[WarcPointer], run: Run) -> None:
        rows = json.loads(run("archive", "list", URL, "--json")[1])
        assert [(row["kind"], row["status"]) for row in rows] == [
            ("response", 200),
            ("revisit", 200),
            ("revisit", 304),
            ("response", 200),
        ]
        assert [row["file"] for row in rows] == [pointer.file for pointer in pointers]
        assert "2024-05-10T08:00:00Z  200  response" in run("archive", "list", article_id(URL))[1]

    @pytest.mark.parametrize(
        ("at", "place"),
        [("2024", 0), ("20240511060000", 1), ("2024-05-12T08:00+00:00", 2), ("2030-01-01", 3)],
    )
    def test_the_capture_nearest_to_a_time_is_given(
        self, pointers: list[WarcPointer], run: Run, at: str, place: int
    ) -> None:
        told = json.loads(run("archive", "get", URL, "--at", at, "--json")[1])
        assert told["record_id"] == pointers[place].record_id

    def test_the_body_is_written_as_it_is(
        self, pointers: list[WarcPointer], run: Run, tmp_path: Path
    ) -> None:
        target = tmp_path / "page.html"
        assert run("archive", "get", URL, "--at", "2024-05-11", "--output", target)[0] == 0
        assert target.read_bytes() == BODY

    def test_headers_and_body_go_to_standard_output(
        self, pointers: list[WarcPointer], tmp_path: Path
    ) -> None:
        command = [sys.executable, "-m", "crawler.cli", "archive", "--data", str(tmp_path / "data"), "get"]
        done = subprocess.run(
            [*command, URL, "--at", "2024-05-12", "--headers"], capture_output=True, timeout=60, check=True
        )
        assert done.stdout == b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n' + BODY

    def test_what_is_not_there_is_one_line_and_code_3(self, pointers: list[WarcPointer], run: Run) -> None:
        for word in ("http://www.example.cn/other", "0000000000000000"):
            code, out, err = run("archive", "get", word)
            assert (code, out) == (3, "")
            assert word in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["archive"], "say what to do"),
        (["archive", "burn"], "there is no 'burn'; there are: verify, repair"),
        (["archive", "verfy"], "did you mean verify?"),
        (["archive", "get", URL, "--jsn"], "archive get: there is no option --jsn; did you mean --json?"),
        (["archive", "list"], "required: URL | ARTICLE_ID"),
        (["archive", "verify", "more"], "archive verify: it takes no 'more'"),
        (["archive", "get", URL, "--at", "yesterday"], "'yesterday' is no time"),
        (["archive", "verify"], "there is no archive in"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(run: Run, arguments: list[str], said: str) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert said in err and err.count("\n") == 1


@pytest.mark.parametrize("part", ["verify", "repair", "pack", "list", "get"])
def test_help_has_an_example(run: Run, part: str) -> None:
    code, out, _ = run("archive", part, "--help")
    assert code == 0
    assert f"Example: dangjian archive {part}" in out
