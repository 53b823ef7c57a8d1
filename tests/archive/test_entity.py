import contextlib
import gzip
import sys
import tracemalloc
import zlib
from functools import partial

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.entity import dechunk, decode_entity
from crawler.archive.errors import EntityError

TEXT = "党建工作要点".encode() * 50


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("GZIP", gzip.compress(TEXT, mtime=0)),
        ("x-gzip", gzip.compress(TEXT, mtime=0)),
        ("gzip", gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:], mtime=0)),
        ("gzip", gzip.compress(TEXT, mtime=0) + b"\x00\x00padding"),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("identity", TEXT),
        ("", TEXT),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT), mtime=0)),
        ("gzip", TEXT),
        ("deflate", TEXT),
    ],
)
def test_bodies_are_decoded(coding: str, body: bytes) -> None:
    assert decode_entity([("Content-Encoding", coding)], body) == TEXT


def test_repeated_headers_name_codings_in_their_order() -> None:
    headers = [("content-encoding", "deflate"), ("Content-Encoding", "gzip")]
    assert decode_entity(headers, gzip.compress(zlib.compress(TEXT))) == TEXT


@pytest.mark.parametrize(("coding", "compress"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_body_cut_short_gives_what_came_through(coding: str, compress: object) -> None:
    assert callable(compress)
    noise = bytes(hash(str(number)) & 255 for number in range(300_000))
    decoded = decode_entity([("Content-Encoding", coding)], compress(noise)[:-1000])
    assert noise.startswith(decoded)
    assert len(decoded) > 1000


def test_an_empty_body_needs_no_decoding() -> None:
    assert decode_entity([("Content-Encoding", "br")], b"") == b""


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", partial(brotli.compress, quality=1))],
)
def test_a_bomb_is_refused_before_it_fills_the_memory(coding: str, bomb: object) -> None:
    assert callable(bomb)
    body = bomb(b"\x00" * 50_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(EntityError, match="larger than 100000 bytes"):
            decode_entity([("Content-Encoding", coding)], body, max_bytes=100_000)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_plain_body_beyond_the_limit_is_refused() -> None:
    with pytest.raises(EntityError, match="larger"):
        decode_entity([], b"x" * 11, max_bytes=10)


@pytest.mark.parametrize("coding", ["sdch", "gzip, gzip, gzip, gzip, gzip"])
def test_codings_that_nobody_uses_are_a_clear_error(coding: str) -> None:
    with pytest.raises(EntityError, match="coding"):
        decode_entity([("Content-Encoding", coding)], b"x")


def test_a_coding_whose_library_is_not_installed_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(EntityError, match="zstd needs the package zstandard"):
        decode_entity([("Content-Encoding", "zstd")], b"x")


def chunked(data: bytes, size: int) -> bytes:
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nTrailer: x\r\n\r\n"


@given(st.binary(min_size=1, max_size=300), st.integers(1, 50))
def test_chunks_are_joined(data: bytes, size: int) -> None:
    assert dechunk(chunked(data, size)) == data


def test_chunks_are_joined_before_content_is_decoded() -> None:
    headers = [("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")]
    assert decode_entity(headers, chunked(gzip.compress(TEXT), 10)) == TEXT


def test_chunk_extensions_bare_line_feeds_and_missing_ends_are_borne() -> None:
    assert dechunk(b"3;a=b\r\nabc\r\n2\nde\n") == b"abcde"
    assert dechunk(b"ff\r\nabc") == b"abc"


def test_a_body_that_is_not_chunked_is_kept() -> None:
    assert dechunk(b"<html>") == b"<html>"
    assert dechunk(b"") == b""


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "br"]))
def test_no_body_makes_decoding_fail_in_an_unexpected_way(body: bytes, coding: str) -> None:
    with contextlib.suppress(EntityError):
        decode_entity([("Content-Encoding", coding), ("Transfer-Encoding", "chunked")], body, max_bytes=1000)
