"""The documentation says what the code does: settings, commands, routes, dependencies, the API's document."""

import json
import re
import tomllib

import click
from flask import Flask

from config import ROOT, setting_names
from scripts import openapi, routes

OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def rows(text: str, pattern: str) -> list[str]:
    """What the first column of the page's tables says, where it has this form."""
    return re.findall(rf"^\| `{pattern}` \|", text, re.MULTILINE)


def test_every_setting_is_documented_and_no_other() -> None:
    assert sorted(rows(OPERATING, r"(BOOKING_[A-Z_]+)")) == sorted(setting_names())


def commands() -> dict[str, click.Command]:
    """The commands of `booking`."""
    from booking.cli import main

    assert isinstance(main, click.Group)
    return dict(main.commands)


def test_every_command_is_documented_and_no_other() -> None:
    assert sorted(rows(OPERATING, r"booking ([a-z-]+)")) == sorted(commands())


def test_every_command_says_what_it_does() -> None:
    assert [name for name, command in commands().items() if not command.get_short_help_str()] == []


def test_every_make_target_is_documented() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert [target for target in targets if f"`make {target}`" not in OPERATING and target != "help"] == []


def test_every_dependency_is_explained_and_no_other() -> None:
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    first_column = re.findall(r"^\| ([a-z][a-z0-9, -]*) \|", page, re.MULTILINE)
    named = {word for row in first_column for word in row.split(", ")} - {"package"}
    assert named == {re.split(r"[^A-Za-z0-9-]", line)[0] for line in asked}


def test_locks_name_no_index_and_no_path() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert not re.search(r"://|^\s*-(?!-hash=)|file:|@ ", text, re.MULTILINE), lock
        assert text.count("--hash=sha256:") > 50


def test_the_table_of_routes_is_up_to_date(app: Flask) -> None:
    page = ROOT / "docs" / "routes.md"
    assert page.read_text(encoding="utf-8") == routes.table(app), "python -m scripts.routes > docs/routes.md"


def test_the_document_of_the_api_is_up_to_date(app: Flask) -> None:
    page = ROOT / "docs" / "openapi.json"
    told = json.loads(page.read_text(encoding="utf-8"))
    assert told == openapi.document(app), "python -m scripts.openapi > docs/openapi.json"


def test_the_document_of_the_api_has_every_call_and_no_other(app: Flask) -> None:
    prefix = "/api/v1"
    served = {
        (_placeholders(rule.rule.removeprefix(prefix)) or "/", method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(prefix + "/") and rule.rule != f"{prefix}/openapi.json"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {
        (_placeholders(path.removeprefix(prefix)), method.upper())
        for path, calls in openapi.document(app)["paths"].items()
        for method in calls
        if method in ("get", "post", "put", "patch", "delete")
    }
    assert told == served


def _placeholders(path: str) -> str:
    """The path without the names of its variable parts, which each side writes in its own way."""
    return re.sub(r"<[^>]+>|\{[^}]+\}", "*", path)
