"""A plain client for the tests of the demo site: it follows no redirect and decodes nothing."""

import http.client
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit

from crawler.demo import DemoSite


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def fetch(
    demo: DemoSite, path: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: str = ""
) -> Answer:
    parts = urlsplit(demo.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request(method, path, body=body or None, headers=headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
