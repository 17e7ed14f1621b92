"""The interface for programs: JSON in and out, by the rules of the pages."""

from flask import Flask, Response

from booking import edge
from booking.api import (  # noqa: F401  # each room declares its calls when it is read, in this order
    arrivals,
    availability,
    bookings,
    calls,
    feeds,
    handovers,
    me,
    openapi,
    plans,
    problems,
    proposals,
    schedule,
    series,
    spaces,
    tokens,
    tools,
    waitlist,
)

problems.register(calls.blueprint)


def register(app: Flask) -> None:
    """Add the interface to the application. Before the pages, whose guard asks who calls."""
    app.before_request(arrivals.arrive)
    app.after_request(_vary)
    app.register_blueprint(calls.blueprint)
    app.register_blueprint(openapi.pages)


def _vary(response: Response) -> Response:
    """Answers depend on who asks and in which language problems are told."""
    if edge.is_for_programs():
        response.vary.update(("Authorization", "Accept-Language"))
    return response
