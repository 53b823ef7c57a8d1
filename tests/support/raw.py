"""A server that writes what a script says, byte by byte: for servers that break the rules or mean harm.

Every script runs in a thread of its own and ends when the client hangs up or the server is closed, so that a
test of a slow or an endless answer waits for nothing.
"""

import gzip
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Self

from crawler.demo.loopback import end_connection

Hostile = Callable[["Connection"], Iterable[bytes]]
"""A script: given the connection, the pieces to send, one after the other."""

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


class Connection:
    """What a script knows of its client."""

    def __init__(self, request: bytes, closing: Event) -> None:
        self.request = request
        """Head of the request, with the empty line at its end."""
        self._closing = closing

    @property
    def path(self) -> str:
        """Path and query of the request."""
        words = self.request.split(b" ")
        return words[1].decode("latin-1") if len(words) > 1 else ""

    def pause(self, seconds: float) -> bool:
        """Wait before the next piece; True where the server is closing and the script should end."""
        return self._closing.wait(seconds)


class RawServer:
    """Answers with scripts. `scripts` maps a path to its script; other paths get `fallback`, or a plain 404.

    with RawServer({"/slow": hostile.slow_loris()}) as server:
        ...
    """

    def __init__(self, scripts: dict[str, Hostile] | None = None, *, fallback: Hostile | None = None) -> None:
        self.scripts: dict[str, Hostile] = dict(scripts or {})
        self.requests: list[str] = []
        """Paths asked for, in order."""
        self._fallback = fallback or hostile.status(404)
        self._closing = Event()
        self._lock = Lock()
        self._connections: set[socket.socket] = set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._accept, name="raw server", daemon=True)

    @property
    def port(self) -> int:
        """Port on 127.0.0.1."""
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """Address without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        end_connection(self._socket)
        self._socket.close()
        with self._lock:
            for connection in self._connections:
                end_connection(connection)
        self._thread.join()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            client = Connection(_read_head(connection), self._closing)
            if client.request:
                self.requests.append(client.path)
                for piece in self.scripts.get(client.path, self._fallback)(client):
                    if self._closing.is_set():
                        break
                    connection.sendall(piece)
        with self._lock:
            self._connections.discard(connection)


class _Scripts:
    """Ready-made scripts."""

    def status(self, code: int, body: bytes = b"") -> Hostile:
        """A correct answer."""
        head = f"HTTP/1.1 {code} X\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
        return self.raw(head.encode() + b"Connection: close\r\n\r\n" + body)

    def raw(self, *pieces: bytes) -> Hostile:
        """Exactly these bytes, then the end of the connection."""
        return lambda _: pieces

    def silence(self) -> Hostile:
        """Take the request and never answer."""

        def script(client: Connection) -> Iterator[bytes]:
            while not client.pause(1):
                yield b""

        return script

    def slow_loris(self, seconds: float = 0.2) -> Hostile:
        """A header that grows by one byte at a time, for ever."""

        def script(client: Connection) -> Iterator[bytes]:
            yield _HEAD + b"X-Slow: "
            while not client.pause(seconds):
                yield b"a"

        return script

    def slow_body(self, seconds: float = 0.2) -> Hostile:
        """A body that comes one byte at a time, for ever."""

        def script(client: Connection) -> Iterator[bytes]:
            yield _HEAD + b"\r\n"
            while not client.pause(seconds):
                yield b"a"

        return script

    def endless_body(self, piece: bytes = b"<p>" + b"x" * 65_533) -> Hostile:
        """A body without length that never ends, as fast as the client takes it."""

        def script(_: Connection) -> Iterator[bytes]:
            yield _HEAD + b"\r\n"
            while True:
                yield piece

        return script

    def endless_headers(self) -> Hostile:
        """A header block that never ends."""

        def script(_: Connection) -> Iterator[bytes]:
            yield _HEAD
            while True:
                yield b"X-Flood: " + b"y" * 1000 + b"\r\n"

        return script

    def many_headers(self, count: int = 5000) -> Hostile:
        """A complete answer with a flood of headers."""
        flood = b"".join(b"X-Flood-%d: y\r\n" % number for number in range(count))
        return self.raw(_HEAD, flood, b"Content-Length: 2\r\nConnection: close\r\n\r\nok")

    def long_header(self, size: int = 1_000_000) -> Hostile:
        """A complete answer with one header line of `size` bytes."""
        return self.raw(
            _HEAD, b"X-Long: " + b"y" * size, b"\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
        )

    def wrong_length(self, body: bytes = b"<p>short</p>", more: int = 1000) -> Hostile:
        """Fewer bytes than Content-Length says, then the end."""
        return self.raw(_HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) + more) + body)

    def truncated_chunks(self, body: bytes = b"<p>half a page") -> Hostile:
        """Chunks that stop in the middle of one."""
        head = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
        return self.raw(head + b"%x\r\n%s\r\n" % (len(body), body) + b"ffff\r\n<p>and")

    def bad_chunks(self) -> Hostile:
        """A chunk length that is no number."""
        return self.raw(_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n")

    def endless_chunks(self) -> Hostile:
        """A chunked body that never ends, of chunks whose headers are a thousand times their content."""

        def script(_: Connection) -> Iterator[bytes]:
            yield _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
            while True:
                yield (b"1;" + b"x" * 1000 + b"\r\na\r\n") * 60

        return script

    def endless_redirects(self) -> Hostile:
        """A redirect to the next number: `/x7` leads to `/x8`, for ever."""

        def script(client: Connection) -> Iterable[bytes]:
            path = client.path.rstrip("0123456789")
            number = int(client.path[len(path) :] or 0)
            head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: "
            return [head + f"{path}{number + 1}\r\n\r\n".encode()]

        return script

    def redirect_to(self, location: str) -> Hostile:
        """A redirect to anything."""
        head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: "
        return self.raw(head + location.encode("latin-1") + b"\r\n\r\n")

    def gzip_bomb(self, megabytes: int = 256) -> Hostile:
        """A small gzip body that unpacks to `megabytes` of zeros."""
        block = gzip.compress(bytes(1 << 20), 9, mtime=0)
        # Members of a gzip file may stand one behind the other (RFC 1952 §2.2).
        body = block * megabytes
        head = _HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(
            body
        )
        return self.raw(head, body)

    def broken_gzip(self) -> Hostile:
        """A body that says gzip and is none."""
        return self.raw(
            _HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
        )

    def not_http(self) -> Hostile:
        """Something that is no HTTP at all."""
        return self.raw(b"220 ftp.example ready\r\n")

    def reset(self) -> Hostile:
        """Close the connection without a word."""
        return self.raw()


hostile = _Scripts()


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < 65_536:
        piece = connection.recv(4096)
        if not piece:
            return b""
        head += piece
    return head
