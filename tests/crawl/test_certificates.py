"""Certificates are checked wherever a crawl speaks TLS, and a refusal has its reason."""

import shutil
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import certifi
import pytest
from OpenSSL import SSL

from crawler.extensions.certificates import trust_authorities
from crawler.spiders.browser import PROGRAMS
from tests.crawl.running import Outcome, article_page, dangjian, list_page, site_file
from tests.support import PageServer
from tests.support.certificates import authority, server_context

BAD = {
    "certificate self-signed": {},
    "certificate expired": {"days": (-30, -1)},
    "certificate not valid yet": {"days": (2, 30)},
    "certificate of another host": {"host": "www.example.cn"},
    "certificate of an unknown authority": {"by": "somebody"},
}
"""Reason -> what is wrong with a server's certificate."""


@pytest.fixture
def trusting(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that trusts the authority "trusted" and no other."""
    file = tmp_path / "authorities.pem"
    file.write_bytes(authority("trusted").pem)
    return {"SSL_CERT_FILE": str(file), "SSL_CERT_DIR": str(tmp_path / "none")}


def context_of(folder: Path, wrong: dict[str, object]) -> ssl.SSLContext:
    by = None if not wrong else authority(str(wrong.get("by", "trusted")))
    host, days = str(wrong.get("host", "127.0.0.1")), wrong.get("days", (-1, 30))
    return server_context(folder, host=host, by=by, days=days)  # type: ignore[arg-type]


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[PageServer]:
    """A whole site behind a certificate that nobody vouches for."""
    pages = {"/list/": list_page([1, 2])} | {f"/a/{n}.html": article_page(n) for n in (1, 2)}
    with PageServer(pages, tls=server_context(tmp_path)) as server:
        yield server


def is_told(run: Outcome) -> bool:
    return "The certificate of 127.0.0.1 was turned down: self-signed" in run.err and "verify_tls" in run.err


def test_every_bad_certificate_is_a_failure_with_its_reason_and_a_good_one_passes(
    tmp_path: Path, trusting: dict[str, str]
) -> None:
    with ExitStack() as stack:
        bad = [stack.enter_context(PageServer({}, tls=context_of(tmp_path, wrong))) for wrong in BAD.values()]
        good = stack.enter_context(
            PageServer({"/a/90.html": article_page(90)}, tls=context_of(tmp_path, {"by": "trusted"}))
        )
        # Half of the bad servers are linked, to the others one is redirected.
        links = [f"{server.url}/a/{n}.html" for n, server in enumerate([*bad[::2], good], 80)]
        links[-1] = f"{good.url}/a/90.html"
        rows = "".join(
            f"<li><a href='{url}'>基层党建见闻：把实事办到群众心坎上</a>2024-05-10</li>" for url in links
        )
        moved = {
            f"/a/{n}.html": (302, [("Location", f"{server.url}/a/{n}.html")], b"")
            for n, server in enumerate(bad[1::2], 1)
        }
        lists = {"/list/": list_page([*range(1, len(moved) + 1), 50]).replace("</ul>", rows + "</ul>")}
        plain = stack.enter_context(PageServer(moved | lists | {"/a/50.html": article_page(50)}))
        run = dangjian(
            "crawl", site_file(tmp_path, plain.url), "--json", data=tmp_path / "data", env=trusting
        )
        assert [server.paths for server in bad] == [[]] * len(bad)
    assert run.summary()["failures"] == {f"unreachable/{reason}": 1 for reason in sorted(BAD)}
    assert run.summary()["articles"]["new"] == 2
    assert run.summary()["errors"] == {}
    assert "Traceback" not in run.err


def test_a_site_behind_a_bad_certificate_is_unreachable_and_the_way_round_is_told(
    tmp_path: Path, self_signed: PageServer
) -> None:
    run = dangjian("crawl", site_file(tmp_path, self_signed.url), "--json", data=tmp_path / "data")
    assert run.code == 4
    # robots.txt, which is asked first, has the same reason.
    assert run.summary()["failures"] == {"unreachable/certificate self-signed": 1}
    assert is_told(run)
    assert self_signed.paths == []


@pytest.mark.parametrize("way", ["site file", "command line"])
def test_a_site_file_or_the_user_can_take_any_certificate(
    tmp_path: Path, self_signed: PageServer, way: str
) -> None:
    file = site_file(tmp_path, self_signed.url, body="verify_tls = false" if way == "site file" else "")
    options = ["-s", "DOWNLOAD_VERIFY_CERTIFICATES=0"] if way == "command line" else []
    run = dangjian("crawl", file, "--json", *options, data=tmp_path / "data")
    assert run.code == 0
    assert run.summary()["articles"]["new"] == 2


def test_the_users_word_goes_before_the_site_file(tmp_path: Path, self_signed: PageServer) -> None:
    file = site_file(tmp_path, self_signed.url, body="verify_tls = false")
    run = dangjian("crawl", file, "--json", "-s", "DOWNLOAD_VERIFY_CERTIFICATES=1", data=tmp_path / "data")
    assert run.code == 4


def test_a_bare_address_is_checked(tmp_path: Path, self_signed: PageServer) -> None:
    run = dangjian("crawl", f"{self_signed.url}/list/", "--json", data=tmp_path / "data")
    assert run.summary()["failures"] == {"unreachable/certificate self-signed": 1}
    assert is_told(run)
    assert self_signed.paths == []


def test_single_pages_are_checked(tmp_path: Path, self_signed: PageServer) -> None:
    run = dangjian("fetch", f"{self_signed.url}/a/1.html", data=tmp_path / "data")
    assert run.code == 4
    assert "unreachable: certificate self-signed" in run.err
    assert is_told(run)
    assert self_signed.paths == []


class Trusted:
    """Takes the place of a context and notes what is loaded."""

    def __init__(self) -> None:
        self.loaded: list[tuple[str | None, str | None]] = []

    def load_verify_locations(self, file: str | None, folder: str | None = None) -> None:
        SSL.Context(SSL.TLS_CLIENT_METHOD).load_verify_locations(file, folder)
        self.loaded.append((file, folder))


@pytest.mark.parametrize("file", ["absent", "empty"])
def test_a_machine_without_authorities_is_lent_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    if file == "empty":
        (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "folder"))
    context = Trusted()
    trust_authorities(context)  # type: ignore[arg-type]
    assert context.loaded == [(certifi.where(), None)]


def test_a_machines_own_authorities_are_the_only_ones(
    monkeypatch: pytest.MonkeyPatch, trusting: dict[str, str]
) -> None:
    for name, value in trusting.items():
        monkeypatch.setenv(name, value)
    context = Trusted()
    trust_authorities(context)  # type: ignore[arg-type]
    assert context.loaded == [(trusting["SSL_CERT_FILE"], None)]


@pytest.mark.skipif(find_spec("scrapy_playwright") is None, reason="no dangjian[browser]")
@pytest.mark.skipif(not any(map(shutil.which, PROGRAMS)), reason="no chromium")
@pytest.mark.parametrize(("line", "new"), [("", 0), ("verify_tls = false", 2)])
def test_a_browser_takes_what_the_site_file_takes(
    tmp_path: Path, self_signed: PageServer, line: str, new: int
) -> None:
    file = site_file(tmp_path, self_signed.url, body=f"browser = true\n{line}")
    run = dangjian("crawl", file, "--json", "-s", "ROBOTSTXT_OBEY=0", data=tmp_path / "data")
    assert run.summary()["articles"]["new"] == new
    assert run.summary()["failures"] == ({} if new else {"unreachable/certificate not valid": 1})


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_that_cannot_be_agreed_on_has_its_own_reason(tmp_path: Path) -> None:
    context = server_context(tmp_path)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with PageServer({"/list/": list_page([1])}, tls=context) as server:
        run = dangjian("crawl", site_file(tmp_path, server.url), "--json", data=tmp_path / "data")
    assert run.code == 4
    assert run.summary()["failures"] == {"unreachable/TLS": 1}
