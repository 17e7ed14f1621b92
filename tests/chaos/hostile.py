"""Input that nobody means well with, and where it can be put: addresses, queries, forms, documents, headers."""

import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from bs4 import BeautifulSoup, SoupStrainer
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from booking.api.calls import CALLS
from tests.visitor import filled

# Beyond 64 bit, beyond what int() takes, beyond the calendar, half characters, formulas, paths, other people's ids.
WORDS = (
    "",
    " ",
    "\0",
    "a\0b",
    "-1",
    "0",
    "1e9",
    "nan",
    "9223372036854775808",
    "0" * 25 + "9" * 25,
    "9" * 5000,
    "٣",
    "²",
    "0001-01-01",
    "9999-12-31",
    "9999-W52-7",
    "2199-12-31",
    "2026-02-30",
    "2026-03-29",
    "02:30",
    "48:00",
    "99:59",
    "2026-W99",
    "9999-12-31T23:59:59+00:00",
    "0001-01-01T00:00:00+14:00",
    "1/0001-01-01T00:00:00+14:00/9999-12-31T23:59:59-14:00",
    "tool-9223372036854775808",
    "WyJcdWQ4MDAiLDFd",
    "WyIiLCAxXQ",
    "ÿ\u202e\u2028\ufeff",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "%s%(name)s{0.__class__}{{7*7}}",
    "../../../../etc/passwd",
    "//evil.example/",
    "x" * 20_000,
    "a@x.org,b@y.org",
    "a@x.org\r\nBcc: b@y.org",
    "[]",
    "☃" * 300,
)
DOCUMENTS = (
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"a":' * 20_000,
    b'{"start": 1e999}',
    b'{"tool": NaN}',
    b'{"tool": "1", "tool": "2"}',
    b"9" * 10_000,
    json.dumps({"purpose": "x" * 70_000}).encode(),
)
VALUES: tuple[Any, ...] = (*WORDS, None, True, -1, 2**63, 10**400, 1.5, [], {}, [[]], "\ud800")
HEADERS = (
    ("Origin", "http://["),
    ("Origin", "null"),
    ("Sec-Fetch-Site", "\xff"),
    ("Accept-Language", "de;q=nan, " + "x," * 500),
    ("Accept-Encoding", "gzip;q=inf"),
    ("If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 -0100"),
    ("If-Modified-Since", "Mon, 01 Jan 0001 00:00:00 +0100"),
    ("If-None-Match", '"' * 500),
    ("Range", "bytes=99999999999999999999-"),
    ("Range", "bytes=5-1,-0,x"),
    ("Authorization", "Bearer \xff"),
    ("Authorization", "Basic " + "=" * 300),
    ("Authorization", "Digest a=b,"),
    ("Idempotency-Key", "\xff" * 300),
    ("Content-Length", "-1"),
    ("Content-Type", "multipart/form-data; boundary="),
    ("Content-Type", "application/json; charset=\xff"),
    ("Cookie", "session=" + "." * 300 + '; language=\xff; theme="\\000"'),
    ("HX-Request", "\xff"),
    ("User-Agent", "\xff" * 2000),
    ("X-Forwarded-For", "\xff, 1.2.3.4"),
)
_ROOT = Path(__file__).parents[2]
_ASKED = re.compile(r"(?:fields\.\w+|args\.get|form\.get|getlist|values\.get|source\.get|_words)\(\s*\"(\w+)\"")

Case = tuple[str, str, dict[str, Any]]


def names_asked() -> list[str]:
    """Every name that a page of ours looks for in an address or a form."""
    found = {name for path in (_ROOT / "booking" / "web").glob("*.py") for name in _ASKED.findall(path.read_text())}
    return sorted(found | {"start", "end", "date", "end_date", "start_date"})


def address(app: Flask, rule: Rule, known: dict[str, Any], **instead: str) -> str:
    """The route's address with what is known for its variable parts; `instead` puts anything into some of them."""
    parts = []
    for is_variable, text in _pieces(rule):
        if not is_variable:
            parts.append(text)
        elif text in instead:
            parts.append(quote(instead[text], safe=""))
        else:
            parts.append(str(known.get(text, _first_choice(rule, text))))
    return "".join(parts)


def queries(app: Flask, rules: list[Rule], known: dict[str, Any]) -> Iterator[Case]:
    """Every page with every bad word in all that it may look for at once, and one in each alone."""
    names, words = names_asked(), cycle(WORDS)
    for rule in rules:
        path = address(app, rule, known)
        for word in WORDS:
            yield "GET", path, {"query_string": dict.fromkeys(names, word)}
        for name in names:
            yield "GET", path, {"query_string": {name: next(words)}}


def segments(app: Flask, rules: list[Rule], known: dict[str, Any]) -> Iterator[Case]:
    """Every route with every bad word in each variable part of its address."""
    for rule in rules:
        for part in rule.arguments:
            for word in WORDS:
                for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                    yield method, address(app, rule, known, **{part: word}), {}


def forms(app: Flask, client: FlaskClient, rules: list[Rule], known: dict[str, Any]) -> Iterator[Case]:
    """Every form of the pages once, as it stands but for one field, which is missing or holds a bad word."""
    seen = set()
    for rule in rules:
        path = address(app, rule, known)
        page = BeautifulSoup(client.get(path).text, "html.parser", parse_only=SoupStrainer("form"))
        for form in page.select("form[method=post]"):
            whole = filled(form)
            target = str(form.get("action") or path)
            kind = (target.partition("?")[0], *sorted(whole))
            # The head of each page has the same forms again.
            if kind in seen:
                continue
            seen.add(kind)
            for name in whole:
                if name != "csrf_token":
                    yield "POST", target, {"data": {**whole, name: []}}
                    for word in WORDS:
                        yield "POST", target, {"data": whole | {name: word}}


def documents(app: Flask, known: dict[str, Any], token: str) -> Iterator[Case]:
    """Every call of the interface with a document that is none, and with one member or parameter that is bad."""
    headers = {"Authorization": f"Bearer {token}"}
    for call in CALLS:
        path = "/api/v1" + re.sub(r"\{(\w+)\}", lambda part: str(known.get(part[1], 1)), call.path)
        for field in call.query:
            for word in WORDS:
                yield call.method, path, {"query_string": {field.name.rstrip("*") + "x" * ("*" in field.name): word}}
        if call.body is None:
            continue
        for raw in DOCUMENTS:
            yield call.method, path, {"data": raw, "content_type": "application/json", "headers": headers}
        good = {"tool": str(known["tool_id"]), "start": "2026-11-26T10:00:00Z", "end": "2026-11-26T11:00:00Z"}
        base = {name: value for name, value in good.items() if name in {field.name for field in call.body}}
        for field in call.body:
            for value in VALUES:
                yield (
                    call.method,
                    path,
                    {"data": json.dumps(base | {field.name: value}), **_AS_JSON, "headers": headers},
                )


def with_headers(app: Flask, rules: list[Rule], known: dict[str, Any]) -> Iterator[Case]:
    """Every route with each bad header."""
    for rule in rules:
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            for header in HEADERS:
                yield method, address(app, rule, known), {"headers": [header]}


def fault(answer: TestResponse, case: Case) -> str | None:
    """What is wrong with an answer to bad input, or None."""
    method, path, given = case
    if answer.status_code >= 500:
        return f"{answer.status_code} {method} {path[:200]} {str(given)[:300]}"
    if "<script>alert(1)</script>" in answer.text and answer.mimetype == "text/html":
        return f"script {method} {path[:200]} {str(given)[:300]}"
    if urlsplit(answer.headers.get("Location", "")).netloc not in ("", "localhost"):
        return f"away {method} {path[:200]} {str(given)[:300]}"
    return None


_AS_JSON = {"content_type": "application/json"}


def _pieces(rule: Rule) -> Iterator[tuple[bool, str]]:
    for piece in re.split(r"(<[^>]*>)", rule.rule):
        if piece.startswith("<"):
            yield True, piece.strip("<>").rpartition(":")[2]
        else:
            yield False, piece


def _first_choice(rule: Rule, name: str) -> object:
    part = rule._converters.get(name)
    return sorted(part.items)[0] if isinstance(part, AnyConverter) else 1
