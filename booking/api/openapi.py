"""The interface describing itself: for programs as OpenAPI, for people as a page."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from booking import edge
from booking.api import calls, description, problems
from booking.api.calls import Answer, call
from booking.api.fields import Given
from booking.api.shapes import TEXT, Part, Shape

# A page like others, with the reader's sign-in and language; it lies beside the interface, not in it.
pages = Blueprint("api_docs", __name__)

ENTRANCE: Shape[str] = Shape(
    "Entrance",
    "Where all calls are described.",
    (
        Part("openapi", TEXT, lambda base_url: f"{base_url}/api/v1/openapi.json", "For programs."),
        Part("docs", TEXT, lambda base_url: f"{base_url}/api/docs", "For people."),
    ),
)


@call("GET", "/", "Where all calls are described.", access=edge.Access.PUBLIC, answer=ENTRANCE)
def entrance(given: Given) -> Answer:
    """The addresses of the descriptions."""
    return ENTRANCE.document(edge.settings().base_url)


@calls.blueprint.get("/openapi.json")
@edge.access(edge.Access.PUBLIC)
def openapi() -> Response:
    """The description of all calls."""
    return calls.respond(description.document())


@pages.get("/api/docs")
@edge.access(edge.Access.PUBLIC)
def docs() -> ResponseReturnValue:
    """All calls on one page, from the same tables."""
    return render_template(
        "api/docs.html",
        rooms=description.rooms(),
        problems=problems.SORTS.values(),
        base_url=edge.settings().base_url,
    )
