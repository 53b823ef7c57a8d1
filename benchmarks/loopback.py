"""A quick server of generated Chinese article pages on loopback, to crawl against.

    python -m benchmarks.loopback --pages 2000

prints its address, serves until its standard input ends, and prints the seconds between the first and the
last request. Pages are made once per variety and served from memory: the server must cost as little as
possible, since it shares the machine with what is measured.
"""

import argparse
import asyncio
import random
import re
import sys
import time

VARIETIES = 50
"""Different article pages; each address gets one of them with its own number in it."""
ROWS = 50
PAGE_BYTES = 60_000
_WORDS = re.findall(
    "..",
    "支部党员群众学习教育基层组织建设服务工作会议制度干部社区乡村振兴责任担当作风监督"
    "实践调研先锋活动落实推进加强完善提升深入开展围绕坚持引领治理发展思想政治理论培训",
)
_MARK = b"@@NUMBER@@"


def article(seed: int, size: int = PAGE_BYTES) -> bytes:
    """Return an article page of about `size` bytes.

    Its make-up is that of the mean of 113 real pages: 8 KB of text, some 480 elements, 23 KB of scripts,
    and menus and side lists around them.
    """
    rng = random.Random(seed)

    def sentence() -> str:
        return "".join(rng.choices(_WORDS, k=rng.randint(8, 20))) + "。"

    menu = "".join(
        f"<li class='menu-item level-{n % 3}'><a href='/column/{n}/index.html' title='栏目{n}' "
        f"target='_blank'>栏目{n}</a></li>"
        for n in range(100)
    )
    side = "".join(
        f"<li class='side-item'><a href='/other/2024/0510/c{n}.html' title='{sentence()}'>"
        f"{sentence()[:26]}</a><span class='date'>05-{n % 28 + 1:02}</span></li>"
        for n in range(75)
    )
    text = ""
    while len(text.encode()) < 8_000:
        paragraph = "".join(sentence() for _ in range(rng.randint(2, 6)))
        text += f"<p style='text-indent: 2em'>　　{paragraph}</p>\n"
    title = sentence()[:28]
    page = (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}-试验站</title></head><body>"
        f"<div class='nav'><ul>{menu}</ul></div><div class='main'><h1>{title}@@NUMBER@@</h1>"
        "<div class='info'><span>发布时间：2024-05-10 08:30:00</span><span>来源：试验日报</span>"
        f"<span>作者：何小安</span></div><div class='content' id='content'>{text}</div></div>"
        f"<div class='side'><ul>{side}</ul></div><div class='footer'>版权所有 试验站 试ICP备00000000号</div>"
    )
    line = "var settings = {name: 'value', count: 12};\n"
    script = line * (max(0, size - len(page.encode()) - 60) // len(line))
    return f"{page}<script>{script}</script></body></html>".encode()


def listing(page: int, pages: int) -> bytes:
    """Return one page of the list of all articles."""
    last = (pages - 1) // ROWS
    rows = "".join(
        f"<li><a href='/a/{n}.html'>第{n}篇：{_WORDS[n % len(_WORDS)] * 6}</a><span>2024-05-10</span></li>"
        for n in range(page * ROWS, min(pages, (page + 1) * ROWS))
    )
    more = f"<a href='/list/index_{page + 1}.html'>下一页</a>" if page < last else ""
    text = "<!DOCTYPE html><html><head><meta charset='utf-8'><title>要闻</title></head><body>"
    text += f"<ul>{rows}</ul>{more}"
    return f"{text}</body></html>".encode()


class Pages:
    """Answers by path."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.first = self.last = 0.0
        self.articles = [article(seed).split(_MARK) for seed in range(VARIETIES)]

    def __call__(self, path: str) -> bytes:
        self.last = time.monotonic()
        self.first = self.first or self.last
        if path.startswith("/a/"):
            number = int(path[3:-5])
            before, after = self.articles[number % VARIETIES]
            return _answer(before + b"%07d" % number + after)
        if path.startswith("/list/"):
            digits = "".join(filter(str.isdigit, path))
            return _answer(listing(int(digits or 0), self.pages))
        return b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"


def _answer(body: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body)
        + body
    )


class _Protocol(asyncio.Protocol):
    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            self.transport.write(self.pages(head.split(b" ", 2)[1].decode("latin-1")))


async def _serve(pages: int) -> None:
    loop = asyncio.get_running_loop()
    answers = Pages(pages)
    server = await loop.create_server(lambda: _Protocol(answers), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(answers.last - answers.first, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    asyncio.run(_serve(parser.parse_args().pages))
