"""The dialog in which a manager books for a member of the space."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import post
from tests.calendars import Workshop
from tests.pages import THURSDAY, address, browser_of, element, rows, soup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def bo(app: Flask, workshop: Workshop) -> FlaskClient:
    """The manager's browser."""
    return browser_of(app, workshop, workshop.bo)


@pytest.mark.parametrize("words", ["Ada", " ada ", "{email}"])
def test_a_member_is_named_by_name_or_address(app: Flask, bo: FlaskClient, workshop: Workshop, words: str) -> None:
    named = words.format(email=workshop.ada.email.upper())
    answer = post(bo, address(workshop), **THURSDAY, key="once", maker=named)
    assert answer.status_code == 303
    [booking] = rows(workshop)
    assert (booking.account_id, booking.booked_by) == (workshop.ada.id, workshop.bo.id)
    history = element(bo.get(answer.location), "#history-title + ol")
    assert "you" in history.text
    told = element(browser_of(app, workshop, workshop.ada).get(answer.location), "#history-title + ol")
    assert "the space" in told.text


def test_whom_nobody_knows_is_said_and_kept(bo: FlaskClient, workshop: Workshop) -> None:
    for words, sentence in (("Zoe", "No member of this space"), ("a", "Several members")):
        answer = post(bo, address(workshop), **THURSDAY, key="once", maker=words)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert element(answer, "[name=maker]")["value"] == words
    assert rows(workshop) == []


@pytest.mark.parametrize("more", [{"frequency": "weekly"}, {"plan": "yes"}, {"team": "1"}])
def test_for_a_member_it_is_one_time(bo: FlaskClient, workshop: Workshop, more: dict[str, str]) -> None:
    answer = post(bo, address(workshop), **THURSDAY, key="once", maker="Ada", **more)
    assert answer.status_code == 422
    assert "For a member you can book one time" in answer.text


def test_a_member_sees_no_such_field_and_can_not_use_it(app: Flask, workshop: Workshop) -> None:
    ada = browser_of(app, workshop, workshop.ada)
    assert soup(ada.get(address(workshop))).select("[name=maker]") == []
    assert post(ada, address(workshop), **THURSDAY, key="once", maker="Bo").status_code == 303
    [booking] = rows(workshop)
    assert (booking.account_id, booking.booked_by) == (workshop.ada.id, None)
