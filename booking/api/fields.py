"""What calls take: each parameter and each member of a body is one line of a table, which reads and describes it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from booking.rules import numbers
from booking.rules.geography import Position
from booking.rules.refusals import Problem, Unacceptable
from booking.rules.text import refuse_controls

Given = dict[str, Any]
LARGEST_ID = 2**63 - 1
LONGEST_SHOWN = 64
_LONGEST_LIST = 160
_ID = re.compile(r"[1-9][0-9]{0,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
_DAY_AND_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
_NAIVE, _INSTANT = re.compile(_DAY_AND_TIME), re.compile(_DAY_AND_TIME + r"([Zz]|[+-][0-9]{2}:[0-9]{2})")


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    ID = "id"
    INSTANT = "instant"
    CHOICE = "choice"
    FLAG = "flag"
    WHOLE = "whole"
    NUMBER = "number"
    POSITION = "position"
    DAY = "day"
    COUNT = "count"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of an address, or one member of a body.

    A name that ends in `*` stands for every name that begins like it. `repeated` ones are given as tuples: in an
    address by saying them again, in a body as a list of at most `most`. `members` are those of an object in a body.
    """

    name: str
    kind: Kind
    says: str
    required: bool = False
    longest: int = 200
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    repeated: bool = False
    most: int = 200
    members: tuple["Field", ...] = ()


def number_of(text: str) -> int:
    """The number of a row from its opaque id; what can't be one of ours is 0, which no row has."""
    return int(text) if _ID.fullmatch(text) and int(text) <= LARGEST_ID else 0


def read_body(fields: Iterable[Field], body: Mapping[str, object]) -> Given:
    """The members of a body in their types; raises Unacceptable with every problem at once."""
    return _read(fields, body)


def read_query(fields: Iterable[Field], lists: Iterable[tuple[str, list[str]]]) -> Given:
    """The parameters of an address in their types; raises Unacceptable with every problem at once."""
    return _read(fields, {name: _typed(fields, name, values) for name, values in lists})


@dataclass(frozen=True, slots=True)
class _Several:
    """The values of a parameter in an address, where one may be given several times."""

    values: tuple[object, ...]


def _typed(fields: Iterable[Field], name: str, values: list[str]) -> _Several:
    """Text as it stands in an address: flags are words, and an unescaped plus has become a space."""
    field = _field_for(fields, name)
    kind = field.kind if field else None
    if kind is Kind.FLAG:
        return _Several(tuple({"true": True, "false": False}.get(value, value) for value in values))
    if kind is Kind.INSTANT:
        return _Several(tuple(value.replace(" ", "+") for value in values))
    return _Several(tuple(values))


def _read(fields: Iterable[Field], given: Mapping[str, object]) -> Given:
    found: Given = {}
    problems = [Problem(each.name, "required") for each in fields if each.required and each.name not in given]
    for name, value in given.items():
        field = _field_for(fields, name)
        try:
            found[name] = _value(field, name, value) if field else _unknown(fields, name)
        except Unacceptable as unacceptable:
            problems.extend(unacceptable.problems)
    if problems:
        raise Unacceptable(*problems)
    return found


def _field_for(fields: Iterable[Field], name: str) -> Field | None:
    for field in fields:
        if field.name == name or (field.name.endswith("*") and name.startswith(field.name[:-1])):
            return field
    return None


def _unknown(fields: Iterable[Field], name: str) -> Any:
    """Refuse a name, and say which there are; raises Unacceptable."""
    known = ", ".join(field.name for field in fields)
    code = "unknown_field" if not known or len(known) > _LONGEST_LIST else "unknown_of"
    raise Unacceptable(Problem(name[:LONGEST_SHOWN], code, {"known": known}))


def _value(field: Field, name: str, value: object) -> Any:
    if not isinstance(value, _Several):
        return _listed(field, name, value) if field.repeated else _one(field, name, value)
    if not field.repeated and len(value.values) > 1:
        raise Unacceptable(Problem(name, "given_twice"))
    read = tuple(_one(field, name, each) for each in value.values)
    return read if field.repeated else read[0]


def _listed(field: Field, name: str, value: object) -> tuple[Any, ...]:
    """The values of a member that is a list; raises Unacceptable with every problem at once."""
    if not isinstance(value, list):
        raise Unacceptable(Problem(name, "not_a_list"))
    if len(value) > field.most:
        raise Unacceptable(Problem(name, "too_many_values", {"most": field.most}))
    return tuple(_one(field, f"{name}[{place}]", each) for place, each in enumerate(value))


def _one(field: Field, name: str, value: object) -> Any:
    if field.kind is Kind.FLAG:
        if isinstance(value, bool):
            return value
        raise Unacceptable(Problem(name, "not_a_flag"))
    if field.kind is Kind.COUNT:
        return _count(field, name, value)
    if field.kind is Kind.OBJECT:
        return _object(field, name, value)
    if not isinstance(value, str):
        raise Unacceptable(Problem(name, "not_a_text"))
    refuse_controls(value, name)
    if len(value) > field.longest:
        raise Unacceptable(Problem(name, "text_too_long", {"longest": field.longest, "length": len(value)}))
    return _READERS[field.kind](field, name, value)


def _count(field: Field, name: str, value: object) -> int:
    """A whole number as JSON spells it."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unacceptable(Problem(name, "not_a_whole_number"))
    _refuse_outside(field, name, value)
    return value


def _object(field: Field, name: str, value: object) -> Given:
    if not isinstance(value, dict):
        raise Unacceptable(Problem(name, "not_an_object"))
    try:
        return _read(field.members, value)
    except Unacceptable as unacceptable:
        raise Unacceptable(
            *(Problem(f"{name}.{each.field}", each.code, each.data) for each in unacceptable.problems)
        ) from unacceptable


def _text(field: Field, name: str, value: str) -> str:
    if field.required and not value.strip():
        raise Unacceptable(Problem(name, "required"))
    return value


def _id(field: Field, name: str, value: str) -> int:
    return number_of(value)


def _instant(field: Field, name: str, value: str) -> datetime:
    if _NAIVE.fullmatch(value):
        raise Unacceptable(Problem(name, "no_offset"))
    try:
        if _INSTANT.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Unacceptable(Problem(name, "not_an_instant"))


def _day(field: Field, name: str, value: str) -> date:
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Unacceptable(Problem(name, "not_a_day"))


def _choice(field: Field, name: str, value: str) -> str:
    if value not in field.choices:
        raise Unacceptable(Problem(name, "not_one_of", {"choices": ", ".join(field.choices)}))
    return value


def _whole(field: Field, name: str, value: str) -> int:
    number = numbers.whole(value)
    if number is None:
        raise Unacceptable(Problem(name, "not_a_whole_number"))
    _refuse_outside(field, name, number)
    return number


def _number(field: Field, name: str, value: str) -> float:
    if not _NUMBER.fullmatch(value):
        raise Unacceptable(Problem(name, "not_a_number"))
    _refuse_outside(field, name, float(value))
    return float(value)


def _refuse_outside(field: Field, name: str, value: float) -> None:
    if not field.low <= value <= field.high:
        raise Unacceptable(Problem(name, "out_of_range", {"low": field.low, "high": field.high}))


def _position(field: Field, name: str, value: str) -> Position:
    parts = value.split(",")
    if len(parts) == 2 and all(map(_NUMBER.fullmatch, parts)):
        latitude, longitude = map(float, parts)
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return Position(latitude, longitude)
    raise Unacceptable(Problem(name, "not_a_position"))


_READERS: dict[Kind, Callable[[Field, str, str], Any]] = {
    Kind.TEXT: _text,
    Kind.ID: _id,
    Kind.INSTANT: _instant,
    Kind.CHOICE: _choice,
    Kind.WHOLE: _whole,
    Kind.NUMBER: _number,
    Kind.POSITION: _position,
    Kind.DAY: _day,
}
