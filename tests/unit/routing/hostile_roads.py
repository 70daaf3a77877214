"""A real HTTP server on this machine that answers like OSRM, or as badly as one can."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from routing.problem import Place
from routing.travel.lines import encoded
from tests.unit.routing.road_cases import lopsided

Misbehave = Callable[["Handler"], None]


@dataclass
class Server:
    """Where the server is, what it was asked, and how it answers."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    misbehave: list[Misbehave | None] = field(default_factory=list)
    always: Misbehave | None = None


class Handler(BaseHTTPRequestHandler):
    """Answers tables and routes between the coordinates asked for, as :func:`lopsided` has them."""

    protocol_version = "HTTP/1.1"
    server_state: Server

    def do_GET(self) -> None:
        """Answer, or misbehave as the test wants it."""
        state = self.server_state
        state.paths.append(self.path)
        bad = state.misbehave.pop(0) if state.misbehave else state.always
        try:
            if bad is not None:
                bad(self)
            else:
                self.send_json(true_answer(self.path))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send_json(self, body: Any, status: int = 200) -> None:
        """Send a whole answer."""
        self.send_text(json.dumps(body).encode(), status)

    def send_text(self, content: bytes, status: int = 200) -> None:
        """Send these bytes as an answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def true_answer(path: str, way: Callable[[Place, Place], int | None] = lopsided) -> dict[str, Any]:
    """What a right OSRM answers where ``way`` gives the seconds, None where there is no way."""
    url = urlsplit(path)
    service, _, _, coordinates = url.path.strip("/").split("/")[-4:]
    places = [Place(float(lat), float(lon)) for lon, lat in (pair.split(",") for pair in coordinates.split(";"))]
    if service == "route":
        return {"code": "Ok", "routes": [{"geometry": encoded(places)}]}
    query = parse_qs(url.query)
    sources, targets = (
        [places[int(number)] for number in query[name][0].split(";")] for name in ("sources", "destinations")
    )
    seconds = [[0 if a == b else way(a, b) for b in targets] for a in sources]
    return {
        "code": "Ok",
        "durations": seconds,
        "distances": [[None if value is None else 10 * value for value in row] for row in seconds],
        "sources": [{"distance": 0} for _ in sources],
        "destinations": [{"distance": 0} for _ in targets],
    }


@contextmanager
def serving() -> Iterator[Server]:
    """A server until the end of the block."""
    state = Server()
    handler = type("Handler", (Handler,), {"server_state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def slow(handler: Handler) -> None:
    """Say nothing for long."""
    time.sleep(3)
    handler.close_connection = True


def drip_headers(handler: Handler) -> None:
    """A header that never ends, a byte at a time."""
    for _ in range(60):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)
    handler.close_connection = True


def drip_body(handler: Handler) -> None:
    """A body that never ends, a byte at a time."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)
    handler.close_connection = True


def hang_up(handler: Handler) -> None:
    """Close without a word."""
    handler.close_connection = True


def error_500(handler: Handler) -> None:
    """An error page."""
    handler.send_text(b"<html>" + b"oops " * 1000, 500)


def huge(handler: Handler) -> None:
    """200 MB, with a length that does not say so."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    chunk = b"7" * 1_000_000
    for _ in range(200):
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
    handler.wfile.write(b"0\r\n\r\n")


def redirect_to(target: str) -> Misbehave:
    """A redirect somewhere else."""

    def answer(handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", target + handler.path)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def with_text(text: str, status: int = 200) -> Misbehave:
    """These words."""
    return lambda handler: handler.send_text(text.encode(), status)


def with_changed(change: Callable[[dict[str, Any]], Any]) -> Misbehave:
    """The true answer after a change."""

    def answer(handler: Handler) -> None:
        body = true_answer(handler.path)
        changed = change(body)
        handler.send_json(body if changed is None else changed)

    return answer


def too_big(handler: Handler) -> None:
    """What osrm-routed says to more places than it was started for."""
    handler.send_json({"code": "TooBig", "message": "Too many table coordinates"}, 400)


def without_way_to(island: Place) -> Misbehave:
    """A right answer with OSRM's null for every way to and from a place."""

    def way(start: Place, end: Place) -> int | None:
        on_it = [abs(p.lat - island.lat) < 1e-6 and abs(p.lon - island.lon) < 1e-6 for p in (start, end)]
        return None if on_it[0] != on_it[1] else lopsided(start, end)

    return lambda handler: handler.send_json(true_answer(handler.path, way))
