"""Several at once who share a quota: as many win as it allows, whatever tools and acts they come with."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from booking.actions import bookings, plans
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.facts import facts_for
from booking.models.tables.accounts import Account
from booking.rules.refusals import Refused
from booking.rules.several import Clashing
from booking.rules.spans import Span
from tests.acting import HOUR, TEN, Scene
from tests.chaos.test_races import PEOPLE, ROUNDS, reasons, together, winners
from tests.factories import make_quota, make_team

pytestmark = pytest.mark.both_engines
LIMIT = 3
DAY = timedelta(days=1)


def test_one_person_gets_as_many_tools_as_her_quota_allows(scene: Scene) -> None:
    tool_ids = [scene.tool(units=1) for _ in range(PEOPLE)]
    with writing(scene.engine) as session:
        make_quota(session, "person", "minutes_day", amount=60 * LIMIT)
    for turn in range(ROUNDS):
        asks = [scene.ask(TEN + turn * DAY, tool_id=tool_id) for tool_id in tool_ids]
        outcomes = together(*[lambda ask=ask: scene.perform(scene.ada, bookings.place, ask) for ask in asks])
        assert len(winners(outcomes)) == LIMIT
        assert reasons(outcomes) == {"quota_used"}


def test_a_team_gets_as_many_tools_as_its_quota_allows(scene: Scene) -> None:
    tool_ids = [scene.tool() for _ in range(PEOPLE)]
    with writing(scene.engine) as session:
        ada, cy = (session.get_one(Account, who.account_id) for who in (scene.ada, scene.cy))
        team_id = make_team(session, ada, cy).id
        make_quota(session, "team", "open_bookings", amount=LIMIT)
    mates = [replace(who, team_ids=frozenset({team_id})) for who in (scene.ada, scene.cy)]

    def act(number: int, tool_id: int) -> Callable[[], BookingCard]:
        ask = replace(scene.ask(TEN, tool_id=tool_id), team_id=team_id)
        return lambda: scene.perform(mates[number % 2], bookings.place, ask)

    outcomes = together(*[act(number, tool_id) for number, tool_id in enumerate(tool_ids)])
    assert len(winners(outcomes)) == LIMIT
    assert reasons(outcomes) == {"quota_used"}


def test_moves_plans_and_new_bookings_keep_to_one_quota_and_nobody_waits_for_ever(scene: Scene) -> None:
    tool_ids = [scene.tool() for _ in range(PEOPLE)]
    with writing(scene.engine) as session:
        make_quota(session, "person", "minutes_day", amount=60 * LIMIT)
    placed = [
        scene.perform(scene.ada, bookings.place, scene.ask(TEN + number * DAY, tool_id=tool_id))
        for number, tool_id in enumerate(tool_ids[:4], 1)
    ]

    def planned(first: int) -> BookingCard:
        asks = [scene.ask(TEN + number * HOUR, tool_id=tool_ids[first - number]) for number in range(2)]
        try:
            plan_id = scene.perform(scene.ada, plans.place, asks)
        except Clashing as clashing:  # Both parts are told where none has room.
            assert {refusal.code for refusal in clashing.refusals} == {"quota_used"}
            raise Refused(clashing.refusals[:1]) from clashing
        return scene.read(scene.ada, plans.show, plan_id).parts[0]

    def move(card: BookingCard) -> Callable[[], BookingCard]:
        return lambda: scene.perform(scene.ada, bookings.move, card.id, start=TEN, end=TEN + HOUR)

    def place(tool_id: int) -> Callable[[], BookingCard]:
        return lambda: scene.perform(scene.ada, bookings.place, scene.ask(TEN, tool_id=tool_id))

    outcomes = together(
        *map(move, placed), *map(place, tool_ids[4:6]), *[lambda first=first: planned(first) for first in (6, 7)]
    )
    with reading(scene.engine) as session:
        day = Span(TEN, TEN + HOUR)
        used = facts_for(session, scene.tool_id, day, scene.ada.account_id).used
    # A plan takes two of the three hours, so that one may be left over.
    assert LIMIT - 1 <= sum(row.span.start < TEN + DAY for row in used) <= LIMIT
    assert reasons(outcomes) == {"quota_used"}
