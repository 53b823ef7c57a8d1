import os
import subprocess
import sys
import time

import pytest

from crawler.rereading import Workers, WorkFailure, workers


def double(number: int) -> int:
    if number == 3:
        raise ValueError("three")
    return 2 * number


def deadly(number: int) -> int:
    if number == 40:
        os._exit(1)
    return number


def endless(number: int) -> int:
    while number == 40:
        time.sleep(0.01)
    return number


@pytest.mark.parametrize(("processes", "jobs"), [(0, 0), (0, 100), (2, 0), (2, 32), (2, 100)])
def test_every_job_has_its_result_in_order(processes: int, jobs: int) -> None:
    expected = [(n, WorkFailure("ValueError: three") if n == 3 else 2 * n) for n in range(jobs)]
    assert list(Workers(double, processes).map(range(jobs))) == expected


def test_a_job_that_kills_its_process_costs_nothing_but_itself() -> None:
    results = dict(Workers(deadly, 2).map(range(100)))
    assert results.pop(40) == WorkFailure("the process that read it died")
    assert results == {n: n for n in range(100) if n != 40}


def test_a_job_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PORTION_SECONDS", 20.0)
    monkeypatch.setattr(workers, "JOB_SECONDS", 2.0)
    results = dict(Workers(endless, 1).map(range(50)))
    assert isinstance(results.pop(40), WorkFailure)
    assert results == {n: n for n in range(50) if n != 40}


def test_no_more_is_taken_than_can_be_worked_on() -> None:
    taken = 0

    def jobs():
        nonlocal taken
        for number in range(10_000):
            taken += 1
            yield number

    results = Workers(double, 1).map(jobs())
    next(results)
    assert taken <= 32 * 8
    results.close()


def test_a_process_that_reads_loads_neither_the_crawler_nor_the_database() -> None:
    # They would take it as long to start as the rest.
    code = "import sys, crawler.rereading; print(*{'scrapy', 'twisted', 'sqlalchemy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
