"""What the console command says to wrong input: one line, and an exit code that is not 0."""

import json
import os
from pathlib import Path

import pytest

from crawler.cli import main
from tests.crawl.running import article_page, dangjian, site_file


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a verb that needs no crawl in this process."""
    with pytest.raises(SystemExit) as stopped:
        main(["dangjian", *arguments])
    said = capsys.readouterr()
    return int(stopped.value.code or 0), said.out, said.err


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "crawler.settings")
    monkeypatch.setattr("crawler.settings.DANGJIAN_DATA", str(data_dir))


BROKEN = 'key = "x"\nname = "试验"\ndomains = "a.cn"\n'


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["crawll"], "did you mean crawl?"),
        (["crawl"], "say what to crawl"),
        (["crawl", "cpc17"], "did you mean cpc71"),
        (["crawl", "one", "two"], "one of them"),
        (["crawl", "http://"], "no http or https address"),
        (["crawl", "ftp://a.cn/list/"], "no http or https address"),
        (["crawl", "file:///etc/passwd"], "no http or https address"),
        (["crawl", "a.cn/list/"], "is no file"),
        (["crawl", "./missing.toml"], "No such file"),
        (["crawl", "cpc71", "--limit", "many"], "'many' is no number"),
        (["crawl", "cpc71", "--limt", "3"], "there is no option --limt"),
        (["crawl", "cpc71", "--section", "体育"], "has no section 体育"),
        (["crawl", "cpc71", "--data", "/proc/nowhere"], "cannot be"),
        (["crawl", "cpc71", "-s", "nothing"], "Invalid -s value"),
        (["fetch"], "say which pages"),
        (["show"], "say which article"),
        (["show", "0123456789abcdef"], "there is no archive"),
        (["extract", "/nowhere.html"], "No such file"),
        (["extract", "one", "two"], "one page at a time"),
        (["sites", "nowhere"], "unknown site"),
    ],
)
def test_wrong_input_gets_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert told in err
    assert out == ""
    assert len(err.strip().splitlines()) == 1


def test_a_broken_site_file_names_file_line_and_key(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "my-site.toml"
    file.write_text(BROKEN, encoding="utf-8")
    code, _, err = run(capsys, "crawl", str(file))
    assert code == 2
    assert f"{file}:3: domains" in err


@pytest.mark.parametrize("content", [b"", b"  \n", b"%PDF-1.4 \x00\x01", b"just words", os.urandom(4096)])
def test_a_file_that_is_no_html_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(content)
    code, out, err = run(capsys, "extract", str(file))
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


def test_a_page_in_utf16_is_html(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(article_page(5).replace("charset='utf-8'", "charset='utf-16'").encode("utf-16"))
    code, out, _ = run(capsys, "extract", "--json", str(file))
    assert code == 0
    assert "第5篇第1段" in json.loads(out)["body"]


def test_extract_prints_record_and_reasons(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(article_page(7), encoding="utf-8")
    code, out, err = run(capsys, "extract", "--json", "--explain", "--url", "http://a.cn/a/7.html", str(file))
    record = json.loads(out)
    assert code == 0
    assert record["source"] == "试验日报"
    assert "title" in err


def test_a_page_without_an_article_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<html><body><script>location.href='/'</script></body></html>", encoding="utf-8")
    code, out, err = run(capsys, "extract", str(file))
    assert (code, out) == (3, "")
    assert "this is no article" in err


def test_alone_it_shows_its_own_verbs_first(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys)
    assert code == 0
    assert out.index("crawl") < out.index("fetch") < out.index("show") < out.index("shell")


@pytest.mark.parametrize("verb", ["crawl", "fetch", "extract", "show", "sites"])
def test_every_verb_has_help_with_an_example(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    code, out, _ = run(capsys, verb, "--help")
    assert code == 0
    assert f"Example: dangjian {verb}" in " ".join(out.split())


def test_every_site_is_a_spider(capsys: pytest.CaptureFixture[str]) -> None:
    from scrapy.utils.project import get_project_settings

    from crawler.spiders.loader import SiteSpiderLoader

    loader = SiteSpiderLoader.from_settings(get_project_settings())
    assert {"cpc71", "demo"} <= set(loader.list())
    assert loader.load("cpc71").name == "cpc71"
    assert not {"site", "pages"} & set(loader.list())
    with pytest.raises(KeyError):
        loader.load("nowhere")


def test_it_works_from_any_folder_and_from_standard_input(tmp_path: Path) -> None:
    outcome = dangjian("extract", "--json", data=tmp_path, stdin=article_page(9).encode(), cwd=tmp_path)
    assert outcome.code == 0
    assert "第9篇第1段" in json.loads(outcome.out)["body"]


def test_two_crawls_of_one_site_are_told_apart(tmp_path: Path) -> None:
    from crawler.store import Store

    with Store.open(tmp_path / "dangjian.db") as store:
        first = store.start_run("test", command="another")
        outcome = dangjian("crawl", site_file(tmp_path, "http://127.0.0.1:1"), data=tmp_path)
    assert outcome.code == 1
    assert first.id in outcome.err
    assert "Traceback" not in outcome.err
