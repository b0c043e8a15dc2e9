"""Merged cells of an Excel workbook: a value that stands in one row while people read it in several."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*\"([^\"]*)\"")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}


@dataclass(frozen=True)
class MergedRange:
    """Cells merged into one; columns count from 0, rows as a spreadsheet shows them."""

    reference: str
    first_row: int
    last_row: int
    first_column: int
    last_column: int


def merged_ranges(content: bytes) -> dict[str, list[MergedRange]]:
    """Sheet -> its merged cells, of an .xlsx whose archive has been checked; empty for other files."""
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return {}
        parts = _sheet_parts(archive)
        return {
            name: found
            for name, part in parts.items()
            if part in archive.namelist() and (found := [_range(*m.groups()) for m in _merges(archive, part)])
        }


def _merges(archive: zipfile.ZipFile, part: str) -> list[re.Match[bytes]]:
    # the list of merged cells follows the rows, so only the end of a large sheet is searched
    text = archive.read(part)
    start = max(text.rfind(b"</sheetData>"), 0)
    return list(_MERGED.finditer(text, start))


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    relations = {}
    if "xl/_rels/workbook.xml.rels" in archive.namelist():
        for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
            found = dict(_ATTRIBUTE.findall(tag))
            relations[found.get(b"Id", b"")] = found.get(b"Target", b"").decode()
    parts = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        found = dict(_ATTRIBUTE.findall(tag))
        target = relations.get(found.get(b"r:id", b""), "")
        parts[_text(found.get(b"name", b""))] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return parts


def _text(raw: bytes) -> str:
    text = raw.decode("utf-8", errors="replace")
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return text


def _range(left: bytes, top: bytes, right: bytes, bottom: bytes) -> MergedRange:
    reference = f"{left.decode()}{int(top)}:{right.decode()}{int(bottom)}"
    return MergedRange(reference, int(top), int(bottom), _column(left), _column(right))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
