"""CSV and TSV: encoding, delimiter, quotation marks, damaged and missing ends."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

import polars as pl

from spareverse.io.sheets import DAMAGE, FIELDS, LONG, ROW, SHORT, UNBALANCED, Cells, content_columns, rejected

DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_LINES = 200
_LINE = "line"
_UNSEEN = "\x1f"
_LONGEST_FIELD = 1_000_000
_WIDEST_TABLE = 2_000
_CUT_WITHIN_LINES = 3
"""An open quotation mark this near to an end without line break means that the file was cut off."""
_BY_CHANCE = 0.05
"""Some neighbouring Windows-1252 characters look like UTF-8; more than this share of them is no chance."""
_CUT_REMEDY = "Export the file again and check that it arrived whole."


def read_text_file(file: str, content: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Cells:
    """Cells of a delimited text; rows that are too short, too long or badly quoted are marked, none is dropped."""
    text, encoding, notices = _decode_as(file, content, encoding) if encoding else decode(file, content)
    text, declared = _declared_delimiter(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = _lines(text)
    delimiter = delimiter or declared or find_delimiter(lines[_LINE].head(_SAMPLE_LINES).to_list())
    frame = _split(lines, text, delimiter)
    if frame is None:
        frame = _split_with_quotes(file, lines[_LINE].to_list(), delimiter, text.endswith("\n"))
    frame = frame.filter(pl.any_horizontal(pl.exclude(ROW, DAMAGE, FIELDS).is_not_null()))
    if frame.is_empty():
        raise rejected(file, "The file is empty.", "Export it again with its header and lines.")
    return Cells(file, "", frame, encoding, delimiter, tuple(notices), text.endswith("\n"))


def decode(file: str, content: bytes) -> tuple[str, str, list[str]]:
    """Text, name of the encoding, notices. Bytes that are not UTF-8 are read as Windows-1252 and counted."""
    for mark, name in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32")):
        if content.startswith(mark):
            return content.decode(name, errors="replace"), name, []
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_utf16(file, content, "utf-16"), "utf-16", []
    head = content[:4000]
    if head.count(b"\0") > len(head) // 4:
        name = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        return _decode_utf16(file, content, name), name, []
    if b"\0" in head:
        raise rejected(file, "The file is not a text table.", "Bring CSV, TSV, Excel (.xlsx) or Parquet.")
    name = "utf-8-sig" if content.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        return content.decode(name), name, []
    except UnicodeDecodeError:
        return _decode_mixed(content, name)


def _decode_as(file: str, content: bytes, encoding: str) -> tuple[str, str, list[str]]:
    try:
        return content.decode(encoding).removeprefix("\ufeff"), encoding, []
    except (UnicodeDecodeError, LookupError) as error:
        reason = f"The file cannot be read as {encoding} ({error})."
        raise rejected(file, reason, "Correct or remove the encoding in the mapping.") from error


def _decode_utf16(file: str, content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise rejected(file, "The file breaks off in the middle of a character.", _CUT_REMEDY) from error


def _decode_mixed(content: bytes, name: str) -> tuple[str, str, list[str]]:
    foreign = 0

    def as_windows(error: UnicodeError) -> tuple[str, int]:
        nonlocal foreign
        if not isinstance(error, UnicodeDecodeError):
            raise error
        piece = error.object[error.start : error.end]
        foreign += len(piece)
        return piece.decode("cp1252", errors="replace"), error.end

    codecs.register_error("spareverse-windows", as_windows)
    text = content.decode(name, errors="spareverse-windows")
    special = len(text) - len(text.encode("ascii", errors="ignore"))
    if name == "utf-8" and special - foreign <= _BY_CHANCE * foreign:
        return content.decode("cp1252", errors="replace"), "windows-1252", []
    notice = f"{foreign:,} characters were not {name} and were read as windows-1252 (mixed encodings)."
    return text, f"{name} with windows-1252", [notice]


def _declared_delimiter(text: str) -> tuple[str, str]:
    """Excel's own first line, such as ``sep=;``; it is kept as an empty line so that row numbers stay right."""
    first = text[:7].split("\n", 1)[0].strip().strip('"')
    if first.lower().startswith("sep=") and len(first) == 5:
        return "\n" + text.split("\n", 1)[-1], first[4]
    return text, ""


def _lines(text: str) -> pl.DataFrame:
    return pl.read_csv(
        io.BytesIO(text.encode()),
        has_header=False,
        schema={_LINE: pl.String},
        separator=_UNSEEN,
        quote_char=None,
        empty_string_is_null=False,
        truncate_ragged_lines=True,
        raise_if_empty=False,
    )


def find_delimiter(lines: list[str]) -> str:
    """The candidate that splits most lines into the same, largest number of fields."""
    csv.field_size_limit(_LONGEST_FIELD)
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = _until_error(csv.reader([line for line in lines if line], delimiter=delimiter))
        widths = [len(row) for row in rows if row]
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        score = widths.count(usual) / len(widths) * (usual - 1)
        if usual > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _split(lines: pl.DataFrame, text: str, delimiter: str) -> pl.DataFrame | None:
    """The quick way, for files whose quotation marks all open and close around whole fields of one line."""
    line = pl.col(_LINE)
    sep = "\\" + delimiter
    bare = lines.select(
        bare=pl.when(line.str.contains('"', literal=True))
        .then(line.str.replace_all(f'(^|{sep})"(?:[^"]|"")*"', "${1}"))
        .otherwise(line)
    )["bare"]
    if bare.str.contains('"', literal=True).any():
        return None
    fields = bare.str.count_matches(delimiter, literal=True) + 1
    width = int(fields.max() or 1)  # type: ignore[arg-type]
    if width > _WIDEST_TABLE:
        return None
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()),
            has_header=False,
            schema={f"c{i}": pl.String for i in range(width)},
            separator=delimiter,
            missing_columns="insert",
            truncate_ragged_lines=True,
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError:
        return None
    if frame.height != lines.height:
        return None
    return frame.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW),
        pl.lit(None, pl.String).alias(DAMAGE),
        fields.cast(pl.Int64).alias(FIELDS),
    )


def _split_with_quotes(file: str, lines: list[str], delimiter: str, ends_whole: bool) -> pl.DataFrame:
    """The careful way: quoted line breaks, stray quotation marks, an end that never comes."""
    rows: list[list[str | None]] = []
    fields: list[int] = []
    damage: list[str | None] = []
    for record, bad in _records(file, lines, delimiter, ends_whole):
        rows.append([value or None for value in record])
        fields.append(len(record))
        damage.append(UNBALANCED if bad else None)
    width = max(fields, default=1)
    columns = {f"c{i}": [row[i] if i < len(row) else None for row in rows] for i in range(min(width, _WIDEST_TABLE))}
    return pl.DataFrame(
        {**columns, ROW: range(1, len(rows) + 1), DAMAGE: damage, FIELDS: fields},
        schema={**dict.fromkeys(columns, pl.String), ROW: pl.Int64, DAMAGE: pl.String, FIELDS: pl.Int64},
    )


def _records(file: str, lines: list[str], delimiter: str, ends_whole: bool) -> Iterator[tuple[list[str], bool]]:
    """Each record and whether its quotation marks fail.

    A quotation mark that is never closed, or is closed lines later in the middle of a field, would swallow the lines
    between: then its first line alone is bad, and reading goes on with the next line.
    """
    width = 0
    start = 0
    while start < len(lines):
        reader = csv.reader((line + "\n" for line in lines[start:]), delimiter=delimiter, strict=True)
        done = 0
        for record in _until_error(reader):
            many_lines = reader.line_num - done > 1
            if record is None or (many_lines and width and len(record) != width):
                break
            width = width or len(record)
            done = reader.line_num
            yield record, False
        else:
            return
        opening = start + done
        if record is None and not ends_whole and opening + _CUT_WITHIN_LINES >= len(lines):
            reason = "The file breaks off inside quotation marks: it was cut off."
            raise rejected(file, reason, _CUT_REMEDY, row=opening + 1)
        yield next(csv.reader([lines[opening]], delimiter=delimiter, quoting=csv.QUOTE_NONE), []), True
        start = opening + 1


def _until_error(records: Iterator[list[str]]) -> Iterator[list[str] | None]:
    """The records, and None where one cannot be read."""
    while True:
        try:
            yield next(records)
        except StopIteration:
            return
        except csv.Error:
            yield None
            return


def mark_ragged_rows(cells: Cells, width: int) -> pl.DataFrame:
    """Mark rows with too few or too many fields; a last row that breaks off rejects the file."""
    body = cells.frame
    if FIELDS not in body.columns:
        return body
    extra = content_columns(body)[width:]
    too_long = pl.any_horizontal(pl.col(extra).is_not_null()) if extra else pl.lit(value=False)
    last = body.row(-1, named=True) if not body.is_empty() else None
    if last and last[FIELDS] < width and not cells.ends_with_newline:
        raise rejected(cells.file, "The last row breaks off: the file was cut off.", _CUT_REMEDY, row=last[ROW])
    marked = body.with_columns(
        pl.coalesce(
            pl.col(DAMAGE),
            pl.when(pl.col(FIELDS) < width).then(pl.lit(SHORT)).when(too_long).then(pl.lit(LONG)),
        ).alias(DAMAGE)
    )
    return marked.drop(FIELDS, *extra)
