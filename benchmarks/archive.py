"""How fast the archive is written, read and verified, beside warcio, in one run on one core.

    python -m benchmarks.archive [--exchanges 3000] [--pages FOLDER]

Times are CPU times of this process. The pages are those of a folder, cut to 60 KB, or made up: Chinese text
in markup, which compresses about as real pages do.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive import ArchiveIndex, Exchange, WarcWriter, iter_responses, read_record, verify

SIZE = 60_000
HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\nSet-Cookie: a=b\r\n\r\n"
)
REQUEST = b"GET / HTTP/1.1\r\nHost: www.example.cn\r\nUser-Agent: dangjian/0\r\nAccept: text/html\r\n\r\n"


def made_up_pages(count: int) -> list[bytes]:
    """Pages of SIZE bytes: sentences of frequent characters, more of the frequent ones, in repeating
    markup."""
    chance = random.Random(1)
    characters = [chr(0x4E00 + chance.randrange(3000)) for _ in range(800)]
    weights = [1 / (rank + 3) for rank in range(len(characters))]
    pages = []
    for number in range(count):
        parts: list[str] = []
        size = 0
        while size < SIZE:
            text = "".join(chance.choices(characters, weights, k=chance.randrange(20, 120)))
            parts.append(
                f'<li class="i"><a href="/news/html/?{number}{chance.randrange(999)}.html">{text}</a></li>\n'
            )
            size += len(parts[-1].encode())
        pages.append("".join(parts).encode()[:SIZE])
    return pages


def real_pages(folder: Path) -> list[bytes]:
    """The pages of a folder that are long enough, cut to SIZE."""
    contents = (path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())
    return [content[:SIZE] for content in contents if len(content) >= SIZE]


def timed(name: str, count: int, work: Callable[[], object]) -> None:
    """Do some work and print how many a second."""
    start = time.process_time()
    work()
    print(f"{name:<44}{count / (time.process_time() - start):>9,.0f} /s")


def write_with_warcio(exchanges: list[Exchange], path: Path) -> None:
    """Write the same records with warcio as it comes."""
    with path.open("wb") as file:
        warc = WARCWriter(file, gzip=True, warc_version="1.1")
        for exchange in exchanges:
            response = warc.create_warc_record(
                exchange.url,
                "response",
                payload=BytesIO(exchange.response_body),
                http_headers=StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"),
            )
            request = warc.create_warc_record(
                exchange.url,
                "request",
                http_headers=StatusAndHeaders(
                    "GET / HTTP/1.1", [("Host", "www.example.cn")], is_http_request=True
                ),
            )
            warc.write_request_response_pair(request, response)


def read_with_warcio(path: Path) -> int:
    """Read every response's bytes with warcio."""
    with path.open("rb") as file:
        return sum(len(r.raw_stream.read()) for r in ArchiveIterator(file) if r.rec_type == "response")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--exchanges", type=int, default=3000)
    parser.add_argument("--pages", type=Path)
    options = parser.parse_args()
    count = options.exchanges
    pages = real_pages(options.pages) if options.pages else made_up_pages(50)
    exchanges = [
        Exchange(
            url=f"http://www.example.cn/news/html/?{number}.html",
            started=datetime.now(UTC),
            ip="192.0.2.7",
            request_head=REQUEST,
            response_head=HEAD,
            response_body=pages[number % len(pages)],
        )
        for number in range(count)
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "warc")
        pointers = []

        def write() -> None:
            with WarcWriter(folder, prefix="bench", software="bench") as warc:
                pointers.extend(warc.write(exchange) for exchange in exchanges)

        def write_again() -> None:
            with ArchiveIndex(folder) as index:
                known = index.known_payload
                with WarcWriter(folder, prefix="bench", software="bench", known_payloads=known) as warc:
                    for exchange in exchanges:
                        warc.write(exchange)

        print(f"{count} exchanges of {SIZE} bytes, one core")
        timed("write, with index", count, write)
        few = exchanges[: count // 5]
        other = Path(name, "other.warc.gz")
        timed("write, warcio as it comes", len(few), lambda: write_with_warcio(few, other))
        path = folder / pointers[0].file
        ours, theirs = path.stat().st_size / count, other.stat().st_size / len(few)
        print(f"{'bytes an exchange, ours and warcio':<44}{ours:>9,.0f} {theirs:>9,.0f}")
        timed("read all responses", count, lambda: sum(1 for _ in iter_responses(path)))
        timed("read all responses, warcio", count, lambda: read_with_warcio(path))
        timed("read by pointer", count, lambda: [read_record(folder, pointer) for pointer in pointers])
        timed("verify, with pointers", count, lambda: verify(folder, pointers=pointers))
        timed("write again as revisits, found by index", count, write_again)


if __name__ == "__main__":
    main()
