"""Cells of one line as checked values; everything that is wrong with the line is said at once."""

from collections.abc import Collection

from booking.rules import csv_rows, text
from booking.rules.csv_rows import Line
from booking.rules.refusals import Problem, Unacceptable


class Cells:
    """Reads the cells of a line and collects a Problem for each that can't be taken.

    An empty cell answers the present value of what the line is about, or the default of a new one.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []

    def finish(self) -> None:
        """Raise Unacceptable with every problem found, or do nothing."""
        if self.problems:
            raise Unacceptable(*self.problems)

    def problem(self, column: str, code: str, **data: object) -> None:
        """Refuse the line for a reason."""
        self.problems.append(Problem(column, code, data))

    def remark(self, column: str, code: str, **data: object) -> None:
        """Say what was assumed, or what needs a look."""
        self.remarks.append(Problem(column, code, data))

    def given(self, column: str) -> str:
        """The cell as it is, trimmed."""
        return self._line.text(column)

    def line(self, column: str, longest: int, present: str = "") -> str:
        """One line of text."""
        return self._text(column, longest, present, many=False)

    def text(self, column: str, longest: int, present: str = "") -> str:
        """Several lines of text."""
        return self._text(column, longest, present, many=True)

    def whole(self, column: str, bounds: tuple[int, int], present: int) -> int:
        """A whole number within bounds, both included."""
        cell = self.given(column)
        if not cell:
            return present
        value = csv_rows.whole(cell)
        if value is None:
            self.problem(column, "not_a_whole_number")
            return present
        return int(self._within(column, value, bounds))

    def decimal(self, column: str, bounds: tuple[float, float], present: float | None) -> float | None:
        """A number within bounds, both included."""
        cell = self.given(column)
        if not cell:
            return present
        value = csv_rows.decimal(cell)
        if value is None:
            self.problem(column, "not_a_number")
            return present
        return self._within(column, value, bounds)

    def choice(self, column: str, allowed: Collection[str], present: str) -> str:
        """One of the allowed words, in any case."""
        cell = self.given(column).casefold()
        if cell and cell not in allowed:
            self.problem(column, "not_one_of", choices=", ".join(allowed))
        return cell if cell in allowed else present

    def flag(self, column: str, present: bool) -> bool:
        """Yes or no in any language of the product."""
        cell = self.given(column)
        if not cell:
            return present
        value = csv_rows.yes_or_no(cell)
        if value is None:
            self.problem(column, "neither_yes_nor_no")
        return bool(value)

    def _text(self, column: str, longest: int, present: str, *, many: bool) -> str:
        cell = self.given(column)
        try:
            return (text.many_lines if many else text.one_line)(cell, longest, column) if cell else present
        except Unacceptable as refused:
            self.problems.extend(refused.problems)
            return present

    def _within(self, column: str, value: float, bounds: tuple[float, float]) -> float:
        low, high = bounds
        if not low <= value <= high:
            self.problem(column, "out_of_range", low=low, high=high)
        return value
