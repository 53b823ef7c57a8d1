import re
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from crawler.store import SiteBusyError, Store, runs
from crawler.store.clock import moment

HOLD_A_SITE = """
import sys
from crawler.store import Store
store = Store.open(sys.argv[1])
print(store.start_run("example", command="crawl example").id, flush=True)
sys.stdin.read()
"""


def test_a_run_has_a_sortable_id_fit_for_file_names(store: Store) -> None:
    run = store.start_run("example", command="crawl example --limit 5")
    assert re.fullmatch(r"\d{8}T\d{6}-[0-9a-f]{4}", run.id)
    (stored,) = store.runs("example")
    assert (stored.id, stored.command, stored.finished, stored.outcome) == (run.id, run.command, None, None)


def test_a_finished_run_tells_outcome_and_counts(store: Store) -> None:
    run = store.start_run("example", command="crawl example")
    store.finish_run(run.id, outcome="finished", counts={"new": 3, "原因": {"404": 1}})
    (stored,) = store.runs()
    assert (stored.outcome, stored.counts) == ("finished", {"new": 3, "原因": {"404": 1}})
    assert stored.finished is not None


def test_a_second_crawl_of_a_site_is_refused_and_told_of_the_first(open_store: Callable[..., Store]) -> None:
    run = open_store().start_run("example", command="crawl example")
    second = open_store()
    with pytest.raises(SiteBusyError, match=run.id):
        second.start_run("example", command="crawl example")
    second.start_run("other", command="crawl other")


def test_a_finished_run_frees_its_site(open_store: Callable[..., Store]) -> None:
    first = open_store()
    run = first.start_run("example", command="crawl example")
    first.finish_run(run.id, outcome="finished", counts={})
    assert open_store().start_run("example", command="crawl example").resumes is None


def test_a_crawl_in_another_process_holds_its_site_until_it_is_killed(target: str, store: Store) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_A_SITE, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        first = other.stdout.readline().strip()
        with pytest.raises(SiteBusyError, match=f"{first}.*process {other.pid} "):
            store.start_run("example", command="crawl example")
        other.send_signal(signal.SIGKILL)
        other.wait(30)
    run = _start_when_free(store)
    assert run.resumes == first
    assert {one.id: one.outcome for one in store.runs()} == {first: "killed", run.id: None}


def _start_when_free(store: Store):  # type: ignore[no-untyped-def]
    """A database server notices the death of its client a moment later."""
    for _ in range(10_000):
        try:
            return store.start_run("example", command="crawl example")
        except SiteBusyError:
            continue
    pytest.fail("the site is still locked")


def test_runs_sort_by_their_order_even_if_the_clock_is_set_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []
    for second in (5, 5, 5, 4, 3, 5):
        monkeypatch.setattr(runs, "now", lambda second=second: moment(f"2026-11-22T13:05:0{second}Z"))
        run = store.start_run("example", command="crawl example")
        store.finish_run(run.id, outcome="done", counts={})
        ids.append(run.id)
    assert ids == sorted(ids)
    assert len(set(ids)) == 6
    assert all(re.fullmatch(r"20261122T13050[5-9]-[0-9a-f]{4}", one) for one in ids)
