"""The interface describes itself: a valid document, and a page with every call."""

from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from booking.api import description
from booking.api.calls import CALLS


def test_the_document_is_valid_openapi(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.mimetype == "application/json"
    validate(answer.get_json())
    assert answer.get_json()["openapi"].startswith("3.1")


def test_every_operation_has_its_own_name_and_a_sentence() -> None:
    operations = [call for calls in description.document()["paths"].values() for call in calls.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    assert all(each["summary"].endswith(".") for each in operations)


def test_every_call_that_is_not_public_needs_a_token(app: Flask) -> None:
    for path, calls in description.document()["paths"].items():
        for method, operation in calls.items():
            answer = app.test_client().open(f"/api/v1{path}", method=method)
            assert (answer.status_code == 401) == (operation["security"] == [{"token": []}]), path


def test_the_page_lists_every_call(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert [call.path for call in CALLS if f"{call.method} {call.path}" not in page.text] == []
