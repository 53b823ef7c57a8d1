"""A small HTTP/1.1 server on the loopback interface: one function from requests to the bytes of responses."""

import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

HOST = "127.0.0.1"
_LONGEST_FORM = 65_536
_IDLE_SECONDS = 60
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    """Path and query as on the wire."""
    headers: Mapping[str, str]
    """Names in lower case; of a repeated header the last one."""
    body: bytes


Respond = Callable[[Asked], bytes]
"""From a request to the bytes of its response, head and body; called in a thread of the connection."""


class LoopbackServer(ThreadingHTTPServer):
    """Serves `respond`, with keep-alive, from the moment it is made. Raises OSError for a taken port."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond) -> None:
        self.respond = respond
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__((HOST, port), _Handler)
        self._thread = Thread(target=self.serve_forever, args=(_POLL_SECONDS,), name="loopback", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Port it listens on."""
        return int(self.server_address[1])

    def stop(self) -> None:
        """Stop serving; end the connections that clients keep open, so that their threads end too."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._lock:
            for connection in self._open:
                end_connection(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up, and about nothing else."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: LoopbackServer
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
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
        # In one piece: small writes would wait for each other's acknowledgements.
        self.wfile.write(self.server.respond(Asked(self.command, self.path, headers, body)))

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: who serves keeps its own log."""


def end_connection(connection: socket.socket) -> None:
    """End a connection in both directions; one that is closed already is left alone."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
