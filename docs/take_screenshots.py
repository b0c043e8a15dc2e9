"""Take the pictures of README and docs from the running program: make screenshots.

They show a demo company of 3,000 parts, whose worst part, supplier and rolling chart are opened.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import httpx
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
SIZES = {1280: 800, 1920: 1080}
PARTS = 3_000
SETTLE_SECONDS = 2.5
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
    program = str(Path(sys.executable).parent / "spareverse")
    with tempfile.TemporaryDirectory() as scratch:
        twin = Path(scratch) / "demo"
        demo = [program, "demo", str(twin), "--parts", str(PARTS), "--no-serve", "--json"]
        result = json.loads(subprocess.run(demo, check=True, capture_output=True, text=True).stdout)
        port = _free_port()
        address = f"http://127.0.0.1:{port}"
        server = subprocess.Popen([program, "serve", str(twin), "--port", str(port)])
        try:
            _wait(f"{address}/api/v1/twin")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=browser_path, args=list(CHROMIUM))
                for width, height in SIZES.items():
                    page = browser.new_page(viewport={"width": width, "height": height})
                    for name, path in _paths(result["parts"][0] if "parts" in result else None, address).items():
                        _take(page, f"{address}{path}", PICTURES / f"{name}-{width}.png")
                browser.close()
        finally:
            server.terminate()
            server.wait()
    return 0


def _paths(worst: dict[str, str] | None, address: str) -> dict[str, str]:
    if worst is None:
        query = {"sort": "-money_at_risk", "limit": 1, "columns": "part_id,place_id,supplier_id"}
        worst = httpx.get(f"{address}/api/v1/parts", params=query, timeout=60).json()["rows"][0]
    part, place, supplier = (quote(worst[name] or "", safe="") for name in ("part_id", "place_id", "supplier_id"))
    return {
        "home": "/",
        "data": "/data",
        "portfolio": "/portfolio",
        "part": f"/part/{part}?place_id={place}",
        "suppliers": "/suppliers",
        "supplier": f"/supplier/{supplier}",
    }


def _take(page: Page, url: str, path: Path) -> None:
    page.goto(url, wait_until="load")
    # figures grow in after their data arrive
    page.wait_for_timeout(SETTLE_SECONDS * 1000)
    page.screenshot(path=path)
    print(f"took {path.name}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(url, timeout=60).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server did not start within a minute")


if __name__ == "__main__":
    sys.exit(main())
