"""What every page shares: sign-in, language, security headers, the access guard and the error pages."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import NullSession, SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.middleware.proxy_fix import ProxyFix

from booking import edge
from booking.outside import clock, logs
from booking.outside.secrets import short_code
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from booking.web import display, signed_in
from booking.web.converters import BoundedInteger
from booking.web.messages import Messages
from booking.wording.accounts import too_many_tries_sentence
from booking.wording.problems import problem_sentences, unstorable_sentence
from config import LANGUAGES, ROOT, Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# The parser bounds the parts of an upload by itself, but not a form or a document that comes as one text.
LARGEST_TEXT = 1024 * 1024
# Faces that know who asks by a token; calendar programs neither bring nor get a cookie.
COOKIELESS = frozenset({"api", "calendars"})
CALENDARS = re.compile(r"/feeds/.*\.ics|/spaces/.*/calendar\.ics", re.DOTALL)

csrf = CSRFProtect()


def register(app: Flask) -> None:
    """Install the shell on the application."""
    settings: Settings = app.config["SETTINGS"]
    _configure(app, settings)
    logs.set_up(settings.log_level, lambda: g.get("reference") if has_request_context() else None)
    app.url_map.converters["bounded"] = BoundedInteger
    csrf.init_app(app)
    signed_in.register(LoginManager(app))
    Messages(
        app,
        default_translation_directories=str(ROOT / "booking" / "translations"),
        locale_selector=reader_language,
        timezone_selector=lambda: "UTC",
    )
    display.quicken(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_prepare)
    app.context_processor(_context)
    app.after_request(_protect)
    for kind, status in ((Absent, 404), (Denied, 403)):
        app.register_error_handler(kind, lambda _problem, status=status: _error_page(status))
    app.register_error_handler(Unacceptable, _unacceptable)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)


def reader_language() -> str:
    """The language for this reader: her account's, her cookie's, her browser's, or the installation's.

    A program is told in the language that it asks for, else in English.
    """
    if edge.is_for_programs():
        return request.accept_languages.best_match(LANGUAGES, "en")
    who = edge.actor()
    if who is not None:
        return who.language
    chosen = request.cookies.get("language", "")
    best = request.accept_languages.best_match(LANGUAGES)
    return chosen if chosen in LANGUAGES else best or edge.settings().default_language


class _Sessions(SecureCookieSessionInterface):
    """Calendars and programs have no session at all: merely looking at one would make answers vary by cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        is_without = request.path.startswith("/api/v1/") or CALENDARS.fullmatch(request.path)
        return None if is_without else super().open_session(app, request)


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.base_url.startswith("https:")
    app.session_interface = _Sessions()
    # Nothing here is asynchronous, and Flask would look at each of ten functions of a request whether it is.
    app.ensure_sync = _as_it_is  # type: ignore[assignment,method-assign]
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_absolute_days),
        WTF_CSRF_TIME_LIMIT=None,
        # Some browsers send no Referer; Origin and Sec-Fetch-Site are looked at instead.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_CHECK_DEFAULT=False,
        TRUSTED_HOSTS=_hosts(settings.base_url),
    )
    if settings.trusted_proxies:
        # Only the hops that the operator named are believed; more entries in the header are somebody's invention.
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _hosts(base_url: str) -> list[str]:
    host = urlsplit(base_url).hostname or ""
    return ["127.0.0.1", "localhost", "[::1]"] if host in ("127.0.0.1", "localhost", "::1") else [host]


def _prepare() -> ResponseReturnValue | None:
    g.reference = short_code()
    if request.method == "HEAD":
        # Whoever asks for the head of a page reads it; no view may take that for its form being sent.
        request.method = "GET"
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception
    if request.endpoint == "static":
        return None
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LARGEST_TEXT
    _refuse_nul()
    if request.blueprint not in COOKIELESS:
        g.actor = signed_in.current_actor()
        if request.method not in SAFE_METHODS:
            _refuse_strangers()
            if current_app.config["WTF_CSRF_ENABLED"]:
                csrf.protect()
    return edge.guard()


def _refuse_nul() -> None:
    """Refuse the one character that PostgreSQL cannot store, wherever it may come in."""
    sent = [("", request.path)]
    if request.query_string:
        sent.extend(request.args.items(multi=True))
    if request.method not in SAFE_METHODS and request.blueprint != "api":
        sent.extend(request.form.items(multi=True))
    for name, value in sent:
        if "\0" in name or "\0" in value:
            raise edge.Unstorable(name)


def _refuse_strangers() -> None:
    """Refuse a changing request that another site's page sent."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        abort(403)


def _context() -> dict[str, object]:
    theme = request.cookies.get("theme", "")
    who = edge.actor()
    return {
        "lang": reader_language(),
        "text_dir": "ltr",
        "theme": theme if theme in ("light", "dark") else "",
        "viewer": who,
        "page": request.blueprint or "",
        "network_name": edge.settings().network_name,
    }


def _protect(response: Response) -> Response:
    # One look at what is there instead of one for each: every answer passes here.
    held = {name for name, _ in response.headers}
    for name, value in HEADERS.items():
        if name not in held:
            response.headers.add(name, value)
    if edge.settings().base_url.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in response.headers:
        # Pages around accounts carry addresses and mailed secrets.
        personal = edge.actor() is not None or request.blueprint == "accounts"
        response.headers["Cache-Control"] = "private, no-store" if personal else "no-cache"
    if request.blueprint not in COOKIELESS:
        response.vary.add("Cookie")
    return response


def _unacceptable(problem: Unacceptable) -> ResponseReturnValue:
    return _error_page(422, " ".join(dict.fromkeys(problem_sentences(problem).values())))


def _http_error(problem: HTTPException) -> ResponseReturnValue:
    if isinstance(problem, SecurityError):
        # Under a strange host no page of ours has an address, so none can be shown.
        return Response("There is no service of this name here.\n", 400, mimetype="text/plain")
    if isinstance(problem, CSRFError):
        return _error_page(400, gettext("This page was open for too long. Go back, reload it and try again."))
    if isinstance(problem, edge.Unstorable):
        return _error_page(400, unstorable_sentence(problem.field))
    if problem.code is None or problem.code < 400:
        return problem.get_response()
    if problem.code == 401 and request.method in SAFE_METHODS:
        return _to_sign_in()
    return _error_page(problem.code)


def _refused(refused: Refused) -> ResponseReturnValue:
    """The page for a refusal that its own view left alone."""
    lifts_at = refused.refusals[0].lifts_at
    if refused.refusals[0].code != "too_many_tries" or lifts_at is None:
        return _error_page(409 if refused.is_conflict else 422)
    now = clock.now()
    page = _error_page(429, too_many_tries_sentence(lifts_at, now))
    page.headers["Retry-After"] = str(max(1, int((lifts_at - now).total_seconds())))
    return page


def _to_sign_in() -> ResponseReturnValue:
    address = url_for("accounts.sign_in", next=request.full_path.rstrip("?"))
    if request.headers.get("HX-Request"):
        # A part of a page can't become the sign-in page: the whole page goes there.
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 302)


def _error_page(status: int, sentence: str | None = None) -> Response:
    if isinstance(session, NullSession):
        # Pages have forms, which need the session that calendars and programs are without.
        return Response(f"{HTTP_STATUS_CODES.get(status, 'Refused')}\n", status, mimetype="text/plain")
    reference = None
    if status >= 500:
        # The database may be what is broken, so nothing is asked of it about the reader.
        reference, g.actor = g.get("reference"), None
    page = render_template("errors/error.html", code=status, detail=sentence, reference=reference)
    return make_response(page, status)
