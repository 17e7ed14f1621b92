"""Addresses and drawings of the static files: hashed by content, so that browsers may keep them for ever."""

import hashlib
import io
from functools import cache, lru_cache
from pathlib import Path
from re import findall
from typing import Any

import segno
from flask import Flask, Response, current_app, has_request_context, request, url_for
from markupsafe import Markup

STATIC = Path(__file__).resolve().parent.parent / "static"
KEPT_FOR_EVER = "public, max-age=31536000, immutable"
ASKED_EACH_TIME = "public, no-cache"


def register(app: Flask) -> None:
    """Give every address of a static file its version, and tell browsers how long they may keep it."""
    app.url_defaults(add_version)
    app.after_request(keep_static_files)
    app.jinja_env.globals.update(static_url=static_url, url_for=page_url, icon=icon, art=art, qr_code=qr_code)


def static_url(name: str) -> str:
    """Address of a file in `static/`, with the hash of its content; an unknown name raises."""
    return address(name, request.script_root if has_request_context() else "", version(name))


def page_url(endpoint: str, **values: Any) -> str:
    """The address of a page for templates; one that nothing is filled into is made once."""
    if values or not has_request_context() or endpoint.startswith("."):
        return url_for(endpoint, **values)
    return plain_address(endpoint, request.script_root)


@cache
def plain_address(endpoint: str, script_root: str) -> str:
    """The address of a page below a prefix: each page leads to a dozen of the same."""
    return url_for(endpoint)


@cache
def address(name: str, script_root: str, version: str) -> str:
    """The address below a prefix, made once for each content: a page asks for dozens."""
    return url_for("static", filename=name)


def icon(name: str, classes: str = "") -> Markup:
    """A Lucide icon by its name, hidden from screen readers; raises KeyError when the sprite lacks it."""
    return drawing(static_url("vendor/icons.svg"), name, f"icon {classes}".strip())


def art(kind: str, classes: str = "") -> Markup:
    """The picture of a kind of tool; kinds without one of their own share a picture."""
    shown = kind if kind in symbols("tools.svg") else "other"
    return drawing(static_url("tools.svg"), shown, f"art {classes}".strip())


@lru_cache(maxsize=1024)
def qr_code(text: str) -> Markup:
    """A QR code as inline SVG, black on white so that cameras read it in the dark theme too."""
    picture = io.BytesIO()
    segno.make(text, micro=False).save(
        picture, kind="svg", scale=4, border=3, light="#fff", xmldecl=False, svgns=False, omitsize=True, svgclass="qr"
    )
    return Markup(picture.getvalue().decode("ascii"))  # noqa: S704  (made here, the text is only encoded in it)


def qr_file(text: str) -> bytes:
    """A QR code as an SVG file of its own, four units a module, for who prints labels elsewhere."""
    picture = io.BytesIO()
    segno.make(text, micro=False).save(picture, kind="svg", scale=4, border=3, light="#fff")
    return picture.getvalue()


@cache
def drawing(sprite_address: str, name: str, classes: str) -> Markup:
    """One symbol of a sprite as an SVG element."""
    sprite = "vendor/icons.svg" if "vendor/icons.svg" in sprite_address else "tools.svg"
    if name not in symbols(sprite):
        raise KeyError(f"{sprite} has no symbol {name}; icons are listed in scripts/vendor.py")
    element = Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>')
    return element.format(classes, sprite_address, name)


@cache
def symbols(sprite: str) -> frozenset[str]:
    """Names of the drawings in a sprite."""
    return frozenset(findall(r'<symbol id="([^"]+)"', (STATIC / sprite).read_text("utf-8")))


def add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Flask calls this for every address it builds; only those of static files get a version."""
    if endpoint == "static" and "filename" in values:
        values["v"] = version(values["filename"])


def version(name: str) -> str:
    """Short hash of a static file; while developing, changed files are hashed again."""
    return content_hash(name, (STATIC / name).stat().st_mtime_ns if current_app.debug else 0)


@cache
def content_hash(name: str, changed_at: int) -> str:
    """First twelve hexadecimal digits of the SHA-256 of a file, remembered until the file changes."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def keep_static_files(response: Response) -> Response:
    """Only an address with the right version may be kept for ever."""
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        asked = (request.view_args or {}).get("filename", "")
        current = request.args.get("v") == version(asked)
        response.headers["Cache-Control"] = KEPT_FOR_EVER if current else ASKED_EACH_TIME
    return response
