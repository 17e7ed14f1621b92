"""Logs as JSON lines on standard error, without secrets: addresses of feeds and mailed links are cut short."""

import json
import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime

_SECRET_PATHS = re.compile(r"(/(?:feeds|confirm|reset|join|invitations|q)/)[^/?#\s\"']+")
_SECRET_WORDS = re.compile(r"(?i)(bearer\s+|(?:password|token|secret|csrf_token)=)[^\s&\"']+")
_HANDLER = "benchtime"


def set_up(level: str, reference: Callable[[], str | None]) -> None:
    """Send everything that is logged to standard error; `reference` names the request at hand, if any."""
    root = logging.getLogger()
    root.setLevel(level.upper())
    for handler in [handler for handler in root.handlers if handler.get_name() == _HANDLER]:
        root.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name(_HANDLER)
    handler.setFormatter(JsonLines(reference))
    root.addHandler(handler)
    # Alembic tells at each start how it talks to the database; nobody needs to know.
    logging.getLogger("alembic").setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and where there are such: reference, fault."""

    def __init__(self, reference: Callable[[], str | None]) -> None:
        super().__init__()
        self._reference = reference

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        reference = self._reference()
        if reference:
            line["reference"] = reference
        if record.exc_info:
            line["fault"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def redacted(text: str) -> str:
    """The text without the secrets that addresses and headers may carry."""
    return _SECRET_WORDS.sub(r"\1...", _SECRET_PATHS.sub(r"\1...", text))
