"""Where to go after a form: only to a path of our own."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from flask import request

LONGEST = 2_000


def own_path(wanted: str | None, otherwise: str = "/") -> str:
    """The wanted path when it is surely one of ours, else the other one.

    Browsers read a backslash as a slash and drop tabs and line ends, so none of these may be in it.
    """
    path = wanted or ""
    if not path.startswith("/") or path.startswith("//") or len(path) > LONGEST:
        return otherwise
    if "\\" in path or any(ord(character) <= 32 or ord(character) == 127 for character in path):
        return otherwise
    try:
        parts = urlsplit(path)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else path


def next_path(otherwise: str = "/") -> str:
    """The path of ours that this request's `next` field names, else the other one."""
    return own_path(request.values.get("next"), otherwise)


def list_query() -> Mapping[str, str]:
    """What a list is asked for: in its own address, or in that of the page whose form is being answered."""
    return request.args if request.method == "GET" else dict(parse_qsl(urlsplit(next_path("")).query))
