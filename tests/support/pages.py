"""A server for pages that a test writes down: path -> answer, over HTTP/1.1 with keep-alive."""

import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Self

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    """Path and query, as on the wire."""
    headers: Mapping[str, str]
    """Names in lower case; of a repeated header the last one."""
    body: bytes


@dataclass(frozen=True)
class Served:
    """An answer: the body goes out as it is, headers in their order, repeated ones repeated."""

    body: bytes = b""
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=lambda: [("Content-Type", HTML)])


Answer = Served | bytes | str | tuple[int, list[tuple[str, str]], bytes]


class PageServer:
    """Serves `pages`, which may be changed while it runs.

    A key is a path with its query (`/news/?12.html`), as on the wire. A value is text or bytes (an HTML
    page), a `Served`, a tuple (status, headers, body), or a function from `Seen` to one of these. A path that
    is not there answers 404; robots.txt too, unless the test gives one. `requests` holds every request.

    with PageServer({"/": "<a href='/a.html'>…</a>", "/a.html": page}) as server:
        crawl(server.url + "/")
        assert server.paths == ["/robots.txt", "/", "/a.html"]
    """

    def __init__(self, pages: Mapping[str, Answer | Callable[[Seen], Answer]] | None = None) -> None:
        self.pages: dict[str, Answer | Callable[[Seen], Answer]] = dict(pages or {})
        self.requests: list[Seen] = []
        self._server = _Server(self._answer)
        self._thread = Thread(
            target=self._server.serve_forever, args=(0.05,), name="page server", daemon=True
        )

    @property
    def port(self) -> int:
        """Port on 127.0.0.1."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Address without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        """Paths of the requests so far."""
        return [request.path for request in self.requests]

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return self.paths.count(path)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.drop_connections()

    def _answer(self, seen: Seen) -> Served:
        self.requests.append(seen)
        page = self.pages.get(seen.path, Served(b"<h1>404</h1>", 404))
        answer = page(seen) if callable(page) else page
        if isinstance(answer, Served):
            return answer
        if isinstance(answer, tuple):
            status, headers, body = answer
            return Served(body, status, headers)
        return Served(answer.encode() if isinstance(answer, str) else answer)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, answer: Callable[[Seen], Served]) -> None:
        self.answer = answer
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        with self._lock:
            for connection in self._connections:
                close_hard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no failure of the server."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        headers = {name.lower(): value for name, value in self.headers.items()}
        served = self.server.answer(Seen(self.command, self.path, headers, self.rfile.read(length)))
        self.wfile.write(message(served, with_body=self.command != "HEAD"))

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: `PageServer.requests` is the log."""


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


def close_hard(connection: socket.socket) -> None:
    """End a connection in both directions; one that is closed already is left alone."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
