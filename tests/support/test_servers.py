"""The test servers do what the tests that rest on them believe."""

import http.client
import socket
from urllib.parse import urlsplit

import pytest

from tests.support import PageServer, RawServer, Served, hostile


def connect(url):
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)


def read_until(url, path, wanted):
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        received = b""
        while wanted not in received and (piece := client.recv(65_536)):
            received += piece
        return received


def test_pages_go_out_as_they_are_on_one_connection(page_server):
    page_server.pages["/gb.html"] = (
        200,
        [("Content-Type", "text/html"), ("X-A", "1"), ("X-A", "2")],
        "党".encode("gbk"),
    )
    page_server.pages["/?12.html"] = "党"
    connection = connect(page_server.url)
    connection.request("GET", "/gb.html")
    answer = connection.getresponse()
    assert (answer.read(), answer.headers.get_all("X-A")) == ("党".encode("gbk"), ["1", "2"])
    connection.request("GET", "/?12.html")
    assert connection.getresponse().read() == "党".encode()
    connection.request("GET", "/missing")
    assert connection.getresponse().status == 404
    assert page_server.paths == ["/gb.html", "/?12.html", "/missing"]
    connection.close()


def test_a_page_may_be_a_function_of_the_request(page_server):
    page_server.pages["/post.php"] = lambda seen: Served(seen.body, 521)
    connection = connect(page_server.url)
    connection.request("POST", "/post.php", body=b"act=x")
    answer = connection.getresponse()
    assert (answer.status, answer.read(), page_server.requests[0].method) == (521, b"act=x", "POST")
    connection.close()


def test_an_empty_status_has_no_body(page_server):
    page_server.pages["/same"] = Served(b"ignored", 304, [("ETag", '"1"')])
    connection = connect(page_server.url)
    for _ in range(2):  # the connection would be out of step, had a body been sent
        connection.request("GET", "/same")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (304, b"")
    connection.close()


def test_a_page_server_leaves_its_port_when_it_closes():
    with PageServer({"/": "x"}) as server:
        port = server.port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


@pytest.mark.parametrize(
    ("script", "beginning"),
    [
        (hostile.slow_loris(0.01), b"X-Slow: aaa"),
        (hostile.slow_body(0.01), b"\r\n\r\naaa"),
        (hostile.endless_body(), b"\r\n\r\n<p>x"),
        (hostile.endless_headers(), b"X-Flood: y"),
        (hostile.many_headers(), b"X-Flood-1: y"),
        (hostile.wrong_length(), b"<p>short</p>"),
        (hostile.truncated_chunks(), b"ffff\r\n<p>and"),
        (hostile.not_http(), b"220 ftp"),
        (hostile.gzip_bomb(1), b"Content-Encoding: gzip"),
    ],
)
def test_a_hostile_script_sends_its_bytes_and_ends_with_the_server(script, beginning):
    with RawServer({"/x": script}) as server:
        assert beginning in read_until(server.url, "/x", beginning)
        assert server.requests == ["/x"]


def test_a_silent_server_says_nothing():
    with RawServer({"/": hostile.silence()}) as server:
        parts = urlsplit(server.url)
        with socket.create_connection((parts.hostname, parts.port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            client.settimeout(0.05)
            with pytest.raises(TimeoutError):
                client.recv(1)
