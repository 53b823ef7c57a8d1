"""The verbs, their actions and Scrapy's commands belong together."""

import argparse
import subprocess
import sys
from importlib import import_module

import pytest
from scrapy.cmdline import _get_commands_dict
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from crawler.actions.as_command import FeedsCommand, SpiderCommand
from crawler.cli import scrapy_verbs
from crawler.replay import DEFAULT_PORT
from crawler.verbs import VERBS, load_verb
from crawler.verbs.spiders import SpiderVerb


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "crawler.settings")
    return get_project_settings()


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_a_name_help_and_an_action(name: str) -> None:
    verb = load_verb(name)
    assert verb.name == name
    assert f"Example: dangjian {name} " in verb.parser().format_help()
    action = import_module(f"crawler.actions.{name}")
    assert hasattr(action, "Action" if isinstance(verb, SpiderVerb) else "run")


def test_scrapy_has_every_verb_as_a_command(project: Settings) -> None:
    commands = _get_commands_dict(project, inproject=True)
    ours = {name for name, command in commands.items() if type(command).__module__.startswith("crawler.")}
    assert ours == set(VERBS)
    assert {name: commands[name].short_desc() for name in ours} == VERBS


def test_the_verbs_of_scrapy_are_known_without_importing_them(project: Settings) -> None:
    commands = _get_commands_dict(project, inproject=True)
    assert set(scrapy_verbs()) == set(commands) - set(VERBS) - {"version"}


@pytest.mark.parametrize(("name", "command"), [("crawl", FeedsCommand), ("fetch", SpiderCommand)])
def test_a_spider_is_run_with_scrapys_own_options(
    name: str, command: type[SpiderCommand], project: Settings
) -> None:
    made = command()
    made.verb, made.settings = load_verb(name), project
    theirs = argparse.ArgumentParser(conflict_handler="resolve")
    made.add_options(theirs)
    ours = made.verb.parser()

    def options(parser: argparse.ArgumentParser) -> dict[str, str]:
        return {option: action.dest for option, action in parser._option_string_actions.items()}

    assert options(theirs).items() - options(ours).items() == {("--pdb", "pdb"), ("--profile", "profile")}
    assert vars(ours.parse_args([])) == vars(theirs.parse_args([]))


def test_the_help_of_replay_names_the_port() -> None:
    assert f"default: {DEFAULT_PORT}," in load_verb("replay").parser().format_help()


def test_a_verb_runs_as_a_scrapy_command_too() -> None:
    def scrapy(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "import os, scrapy.cmdline as c; c.execute()", *words],
            env={"SCRAPY_SETTINGS_MODULE": "crawler.settings", "COLUMNS": "200", "PATH": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    shown = scrapy("sites", "--json", "cpc71")
    assert (shown.returncode, '"key": "cpc71"' in shown.stdout) == (0, True)
    wrong = scrapy("show", "--jsno")
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "dangjian show: there is no option --jsno; did you mean --json?\n",
    )
