"""`dangjian history`, `diff` and `removed` over a store."""

import json
import re

import pytest

from crawler.store import Store
from tests.store.pages import BODY, answer, page
from tests.support import Run

CHANGED = BODY.replace("任务重", "任务繁重") + "\n全市已建支部120个。"


@pytest.fixture
def identity(store: Store) -> str:
    """An article in two versions, seen again unchanged on the third day."""
    changed = {"body": CHANGED, "title": "<b>基层党建工作"}
    for day, fields in ((1, {}), (2, changed), (3, changed)):
        capture, article = page(day=day, **fields)
        saved = store.save([capture], [article])
    return saved[0].article.id or ""


class TestHistory:
    def test_every_version_is_told_with_time_change_and_place(self, identity: str, run: Run) -> None:
        code, out, _ = run("history", identity)
        assert code == 0
        assert (
            "version 2  2026-11-02T08:00:00Z\n"
            "  title, body (1 sentence rewritten, 1 sentence added, +12 −0 characters)\n"
            "  warc/example-1.warc.gz at 1000\n"
        ) in out
        assert "version 1  2026-11-01T08:00:00Z\n  first seen\n" in out
        assert "3 looks, last found 2026-11-03T08:00:00Z" in out

    def test_an_address_does_in_the_place_of_the_id(self, identity: str, run: Run) -> None:
        code, out, _ = run("history", "https://example.cn/news/html/?1.html", "--json")
        document = json.loads(out)
        assert (code, document["id"]) == (0, identity)
        assert [one["changed"] for one in document["versions"]] == [None, ["title"]]
        assert [one["status"] for one in document["captures"]] == [200, 200, 200]

    def test_an_article_that_is_missing_is_said_to_be(self, identity: str, store: Store, run: Run) -> None:
        store.save([answer(404, day=4)], [])
        assert "missing: not found, 1 look since 2026-11-04T08:00:00Z" in run("history", identity)[1]

    def test_an_unknown_article_has_an_exit_code_of_its_own(self, identity: str, run: Run) -> None:
        code, _, err = run("history", "0123456789abcdef")
        assert (code, err.count("\n")) == (3, 1)


class TestDiff:
    def test_the_last_two_versions_are_compared_with_marks_where_there_is_no_colour(
        self, identity: str, run: Run
    ) -> None:
        code, out, _ = run("diff", identity)
        assert code == 0
        assert "~ 社会组织面大量广，党建工作任务{+繁+}重。" in out
        assert "+ {+全市已建支部120个。+}" in out
        assert "\x1b" not in out

    def test_colours_are_used_on_a_terminal(
        self, identity: str, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm-256color")
        out = run("diff", identity)[1]
        assert re.search("\x1b\\[[0-9;]*32m繁", out)
        assert "{+" not in out

    def test_versions_can_be_named_in_either_order(self, identity: str, run: Run) -> None:
        assert "任务[-繁-]重" in run("diff", identity, "2", "1")[1]

    def test_unchanged_sentences_far_from_a_change_are_counted_not_printed(
        self, store: Store, run: Run
    ) -> None:
        text = "".join(f"第{n}条规定。" for n in range(20))
        for day, body in ((1, text), (2, text.replace("第10条规定", "第10条规章"))):
            capture, article = page(day=day, body=body)
            identity = store.save([capture], [article])[0].article.id
        out = run("diff", identity)[1]
        assert "… 9 sentences unchanged …" in out
        assert "第9条规定" in out and "第8条规定" not in out
        assert "第0条规定" in run("diff", identity, "--full")[1]

    def test_the_page_needs_no_other_file_and_takes_no_markup_from_the_article(
        self, identity: str, run: Run, tmp_path
    ) -> None:
        assert run("diff", identity, "--html", tmp_path / "diff.html")[0] == 0
        page = (tmp_path / "diff.html").read_text("utf-8")
        assert "任务<ins>繁</ins>重" in page
        assert "<b>" not in page and "&lt;b&gt;" in page
        assert not re.search(r"<(script|link|img|iframe)|src=|url\(", page)

    def test_the_document_has_all_of_both_texts(self, identity: str, run: Run) -> None:
        document = json.loads(run("diff", identity, "--json")[1])
        assert "".join(s for one in document["body"] for s in one["old"]) == BODY.replace("\n", "")
        assert [one["name"] for one in document["fields"]] == ["title"]

    @pytest.mark.parametrize("arguments", [("1", "7"), ("0123456789abcdef",)])
    def test_what_is_not_there_has_an_exit_code_of_its_own(
        self, identity: str, run: Run, arguments: tuple[str, ...]
    ) -> None:
        words = (identity, *arguments) if len(arguments) == 2 else arguments
        assert run("diff", *words)[0] == 3

    @pytest.mark.parametrize("arguments", [(), ("a", "1"), ("a", "x", "y")])
    def test_wrong_arguments_are_told_in_one_line(
        self, identity: str, run: Run, arguments: tuple[str, ...]
    ) -> None:
        code, _, err = run("diff", *arguments)
        assert (code, "Traceback" in err) == (2, False)


class TestRemoved:
    def test_removed_and_missing_articles_are_told_apart(self, identity: str, store: Store, run: Run) -> None:
        capture, article = page(2, day=1)
        store.save([capture], [article])
        for day in (4, 11, 18):
            store.save([answer(404, day=day)], [])
        store.save([answer(410, 2, day=18)], [])
        code, out, _ = run("removed")
        assert code == 0
        removed, missing = out.split("missing, not confirmed")
        assert "removed: 1" in removed and identity in removed and "not found; 3 looks" in removed
        assert "gone; look 1 of 3" in missing
        states = [json.loads(line) for line in run("removed", "--json")[1].splitlines()]
        assert [one["state"] for one in states] == ["removed", "missing"]

    def test_since_and_site_choose(self, identity: str, store: Store, run: Run) -> None:
        store.save([answer(404, day=4)], [])
        assert run("removed", "--json", "--since", "2026-11-04")[1]
        assert not run("removed", "--json", "--since", "2026-11-05")[1]
        assert not run("removed", "--json", "--site", "other")[1]
        assert run("removed", "--since", "soon")[0] == 2

    def test_an_article_that_came_back_is_told(self, identity: str, store: Store, run: Run) -> None:
        for day in (4, 11, 18):
            store.save([answer(404, day=day)], [])
        capture, article = page(day=25)
        store.save([capture], [article])
        (state,) = [json.loads(line) for line in run("removed", "--json")[1].splitlines()]
        assert (state["state"], state["reappeared"]) == ("reappeared", "2026-11-25T08:00:00Z")
