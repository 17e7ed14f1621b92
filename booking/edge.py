"""What all HTTP faces share: who asks, one write transaction around an action, and the access guard."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Concatenate, ParamSpec, TypeVar

from flask import abort, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from booking.actions.call import Call
from booking.models import traffic
from booking.models.database import Session, db, in_transaction
from booking.outside import clock
from booking.rules.access import Actor
from config import Settings

Given = ParamSpec("Given")
Result = TypeVar("Result")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Unstorable(BadRequest):
    """A field of a form or a query, or the path where `field` is empty, holds what no database takes."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = "".join(char for char in field[:80] if char.isprintable())


class Access(StrEnum):
    """Who may call a route at all; what they may do to which thing is asked again by the action."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    TOKEN = "token"  # noqa: S105
    STAFF = "staff"
    ADMIN = "admin"


def access(policy: Access) -> Callable[[View], View]:
    """Declare who may call a route. A route without a declaration answers 403 to everybody."""

    def declare(view: View) -> View:
        view.__access__ = policy  # type: ignore[attr-defined]
        return view

    return declare


def policy_of(endpoint: str | None) -> Access | None:
    """The declared access of an endpoint, or None."""
    view = current_app.view_functions.get(endpoint or "")
    found = getattr(view, "__access__", None)
    return found if isinstance(found, Access) else None


def settings() -> Settings:
    """The settings of this installation."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def actor() -> Actor | None:
    """Who asks, as the face found out at the start of the request; None when nobody is signed in."""
    found: Actor | None = g.get("actor")
    return found


def asker() -> Actor:
    """Who asks, on routes that need somebody; answers 401 otherwise."""
    found = actor()
    if found is None:
        abort(401)
    return found


def is_for_programs() -> bool:
    """Whether the request is for the interface for programs, also where it has no such address."""
    return request.blueprint == "api" or (request.url_rule is None and request.path.startswith("/api/"))


def session() -> Session:
    """The session for this request's questions; never written through."""
    return db.session()


def read_call() -> Call:
    """A call for actions that only read."""
    return Call(session(), actor(), clock.now(), settings())


def perform(action: Callable[Concatenate[Call, Given], Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Run an action in one write transaction of its own, committed when this returns.

    Refused and every other exception roll it back. The reading session starts anew afterwards, so that what
    is shown next includes the change.
    """
    db.session.close()
    who, now, chosen = actor(), clock.now(), settings()
    return in_transaction(db.engine, lambda fresh: action(Call(fresh, who, now, chosen), *args, **kwargs))


def mark_seen(kind: str, subject_id: int, last: datetime | None, client: str = "") -> None:
    """Note that a sign-in, a token or a feed was used, unless its `last` mark is younger than five minutes."""
    traffic.mark(db.engine, kind, subject_id, clock.now(), last, client)


def guard() -> ResponseReturnValue | None:
    """The access guard, before every request: default deny."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    policy = policy_of(request.endpoint)
    if policy is None:
        abort(403)
    if policy is Access.PUBLIC:
        return None
    who = asker()
    if policy is Access.ADMIN and not who.is_admin:
        abort(403)
    if policy is Access.STAFF and not (who.is_admin or any(role != "member" for role in who.roles.values())):
        abort(403)
    return None
