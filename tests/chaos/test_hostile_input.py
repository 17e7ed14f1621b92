"""Whatever anybody sends, to whatever address, in whatever role: a sentence and 4xx, never a 500."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from booking.models.tables.accounts import Token
from booking.models.tables.reports import Report, Supply
from booking.models.tables.spaces import Closure, SpecialDay
from booking.models.tables.tools import Outage
from booking.outside.secrets import digest
from booking.rules.states import State
from tests import factories
from tests.calendars import Workshop, make_booking
from tests.chaos import hostile
from tests.chaos.hostile import Case
from tests.factories import NOW

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.both_engines]

# A few of very many, others in each run of another seed; what was found so far stands in tests of its own.
SEED, MOST, PAGES = 20_261_125, 60, 24
TOKEN = "a-token-of-somebody-with-bad-manners"


@dataclass
class Target:
    """The service with something in every room, and a browser for each role."""

    app: Flask
    known: dict[str, Any]
    browsers: dict[str, FlaskClient]

    def rules(self, method: str) -> list[Rule]:
        """The routes that answer the method; nobody is signed out on the way."""
        found = [rule for rule in self.app.url_map.iter_rules() if method in (rule.methods or set())]
        return [rule for rule in found if rule.endpoint not in ("static", "accounts.sign_out")]

    def faults(self, cases: Iterable[Case], most: int = MOST) -> list[str]:
        """What goes wrong with some of the cases, each sent in one of the roles."""
        chance = random.Random(SEED)
        every = list(cases)
        found = []
        for case in chance.sample(every, min(most, len(every))):
            method, path, given = case
            role = chance.choice(sorted(self.browsers))
            problem = hostile.fault(self.browsers[role].open(path, method=method, **given), case)
            if problem:
                found.append(f"{role}: {problem}")
        return found


@pytest.fixture
def target(app: Flask, workshop: Workshop) -> Target:
    app.testing = False
    session, space, tool = workshop.session, workshop.space, workshop.tool
    certificate = factories.make_certificate(session, space)
    day = NOW.date() + timedelta(days=7)
    closure = factories.added(session, Closure(space_id=space.id, first_day=day, last_day=day))
    special = factories.added(session, SpecialDay(space_id=space.id, day=day, opens=480, closes=600))
    outage = factories.added(session, Outage(tool_id=tool.id, starts_at=NOW + timedelta(days=9)))
    supply = factories.added(session, Supply(space_id=space.id, name="Air"))
    where = {"space_id": space.id, "tool_id": tool.id, "account_id": workshop.ada.id}
    report = factories.added(session, Report(words="Smoke", state="open", created_at=NOW, **where))
    session.add(Token(account_id=workshop.bo.id, name="t", scope="write", token_hash=digest(TOKEN), created_at=NOW))
    booking = make_booking(workshop, state=State.PENDING, start=NOW + timedelta(days=2))
    make_booking(workshop, account=workshop.bo, start=NOW + timedelta(days=3))
    known = {
        "space": space.slug,
        "tool": tool.slug,
        "tool_id": tool.id,
        "booking": booking.id,
        "booking_id": booking.id,
        "certificate_id": certificate.id,
        "account_id": workshop.ada.id,
        "closure_id": closure.id,
        "special_id": special.id,
        "outage_id": outage.id,
        "supply_id": supply.id,
        "report_id": report.id,
        "kind": "tools",
    }
    browsers = {"nobody": app.test_client()}
    for name in ("ada", "bo", "dee"):
        browsers[name] = app.test_client()
        factories.sign_in(browsers[name], session, getattr(workshop, name))
    return Target(app, known, browsers)


def test_no_word_in_a_query_breaks_a_page(target: Target) -> None:
    assert target.faults(hostile.queries(target.app, target.rules("GET"), target.known)) == []


def test_no_word_in_an_address_breaks_it(target: Target) -> None:
    everything = [rule for method in ("GET", "POST", "PATCH", "DELETE") for rule in target.rules(method)]
    assert target.faults(hostile.segments(target.app, everything, target.known)) == []


def test_no_field_of_a_form_breaks_it(target: Target) -> None:
    browsers, pages, chance = target.browsers, target.rules("GET"), random.Random(SEED)
    # Each role finds forms of its own; all of them in one installation, since making one takes long, and so does
    # reading every page for as many cases as some hold.
    for role in ("ada", "bo", "dee"):
        target.browsers = {role: browsers[role]}
        some = chance.sample(pages, min(PAGES, len(pages)))
        assert target.faults(hostile.forms(target.app, browsers[role], some, target.known)) == []


def test_no_document_breaks_the_interface(target: Target) -> None:
    assert target.faults(hostile.documents(target.app, target.known, TOKEN)) == []


def test_no_header_breaks_an_answer(target: Target) -> None:
    everything = [rule for method in ("GET", "POST", "DELETE") for rule in target.rules(method)]
    assert target.faults(hostile.with_headers(target.app, everything, target.known)) == []
