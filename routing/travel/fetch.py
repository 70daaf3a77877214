"""One careful GET of JSON from a service that an operator named, and from nothing else.

What a hostile or broken service could do is shut out here: the name is resolved once and the address it leads to is
looked at before it is connected to (so ``http://2130706433/`` or a name that is moved to 169.254.169.254 leads
nowhere), no redirect is followed, no proxy of the environment is used, an answer ends at a size and at a moment
whatever it does meanwhile.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from routing.travel.roads import RoadsError

#: A true answer about a hundred places has some 300 kB.
_MOST_BYTES: Final = 8_000_000
_CHUNK: Final = 1 << 16

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class WrongAddress(ValueError):
    """A URL or network that an operator wrote cannot be used; the message says why."""


def base_url(text: str) -> SplitResult:
    """An operator's URL: http or https, a host, perhaps a port and a path. Raises :class:`WrongAddress`."""
    try:
        url = urlsplit(text)
        port = url.port
        (url.hostname or "").encode("idna")
    except ValueError as error:
        raise WrongAddress(f"{text!r} is not a URL: {error}") from error
    if url.scheme not in ("http", "https") or not url.hostname:
        raise WrongAddress(f"{text!r} does not begin with http://HOST or https://HOST")
    if url.username is not None or url.password is not None or url.query or url.fragment or port == 0:
        raise WrongAddress(f"{text!r} may have a host, a port and a path, nothing else")
    return url


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a list like ``127.0.0.0/8, fd00::/8``. Raises :class:`WrongAddress`."""
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise WrongAddress(f"{text!r} is not a list of networks: {error}") from error


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether a service may lie there: anywhere in ``allowed``, else not on this machine, its link or nowhere."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address.version == network.version and address in network for network in allowed):
        return True
    return not (
        address.is_loopback or address.is_link_local or address.is_multicast
        or address.is_unspecified or address.is_reserved
    )  # fmt: skip


@dataclass(slots=True)
class Fetch:
    """Asks one service, over one connection that is kept open. Not for several threads at once.

    ``resolve`` gives the addresses of a host and port; it is there for tests of names that move.
    """

    base: SplitResult
    allowed: Sequence[Network] = ()
    seconds: float = 10.0
    resolve: Callable[[str, int], list[str]] | None = None
    _connection: HTTPConnection | None = field(default=None, init=False)

    def json(self, path: str) -> Any:
        """The JSON at ``path`` below the base. Raises :class:`routing.travel.roads.RoadsError`."""
        fresh = self._connection is None
        try:
            return self._json(path)
        except (RoadsError, OSError, HTTPException) as error:
            self.close()
            # A kept connection may have been closed by the other side; who was merely slow is not asked twice.
            if fresh or isinstance(error, RoadsError | TimeoutError):
                raise _named(error) from error
        try:
            return self._json(path)
        except (OSError, HTTPException) as error:
            self.close()
            raise _named(error) from error

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _json(self, path: str) -> Any:
        ends = time.monotonic() + self.seconds
        connection = self._connection or self._connect()
        # A server that sends a byte a second keeps every timeout of a socket from striking: end it from outside.
        alarm = Timer(max(0.0, ends - time.monotonic()), _shut, [connection.sock])
        alarm.daemon = True
        alarm.start()
        try:
            headers = {"Accept": "application/json", "User-Agent": "rounds"}
            connection.request("GET", self.base.path.rstrip("/") + path, headers=headers)
            response = connection.getresponse()
            body = _body(response)
        except (OSError, HTTPException) as error:
            if time.monotonic() >= ends:
                raise TimeoutError("no answer in time") from error
            raise
        finally:
            alarm.cancel()
        if time.monotonic() >= ends:
            raise TimeoutError("no answer in time")
        if response.will_close:
            self.close()
        return _read(response, body)

    def _connect(self) -> HTTPConnection:
        host, secure = self.base.hostname or "", self.base.scheme == "https"
        port = self.base.port or (443 if secure else 80)
        sock = self._reach(self._addresses(host, port), port)
        if secure:
            sock.settimeout(self.seconds)
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        kind = HTTPSConnection if secure else HTTPConnection
        connection = kind(host, port, timeout=self.seconds)
        connection.sock = sock
        self._connection = connection
        return connection

    def _reach(self, addresses: Sequence[str], port: int) -> socket.socket:
        """The first address that answers: a name may have one for IPv6 where the service listens on IPv4 only."""
        for address in addresses[:-1]:
            try:
                return socket.create_connection((address, port), timeout=self.seconds / len(addresses))
            except OSError:
                continue
        return socket.create_connection((addresses[-1], port), timeout=self.seconds)

    def _addresses(self, host: str, port: int) -> list[str]:
        found = (self.resolve or _resolved)(host, port)
        for text in found:
            # Every address of the name must be allowed, or whoever moves names chooses among them.
            if not is_allowed(ipaddress.ip_address(text.partition("%")[0]), self.allowed):
                raise RoadsError("roads_address")
        return found


def _resolved(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is closed already, which is what was wanted


def _body(response: HTTPResponse) -> bytes:
    body = bytearray()
    while chunk := response.read(_CHUNK):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise RoadsError("roads_too_large", limit=_MOST_BYTES)
    return bytes(body)


def _read(response: HTTPResponse, body: bytes) -> Any:
    if 300 <= response.status < 400:
        raise RoadsError("roads_redirected", status=response.status)
    if response.status != 200 and response.status != 400:  # OSRM says with 400 what it does not like
        raise RoadsError(_code_of(response.status), status=response.status)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        code = "roads_nonsense" if response.status == 200 else _code_of(response.status)
        raise RoadsError(code, status=response.status) from error


def _code_of(status: int) -> str:
    """What is wrong: 4xx speaks of the question and says so again to the same one, but for two that speak of time."""
    of_time = status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
    return "roads_rejected" if 400 <= status < 500 and not of_time else "roads_failed"


def _named(error: Exception) -> RoadsError:
    if isinstance(error, RoadsError):
        return error
    return RoadsError("roads_timed_out" if isinstance(error, TimeoutError) else "roads_refused")
