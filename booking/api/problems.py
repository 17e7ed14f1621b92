"""Whatever goes wrong, as problem documents (RFC 9457): what it is, and one clear sentence for whoever reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, request
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from booking import edge
from booking.api import verdicts
from booking.api.calls import Unreadable, respond
from booking.api.shapes import TEXT, WHOLE, Json, Part, Shape, ref, several
from booking.rules.availability import Alternative
from booking.rules.refusals import Absent, Denied, Problem, Refused, Unacceptable
from booking.wording.problems import problem_sentence, unstorable_sentence

MIMETYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of problem: the end of its `type`, its usual status, its title and its usual sentence."""

    name: str
    status: int
    title: Any
    detail: Any


_SORTS = (
    Sort(
        "unreadable",
        400,
        lazy_gettext("The request can't be read"),
        lazy_gettext("Please send one JSON object in UTF-8, each name once."),
    ),
    Sort(
        "no-token",
        401,
        lazy_gettext("A token is needed"),
        lazy_gettext("Please send a token that works, as in “Authorization: Bearer …”."),
    ),
    Sort(
        "not-allowed",
        403,
        lazy_gettext("Not allowed with this token"),
        lazy_gettext("Your role or the scope of your token does not cover this."),
    ),
    Sort(
        "not-found",
        404,
        lazy_gettext("Nothing here"),
        lazy_gettext("There is no such thing, or it is not yours to see."),
    ),
    Sort(
        "wrong-method",
        405,
        lazy_gettext("Another method is needed"),
        lazy_gettext("This address does not answer this method; see “Allow”."),
    ),
    Sort(
        "conflict",
        409,
        lazy_gettext("Somebody was faster"),
        lazy_gettext("Things have changed meanwhile. Look at them again."),
    ),
    Sort(
        "wrong-state",
        409,
        lazy_gettext("Not possible in this state"),
        lazy_gettext("This is not possible any more."),
    ),
    Sort(
        "too-large",
        413,
        lazy_gettext("Too much at once"),
        lazy_gettext("Please send no more than 64 KiB."),
    ),
    Sort(
        "not-json",
        415,
        lazy_gettext("JSON is needed"),
        lazy_gettext("Please send JSON, with “Content-Type: application/json”."),
    ),
    Sort(
        "unacceptable",
        422,
        lazy_gettext("Something needs another value"),
        lazy_gettext("Please look at the listed fields."),
    ),
    Sort(
        "refused",
        422,
        lazy_gettext("The rules say no"),
        lazy_gettext("This is not possible; the reasons are listed."),
    ),
    Sort(
        "fault",
        500,
        lazy_gettext("Something broke here"),
        lazy_gettext("This is our fault, and it has been noted. Please try again later."),
    ),
)
_UNREADABLE = {
    "nothing_sent": lazy_gettext("The body is empty. Please send one JSON object, as in {}."),
    "not_utf8": lazy_gettext("The body is not UTF-8. Please send it in that encoding."),
    "not_json": lazy_gettext("The body stops being JSON in line %(line)s at character %(column)s."),
    "not_an_object": lazy_gettext("The body is JSON, but not an object. Please put its members in braces."),
    "named_twice": lazy_gettext("A name stands twice in one object. Please give each once."),
    "not_a_number": lazy_gettext("JSON has neither NaN nor Infinity. Please leave the member out or give a number."),
    "number_too_long": lazy_gettext("A number has more digits than can be read. Please shorten it."),
    "too_deep": lazy_gettext("The body is nested too deeply. Please send the members that are described."),
}
SORTS = {sort.name: sort for sort in _SORTS}
_BY_STATUS = {sort.status: sort for sort in reversed(_SORTS)}

FIELD: Shape[Problem] = Shape(
    "FieldProblem",
    "A parameter or a member that needs another value.",
    (
        Part("field", TEXT, lambda problem: problem.field),
        Part("code", TEXT, lambda problem: problem.code),
        Part("message", TEXT, problem_sentence, "One sentence, in the language that was asked for."),
    ),
)
PROBLEM: Shape[Json] = Shape(
    "Problem",
    "What went wrong (RFC 9457).",
    (
        Part("type", TEXT, lambda told: told["type"], "An address where this sort of problem is explained."),
        Part("title", TEXT, lambda told: told["title"]),
        Part("status", WHOLE, lambda told: told["status"]),
        Part("detail", TEXT, lambda told: told["detail"], "One clear sentence."),
        Part("errors", several(ref(FIELD)), lambda told: told.get("errors"), "All fields at once.", may_lack=True),
        Part(
            "refusals",
            several(ref(verdicts.REFUSAL)),
            lambda told: told.get("refusals"),
            "All reasons at once, where the rules say no.",
            may_lack=True,
        ),
        Part("alternatives", several(ref(verdicts.ALTERNATIVE)), lambda told: told.get("alternatives"), may_lack=True),
        Part(
            "clashes",
            several(ref(verdicts.CLASH)),
            lambda told: told.get("clashes"),
            "Of several asks, every one that can't be had.",
            may_lack=True,
        ),
        Part("time_zone", TEXT, lambda told: told.get("time_zone"), "The one of the tool's space.", may_lack=True),
        Part("reference", TEXT, lambda told: told.get("reference"), "What to tell the operator.", may_lack=True),
    ),
)


def register(blueprint: Blueprint) -> None:
    """Answer every exception in the rooms of the interface with a document."""
    blueprint.register_error_handler(Absent, lambda _problem: document("not-found"))
    blueprint.register_error_handler(Denied, lambda _problem: document("not-allowed"))
    blueprint.register_error_handler(Unacceptable, of_fields)
    blueprint.register_error_handler(Refused, of_rules)
    blueprint.register_error_handler(HTTPException, of_http)


def document(name: str, detail: str = "", status: int | None = None, **more: Any) -> Response:
    """A problem document of this sort, with further members."""
    sort = SORTS[name]
    told = {
        "type": f"{edge.settings().base_url}/api/docs#{sort.name}",
        "title": str(sort.title),
        "status": status or sort.status,
        "detail": detail or str(sort.detail),
    }
    return respond(PROBLEM.document(told | more), status or sort.status, MIMETYPE)


def of_http(problem: HTTPException) -> Response:
    """What Flask or a view stopped with: wrong method, too large, no token, or a fault of ours."""
    status = problem.code or 500
    usual = SORTS["fault"] if status >= 500 else SORTS["unreadable"]
    sort = _BY_STATUS.get(status, usual)
    more = {"reference": g.get("reference")} if status >= 500 else {}
    detail = ""
    if isinstance(problem, Unreadable):
        detail = str(_UNREADABLE[problem.why]) % problem.data
    elif isinstance(problem, edge.Unstorable):
        detail = unstorable_sentence(problem.field)
    answer = document(sort.name, detail, status=status, **more)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="api"' + (
            ', error="invalid_token"' if "Authorization" in request.headers else ""
        )
    if isinstance(problem, MethodNotAllowed) and problem.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(problem.valid_methods))
    return answer


def of_fields(unacceptable: Unacceptable) -> Response:
    """Input that can't be taken: every field with its sentence, all at once."""
    fields = [FIELD.document(problem) for problem in unacceptable.problems]
    first = fields[0]
    detail = gettext("%(field)s: %(sentence)s", field=first["field"], sentence=first["message"])
    return document("unacceptable", detail, errors=fields)


def of_rules(refused: Refused, zone: str = "UTC", alternatives: Sequence[Alternative] = ()) -> Response:
    """The rules' no, with every refusal and the ways out: 409 when somebody was faster, else 422."""
    refusals = verdicts.said(refused.refusals, zone)
    detail = refusals[0]["message"] if refusals else ""
    more: Json = {"refusals": refusals, "alternatives": verdicts.ways_out(alternatives), "time_zone": zone}
    return document(_sort_of(refused), detail, **more)


def of_clashes(refused: Refused, clashes: Sequence[verdicts.Clashing]) -> Response:
    """The rules' no to several asks, with each of them that can't be had: 409 when somebody was faster, else 422."""
    zone = clashes[0].zone if clashes else "UTC"
    refusals = verdicts.said(refused.refusals, zone)
    more: Json = {"refusals": refusals, "clashes": [verdicts.CLASH.document(each) for each in clashes]}
    detail = refusals[0]["message"] if refusals else ""
    return document(_sort_of(refused), detail, time_zone=zone, **more)


def _sort_of(refused: Refused) -> str:
    if any(refusal.code == "wrong_state" for refusal in refused.refusals):
        return "wrong-state" if refused.is_conflict else "refused"
    return "conflict" if refused.is_conflict else "refused"
