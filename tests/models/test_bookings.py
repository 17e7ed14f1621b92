"""Lists of bookings: whose, where, when, in which order, page by page."""

from datetime import timedelta

import pytest

from booking.actions import approvals, bookings
from booking.models import bookings as questions
from booking.models.bookings import BookingCard, Cursor
from booking.models.database import reading, writing
from booking.rules.refusals import Absent, Refused
from booking.rules.spans import Span
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene, counted

pytestmark = pytest.mark.both_engines
DAY = timedelta(days=1)


@pytest.fixture
def placed(scene: Scene) -> list[BookingCard]:
    """Ada's bookings of Lumi on five days at ten."""
    return [scene.perform(scene.ada, bookings.place, scene.ask(TEN + day * DAY)) for day in range(5)]


def ids(cards: tuple[BookingCard, ...]) -> list[int]:
    return [card.id for card in cards]


def test_a_card_is_absent_without_a_booking(scene: Scene) -> None:
    with pytest.raises(Absent), reading(scene.engine) as session:
        questions.card(session, 1)


def test_mine_are_the_next_first_and_the_past_latest_first(scene: Scene, placed: list[BookingCard]) -> None:
    now = TEN + 2 * DAY + HOUR / 2
    with reading(scene.engine) as session:
        assert ids(questions.mine(session, scene.ada.account_id, now)) == ids(tuple(placed[2:]))
        assert ids(questions.mine(session, scene.ada.account_id, now, past=True)) == [placed[1].id, placed[0].id]
        assert questions.mine(session, scene.cy.account_id, now) == ()


def test_pages_follow_one_another_without_gaps_both_ways(scene: Scene, placed: list[BookingCard]) -> None:
    end = TEN + 9 * DAY
    with reading(scene.engine) as session:
        for past, now in ((False, TEN), (True, end)):
            seen: list[int] = []
            after = None
            while page := questions.mine(session, scene.ada.account_id, now, past=past, after=after, limit=2):
                seen += ids(page)
                after = Cursor(page[-1].starts_at, page[-1].id)
            assert sorted(seen) == ids(tuple(placed))
            assert seen == ids(questions.mine(session, scene.ada.account_id, now, past=past))


def test_lists_can_be_narrowed(scene: Scene, placed: list[BookingCard]) -> None:
    scene.perform(scene.ada, bookings.cancel, placed[0].id)
    other = scene.perform(scene.cy, bookings.place, scene.ask(tool_id=scene.tool_elsewhere()))
    with reading(scene.engine) as session:
        assert ids(questions.search(session, states=[State.CANCELLED])) == [placed[0].id]
        assert ids(questions.search(session, tool_id=other.tool_id)) == [other.id]
        assert ids(questions.search(session, space_ids=[other.space_id])) == [other.id]
        assert ids(questions.search(session, space_ids=[])) == []
        assert len(questions.search(session, account_id=scene.ada.account_id, space_ids=[other.space_id])) == 6
        window = questions.search(session, starts_from=TEN + DAY, starts_before=TEN + 3 * DAY)
        assert ids(window) == [placed[1].id, placed[2].id]


def test_a_calendar_shows_what_holds_time_in_its_span(scene: Scene, placed: list[BookingCard]) -> None:
    scene.perform(scene.ada, bookings.cancel, placed[1].id)
    span = Span(TEN + HOUR / 2, TEN + 3 * DAY)
    with reading(scene.engine) as session:
        assert ids(questions.of_tool(session, scene.tool_id, span)) == [placed[0].id, placed[2].id]
        assert ids(questions.of_space(session, scene.space_id, span)) == [placed[0].id, placed[2].id]


def test_the_queue_has_what_waits_nearest_start_first(scene: Scene) -> None:
    tool_id = scene.tool(approval="always")
    later, sooner, decided = (
        scene.perform(scene.ada, bookings.place, scene.ask(TEN + hours * HOUR, tool_id=tool_id)) for hours in (4, 0, 2)
    )
    scene.perform(scene.bo, approvals.approve, decided.id)
    with reading(scene.engine) as session:
        assert ids(questions.waiting(session, None)) == [sooner.id, later.id]
        assert ids(questions.waiting(session, [scene.space_id], limit=1)) == [sooner.id]
        assert ids(questions.waiting(session, [scene.space_id + 1])) == []
        assert [questions.number_waiting(session, of) for of in (None, [scene.space_id], [])] == [2, 2, 0]
        after = Cursor(sooner.starts_at, sooner.id)
        assert ids(questions.waiting(session, None, after=after)) == [later.id]


def test_a_row_that_was_changed_since_it_was_seen_is_not_overwritten(scene: Scene, placed: list[BookingCard]) -> None:
    seen = placed[0]
    with writing(scene.engine) as session:
        questions.change(session, seen, TEN, purpose="First")
    with pytest.raises(Refused) as refused, writing(scene.engine) as session:
        questions.change(session, seen, TEN, purpose="Second")
    assert refused.value.refusals[0].code == "changed_meanwhile"
    with reading(scene.engine) as session:
        assert questions.card(session, seen.id).purpose == "First"


def test_a_list_is_one_question_whatever_its_length(scene: Scene, placed: list[BookingCard]) -> None:
    with reading(scene.engine) as session:
        session.connection()
        with counted(scene.engine) as statements:
            assert len(questions.mine(session, scene.ada.account_id, TEN)) == len(placed)
    assert len(statements) == 1
