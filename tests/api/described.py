"""Every answer that a test gets is held against what the interface says of itself."""

import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

from booking.api import description

Json = dict[str, Any]


def hold(method: str, path: str, answer: TestResponse) -> None:
    """Fail when the answer isn't one that is described for this call; unknown addresses answer problems."""
    operation = _operation(method, path)
    told = (operation or {}).get("responses", {})
    described = told.get(str(answer.status_code), {"$ref": "#/components/responses/Problem"})
    if "$ref" in described:
        described = description.document()["components"]["responses"]["Problem"]
    content = described.get("content")
    if content is None:
        assert answer.data == b"", f"{method} {path} answers a body where none is described"
        return
    assert answer.mimetype in content, f"{method} {path} answers {answer.mimetype}"
    problems = [
        f"{each.json_path}: {each.message}" for each in _validator(_key(content)).iter_errors(answer.get_json())
    ]
    assert problems == [], f"{method} {path} {answer.status_code}: {problems}"


def _operation(method: str, path: str) -> Json | None:
    for template, calls in description.document()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            found: Json | None = calls.get(method.lower())
            return found
    return None


def _key(content: Json) -> str:
    [media] = content.values()
    return str(media["schema"]["$ref"])


@cache
def _validator(reference: str) -> Draft202012Validator:
    components = description.document()["components"]
    return Draft202012Validator({"$ref": reference, "components": components}, format_checker=FormatChecker())
