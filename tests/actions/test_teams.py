"""Teams: made, joined by mailed links, led by one, left, ended; and what their members may do with their bookings."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.actions import bookings, offers, series, teams, waitlist
from booking.actions.accounts import Newcomer
from booking.actions.series import Wanted
from booking.models import teams as questions
from booking.models.database import reading, writing
from booking.models.tables.accounts import Account
from booking.models.tables.audit import AuditRow
from booking.models.tables.jobs import Job
from booking.rules.access import Actor
from booking.rules.facts import Ask
from booking.rules.recurrence import Frequency, Pattern
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from booking.rules.spans import Span
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene
from tests.factories import make_quota

pytestmark = pytest.mark.both_engines


def last_mail(scene: Scene) -> Mapping[str, Any]:
    with reading(scene.engine) as session:
        return session.scalars(select(Job.payload).order_by(Job.id.desc())).first() or {}


def secret(scene: Scene) -> str:
    """The secret of the link that was mailed last."""
    return str(last_mail(scene)["link"]).rsplit("/", 1)[1]


def as_signed_in(scene: Scene, who: Actor) -> Actor:
    """The actor with its address and teams, as a sign-in reads them now."""
    with reading(scene.engine) as session:
        email = session.get_one(Account, who.account_id).email
        team_ids = frozenset(team.id for team in questions.mine(session, who.account_id))
    return replace(who, email=email, team_ids=team_ids)


def made(scene: Scene, *others: Actor) -> int:
    """Ada's team, into which these have followed their invitations; its id."""
    team_id = scene.perform(scene.ada, teams.create, " Rocket  club ")
    for who in others:
        invited = as_signed_in(scene, who)
        scene.perform(scene.ada, teams.invite, team_id, invited.email)
        assert scene.perform(invited, teams.accept, secret(scene)) == team_id
    return team_id


def mates(scene: Scene, team_id: int) -> list[tuple[str, bool]]:
    with reading(scene.engine) as session:
        return [(mate.name, mate.leads) for mate in questions.mates(session, team_id)]


def ask_for(scene: Scene, team_id: int, hours: int = 0) -> Ask:
    return replace(scene.ask(TEN + hours * HOUR, purpose="Fins"), team_id=team_id)


def test_whoever_makes_a_team_leads_it_and_the_invited_join(scene: Scene) -> None:
    team_id = made(scene, scene.cy)
    assert mates(scene, team_id) == [("Ada", True), ("Cy", False)]
    with reading(scene.engine) as session:
        [card] = questions.mine(session, scene.cy.account_id)
    assert (card.name, card.leads, card.members) == ("Rocket club", False, 2)
    assert [act for act, _who in scene.audit()] == ["team_created", "team_invited", "team_joined"]


def test_who_leads_it_gives_it_another_name(scene: Scene) -> None:
    team_id = scene.perform(scene.ada, teams.create, "Rocket club")
    scene.perform(scene.ada, teams.rename, team_id, " Balloon  club ")
    assert scene.perform(scene.ada, teams.load, team_id).name == "Balloon club"
    for name in ("", "x" * 81):
        with pytest.raises(Unacceptable):
            scene.perform(scene.ada, teams.rename, team_id, name)
    with pytest.raises(Absent):
        scene.perform(scene.cy, teams.rename, team_id, "Mine")
    assert [act for act, _who in scene.audit()] == ["team_created", "team_renamed"]


def test_an_invitation_goes_to_an_account_in_its_language_and_to_others_in_that_of_the_lead(scene: Scene) -> None:
    team_id = made(scene)
    scene.perform(scene.ada, teams.invite, team_id, as_signed_in(scene, scene.cy).email)
    assert last_mail(scene)["account_id"] == scene.cy.account_id
    scene.perform(replace(scene.ada, language="pl"), teams.invite, team_id, "Eve@Example.org")
    told = last_mail(scene)
    assert (told["email"], told["language"], told["inviter"]) == ("eve@example.org", "pl", "Ada")


def test_somebody_without_an_account_makes_one_and_is_in_the_team(scene: Scene) -> None:
    team_id = made(scene)
    scene.perform(scene.ada, teams.invite, team_id, "eve@example.org")
    eve = Newcomer("eve@example.org", "Eve", "hash of eve", "de", "Europe/Berlin")
    scene.perform(None, teams.register, secret(scene), eve)
    assert ("Eve", False) in mates(scene, team_id)


def test_a_link_works_once_for_its_own_address_and_for_14_days(scene: Scene) -> None:
    team_id = made(scene, scene.cy)
    with pytest.raises(Absent):
        scene.perform(as_signed_in(scene, scene.cy), teams.accept, secret(scene))
    scene.perform(scene.ada, teams.invite, team_id, as_signed_in(scene, scene.bo).email)
    with pytest.raises(Denied):
        scene.perform(as_signed_in(scene, scene.dee), teams.accept, secret(scene))
    scene.now += timedelta(days=14)
    with pytest.raises(Absent):
        scene.perform(as_signed_in(scene, scene.bo), teams.accept, secret(scene))


def test_a_revoked_or_repeated_invitation_lets_nobody_in(scene: Scene) -> None:
    team_id, bo = made(scene), as_signed_in(scene, scene.bo)
    scene.perform(scene.ada, teams.invite, team_id, bo.email)
    first = secret(scene)
    again = scene.perform(scene.ada, teams.invite, team_id, bo.email)
    second = secret(scene)
    scene.perform(scene.ada, teams.revoke, team_id, again)
    for link in (first, second):
        with pytest.raises(Absent):
            scene.perform(bo, teams.accept, link)
    with pytest.raises(Absent):
        scene.perform(scene.ada, teams.revoke, team_id, again)


def test_who_is_in_it_is_not_invited_again(scene: Scene) -> None:
    team_id = made(scene, scene.cy)
    with pytest.raises(Unacceptable, match="already_in_team"):
        scene.perform(scene.ada, teams.invite, team_id, as_signed_in(scene, scene.cy).email)


def test_nobody_is_in_more_teams_than_can_be_listed(scene: Scene) -> None:
    for _each in range(teams.MOST_TEAMS):
        made(scene)
    with pytest.raises(Refused, match="too_many_teams"):
        made(scene)


def test_the_lead_is_handed_over_before_its_holder_leaves(scene: Scene) -> None:
    team_id = made(scene, scene.cy)
    with pytest.raises(Refused, match="last_lead"):
        scene.perform(scene.ada, teams.leave, team_id)
    with pytest.raises(Refused, match="last_lead"):
        scene.perform(scene.ada, teams.remove, team_id, scene.ada.account_id)
    scene.perform(scene.ada, teams.hand_over, team_id, scene.cy.account_id)
    assert mates(scene, team_id) == [("Cy", True), ("Ada", False)]
    scene.perform(scene.ada, teams.leave, team_id)
    assert mates(scene, team_id) == [("Cy", True)]


def test_only_who_leads_changes_the_team(scene: Scene) -> None:
    team_id = made(scene, scene.cy)
    for act, given in (
        (teams.invite, ("eve@example.org",)),
        (teams.remove, (scene.ada.account_id,)),
        (teams.hand_over, (scene.cy.account_id,)),
        (teams.dissolve, ()),
    ):
        with pytest.raises(Denied):
            scene.perform(scene.cy, act, team_id, *given)  # type: ignore[arg-type]
        with pytest.raises(Absent):
            scene.perform(scene.bo, act, team_id, *given)  # type: ignore[arg-type]
    with pytest.raises(Absent):
        scene.perform(scene.ada, teams.hand_over, team_id, scene.bo.account_id)


def test_a_dissolved_team_has_nobody_and_takes_nobody(scene: Scene) -> None:
    team_id, bo = made(scene, scene.cy), as_signed_in(scene, scene.bo)
    scene.perform(scene.ada, teams.invite, team_id, bo.email)
    scene.perform(scene.ada, teams.dissolve, team_id)
    assert mates(scene, team_id) == []
    with pytest.raises(Absent):
        scene.perform(bo, teams.accept, secret(scene))


def test_leaving_while_the_lead_is_handed_over_never_leaves_a_team_without_one(scene: Scene) -> None:
    team_id = made(scene, scene.cy)

    def act(leaves: bool) -> bool:
        try:
            if leaves:
                scene.perform(scene.cy, teams.leave, team_id)
            else:
                scene.perform(scene.ada, teams.hand_over, team_id, scene.cy.account_id)
        except (Absent, Refused):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, (True, False))) == [False, True]
    assert [leads for _name, leads in mates(scene, team_id)].count(True) == 1


def test_a_mate_sees_moves_and_cancels_what_is_booked_for_the_team_and_the_audit_says_who(scene: Scene) -> None:
    team_id = made(scene, scene.cy)
    ada, cy = as_signed_in(scene, scene.ada), as_signed_in(scene, scene.cy)
    card = scene.perform(ada, bookings.place, ask_for(scene, team_id))
    assert (card.team_id, card.team_name, card.account_id) == (team_id, "Rocket club", ada.account_id)
    moved = scene.perform(cy, bookings.move, card.id, start=TEN + HOUR, end=TEN + 2 * HOUR)
    assert (moved.starts_at, moved.account_id, moved.team_id) == (TEN + HOUR, ada.account_id, team_id)
    assert scene.perform(cy, bookings.cancel, card.id).state is State.CANCELLED
    with reading(scene.engine) as session:
        acts = session.execute(select(AuditRow.act, AuditRow.account_id).where(AuditRow.subject == "booking"))
        assert [tuple(row) for row in acts] == [
            ("place", ada.account_id),
            ("move", cy.account_id),
            ("cancel", cy.account_id),
        ]


def test_a_mate_may_bring_a_booking_of_the_team_to_a_tool_elsewhere(scene: Scene) -> None:
    team_id, elsewhere = made(scene, scene.cy), scene.tool_elsewhere()
    card = scene.perform(as_signed_in(scene, scene.ada), bookings.place, ask_for(scene, team_id))
    cy = as_signed_in(scene, scene.cy)
    assert scene.read(cy, bookings.check, replace(scene.ask(tool_id=elsewhere), booking_id=card.id)) == ()
    assert scene.perform(cy, bookings.move, card.id, tool_id=elsewhere).tool_id == elsewhere


def test_for_whoever_has_left_the_teams_bookings_are_no_more(scene: Scene) -> None:
    team_id = made(scene, scene.cy)
    card = scene.perform(as_signed_in(scene, scene.ada), bookings.place, ask_for(scene, team_id))
    scene.perform(scene.cy, teams.leave, team_id)
    with pytest.raises(Absent):
        scene.perform(as_signed_in(scene, scene.cy), bookings.cancel, card.id)


def test_nobody_books_for_a_team_of_others(scene: Scene) -> None:
    team_id = made(scene)
    for who in (scene.cy, scene.bo, scene.dee):
        with pytest.raises(Absent):
            scene.perform(as_signed_in(scene, who), bookings.place, ask_for(scene, team_id))
        with pytest.raises(Absent):
            scene.read(as_signed_in(scene, who), bookings.check, ask_for(scene, team_id))
    with pytest.raises(Absent):
        scene.read(None, bookings.check, ask_for(scene, team_id))


# Who has left, and what the team may book.


def limit_of_an_hour_a_day(scene: Scene, team_id: int) -> None:
    with writing(scene.engine) as session:
        make_quota(session, "team", "minutes_day", space_id=scene.space_id, team_id=team_id, amount=60)


def test_what_somebody_booked_for_a_team_counts_there_still_when_she_has_left(scene: Scene) -> None:
    team_id = made(scene, scene.cy)
    limit_of_an_hour_a_day(scene, team_id)
    cy, ada = as_signed_in(scene, scene.cy), as_signed_in(scene, scene.ada)
    tomorrow = scene.perform(cy, bookings.place, ask_for(scene, team_id))
    scene.perform(ada, bookings.place, ask_for(scene, team_id, 24))
    scene.perform(cy, teams.leave, team_id)
    day = timedelta(days=1)
    with pytest.raises(Refused, match="quota_used"):
        scene.perform(scene.cy, bookings.move, tomorrow.id, start=TEN + day + HOUR, end=TEN + day + 2 * HOUR)


@pytest.mark.parametrize("end", ["left", "removed", "dissolved"])
def test_who_is_no_more_in_a_team_waits_for_herself_alone(scene: Scene, end: str) -> None:
    team_id = made(scene, scene.cy)
    cy, ada = as_signed_in(scene, scene.cy), as_signed_in(scene, scene.ada)
    taken = scene.perform(scene.bo, bookings.place, scene.ask())
    window = Span(TEN, TEN + HOUR)
    scene.perform(cy, waitlist.join, waitlist.Wanted(window, 60, tool_id=scene.tool_id, team_id=team_id))
    ends = {
        "left": lambda: scene.perform(cy, teams.leave, team_id),
        "removed": lambda: scene.perform(ada, teams.remove, team_id, cy.account_id),
        "dissolved": lambda: scene.perform(ada, teams.dissolve, team_id),
    }
    ends[end]()
    scene.perform(scene.bo, bookings.cancel, taken.id)
    scene.perform(None, offers.offer_freed, scene.tool_id, window)
    [entry] = scene.read(scene.cy, waitlist.mine)
    offer = scene.read(scene.cy, waitlist.own_offer, entry.entry.id)
    assert scene.perform(scene.cy, offers.accept, offer).team_id is None


def test_dates_that_are_added_by_who_has_left_are_hers_alone(scene: Scene) -> None:
    team_id = made(scene, scene.cy)
    pattern = Pattern(Frequency.DAILY, TEN.date(), 600, 60, times=2)
    wanted = Wanted(scene.tool_id, pattern, team_id=team_id, choices={TEN.date(): None})
    series_id = scene.perform(as_signed_in(scene, scene.cy), series.place, wanted)
    scene.perform(as_signed_in(scene, scene.cy), teams.leave, team_id)
    [card] = scene.perform(scene.cy, series.add_dates, series_id, [TEN.date()], {})
    assert card.team_id is None
