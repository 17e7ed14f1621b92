"""Teams: several people who book together. Whoever leads one invites, removes, hands over and dissolves."""

from booking.actions import accounts
from booking.actions.accounts import Newcomer
from booking.actions.call import Call
from booking.actions.invitations import VALID
from booking.models import accounts as people
from booking.models import teams
from booking.models.teams import InvitationCard, TeamCard
from booking.outside.secrets import digest, new_secret
from booking.rules import text
from booking.rules.refusals import Absent, Denied, Problem, Refusal, Refused, Unacceptable

LONGEST_NAME = 80
# Each request of somebody reads her teams, and every choice of a team lists them.
MOST_TEAMS = 20


def create(call: Call, name: str) -> int:
    """A fresh team that whoever acts leads; its id. Raises Unacceptable, Refused `too_many_teams`."""
    name = _named(name)
    _keep_few(call, call.person.account_id)
    team_id = teams.add(call.session, name, call.person.account_id, call.now)
    call.note("team_created", "team", team_id)
    return team_id


def rename(call: Call, team_id: int, name: str) -> None:
    """Give the team another name; raises Absent, Denied for whoever doesn't lead it, Unacceptable."""
    led(call, team_id)
    teams.rename(call.session, team_id, _named(name))
    call.note("team_renamed", "team", team_id)


def load(call: Call, team_id: int) -> TeamCard:
    """The team, for those who are in it; raises Absent for everybody else."""
    found = teams.one(call.session, team_id, call.actor.account_id) if call.actor else None
    if found is None:
        raise Absent
    return found


def led(call: Call, team_id: int) -> TeamCard:
    """The team, held until the transaction ends, for whoever leads it; raises Absent, Denied."""
    teams.lock(call.session, team_id)
    team = teams.one(call.session, team_id, call.person.account_id)
    if team is None:
        raise Absent
    if not team.leads:
        raise Denied
    return team


def invite(call: Call, team_id: int, email: str) -> int:
    """Invite an address to the team; an earlier invitation of hers ends. The invitation's id.

    Raises Absent, Denied for whoever doesn't lead the team, Unacceptable with `already_in_team`.
    """
    team, address = led(call, team_id), text.email_address(email)
    if teams.is_in(call.session, team.id, address):
        raise Unacceptable(Problem("email", "already_in_team"))
    teams.revoke(call.session, team.id, address, call.now)
    secret, ends = new_secret(), call.now + VALID
    by = call.person
    id_ = teams.invite(call.session, team.id, address, digest(secret), by.account_id, call.now, ends)
    mail: dict[str, object] = {
        "event": "team_invitation",
        "team": team.name,
        "inviter": by.name,
        "expires_at": ends.isoformat(),
        "link": f"{call.settings.base_url}/teams/join/{secret}",
        **_reader(call, address),
    }
    call.later("mail", mail, once=f"team_invitation:{id_}")
    call.note("team_invited", "team", team.id, invitation=id_)
    return id_


def revoke(call: Call, team_id: int, invitation_id: int) -> InvitationCard:
    """Let an invitation work no more, as whoever leads the team; raises Absent when it doesn't wait (any more)."""
    team = led(call, team_id)
    invitation = teams.one_waiting(call.session, team.id, invitation_id)
    if invitation is None:
        raise Absent
    teams.revoke(call.session, team.id, invitation.email, call.now)
    call.note("team_invitation_revoked", "team", team.id, invitation=invitation_id)
    return invitation


def accept(call: Call, secret: str) -> int:
    """Follow an invitation that was mailed to one's own address; the team's id.

    Raises Absent when the link does not work (any more), Denied when it was mailed to another address, Refused
    `too_many_teams`.
    """
    invitation = _invited(call, secret)
    if invitation.email != call.person.email:
        raise Denied
    _keep_few(call, call.person.account_id)
    return _accepted(call, invitation, call.person.account_id)


def register(call: Call, secret: str, newcomer: Newcomer) -> int:
    """Make an account for the address that was invited, and join with it; the team's id.

    Raises Absent when the link does not work (any more), Refused `email_taken` when the address has an account.
    """
    invitation = _invited(call, secret)
    return _accepted(call, invitation, accounts.register_from_invitation(call, newcomer, invitation.email))


def leave(call: Call, team_id: int) -> None:
    """Be in a team no more; bookings that are made stay. Raises Absent, Refused `last_lead` for who leads it."""
    teams.lock(call.session, team_id)
    if load(call, team_id).leads:
        raise Refused((Refusal("last_lead"),))
    teams.remove(call.session, team_id, call.person.account_id)
    call.note("team_left", "team", team_id)


def remove(call: Call, team_id: int, account_id: int) -> None:
    """Let somebody else be in the team no more; bookings that are made stay. Raises Absent, Denied, `last_lead`."""
    led(call, team_id)
    if account_id == call.person.account_id:
        raise Refused((Refusal("last_lead"),))
    if not teams.remove(call.session, team_id, account_id):
        raise Absent
    call.note("team_removed", "team", team_id, account=account_id)


def hand_over(call: Call, team_id: int, account_id: int) -> None:
    """Let another member lead the team from now on; raises Absent, Denied."""
    led(call, team_id)
    if not teams.hand_over(call.session, team_id, account_id):
        raise Absent
    call.note("team_handed_over", "team", team_id, account=account_id)


def dissolve(call: Call, team_id: int) -> None:
    """End the team: nobody is in it any more, and what is booked for it stays its makers'. Raises Absent, Denied."""
    led(call, team_id)
    teams.dissolve(call.session, team_id, call.now)
    call.note("team_dissolved", "team", team_id)


def _named(name: str) -> str:
    """The name as it is kept; raises Unacceptable for none and for one that is too long."""
    name = text.one_line(name, LONGEST_NAME, "name")
    if not name:
        raise Unacceptable(Problem("name", "required"))
    return name


def _keep_few(call: Call, account_id: int) -> None:
    if len(teams.mine(call.session, account_id)) >= MOST_TEAMS:
        raise Refused((Refusal("too_many_teams", {"most": MOST_TEAMS}),))


def _reader(call: Call, address: str) -> dict[str, object]:
    """Whom the mail goes to: an account in its own language, anybody else in that of whoever invites."""
    card = people.card_by_email(call.session, address)
    if card is not None:
        return {"account_id": card.id}
    return {"email": address, "language": call.person.language}


def _invited(call: Call, secret: str) -> InvitationCard:
    invitation = teams.find(call.session, digest(secret), call.now)
    if invitation is None:
        raise Absent
    return invitation


def _accepted(call: Call, invitation: InvitationCard, account_id: int) -> int:
    teams.lock(call.session, invitation.team_id)
    if not teams.accept(call.session, invitation.id, call.now):
        raise Absent
    teams.join(call.session, invitation.team_id, account_id, call.now)
    call.note("team_joined", "team", invitation.team_id, invitation=invitation.id)
    return invitation.team_id
