"""Visits: asked for, vouched for, agreed to with conditions, ended; who is told what, and who may what."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.actions import approvals, bookings, visits
from booking.actions.visits import Conditions
from booking.models import requests
from booking.models import visits as questions
from booking.models.database import reading, writing
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.models.visits import VisitCard, VisitState
from booking.rules.access import Actor, Role
from booking.rules.facts import Ask, BookableBy, Visiting
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from booking.rules.spans import Span
from booking.rules.states import State
from tests import factories
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
TODAY = date(2026, 11, 25)


@dataclass
class Club:
    """The Fablab lends to its members only; Max manages it. Ada is a member of Werkhof, which Bo manages."""

    scene: Scene
    slug: str
    tool: str
    max: Actor
    tia: Actor

    def ask(self, who: Actor | None = None, home_id: int | None = None, note: str = "A wing") -> VisitCard:
        """Ask for its tool; by Ada, without a home, unless told."""
        return self.scene.perform(who or self.scene.ada, visits.ask, self.slug, self.tool, note, home_id)

    def asked(self) -> VisitCard:
        """A visit that has come to the host with Werkhof's word."""
        visit = self.ask(home_id=self.scene.space_id)
        return self.scene.perform(self.scene.bo, visits.vouch, visit.id, "Laser since 2024")

    def accepted(self, conditions: Conditions | None = None) -> VisitCard:
        """A visit to which the host has said yes."""
        return self.scene.perform(self.max, visits.accept, self.asked().id, conditions or Conditions())

    def now(self, visit: VisitCard) -> VisitCard:
        """The visit as it is now."""
        with reading(self.scene.engine) as session:
            found = questions.card(session, visit.id)
        assert found is not None
        return found


@pytest.fixture
def club(scene: Scene) -> Club:
    tool_id = scene.tool_elsewhere(bookable_by=BookableBy.MEMBERS.value)
    with writing(scene.engine) as session:
        tool = session.get_one(Tool, tool_id)
        space = session.get_one(Space, tool.space_id)
        people = {name: factories.make_account(session, name) for name in ("Max", "Tia")}
        factories.make_member(session, people["Max"], space, Role.MANAGER)
        factories.make_member(session, people["Tia"], session.get_one(Space, scene.space_id), Role.TRAINER)
        manages, trains = {f"space_{space.id}": Role.MANAGER}, {f"space_{scene.space_id}": Role.TRAINER}
        max_, tia = factories.actor_of(people["Max"], **manages), factories.actor_of(people["Tia"], **trains)
        return Club(scene, space.slug, tool.slug, max_, tia)


def mails(scene: Scene) -> list[Mapping[str, Any]]:
    with reading(scene.engine) as session:
        return list(session.scalars(select(Job.payload).where(Job.kind == "mail").order_by(Job.id)))


def test_a_home_space_vouches_and_the_host_agrees_each_told_by_mail(club: Club) -> None:
    scene = club.scene
    visit = club.ask(home_id=scene.space_id)
    assert (visit.state, visit.waits_for_home, visit.has_reached_host) == (VisitState.ASKED, True, False)
    vouched = scene.perform(club.tia, visits.vouch, visit.id, "Laser since 2024")
    assert (vouched.voucher, vouched.training, vouched.waits_for_host) == ("Tia", "Laser since 2024", True)
    conditions = Conditions(TODAY + timedelta(days=30), 14 * 60, 18 * 60, True, "5 EUR an hour")
    accepted = scene.perform(club.max, visits.accept, visit.id, conditions)
    assert accepted.state is VisitState.ACCEPTED
    assert (accepted.last_day, accepted.opens, accepted.closes) == (date(2026, 12, 25), 840, 1080)
    assert (accepted.supervised, accepted.fee_note) == (True, "5 EUR an hour")
    ada, home, host = scene.ada.account_id, scene.space_id, visit.host_id
    told = [(mail["event"], mail.get("account_id"), mail.get("space_id")) for mail in mails(scene)]
    assert told == [
        ("visit_asked", None, home),
        ("visit_vouched", ada, None),
        ("visit_wanted", None, host),
        ("visit_accepted", ada, None),
    ]
    assert scene.audit()[-3:] == [
        ("visit_asked", ada),
        ("visit_vouched", club.tia.account_id),
        ("visit_accepted", club.max.account_id),
    ]


def test_without_a_home_the_host_hears_at_once(club: Club) -> None:
    visit = club.ask(club.scene.cy)
    assert visit.waits_for_host
    assert [(mail["event"], mail["space_id"]) for mail in mails(club.scene)] == [("visit_wanted", visit.host_id)]


def test_asking_twice_is_asking_once(club: Club) -> None:
    assert club.ask().id == club.ask().id
    assert len(mails(club.scene)) == 1


def test_two_wishes_at_the_same_moment_are_one(club: Club) -> None:
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: club.ask().id, range(2)))
    assert found[0] == found[1]


def test_after_a_no_an_end_or_the_last_day_one_may_ask_again(club: Club) -> None:
    scene, first = club.scene, club.accepted(Conditions(last_day=TODAY))
    assert club.ask().id == first.id
    scene.now += timedelta(days=1)
    second = club.ask()
    scene.perform(club.max, visits.decline, second.id, "Full")
    third = club.ask()
    assert len({first.id, second.id, third.id}) == 3


def test_a_home_space_that_does_not_vouch_ends_it_and_the_host_never_hears(club: Club) -> None:
    scene, visit = club.scene, club.ask(home_id=club.scene.space_id)
    scene.perform(scene.bo, visits.refuse, visit.id, "Never seen here")
    assert (club.now(visit).state, club.now(visit).reason) == (VisitState.DECLINED, "Never seen here")
    assert mails(scene)[-1]["event"] == "visit_declined"
    with pytest.raises(Absent):
        scene.read(club.max, visits.load, visit.id)


def test_a_no_needs_its_reason(club: Club) -> None:
    scene, visit = club.scene, club.asked()
    with pytest.raises(Unacceptable, match="reason"):
        scene.perform(club.max, visits.decline, visit.id, " ")
    declined = scene.perform(club.max, visits.decline, visit.id, "The tube is old")
    assert (declined.state, declined.reason) == (VisitState.DECLINED, "The tube is old")


def test_the_maker_takes_it_back_at_any_time_and_the_host_ends_it(club: Club) -> None:
    scene, visit = club.scene, club.accepted()
    assert scene.perform(scene.ada, visits.withdraw, visit.id).state is VisitState.WITHDRAWN
    again = club.accepted()
    ended = scene.perform(club.max, visits.end, again.id, "We move house")
    assert (ended.state, mails(scene)[-1]["event"]) == (VisitState.ENDED, "visit_ended")
    with pytest.raises(Refused, match="wrong_state"):
        scene.perform(scene.ada, visits.withdraw, again.id)


def test_each_word_is_said_once(club: Club) -> None:
    scene, visit = club.scene, club.accepted()
    for who, act, given in (
        (scene.bo, visits.vouch, "Again"),
        (scene.bo, visits.refuse, "No"),
        (club.max, visits.accept, Conditions()),
        (club.max, visits.decline, "No"),
    ):
        with pytest.raises(Refused, match="wrong_state"):
            scene.perform(who, act, visit.id, given)  # type: ignore[arg-type]


def test_a_yes_and_a_taking_back_at_once_have_one_winner(club: Club) -> None:
    visit = club.asked()

    def act(accepts: bool) -> bool:
        try:
            if accepts:
                club.scene.perform(club.max, visits.accept, visit.id, Conditions())
            else:
                club.scene.perform(club.scene.ada, visits.withdraw, visit.id)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(act, (True, False)))
    assert any(won)
    # Taking back what has been agreed to is possible; agreeing to what was taken back isn't.
    assert club.now(visit).state is (VisitState.WITHDRAWN if won[1] else VisitState.ACCEPTED)


def test_only_those_asked_have_a_word(club: Club) -> None:
    scene, visit = club.scene, club.ask(home_id=club.scene.space_id)
    acts: list[tuple[Callable[..., object], object]] = [(visits.vouch, "Yes"), (visits.refuse, "No")]
    for act, given in acts:
        with pytest.raises(Denied):
            scene.perform(scene.ada, act, visit.id, given)
        for stranger in (scene.cy, club.max):
            with pytest.raises(Absent):
                scene.perform(stranger, act, visit.id, given)
    scene.perform(scene.bo, visits.vouch, visit.id, "Yes")
    acts = [(visits.accept, Conditions()), (visits.decline, "No"), (visits.end, "No")]
    for act, given in acts:
        for who in (scene.ada, scene.bo):
            with pytest.raises(Denied):
                scene.perform(who, act, visit.id, given)
    with pytest.raises(Denied):
        scene.perform(scene.dee, visits.withdraw, visit.id)


def test_nobody_vouches_for_herself(club: Club) -> None:
    visit = club.ask(club.scene.bo, home_id=club.scene.space_id)
    with pytest.raises(Denied):
        club.scene.perform(club.scene.bo, visits.vouch, visit.id, "I am good")
    assert club.scene.perform(club.tia, visits.vouch, visit.id, "He is").state is VisitState.VOUCHED


def test_only_spaces_of_ones_own_vouch(club: Club) -> None:
    with pytest.raises(Unacceptable, match="home"):
        club.ask(club.scene.cy, home_id=club.scene.space_id)


def test_where_one_may_book_anyway_there_is_nothing_to_ask(club: Club) -> None:
    scene = club.scene
    with reading(scene.engine) as session:
        here, tool = session.get_one(Space, scene.space_id).slug, session.get_one(Tool, scene.tool_id).slug
    with pytest.raises(Refused, match="no_visit_needed"):
        scene.perform(scene.cy, visits.ask, here, tool, "Please", None)
    with pytest.raises(Refused, match="no_visit_needed"):
        club.ask(club.max)


@pytest.mark.parametrize(
    ("conditions", "field"),
    [
        (Conditions(last_day=TODAY - timedelta(days=1)), "last_day: day_is_over"),
        (Conditions(opens=600), "closes: required"),
        (Conditions(closes=600), "opens: required"),
        (Conditions(opens=600, closes=600), "closes: ends_before_start"),
        (Conditions(opens=600, closes=2041), "closes: ends_before_start"),
        (Conditions(opens=1440, closes=1500), "closes: ends_before_start"),
    ],
)
def test_odd_conditions_are_not_agreed_to(club: Club, conditions: Conditions, field: str) -> None:
    visit = club.asked()
    with pytest.raises(Unacceptable, match=field):
        club.scene.perform(club.max, visits.accept, visit.id, conditions)
    assert club.now(visit).state is VisitState.VOUCHED


def test_what_waits_for_a_space_stands_first(club: Club) -> None:
    scene, first = club.scene, club.asked()
    second = club.ask(scene.cy)
    scene.perform(club.max, visits.decline, second.id, "Full")
    with reading(scene.engine) as session:
        at_host = questions.at_space(session, first.host_id, as_host=True, limit=10)
        assert [card.id for card in at_host] == [first.id, second.id]
        assert [card.id for card in questions.at_space(session, scene.space_id, as_host=False, limit=10)] == [first.id]
        [card] = questions.mine(session, scene.ada.account_id, 10)
        assert (card.member_since, card.host_name) == (factories.NOW, "Fablab")


def test_a_token_that_only_reads_asks_for_nothing(club: Club) -> None:
    with pytest.raises(Denied):
        club.ask(replace(club.scene.ada, scope="read"))


def test_after_the_yes_the_tool_is_booked_within_the_conditions(club: Club) -> None:
    scene = club.scene
    visit = club.asked()
    ask = Ask(visit.tool_id, Span(TEN, TEN + HOUR))
    with pytest.raises(Refused, match="not_a_member"):
        scene.perform(scene.ada, bookings.place, ask)
    conditions = Conditions(last_day=date(2026, 11, 26), opens=10 * 60, closes=12 * 60)
    scene.perform(club.max, visits.accept, visit.id, conditions)
    assert scene.perform(scene.ada, bookings.place, ask).state is State.CONFIRMED
    later = replace(ask, span=Span(TEN + HOUR, TEN + 3 * HOUR))
    assert [each.code for each in scene.read(scene.ada, bookings.check, later)] == ["outside_visit_hours"]
    tomorrow = replace(ask, span=Span(TEN + 24 * HOUR, TEN + 25 * HOUR))
    assert [each.code for each in scene.read(scene.ada, bookings.check, tomorrow)] == ["visit_over"]
    assert [each.code for each in scene.read(scene.cy, bookings.check, tomorrow)] == ["not_a_member"]


def test_with_supervision_each_time_waits_for_a_yes(club: Club) -> None:
    scene, visit = club.scene, club.accepted(Conditions(supervised=True))
    card = scene.perform(scene.ada, bookings.place, Ask(visit.tool_id, Span(TEN, TEN + HOUR)))
    assert card.state is State.PENDING
    assert scene.perform(club.max, approvals.approve, card.id).state is State.CONFIRMED
    with reading(scene.engine) as session:
        seen = requests.makers(session, [scene.ada.account_id], {visit.tool_id: visit.host_id})
    assert seen[scene.ada.account_id, visit.tool_id].visiting == (Visiting(supervised=True),)


def test_an_ended_visit_lets_nobody_book(club: Club) -> None:
    scene, visit = club.scene, club.accepted()
    scene.perform(club.max, visits.end, visit.id, "We move house")
    with pytest.raises(Refused, match="not_a_member"):
        scene.perform(scene.ada, bookings.place, Ask(visit.tool_id, Span(TEN, TEN + HOUR)))


def test_the_host_changes_what_was_agreed_and_the_guest_is_told(club: Club) -> None:
    scene, visit = club.scene, club.accepted(Conditions(last_day=TODAY))
    longer = Conditions(TODAY + timedelta(days=30), 600, 720, True, "5 EUR")
    changed = scene.perform(club.max, visits.change, visit.id, longer, visit.version)
    assert (changed.state, changed.version) == (VisitState.ACCEPTED, visit.version + 1)
    assert (changed.last_day, changed.opens, changed.closes) == (date(2026, 12, 25), 600, 720)
    assert (changed.supervised, changed.fee_note) == (True, "5 EUR")
    told = mails(scene)[-1]
    assert (told["event"], told["account_id"]) == ("visit_changed", scene.ada.account_id)
    assert scene.audit()[-1] == ("visit_changed", club.max.account_id)
    same = scene.perform(club.max, visits.change, visit.id, longer, changed.version)
    assert (same.version, mails(scene)[-1]) == (changed.version, told)


def test_other_conditions_need_the_present_version_a_yes_and_the_hosts_manager(club: Club) -> None:
    scene, asked = club.scene, club.asked()
    with pytest.raises(Refused, match="wrong_state"):
        scene.perform(club.max, visits.change, asked.id, Conditions(), asked.version)
    visit = scene.perform(club.max, visits.accept, asked.id, Conditions())
    with pytest.raises(Refused, match="changed_meanwhile"):
        scene.perform(club.max, visits.change, visit.id, Conditions(supervised=True), asked.version)
    with pytest.raises(Unacceptable, match="last_day: day_is_over"):
        scene.perform(club.max, visits.change, visit.id, Conditions(TODAY - timedelta(days=1)), visit.version)
    for who in (scene.ada, scene.bo):
        with pytest.raises(Denied):
            scene.perform(who, visits.change, visit.id, Conditions(supervised=True), visit.version)
    with pytest.raises(Absent):
        scene.perform(scene.cy, visits.change, visit.id, Conditions(supervised=True), visit.version)
    assert club.now(visit) == visit


def test_bookings_outside_narrower_conditions_stay_and_are_counted(club: Club) -> None:
    scene, visit = club.scene, club.accepted()
    for hours in (0, 2):
        start = TEN + hours * HOUR
        scene.perform(scene.ada, bookings.place, Ask(visit.tool_id, Span(start, start + HOUR)))
    assert scene.read(club.max, visits.ahead, visit) == (2, 0)
    narrower = Conditions(opens=10 * 60, closes=12 * 60)
    changed = scene.perform(club.max, visits.change, visit.id, narrower, visit.version)
    assert scene.read(club.max, visits.ahead, changed) == (2, 1)


def test_a_guest_asks_for_longer_and_the_same_words_are_sent_once(club: Club) -> None:
    scene, visit = club.scene, club.accepted(Conditions(last_day=TODAY))
    for note in ("Until Friday", "Until Friday", "Until Sunday"):
        assert scene.perform(scene.ada, visits.ask_longer, visit.id, note).version == visit.version
    told = [(mail["event"], mail["space_id"], mail["note"]) for mail in mails(scene)[-2:]]
    assert told == [("visit_longer_wanted", visit.host_id, note) for note in ("Until Friday", "Until Sunday")]
    assert mails(scene)[-3]["event"] == "visit_accepted"
    assert scene.audit()[-1] == ("visit_longer_wanted", scene.ada.account_id)
    with pytest.raises(Unacceptable, match="note"):
        scene.perform(scene.ada, visits.ask_longer, visit.id, " ")
    with pytest.raises(Denied):
        scene.perform(club.max, visits.ask_longer, visit.id, "For her")
    scene.now += timedelta(days=1)
    with pytest.raises(Refused, match="wrong_state"):
        scene.perform(scene.ada, visits.ask_longer, visit.id, "Once more")


def test_a_night_that_begins_on_the_last_day_belongs_to_the_visit(club: Club) -> None:
    scene, visit = club.scene, club.accepted(Conditions(TODAY + timedelta(days=1), 22 * 60, 30 * 60))
    midnight = TEN + 14 * HOUR
    night = Ask(visit.tool_id, Span(midnight - HOUR, midnight + 2 * HOUR))
    codes = {each.code for each in scene.read(scene.ada, bookings.check, night)}
    assert not codes & {"visit_over", "outside_visit_hours"}
    scene.now = midnight + HOUR
    assert club.ask().id == visit.id
    scene.now = midnight + 7 * HOUR
    assert club.ask().id != visit.id
