"""What is read from a foreign address: nothing that is set apart, nothing endless, and only what has changed."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest

from booking.outside import fetch
from booking.outside.fetch import Answer, Known, Reach, TooLarge, Unreachable
from booking.rules.addresses import is_public

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Server:
    """A real server on loopback that counts what reaches it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.connections = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                server.connections += 1
                super().setup()

            def do_GET(self) -> None:
                server.asked.append((self.path, dict(self.headers)))
                server.answer(self)

            def log_message(self, *_given: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.reach = Reach(frozenset({self.port}), LOOPBACK)
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def address(self, path: str) -> str:
        """Where the path is."""
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """What the path asks for."""
        match request.path.split("/")[1]:
            case "calendar":
                if request.headers.get("If-None-Match") == '"one"':
                    return _send(request, 304)
                return _send(request, 200, b"BEGIN:VCALENDAR", ETag='"one"', **{"Last-Modified": "yesterday"})
            case "hops":
                left = int(request.path.split("/")[2])
                return _send(request, 302, Location=f"/hops/{left - 1}" if left else "/calendar")
            case "away":
                return _send(request, 302, Location=request.path.removeprefix("/away/"))
            case "large":
                return _send(request, 200, b"x" * (fetch.LARGEST + 1))
            case "slow":
                request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                return _drip(request)
            case "slow-head":
                return _drip(request)
            case status:
                return _send(request, int(status))

    def close(self) -> None:
        """Stop."""
        self._http.shutdown()
        self._http.server_close()


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    try:
        request.wfile.write(body)
    except OSError:
        return


def _drip(request: BaseHTTPRequestHandler) -> None:
    try:
        for _ in range(200):
            request.wfile.write(b"X")
            request.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that may be reached only where `reach` says so."""
    found = Server()
    yield found
    found.close()


def test_what_is_there_is_read_with_what_tells_a_change(server: Server) -> None:
    answer = fetch.fetch(server.address("/calendar"), server.reach)
    assert answer == Answer(200, b"BEGIN:VCALENDAR", Known('"one"', "yesterday"))
    [(_, headers)] = server.asked
    assert headers["User-Agent"] == fetch.USER_AGENT
    assert headers["Accept-Encoding"] == "identity"


def test_what_is_held_is_not_sent_again(server: Server) -> None:
    answer = fetch.fetch(server.address("/calendar"), server.reach, "Outlook", Known('"one"', "yesterday"))
    assert (answer.status, answer.body) == (304, b"")
    [(_, headers)] = server.asked
    assert (headers["User-Agent"], headers["If-Modified-Since"]) == ("Outlook", "yesterday")


def test_three_redirects_are_followed_and_no_more(server: Server) -> None:
    assert fetch.fetch(server.address("/hops/2"), server.reach).status == 200
    with pytest.raises(Unreachable):
        fetch.fetch(server.address("/hops/3"), server.reach)


@pytest.mark.parametrize("status", [401, 404, 410, 500])
def test_other_answers_are_told(server: Server, status: int) -> None:
    assert fetch.fetch(server.address(f"/{status}"), server.reach) == Answer(status)


def test_what_is_too_large_is_given_up(server: Server) -> None:
    with pytest.raises(TooLarge):
        fetch.fetch(server.address("/large"), server.reach)


@pytest.mark.parametrize("path", ["/slow", "/slow-head"])
def test_what_drips_is_given_up_when_the_time_is_over(
    server: Server, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(fetch, "SECONDS", 0.6)
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        fetch.fetch(server.address(path), server.reach)
    assert time.monotonic() - begun < 5


# Each leads to this machine or into its network, however it is spelled.
HOSTS = (
    *("127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "2130706433", "0177.0.0.1", "017700000001"),
    *("127.0.0.1.", "localhost", "LOCALHOST", "0", "0.0.0.0", "127.8.9.1", "[::1]", "[::]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]"),
    *("[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[ff02::1]", "[2001::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]"),
    *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1"),
    *("192.0.0.8", "192.0.2.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1"),
)
FORMS = (
    *("http://user@{}", "http://user:secret@{}", "ftp://{}", "file:///etc/passwd", "gopher://{}", "//{}", "{}"),
    *("http:///{}", "http://{}\\@example.org", "http://example.org\r\nHost: {}", "http://{} ", "javascript:{}"),
    *("http://example.org:22", "http://example.org:0", "http://example.org:99999", "http://[::1", "http://", ""),
)


@pytest.mark.parametrize("host", HOSTS)
def test_nothing_that_is_set_apart_is_connected_to(server: Server, host: str) -> None:
    reach = Reach(frozenset({server.port}))
    with pytest.raises(Unreachable):
        fetch.fetch(f"http://{host}:{server.port}/calendar", reach)
    assert server.connections == 0


@pytest.mark.parametrize("form", FORMS)
def test_no_other_form_is_an_address(server: Server, form: str) -> None:
    text = form.format(f"127.0.0.1:{server.port}")
    assert not fetch.is_address(text, server.reach)
    with pytest.raises(Unreachable):
        fetch.fetch(text, server.reach)
    assert server.connections == 0


def test_a_redirect_is_checked_as_the_first_address_is(server: Server) -> None:
    other = Server()
    with pytest.raises(Unreachable):
        fetch.fetch(server.address(f"/away/{other.address('/calendar')}"), server.reach)
    other.close()
    assert (server.connections, other.connections) == (1, 0)


def test_a_name_is_looked_up_once_and_all_of_its_addresses_count(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [["198.51.100.7", "127.0.0.1"], ["127.0.0.1"]]
    looked_up: list[str] = []

    def answer(host: str, port: int, *_given: Any, **_options: Any) -> list[Any]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answers[len(looked_up) - 1]]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(Unreachable):
        fetch.fetch(f"http://calendar.example.org:{server.port}/", server.reach)
    assert (looked_up, server.connections) == (["calendar.example.org"], 0)


def test_the_address_that_was_checked_is_the_one_that_is_dialled(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(host: str, port: int, *_given: Any, **_options: Any) -> list[Any]:
        # Whoever looks the name up a second time is led elsewhere; what is dialled is spelled in numbers.
        shown = {"calendar.example.org": "127.0.0.1", "127.0.0.1": "127.0.0.1"}[host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (shown, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    found = fetch.fetch(f"http://calendar.example.org:{server.port}/calendar", server.reach)
    assert found.status == 200
    [(_, headers)] = server.asked
    assert headers["Host"] == f"calendar.example.org:{server.port}"


@pytest.fixture
def silent(server: Server) -> Iterator[str]:
    """An address of this machine that neither takes nor refuses connections at the server's port."""
    with socket.socket() as full:
        full.bind(("127.0.0.2", server.port))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.2", server.port))
        yield "127.0.0.2"
        for each in waiting:
            each.close()


def test_a_silent_address_leaves_time_for_the_next(
    server: Server, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(host: str, port: int, *_given: Any, **_options: Any) -> list[Any]:
        # What is dialled is spelled in numbers.
        shown = (silent, "127.0.0.1") if host == "calendar.example.org" else (host,)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in shown]

    monkeypatch.setattr(fetch, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", answer)
    begun = time.monotonic()
    assert fetch.fetch(f"http://calendar.example.org:{server.port}/calendar", server.reach).status == 200
    assert 0.3 <= time.monotonic() - begun < 5


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:800::200e"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
