"""Flask-Login over the table of sign-ins: the cookie holds an opaque token, the database its hash."""

from flask import request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from booking import edge
from booking.models import sign_ins
from booking.outside import clock
from booking.outside.secrets import digest
from booking.rules.access import Actor

LONGEST_TOKEN = 200


class Browser(UserMixin):  # type: ignore[misc]
    """A signed-in browser, as Flask-Login knows it."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """What the cookie holds: the token of this sign-in, never an account's number."""
        return self.token


def register(manager: LoginManager) -> None:
    """Teach Flask-Login where sign-ins live."""
    manager.session_protection = None
    manager.user_loader(_load)


def current_actor() -> Actor | None:
    """Who the cookie says is asking, looked up once per request; None when it is not valid any more."""
    return current_user.actor if current_user.is_authenticated else None


def start(token: str, actor: Actor) -> None:
    """Put the token of a fresh sign-in into a fresh cookie, which lasts as long as the sign-in may."""
    session.clear()
    session.permanent = True
    login_user(Browser(token, actor), remember=False)


def end() -> None:
    """Empty the cookie."""
    logout_user()
    session.clear()


def still_there() -> bool:
    """Whether the sign-in in this request's cookie still lives, asked anew."""
    token = current_token()
    return token is not None and _load(token) is not None


def current_token() -> str | None:
    """The token in this request's cookie, or None."""
    return current_user.token if current_user.is_authenticated else None


def _load(token: str) -> Browser | None:
    if request.blueprint == "api" or len(token) > LONGEST_TOKEN:
        return None
    caller = sign_ins.actor_for(edge.session(), digest(token), clock.now(), edge.settings().session_idle_hours)
    if caller is None:
        return None
    edge.mark_seen("sign_in", caller.subject_id, caller.seen_at)
    return Browser(token, caller.actor)
