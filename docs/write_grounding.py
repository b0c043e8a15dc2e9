"""Write docs/validation/grounding.md: python docs/write_grounding.py."""

from __future__ import annotations

from pathlib import Path

from spareverse.reproduction import grounding
from spareverse.reproduction.grounding_page import page

PAGE = Path(__file__).parent / "validation" / "grounding.md"


def main() -> None:
    PAGE.write_text(page(grounding.run()), encoding="utf-8")


if __name__ == "__main__":
    main()
