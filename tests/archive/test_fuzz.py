"""Whatever bytes stand in a file: every reader ends, in an answer or in an ArchiveError."""

import gzip
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.archive import ArchiveError, ArchiveIndex, iter_responses, read_at, repair, verify

from .support import URL, exchange, only_file, writer


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    with writer(folder) as archive:
        for number in range(4):
            archive.write(exchange(url=f"{URL}&{number}", response_body=b"%d " % number * 50))
    return folder


changes = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "zero"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=4,
)


def damaged(data: bytes, how: list[tuple[str, float, bytes]]) -> bytes:
    for kind, where, piece in how:
        at = int(where * len(data))
        match kind:
            case "flip":
                data = (
                    data[:at]
                    + bytes(a ^ b for a, b in zip(data[at:], piece, strict=False))
                    + data[at + len(piece) :]
                )
            case "cut":
                data = data[:at]
            case "insert":
                data = data[:at] + piece + data[at:]
            case "zero":
                data = data[:at] + bytes(len(data[at : at + 64])) + data[at + 64 :]
    return data


def read_all(path: Path) -> None:
    try:
        for response in iter_responses(path, revisits=True):
            assert response.entity() is not None
            if response.offset is not None:
                read_at(path.parent, path.name, response.offset, resolve=False)
    except ArchiveError:
        pass


@settings(max_examples=60, deadline=None)
@given(changes, st.booleans())
def test_a_damaged_file_is_read_verified_and_repaired_without_surprise(
    tmp_path_factory: pytest.TempPathFactory, sound: Path, how: list[tuple[str, float, bytes]], plain: bool
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    source = only_file(sound)
    data = source.read_bytes()
    path = folder / (source.stem if plain else source.name)
    path.write_bytes(damaged(gzip.decompress(data) if plain else data, how))
    before = path.read_bytes()
    read_all(path)
    verify(folder)
    assert path.read_bytes() == before, "reading and verifying change nothing"
    repair(folder)
    assert not {"torn", "index", "unfinished"} & {problem.kind for problem in verify(folder)}
    if path.exists():
        kept = path.read_bytes()
        assert before.startswith(kept)
        torn = b"".join(saved.read_bytes() for saved in folder.glob("*.torn"))
        assert kept + torn == before, "what is cut off is kept"
    shutil.rmtree(folder)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(
        [b"", b"WARC/1.1\r\n", b"\x1f\x8b\x08\x00", b"WARC/1.0\r\nContent-Length: 99999\r\n\r\n"]
    ),
)
def test_any_bytes_are_read_without_surprise(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name, data in (("a.warc", start + content), ("b.warc.gz", gzip.compress(start + content))):
        (folder / name).write_bytes(data)
        read_all(folder / name)
    verify(folder)
    shutil.rmtree(folder)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_in_an_index_are_passed_over(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("index")
    (folder / "index.cdxj").write_bytes(content)
    (folder / "x.cdxj.open").write_bytes(content)
    with ArchiveIndex(folder) as index:
        list(index.entries())
        index.captures(URL)
        index.known_payload("sha1:A", URL)
        index.known_payload(None, URL)
    verify(folder)
    shutil.rmtree(folder)
