"""Reading a foreign address: only what anybody may reach, within limits of time and size, and nothing said of why not.

A name is looked up once for each connection, all of its addresses are checked, and the connection goes to one of these:
a name that answers otherwise the next moment changes nothing.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import httpcore

from booking.rules.addresses import is_public

SECONDS = 20.0
LARGEST = 8 * 2**20
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2_000
PORTS = frozenset({80, 443})
USER_AGENT = "Benchtime (calendar subscription)"
# Of a name with many addresses so many are tried, each for so long: what is silent leaves time for the others.
_MOST_TRIES = 3
CONNECT_SECONDS = 5.0
_SCHEMES = {"http": "http", "https": "https", "webcal": "https", "webcals": "https"}
_MOVED = frozenset({301, 302, 303, 307, 308})
# What of a path or a query is left as it is.
_AS_IT_IS = "/%?:@!$&'()*+,;=~-._"
_TEXT = "text/calendar, text/plain;q=0.9, */*;q=0.5"

Network = IPv4Network | IPv6Network


class Unreachable(Exception):
    """No answer could be had. Whether the address is forbidden, wrong or silent looks alike."""


class TooLarge(Exception):
    """The answer is longer than `LARGEST`."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an operator allows beyond the usual: further ports, and networks that are not public."""

    ports: frozenset[int] = frozenset()
    networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What was told of the copy that is held, so that only a change is sent."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; `body` is empty for anything but 200."""

    status: int
    body: bytes = b""
    known: Known = field(default_factory=Known)


def is_address(text: str, reach: Reach) -> bool:
    """Whether this may be tried: http, https or webcal, a usual port, and nobody's name before the host."""
    return _parts(text, reach) is not None


def fetch(address: str, reach: Reach, user_agent: str = USER_AGENT, known: Known | None = None) -> Answer:
    """What is at the address, following up to three redirects, within 20 seconds in all.

    Raises Unreachable, or TooLarge for more than 8 MiB.
    """
    until = _now() + SECONDS
    headers = _headers(user_agent or USER_AGENT, known or Known())
    for _turn in range(MOST_REDIRECTS + 1):
        answer, location = _asked(address, reach, headers, until)
        if answer.status not in _MOVED or not location:
            return answer
        address = urljoin(address, location)
    raise Unreachable


def _asked(address: str, reach: Reach, headers: dict[bytes | str, bytes | str], until: float) -> tuple[Answer, str]:
    """One request; its answer and where it leads."""
    parts = _parts(address, reach)
    if parts is None:
        raise Unreachable
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context(), network_backend=_Checked(reach, until), max_connections=1
            ) as pool,
            pool.stream("GET", parts.geturl(), headers=headers) as response,
        ):
            told = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
            body = _body(response.iter_stream()) if response.status == 200 else b""
            known = Known(told.get("etag", "")[:200], told.get("last-modified", "")[:100])
            return Answer(response.status, body, known), told.get("location", "")
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError, ValueError) as problem:
        raise Unreachable from problem


def _body(chunks: Iterable[bytes]) -> bytes:
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if len(found) > LARGEST:
            raise TooLarge
    return bytes(found)


def _headers(user_agent: str, known: Known) -> dict[bytes | str, bytes | str]:
    headers: dict[bytes | str, bytes | str] = {"User-Agent": user_agent, "Accept": _TEXT, "Accept-Encoding": "identity"}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def _parts(text: str, reach: Reach) -> SplitResult | None:
    """The address in its usual form; None for one that may not be tried."""
    if len(text) > LONGEST_ADDRESS or any(ord(each) <= 32 or ord(each) == 127 for each in text) or "\\" in text:
        return None
    try:
        parts = urlsplit(text)
        scheme, port = _SCHEMES.get(parts.scheme.lower()), parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii") if ":" not in (parts.hostname or "") else ""
    except ValueError:
        return None
    if scheme is None or not parts.hostname or "@" in parts.netloc:
        return None
    if port is not None and port not in PORTS | reach.ports:
        return None
    host = host or f"[{parts.hostname}]"
    path, query = quote(parts.path or "/", _AS_IT_IS), quote(parts.query, _AS_IT_IS)
    return SplitResult(scheme, host if port is None else f"{host}:{port}", path, query, "")


class _Checked(httpcore.NetworkBackend):
    """Connects to addresses that may be reached and to no other, as long as there is time."""

    def __init__(self, reach: Reach, until: float) -> None:
        self._reach, self._until = reach, until
        self._usual = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, *_given: Any, **_options: Any) -> httpcore.NetworkStream:
        addresses = _looked_up(host, port, self._until)
        if not addresses or not all(_may_be_reached(each, self._reach) for each in addresses):
            raise httpcore.ConnectError
        for address in addresses[:_MOST_TRIES]:
            try:
                patience = min(CONNECT_SECONDS, _left(self._until))
                return _Timed(self._usual.connect_tcp(address, port, patience), self._until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        raise httpcore.ConnectError


class _Timed(httpcore.NetworkStream):
    """A connection each of whose waits ends when the time for the whole is over."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._until)), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _may_be_reached(address: str, reach: Reach) -> bool:
    return is_public(address) or any(ip_address(address.partition("%")[0]) in network for network in reach.networks)


def _looked_up(host: str, port: int, until: float) -> list[str]:
    """The addresses of a name, each once. Looking up knows no limit of time, so it is done aside."""
    found: list[str] = []

    def look() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(row[4][0]) for row in rows))

    aside = threading.Thread(target=look, daemon=True)
    aside.start()
    aside.join(_left(until))
    return [] if aside.is_alive() else found


def _left(until: float) -> float:
    """The seconds that are left; raises when there are none."""
    left = until - _now()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


def _now() -> float:
    return time.monotonic()
