"""Runs the console command as a user does."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIMEOUT = 120


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str
    data: Path

    def articles(self) -> list[dict[str, Any]]:
        """Every line of every JSON Lines file of the run's data folder."""
        files = sorted(self.data.glob("articles/*/*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]

    def summary(self) -> dict[str, Any]:
        """The closing table of a run with `--json`."""
        return json.loads(self.out.strip().splitlines()[-1])


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "crawler.cli", *arguments]


def dangjian(
    *arguments: str,
    data: Path,
    stdin: bytes = b"",
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> Outcome:
    """Run `dangjian` with a data folder of its own and return what came of it."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("DANGJIAN_", "SCRAPY_"))
    }
    environment |= {"DANGJIAN_DATA": str(data), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"} | (env or {})
    done = subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        timeout=TIMEOUT,
        env=environment,
        cwd=cwd,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"), data)


def site_file(folder: Path, base: str, *, key: str = "test", body: str = "") -> str:
    """Write a site file for a server on loopback: its list is at /list/, its articles are /a/N.html."""
    path = folder / f"{key}.toml"
    path.write_text(
        f'key = "{key}"\nname = "试验站"\ndomains = ["127.0.0.1"]\nallow_private = true\n'
        f'article_urls = ["/a/\\\\d+\\\\.html$"]\n{body}\n'
        f'[[sections]]\nlabel = "要闻"\nurl = "{base}/list/"\n',
        encoding="utf-8",
    )
    return str(path)


def article_page(number: int, paragraphs: int = 4) -> str:
    """A plain article page."""
    sentence = "党支部把学习教育同日常工作结合起来，组织党员走进田间地头，听取群众意见，解决实际困难。"
    text = "".join(f"<p>第{number}篇第{place}段。{sentence * 3}</p>" for place in range(1, paragraphs + 1))
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'>"
        f"<title>基层党建见闻之{number}：把实事办到群众心坎上-试验站</title></head><body>"
        f"<div class='nav'><a href='/'>首页</a> <a href='/list/'>要闻</a></div>"
        f"<h1>基层党建见闻之{number}：把实事办到群众心坎上</h1>"
        "<div class='info'>2024年05月10日 08:30　来源：试验日报　作者：何小安</div>"
        f"<div class='content'>{text}</div><div class='footer'>版权所有 试验站</div></body></html>"
    )


def list_page(numbers: list[int], more: str = "") -> str:
    """A list of articles, with a link to the next page where `more` names one."""
    rows = "".join(
        f"<li><a href='/a/{n}.html'>基层党建见闻之{n}：把实事办到群众心坎上</a>"
        f"<span>2024-05-{n % 28 + 1:02}</span></li>"
        for n in numbers
    )
    pager = f"<div class='page'><a href='{more}'>下一页</a></div>" if more else ""
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>要闻-试验站</title></head><body>"
        f"<div class='nav'><a href='/'>首页</a></div><ul class='list'>{rows}</ul>{pager}</body></html>"
    )
