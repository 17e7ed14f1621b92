"""Writes docs/routes.md from the routes of the application: python -m scripts.routes > docs/routes.md"""

import sys
import tempfile
from collections.abc import Iterator

from flask import Flask

from booking import create_app
from config import load_settings

HEADING = """# Routes

Every address, made from the code by `python -m scripts.routes > docs/routes.md`; a test keeps it up to date.
"Who" is what the route asks before anything else. Whether somebody may do a certain thing to a certain object is
asked again by the action, and an object that is not theirs answers 404.

| address | methods | who | view |
|---|---|---|---|
"""


def table(app: Flask) -> str:
    """The page, one row for each route."""
    return HEADING + "".join(f"{row}\n" for row in sorted(_rows(app)))


def _rows(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        policy = getattr(app.view_functions[rule.endpoint], "__access__", None)
        who = policy.value if policy is not None else "public" if rule.endpoint == "static" else "nobody"
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        yield f"| `{rule.rule}` | {methods} | {who} | `{rule.endpoint}` |"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(table(create_app(load_settings({"BOOKING_INSTANCE": folder}))))
