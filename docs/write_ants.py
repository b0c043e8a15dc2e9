"""Write docs/validation/ants.md: python docs/write_ants.py."""

from __future__ import annotations

from pathlib import Path

from spareverse.reproduction import ants

PAGE = Path(__file__).parent / "validation" / "ants.md"


def main() -> None:
    PAGE.write_text(ants.page(ants.run(seed=1)), encoding="utf-8")


if __name__ == "__main__":
    main()
