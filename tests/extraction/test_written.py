"""Texts that inline scripts write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.document import parse
from crawler.extraction.written import LONGEST_SCRIPT, written_lines


def written(body: str) -> list[str]:
    return written_lines(parse(f"<html><head><title>x</title></head><body>{body}</body></html>"))


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<p>a<script>document.write('来源：示例司')</script></p>", ["来源：示例司"]),
        (
            "<p><script>var s='示例报'; if(s!=''){document.write('来源：'+s+'&emsp;');}</script></p>",
            ["来源：示例报"],
        ),
        ('<p>b <script>var l="示例报";document.write("&nbsp;来源："+l)</script></p>', ["来源：示例报"]),
        (
            "<p>发布时间：<script>var d='2024年5月10日';\ndocument.write(d);</script></p>",
            ["发布时间：2024年5月10日"],
        ),
        ("<p><b>来源：</b><script>document.writeln('示例报')</script></p>", ["来源：示例报"]),
        ("<p><script>document.write('<b>作者：</b>' + '高铭')</script></p>", ["作者： 高铭"]),
        (
            "<p>来源：<script>var s='示例报'; if(s==''){document.write('本站')}"
            "else{document.write(s)}</script></p>",
            ["来源：示例报"],
        ),
        (
            "<p>来源：<script>var s=''; if(s==''){document.write('示例局')}"
            "else{document.write(s)}</script></p>",
            ["来源：示例局"],
        ),
    ],
)
def test_joined_strings_and_variables_are_read(body: str, lines: list[str]) -> None:
    assert written(body) == lines


@pytest.mark.parametrize(
    "script",
    [
        "var s=''; if(s!=''){document.write('来源：'+s);}",
        "document.write('来源：'+other)",
        "document.write('来源：'+list[0])",
        "document.write(name())",
        "var s='示例报';",
        "document.write('来源：示例报')" + " " * LONGEST_SCRIPT,
    ],
)
def test_what_depends_on_anything_else_is_left_out(script: str) -> None:
    assert written(f"<p>x</p><script>{script}</script>") == []


@given(st.text(alphabet="documentwrite.()'\"+=;来源： \n", max_size=300))
def test_any_script_is_survived(script: str) -> None:
    written(f"<p>x</p><script>document.write({script}</script>")
