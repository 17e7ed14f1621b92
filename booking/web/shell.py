"""What every page shares: sign-in, language, security headers, the access guard and the error pages."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, gettext
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from booking import edge
from booking.rules.refusals import Absent, Denied, Unacceptable
from booking.web import signed_in
from booking.web.converters import BoundedInteger
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

csrf = CSRFProtect()


def register(app: Flask) -> None:
    """Install the shell on the application."""
    settings: Settings = app.config["SETTINGS"]
    _configure(app, settings)
    app.url_map.converters["bounded"] = BoundedInteger
    csrf.init_app(app)
    signed_in.register(LoginManager(app))
    Babel(
        app,
        default_translation_directories=str(ROOT / "booking" / "translations"),
        locale_selector=reader_language,
        timezone_selector=lambda: "UTC",
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_prepare)
    app.context_processor(_context)
    app.after_request(_protect)
    for kind, status in ((Absent, 404), (Denied, 403)):
        app.register_error_handler(kind, lambda _problem, status=status: _error_page(status))
    app.register_error_handler(Unacceptable, lambda _problem: _error_page(422))
    app.register_error_handler(HTTPException, _http_error)


def reader_language() -> str:
    """The language for this reader: her account's, her cookie's, her browser's, or the installation's."""
    who = edge.actor()
    if who is not None:
        return who.language
    chosen = request.cookies.get("language", "")
    best = request.accept_languages.best_match(LANGUAGES)
    return chosen if chosen in LANGUAGES else best or edge.settings().default_language


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.base_url.startswith("https:")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        TRUSTED_HOSTS=_hosts(settings.base_url),
    )


def _hosts(base_url: str) -> list[str]:
    host = urlsplit(base_url).hostname or ""
    return ["127.0.0.1", "localhost", "[::1]"] if host in ("127.0.0.1", "localhost", "::1") else [host]


def _prepare() -> ResponseReturnValue | None:
    if request.method not in SAFE_METHODS and request.blueprint != "api":
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            abort(403)
        csrf.protect()
    if request.blueprint != "api":
        g.actor = signed_in.current_actor()
    return edge.guard()


def _context() -> dict[str, object]:
    theme = request.cookies.get("theme", "")
    return {
        "lang": reader_language(),
        "text_dir": "ltr",
        "theme": theme if theme in ("light", "dark") else "",
        "viewer": edge.actor(),
        "page": request.blueprint or "",
        "network_name": edge.settings().network_name,
    }


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if edge.settings().base_url.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store" if edge.actor() else "no-cache"
    response.vary.add("Cookie")
    return response


def _http_error(problem: HTTPException) -> ResponseReturnValue:
    if isinstance(problem, CSRFError):
        return _error_page(400, gettext("This page was open for too long. Go back, reload it and try again."))
    if problem.code is None or problem.code < 400:
        return problem.get_response()
    return _error_page(problem.code)


def _error_page(status: int, sentence: str | None = None) -> Response:
    return make_response(render_template("errors/error.html", status=status, sentence=sentence), status)
