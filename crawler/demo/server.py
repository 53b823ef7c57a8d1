"""The demo site on a socket of the loopback interface."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from types import TracebackType
from typing import Self

from crawler.demo.content import DemoArticle, Entry, load_articles, load_site
from crawler.demo.loopback import HOST, Asked, LoopbackServer
from crawler.demo.site import Reply, Site

DEFAULT_PORT = 8071


@dataclass(frozen=True)
class DemoRequest(Asked):
    """A request that the demo site has answered."""

    status: int
    """Status it was answered with."""
    sent: bytes
    """Body it was answered with: content-encoded as on the wire, chunks joined."""


class DemoSite:
    """The demo site, serving from the moment of `start()` (or `with`) to `close()`.

    Without `port` it takes the usual one, so that the addresses of its articles stay the same from run to
    run, or any free one where that is taken; `port=0` takes any free one at once. `articles` replaces the
    built-in ones, `removed` holds numbers of articles that are gone, `edited` maps numbers to new texts (in
    the notation of `content/columns`), `latency` is the delay of each answer in seconds, `robots` replaces
    robots.txt, and `traps=False` leaves out the rows that lead to no article. While it serves, `edit`,
    `remove` and `publish` change it as its editors would.
    """

    def __init__(
        self,
        port: int | None = None,
        *,
        articles: Iterable[Entry] | None = None,
        removed: Iterable[int] = (),
        edited: Mapping[int, str] | None = None,
        latency: float = 0.0,
        robots: str | None = None,
        traps: bool = True,
    ) -> None:
        entries = load_articles() if articles is None else articles
        self._site = Site(load_site(), entries, removed=removed, edited=edited, robots=robots, traps=traps)
        self._port = port
        self._latency = latency
        self._requests: list[DemoRequest] = []
        self._server: LoopbackServer | None = None
        self.edit = self._site.edit
        self.remove = self._site.remove
        self.publish = self._site.publish

    @property
    def url(self) -> str:
        """Address of the front page, with a slash at its end."""
        return self._site.base + "/"

    @property
    def port(self) -> int:
        """Port it listens on."""
        if self._server is None:
            raise RuntimeError("the demo site is not running")
        return self._server.port

    @property
    def requests(self) -> list[DemoRequest]:
        """Every request answered so far, in order."""
        return list(self._requests)

    @property
    def articles(self) -> list[DemoArticle]:
        """The truth about every article now to be found, newest first."""
        return self._site.articles()

    def start(self) -> Self:
        """Serve; a site that serves already is left alone. Raises OSError where the port is taken."""
        if self._server is None:
            self._server = self._listen()
            self._site.base = f"http://{HOST}:{self.port}"
            self._site.outside = f"http://localhost:{self.port}"
        return self

    def _listen(self) -> LoopbackServer:
        if self._port is not None:
            return LoopbackServer(self._port, self._respond)
        try:
            return LoopbackServer(DEFAULT_PORT, self._respond)
        except OSError:
            return LoopbackServer(0, self._respond)

    def close(self) -> None:
        """Stop serving and end every connection."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _respond(self, asked: Asked) -> bytes:
        if self._latency:
            time.sleep(self._latency)
        method = "GET" if asked.method == "HEAD" else asked.method
        reply = self._site.answer(method, asked.path, asked.headers, asked.body)
        self._requests.append(
            DemoRequest(asked.method, asked.path, asked.headers, asked.body, reply.status, reply.body)
        )
        return _message(reply, with_body=asked.method != "HEAD")


def _message(reply: Reply, *, with_body: bool) -> bytes:
    """Return the bytes of a response as an Apache with PHP 5 writes them."""
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
        f"Date: {formatdate(usegmt=True)}",
        "Server: Apache/2.2.15 (CentOS)",
        "X-Powered-By: PHP/5.2.17",
        *(f"{name}: {value}" for name, value in reply.headers),
    ]
    body = reply.body
    if reply.status == HTTPStatus.NOT_MODIFIED:
        body = b""
    elif reply.chunked:
        lines.append("Transfer-Encoding: chunked")
        body = _chunks(body)
    else:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head + body if with_body else head


def _chunks(body: bytes, size: int = 8192) -> bytes:
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
