"""How fast a phone gets its day, as a ratio to a bare Flask view of the same bytes, in the same run."""

from __future__ import annotations

import argparse
import http.client
import statistics
import threading
import time
from urllib.parse import urlsplit

from api.sample.files import write_ledgers
from bench.service import REPOSITORY, enrol, plan_and_publish, sample_service, served


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=4)


def run(arguments: argparse.Namespace) -> None:
    """Print requests a second of both, and the median of their ratio, for the body and for the 304."""
    with sample_service() as running:
        for path in write_ledgers(running.county, running.folder / "sample", 1):
            running.client.upload("/api/v1/ledgers", path)
        plan_and_publish(running)
        phone = enrol(running, running.county.people[0].staff_number)
        day = f"/api/v1/field/days/{running.on}"
        ours = urlsplit(running.base_url)
        headers = {"Authorization": f"Bearer {phone.token}"}
        body, etag = _fetch(ours.netloc, day, headers)
        (running.folder / "body.json").write_bytes(body)
        environment = {"PYTHONPATH": str(REPOSITORY), "BARE_BODY": str(running.folder / "body.json")}
        with served("bench.bare:app", running.folder, environment) as bare_url:
            bare = urlsplit(bare_url).netloc
            for what, extra, expect in (("day", {}, 200), ("304", {"If-None-Match": etag}, 304)):
                ratios = []
                for _round in range(arguments.rounds):
                    mine = _rate(ours.netloc, day, {**headers, **extra}, expect, arguments)
                    theirs = _rate(bare, "/", {}, 200, arguments)
                    ratios.append(mine / theirs)
                    print(f"{what}: {mine:.0f}/s, bare view {theirs:.0f}/s, ratio {ratios[-1]:.2f}")
                print(f"{what} ({len(body)} bytes): median ratio {statistics.median(ratios):.2f}")


def _fetch(netloc: str, path: str, headers: dict[str, str]) -> tuple[bytes, str]:
    connection = http.client.HTTPConnection(netloc)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
    return body, answer.getheader("ETag", "")


def _rate(netloc: str, path: str, headers: dict[str, str], expect: int, arguments: argparse.Namespace) -> float:
    counts = [0] * arguments.clients
    ends = time.perf_counter() + arguments.seconds

    def client(position: int) -> None:
        connection = http.client.HTTPConnection(netloc)
        while time.perf_counter() < ends:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != expect:
                raise RuntimeError(f"{path} answered {answer.status}")
            counts[position] += 1

    threads = [threading.Thread(target=client, args=(position,)) for position in range(arguments.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return float(sum(counts) / arguments.seconds)
