"""Reading forms: checked values, every problem at once, one sentence each."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from booking.rules.refusals import Unacceptable
from booking.web.forms import Fields
from booking.wording.problems import COUNTED, SENTENCES, problem_sentences


def fields(value: str) -> Fields:
    """A form whose only field is `x`."""
    return Fields(MultiDict({"x": value}))


ReadX = Callable[[Fields], Any]
LINE: ReadX = lambda form: form.line("x", 5)  # noqa: E731
TEXT: ReadX = lambda form: form.text("x", 9)  # noqa: E731
EMAIL: ReadX = lambda form: form.email("x")  # noqa: E731
WHOLE: ReadX = lambda form: form.whole("x", 1, 2**63 - 1)  # noqa: E731
DECIMAL: ReadX = lambda form: form.decimal("x", -90, 90)  # noqa: E731
DAY: ReadX = lambda form: form.day("x")  # noqa: E731
CLOCK: ReadX = lambda form: form.clock("x")  # noqa: E731
ZONE: ReadX = lambda form: form.zone("x")  # noqa: E731
CHOICE: ReadX = lambda form: form.choice("x", ("a", "b"))  # noqa: E731


@pytest.mark.parametrize(
    ("read", "typed", "value"),
    [
        (LINE, "  a  b ", "a b"),
        (LINE, "e\u0301te", "\u00e9te"),
        (TEXT, "a\r\n b\r\n", "a\n b"),
        (EMAIL, " Ada@Example.ORG ", "ada@example.org"),
        (WHOLE, "9223372036854775807", 2**63 - 1),
        (WHOLE, "007", 7),
        (DECIMAL, "52,5", 52.5),
        (DECIMAL, "-13.40", -13.4),
        (DAY, "2028-02-29", date(2028, 2, 29)),
        (CLOCK, "8:05", 485),
        (CLOCK, "24:00", 1440),
        (ZONE, "Asia/Shanghai", "Asia/Shanghai"),
        (CHOICE, "b", "b"),
    ],
)
def test_good_values_are_read(read: ReadX, typed: str, value: object) -> None:
    form = fields(typed)
    assert read(form) == value
    form.finish()


@pytest.mark.parametrize(
    ("read", "typed", "code"),
    [
        *((read, "   ", "required") for read in (LINE, TEXT, EMAIL, WHOLE, DECIMAL, DAY, CLOCK, ZONE, CHOICE)),
        (LINE, "abcdef", "text_too_long"),
        (LINE, "x" * 1_000_000, "text_too_long"),
        (TEXT, "x" * 1_000_000, "text_too_long"),
        (LINE, "a\x07", "control_character"),
        (LINE, "\x0ca", "control_character"),
        (TEXT, "a\n\x1b[31m", "control_character"),
        (EMAIL, "a@x.org,b@y.org", "not_an_address"),
        (EMAIL, "a@x.org\nBcc: b@y.org", "not_an_address"),
        (WHOLE, "0", "out_of_range"),
        (WHOLE, "9223372036854775808", "out_of_range"),
        (WHOLE, "9" * 5000, "out_of_range"),
        (WHOLE, "1e3", "not_a_whole_number"),
        (WHOLE, "٣", "not_a_whole_number"),
        (WHOLE, "1_000", "not_a_whole_number"),
        (DECIMAL, "nan", "not_a_number"),
        (DECIMAL, "inf", "not_a_number"),
        (DECIMAL, "90.1", "out_of_range"),
        (DAY, "2026-02-29", "not_a_day"),
        (DAY, "20260323", "not_a_day"),
        (DAY, "0001-01-01", "day_out_of_reach"),
        (DAY, "9999-12-31", "day_out_of_reach"),
        (CLOCK, "24:01", "not_a_time"),
        (CLOCK, "12:60", "not_a_time"),
        (CLOCK, "noon", "not_a_time"),
        (ZONE, "Europe/Nowhere", "unknown_time_zone"),
        (ZONE, "../../etc/passwd", "unknown_time_zone"),
        (CHOICE, "c", "not_a_choice"),
    ],
)
def test_what_cannot_be_taken_is_one_problem_with_a_sentence(app: Flask, read: ReadX, typed: str, code: str) -> None:
    form = fields(typed)
    read(form)
    with pytest.raises(Unacceptable) as caught:
        form.finish()
    assert [(problem.field, problem.code) for problem in caught.value.problems] == [("x", code)]
    with app.test_request_context():
        sentence = problem_sentences(caught.value)["x"]
    assert sentence.endswith(".")
    assert "%(" not in sentence
    assert code in SENTENCES or code in COUNTED


def test_every_problem_is_told_at_once() -> None:
    form = Fields(MultiDict({"name": "", "day": "soon", "box": "on"}))
    form.line("name", 80)
    form.day("day")
    assert form.flag("box")
    assert not form.flag("other")
    with pytest.raises(Unacceptable) as caught:
        form.finish()
    assert [problem.field for problem in caught.value.problems] == ["name", "day"]


def test_optional_fields_may_be_empty() -> None:
    form = Fields(MultiDict())
    empty = (form.optional_whole("a", 1, 2), form.optional_decimal("b", 1, 2), form.optional_day("c"))
    assert (*empty, form.optional_clock("d"), form.line("e", 9, required=False)) == (None, None, None, None, "")
    form.finish()


def test_several_choices_come_each_once() -> None:
    form = Fields(MultiDict([("x", "a"), ("x", "b"), ("x", "a")]))
    assert form.choices("x", ("a", "b", "c")) == ("a", "b")
    form.finish()
