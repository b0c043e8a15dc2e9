"""The grid of all parts: what the server answers, at 300,000 parts, after the first call."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from measuring import Measurement, run, spareverse

from company import FOLDER

CALLS = {
    "first page": ({}, 2.5),
    "sort by description": ({"sort": "description"}, 0.5),
    "sort by saving": ({"sort": "-saving"}, 0.5),
    "filter at least 10 pieces sold": ({"where": "pieces_sold:ge:10", "sort": "-money_at_risk"}, 0.5),
    "search 'knife'": ({"q": "knife"}, 0.5),
    "last rows": ({"offset": 100_000, "sort": "part_id"}, 0.5),
}


def measure(*, quick: bool) -> Iterator[Measurement]:
    twin = FOLDER / ("3000" if quick else "300000") / "twin"
    if not twin.exists():
        run([sys.executable, str(Path(__file__).with_name("run.py")), "company"])
    port = _free_port()
    server = subprocess.Popen(spareverse("serve", twin, "--port", port), stderr=subprocess.DEVNULL)
    try:
        begin = time.perf_counter()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60) as client:
            _wait(client)
            yield Measurement("server ready, from the command", time.perf_counter() - begin, "s")
            for name, (query, limit) in CALLS.items():
                yield _call(client, name, query, limit)
    finally:
        server.terminate()
        server.wait()


def _call(client: httpx.Client, name: str, query: dict[str, object], limit: float) -> Measurement:
    begin = time.perf_counter()
    answer = client.get("/parts", params={**query, "limit": 100})
    first = time.perf_counter() - begin
    answer.raise_for_status()
    again = []
    for _ in range(10):
        begin = time.perf_counter()
        client.get("/parts", params={**query, "limit": 100})
        again.append(time.perf_counter() - begin)
    total = json.loads(answer.text).get("total")
    remark = f"again {statistics.median(again) * 1e3:.0f} ms; {total:,} parts match"
    return Measurement(f"{name}, first time", first * 1e3, "ms", "the limit we set", limit * 1e3, remark=remark)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(client: httpx.Client) -> None:
    for _ in range(600):
        try:
            client.get("/twin").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start within a minute")
