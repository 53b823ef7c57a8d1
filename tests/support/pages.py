"""A server for pages that a test writes down: path -> answer, over HTTP/1.1 with keep-alive."""

import ssl
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

from crawler.demo.loopback import HOST, LoopbackServer, Respond
from crawler.demo.loopback import Asked as Seen

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Served:
    """An answer: the body goes out as it is, headers in their order, repeated ones repeated."""

    body: bytes = b""
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=lambda: [("Content-Type", HTML)])


class _TlsServer(LoopbackServer):
    """The same over TLS; a client that ends the handshake has sent no request."""

    def __init__(self, context: ssl.SSLContext, respond: Respond) -> None:
        self._context = context
        super().__init__(0, respond)

    def finish_request(self, request: Any, client_address: Any) -> None:
        with suppress(ssl.SSLError), self._context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)


Answer = Served | bytes | str | tuple[int, list[tuple[str, str]], bytes]


class PageServer:
    """Serves `pages`, which may be changed while it runs.

    A key is a path with its query (`/news/?12.html`), as on the wire. A value is text or bytes (an HTML
    page), a `Served`, a tuple (status, headers, body), or a function from `Seen` to one of these. A path that
    is not there answers 404; robots.txt too, unless the test gives one. `requests` holds every request. With
    `tls` it speaks https.

    with PageServer({"/": "<a href='/a.html'>…</a>", "/a.html": page}) as server:
        crawl(server.url + "/")
        assert server.paths == ["/robots.txt", "/", "/a.html"]
    """

    def __init__(
        self,
        pages: Mapping[str, Answer | Callable[[Seen], Answer]] | None = None,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.pages: dict[str, Answer | Callable[[Seen], Answer]] = dict(pages or {})
        self.requests: list[Seen] = []
        self._tls = tls
        self._server: LoopbackServer | None = None

    @property
    def port(self) -> int:
        """Port on 127.0.0.1."""
        assert self._server is not None, "the server is not running"
        return self._server.port

    @property
    def url(self) -> str:
        """Address without a slash at its end."""
        return f"{'https' if self._tls else 'http'}://{HOST}:{self.port}"

    @property
    def paths(self) -> list[str]:
        """Paths of the requests so far."""
        return [request.path for request in self.requests]

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return self.paths.count(path)

    def __enter__(self) -> Self:
        self._server = _TlsServer(self._tls, self._respond) if self._tls else LoopbackServer(0, self._respond)
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.stop()

    def _respond(self, seen: Seen) -> bytes:
        self.requests.append(seen)
        return message(self._answer(seen), with_body=seen.method != "HEAD")

    def _answer(self, seen: Seen) -> Served:
        page = self.pages.get(seen.path, Served(b"<h1>404</h1>", 404))
        answer = page(seen) if callable(page) else page
        if isinstance(answer, Served):
            return answer
        if isinstance(answer, tuple):
            status, headers, body = answer
            return Served(body, status, headers)
        return Served(answer.encode() if isinstance(answer, str) else answer)


def message(served: Served, *, with_body: bool = True) -> bytes:
    """The bytes of a response; Content-Length is added where the headers do not frame the body themselves."""
    names = {name.lower() for name, _ in served.headers}
    headers: Iterable[tuple[str, str]] = served.headers
    empty = served.status in (204, 304) or served.status < 200
    if not empty and not names & {"content-length", "transfer-encoding"}:
        headers = [*served.headers, ("Content-Length", str(len(served.body)))]
    try:
        phrase = HTTPStatus(served.status).phrase
    except ValueError:  # 521 and the like are no standard codes
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {served.status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head + (b"" if empty or not with_body else served.body)
