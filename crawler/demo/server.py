"""The demo site on a socket of the loopback interface."""

import socket
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from crawler.demo.content import DemoArticle, Entry, load_articles, load_site
from crawler.demo.site import Reply, Site

HOST = "127.0.0.1"
DEFAULT_PORT = 8071
_LONGEST_FORM = 65_536


@dataclass(frozen=True)
class DemoRequest:
    """A request that the demo site has answered."""

    method: str
    path: str
    """Path and query as they came."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
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
        self._server: _Server | None = None
        self._thread: Thread | None = None
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
        return self._server.server_address[1]

    @property
    def requests(self) -> list[DemoRequest]:
        """Every request answered so far, in order."""
        return list(self._requests)

    @property
    def articles(self) -> list[DemoArticle]:
        """The truth about every article now to be found, newest first."""
        return self._site.articles()

    def start(self) -> Self:
        """Listen and serve in a thread; a site that serves already is left alone.

        Raises OSError where the port is taken.
        """
        if self._server is not None:
            return self
        self._server = self._listen()
        self._site.base = f"http://{HOST}:{self.port}"
        self._site.outside = f"http://localhost:{self.port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="demo site", daemon=True)
        self._thread.start()
        return self

    def _listen(self) -> "_Server":
        if self._port is not None:
            return _Server((HOST, self._port), self._handle)
        try:
            return _Server((HOST, DEFAULT_PORT), self._handle)
        except OSError:
            return _Server((HOST, 0), self._handle)

    def close(self) -> None:
        """Stop serving and close every connection."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.close_connections()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if self._latency:
            time.sleep(self._latency)
        reply = self._site.answer(method, target, headers, body)
        self._requests.append(DemoRequest(method, target, headers, body, reply.status, reply.body))
        return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handle: Any) -> None:
        self.handle_demo = handle
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """End the connections that clients keep open, so that their threads end too."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up, and about nothing else."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


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
        declared = self.headers.get("Content-Length", "0")
        length = int(declared) if declared.isdecimal() else 0
        if length > _LONGEST_FORM:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(length) if length else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        method = "GET" if self.command == "HEAD" else self.command
        self._send(self.server.handle_demo(method, self.path, headers, body))

    def _send(self, reply: Reply) -> None:
        """Write head and body in one go; small writes would wait for each other's acknowledgements."""
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
        self.wfile.write(head if self.command == "HEAD" else head + body)

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: `DemoSite.requests` is the log."""


def _chunks(body: bytes, size: int = 8192) -> bytes:
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
