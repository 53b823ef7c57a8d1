# ruff: noqa: E501 - a line of markup is read as a line
"""Article pages of our own, put together from parts in the manner of real ones."""

from crawler.extraction.document import parse
from crawler.extraction.reader import Reading, read

TITLE = "把支部建在联合车间里"
PARAGRAPHS = (
    "清晨六点半，联合车间的交班铃声准时响起，党员突击队的队员们已经在机台旁站成一排，逐项核对夜班留下的记录。",
    "去年以来，这家企业把三个党小组并成一个联合支部，让不同工序的党员坐到一张桌子旁，遇到难题当场商量，当场认领。",
    "老师傅说，以前下道工序出了毛病，上道工序总要过几天才知道，如今碰头会上一句话就说清楚了，返工少了一大半。",
    "支部还办起了夜校，每周三晚上由技术骨干轮流讲课，青年职工报名踊跃，教室里常常要加凳子才能坐得下。",
)


def page(
    *,
    title: str = TITLE,
    head: str = "",
    headline: str | None = None,
    info: str = "",
    first: str = "",
    last: str = "",
    behind: str = "",
    page_title: str | None = None,
    paragraphs: tuple[str, ...] = PARAGRAPHS,
) -> str:
    """Return a page. `headline` is markup in place of the `h1`; `first` and `last` are markup at the ends of the text."""
    text = "".join(f"<p>　　{paragraph}</p>" for paragraph in paragraphs)
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{page_title or title + "_示例先锋网"}</title>{head}</head>
<body><div class="top"><a href="/">首页</a> <a href="/a/">要闻</a> <a href="/b/">理论</a> <a href="/c/">组织</a></div>
<div class="path">当前位置：<a href="/">首页</a> &gt; <a href="/a/">要闻</a> &gt; 正文</div>
<div class="main">{f"<h1>{title}</h1>" if headline is None else headline}
{info}
<div class="content">{first}{text}{last}</div>
{behind}
</div>
<div class="list"><h3>相关阅读</h3><ul><li><a href="/1.html">让党课走进田间地头</a> 2019-01-02</li>
<li><a href="/2.html">一封写给新党员的信</a> 2019-01-03</li></ul></div>
<div class="foot">版权所有 示例先锋网 京ICP备00000000号 Copyright 2009-2018</div></body></html>"""


def reading(html: str, url: str = "https://www.example.org/a/1.html") -> Reading:
    """Read a page."""
    return read(parse(html, url=url))
