"""Take the pictures of README and docs from the running program: make screenshots.

They show a demo company of 3,000 parts, its worst part, its plan with the proof of it, the study of El-Thalji 2025, and
a basin of platforms whose quay is closed. With a folder as argument every page is taken there, at 1280 and 1920 wide,
to be looked at.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, Locator, Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
SIZES = {1280: 800, 1920: 1080}
PICTURE_WIDTH, PART_HEIGHT = 1280, 1036
PARTS = 3_000
SETTLE_SECONDS = 2.5
PROGRAM = str(Path(sys.executable).parent / "spareverse")
SCENARIOS = ("quay-closed", "fire-in-milan")
NETWORK_PAGES = {
    "network": "/network?scenario=as+it+is&beside=quay-closed",
    "network-compare": "/network?tab=compare",
    "network-why": "/network?tab=why",
    "network-accounts": "/network?tab=accounts",
    "scenarios": "/scenarios",
    "scenario": "/scenarios/edit?name=quay-closed",
    "viability": "/viability",
    "warnings": "/warnings",
    "advice": "/warnings?tab=advice",
    "network-home": "/",
}
PATIENCE_SECONDS = 300
"""For whatever the program does; a machine at other work may take its time."""
SHOWN = """() => document.querySelector('#content')?.children.length && document.fonts.status === 'loaded'
  && !document.querySelector('.bone')
  && [...document.querySelectorAll('.figure')].every((figure) => figure.querySelector('svg'))
  && [...document.querySelectorAll('.grid')].every((grid) => grid.querySelector('.ag-row'))"""
"""Whether every figure is drawn, every grid has rows, and nothing is still to come."""
CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip


def main() -> int:
    """Make the company, serve it, open each page at each width."""
    browser_path = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
    if browser_path is None:
        print("no Chromium on this machine; on Debian: apt-get install chromium")
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(CHROMIUM))
        company, basin = Path(scratch) / "demo", Path(scratch) / "basin"
        _run("demo", str(company), "--parts", str(PARTS), "--no-serve")
        with _served(company) as address:
            _make_plan(address)
            study = _run_study(address)
            _take(browser, address, _paths(address) | {"warehouse": f"/warehouse/{study}"})
        _run("new", str(basin), "--example", "platform-basin")
        _run("simulate", str(basin), *(word for name in SCENARIOS for word in ("--scenario", name)))
        _run("observe", str(basin), "--scenario", SCENARIOS[0])
        with _served(basin) as address:
            _take(browser, address, NETWORK_PAGES)
        browser.close()
    return 0


def _run(*words: str) -> None:
    subprocess.run([PROGRAM, *words], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _served(twin: Path) -> Iterator[str]:
    """Address of the program serving a twin."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([PROGRAM, "serve", str(twin), "--port", str(port)])
    try:
        _wait(f"{address}/api/v1/twin")
        yield address
    finally:
        server.terminate()
        server.wait()


def _take(browser: Browser, address: str, pages: dict[str, str]) -> None:
    if len(sys.argv) > 1:
        _take_all(browser, address, pages, Path(sys.argv[1]))
    else:
        _take_pictures(browser, address, pages)


def _paths(address: str) -> dict[str, str]:
    query: dict[str, str | int] = {"sort": "-money_at_risk", "limit": 1}
    worst = httpx.get(f"{address}/api/v1/parts", params=query, timeout=PATIENCE_SECONDS).json()["items"][0]
    part, place, supplier = (quote(worst[name] or "", safe="") for name in ("part_id", "place_id", "supplier_id"))
    return {
        "home": "/",
        "data": "/data",
        "portfolio": "/portfolio",
        "part": f"/part/{part}?place_id={place}",
        "plan": "/plan",
        "backtest": "/backtest",
        "worklist": "/worklist",
        "suppliers": "/suppliers",
        "supplier": f"/supplier/{supplier}",
    }


def _make_plan(address: str) -> None:
    """Plan at the stock value of today's rule, with its proof."""
    httpx.post(f"{address}/api/v1/plans", json={"adopt": True}, timeout=PATIENCE_SECONDS).raise_for_status()
    _until(lambda: bool(httpx.get(f"{address}/api/v1/plans", timeout=PATIENCE_SECONDS).json()), "the plan")


def _run_study(address: str) -> str:
    """Make the example study and run it; returns its name."""
    studies = f"{address}/api/v1/studies"
    made = httpx.post(studies, data={"example": "el-thalji-2025"}, timeout=PATIENCE_SECONDS).raise_for_status().json()
    httpx.post(f"{studies}/{made['name']}/runs", json={"seed": 7}, timeout=PATIENCE_SECONDS).raise_for_status()
    runs = f"{studies}/{made['name']}/runs"
    _until(lambda: bool(httpx.get(runs, timeout=PATIENCE_SECONDS).json()), "the study")
    return str(made["name"])


def _until(done: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + 2 * PATIENCE_SECONDS
    while time.monotonic() < until:
        if done():
            return
        time.sleep(1.0)
    raise RuntimeError(f"{what} did not finish within ten minutes")


def _take_pictures(browser: Browser, address: str, pages: dict[str, str]) -> None:
    """The pictures that README and docs show."""
    heights = dict.fromkeys(("home", "portfolio", "warehouse"), SIZES[PICTURE_WIDTH])
    heights |= dict.fromkeys(("part", "plan", "backtest", "network", "viability", "warnings"), PART_HEIGHT)
    for name, height in heights.items():
        if name not in pages:
            continue
        page = browser.new_page(viewport={"width": PICTURE_WIDTH, "height": height})
        _open(page, f"{address}{pages[name]}")
        _save(page, PICTURES / f"{name}-{PICTURE_WIDTH}.png")
        if name == "part":
            chart = page.locator("[data-figure=rolling]")
            chart.scroll_into_view_if_needed()
            _settle(page)
            _save(chart, PICTURES / "rolling.png")
        page.close()


def _take_all(browser: Browser, address: str, pages: dict[str, str], folder: Path) -> None:
    """Every page at every width, whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        for name, path in pages.items():
            _open(page, f"{address}{path}")
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)


def _open(page: Page, url: str) -> None:
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    page.goto(url, wait_until="domcontentloaded")
    _settle(page)


def _settle(page: Page) -> None:
    """Wait until nothing is fetched, every figure is drawn and no bone is left; then for figures to have grown in."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(SHOWN)
    page.wait_for_timeout(SETTLE_SECONDS * 1000)


def _save(shown: Page | Locator, path: Path) -> None:
    shown.screenshot(path=path, animations="disabled")
    print(f"took {path.name}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(url, timeout=PATIENCE_SECONDS).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server did not start within a minute")


if __name__ == "__main__":
    sys.exit(main())
