"""Slips, odd terminals and broken streams: what a newcomer meets is told, and is no traceback."""

import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path

import pytest

from crawler.cli import overview
from crawler.store import Store
from crawler.verbs import VERBS, load_verb
from tests.crawl.running import article_page, command
from tests.store.pages import page
from tests.support import Run
from tests.verbs.conftest import Newcomer

_COLOUR = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture
def identity(tmp_path: Path) -> str:
    """An article in the store of the data folder."""
    (tmp_path / "data").mkdir()
    with Store.open(tmp_path / "data" / "dangjian.db") as store:
        capture, article = page(day=1)
        return store.save([capture], [article])[0].article.id or ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["extrct"], "dangjian: there is no verb 'extrct'; did you mean extract?"),
        (["help", "shwo"], "dangjian: there is no verb 'shwo'; did you mean show?"),
        (["--data", "x", "show", "1"], "dangjian: the verb comes first, then options such as --data"),
        (
            ["extract", "--explan", "x"],
            "dangjian extract: there is no option --explan; did you mean --explain?",
        ),
        (["extract", "--url", "a.cn/1.html"], "--url: 'a.cn/1.html' is no http or https address"),
        (["fetch", "a.cn/1.html"], "'a.cn/1.html' is no http or https address"),
        (["fetch", "ftp://a.cn/1.html"], "'ftp://a.cn/1.html' is no http or https address"),
        (["extract", "-o", "x", "page.html"], "-o goes with --warc only"),
        (["extract", "--warc", "."], ".: Is a directory"),
        (["extract", "--warc", "no.warc"], "no.warc: No such file or directory"),
        (["extract", "."], ".: Is a directory"),
        (["crawl", "demo", "-O", "/dev/null/x.csv"], "/dev/null: is no folder"),
        (["crawl", "demo", "-o", "/dev:csv"], "/dev: Is a directory"),
        (["crawl", "demo", "-L", "LOUD"], "-L/--loglevel: 'LOUD' is no level: DEBUG, INFO"),
        (["crawl", "demo", "--since", "2024-13-01"], "--since: '2024-13-01' is no day"),
        (["crawl", "demo", "--since", "2024-02-01", "--until", "2024-01-01"], "is later than"),
        (["crawl", "demo", "--section", "无此栏目"], "demo has no section 无此栏目; there are: "),
        (["removed", "--since", "0001-01-01T00:00+10:00"], "is no time"),
        (["diff", "1", "--json", "--html", "x"], "either --json or --html"),
        (["replay", "--port", "99999"], "--port: '99999' is no port"),
        (["reextract", "--processes", "-1"], "--processes: '-1' is no number"),
    ],
)
def test_a_slip_is_told_in_one_line(words: list[str], told: str, run: Run) -> None:
    with_data = words[0] in VERBS
    code, out, err = run(*words) if with_data else _without_data(words)
    assert (code, out) == (2, "")
    assert told in err and err.count("\n") == 1


def _without_data(words: list[str]) -> tuple[int, str, str]:
    done = subprocess.run(command(*words), capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_site_that_is_none_leaves_no_data_folder_behind(newcomer: Newcomer) -> None:
    outcome = newcomer("crawl", "cpc17")
    assert outcome.code == 2
    assert not outcome.data.exists()


def test_what_follows_two_dashes_is_no_option(newcomer: Newcomer, tmp_path: Path) -> None:
    (tmp_path / "-page.html").write_text(article_page(4), encoding="utf-8")
    assert newcomer("extract", "-page.html").code == 2
    outcome = newcomer("extract", "--json", "--", "-page.html")
    assert (outcome.code, json.loads(outcome.out)["source"]) == (0, "试验日报")


@pytest.mark.parametrize("verb", ["show", "history", "diff"])
def test_an_argument_in_another_charset_is_in_no_store(verb: str, identity: str, newcomer: Newcomer) -> None:
    outcome = newcomer(verb, "党建".encode("gb18030"))
    assert outcome.code == 3
    assert outcome.err.count("\n") == 1


def test_a_site_that_nothing_was_crawled_for_is_told(identity: str, newcomer: Newcomer) -> None:
    outcome = newcomer("removed", "--site", "nosuch")
    assert (outcome.code, outcome.out) == (3, "")
    assert "nothing was crawled for a site 'nosuch'" in outcome.err
    assert newcomer("removed", "--site", "example").code == 0


def test_json_is_utf8_whatever_charset_the_system_has(newcomer: Newcomer) -> None:
    old = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    outcome = newcomer("sites", "--json", "cpc71", variables=old)
    assert json.loads(outcome.out)[0]["name"] == "党建先锋网"
    chosen = newcomer("sites", "cpc71", variables=old | {"PYTHONIOENCODING": "ascii"})
    assert (chosen.code, chosen.out.isascii()) == (0, True)


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_help_fits_a_narrow_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert all(len(line) < columns for line in overview(columns).splitlines()[1:])
    for verb in VERBS:
        for line in load_verb(verb).parser().format_help().splitlines():
            # A word or the usage line is not broken.
            assert len(line) <= columns or len(line.split()) <= 2 or line.startswith("  dangjian"), line


def test_a_narrow_terminal_shows_key_name_and_status_of_the_sites() -> None:
    text = _on_a_terminal("sites", columns=44)
    first = next(line for line in text.splitlines() if "cpc71" in line)
    assert _COLOUR.sub("", first).split() == ["cpc71", "党建先锋网", "active"]
    assert _COLOUR.search(first)


def test_no_colour_where_the_user_wants_none() -> None:
    shown = _on_a_terminal("sites", "--family", "vsb", NO_COLOR="1")
    assert "qinfeng" in shown
    assert not re.search(r"\x1b\[3\d", shown)


def test_a_page_from_the_keyboard_is_asked_for() -> None:
    text = _on_a_terminal("extract", typed=article_page(6).replace(">", ">\n").encode() + b"\n\x04")
    assert "Ctrl-D ends it" in text
    assert "来源  试验日报" in _COLOUR.sub("", text)


def _on_a_terminal(*words: str, columns: int = 80, typed: bytes = b"", **variables: str) -> str:
    """Run `dangjian` on a terminal of its own and return what it showed there."""
    environment = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    environment |= {"COLUMNS": str(columns), "TERM": "xterm-256color"} | variables
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(*words), stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as run:
        os.close(theirs)
        if typed:
            os.write(ours, typed)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # Linux tells the end so
            pass
    os.close(ours)
    assert run.returncode == 0
    return shown.decode("utf-8", "replace")


@pytest.mark.parametrize("words", [["sites"], ["sites", "--json"], ["--help"], ["crawl", "--help"]])
def test_a_reader_that_goes_away_ends_it_quietly(words: list[str], newcomer: Newcomer) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    outcome = newcomer(*words, stdout=writer)
    os.close(writer)
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_crawl_ends_where_nobody_reads_on(form: list[str], newcomer: Newcomer) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    outcome = newcomer("crawl", "demo", "--limit", "1", *form, stdout=writer)
    os.close(writer)
    assert outcome.code == 0
    assert "Traceback" not in outcome.err
    assert len(outcome.articles()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", [["sites"], ["crawl", "demo", "--limit", "1"], ["crawl", "demo", "--json"]])
def test_output_that_cannot_be_written_is_told(words: list[str], newcomer: Newcomer) -> None:
    with Path("/dev/full").open("wb") as full:
        outcome = newcomer(*words, stdout=full)
    assert outcome.code == 1
    assert "No space left on device" in outcome.err
    assert "Traceback" not in outcome.err


def test_closed_streams_are_no_reason_to_fall(tmp_path: Path) -> None:
    def shell(line: str) -> subprocess.CompletedProcess[str]:
        words = " ".join(command())
        return subprocess.run(
            ["sh", "-c", line.replace("dangjian", words)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert shell("dangjian sites >&-").returncode == 0
    without_input = shell("dangjian extract <&-")
    assert (without_input.returncode, without_input.stderr) == (
        2,
        "dangjian extract: standard input: is empty\n",
    )
    assert shell("dangjian nosuch 2>&-").stdout == ""


def test_an_interrupt_ends_it_with_its_own_code_and_without_a_word(tmp_path: Path) -> None:
    waiting = subprocess.Popen(
        [*command("extract", "--json"), "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # Once it takes what is more than a pipe holds, it is reading.
    assert waiting.stdin is not None
    waiting.stdin.write(b"<p>" * 100_000)
    waiting.stdin.flush()
    waiting.send_signal(signal.SIGINT)
    out, err = waiting.communicate(timeout=60)
    assert (waiting.returncode, out, err) == (130, b"", b"")
