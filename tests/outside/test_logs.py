"""Logs are JSON lines that tell no secrets."""

import json
import logging
import sys

import pytest

from booking.outside.logs import JsonLines, redacted


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET /feeds/s3cr3t.ics?x=1", "GET /feeds/...?x=1"),
        ("GET /reset/s3cr3t HTTP/1.1", "GET /reset/... HTTP/1.1"),
        ('"POST /confirm/s3cr3t"', '"POST /confirm/..."'),
        ("Authorization: Bearer s3cr3t", "Authorization: Bearer ..."),
        ("email=a@b.org&password=s3cr3t&next=/", "email=a@b.org&password=...&next=/"),
        ("GET /spaces/werkhof/", "GET /spaces/werkhof/"),
    ],
)
def test_secrets_are_left_out(text: str, kept: str) -> None:
    assert redacted(text) == kept


def test_a_fault_is_one_line_with_its_reference() -> None:
    try:
        raise ValueError("at /feeds/s3cr3t.ics")
    except ValueError:
        record = logging.LogRecord("booking", logging.ERROR, "", 1, "went %s", ("wrong",), sys.exc_info())
    line = JsonLines(lambda: "abc123").format(record)
    told = json.loads(line)
    assert "\n" not in line
    assert "s3cr3t" not in line
    assert (told["level"], told["message"], told["reference"]) == ("error", "went wrong", "abc123")
    assert "ValueError" in told["fault"]
