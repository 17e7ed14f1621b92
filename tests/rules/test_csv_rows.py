"""Tables that people made: what a cell says, and where a line stands."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.rules import csv_rows
from booking.rules.refusals import Unacceptable


@pytest.mark.parametrize(
    ("cell", "said"),
    [("yes", True), (" Ja ", True), ("1", True), ("是", True), ("", False), ("nie", False), ("0", False)]
    + [("yes, no, maybe", None), ("perhaps", None), ("2", None)],
)
def test_yes_and_no_in_every_language(cell: str, said: bool | None) -> None:
    assert csv_rows.yes_or_no(cell) is said


@pytest.mark.parametrize(
    ("cell", "number"), [("2", 2), ("2.0", 2), ("2,0", 2), ("+3", 3), ("2.5", None), ("-1", -1), ("1,000", None)]
)
def test_whole_numbers_also_as_spreadsheets_write_them(cell: str, number: int | None) -> None:
    assert csv_rows.whole(cell) == number


@pytest.mark.parametrize(
    ("cell", "number"), [("-32.06", -32.06), ("13,4", 13.4), ("\u221232", -32.0), ("1e9", None), ("nan", None)]
)
def test_numbers_with_point_or_comma(cell: str, number: float | None) -> None:
    assert csv_rows.decimal(cell) == number


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_header_says_what_parts_the_cells(mark: str) -> None:
    table = csv_rows.read(f"Name{mark}Make and model\r\nLumi{mark}CL-60\r\n".encode())
    assert table.columns == ("name", "make_and_model")
    assert table.lines[0].text("make_and_model") == "CL-60"


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    table = csv_rows.read(b'\nname,note\na,"two\nlines"\n\nb,\n,,,\nc,,surplus\n')
    assert [(line.number, line.text("name"), line.surplus) for line in table.lines] == [
        (3, "a", 0),
        (6, "b", 0),
        (8, "c", 1),
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_one_clear_refusal(data: bytes) -> None:
    try:
        csv_rows.read(data)
    except Unacceptable as refused:
        assert [problem.field for problem in refused.problems] == ["file"]


def test_a_header_of_a_million_columns_is_read_quickly() -> None:
    begin = time.process_time()
    table = csv_rows.read(",".join(f"{number:x}" for number in range(500_000)).encode())
    assert (len(table.columns), time.process_time() - begin < 5) == (500_000, True)


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://x")', "+1", "-1", "@sum", "\t=1", "\r=1"])
def test_a_written_cell_is_never_a_formula(cell: str) -> None:
    (line,) = csv_rows.read(csv_rows.written([["about"], [cell]])).lines
    assert line.cells["about"] == f"'{cell}"


def test_written_tables_read_back() -> None:
    table = csv_rows.read(csv_rows.written([["line", "about"], [2, 'Sägen, "groß"\nund klein']]))
    assert table.lines[0].cells == {"line": "2", "about": 'Sägen, "groß"\nund klein'}
