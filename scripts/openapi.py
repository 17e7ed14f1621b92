"""Writes docs/openapi.json as the application serves it: python -m scripts.openapi > docs/openapi.json"""

import json
import sys
import tempfile
from typing import Any

from flask import Flask

from booking import create_app
from config import load_settings


def document(app: Flask) -> dict[str, Any]:
    """The description of the API that anybody can fetch."""
    answer = app.test_client().get("/api/v1/openapi.json", base_url=app.config["SETTINGS"].base_url)
    if answer.status_code != 200:
        raise RuntimeError(f"/api/v1/openapi.json answers {answer.status}")
    found: dict[str, Any] = answer.get_json()
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        told = document(create_app(load_settings({"BOOKING_INSTANCE": folder})))
    json.dump(told, sys.stdout, indent=2, sort_keys=True, ensure_ascii=False)
    sys.stdout.write("\n")
