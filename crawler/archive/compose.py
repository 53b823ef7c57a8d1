"""An exchange as WARC records: what each says in its header, and what its block is."""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crawler.archive.entity import dechunk
from crawler.archive.exchange import Exchange, PriorCapture
from crawler.archive.heads import (
    cut_head,
    parse_head,
    parse_status_line,
    request_head,
    response_head,
    target_uri,
)
from crawler.archive.records import (
    DECHUNKED_DIGEST,
    REVISIT_IDENTICAL,
    REVISIT_NOT_MODIFIED,
    Fields,
    gzip_member,
    header_block,
    new_record_id,
    sha1_digest,
    warc_date,
)

_TRUNCATED = frozenset({"length", "time", "disconnect", "unspecified"})


@dataclass(frozen=True, slots=True)
class Told:
    """What an exchange says, in WARC terms."""

    uri: str
    date: str
    head: bytes
    flooded: bool
    protocol: str | None
    status: int
    mime: str | None
    digest: str
    dechunked: str | None
    """Digest of the body without the chunks it still has; None where it has none."""


def told_by(exchange: Exchange) -> Told:
    """Read an exchange. Raises ExchangeError where it makes no sense."""
    head, protocol = response_head(exchange.response_head, transfer_decoded=exchange.transfer_decoded)
    head, flooded = cut_head(head)
    first_line, headers = parse_head(head)
    values = {name.lower(): value for name, value in reversed(headers)}
    chunked = not exchange.transfer_decoded and "chunked" in values.get("transfer-encoding", "").lower()
    return Told(
        uri=target_uri(exchange.url),
        date=warc_date(exchange.started),
        head=head,
        flooded=flooded,
        protocol=protocol,
        status=parse_status_line(first_line)[1],
        mime=values.get("content-type"),
        digest=sha1_digest(exchange.response_body),
        dechunked=sha1_digest(dechunk(exchange.response_body)) if chunked else None,
    )


def response_record(exchange: Exchange, told: Told, record_id: str, common: Fields) -> Iterable[bytes]:
    """Return the response record of an exchange, in pieces; `common` are the fields all its records have."""
    truncated = exchange.truncated or ("length" if told.flooded else None)
    fields = (
        *common,
        ("WARC-Protocol", told.protocol),
        ("WARC-Payload-Digest", told.digest),
        (DECHUNKED_DIGEST, told.dechunked),
        ("WARC-Truncated", truncated if truncated in _TRUNCATED or truncated is None else "unspecified"),
    )
    block = [told.head, exchange.response_body]
    return record_member("response", record_id, "application/http; msgtype=response", fields, block)


def revisit_record(
    told: Told, prior: PriorCapture, digest: str, record_id: str, common: Fields
) -> Iterable[bytes]:
    """Return the record of a response whose payload, of that digest, stands in a prior capture."""
    profile = REVISIT_NOT_MODIFIED if told.status == 304 else REVISIT_IDENTICAL
    fields = (
        *common,
        ("WARC-Protocol", told.protocol),
        ("WARC-Profile", profile),
        ("WARC-Refers-To", f"<{prior.record_id}>" if prior.record_id else None),
        ("WARC-Refers-To-Target-URI", target_uri(prior.url)),
        ("WARC-Refers-To-Date", warc_date(prior.date)),
        ("WARC-Payload-Digest", digest),
        ("WARC-Truncated", "length" if told.flooded else None),
    )
    return record_member("revisit", record_id, "application/http; msgtype=response", fields, [told.head])


def request_record(exchange: Exchange, response_id: str, common: Fields) -> Iterable[bytes] | None:
    """Return the request record that belongs to a response; None where the request is not known."""
    head, _ = cut_head(request_head(exchange.request_head))
    if not head:
        return None
    body = exchange.request_body
    fields = (
        *common,
        ("WARC-Concurrent-To", f"<{response_id}>"),
        ("WARC-Payload-Digest", sha1_digest(body) if body else None),
    )
    record_id = new_record_id()
    return record_member("request", record_id, "application/http; msgtype=request", fields, [head, body])


def record_member(
    kind: str, record_id: str, content_type: str, fields: Fields, block: Sequence[bytes]
) -> Iterable[bytes]:
    """Return a record as a gzip member, in pieces; lengths and block digest are filled in."""
    header = header_block(
        (
            ("WARC-Type", kind),
            ("WARC-Record-ID", f"<{record_id}>"),
            *fields,
            ("WARC-Block-Digest", sha1_digest(*block)),
            ("Content-Type", content_type),
            ("Content-Length", str(sum(map(len, block)))),
        )
    )
    return gzip_member(header, block)


@lru_cache(maxsize=1024)
def plain_ip(address: str | None) -> str | None:
    """Return an IP address in its plain form, None for anything else."""
    try:
        return str(ipaddress.ip_address(address)) if address else None
    except ValueError:
        return None
