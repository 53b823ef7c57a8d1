"""Anti-bot gates: recognise the stub that a firewall sends in a page's place, lest it be read as one.

A gate is told by its status code, by a header of its own, or by a marker in a body that shows a reader next
to nothing. The last condition matters: sites behind such a gate keep its scripts in their real pages too.
The gates are listed in `vocabulary/challenges.toml`. Nothing here tries to pass one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from crawler.extraction.labels import vocabulary

# What is skipped whole, else a tag with the text behind it. The set of first letters spares most tags the
# comparing of names.
_TOKEN = re.compile(
    rb"<(?:(?=[!snt])(?:!--.*?-->"
    + b"".join(
        rb"|%s\b[^<]*+(?:<(?!/%s)[^<]*+)*+" % (name, name)
        for name in (b"script", b"style", b"noscript", b"template", b"title")
    )
    + rb")|[^>]*+(?:>\s*+([^<]++)?+)?+)|>\s*+([^<]++)",
    re.DOTALL | re.IGNORECASE,
)
_BLANK = re.compile(rb"&nbsp;|&#160;|\s+")
_ASCII = bytes(range(0x80))
_ACCEPTED = 202
_CLOUDFLARE_ORIGIN_DOWN = 521


@dataclass(frozen=True, slots=True)
class Gate:
    """One kind of gate, as `vocabulary/challenges.toml` describes it."""

    name: str
    statuses: frozenset[int]
    headers: tuple[tuple[str, str], ...]
    markers: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Gates:
    characters: int
    bytes: int
    gates: tuple[Gate, ...]


@cache
def _gates() -> _Gates:
    data = vocabulary("challenges")
    return _Gates(
        characters=data["limits"]["characters"],
        bytes=data["limits"]["bytes"],
        gates=tuple(
            Gate(
                name=entry["name"],
                statuses=frozenset(entry.get("statuses", ())),
                headers=tuple(entry.get("headers", {}).items()),
                # Most gates write ASCII; a Chinese sentence may come in either encoding.
                markers=tuple(
                    dict.fromkeys(m.encode(c) for m in entry.get("markers", ()) for c in ("utf-8", "gb18030"))
                ),
            )
            for entry in data["gate"]
        ),
    )


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1").lower()
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, Iterable):
        return "\n".join(_plain(part) for part in value)
    return str(value).lower()


def visible_characters(body: bytes, *, enough: int | None = None) -> int:
    """Count what a reader would see of a page: text outside tags, scripts and comments, without white space.

    A Chinese character counts roughly as one in UTF-8 and in GB18030: bytes above 0x7F are divided by 2.5.
    Counting stops once `enough` characters were seen.
    """
    count = 0.0
    for token in _TOKEN.finditer(_without_open_comments(body)):
        if token.lastindex:
            text = _BLANK.sub(b"", token[token.lastindex])
            high = len(text.translate(None, _ASCII))
            count += len(text) - high + high / 2.5
            if enough is not None and count >= enough:
                break
    return int(count)


def _without_open_comments(body: bytes) -> bytes:
    """Make comments that never close no comments, lest the end of each be looked for anew."""
    closed = body.rfind(b"-->")
    rest = closed + 3 if closed >= 0 else 0
    return body if body.find(b"<!--", rest) < 0 else body[:rest] + body[rest:].replace(b"<!--", b"<!  ")


def gate_in(body: bytes) -> str | None:
    """Return the name of the gate whose marker stands in a body, whatever else it holds; None without one.

    For callers that know already that the page shows no text.
    """
    for gate in _gates().gates:
        if any(marker in body for marker in gate.markers):
            return gate.name
    return None


def recognise_challenge(
    status: int | None, headers: Mapping[Any, Any] | None, body: bytes | str
) -> str | None:
    """Return the name of the gate that sent a response, or None where the response is what was asked for.

    `status` and `headers` may be None where only the body is known (a stored page). Header names and values
    may be text, bytes or lists of either, in any case. Names are those of `vocabulary/challenges.toml`:
    jiasule, ruishu, cloudflare, captcha, forbidden, … A response that is only missing (404, 410) or broken
    (500) is no challenge.
    """
    known = _gates()
    sent = {_plain(name): _plain(value) for name, value in (headers or {}).items()}
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    for gate in known.gates:
        if any(name in sent and part in sent[name] for name, part in gate.headers):
            return gate.name
    shows_text = (
        len(body) > known.bytes or visible_characters(body, enough=known.characters) >= known.characters
    )
    if not shows_text and (found := gate_in(body)):
        return found
    if status == _CLOUDFLARE_ORIGIN_DOWN and ("cf-ray" in sent or "cloudflare" in sent.get("server", "")):
        return None  # the same code, but Cloudflare says with it that the site itself is down
    for gate in known.gates:
        if status in gate.statuses:
            return gate.name
    if status == _ACCEPTED and not shows_text and b"<script" in body.lower():
        return "ruishu"
    return None
