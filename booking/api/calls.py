"""The calls of the interface: one declaration makes the route, its access, its strict input and its description."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, g, request
from werkzeug.exceptions import BadRequest

from booking import edge
from booking.api.fields import Field, Given, read_body, read_query
from booking.api.shapes import Json, Shape

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

LARGEST_BODY = 64 * 1024
Answer = Json | tuple[int, Json] | Response
View = Callable[..., Answer]


class Unreadable(BadRequest):
    """A body that is no JSON object of ours; `why` is a code, for its sentence."""

    def __init__(self, why: str, **data: object) -> None:
        super().__init__()
        self.why, self.data = why, data


class _Faulty(ValueError):
    """What JSON allows, or half of its readers do, and no call of ours takes; its text is a code of Unreadable."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One call as it is described: what it takes and what it answers.

    `body` None takes none; a body without required members may be left out. `listed`: the answer is a page of a list.
    `refusable`: the rules may say no, with alternatives.
    """

    name: str
    method: str
    path: str
    says: str
    access: edge.Access
    query: tuple[Field, ...]
    body: tuple[Field, ...] | None
    answer: Shape[Any] | None
    status: int
    listed: bool
    refusable: bool


CALLS: list[Declared] = []


def call(
    method: str,
    path: str,
    says: str,
    *,
    access: edge.Access = edge.Access.TOKEN,
    query: tuple[Field, ...] = (),
    body: tuple[Field, ...] | None = None,
    answer: Shape[Any] | None = None,
    status: int = 200,
    listed: bool = False,
    refusable: bool = False,
) -> Callable[[View], View]:
    """Declare a call. The view gets its input, read and typed, and then the variable parts of the path.

    Unknown parameters and members are refused. A view answers with a document, or with a status and a document.
    """

    def declare(view: View) -> View:
        name = f"{view.__module__.rpartition('.')[2]}_{view.__name__}"
        CALLS.append(Declared(name, method, path, says, access, query, body, answer, status, listed, refusable))

        @wraps(view)
        def serve(**parts: Any) -> Response:
            given = read_query(query, request.args.lists())
            if body is not None:
                g.sent = _sent_object(may_lack=not any(field.required for field in body))
                given |= read_body(body, g.sent)
            return _respond(view(given, **parts), status)

        rule = path.replace("{", "<").replace("}", ">")
        blueprint.add_url_rule(rule, name, edge.access(access)(serve), methods=[method])
        return view

    return declare


def respond(document: Json, status: int = 200, mimetype: str = "application/json") -> Response:
    """A document as an answer."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(text.encode("utf-8", "replace"), status, mimetype=mimetype)


def _respond(answer: Answer, status: int) -> Response:
    if isinstance(answer, Response):
        return answer
    status, document = answer if isinstance(answer, tuple) else (status, answer)
    return respond(document, status)


def _sent_object(*, may_lack: bool) -> Given:
    """The JSON object that was sent: one in UTF-8, every name once; Unreadable, 413 or 415 for anything else."""
    request.max_content_length = LARGEST_BODY
    raw = request.get_data(cache=False)
    if not raw and may_lack:
        return {}
    if request.mimetype != "application/json":
        abort(415)
    if not raw.strip():
        raise Unreadable("nothing_sent")
    found = _parsed(raw)
    if not isinstance(found, dict):
        raise Unreadable("not_an_object")
    return found


def _parsed(raw: bytes) -> object:
    """What the JSON says; raises Unreadable with what is wrong with it, and where."""
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_named_once, parse_constant=_no_number)
    except UnicodeDecodeError as problem:
        raise Unreadable("not_utf8") from problem
    except json.JSONDecodeError as problem:
        raise Unreadable("not_json", line=problem.lineno, column=problem.colno) from problem
    except _Faulty as problem:
        raise Unreadable(str(problem)) from problem
    except RecursionError as problem:
        raise Unreadable("too_deep") from problem
    except ValueError as problem:  # A number with more digits than anybody counts.
        raise Unreadable("number_too_long") from problem


def _named_once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Faulty("named_twice")
    return found


def _no_number(name: str) -> None:
    raise _Faulty("not_a_number")
