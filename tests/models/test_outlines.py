"""The first look of a search: read sparingly, it says the same as everything that decides a booking."""

from datetime import timedelta

import pytest
from flask import Flask

from booking.models import outlines
from booking.models.database import db, reading
from booking.models.facts import facts_for, worlds
from booking.models.tools import tool_cards
from booking.rules import policy
from booking.rules.availability import free_spans
from booking.rules.facts import Ask
from booking.rules.spans import Span
from booking.seeding import demo
from tests.acting import Scene, counted
from tests.factories import NOW

pytestmark = pytest.mark.both_engines
WEEK = Span(NOW, NOW + timedelta(days=7))
LENGTHS = (30, 120, 600)


def test_over_a_whole_network_the_first_look_finds_what_a_booking_is_allowed(app: Flask) -> None:
    with app.app_context():
        demo.seed(db.engine, app.config["SETTINGS"], NOW, 1)
        with reading(db.engine) as session:
            cards = tool_cards(session)
            ids = [card.id for card in cards]
            kinds = {card.kind_id for card in cards}
            by_kind = outlines.outlines(session, tool_ids=ids, kind_ids=kinds, span=WEEK, account_id=None)
            by_unit = outlines.outlines(session, tool_ids=ids, span=WEEK, account_id=None)
            closely = {
                world.tool.id: world.facts for world in worlds(session, tool_ids=ids, span=WEEK, account_id=None)
            }
            alone = {tool_id: facts_for(session, tool_id, WEEK, None) for tool_id in ids[::10]}
    assert len(by_kind) == len(by_unit) == len(closely) > 100
    for tool_id, facts in closely.items():
        for minutes in LENGTHS:
            free = free_spans(facts, WEEK, NOW, minutes)
            assert free == free_spans(by_kind[tool_id].facts, WEEK, NOW, minutes)
            assert free == free_spans(by_unit[tool_id].facts, WEEK, NOW, minutes)
    for tool_id, facts in alone.items():
        for span in free_spans(by_kind[tool_id].facts, WEEK, NOW, 120):
            first = Span(span.start, span.start + timedelta(minutes=120))
            refusals = {refusal.code for refusal in policy.check(Ask(tool_id, first), facts, NOW)}
            assert not refusals - policy.PERSONAL


def test_the_first_look_asks_three_questions_however_many_tools(scene: Scene) -> None:
    def questions() -> int:
        with counted(scene.engine) as statements, reading(scene.engine) as session:
            ids = [card.id for card in tool_cards(session)]
            statements.clear()
            outlines.outlines(session, tool_ids=ids, span=WEEK, account_id=None)
        return len([each for each in statements if not each.startswith("BEGIN")])

    few = questions()
    for number in range(6):
        scene.tool(name=f"Tool {number}", units=1 + number % 3)
    assert few == questions() == 3
