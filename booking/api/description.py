"""The description of all calls (OpenAPI 3.1), from the tables that read their input and fill their answers."""

import re
from functools import cache
from typing import Any

from booking import edge
from booking.api.calls import CALLS, Declared
from booking.api.fields import Field, Kind
from booking.api.problems import MIMETYPE, PROBLEM
from booking.api.shapes import DAY, FLAG, INSTANT, NUMBER, SHAPES, TEXT, WHOLE, Json, Shape, nullable, ref, several
from booking.api.writing import KEY

SAYS = (
    "Find and book shared tools across makerspaces. Times are RFC 3339, with an offset in and in UTC with Z out. Ids "
    "are opaque strings. Unknown parameters and members are refused. Problems are documents as in RFC 9457."
)
# Every POST that writes takes it.
_KEY: Json = {
    "name": KEY,
    "in": "header",
    "description": "With the same key and body the call is done once, and answered the same for seven days.",
    "schema": TEXT | {"minLength": 1, "maxLength": 200},
}
_KEYLESS = frozenset({"/bookings/check"})
_POSITION = r"^-?\d{1,9}(\.\d{1,9})?,-?\d{1,9}(\.\d{1,9})?$"
# What stands in the description for all the names of a field that ends in a star.
_FOR_ALL = {"min.*": "min.bed_width_mm", "max.*": "max.bed_width_mm"}


@cache
def document() -> Json:
    """The description, put together once."""
    paths: dict[str, Json] = {}
    for declared in CALLS:
        paths.setdefault(declared.path, {})[declared.method.lower()] = _operation(declared)
    lists = {f"{shape.name}Page": _page(shape) for shape in _listed()}
    info = {"title": "Benchtime", "version": "1", "description": SAYS}
    return {
        "openapi": "3.1.0",
        "info": info | {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": {name: shape.schema() for name, shape in SHAPES.items()} | lists,
            "responses": {"Problem": {"description": PROBLEM.says, "content": {MIMETYPE: {"schema": ref(PROBLEM)}}}},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def rooms() -> dict[str, list[Declared]]:
    """The calls by what they are about, in the order of their rooms."""
    found: dict[str, list[Declared]] = {}
    for declared in CALLS:
        found.setdefault(declared.name.partition("_")[0], []).append(declared)
    return found


def _listed() -> list[Shape[Any]]:
    return [declared.answer for declared in CALLS if declared.listed and declared.answer]


def _page(shape: Shape[Any]) -> Json:
    return {
        "type": "object",
        "properties": {
            "items": several(ref(shape)),
            "next": nullable(TEXT) | {"description": "The cursor of the next page; null on the last one."},
        },
        "required": ["items", "next"],
        "additionalProperties": False,
    }


def _operation(declared: Declared) -> Json:
    operation: Json = {
        "operationId": declared.name,
        "tags": [declared.name.partition("_")[0]],
        "summary": declared.says,
        "security": [{"token": []}] if declared.access is edge.Access.TOKEN else [{}, {"token": []}],
        "parameters": _parameters(declared),
        "responses": _responses(declared),
    }
    if declared.body is not None:
        required = any(field.required for field in declared.body)
        operation["requestBody"] = {
            "required": required,
            "content": {"application/json": {"schema": _body(declared.body)}},
        }
    return operation


def _parameters(declared: Declared) -> list[Json]:
    found: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": TEXT} for name in re.findall(r"{(\w+)}", declared.path)
    ]
    found += [
        {
            "name": _FOR_ALL.get(field.name, field.name),
            "in": "query",
            "required": field.required,
            "description": field.says,
            "schema": several(_form(field)) if field.repeated else _form(field),
        }
        for field in declared.query
    ]
    return found + ([_KEY] if declared.method == "POST" and declared.path not in _KEYLESS else [])


def _body(fields: tuple[Field, ...]) -> Json:
    return {
        "type": "object",
        "properties": {field.name: _member(field) | {"description": field.says} for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _member(field: Field) -> Json:
    """The JSON schema of a member of a body."""
    return several(_form(field)) | {"maxItems": field.most} if field.repeated else _form(field)


def _form(field: Field) -> Json:
    """The JSON schema of what a field takes."""
    if field.kind is Kind.CHOICE:
        return TEXT | {"enum": list(field.choices)}
    if field.kind is Kind.TEXT:
        return TEXT | {"maxLength": field.longest} | ({"minLength": 1} if field.required else {})
    if field.kind is Kind.OBJECT:
        return _body(field.members)
    if field.kind in (Kind.WHOLE, Kind.COUNT, Kind.NUMBER):
        bounds = {"minimum": field.low, "maximum": field.high}
        return (NUMBER if field.kind is Kind.NUMBER else WHOLE) | bounds
    return {
        Kind.ID: TEXT | {"maxLength": field.longest},
        Kind.INSTANT: INSTANT,
        Kind.DAY: DAY,
        Kind.FLAG: FLAG,
        Kind.POSITION: TEXT | {"pattern": _POSITION},
    }[field.kind]


def _responses(declared: Declared) -> Json:
    problem = {"$ref": "#/components/responses/Problem"}
    refused = {"409": problem, "422": problem} if declared.refusable else {}
    return {str(declared.status): _answer(declared)} | refused | {"default": problem}


def _answer(declared: Declared) -> Json:
    shape = declared.answer
    if shape is None:
        return {"description": declared.says}
    schema = {"$ref": f"#/components/schemas/{shape.name}Page"} if declared.listed else ref(shape)
    return {"description": shape.says, "content": {"application/json": {"schema": schema}}}
