"""Static files: their addresses change with their content, their drawings exist, their origin is on record."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from booking.web import assets

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app() -> Flask:
    """A site that serves nothing but the static files."""
    app = Flask("booking")
    assets.register(app)
    return app


@pytest.fixture
def page(app: Flask) -> Iterator[None]:
    """A request during which addresses can be built."""
    with app.test_request_context():
        yield


def test_an_address_with_its_version_is_kept_for_ever(app: Flask, page: None) -> None:
    address = assets.static_url("app.js")
    digest = hashlib.sha256((assets.STATIC / "app.js").read_bytes()).hexdigest()
    assert address == f"/static/app.js?v={digest[:12]}"
    with app.test_client().get(address) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("address", ["/static/app.js", "/static/app.js?v=of-last-year"])
def test_any_other_address_of_a_file_is_asked_for_again(app: Flask, address: str) -> None:
    with app.test_client().get(address) as answer:
        assert answer.headers["Cache-Control"] == "public, no-cache"


def test_a_missing_file_is_not_there_rather_than_a_fault(app: Flask) -> None:
    assert app.test_client().get("/static/missing.js?v=1").status_code == 404


def test_an_icon_that_the_sprite_lacks_is_noticed(page: None) -> None:
    assert "#search" in assets.icon("search")
    with pytest.raises(KeyError, match="no symbol"):
        assets.icon("serch")


def test_kinds_of_tools_without_a_picture_share_one(page: None) -> None:
    assert assets.art("kiln").endswith('#kiln"></use></svg>')
    assert assets.art("tape_dispenser").endswith('#other"></use></svg>')


def test_a_qr_code_can_be_scaled_and_has_no_inline_style(page: None) -> None:
    code = assets.qr_code("https://book.example.org/q/abc")
    assert "viewBox" in code
    assert "style=" not in code


def test_the_style_sheet_of_the_font_names_the_files_by_their_version(page: None) -> None:
    sheet = (assets.STATIC / "vendor" / "figtree.css").read_text("utf-8")
    named = re.findall(r'url\("([^"]+)"\)', sheet)
    assert [f"/static/vendor/{name}" for name in named] == [
        assets.static_url("vendor/figtree-latin.woff2"),
        assets.static_url("vendor/figtree-latin-ext.woff2"),
    ]


def test_files_from_elsewhere_are_those_on_record() -> None:
    verified = subprocess.run(
        [sys.executable, PROJECT / "scripts" / "vendor.py"], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stdout) == (0, "")


def test_scripts_and_styles_ask_nobody_else() -> None:
    written_here = [*assets.STATIC.glob("*.js"), *assets.STATIC.glob("css/*.css")]
    assert written_here
    for path in written_here:
        assert "//" not in re.sub(r"(?m)^\s*//.*$", "", path.read_text("utf-8")), path.name
