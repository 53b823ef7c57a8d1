import json

import pytest

from crawler.cli import main
from tests.sites.support import MINIMAL


@pytest.fixture
def run(capsys):
    def run_sites(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["dangjian", "sites", *map(str, arguments)])
        output = capsys.readouterr()
        return left.value.code or 0, output.out, output.err

    return run_sites


def test_the_table_lists_every_site(run):
    code, out, _ = run()
    assert code == 0
    assert "党建先锋网" in out and "people_cpc" in out


@pytest.mark.parametrize(
    ("filters", "inside", "outside"),
    [
        (["--name", "先锋网"], "cpc71", "ccdi"),
        (["--domain", "people.com.cn"], "people_cpc", "cpc71"),
        (["--family", "vsb"], "qinfeng", "cpc71"),
        (["--family", "none"], "rmlt", "cpc71"),
        (["--confidence", "low"], "gcdr", "cpc71"),
    ],
)
def test_filters_narrow_the_table(run, filters, inside, outside):
    code, out, _ = run(*filters)
    keys = [line.split()[0] for line in out.splitlines() if line]
    assert code == 0
    assert inside in keys and outside not in keys


def test_one_site_is_shown_in_full(run):
    _, out, _ = run("people_cpc")
    assert "高层动态" in out and "http://cpc.people.com.cn/GB/64093/64094/index.html" in out


def test_json_is_for_programs(run):
    _, out, _ = run("--json", "cpc71")
    (site,) = json.loads(out)
    assert site["key"] == "cpc71"
    assert site["paging"]["style"] == "query"


def test_the_built_in_files_pass_the_check(run):
    code, out, _ = run("--check")
    assert code == 0
    assert " 0 errors" in out


def test_the_check_finds_a_wrong_file_and_says_so_by_its_exit_code(run, tmp_path):
    path = tmp_path / "linhai.toml"
    path.write_text(
        MINIMAL + "examples = ['http://linhai.example.cn/about.html']\nlable = 1\n", encoding="utf-8"
    )
    code, out, _ = run("--check", path)
    assert code == 1
    assert f"{path}:7: lable: is no key of a site file" in out
    path.write_text(MINIMAL + "examples = ['http://linhai.example.cn/about.html']\n", encoding="utf-8")
    code, out, _ = run("--check", path)
    assert code == 1
    assert "linhai: examples: http://linhai.example.cn/about.html is no article address" in out


def test_the_check_says_what_a_good_file_lacks(run, tmp_path):
    path = tmp_path / "linhai.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    code, out, _ = run("--check", path)
    assert code == 0
    assert "linhai lacks operator" in out
    _, out, _ = run("--check", "--json", path)
    assert "operator" in json.loads(out)["sites"]["linhai"]["lacks"]


def test_an_unknown_site_is_one_line_and_a_usage_error(run):
    code, _, err = run("cpc17")
    assert code == 2
    assert err.strip().count("\n") == 0
    assert "did you mean cpc71" in err


def test_a_filter_that_matches_nothing_is_a_usage_error(run):
    assert run("--family", "nosuch")[0] == 2
