"""What calls answer: each member of an answer is one line of a table, which fills and describes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from booking.rules.spans import Span

Json = dict[str, Any]
Value = TypeVar("Value")

ID: Json = {"type": "string"}
TEXT: Json = {"type": "string"}
INSTANT: Json = {"type": "string", "format": "date-time"}
DAY: Json = {"type": "string", "format": "date"}
WHOLE: Json = {"type": "integer"}
NUMBER: Json = {"type": "number"}
FLAG: Json = {"type": "boolean"}
OBJECT: Json = {"type": "object"}


@dataclass(frozen=True, slots=True)
class Part(Generic[Value]):
    """One member of an answer: its JSON schema, and how it is taken from the value.

    One that `may_lack` is left out where there is nothing to say.
    """

    name: str
    schema: Json
    take: Callable[[Value], Any]
    says: str = ""
    may_lack: bool = False


@dataclass(frozen=True, slots=True)
class Shape(Generic[Value]):
    """A named object in answers: exactly these members, whatever else the value holds."""

    name: str
    says: str
    parts: tuple[Part[Value], ...]

    def __post_init__(self) -> None:
        SHAPES[self.name] = self

    def document(self, value: Value) -> Json:
        """The value as it is answered."""
        found = {part.name: part.take(value) for part in self.parts}
        for part in self.parts:
            if part.may_lack and found[part.name] is None:
                del found[part.name]
        return found

    def schema(self) -> Json:
        """The JSON schema of what `document` gives."""
        members = {part.name: part.schema | ({"description": part.says} if part.says else {}) for part in self.parts}
        return {
            "type": "object",
            "description": self.says,
            "properties": members,
            "required": [part.name for part in self.parts if not part.may_lack],
            "additionalProperties": False,
        }


def ref(shape: Shape[Any]) -> Json:
    """The schema of a member that is another shape."""
    return {"$ref": f"#/components/schemas/{shape.name}"}


def nullable(schema: Json) -> Json:
    """The schema of a member that may be null."""
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"type": [schema["type"], "null"]} | choices


def several(schema: Json) -> Json:
    """The schema of a list."""
    return {"type": "array", "items": schema}


def one_of(*values: str) -> Json:
    """The schema of a text that is one of these."""
    return {"type": "string", "enum": list(values)}


def told(instant: datetime) -> str:
    """An instant as every answer says it: RFC 3339 in UTC with a Z."""
    return instant.isoformat().replace("+00:00", "Z")


def told_or_none(instant: datetime | None) -> str | None:
    """The same for an instant that may lack."""
    return told(instant) if instant else None


# Every shape by its name, for the description of the interface.
SHAPES: dict[str, Shape[Any]] = {}
STRETCH: Shape[Span] = Shape(
    "Stretch",
    "A stretch of time, its end not included.",
    (
        Part("start", INSTANT, lambda span: told(span.start)),
        Part("end", INSTANT, lambda span: told(span.end)),
    ),
)
