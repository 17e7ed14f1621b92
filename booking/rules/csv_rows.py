"""Tables of people: bytes to lines with named cells, untidy cells to values, and rows to bytes that open elsewhere."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from booking.rules import numbers
from booking.rules.refusals import Problem, Unacceptable

LARGEST_FILE = 4 * 1024 * 1024
MOST_LINES = 10_000
LONGEST_CELL = 20_000
# The reader of tables gives up at 131,072 characters a cell, and then speaks of quotes: here each line has its verdict.
csv.field_size_limit(LARGEST_FILE)
YES = frozenset("yes y true 1 x ja j tak t oui si sí 是 要 需要".split())
NO = frozenset("no n false 0 - nein nie non none keine brak 否 不 不需要".split())
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NO_PART = re.compile(r"[.,]0{1,2}$")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(?:[.,][0-9]{1,12})?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: where it begins in the file (1 is the header), its cells by column, what it has too many."""

    number: int
    cells: Mapping[str, str]
    surplus: int = 0

    def text(self, column: str) -> str:
        """The cell of a column, trimmed; empty when there is no such column."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the names of its columns in lower case, and its lines without the empty ones."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def read(data: bytes, most: int = MOST_LINES) -> Table:
    """The table of at most so many lines in these bytes: UTF-8, cells parted by commas, semicolons or tabs.

    Raises Unacceptable about the field `file`: file_too_large, file_not_text, file_empty, file_not_a_table,
    column_twice or too_many_lines.
    """
    text = _decoded(data)
    parted = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [_column(cell) for cell in next(filter(any, parted), [])]
        lines = tuple(_lines(parted, header, most))
    except csv.Error:
        raise _unreadable("file_not_a_table", line=parted.line_num) from None
    if not any(header):
        raise _unreadable("file_empty")
    if any("\0" in name for name in header):
        # UTF-16 without its mark.
        raise _unreadable("file_not_text")
    twice = [name for name, number in Counter(header).items() if name and number > 1]
    if twice:
        raise _unreadable("column_twice", column=twice[0])
    return Table(tuple(name for name in header if name), lines)


def written(rows: Iterable[Iterable[object]]) -> bytes:
    """The rows as a table that spreadsheets open, in UTF-8 with its mark; no cell is taken for a formula."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_defused(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def yes_or_no(cell: str) -> bool | None:
    """What a cell says in any of the product's languages; empty is no, None is neither."""
    word = cell.strip().casefold()
    if word in YES:
        return True
    return False if not word or word in NO else None


def whole(cell: str) -> int | None:
    """The whole number in a cell, also when a spreadsheet wrote it as 2.0; None for anything else."""
    return numbers.whole(_NO_PART.sub("", cell.strip()))


def decimal(cell: str) -> float | None:
    """The number in a cell, with decimal point or comma; None for anything else."""
    text = cell.strip().replace("\u2212", "-")
    return float(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else None


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST_FILE:
        raise _unreadable("file_too_large", megabytes=LARGEST_FILE // 1024**2)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("file_not_text") from None
    if not text.strip():
        raise _unreadable("file_empty")
    return text


def _delimiter(text: str) -> str:
    """What the header uses most; a header of one column has none and takes the comma."""
    header = text.lstrip("\r\n").splitlines()[0]
    return max(",;\t", key=header.count)


def _column(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().casefold())


def _lines(parted: Iterator[list[str]], header: list[str], most: int) -> Iterator[Line]:
    found, begins = 0, _line_number(parted) + 1
    for cells in parted:
        number, begins = begins, _line_number(parted) + 1
        if not any(cell.strip() for cell in cells):
            continue
        found += 1
        if found > most:
            raise _unreadable("too_many_lines", most=most)
        named = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        yield Line(number, named, sum(bool(cell.strip()) for cell in cells[len(header) :]))


def _line_number(parted: Iterator[list[str]]) -> int:
    return int(parted.line_num)  # type: ignore[attr-defined]


def _unreadable(code: str, **data: object) -> Unacceptable:
    return Unacceptable(Problem("file", code, data))
